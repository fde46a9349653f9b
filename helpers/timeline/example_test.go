package timeline_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/timeline"
)

func Example() {
	var rec timeline.Recorder
	var mu sync.Mutex
	var workers sync.WaitGroup
	value := 0
	for i := range 2 {
		workers.Go(func() {
			row := fmt.Sprint("worker ", i+1)
			end := rec.Begin(row, timeline.Waiting)
			mu.Lock()
			defer mu.Unlock()
			end()
			end = rec.Begin(row, timeline.Holding)
			read := value
			time.Sleep(10 * time.Millisecond)
			value = read + 1
			end(fmt.Sprintf("%d → %d", read, value))
		})
	}
	workers.Wait()
	for _, s := range rec.Spans() {
		if s.State == timeline.Holding {
			fmt.Println(s.State, s.Note)
		}
	}
	// A notebook shows them:
	//	timeline.Show(chart.Title{Text: lang.Same("One lock, two workers")}, timeline.Part{Spans: rec.Spans()})

	// Output:
	// holding 0 → 1
	// holding 1 → 2
}

// updates has a pool of two workers update a value three times. Each update reads
// it, waits and writes it back.
func updates(lock sync.Locker) (spans []timeline.Span, value int) {
	var rec timeline.Recorder
	var store sync.Mutex // keeps one read or write whole, as the GIL does
	jobs := make(chan int, 3)
	for i := range 3 {
		jobs <- i
	}
	close(jobs)
	var workers sync.WaitGroup
	for i := range 2 {
		workers.Go(func() {
			row := fmt.Sprint("worker ", i+1)
			for range jobs {
				state := timeline.Running
				if lock != nil {
					end := rec.Begin(row, timeline.Waiting)
					lock.Lock()
					end()
					state = timeline.Holding
				}
				end := rec.Begin(row, state)
				store.Lock()
				read := value
				store.Unlock()
				time.Sleep(10 * time.Millisecond)
				store.Lock()
				value = read + 1
				store.Unlock()
				end(fmt.Sprintf("%d → %d", read, read+1))
				if lock != nil {
					lock.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return rec.Spans(), value
}

func TestLostUpdatesOverlapAndLockedOnesDoNot(t *testing.T) {
	free, lost := updates(nil)
	locked, kept := updates(new(sync.Mutex))
	if kept != 3 {
		t.Errorf("with the lock the value is %d, want 3", kept)
	}
	// On a busy machine the workers may not meet.
	if n := overlaps(free, timeline.Running); lost < 3 && n == 0 {
		t.Errorf("without the lock the value is %d, and no updates overlap", lost)
	}
	if n := overlaps(locked, timeline.Holding); n > 0 {
		t.Errorf("with the lock %d updates overlap", n)
	}
	timeline.Show(chart.Title{
		Text: lang.Text{Ko: "작업자 둘이 한 저장소를 세 번 고친다", En: "Two workers update one store three times"},
		Note: lang.Text{Ko: "0 → 1: 0을 읽고 1을 썼다", En: "0 → 1: read 0, wrote 1"},
	},
		timeline.Part{Name: lang.Text{Ko: "Go, 락 없이", En: "Go, without a lock"}, Spans: free},
		timeline.Part{Name: lang.Text{Ko: "Go, 락으로", En: "Go, with a lock"}, Spans: locked})
}

// overlaps counts the pairs of spans in that state that have some time in common.
func overlaps(spans []timeline.Span, state timeline.State) (n int) {
	for i, a := range spans {
		for _, b := range spans[:i] {
			if a.State == state && b.State == state && a.From < b.To && b.From < a.To {
				n++
			}
		}
	}
	return n
}
