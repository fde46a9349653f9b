package deadlock

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/helpers/lang"
)

// long is a limit that only a child that hangs comes to.
const long = 2 * time.Minute

// opposite takes two locks in opposite order, and waits until both goroutines
// have their first one.
func opposite() {
	a, b := &Mutex{Name: "A"}, &Mutex{Name: "B"}
	var held, ended sync.WaitGroup
	held.Add(2)
	take := func(first, second *Mutex) {
		first.Lock()
		held.Done()
		held.Wait()
		second.Lock()
	}
	ended.Go(func() { Name("one"); take(a, b) })
	ended.Go(func() { Name("two"); take(b, a) })
	ended.Wait()
}

func TestRunBringsTheRuntimesReport(t *testing.T) {
	t.Setenv(lang.Env, "en")
	// Even stopped, a timer can keep the runtime from looking for deadlocks.
	time.AfterFunc(long/2, func() {}).Stop()
	r := RunFor(long, opposite)
	if r.Err != nil || r.Returned || r.TimedOut || !r.Deadlocked() || len(r.Cycles()) != 1 || r.Took > long/4 {
		t.Fatalf("got %+v", r)
	}
	if !strings.HasPrefix(r.Report, "fatal error: all goroutines are asleep - deadlock!\n") {
		t.Errorf("the report is\n%s", r.Report)
	}
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.Report, folder) || strings.Contains(r.Report, labtest.GOROOT(t)) || strings.Contains(r.Short(), folder) {
		t.Errorf("a folder is in the report\n%s", r.Report)
	}
	for _, g := range r.Goroutines {
		heading := fmt.Sprintf("goroutine %d [sync.Mutex.Lock]:\n", g.ID)
		if !strings.Contains(r.Raw, heading) || !strings.Contains(r.Report, heading) {
			t.Errorf("the report has no %q", heading)
		}
		if want := fmt.Sprintf("goroutine %d (%s) [sync.Mutex.Lock]:\n", g.ID, g.Name); !strings.Contains(r.Short(), want) {
			t.Errorf("got\n%s\nwant %q in it", r.Short(), want)
		}
	}
	if n := strings.Count(r.Short(), "run_test.go:"); n != 4 || strings.Count(r.Short(), "second.Lock()") != 2 {
		t.Errorf("got\n%s\nwant two lines for each goroutine, with their source", r.Short())
	}
	if got := r.String(); !strings.Contains(got, "All goroutines were asleep") || !strings.Contains(got, " → A → ") {
		t.Errorf("got %s", got)
	}
}

func TestRunOfSeveralFunctionsTellsThemApart(t *testing.T) {
	first := RunFor(long, func() { new(Mutex).Lock() })
	second := RunFor(long, opposite)
	var third [2]Result
	for i := range third { // one line of the source, two calls
		third[i] = RunFor(long, func() {
			mu := &Mutex{Name: fmt.Sprint("own ", i)}
			mu.Lock()
			if first.Returned && second.Deadlocked() { // as in the parent
				mu.Lock()
			}
		})
	}
	if first.Err != nil || !first.Returned || first.Deadlocked() || first.Report != "" || len(first.Goroutines) != 1 {
		t.Errorf("the first: %+v", first)
	}
	if len(second.Cycles()) != 1 || len(second.Cycles()[0]) != 2 {
		t.Errorf("the second: %+v", second)
	}
	for i, r := range third {
		if c := r.Cycles(); len(c) != 1 || len(c[0]) != 1 || c[0][0].WaitsFor != fmt.Sprint("own ", i) {
			t.Errorf("call %d of the third: %+v", i, r)
		}
	}
}

func TestRunInSubtests(t *testing.T) {
	for _, name := range []string{"left", "right"} {
		t.Run(name, func(t *testing.T) {
			r := RunFor(long, func() {
				mu := &Mutex{Name: name}
				mu.Lock()
				mu.Lock()
			})
			if c := r.Cycles(); len(c) != 1 || c[0][0].WaitsFor != name {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestRunStopsWhatTheRuntimeDoesNotSee(t *testing.T) {
	t.Setenv(lang.Env, "en")
	// Far more than two goroutines need to take a lock each.
	r := RunFor(5*time.Second, func() {
		go func() {
			for range time.Tick(time.Millisecond) {
			}
		}()
		opposite()
	})
	if r.Err != nil || !r.TimedOut || r.Report != "" || len(r.Cycles()) != 1 || !r.Deadlocked() {
		t.Fatalf("got %+v", r)
	}
	if !strings.HasPrefix(r.Raw, "SIGQUIT: ") || strings.Count(r.Short(), "[sync.Mutex.Lock]") != 2 {
		t.Errorf("got\n%s", r.Short())
	}
	if !strings.Contains(r.String(), "only when all goroutines are asleep") {
		t.Errorf("got %s", r)
	}
}

func TestRunOfOtherEnds(t *testing.T) {
	t.Setenv(lang.Env, "en")
	t.Run("a panic is the report", func(t *testing.T) {
		r := RunFor(long, func() { panic("no money") })
		if r.Err != nil || r.Returned || r.Deadlocked() || !strings.HasPrefix(r.Report, "panic: no money") || !strings.Contains(r.String(), "no money") {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("an unlock too many is the report", func(t *testing.T) {
		r := RunFor(long, func() { new(Mutex).Unlock() })
		if !strings.HasPrefix(r.Report, "fatal error: sync: unlock of unlocked mutex") {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("an end of the program is an error", func(t *testing.T) {
		r := RunFor(long, func() { os.Exit(3) })
		if r.Err == nil || !strings.Contains(r.Err.Error(), "exit status 3") {
			t.Errorf("got %+v", r)
		}
	})
	t.Run("a Run within is refused", func(t *testing.T) {
		r := RunFor(long, func() {
			if inner := Run(func() {}); inner.Err != nil {
				panic(inner.Err)
			}
		})
		if !strings.Contains(r.Report, "calls Run again") {
			t.Errorf("got %+v", r)
		}
	})
}

func TestRunLeavesNoFilesOpen(t *testing.T) {
	open := func() int {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("needs /proc")
		}
		return len(files)
	}
	RunFor(long, func() {})
	before, goroutines := open(), runtime.NumGoroutine()
	for range 5 {
		RunFor(long, func() {})
	}
	until(t, "its goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	if after := open(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

// TestChildsDisplay is what TestRunPrints runs: it prints before and within.
func TestChildsDisplay(t *testing.T) {
	if os.Getenv("DEADLOCK_TEST_PRINTS") == "" {
		t.Skip("it is for TestRunPrints")
	}
	fmt.Println("before")
	r := RunFor(long, func() {
		fmt.Println("within")
		fmt.Fprintln(os.Stderr, "complaint")
		if os.Getenv("GONB_PIPE") != "" || os.Getenv(childEnv) != "" {
			fmt.Println("the child could display, or be another child")
		}
		opposite()
	})
	RunFor(long, func() { panic("no money") })
	content, err := json.Marshal(r.State)
	fmt.Println(string(content), err)
}

func TestRunPrints(t *testing.T) {
	t.Setenv("DEADLOCK_TEST_PRINTS", "1")
	t.Setenv("GONB_PIPE", "/dev/null")
	cmd := exec.Command(os.Args[0], "-test.run=^TestChildsDisplay$", "-test.timeout=5m", "-test.v")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, stderr.String())
	}
	for text, n := range map[string]int{"before\n": 1, "within\n": 1, `"WaitsFor":"A"`: 1, "the child could": 0, "--- FAIL": 0} {
		if got := strings.Count(string(out), text); got != n {
			t.Errorf("%q is printed %d times, want %d, in\n%s", text, got, n, out)
		}
	}
	if stderr.String() != "complaint\n" {
		t.Errorf("stderr is %q, want what the function wrote", stderr.String())
	}
}

func TestBetweenPassesOnWhatIsBetweenMarks(t *testing.T) {
	for _, size := range []int{1, 3, 100} {
		var got strings.Builder
		b := &between{mark: "[mark]", to: &got}
		for text := "lost [mar[mark]kept [[mar] too[mark]lost[mark], and this"; text != ""; {
			n := min(size, len(text))
			if written, err := b.Write([]byte(text[:n])); written != n || err != nil {
				t.Fatal(written, err)
			}
			text = text[n:]
		}
		if want := "kept [[mar] too, and this"; got.String() != want {
			t.Errorf("%d bytes at a time: got %q, want %q", size, got.String(), want)
		}
	}
}
