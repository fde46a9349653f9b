package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

func TestMain(m *testing.M) {
	// The tests decide about these, not the shell that they are run from.
	os.Unsetenv("GONB_TMP_DIR")
	os.Setenv(measure.QuickEnv, "1")
	os.Setenv(lang.Env, "en")
	passTime = time.Millisecond
	goleak.VerifyTestMain(m)
}

var background = context.Background()

func TestFirstInFirstOut(t *testing.T) {
	q := New[int](3)
	for i := range 3 {
		if err := q.Put(background, i); err != nil {
			t.Fatal(err)
		}
	}
	q.Close()
	q.Close() // again does nothing
	if err := q.Put(background, 3); !errors.Is(err, ErrClosed) {
		t.Errorf("put into a closed queue: %v, want %v", err, ErrClosed)
	}
	if got := slices.Collect(q.All()); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("got %v, want 0, 1, 2", got)
	}
	if _, err := q.Get(background); !errors.Is(err, ErrClosed) {
		t.Errorf("get from a closed and empty queue: %v, want %v", err, ErrClosed)
	}
	want := Stats{Puts: 3, Gets: 3, Done: 3, Peak: 3}
	got := q.Stats()
	if got.Empty = 0; got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestPutWaitsForRoomAndGetForAnItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](1)
		var order []string // by one goroutine at a time: the others wait
		go func() {
			for i := range 2 {
				q.Put(background, i)
				order = append(order, fmt.Sprint("put ", i))
			}
		}()
		synctest.Wait()
		if !slices.Equal(order, []string{"put 0"}) {
			t.Fatalf("before the first get: %v, want put 0 alone", order)
		}
		if got := q.Stats(); got.Full != 1 || got.Length != 1 {
			t.Errorf("counts %+v, want one Put that found it full", got)
		}
		q.Get(background)
		synctest.Wait()
		if !slices.Equal(order, []string{"put 0", "put 1"}) {
			t.Errorf("after the first get: %v", order)
		}
		q.Get(background)
		go func() {
			q.Get(background)
			order = append(order, "got")
		}()
		synctest.Wait()
		if len(order) != 2 || q.Stats().Empty != 1 {
			t.Errorf("a get from an empty queue did not wait: %v, %+v", order, q.Stats())
		}
		q.Put(background, 2)
		synctest.Wait()
		if len(order) != 3 {
			t.Error("a get still waits though an item came")
		}
	})
}

func TestContextEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full, empty := New[int](1), New[int](1)
		full.Put(background, 1)
		cause := errors.New("supper")
		ctx, cancel := context.WithCancelCause(background)
		time.AfterFunc(time.Second, func() { cancel(cause) })
		for name, wait := range map[string]func() error{
			"put":  func() error { return full.Put(ctx, 2) },
			"get":  func() error { _, err := empty.Get(ctx); return err },
			"join": func() error { return full.Join(ctx) },
		} {
			if err := wait(); !errors.Is(err, cause) {
				t.Errorf("%s: %v, want %v", name, err, cause)
			}
		}
		if got := full.Stats(); got.Puts != 1 || got.Length != 1 {
			t.Errorf("a put that was given up counts: %+v", got)
		}
	})
}

func TestCloseLetsInThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](0)
		var puts sync.WaitGroup
		for i := range 3 {
			puts.Go(func() {
				if err := q.Put(background, i); err != nil {
					t.Errorf("put %d: %v", i, err)
				}
			})
		}
		synctest.Wait()
		q.Close()
		got := slices.Sorted(q.All())
		puts.Wait()
		if !slices.Equal(got, []int{0, 1, 2}) {
			t.Errorf("got %v, want all three", got)
		}
	})
}

func TestJoinWaitsUntilAllIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](1)
		begun := time.Now()
		go func() {
			for i := range 5 {
				q.Put(background, i)
			}
			q.Close()
		}()
		synctest.Wait()
		go func() {
			for range q.All() {
				time.Sleep(time.Second)
			}
		}()
		if err := q.Join(background); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took != 5*time.Second {
			t.Errorf("five items of a second: joined after %v", took)
		}
		if err := q.Join(background); err != nil {
			t.Errorf("join when nothing is pending: %v", err)
		}
	})
}

func TestJoinCountsPutsThatGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New[int](1)
		q.Put(background, 0)
		ctx, cancel := context.WithTimeout(background, 2*time.Second)
		defer cancel()
		go q.Put(ctx, 1) // finds no room
		synctest.Wait()
		begun := time.Now()
		q.Done() // before it is taken: only the one that waits is left
		if err := q.Join(background); err != nil || time.Since(begun) != 2*time.Second {
			t.Errorf("joined after %v, %v: want the 2 s until the second gives up", time.Since(begun), err)
		}
	})
}

func TestMisuseIsTold(t *testing.T) {
	for name, misuse := range map[string]func(){
		"capacity": func() { New[int](-1) },
		"done":     func() { New[int](1).Done() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("nothing was told")
				}
			}()
			misuse()
		})
	}
}

// An account is who put and who got which items, under its own lock.
type account struct {
	mu       sync.Mutex
	put, got []int
}

func (a *account) note(to *[]int, item int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	*to = append(*to, item)
}

// TestRandomPrograms has programs of puts, gets, loops that end or panic in the middle,
// closes, joins and cancels run at random moments. In the bubble a deadlock is an error,
// and so is a goroutine that stays. Every item put is got once, or still there.
func TestRandomPrograms(t *testing.T) {
	for seed := range uint64(1000) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 55))
			q := New[int](r.IntN(4))
			ctx, cancel := context.WithCancel(background)
			var a account
			var all sync.WaitGroup
			later := func(f func()) {
				after := time.Duration(r.IntN(20)) * time.Millisecond
				all.Go(func() {
					time.Sleep(after)
					f()
				})
			}
			for p := range r.IntN(5) {
				n := r.IntN(30)
				patience := time.Duration(1+r.IntN(30)) * time.Millisecond
				later(func() {
					ctx, cancel := context.WithTimeout(ctx, patience)
					defer cancel()
					for i := range n {
						item := 100*p + i
						if q.Put(ctx, item) == nil {
							a.note(&a.put, item)
						}
						if i%7 == 6 {
							time.Sleep(time.Millisecond)
						}
					}
				})
			}
			for range r.IntN(5) {
				most, fault := r.IntN(40), r.IntN(3)
				later(func() {
					defer func() { _ = recover() }()
					if fault == 0 { // by hand
						for range most {
							item, err := q.Get(ctx)
							if err != nil {
								return
							}
							a.note(&a.got, item)
							q.Done()
						}
						return
					}
					n := 0
					for item := range q.All() {
						a.note(&a.got, item)
						if n++; n > most {
							if fault == 1 {
								panic("in the loop's body")
							}
							break
						}
						time.Sleep(time.Millisecond)
					}
				})
			}
			later(func() { _ = q.Join(ctx) })
			if r.IntN(2) == 0 {
				later(q.Close)
			}
			time.Sleep(time.Duration(r.IntN(100)) * time.Millisecond)
			cancel()
			q.Close() // those who loop without a context
			all.Wait()
			for item := range q.All() {
				a.note(&a.got, item)
			}
			slices.Sort(a.put)
			slices.Sort(a.got)
			if !slices.Equal(a.put, a.got) {
				t.Errorf("seed %d: put %v, got %v", seed, a.put, a.got)
			}
			if s := q.Stats(); s.Puts != int64(len(a.put)) || s.Gets != s.Puts || s.Done != s.Gets || s.Length != 0 {
				t.Errorf("seed %d: counts %+v of %d items", seed, s, len(a.put))
			}
			if err := q.Join(background); err != nil {
				t.Error(err)
			}
		})
		if t.Failed() {
			return
		}
	}
}

// TestRandomProgramsInParallel does the same on real cores, with no pauses: close meets
// put and get at the same moment.
func TestRandomProgramsInParallel(t *testing.T) {
	for seed := range 1000 {
		q := New[int](seed % 4)
		var a account
		var all sync.WaitGroup
		for p := range 1 + seed%3 {
			all.Go(func() {
				for i := range 20 {
					if seed%5 == 0 && i == 10 {
						q.Close()
					}
					if q.Put(background, 100*p+i) == nil {
						a.note(&a.put, 100*p+i)
					} else {
						runtime.Gosched()
					}
				}
			})
		}
		var consumers sync.WaitGroup
		for range 1 + seed%4 {
			consumers.Go(func() {
				for item := range q.All() {
					a.note(&a.got, item)
				}
			})
		}
		all.Wait()
		q.Close()
		consumers.Wait()
		slices.Sort(a.put)
		slices.Sort(a.got)
		if !slices.Equal(a.put, a.got) {
			t.Fatalf("program %d: put %v, got %v", seed, a.put, a.got)
		}
	}
}
