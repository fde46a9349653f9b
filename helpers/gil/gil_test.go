package gil

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"interleave/helpers/labtest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

func TestMain(m *testing.M) {
	// The tests decide about these, not the shell that they are run from.
	os.Unsetenv("GONB_TMP_DIR")
	os.Setenv(measure.QuickEnv, "1")
	os.Setenv(lang.Env, "en")
	leastTime = time.Millisecond
	goleak.VerifyTestMain(m)
}

func serial(numbers []int, repeat int) (factors [][]int) {
	for range repeat {
		factors = nil
		for _, n := range numbers {
			factors = append(factors, divisors(n))
		}
	}
	return factors
}

func parallel(numbers []int, repeat int) [][]int {
	factors := make([][]int, len(numbers))
	var workers sync.WaitGroup
	for i, n := range numbers {
		workers.Go(func() { factors[i] = serial([]int{n}, repeat)[0] })
	}
	workers.Wait()
	return factors
}

// script writes a script that does its part of every experiment.
func script(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		labtest.Lacking(t, "%v; install python3", err)
	}
	const source = `
import json, sys
way = sys.argv[1]
if way == "fails":
    raise SystemExit("no")
numbers = [int(n) for n in sys.argv[3:]] if way in ("serial", "threads", "wrong") else []
factors = [[i for i in range(1, n + 1) if n % i == 0] for n in numbers]
if way == "wrong":
    factors[0] = factors[0][1:]
seconds = {"serial": 0.006, "threads": 0.002, "in_turn": 0.1, "at_once": 0.02}.get(way, 0.002)
if way == "curve":
    seconds = 0.012 / int(sys.argv[2]) * int(sys.argv[3])
if way in ("serial", "threads"):
    seconds *= int(sys.argv[2])
print(json.dumps({"seconds": seconds, "bytes": 4096, "factors": factors, "flight": [[0, 1]]}))
`
	file := filepath.Join(t.TempDir(), "script.py")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestIdeal(t *testing.T) {
	for _, tt := range []struct {
		numbers []int
		cores   int
		want    float64
	}{
		{Numbers, 1, 1}, {Numbers, 2, 2}, {Numbers, 3, 3}, {Numbers, 4, 3.1428}, {Numbers, 64, 3.1428},
		{[]int{5}, 8, 1}, {[]int{1, 1, 1}, 2, 2}, {nil, 2, 1},
	} {
		if got := Ideal(tt.numbers, tt.cores); math.Abs(got-tt.want) > 1e-4 {
			t.Errorf("Ideal(%v, %d) = %v, want %v", tt.numbers, tt.cores, got, tt.want)
		}
	}
}

func TestDivisors(t *testing.T) {
	for n, want := range map[int][]int{1: {1}, 2: {1, 2}, 12: {1, 2, 3, 4, 6, 12}, 36: {1, 2, 3, 4, 6, 9, 12, 18, 36}, 97: {1, 97}} {
		if got := divisors(n); !slices.Equal(got, want) {
			t.Errorf("divisors(%d) = %v, want %v", n, got, want)
		}
	}
}

func TestMeasureSpeedup(t *testing.T) {
	file := script(t)
	got := Setup{Numbers: []int{60, 97}, Runs: 3, Keep: "53-05"}.Measure(
		Python(lang.Same("threads"), file, "serial", "threads"),
		Go(lang.Same("goroutines"), serial, parallel))
	if got.Err != nil || len(got.Speedups) != 2 {
		t.Fatalf("%+v", got)
	}
	for _, u := range got.Speedups {
		if len(u.Ratio.Values) != 3 || u.Repeat < 1 || u.Serial.Summary().Median <= 0 {
			t.Errorf("%+v", u)
		}
	}
	if u := got.Speedups[0]; math.Abs(u.Ratio.Summary().Median-3) > 1e-9 || math.Abs(u.Serial.Summary().Median-0.006) > 1e-9 {
		t.Errorf("the script takes 6 ms in turn and 2 at once; got %v s and %v", u.Serial, u.Ratio)
	}
	kept, err := measure.Kept()
	if err != nil || len(kept) != 4 {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestMeasureTellsWhatFails(t *testing.T) {
	file := script(t)
	good := Go(lang.Same("goroutines"), serial, parallel)
	for _, tt := range []struct {
		name    string
		contest Contest
		want    string
	}{
		{"wrong factors in Go", Go(lang.Same("x"), serial, func(n []int, r int) [][]int { return serial(n, r)[:1] }), "1 lists for 2 numbers"},
		{"wrong factors in Python", Python(lang.Same("x"), file, "serial", "wrong"), "check the factors of 60"},
		{"a script that fails", Python(lang.Same("x"), file, "fails", "threads"), "no"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Setup{Numbers: []int{60, 97}}.Measure(tt.contest, good)
			if got.Err == nil || !strings.Contains(got.Err.Error(), tt.want) || len(got.Speedups) != 1 {
				t.Errorf("%d measured, the error is %v, want %q", len(got.Speedups), got.Err, tt.want)
			}
		})
	}
	got := Setup{}.Measure(append(EachPython(lang.Same("x"), "missing.py", "serial", "threads"), Python(lang.Same("x"), "missing.py", "serial", "threads"))...)
	if got.Err == nil || strings.Count(got.Err.Error(), "run the cell that writes it first") != 1 {
		t.Errorf("a missing script: %v", got.Err)
	}
	if got := (Setup{Numbers: []int{0}}).Measure(good); got.Err == nil {
		t.Error("factorised 0")
	}
}

func TestWaits(t *testing.T) {
	wait := func(_ int, wait, _ time.Duration) { time.Sleep(wait) }
	inTurn := func(calls int, w, compute time.Duration) Flight {
		for range calls {
			wait(1, w, 0)
		}
		time.Sleep(compute)
		return nil
	}
	atOnce := func(_ int, w, compute time.Duration) Flight {
		time.Sleep(max(w, compute))
		return Flight{{0, 1}}
	}
	file := script(t)
	ms := time.Millisecond
	got := Waits{Calls: 5, Wait: 10 * ms, Compute: []time.Duration{0, 40 * ms}, Runs: 3}.Measure(GoWaits(inTurn, atOnce), PythonWaits(file, "in_turn", "at_once"))
	if got.Err != nil || len(got.Ratios) != 4 {
		t.Fatalf("%+v", got)
	}
	// On a busy machine sleeps are longer, never shorter.
	for i, want := range []float64{0.2, 40.0 / 90, 0.2, 0.2} {
		if share := got.Ratios[i].Share.Summary().Median; math.Abs(share-want) > 0.3*want {
			t.Errorf("%s, computing for %v: the share is %v, want about %v", got.Ratios[i].Runtime, got.Ratios[i].Compute, share, want)
		}
	}
	for _, w := range []Waits{{Calls: -1}, {Wait: -1}, {Compute: []time.Duration{-1}}} {
		if got := w.Measure(GoWaits(inTurn, atOnce)); got.Err == nil {
			t.Errorf("measured %+v", w)
		}
	}
	if flight, err := PythonFlight(file, "at_once", 1, 0, 0); err != nil || len(flight) != 1 || flight[0] != [2]float64{0, 1} {
		t.Errorf("the flight is %v, %v", flight, err)
	}
}

func TestMeasureCurves(t *testing.T) {
	file := script(t)
	in, err := python.Default(context.Background())
	if err != nil {
		labtest.Lacking(t, "%v; install python3", err)
	}
	lacking := lang.Same("this machine has none")
	got := MeasureCurves(3,
		PythonWay(in, lang.Same("threads"), lacking, file, "curve"),
		PythonWay(python.Interpreter{}, lang.Same("free-threaded"), lacking, file, "curve"),
		GoWay(lang.Same("goroutines"), func(pieces []int, workers, repeat int) { time.Sleep(10 * time.Millisecond / time.Duration(workers)) }))
	if got.Err == nil || !strings.Contains(got.Err.Error(), "free-threaded: this machine has none") || len(got.Curves) != 2 {
		t.Fatalf("%d curves, error: %v", len(got.Curves), got.Err)
	}
	for _, c := range got.Curves {
		if len(c.Ratios) != len(c.Workers) || c.Ratios[0].Median != 1 {
			t.Errorf("%+v", c)
		}
	}
	// The script's time goes down with the number of workers.
	for i, n := range got.Curves[0].Workers {
		if r := got.Curves[0].Ratios[i].Median; math.Abs(r-float64(n)) > 1e-9 {
			t.Errorf("with %d workers the speed-up is %v", n, r)
		}
	}
	if a := got.Curves[0].Alone.Median; math.Abs(a-0.012) > 1e-9 {
		t.Errorf("one worker takes %v s, want 0.012", a)
	}
	// The sleep of more workers is shorter.
	if c := got.Curves[1]; c.Ratios[len(c.Ratios)-1].Median < 1.2 {
		t.Errorf("with %v workers: %v", c.Workers, c.Ratios)
	}
}

func TestIdealOfPieces(t *testing.T) {
	for _, tt := range []struct {
		workers, cores int
		want           float64
	}{{1, 2, 1}, {2, 2, 2}, {4, 2, 2}, {10, 64, 9.6}, {32, 64, 24}, {64, 64, 48}, {3, 2, 2}} {
		if got := idealOf(tt.workers, tt.cores); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%d workers on %d cores: %v, want %v", tt.workers, tt.cores, got, tt.want)
		}
	}
}

func TestWorkerCounts(t *testing.T) {
	for cores, want := range map[int][]int{1: {1, 2}, 2: {1, 2, 3, 4}, 4: {1, 2, 4, 6, 8}, 6: {1, 2, 4, 6, 9, 12}} {
		if got := workerCounts(cores); !slices.Equal(got, want) {
			t.Errorf("on %d cores %v, want %v", cores, got, want)
		}
	}
}

func TestMeasureCosts(t *testing.T) {
	childArgs = []string{"-test.run=^TestMeasureCosts$"}
	file := script(t)
	start := func(n int) func() {
		leave, all := make(chan bool), sync.WaitGroup{}
		for range n {
			all.Go(func() { <-leave })
		}
		return func() { close(leave); all.Wait() }
	}
	got := MeasureCosts(
		GoCost(lang.Same("goroutines"), start, 10, 10_000),
		PythonCost(lang.Same("threads"), file, 4),
		GoCost(lang.Same("none"), start, 0))
	if got.Err == nil || !strings.Contains(got.Err.Error(), "start 0 workers") || len(got.Costs) != 3 {
		t.Fatalf("%+v", got)
	}
	if c := got.Costs[1]; c.Time.Median <= 0 || memory() > 0 && (c.Memory.Median < 2 || c.Memory.Median > 100) {
		t.Errorf("10,000 goroutines: %+v, want 2 KiB of stack and more each", c)
	}
	if c := got.Costs[2]; c.Memory.Median != 1 || math.Abs(c.Time.Median-500) > 1e-6 {
		t.Errorf("the script's figures: %+v, want 1 KiB and 500 µs", c)
	}
	if errors.Is(got.Err, os.ErrNotExist) {
		t.Error(got.Err)
	}
}
