package queue

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

const ms = time.Millisecond

// script writes a script that answers every experiment as it should.
func script(t *testing.T, source string) string {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		labtest.Lacking(t, "%v; install python3", err)
	}
	path := filepath.Join(t.TempDir(), "experiment.py")
	if err := os.WriteFile(path, []byte("import json, sys\n"+source), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// polledInGo is what the notebook's cell does.
func polledInGo(n int, stages [3]func([]byte) []byte, idle, look func()) (queues [4]*Polling[[]byte]) {
	for i := range queues {
		queues[i] = new(Polling[[]byte])
	}
	for i, f := range stages {
		go func() {
			for {
				if item, ok := queues[i].Get(); ok {
					queues[i+1].Put(f(item))
				} else {
					idle()
				}
			}
		}()
	}
	for range n {
		queues[0].Put(nil)
	}
	for queues[3].Stats().Length < n {
		look()
	}
	return queues
}

func TestPollCases(t *testing.T) {
	run, err := PollCase{Items: 20, Pause: ms, Look: ms, Work: [3]time.Duration{ms}}.measure(polledInGo)
	if err != nil {
		t.Fatal(err)
	}
	if run.Found != 60 || run.Polls <= run.Found || run.After == 0 || run.Seconds < 0.02 || run.Unnoticed < 0 {
		t.Errorf("20 items behind a stage of 1 ms: %+v", run)
	}
	if run.CPU < run.MainCPU || math.IsNaN(run.CPU) {
		t.Errorf("CPU times: %+v", run)
	}
	run, err = PollCase{Items: 50, Pause: ms, Look: ms, Work: [3]time.Duration{1: ms}, Size: 64 << 10}.measure(polledInGo)
	if err != nil {
		t.Fatal(err)
	}
	// On a slow machine a few may be through before the last is made.
	if run.Peak < 25 || run.Bytes < 25*64<<10 || run.Bytes > 60*64<<10 {
		t.Errorf("50 items of 64 KiB before a stage of 1 ms: %+v", run)
	}
}

func TestPollCaseTellsOfAPipelineThatReturnsEarly(t *testing.T) {
	_, err := PollCase{Items: 20, Pause: ms, Work: [3]time.Duration{ms}}.measure(func(n int, stages [3]func([]byte) []byte, idle, look func()) [4]*Polling[[]byte] {
		queues := polledInGo(n, stages, idle, look)
		queues[3].Get()
		return queues
	})
	if err == nil || !strings.Contains(err.Error(), "19 items of 20 are in the last queue: return once all are") {
		t.Errorf("got %v", err)
	}
}

func TestMeasureFaults(t *testing.T) {
	file := script(t, `
n, pause, look, *work, size = sys.argv[1:]
assert len(work) == 3
print(json.dumps({"seconds": 1, "unnoticed": .1, "main_cpu": .2, "cpu": .3, "polls": 3 * int(n) + 9, "found": 3 * int(n), "after": 5, "peak": 7, "bytes": 2 << 20}))`)
	f := MeasureFaults(GoPolled(polledInGo), PythonPolled(file), PythonPolled("missing.py"))
	if f.Err == nil || !strings.Contains(f.Err.Error(), "missing.py: no such file") {
		t.Errorf("got %v", f.Err)
	}
	if runtimes := f.runtimes(); len(runtimes) != 2 || runtimes[0] != "Go" {
		t.Fatalf("measured on %v", runtimes)
	}
	kept, err := measure.Kept()
	if err != nil {
		t.Fatal(err)
	}
	figures := make(map[string]float64)
	for _, k := range kept {
		if k.Step == "55-04" {
			figures[k.Variant] = k.Summary.Median
		}
	}
	if figures["Go"] < 3000 || figures[f.runtimes()[1]] != 3009 {
		t.Errorf("kept %v", figures)
	}
	header, rows := f.table()
	if len(header) != 4 || len(rows) != 8 || strings.Contains(fmt.Sprint(rows), "no runs") {
		t.Errorf("the table: %v\n%v", header, rows)
	}
	f.Chart()
}

// stagedInGo is what the notebook's cell does.
func stagedInGo(n int, workers [3]int, stages [3]func(int) int) int {
	p := NewPipeline(context.Background())
	q := Feed(p, 10, count(n))
	for i, f := range stages {
		q = Stage(p, StageNames[i].En, workers[i], 10, q, func(_ context.Context, photo int) (int, error) { return f(photo), nil })
	}
	done := 0
	for range q.All() {
		done++
	}
	return done
}

func TestMeasureStages(t *testing.T) {
	file := script(t, `
n, *stages = sys.argv[1:]
print(json.dumps({"seconds": 1, "busy": [.25, .5, 1], "done": int(n)}))`)
	r := StageSetup{Items: 20, Work: [3]time.Duration{ms, 2 * ms, 4 * ms}}.Measure(GoStages(stagedInGo), PythonStages(file))
	if r.Err != nil || len(r.Rates) != 4 {
		t.Fatalf("%d rates, %v", len(r.Rates), r.Err)
	}
	for _, rate := range r.Rates {
		slowest := math.Inf(1)
		for _, s := range rate.Stages {
			slowest = min(slowest, s.Summary().Median)
		}
		if whole := rate.Whole.Summary().Median; whole <= 0 || whole > 1.01*slowest {
			t.Errorf("%s, %v: %v/s in all, and the slowest stage %v/s", rate.Runtime, rate.Workers, whole, slowest)
		}
	}
	if python := r.Rates[3]; python.Workers != [3]int{3, 4, 5} || python.Stages[1].Values[0] != 20*4/.5 {
		t.Errorf("Python's figures: %+v", python)
	}
	kept, err := measure.Kept()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, k := range kept {
		if k.Step == "55-10" || k.Step == "55-11" {
			n++
			if k.Summary.Median != 1000 {
				t.Errorf("kept %+v", k)
			}
		}
	}
	if n != 4 {
		t.Errorf("%d figures kept, want 4", n)
	}
	r.Chart()

	lost := StageSetup{}.Measure(GoStages(func(n int, _ [3]int, _ [3]func(int) int) int { return n - 1 }))
	if lost.Err == nil || !strings.Contains(lost.Err.Error(), "999 items of 1000 came through") {
		t.Errorf("a pipeline that loses one: %v", lost.Err)
	}
	for _, s := range []StageSetup{{Items: -1}, {Workers: [][3]int{{1, 0, 1}}}, {Work: [3]time.Duration{-1}}} {
		if r := s.Measure(GoStages(stagedInGo)); r.Err == nil || !strings.Contains(r.Err.Error(), "give") {
			t.Errorf("%+v: %v", s, r.Err)
		}
	}
}

func TestMeasureHeap(t *testing.T) {
	var hold [][]byte
	h := MeasureHeap(
		HeapRun{lang.Same("much"), func() {
			for range 20 {
				hold = append(hold, make([]byte, 1<<20))
				time.Sleep(3 * ms)
			}
			hold = nil
		}},
		HeapRun{lang.Same("nothing"), func() { time.Sleep(30 * ms) }},
	)
	much, nothing := h.Curves[0], h.Curves[1]
	if much.Peak.Median < 5 || nothing.Peak.Median > 1 {
		t.Errorf("peaks of %v and %v", much.Peak, nothing.Peak)
	}
	if !slices.IsSortedFunc(much.Samples, func(a, b HeapSample) int { return int(a.At - b.At) }) || len(much.Samples) < 3 {
		t.Errorf("samples %v", much.Samples)
	}
	if much.Time.Median < 0.06 {
		t.Errorf("took %v", much.Time)
	}
	h.Chart()
}

func TestMeasureThroughput(t *testing.T) {
	file := script(t, `print(json.dumps({"seconds": int(sys.argv[2]) / 1e5}))`)
	through := func(n, capacity int) {
		q := New[int](capacity)
		var consumer sync.WaitGroup
		consumer.Go(func() {
			for range q.All() {
			}
		})
		for i := range n {
			q.Put(background, i)
		}
		q.Close()
		consumer.Wait()
	}
	got := MeasureThroughput(GoPass(lang.Same("ours"), through), PythonPass(file, "Queue", 1, 0), PythonPass("missing.py", "Queue", 1))
	if got.Err == nil || !strings.Contains(got.Err.Error(), "missing.py") {
		t.Errorf("got %v", got.Err)
	}
	var capacities []int
	for _, q := range got.Queues {
		capacities = append(capacities, q.Capacity)
		if rate := q.Rate.Summary().Median; rate <= 0 || strings.HasPrefix(q.Name.En, "CPython") && math.Abs(rate-1e5) > 1 {
			t.Errorf("%v, capacity %d: %v/s", q.Name, q.Capacity, rate)
		}
	}
	if !slices.Equal(capacities, []int{0, 1, 100, 1000, 1, unbounded}) {
		t.Errorf("capacities %v", capacities)
	}
	got.Chart()
}

func TestOneMoreWorkerHelpsAtTheBottleneck(t *testing.T) {
	names := []string{"quick", "slow"}
	o := MeasureOneMore(names, []int{1, 1}, func(workers []int) error {
		p := NewPipeline(background)
		wait := func(d time.Duration) func(context.Context, int) (int, error) {
			return func(_ context.Context, i int) (int, error) { time.Sleep(d); return i, nil }
		}
		out := Stage(p, names[1], workers[1], 2, Stage(p, names[0], workers[0], 2, Feed(p, 2, count(20)), wait(ms)), wait(10*ms))
		for range out.All() {
		}
		return p.Wait()
	})
	if o.Err != nil {
		t.Fatal(o.Err)
	}
	if quick, slow := o.Ratios[0].Median, o.Ratios[1].Median; slow <= quick {
		t.Errorf("one more worker: %v at the quick stage, %v at the slow one", quick, slow)
	}
	o.Chart()

	broken := errors.New("broken")
	if o := MeasureOneMore(names, []int{1, 1}, func([]int) error { return broken }); !errors.Is(o.Err, broken) {
		t.Errorf("a pipeline that fails: %v", o.Err)
	}
	if o := MeasureOneMore(names, []int{1}, nil); o.Err == nil || !strings.Contains(o.Err.Error(), "2 names for 1 stages") {
		t.Errorf("too many names: %v", o.Err)
	}
}

// TestWatchCountsThroughput has looks come a little late, as a ticker's do.
func TestWatchCountsThroughput(t *testing.T) {
	w := Watch{title: lang.Same("test")}
	for k := range 20 {
		at := 0.1006 * float64(k)
		w.samples = append(w.samples, sample{at, []StageStats{{Name: "a", Done: int64(50 * at)}}})
	}
	rates := w.rates(0)
	if len(rates) != 19 {
		t.Fatalf("%d figures of 20 looks, want all but the first", len(rates))
	}
	for _, r := range rates[5:] {
		if math.Abs(r.Y.Median-50) > 2 {
			t.Errorf("at %v s: %v/s, want 50", r.X, r.Y.Median)
		}
	}
}

func TestAFailedRunSpoilsNoOther(t *testing.T) {
	n := 0
	fails := PollContest{runtime: "it", run: func(context.Context, PollCase) (PollRun, error) {
		if n++; n == 3 {
			return PollRun{}, errors.New("broken")
		}
		return PollRun{Seconds: float64(n)}, nil
	}}
	var f Faults
	f.add(t.Context(), 3, []PollContest{fails}, []PollCase{slowNext})
	if runs := f.Runs[0].Runs; f.Err == nil || len(runs) != 1 || runs[0].Seconds != 2 {
		t.Errorf("the third of four runs failed: %+v, %v; want the second alone", f.Runs[0].Runs, f.Err)
	}
}

func TestWatchSeesTheBottleneck(t *testing.T) {
	p := NewPipeline(background)
	wait := func(d time.Duration) func(context.Context, int) (int, error) {
		return func(_ context.Context, i int) (int, error) { time.Sleep(d); return i, nil }
	}
	out := Stage(p, "slow", 1, 4, Stage(p, "quick", 1, 4, Feed(p, 4, count(30)), wait(0)), wait(10*ms))
	w := StartWatch(p, lang.Same("test"))
	begun := time.Now()
	for range out.All() {
	}
	if err := p.Wait(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	most := make([]int, 2)
	for _, s := range w.samples {
		for k, stage := range s.stages {
			most[k] = max(most[k], stage.Queue.Length)
		}
	}
	if most[1] != 4 {
		t.Errorf("the queues were %v long at the most, want the slow stage's full", most)
	}
	if last := w.samples[len(w.samples)-1]; last.stages[1].Done != 30 {
		t.Errorf("the last look saw %d items of 30", last.stages[1].Done)
	}
	stages := p.Stats()
	if at := Bottleneck(working(stages)); at != 1 {
		t.Errorf("the bottleneck is stage %d, want 1", at)
	}
	ShowStages(stages, time.Since(begun))
	if at := Bottleneck([]StageStats{{Name: "idle"}}); at != -1 {
		t.Errorf("the bottleneck of what did nothing is %d", at)
	}
}
