package queue

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"interleave/helpers/racedetector"
	"interleave/helpers/timeline"
)

// count gives 0 to n-1.
func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func same(_ context.Context, i int) (int, error) { return i, nil }

func TestPipelineDoesEveryItem(t *testing.T) {
	p := NewPipeline(t.Context())
	doubled := Stage(p, "double", 3, 10, Feed(p, 10, count(1000)), func(_ context.Context, i int) (int, error) { return 2 * i, nil })
	words := Stage(p, "write", 4, 10, doubled, func(_ context.Context, i int) (string, error) { return fmt.Sprint(i), nil })
	got := make(map[string]bool)
	for w := range words.All() {
		got[w] = true
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if !got[fmt.Sprint(2*i)] {
			t.Errorf("item %d did not arrive", i)
		}
	}
	if len(got) != 1000 {
		t.Errorf("%d items arrived, want 1000", len(got))
	}
	for _, s := range p.Stats() {
		if s.Done != 1000 || len(s.Failed)+len(s.Left)+len(s.Undelivered) > 0 {
			t.Errorf("%+v", s)
		}
		if s.Queue.Done != s.Queue.Puts {
			t.Errorf("%s: of %d items in its queue, %d are marked as done", s.Name, s.Queue.Puts, s.Queue.Done)
		}
		if s.Queue.Peak > 10 {
			t.Errorf("%s: %d items in a queue of 10", s.Name, s.Queue.Peak)
		}
	}
}

func TestPipelineTellsWhatStoppedIt(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		name string
		f    func(p *Pipeline) func(context.Context, int) (int, error)
		is   error
		says string
	}{
		{"error", func(*Pipeline) func(context.Context, int) (int, error) {
			return func(_ context.Context, i int) (int, error) {
				if i == 7 {
					return 0, broken
				}
				return i, nil
			}
		}, broken, "stage work, item 7: broken"},
		{"panic", func(*Pipeline) func(context.Context, int) (int, error) {
			return func(_ context.Context, i int) (int, error) { return []int{0, 1, 2}[i], nil }
		}, nil, "stage work, item 3: panic: runtime error: index out of range [3] with length 3"},
		{"panic with an error", func(*Pipeline) func(context.Context, int) (int, error) {
			return func(context.Context, int) (int, error) { panic(broken) }
		}, broken, "stage work, item 0: panic: broken"},
		{"exit", func(*Pipeline) func(context.Context, int) (int, error) {
			return func(_ context.Context, i int) (int, error) {
				if i == 2 {
					runtime.Goexit()
				}
				return i, nil
			}
		}, errExited, "stage work, item 2: it ended its goroutine"},
		{"stop", func(p *Pipeline) func(context.Context, int) (int, error) {
			return func(_ context.Context, i int) (int, error) {
				if i == 5 {
					p.Stop()
				}
				return i, nil
			}
		}, ErrStopped, "was stopped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := NewPipeline(t.Context())
			out := Stage(p, "work", 1, 1, Feed(p, 1, count(1000)), tt.f(p))
			for range out.All() {
			}
			err := p.Wait()
			if err == nil || !strings.Contains(err.Error(), tt.says) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("Wait gave %v, want %q", err, tt.says)
			}
			if again := p.Wait(); again != err {
				t.Errorf("the second time, Wait gave %v", again)
			}
			if trouble := (*PanicError)(nil); errors.As(err, &trouble) && !strings.Contains(string(trouble.Stack), "pipeline_test.go") {
				t.Errorf("the panic's stack does not name its place:\n%s", trouble.Stack)
			}
		})
	}
}

func TestPipelineStopsWithItsContext(t *testing.T) {
	cause := errors.New("supper")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	p := NewPipeline(ctx)
	out := Stage(p, "work", 2, 0, Feed(p, 0, count(1000)), same)
	n := 0
	for range out.All() {
		if n++; n == 10 {
			cancel(cause)
		}
	}
	if err := p.Wait(); !errors.Is(err, cause) {
		t.Errorf("Wait gave %v, want %v", err, cause)
	}
}

func TestContextOfAPipelineEndsWithIt(t *testing.T) {
	broken := errors.New("broken")
	p := NewPipeline(t.Context())
	out := Stage(p, "work", 1, 0, Feed(p, 0, count(10)), func(context.Context, int) (int, error) { return 0, broken })
	select { // what works between two stages waits for this
	case <-p.Context().Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the pipeline has failed, and its context goes on")
	}
	for range out.All() {
	}
	if err := context.Cause(p.Context()); !errors.Is(err, broken) || p.Wait() == nil {
		t.Errorf("the context's cause is %v, want %v", err, broken)
	}
}

func TestContextThatEndsTooLateStopsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := NewPipeline(ctx)
	n := len(slices.Collect(Stage(p, "work", 2, 1, Feed(p, 1, count(100)), same).All()))
	cancel()
	if err := p.Wait(); err != nil || n != 100 {
		t.Errorf("%d items of 100, %v", n, err)
	}
}

func TestPipelineMisuseIsTold(t *testing.T) {
	p := NewPipeline(t.Context())
	out := Stage(p, "work", 0, 1, Feed(p, 1, count(10)), same)
	if n := len(slices.Collect(out.All())); n > 0 {
		t.Errorf("%d items", n)
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "stage work: 0 workers: give it 1 or more") {
		t.Errorf("no workers: %v", err)
	}

	p = NewPipeline(t.Context())
	for range Stage(p, "work", 0, 1, Feed(p, 1, count(0)), same).All() {
	}
	if err := p.Wait(); err == nil {
		t.Error("no workers, and no items: nothing is told")
	}

	p = NewPipeline(t.Context())
	out = Stage(p, "work", 1, 1, Feed(p, 1, count(10)), same)
	out.Close()
	for range out.All() {
	}
	if err := p.Wait(); !errors.Is(err, ErrClosed) || !strings.Contains(err.Error(), "stage work: put its result") {
		t.Errorf("closed by somebody else: %v", err)
	}

	p = NewPipeline(t.Context())
	for range Feed(p, 0, func(yield func(int) bool) { yield(1); panic("no more film") }).All() {
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "feed the pipeline: panic: no more film") {
		t.Errorf("a feed that panics: %v", err)
	}
}

func TestLongItemsAreCutInErrors(t *testing.T) {
	if got := short(strings.Repeat("사진", 50)); len(got) > 65 || !strings.HasSuffix(got, "…") || !strings.HasPrefix(got, "사진사진") || strings.Contains(got, "\uFFFD") {
		t.Errorf("got %q", got)
	}
}

func TestRecorderSeesWaitsAndWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPipeline(t.Context())
		p.Recorder = new(timeline.Recorder)
		slow := Stage(p, "slow", 1, 1, Feed(p, 1, count(4)), func(_ context.Context, i int) (int, error) {
			time.Sleep(time.Second)
			return i, nil
		})
		for range Stage(p, "quick", 1, 1, slow, same).All() {
		}
		if err := p.Wait(); err != nil {
			t.Fatal(err)
		}
		sum := make(map[string]float64)
		for _, s := range p.Recorder.Spans() {
			sum[s.Row+" "+string(s.State)] += s.To - s.From
		}
		for what, want := range map[string]float64{
			"slow 1 running": 4, "quick 1 getting": 4, "quick 1 running": 0, "slow 1 putting": 0, "feed 1 putting": 2,
		} {
			if got := sum[what]; got != want {
				t.Errorf("%s for %v s, want %v (of %v)", what, got, want, sum)
			}
		}
	})
}

// TestRandomPipelines stops pipelines in every way at random moments. In the bubble a
// deadlock is an error, and so is a goroutine that stays. Every item is accounted for
// once: delivered, failed, left before a stage, in a worker's hands, or never begun.
func TestRandomPipelines(t *testing.T) {
	for seed := range uint64(1000) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 55))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			p := NewPipeline(ctx)
			n, stages := r.IntN(60), 1+r.IntN(4)
			fault, at, where := r.IntN(7), r.IntN(60), r.IntN(stages)
			end := time.Duration(r.IntN(100)) * time.Millisecond
			fed := 0
			queue := Feed(p, r.IntN(4), func(yield func(int) bool) {
				for i := range n {
					fed++
					if !yield(i) {
						return
					}
				}
			})
			for s := range stages {
				pauses := make([]time.Duration, 60)
				for i := range pauses {
					// None is zero: Go 1.26's race detector may crash on timers due at once.
					pauses[i] = time.Duration(1+r.IntN(5)) * time.Millisecond
				}
				queue = Stage(p, fmt.Sprint("stage", s), 1+r.IntN(5), r.IntN(4), queue, func(ctx context.Context, i int) (int, error) {
					select {
					case <-time.After(pauses[i]):
					case <-ctx.Done():
						return 0, context.Cause(ctx)
					}
					if s == where && i == at {
						switch fault {
						case 0:
							return 0, errors.New("broken")
						case 1:
							panic("broken")
						case 2:
							runtime.Goexit()
						}
					}
					return i, nil
				})
			}
			switch fault {
			case 3:
				time.AfterFunc(end, cancel)
			case 4:
				time.AfterFunc(end, p.Stop)
			}
			var seen []int
			for i := range queue.All() {
				seen = append(seen, i)
				if fault == 5 && i == at {
					p.Stop()
					break
				}
			}
			err := p.Wait()
			if queue.Stats().Length > 0 && fault != 5 {
				t.Errorf("seed %d: %d results are still in the last queue", seed, queue.Stats().Length)
			}
			for i := range queue.All() { // after the consumer has left
				seen = append(seen, i)
			}
			before := fed
			for _, s := range working(p.Stats()) {
				if s.Name == "stage0" {
					before = int(p.Stats()[0].Done)
				}
				if before != int(s.Done)+len(s.Failed)+len(s.Left) {
					t.Errorf("seed %d: %d items came to %s: %+v", seed, before, s.Name, s)
				}
				before = int(s.Done)
			}
			for _, s := range p.Stats() {
				for _, f := range s.Failed {
					seen = append(seen, f.Item.(int))
				}
				for _, i := range slices.Concat(s.Left, s.Undelivered) {
					seen = append(seen, i.(int))
				}
			}
			slices.Sort(seen)
			if want := slices.Collect(count(int(p.Stats()[0].Done))); !slices.Equal(seen, want) {
				t.Errorf("seed %d: of %d items, %v are accounted for", seed, len(want), seen)
			}
			if fed != len(seen) {
				t.Errorf("seed %d: %d items were taken from the source, %d are accounted for", seed, fed, len(seen))
			}
			if err == nil && len(seen) < n {
				t.Errorf("seed %d: no error, and %d items of %d", seed, len(seen), n)
			}
			if err != nil && fault == 6 {
				t.Errorf("seed %d: nothing was to stop it: %v", seed, err)
			}
		})
		if t.Failed() {
			return
		}
	}
}

// TestMillionItemsTakeNoMemory sends a million items through 3, 4 and 5 workers.
func TestMillionItemsTakeNoMemory(t *testing.T) {
	n := 1_000_000
	if racedetector.Enabled {
		n = 10_000
	}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	begun, most := heap(), uint64(0)
	p := NewPipeline(t.Context())
	photos := Feed(p, 100, count(n))
	for i, name := range []string{"fetch", "resize", "upload"} {
		photos = Stage(p, name, 3+i, 100, photos, same)
	}
	done := 0
	for range photos.All() {
		if done++; done%(n/20) == 0 {
			most = max(most, heap())
		}
	}
	if err := p.Wait(); err != nil || done != n {
		t.Fatalf("%d items of %d, %v", done, n, err)
	}
	if most > begun+10<<20 {
		t.Errorf("the heap grew from %d to %d bytes", begun, most)
	}
	t.Logf("heap %d bytes at the start, %d at the most", begun, most)
}
