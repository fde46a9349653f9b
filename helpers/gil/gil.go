// Package gil runs the experiments of the notebooks on the GIL: the same
// computing in turn and in parallel, on every CPython of the machine and in Go, and
// calls that wait beside work that computes. Results are ratios: each compares
// two measurements of one round.
package gil

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"time"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// Numbers are those that the source's note factorises.
var Numbers = []int{2139079, 1214759, 1516637, 1852285}

// A Factoriser finds all divisors of each number, as often as repeat says, and
// gives those of the last time, in the order of the numbers.
type Factoriser func(numbers []int, repeat int) [][]int

// Ideal gives the highest speed-up that the numbers allow with a worker for each on
// so many cores: the work of all of them by that of the largest or by a core's
// share, whichever is more. Trial division takes time in proportion to the number.
func Ideal(numbers []int, cores int) float64 {
	sum, largest := 0, 0
	for _, n := range numbers {
		sum, largest = sum+n, max(largest, n)
	}
	if largest == 0 {
		return 1
	}
	return float64(sum) / max(float64(largest), float64(sum)/float64(cores))
}

// A Contest is one runtime's two ways: in turn, and in parallel.
type Contest struct {
	name    lang.Text
	runtime string
	serial  run
	rival   run
	err     error // why there is none
}

// run factorises the numbers and gives the seconds that it took.
type run func(ctx context.Context, numbers []int, repeat int) (float64, error)

// Go is a contest of two functions of the reader's.
func Go(name lang.Text, serial, parallel Factoriser) Contest {
	inGo := func(f Factoriser) run {
		return func(_ context.Context, numbers []int, repeat int) (float64, error) {
			begun := time.Now()
			factors := f(numbers, repeat)
			took := time.Since(begun).Seconds()
			return took, check(numbers, factors)
		}
	}
	return Contest{name: name, runtime: "Go", serial: inGo(serial), rival: inGo(parallel)}
}

// EachPython is a contest on every CPython found. The script is called with the
// name of a way, how often to repeat it, and the numbers, and prints
// {"seconds": S, "factors": [[…], …]}. Its path may hold ${GONB_TMP_DIR}, as in
// %%writefile.
func EachPython(name lang.Text, script, serial, parallel string) (contests []Contest) {
	found, err := python.Find(context.Background())
	if err != nil {
		contests = append(contests, Contest{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)})
	}
	for _, in := range found {
		contests = append(contests, onPython(in, name, script, serial, parallel))
	}
	return contests
}

// Python is a contest on the default CPython: see [EachPython].
func Python(name lang.Text, script, serial, parallel string) Contest {
	in, err := python.Default(context.Background())
	if err != nil {
		return Contest{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	return onPython(in, name, script, serial, parallel)
}

func onPython(in python.Interpreter, name lang.Text, script, serial, parallel string) Contest {
	way := func(way string) run {
		return func(ctx context.Context, numbers []int, repeat int) (float64, error) {
			args := []string{way, strconv.Itoa(repeat)}
			for _, n := range numbers {
				args = append(args, strconv.Itoa(n))
			}
			type result struct {
				Seconds float64
				Factors [][]int
			}
			r, err := python.One[result](ctx, in, python.Script{Path: script, Args: args})
			if err != nil {
				return 0, err
			}
			return r.Seconds, check(numbers, r.Factors)
		}
	}
	return Contest{name: name, runtime: in.Name(), serial: way(serial), rival: way(parallel)}
}

// check checks that factors are all divisors of the numbers.
func check(numbers []int, factors [][]int) error {
	if len(factors) != len(numbers) {
		return fmt.Errorf("check the factors: there are %d lists for %d numbers", len(factors), len(numbers))
	}
	for i, n := range numbers {
		want := divisors(n)
		got := slices.Sorted(slices.Values(factors[i]))
		if !slices.Equal(got, want) {
			return fmt.Errorf("check the factors of %d: got %v, want %v", n, got, want)
		}
	}
	return nil
}

// divisors gives all divisors of n, in order. Unlike the lesson's factoriser it
// stops at the square root: it is not what is measured.
func divisors(n int) (all []int) {
	for i := 1; i*i <= n; i++ {
		if n%i != 0 {
			continue
		}
		all = append(all, i)
		if i != n/i {
			all = append(all, n/i)
		}
	}
	slices.Sort(all)
	return all
}

// A Speedup is how much quicker one runtime is in parallel.
type Speedup struct {
	Name             lang.Text
	Runtime          string
	Repeat           int            // how often each number is factorised in a run
	Serial, Parallel measure.Sample // of each run, for factorising once, in seconds
	Ratio            measure.Sample // serial ÷ parallel, round by round
}

// Speedups are those of several runtimes, measured in turn within one run.
type Speedups struct {
	Numbers  []int
	Cores    int
	Speedups []Speedup
	Err      error // what was not measured, and why
}

// Setup says what is factorised, and how often that is measured. The zero value is
// the source's numbers.
type Setup struct {
	Numbers []int  // nil means [Numbers]
	Runs    int    // counted runs after one warm-up; 0 means 10, see [measure.Repeat]
	Keep    string // the step, such as "53-03", that the serial times are kept under; empty: they are not
}

// leastTime is how long a run is made to take where it takes less than half of that:
// short ones tell more of the start of threads than of the work. Tests shorten it.
var leastTime = 200 * time.Millisecond

// Measure measures the contests. One that fails is told in the error, and the
// others are measured.
func (s Setup) Measure(contests ...Contest) Speedups {
	result := Speedups{Numbers: s.Numbers, Cores: runtime.GOMAXPROCS(0)}
	if result.Numbers == nil {
		result.Numbers = Numbers
	}
	for _, n := range result.Numbers {
		if n < 1 {
			result.Err = fmt.Errorf("factorise %d: give numbers of 1 and more", n)
			return result
		}
	}
	ctx := context.Background()
	var runs []measure.Func
	for _, c := range contests {
		repeat, err := c.calibrate(ctx, result.Numbers)
		switch {
		case errors.Is(err, os.ErrNotExist) && errors.Is(result.Err, os.ErrNotExist):
			continue // the script is missing for every CPython
		case err != nil:
			result.Err = errors.Join(result.Err, fmt.Errorf("%s: %w", cmp.Or(c.runtime, "Python"), err))
			continue
		}
		result.Speedups = append(result.Speedups, Speedup{Name: c.name, Runtime: c.runtime, Repeat: repeat})
		for _, way := range []run{c.serial, c.rival} {
			runs = append(runs, func(ctx context.Context) (float64, error) {
				took, err := way(ctx, result.Numbers, repeat)
				return took / float64(repeat), err
			})
		}
	}
	progress := lang.Text{Ko: "차례로, 그리고 동시에", En: "in turn and in parallel"}
	samples, err := measure.Repeat{Runs: s.Runs, Progress: progress}.Alternate(ctx, measure.Seconds, runs...)
	result.Err = errors.Join(result.Err, err)
	for i := range result.Speedups {
		u := &result.Speedups[i]
		u.Serial, u.Parallel = samples[2*i], samples[2*i+1]
		ratio, err := measure.Ratio(u.Serial, u.Parallel)
		u.Ratio = ratio
		result.Err = errors.Join(result.Err, err)
		if s.Keep == "" || len(ratio.Values) == 0 {
			continue
		}
		result.Err = errors.Join(result.Err, measure.Keep(
			measure.Figure{Step: s.Keep, Name: Serial, Variant: u.Runtime, Summary: u.Serial.Summary()},
			measure.Figure{Step: s.Keep, Name: Parallel, Variant: u.Runtime, Summary: u.Parallel.Summary()},
		))
	}
	result.Speedups = slices.DeleteFunc(result.Speedups, func(u Speedup) bool { return len(u.Ratio.Values) == 0 })
	return result
}

// Names of what is kept for the table at the end.
var (
	Serial   = lang.Text{Ko: "하나씩", En: "one after another"}
	Parallel = lang.Text{Ko: "수마다 하나씩, 동시에", En: "one each, at once"}
)

// calibrate finds how often to repeat, and that both ways work.
func (c Contest) calibrate(ctx context.Context, numbers []int) (repeat int, err error) {
	if c.err != nil {
		return 0, c.err
	}
	if _, err := c.rival(ctx, numbers, 1); err != nil {
		return 0, err
	}
	took, err := c.serial(ctx, numbers, 1)
	if err != nil {
		return 0, err
	}
	return repeats(took), nil
}

// repeats tells how often to repeat what takes so many seconds.
func repeats(took float64) int {
	if took >= leastTime.Seconds()/2 {
		return 1
	}
	return int(math.Ceil(leastTime.Seconds() / max(took, 1e-6)))
}
