package gil

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// A Way is one way to share equal pieces of work among workers.
type Way struct {
	Name lang.Text
	run  func(ctx context.Context, workers, repeat int) (seconds float64, err error)
	err  error // why this machine does not have it
}

// GoWay is a function of the reader's that does the pieces, repeat times each, with
// so many workers.
func GoWay(name lang.Text, f func(pieces []int, workers, repeat int)) Way {
	return Way{Name: name, run: func(_ context.Context, workers, repeat int) (float64, error) {
		begun := time.Now()
		f(pieces(), workers, repeat)
		return time.Since(begun).Seconds(), nil
	}}
}

// PythonWay is a script's way on one CPython. The script is called with the way's
// name, the workers, how often to repeat each piece, and the pieces, and prints
// {"seconds": S}, the start of the workers included and that of the interpreter not.
// An interpreter without a path means that this machine has none that offers the
// way: the chart then says mend.
func PythonWay(in python.Interpreter, name lang.Text, mend lang.Text, script, way string) Way {
	w := Way{Name: name}
	if in.Path == "" {
		w.err = errors.New(mend.String())
		return w
	}
	w.Name = label(in.Name(), name)
	w.run = func(ctx context.Context, workers, repeat int) (float64, error) {
		args := []string{way, strconv.Itoa(workers), strconv.Itoa(repeat)}
		for _, n := range pieces() {
			args = append(args, strconv.Itoa(n))
		}
		r, err := python.One[struct{ Seconds float64 }](ctx, in, python.Script{Path: script, Args: args})
		return r.Seconds, err
	}
	return w
}

// Pick gives the newest CPython found that fits, or one without a path.
func Pick(fits func(python.Interpreter) bool) python.Interpreter {
	found, _ := python.Find(context.Background()) // what does not run fits nothing
	for i := len(found) - 1; i >= 0; i-- {
		if fits(found[i]) {
			return found[i]
		}
	}
	return python.Interpreter{}
}

// pieces are numbers to factorise, all the same.
func pieces() []int {
	all := make([]int, 48)
	for i := range all {
		all[i] = 200_003
	}
	return all
}

// Curves are speed-ups against the number of workers.
type Curves struct {
	Cores  int
	Curves []Curve
	Err    error // what was not measured, and why
}

// A Curve is one way's speed-up: the time with one worker of the same way by that
// with so many, round by round.
type Curve struct {
	Name    lang.Text
	Workers []int
	Ratios  []measure.Summary
	Alone   measure.Summary // seconds with one worker, for doing all pieces once
}

// MeasureCurves measures the ways with 1 to twice as many workers as there are
// cores. Ways that this machine does not have are told in the error.
func MeasureCurves(runs int, ways ...Way) Curves {
	result := Curves{Cores: runtime.GOMAXPROCS(0)}
	workers := workerCounts(result.Cores)
	ctx := context.Background()
	var fs []measure.Func
	for _, w := range ways {
		repeat, err := w.calibrate(ctx)
		if err != nil {
			if errors.Is(err, os.ErrNotExist) && errors.Is(result.Err, os.ErrNotExist) {
				continue
			}
			result.Err = errors.Join(result.Err, fmt.Errorf("%v: %w", w.Name, err))
			continue
		}
		result.Curves = append(result.Curves, Curve{Name: w.Name, Workers: workers})
		for _, n := range workers {
			fs = append(fs, func(ctx context.Context) (float64, error) {
				took, err := w.run(ctx, n, repeat)
				return took / float64(repeat), err
			})
		}
	}
	progress := lang.Text{Ko: "속도 향상", En: "speed-up"}
	samples, err := measure.Repeat{Runs: runs, Progress: progress}.Alternate(ctx, measure.Seconds, fs...)
	result.Err = errors.Join(result.Err, err)
	for i := range result.Curves {
		c := &result.Curves[i]
		own := samples[i*len(workers) : (i+1)*len(workers)]
		c.Alone = own[0].Summary()
		for _, s := range own {
			ratio, err := measure.Ratio(own[0], s)
			result.Err = errors.Join(result.Err, err)
			c.Ratios = append(c.Ratios, ratio.Summary())
		}
	}
	return result
}

// workerCounts gives 1, 2, 4 and so on up to the number of cores, that number, and
// that once and a half and twice.
func workerCounts(cores int) (counts []int) {
	for n := 1; n < cores; n *= 2 {
		counts = append(counts, n)
	}
	counts = append(counts, cores)
	if half := cores + cores/2; half > cores {
		counts = append(counts, half)
	}
	return append(counts, 2*cores)
}

// calibrate finds how often to repeat the pieces.
func (w Way) calibrate(ctx context.Context) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	took, err := w.run(ctx, 1, 1)
	if err != nil {
		return 0, err
	}
	return repeats(took), nil
}

// idealOf gives the highest speed-up that workers can reach: a worker does whole
// pieces, and a core a share of all.
func idealOf(workers, cores int) float64 {
	n := len(pieces())
	most := (n + workers - 1) / workers // of one worker
	return float64(n) / max(float64(most), float64(n)/float64(cores))
}

// Chart shows the curves with the ideal, and a table of the times with one worker.
// What this machine lacks is said below.
func (c Curves) Chart() {
	if len(c.Curves) > 0 {
		chart.Show(c.chart())
		var rows [][]string
		for _, curve := range c.Curves {
			rows = append(rows, []string{curve.Name.String(), curve.Alone.String()})
		}
		chart.Table(lang.Text{Ko: "작업자 하나로 모두 하는 시간", En: "The time for all pieces with one worker"},
			[]lang.Text{{Ko: "방법", En: "way"}, {Ko: "시간", En: "time"}}, rows)
	}
	if c.Err != nil {
		fmt.Println(c.Err) // for the most part what there is not: no failure
	}
}

func (c Curves) chart() chart.Chart {
	var lines []chart.Line
	ideal := chart.Line{Name: lang.Text{Ko: "이론상의 상한", En: "ideal"}, Reference: true}
	for _, n := range workerCounts(c.Cores) {
		ideal.Points = append(ideal.Points, chart.Point{X: float64(n), Y: chart.Value{Median: idealOf(n, c.Cores)}})
	}
	for _, curve := range c.Curves {
		l := chart.Line{Name: curve.Name}
		for i, n := range curve.Workers {
			if curve.Ratios[i].N > 0 {
				l.Points = append(l.Points, chart.Point{X: float64(n), Y: value(curve.Ratios[i])})
			}
		}
		lines = append(lines, l)
	}
	least := 0.0
	return chart.Lines(
		chart.Title{
			Text: lang.Text{Ko: "작업자 수에 따른 속도 향상", En: "Speed-up by the number of workers"},
			Note: note(c.Cores, lang.Text{Ko: "방법마다 작업자 하나일 때를 1로 했다.", En: "1 is each way's own time with one worker."}),
		},
		chart.Axis{Name: lang.Text{Ko: "작업자 수", En: "workers"}, Min: &least},
		chart.Axis{Name: lang.Text{Ko: "속도 향상", En: "speed-up"}, Unit: "×", Min: &least},
		append(lines, ideal)...)
}
