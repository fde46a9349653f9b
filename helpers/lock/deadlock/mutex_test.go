package deadlock

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// watched begins a record for one test.
func watched(t *testing.T) {
	t.Helper()
	Watch()
	t.Cleanup(func() { listening.Store(nil) })
}

// until waits for what other goroutines are about to do, however slow they are.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !is(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("not after a minute: %s; there is %v", what, Snapshot())
		}
	}
}

func TestMutexExcludes(t *testing.T) {
	for _, record := range []bool{false, true} {
		t.Run(fmt.Sprintf("with the record %v", record), func(t *testing.T) {
			if record {
				watched(t)
			}
			var mu Mutex
			var all sync.WaitGroup
			n := 0
			for range 8 {
				all.Go(func() {
					for i := range 200 {
						for i%2 == 0 && !mu.TryLock() {
							runtime.Gosched()
						}
						if i%2 == 1 {
							mu.Lock()
						}
						n++
						mu.Unlock()
					}
				})
			}
			all.Wait()
			if n != 1600 {
				t.Errorf("counted %d, want 1600", n)
			}
			if got := len(Snapshot().Goroutines); got != 0 {
				t.Errorf("at the end %v", Snapshot())
			}
		})
	}
}

func TestSnapshotShowsTheCycle(t *testing.T) {
	watched(t)
	a, b := &Mutex{Name: "A"}, &Mutex{Name: "B"}
	var held sync.WaitGroup
	held.Add(2)
	var ended sync.WaitGroup
	take := func(name string, first, second *Mutex) {
		ended.Go(func() {
			Name(name)
			first.Lock()
			held.Done()
			held.Wait()
			second.Lock()
			defer second.Unlock()
		})
	}
	take("one", a, b)
	take("two", b, a)
	until(t, "a cycle", func() bool { return len(Snapshot().Cycles()) == 1 })
	s := Snapshot()
	got := s.Cycles()[0].String()
	if got != "one → B → two → A → one" && got != "two → A → one → B → two" {
		t.Errorf("got %q", got)
	}
	for _, want := range []string{"one (goroutine ", ") holds A and waits for B", ") holds B and waits for A"} {
		if !strings.Contains(s.String(), want) {
			t.Errorf("got %q, want %q in it", s, want)
		}
	}
	// Any goroutine may unlock a lock, which ends this deadlock.
	a.Unlock()
	b.Unlock()
	ended.Wait()
	if s := Snapshot(); len(s.Goroutines) != 0 {
		t.Errorf("at the end %v, want nobody", s)
	}
}

func TestTryLockDoesNotWait(t *testing.T) {
	watched(t)
	mu := Mutex{Name: "A"}
	mu.Lock()
	failed := make(chan State)
	go func() {
		if mu.TryLock() {
			t.Error("TryLock took what is held")
		}
		failed <- Snapshot()
	}()
	s := <-failed
	if len(s.Goroutines) != 1 || s.Goroutines[0].WaitsFor != "" {
		t.Errorf("got %v, want the holder alone", s)
	}
	mu.Unlock()
}

func TestWithoutWatchNothingIsRecorded(t *testing.T) {
	var mu Mutex
	mu.Lock()
	defer mu.Unlock()
	if s := Snapshot(); len(s.Goroutines) != 0 {
		t.Errorf("got %v", s)
	}
}

func TestNumberIsThatOfTheReports(t *testing.T) {
	buf := make([]byte, 1000)
	report := string(buf[:runtime.Stack(buf, false)])
	if want := fmt.Sprintf("goroutine %d [", goroutineID()); !strings.HasPrefix(report, want) {
		t.Errorf("the report begins %.30q, want %q", report, want)
	}
}
