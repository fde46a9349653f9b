// Package guard runs a command so that nothing it starts outlives it.
//
// A kernel starts cells, and cells start children of their own. When a cell is
// interrupted or killed, its children go on; when the kernel or Jupyter is
// killed, so does everything below it. On Linux a guarded command's orphans are
// handed to the guard, which ends them. The guard works in two layers that
// watch each other, so that killing either one still ends everything below it.
//
// A cell can have its orphans spared for as long as it runs: see [SpareEnv].
package guard

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

const (
	// look is how often a guard looks for orphans and for its parent's end.
	look = 100 * time.Millisecond
	// grace is what an orphan gets between SIGTERM and SIGKILL.
	grace = 500 * time.Millisecond
	// lastWait bounds the wait for killed processes to disappear.
	lastWait = 2 * time.Second
)

// SpareEnv names the environment variable that has an orphan spared: its value is
// the id of a process below the guard, and while that one lives, an orphan which
// was started with it in its environment does too. A cell that wants to show what
// becomes of orphans starts its children with its own id there.
const SpareEnv = "INTERLEAVE_SPARE"

// Run starts argv with env (of a name set twice, the last value counts) in a
// session of its own. It returns the command's exit code, 128 plus the signal
// for one that a signal ended, once it and all its descendants are gone. It ends
// them when the command exits, when the process that called Run loses its
// parent, or when it receives SIGTERM or SIGHUP; SIGINT is passed on to the
// command. While the command runs, any descendant that loses its parent is ended.
//
// Run reaps every child of the calling process: nothing else in that process
// may start any.
func Run(argv, env []string) (int, error) {
	if err := adoptOrphans(); err != nil {
		return 1, fmt.Errorf("take charge of orphaned processes: %w", err)
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGCHLD)
	defer signal.Stop(signals)

	parent := os.Getppid()
	// A session of its own, so that a signal to the guard's process group,
	// which is how Jupyter kills a kernel, leaves the guarded part able to
	// clean up.
	process, err := os.StartProcess(argv[0], argv, &os.ProcAttr{
		// Unlike os/exec, os hands on a name that is set twice, and most
		// programs see its first value.
		Env:   (&exec.Cmd{Env: env}).Environ(),
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 1, fmt.Errorf("start %s: %w", argv[0], err)
	}
	w := watch{command: process.Pid, seen: make(map[int]time.Time)}
	defer w.endAll()

	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		w.reap()
		if w.exited {
			return w.code, nil
		}
		if os.Getppid() != parent {
			return 1, nil
		}
		w.endOrphans(time.Now())
		select {
		case <-ticker.C:
		case s := <-signals:
			switch s {
			case syscall.SIGINT:
				_ = process.Signal(s)
			case syscall.SIGTERM, syscall.SIGHUP:
				return 128 + int(s.(syscall.Signal)), nil
			}
		}
	}
}

// watch is the state of one Run.
type watch struct {
	command int // process id of the guarded command
	exited  bool
	code    int
	seen    map[int]time.Time // when each orphan was first seen
}

// reap collects every child that has ended, the command's exit code among them.
// It reports whether any child is left.
func (w *watch) reap() (left bool) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return false
		case pid == 0:
			return true
		}
		delete(w.seen, pid)
		if pid == w.command {
			w.exited = true
			w.code = status.ExitStatus()
			if status.Signaled() {
				w.code = 128 + int(status.Signal())
			}
		}
	}
}

// endOrphans asks every adopted process and its descendants to end, and kills
// those that are still there after the grace.
func (w *watch) endOrphans(now time.Time) {
	orphans := slices.DeleteFunc(direct(), func(pid int) bool { return pid == w.command })
	if len(orphans) == 0 {
		return
	}
	table := children()
	for _, pid := range orphans {
		first, known := w.seen[pid]
		switch {
		case !known && below(table, os.Getpid(), sparedBy(pid)):
		case !known:
			w.seen[pid] = now
			signalTree(table, pid, syscall.SIGTERM)
		case now.Sub(first) >= grace:
			signalTree(table, pid, syscall.SIGKILL)
		}
	}
}

// below tells whether a process descends from another.
func below(table map[int][]int, ancestor, pid int) bool {
	for _, child := range table[ancestor] {
		if child == pid || below(table, child, pid) {
			return true
		}
	}
	return false
}

// endAll kills whatever is left and waits for it to be gone. Killing a process
// hands its children over to the guard, hence the loop.
func (w *watch) endAll() {
	for deadline := time.Now().Add(lastWait); time.Now().Before(deadline); {
		killGroup(w.command)
		table := children()
		for _, pid := range direct() {
			signalTree(table, pid, syscall.SIGKILL)
		}
		if !w.reap() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// signalTree sends sig to pid and all its descendants, the oldest first, so
// that a parent cannot replace a child that has just been ended.
func signalTree(table map[int][]int, pid int, sig syscall.Signal) {
	_ = syscall.Kill(pid, sig)
	for _, child := range table[pid] {
		signalTree(table, child, sig)
	}
}
