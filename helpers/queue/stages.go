package queue

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// StageNames are the three stages of the source's note.
var StageNames = [3]lang.Text{{Ko: "받기", En: "fetch"}, {Ko: "줄이기", En: "resize"}, {Ko: "올리기", En: "upload"}}

// A Staged sends n photos through three stages, each with so many workers, and gives how
// many have come out of the last.
type Staged func(n int, workers [3]int, stages [3]func(photo int) int) int

// StageSetup says what is sent through the stages. The zero value is 100 photos through
// stages that wait for 3, 4 and 5 ms, with one worker each and with 3, 4 and 5.
type StageSetup struct {
	Items   int
	Work    [3]time.Duration
	Workers [][3]int
	Runs    int // counted runs after one warm-up; 0 means 10, see [measure.Repeat]
}

func (s StageSetup) withDefaults() (StageSetup, error) {
	if s.Items == 0 {
		s.Items = 100
	}
	if s.Work == ([3]time.Duration{}) {
		s.Work = [3]time.Duration{3 * time.Millisecond, 4 * time.Millisecond, 5 * time.Millisecond}
	}
	if s.Workers == nil {
		s.Workers = [][3]int{{1, 1, 1}, {3, 4, 5}}
	}
	if s.Items < 1 || slices.Min(s.Work[:]) < 0 {
		return s, fmt.Errorf("send %d items through stages of %v: give 1 item or more, and no time below 0", s.Items, s.Work)
	}
	for _, w := range s.Workers {
		if slices.Min(w[:]) < 1 {
			return s, fmt.Errorf("send items through stages with %v workers: give each 1 or more", w)
		}
	}
	return s, nil
}

// A StageContest is three stages on one runtime.
type StageContest struct {
	runtime string
	run     func(context.Context, StageSetup, [3]int) (stageRun, error)
	err     error // why there is none
}

// stageRun is what one run took: in all, and each stage's workers together for the items.
type stageRun struct {
	Seconds float64
	Busy    [3]float64
	Done    int
}

// GoStages is a function of the reader's.
func GoStages(f Staged) StageContest {
	return StageContest{runtime: "Go", run: func(_ context.Context, s StageSetup, workers [3]int) (stageRun, error) {
		var busy [3]atomic.Int64
		var stages [3]func(int) int
		for i := range stages {
			stages[i] = func(photo int) int {
				begun := time.Now()
				time.Sleep(s.Work[i])
				busy[i].Add(int64(time.Since(begun)))
				return photo
			}
		}
		begun := time.Now()
		done := f(s.Items, workers, stages)
		run := stageRun{Seconds: time.Since(begun).Seconds(), Done: done}
		for i := range busy {
			run.Busy[i] = time.Duration(busy[i].Load()).Seconds()
		}
		return run, nil
	}}
}

// PythonStages is a script on the default CPython. It is called with the number of items
// and, for each stage, its workers and the seconds that it takes for an item, and prints
// {"seconds": S, "busy": [S, S, S], "done": N}.
func PythonStages(script string) StageContest {
	in, err := python.Default(context.Background())
	if err != nil {
		return StageContest{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	return StageContest{runtime: in.Name(), run: func(ctx context.Context, s StageSetup, workers [3]int) (stageRun, error) {
		args := []string{strconv.Itoa(s.Items)}
		for i, w := range workers {
			args = append(args, strconv.Itoa(w), fmt.Sprint(s.Work[i].Seconds()))
		}
		return python.One[stageRun](ctx, in, python.Script{Path: script, Args: args})
	}}
}

// StageRates are throughputs in items/s, by runtime and numbers of workers.
type StageRates struct {
	Setup StageSetup
	Rates []StageRate
	Err   error // what was not measured, and why
}

// A StageRate is the throughput of one pipeline: what each stage could do alone, its
// workers never waiting, and what came out of all of them.
type StageRate struct {
	Runtime string
	Workers [3]int
	Stages  [3]measure.Sample
	Whole   measure.Sample
}

// Measure measures the contests with all numbers of workers in turn. Before that, it
// sends the source's 1,000 photos through stages that take no time, and keeps how many
// came through for the table at the end. A contest that fails is told in the error, and
// the others are measured.
func (s StageSetup) Measure(contests ...StageContest) StageRates {
	s, err := s.withDefaults()
	result := StageRates{Setup: s, Err: err}
	if err != nil {
		return result
	}
	ctx := context.Background()
	var fs []measure.Func
	var runs [][]stageRun
	for _, contest := range contests {
		if err := contest.check(ctx, s.Workers); err != nil {
			result.Err = errors.Join(result.Err, err)
			continue
		}
		for _, workers := range s.Workers {
			i := len(result.Rates)
			result.Rates = append(result.Rates, StageRate{Runtime: contest.runtime, Workers: workers})
			runs = append(runs, nil)
			fs = append(fs, func(ctx context.Context) (float64, error) {
				r, err := contest.all(ctx, s, workers)
				if err != nil {
					return 0, err
				}
				runs[i] = append(runs[i], r)
				return float64(s.Items) / r.Seconds, nil
			})
		}
	}
	progress := lang.Text{Ko: "파이프라인", En: "pipelines"}
	samples, err := measure.Repeat{Runs: s.Runs, Progress: progress}.Alternate(ctx, perSecond, fs...)
	result.Err = errors.Join(result.Err, err)
	for i, sample := range samples {
		rate := &result.Rates[i]
		rate.Whole = sample
		for _, r := range counted(runs[i], len(sample.Values)) {
			for k := range rate.Stages {
				rate.Stages[k].Unit = perSecond
				rate.Stages[k].Values = append(rate.Stages[k].Values, float64(rate.Workers[k]*r.Done)/r.Busy[k])
			}
		}
	}
	return result
}

// all is run, and an error if items are missing.
func (c StageContest) all(ctx context.Context, s StageSetup, workers [3]int) (stageRun, error) {
	r, err := c.run(ctx, s, workers)
	if err == nil && r.Done != s.Items {
		err = fmt.Errorf("%s with %v workers: %d items of %d came through", c.runtime, workers, r.Done, s.Items)
	}
	return r, err
}

// check sends the source's photos, and keeps the result.
func (c StageContest) check(ctx context.Context, crews [][3]int) error {
	if c.err != nil {
		return c.err
	}
	for _, workers := range crews {
		r, err := c.all(ctx, StageSetup{Items: 1000}, workers)
		if err != nil {
			return err
		}
		step := "55-11"
		if workers == [3]int{1, 1, 1} {
			step = "55-10"
		}
		done := measure.Sample{Values: []float64{float64(r.Done)}}
		if err := measure.Keep(measure.Figure{
			Step: step, Name: nameDone, Variant: c.runtime + ", " + workersText(workers), Summary: done.Summary(),
		}); err != nil {
			return err
		}
	}
	return nil
}

const perSecond = "/s"

var nameDone = lang.Text{Ko: "끝까지 처리한 사진", En: "photos that came through"}

func workersText(workers [3]int) string {
	return strings.Join(strings.Fields(strings.Trim(fmt.Sprint(workers), "[]")), "·")
}

// Chart shows the throughputs, a chart for each runtime. What was not measured is said on
// stderr, below.
func (r StageRates) Chart() {
	for _, c := range r.charts() {
		chart.Show(c)
	}
	tell(r.Err)
}

func (r StageRates) charts() (charts []chart.Chart) {
	for i := 0; i < len(r.Rates); {
		runtime := r.Rates[i].Runtime
		var bars []chart.Bar
		for ; i < len(r.Rates) && r.Rates[i].Runtime == runtime; i++ {
			rate := r.Rates[i]
			of := func(name lang.Text, workers string) lang.Text {
				return lang.Format(lang.Same("%s: %s%s"), workersText(rate.Workers), name, workers)
			}
			if len(rate.Whole.Values) == 0 {
				continue
			}
			for k, s := range rate.Stages {
				bars = append(bars, chart.Bar{Name: of(StageNames[k], fmt.Sprintf(" × %d", rate.Workers[k])), Value: value(s.Summary())})
			}
			bars = append(bars, chart.Bar{Name: of(lang.Text{Ko: "파이프라인 전체", En: "the whole pipeline"}, ""), Value: value(rate.Whole.Summary())})
		}
		if len(bars) == 0 {
			continue
		}
		least := 0.0
		charts = append(charts, chart.Bars(
			chart.Title{
				Text: lang.Format(lang.Text{Ko: "%s: 단계별 처리량", En: "%s: throughput by stage"}, runtime),
				Note: measure.Noted(lang.Format(lang.Text{
					Ko: "사진 %s장. 단계의 값은 그 작업자들이 쉬지 않고 일할 때의 처리량이다.",
					En: "%s photos. A stage's figure is what its workers do if they never wait.",
				}, chart.Number(float64(r.Setup.Items)))),
			},
			chart.Axis{Name: lang.Text{Ko: "처리량", En: "throughput"}, Unit: "/s", Min: &least}, bars...))
	}
	return charts
}
