package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/kernel-setup/jupyter"
	"interleave/notebooks/nb/notebook"

	"github.com/chromedp/chromedp"
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

// startServer starts the lab as a reader does, on a folder of its own. Whoever calls it
// closes it.
func startServer(l lab, dir string, env []string, args ...string) (*jupyter.Server, error) {
	port, err := jupyter.FreePort()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	args = append([]string{"lab", "--no-browser", "--prefix", l.dir, "--dir", dir, "--port", strconv.Itoa(port)}, args...)
	cmd := exec.Command(l.program("kernel-setup"), args...)
	cmd.Dir = l.module
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return jupyter.Start(ctx, port, cmd)
}

// ownServer starts a server for one test.
func ownServer(tb testing.TB, l lab, dir string, env []string, args ...string) *jupyter.Server {
	tb.Helper()
	s, err := startServer(l, dir, env, args...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// shared is what tests use together that are not about starting it.
var shared struct {
	once   sync.Once
	server *jupyter.Server
	dir    string // the server's notebooks
	err    error
}

// sharedServer returns the server that tests share, and the folder of its notebooks. The
// reader's own theme and open tabs are neither used nor changed.
func sharedServer(tb testing.TB, l lab) (s *jupyter.Server, dir string) {
	tb.Helper()
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "interleave-test-"); shared.err != nil {
			return
		}
		work := filepath.Join(shared.dir, "work")
		shared.server, shared.err = startServer(l, work, settingsIn(shared.dir))
	})
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.server, filepath.Join(shared.dir, "work")
}

// settingsIn is an environment in which JupyterLab keeps what its user chooses below dir.
func settingsIn(dir string) []string {
	return []string{
		"JUPYTERLAB_SETTINGS_DIR=" + filepath.Join(dir, "settings"),
		"JUPYTERLAB_WORKSPACES_DIR=" + filepath.Join(dir, "workspaces"),
	}
}

// endShared ends what tests shared.
func endShared() {
	if theBrowser.ctx != nil {
		_ = chromedp.Cancel(theBrowser.ctx) // closes it in order, and waits
	}
	if shared.server != nil {
		shared.server.Close()
	}
	if shared.dir != "" {
		_ = os.RemoveAll(shared.dir)
	}
}

// newKernel starts a kernel of the shared server for one test.
func newKernel(ctx context.Context, t *testing.T, s *jupyter.Server) *jupyter.Kernel {
	t.Helper()
	k, err := s.NewKernel(ctx, "gonb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close(context.Background()) }) // it may be gone
	return k
}

// kernelProcesses returns the living processes of a kernel, with their command lines: its
// guards, which have its connection file as an argument, and all that is below the inner
// one, which has the kernel's temporary folder in its environment.
func kernelProcesses(k *jupyter.Kernel) map[int]string {
	all := allProcesses()
	found := marked(all, "kernel-"+k.ID)
	for _, cmdline := range slices.Collect(maps.Values(found)) {
		if _, rest, ok := strings.Cut(cmdline, "--temp "); ok {
			maps.Copy(found, marked(all, "TMPDIR="+strings.Fields(rest)[0]))
		}
	}
	return found
}

// processes returns the living processes whose command line or environment holds the mark,
// by their ids, with their command lines.
func processes(mark string) map[int]string { return marked(allProcesses(), mark) }

func marked(all map[int]running, mark string) map[int]string {
	found := make(map[int]string)
	for pid, p := range all {
		if strings.Contains(p.environ, mark) || strings.Contains(p.cmdline, mark) {
			found[pid] = p.cmdline
		}
	}
	return found
}

type running struct{ cmdline, environ string }

// allProcesses returns the machine's living processes but for this one.
func allProcesses() map[int]running {
	all := make(map[int]running)
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		pid, _ := strconv.Atoi(filepath.Base(dir))
		if pid == os.Getpid() {
			continue
		}
		cmdline, err := os.ReadFile(dir + "/cmdline")
		if err != nil || len(cmdline) == 0 {
			continue // gone, a zombie, or the system's own
		}
		environ, _ := os.ReadFile(dir + "/environ")
		all[pid] = running{strings.ReplaceAll(string(cmdline), "\x00", " "), string(environ)}
	}
	return all
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

// gone waits until none of the processes is left, and reports those that are.
func gone(t *testing.T, pids map[int]string) {
	t.Helper()
	var left []string
	deadline := time.Now().Add(patience)
	for {
		left = left[:0]
		for pid, cmdline := range pids {
			if alive(pid) {
				left = append(left, fmt.Sprintf("%d %s", pid, cmdline))
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still there after %v:\n%s", patience, strings.Join(left, "\n"))
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
child := exec.Command("sleep", "600")
child.Stdout = os.Stdout
child.Start()
fmt.Println("started")
child.Wait()`

// TestFaults breaks a running lab at every joint. Whatever dies, nothing that a cell
// started is left, and the kernel answers again.
func TestFaults(t *testing.T) {
	l := installedLab(t, 2)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("looks for processes in /proc")
	}
	for _, tt := range []struct {
		name   string
		break_ func(t *testing.T, s *jupyter.Server, k *jupyter.Kernel, all map[int]string)
		kernel bool // the kernel itself is lost, and another takes its place
		over   bool // none does: nobody is left to answer
		server bool // Jupyter is lost, and with it every kernel
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
		{name: "the kernel is shut down", kernel: true, over: true, break_: func(t *testing.T, _ *jupyter.Server, k *jupyter.Kernel, _ map[int]string) {
			if err := k.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "Jupyter is asked to end", kernel: true, over: true, server: true, break_: func(_ *testing.T, s *jupyter.Server, _ *jupyter.Kernel, _ map[int]string) {
			s.Close()
		}},
		{name: "Jupyter is killed", kernel: true, over: true, server: true, break_: func(_ *testing.T, s *jupyter.Server, _ *jupyter.Kernel, _ map[int]string) {
			s.Kill()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.name != "the cell is interrupted" {
				labtest.Need(t, 3)
			}
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			var s *jupyter.Server
			if tt.server {
				dir := t.TempDir()
				s = ownServer(t, l, filepath.Join(dir, "work"), settingsIn(dir))
			} else {
				s, _ = sharedServer(t, l)
			}
			k := newKernel(ctx, t, s)
			if _, err := k.Run(ctx, "%noautoget"); err != nil {
				t.Fatal(err)
			}
			wait, err := k.Begin(ctx, sleeper)
			if err != nil {
				t.Fatal(err)
			}
			until(t, "the cell's child and gopls to run", func() bool {
				var child, gopls bool
				for _, cmdline := range kernelProcesses(k) {
					child = child || strings.HasPrefix(cmdline, "sleep 600")
					gopls = gopls || strings.Contains(cmdline, "/gopls ")
				}
				return child && gopls
			})
			all := kernelProcesses(k)
			tt.break_(t, s, k, all)
			if !tt.kernel {
				all = ofCells(all) // the kernel goes on, and gopls with it
			}
			gone(t, all)
			if tt.over {
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

// TestInterruptLongCells stops each notebook's long cells, those with a chart, in the
// middle. Nothing that they started is left then, and the next cell runs.
func TestInterruptLongCells(t *testing.T) {
	l := installedLab(t, 3)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("looks for processes in /proc")
	}
	s, _ := sharedServer(t, l)
	files, err := filepath.Glob(l.source("notebooks", "*.ipynb"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".ipynb"), func(t *testing.T) {
			t.Parallel()
			nb, err := notebook.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			k := newKernel(t.Context(), t, s)
			interrupted := 0
			for _, c := range nb.Cells {
				switch {
				case c.Type != notebook.Code:
				case strings.Contains(c.ID, "-chart"):
					t.Run(c.ID, func(t *testing.T) {
						// A cell that ended by itself just as it was interrupted replies
						// "ok" rightly: it is interrupted again, earlier.
						for after := time.Second; ; after /= 2 {
							ran, status := interrupt(t.Context(), t, k, c.Source, after)
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
				case declarations(c.Source) != "":
					if _, err := k.Run(t.Context(), declarations(c.Source)); err != nil {
						t.Fatalf("%s: %v", c.ID, err)
					}
				}
			}
			if interrupted == 0 {
				t.Error("no cell of it runs for a second")
			}
			t.Logf("%d cells interrupted", interrupted)
		})
	}
}

// declarations returns what of a cell later cells build on: its declarations, or the file
// that it writes. What it runs is tested elsewhere.
func declarations(source string) string {
	if strings.HasPrefix(source, "%%writefile") {
		return source
	}
	head, _, _ := strings.Cut("\n"+source, "\n%%")
	if strings.Contains(head, "%test") {
		return ""
	}
	return strings.TrimSpace(head)
}

// interrupt stops a cell some time after its program has started, and reports
// whether it still ran then, and the status that it replied.
func interrupt(ctx context.Context, t *testing.T, k *jupyter.Kernel, code string, after time.Duration) (ran bool, status string) {
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
	cell := func() map[int]string { return ofCells(kernelProcesses(k)) }
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

// patience is how long a test waits for what must come: no measure of what it takes, but
// far above that on any machine that works.
const patience = time.Minute

// until waits for something to become true.
func until(t *testing.T, what string, true_ func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !true_(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}
