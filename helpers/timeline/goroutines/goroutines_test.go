package goroutines_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"interleave/helpers/lang"
	"interleave/helpers/timeline"
	"interleave/helpers/timeline/goroutines"
)

func TestMain(m *testing.M) {
	os.Setenv(lang.Env, "en")
	goleak.VerifyTestMain(m)
}

// check checks that a goroutine's intervals follow each other and fill its life.
func check(t *testing.T, r goroutines.Recording) {
	t.Helper()
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for _, g := range r.Goroutines {
		var sum time.Duration
		for n, i := range g.Intervals {
			if i.To <= i.From || i.From < 0 || i.To > r.Length {
				t.Errorf("%s: interval %d is from %v to %v, of %v", g.Name, n, i.From, i.To, r.Length)
			}
			if n > 0 && i.From != g.Intervals[n-1].To {
				t.Errorf("%s: interval %d begins at %v, the one before it ends at %v", g.Name, n, i.From, g.Intervals[n-1].To)
			}
			if (i.State == timeline.Running) != (i.P >= 0) || i.P >= r.Procs {
				t.Errorf("%s: interval %d is %s on P %d of %d", g.Name, n, i.State, i.P, r.Procs)
			}
			sum += i.To - i.From
		}
		if sum != g.Life() {
			t.Errorf("%s: its intervals add up to %v, its life to %v", g.Name, sum, g.Life())
		}
	}
	// No P runs two goroutines at a time.
	byP := make(map[int][]goroutines.Interval)
	for _, g := range r.Goroutines {
		for _, i := range g.Intervals {
			if i.P >= 0 {
				byP[i.P] = append(byP[i.P], i)
			}
		}
	}
	for p, runs := range byP {
		slices.SortFunc(runs, func(a, b goroutines.Interval) int { return cmp.Compare(a.From, b.From) })
		for n := range len(runs) - 1 {
			if runs[n].To > runs[n+1].From {
				t.Errorf("P%d runs two goroutines at once: %v and %v", p, runs[n], runs[n+1])
			}
		}
	}
}

func find(t *testing.T, r goroutines.Recording, name string) goroutines.Goroutine {
	t.Helper()
	for _, g := range r.Goroutines {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("no goroutine %q in\n%v", name, r)
	return goroutines.Goroutine{}
}

func TestWhatAGoroutineWaitsFor(t *testing.T) {
	long := 10 * time.Millisecond
	for _, tt := range []struct {
		state timeline.State
		where string // in the place at which it waits
		wait  func()
	}{
		{timeline.Sleeping, "time.Sleep(long)", func() { time.Sleep(long) }},
		{timeline.Channel, "<-c", func() {
			c := make(chan bool)
			go func() { time.Sleep(long); c <- true }()
			<-c
		}},
		{timeline.Channel, "select", func() {
			select {
			case <-time.After(long):
			case <-make(chan bool):
			}
		}},
		{timeline.Waiting, "mu.Lock() // waits", func() {
			var mu sync.Mutex
			mu.Lock()
			go func() { time.Sleep(long); mu.Unlock() }()
			mu.Lock() // waits
		}},
		{timeline.Waiting, "mu.RLock()", func() {
			var mu sync.RWMutex
			mu.Lock()
			go func() { time.Sleep(long); mu.Unlock() }()
			mu.RLock()
		}},
		{timeline.Group, "wg.Wait()", func() {
			var wg sync.WaitGroup
			wg.Go(func() { time.Sleep(long) })
			wg.Wait()
		}},
		{timeline.Blocked, "cond.Wait()", func() {
			cond := sync.NewCond(new(sync.Mutex))
			cond.L.Lock()
			go func() { time.Sleep(long); cond.L.Lock(); defer cond.L.Unlock(); cond.Signal() }()
			cond.Wait()
			cond.L.Unlock()
		}},
		{timeline.Network, "c.Read(", func() {
			c, other := connect(t)
			defer c.Close()
			go func() { time.Sleep(long); other.Close() }()
			c.Read(make([]byte, 1))
		}},
		{timeline.Syscall, "poll, ", func() { unix.Poll(nil, int(long.Milliseconds())) }},
	} {
		t.Run(string(tt.state)+" "+tt.where, func(t *testing.T) {
			r := goroutines.Record(func() {
				done := make(chan bool)
				go func() {
					goroutines.Name("subject")
					tt.wait()
					close(done)
				}()
				<-done
			})
			check(t, r)
			g := find(t, r, "subject")
			if got := g.In(tt.state); got < long/2 {
				t.Errorf("%v in state %s, want about %v: %v", got, tt.state, long, g.Intervals)
			}
			if !slices.ContainsFunc(g.Intervals, func(i goroutines.Interval) bool {
				return i.State == tt.state && strings.Contains(i.Where, tt.where)
			}) {
				t.Errorf("it does not wait at %q: %v", tt.where, g.Intervals)
			}
			if main := find(t, r, "main"); main.In(timeline.Channel) < long/2 || main.Life() != r.Length {
				t.Errorf("main: %v of %v", main.Intervals, r.Length)
			}
		})
	}
}

func connect(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if b, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return a, b
}

// TestRandomPrograms records programs that do things at random.
func TestRandomPrograms(t *testing.T) {
	for seed := range uint64(40) {
		r := goroutines.Record(func() { program(rand.New(rand.NewPCG(seed, 0))) })
		check(t, r)
		if len(r.Goroutines) < 2 {
			t.Errorf("seed %d: %v", seed, r)
		}
		for _, cut := range []goroutines.Recording{
			r.Between(0, r.Length/2), r.Between(r.Length/3, 2*r.Length), r.Between(r.Length/2, r.Length/2+1),
		} {
			check(t, cut)
		}
	}
}

// program starts a few goroutines, each of which does a few things.
func program(random *rand.Rand) {
	var mu sync.RWMutex
	var workers sync.WaitGroup
	values := make(chan int, random.IntN(3))
	var receiver sync.WaitGroup
	receiver.Go(func() {
		for range values {
		}
	})
	for w := range 1 + random.IntN(6) {
		deeds := make([]int, random.IntN(20))
		for i := range deeds {
			deeds[i] = random.IntN(7)
		}
		workers.Go(func() {
			goroutines.Name(fmt.Sprint("worker ", w%4)) // some have the same name
			for _, deed := range deeds {
				switch deed {
				case 0:
					mu.Lock()
					runtime.Gosched()
					mu.Unlock()
				case 1:
					mu.RLock()
					mu.RUnlock()
				case 2:
					values <- w
				case 3:
					time.Sleep(10 * time.Microsecond)
				case 4:
					for n := range 10_000 {
						_ = n * n
					}
				case 5:
					var inner sync.WaitGroup
					inner.Go(func() { runtime.Gosched() })
					inner.Wait()
				case 6:
					os.Getpid()
				}
			}
		})
	}
	workers.Wait()
	close(values)
	receiver.Wait()
}

func TestRecordTells(t *testing.T) {
	inner := goroutines.Recording{}
	outer := goroutines.Record(func() { inner = goroutines.Record(func() {}) })
	if outer.Err != nil || inner.Err == nil || !strings.Contains(inner.Err.Error(), "already enabled") {
		t.Errorf("outer: %v, inner: %v", outer.Err, inner.Err)
	}
	for _, cut := range [][2]time.Duration{{2, 1}, {-1, 1}, {outer.Length, outer.Length + 1}} {
		if r := outer.Between(cut[0], cut[1]); r.Err == nil {
			t.Errorf("cut from %v to %v of %v without an error", cut[0], cut[1], outer.Length)
		}
	}
	if r := outer.Between(outer.Length/2, 2*outer.Length); r.Err != nil || r.Length != outer.Length-outer.Length/2 {
		t.Errorf("the second half of %v has %v, %v", outer.Length, r.Length, r.Err)
	}
	func() {
		defer func() { recover() }()
		goroutines.Record(func() { panic("the reader's") })
	}()
	if r := goroutines.Record(func() {}); r.Err != nil {
		t.Errorf("after a panic: %v", r.Err)
	}
}

// TestLongWaits records for longer than one part of a trace, about a second.
func TestLongWaits(t *testing.T) {
	r := goroutines.Record(func() {
		var mu sync.Mutex
		mu.Lock()
		done := make(chan bool)
		go func() {
			goroutines.Name("waits")
			mu.Lock()
			close(done)
		}()
		time.Sleep(2500 * time.Millisecond)
		mu.Unlock()
		<-done
	})
	check(t, r)
	for _, tt := range []struct {
		name  string
		state timeline.State
	}{{"waits", timeline.Waiting}, {"main", timeline.Sleeping}} {
		if g := find(t, r, tt.name); g.In(timeline.Blocked) != 0 || g.In(tt.state) < 2*time.Second {
			t.Errorf("%s: %v", tt.name, g.Intervals)
		}
	}
}

// spin takes long against the start of a goroutine on a busy machine, however many compute beside it.
func spin() {
	n := 0
	for i := range 150_000_000 {
		n ^= i
	}
	spun.Store(int64(n))
}

var spun atomic.Int64 // keeps the compiler from leaving out what spin computes

func TestNamesAndOverlap(t *testing.T) {
	three := func(work func()) goroutines.Recording {
		r := goroutines.Record(func() {
			var all sync.WaitGroup
			for range 3 {
				all.Go(work)
			}
			all.Wait()
		})
		check(t, r)
		return r
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3)) // all may run, whatever the cores
	free := three(spin)
	if got := free.Overlap(); got < 0.5 {
		t.Errorf("three that compute overlap by %v", got)
	}
	var mu sync.Mutex
	locked := three(func() {
		mu.Lock()
		defer mu.Unlock()
		spin()
	})
	if got := locked.Overlap(); got > 0.3 {
		t.Errorf("three that compute under one lock overlap by %v", got)
	}
	if got := (goroutines.Recording{}).Overlap(); got != 0 {
		t.Errorf("nothing overlaps by %v", got)
	}
	for i, g := range free.Goroutines {
		// WaitGroup.Go has started them, and who has called that gives the name.
		if want := fmt.Sprint(" #", i); i > 0 && (!strings.HasPrefix(g.Name, "TestNamesAndOverlap.") || !strings.HasSuffix(g.Name, want)) {
			t.Errorf("goroutine %d is called %q, want the test's function and%s", i, g.Name, want)
		}
	}
	same := three(func() { goroutines.Name("w") })
	for i, want := range []string{"w", "w (2)", "w (3)"} {
		if got := same.Goroutines[i+1].Name; got != want {
			t.Errorf("goroutine %d is called %q, want %q", i+1, got, want)
		}
	}
}

func TestGoroutinesLeftRunning(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := goroutines.Record(func() {
		started := make(chan bool)
		go func() {
			goroutines.Name("left")
			close(started)
			<-ctx.Done()
		}()
		<-started
		time.Sleep(5 * time.Millisecond)
	})
	check(t, r)
	if g := find(t, r, "left"); g.In(timeline.Channel) < time.Millisecond || g.Intervals[len(g.Intervals)-1].To != r.Length {
		t.Errorf("%v of %v", g.Intervals, r.Length)
	}
}
