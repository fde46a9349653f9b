package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/kernel-setup/jupyter"
	"interleave/notebooks/nb/notebook"
)

// installedLab returns the lab that the tests of this ring run on.
func installedLab(tb testing.TB, ring int) lab {
	tb.Helper()
	dir, err := filepath.Abs(labtest.Lab(tb, ring))
	if err != nil {
		tb.Fatal(err)
	}
	return lab{module: labtest.Module(tb), dir: dir}
}

// startServer starts the lab as a reader does, on a folder of its own.
func startServer(t testing.TB, l lab, args ...string) *jupyter.Server {
	t.Helper()
	port, err := jupyter.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	args = append([]string{"lab", "--no-browser", "--prefix", l.dir, "--dir", t.TempDir(), "--port", strconv.Itoa(port)}, args...)
	cmd := exec.Command(l.program("kernel-setup"), args...)
	cmd.Dir = l.module
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s, err := jupyter.Start(ctx, port, cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// processes gives the ids of living processes whose command line or environment
// holds the mark, this test's own left out.
func processes(mark string) map[int]string {
	found := make(map[int]string)
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if pid == os.Getpid() {
			continue
		}
		environ, _ := os.ReadFile(dir + "/environ")
		cmdline, err := os.ReadFile(dir + "/cmdline")
		if err != nil || len(cmdline) == 0 {
			continue // gone, or a zombie
		}
		if strings.Contains(string(environ), mark) || strings.Contains(string(cmdline), mark) {
			found[pid] = strings.ReplaceAll(string(cmdline), "\x00", " ")
		}
	}
	return found
}

// ofCells leaves out what runs between cells too: Jupyter, the guards, GoNB, gopls.
func ofCells(all map[int]string) map[int]string {
	cells := maps.Clone(all)
	maps.DeleteFunc(cells, func(_ int, cmdline string) bool {
		return strings.Contains(cmdline, "jupyter-lab") || strings.Contains(cmdline, " guard ") ||
			strings.Contains(cmdline, "/gonb -go_work") || strings.Contains(cmdline, "/gopls ")
	})
	return cells
}

// gone waits until none of the processes is left, 2 seconds at most, and
// reports those that are.
func gone(t *testing.T, pids map[int]string) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Second)
	for {
		var left []string
		for pid, cmdline := range pids {
			if alive(pid) {
				left = append(left, fmt.Sprintf("%d %s", pid, cmdline))
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there after 2 s:\n%s", strings.Join(left, "\n"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// alive says whether a process still runs: a zombie does not.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	return len(fields) > 0 && fields[0] != "Z" && fields[0] != "X"
}

// find picks the one process whose command line contains all the words.
func find(t *testing.T, pids map[int]string, words ...string) int {
	t.Helper()
	var found []int
next:
	for pid, cmdline := range pids {
		for _, w := range words {
			if !strings.Contains(cmdline, w) {
				continue next
			}
		}
		found = append(found, pid)
	}
	if len(found) != 1 {
		t.Fatalf("%d processes match %q, want 1, among %v", len(found), words, pids)
	}
	return found[0]
}

// sleeper is a cell that starts a child, as a beginner writes it, and waits.
const sleeper = `import ("os/exec"; "fmt"; "os")
%%
child := exec.Command("sleep", "60")
child.Stdout = os.Stdout
child.Start()
fmt.Println("started")
child.Wait()`

// TestFaults breaks a running lab at every joint. Whatever dies, nothing that a
// cell started may be left 2 seconds later, and the kernel answers again.
func TestFaults(t *testing.T) {
	l := installedLab(t, 2)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("looks for processes in /proc")
	}
	for _, tt := range []struct {
		name    string
		break_  func(t *testing.T, s *jupyter.Server, k *jupyter.Kernel, all map[int]string)
		kernel  bool // the kernel itself is lost, and another takes its place
		jupyter bool // Jupyter is lost, and with it every kernel
	}{
		{name: "the cell is interrupted", break_: func(t *testing.T, _ *jupyter.Server, k *jupyter.Kernel, _ map[int]string) {
			if err := k.Interrupt(t.Context()); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "the cell's process is killed", break_: func(t *testing.T, _ *jupyter.Server, _ *jupyter.Kernel, all map[int]string) {
			kill(t, find(t, ofCells(all), "gonb_"))
		}},
		{name: "GoNB is killed", kernel: true, break_: func(t *testing.T, _ *jupyter.Server, _ *jupyter.Kernel, all map[int]string) {
			kill(t, find(t, all, "/gonb -go_work"))
		}},
		{name: "the outer guard is killed", kernel: true, break_: func(t *testing.T, _ *jupyter.Server, _ *jupyter.Kernel, all map[int]string) {
			kill(t, outerGuard(t, all))
		}},
		{name: "the inner guard is killed", kernel: true, break_: func(t *testing.T, _ *jupyter.Server, _ *jupyter.Kernel, all map[int]string) {
			kill(t, find(t, all, " guard ", "--temp"))
		}},
		{name: "the kernel is shut down", kernel: true, jupyter: true, break_: func(t *testing.T, _ *jupyter.Server, k *jupyter.Kernel, _ map[int]string) {
			if err := k.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "Jupyter is asked to end", kernel: true, jupyter: true, break_: func(_ *testing.T, s *jupyter.Server, _ *jupyter.Kernel, _ map[int]string) {
			s.Close()
		}},
		{name: "Jupyter is killed", kernel: true, jupyter: true, break_: func(_ *testing.T, s *jupyter.Server, _ *jupyter.Kernel, _ map[int]string) {
			s.Kill()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name != "the cell is interrupted" {
				labtest.Need(t, 3)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
			defer cancel()
			// The mark in the environment finds everything that descends from
			// the server, even what has lost all its parents.
			mark := fmt.Sprintf("INTERLEAVE_FAULT_TEST=%d", time.Now().UnixNano())
			name, value, _ := strings.Cut(mark, "=")
			t.Setenv(name, value)
			s := startServer(t, l)
			k, err := s.NewKernel(ctx, "gonb")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.Run(ctx, "%noautoget"); err != nil {
				t.Fatal(err)
			}
			wait, err := k.Begin(ctx, sleeper)
			if err != nil {
				t.Fatal(err)
			}
			until(t, "the cell's child and gopls to run", func() bool {
				var child, gopls bool
				for _, cmdline := range processes(mark) {
					child = child || strings.HasPrefix(cmdline, "sleep 60")
					gopls = gopls || strings.Contains(cmdline, "/gopls ")
				}
				return child && gopls
			})
			all := processes(mark)
			delete(all, s.PID)
			tt.break_(t, s, k, all)
			if !tt.kernel {
				all = ofCells(all) // the kernel goes on, and gopls with it
			}
			gone(t, all)
			if tt.jupyter {
				return
			}
			if !tt.kernel {
				if reply, err := wait(ctx); err != nil || reply.Status == "ok" {
					t.Errorf("the broken cell replied %q, %v; want an error or an abort", reply.Status, err)
				}
			}
			answer := k.Run
			if tt.kernel {
				answer = k.Until
			}
			reply, err := answer(ctx, "import \"fmt\"\n%%\nfmt.Println(\"alive\")")
			if err != nil || !strings.Contains(reply.Text, "alive") {
				t.Errorf("the next cell replied %+v, %v; want it to print alive", reply, err)
			}
		})
	}
}

// TestInterruptLongCells stops each notebook's long cells, those with a chart, in
// the middle. Two seconds later nothing that they started may be left, and the
// next cell runs.
func TestInterruptLongCells(t *testing.T) {
	l := installedLab(t, 3)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("looks for processes in /proc")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	mark := fmt.Sprintf("INTERLEAVE_INTERRUPT_TEST=%d", time.Now().UnixNano())
	name, value, _ := strings.Cut(mark, "=")
	t.Setenv(name, value)
	s := startServer(t, l)
	files, err := filepath.Glob(l.source("notebooks", "*.ipynb"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, file := range files {
		nb, err := notebook.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		k, err := s.NewKernel(ctx, "gonb")
		if err != nil {
			t.Fatal(err)
		}
		interrupted := 0
		for _, c := range nb.Cells {
			switch {
			case c.Type != notebook.Code:
			case strings.Contains(c.ID, "-chart"):
				t.Run(c.ID, func(t *testing.T) {
					// A cell that ended by itself just as it was interrupted replies
					// "ok" rightly: it is interrupted again, earlier.
					for after := time.Second; ; after /= 2 {
						ran, status := interrupt(ctx, t, k, c.Source, mark, after)
						if ran && status == "ok" && after > time.Second/4 {
							continue
						}
						if ran && status == "ok" {
							t.Errorf("the cell, interrupted %v after its start, replied %q; want an error or an abort", after, status)
						}
						if ran {
							interrupted++
						}
						return
					}
				})
			default:
				// What later cells build on; its output is tested elsewhere.
				if _, err := k.Run(ctx, c.Source); err != nil {
					t.Fatalf("%s: %v", c.ID, err)
				}
			}
		}
		if interrupted == 0 {
			t.Errorf("%s has no cell that runs for a second", filepath.Base(file))
		}
		if err := k.Close(ctx); err != nil {
			t.Error(err)
		}
	}
}

// interrupt stops a cell some time after its program has started, and reports
// whether it still ran then, and the status that it replied.
func interrupt(ctx context.Context, t *testing.T, k *jupyter.Kernel, code, mark string, after time.Duration) (ran bool, status string) {
	t.Helper()
	wait, err := k.Begin(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		jupyter.Reply
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		reply, err := wait(ctx)
		answered <- answer{reply, err}
	}()
	cell := func() map[int]string { return ofCells(processes(mark)) }
	// While a cell is compiled, GoNB knows nothing to interrupt.
	until(t, "the cell's program to run", func() bool {
		for _, cmdline := range cell() {
			if program, _, _ := strings.Cut(cmdline, " "); strings.HasPrefix(filepath.Base(program), "gonb_") {
				return true
			}
		}
		return len(answered) > 0
	})
	time.Sleep(after)
	running := cell()
	if len(running) == 0 || len(answered) > 0 {
		a := <-answered
		if a.err != nil {
			t.Fatal(a.err)
		}
		return false, a.Status
	}
	if err := k.Interrupt(ctx); err != nil {
		t.Fatal(err)
	}
	gone(t, running)
	a := <-answered
	if a.err != nil {
		t.Fatal(a.err)
	}
	// What it started in the moment before its end has had less time so far.
	gone(t, cell())
	reply, err := k.Run(ctx, "%%\nfmt.Println(\"alive\")")
	if err != nil || !strings.Contains(reply.Text, "alive") {
		t.Errorf("the next cell replied %+v, %v; want it to print alive", reply, err)
	}
	return true, a.Status
}

func outerGuard(t *testing.T, all map[int]string) int {
	t.Helper()
	guards := make(map[int]string)
	for pid, cmdline := range all {
		if strings.Contains(cmdline, " guard ") && !strings.Contains(cmdline, "--temp") {
			guards[pid] = cmdline
		}
	}
	return find(t, guards)
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatalf("kill %d: %v", pid, err)
	}
}

// until waits for something to become true, 30 seconds at most.
func until(t *testing.T, what string, true_ func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !true_(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30 s for %s", what)
		}
	}
}
