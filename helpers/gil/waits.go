package gil

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// A Waiter makes calls that each wait so long, and computes for so long. It gives
// what it computed.
type Waiter func(calls int, wait, compute time.Duration) Flight

// A Flight is the height of a helicopter as it was computed: pairs of seconds since
// the start and metres.
type Flight [][2]float64

// Waits compares calls that wait one after the other, before the computing, with
// the same calls at once and beside it. The zero value is five calls of 20 ms: the
// source's are five times as long, which changes no ratio.
type Waits struct {
	Calls   int             // 0 means 5
	Wait    time.Duration   // of each call; 0 means 20 ms
	Compute []time.Duration // nil means from nothing to four times the wait
	Runs    int             // counted runs after one warm-up; 0 means 10, see [measure.Repeat]
}

// A WaitContest is one runtime's two ways to wait and compute.
type WaitContest struct {
	runtime       string
	serial, rival func(ctx context.Context, calls int, wait, compute time.Duration) (seconds float64, err error)
	err           error
}

// GoWaits is a contest of two functions of the reader's.
func GoWaits(serial, parallel Waiter) WaitContest {
	timed := func(f Waiter) func(context.Context, int, time.Duration, time.Duration) (float64, error) {
		return func(_ context.Context, calls int, wait, compute time.Duration) (float64, error) {
			begun := time.Now()
			f(calls, wait, compute)
			return time.Since(begun).Seconds(), nil
		}
	}
	return WaitContest{runtime: "Go", serial: timed(serial), rival: timed(parallel)}
}

// PythonWaits is a contest on the default CPython. The script is called with the
// name of a way, the number of calls, and the seconds that each waits and that the
// computing takes, and prints {"seconds": S, "flight": [[seconds, metres], …]}.
func PythonWaits(script, serial, parallel string) WaitContest {
	in, err := python.Default(context.Background())
	if err != nil {
		return WaitContest{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	way := func(way string) func(context.Context, int, time.Duration, time.Duration) (float64, error) {
		return func(ctx context.Context, calls int, wait, compute time.Duration) (float64, error) {
			r, err := python.One[waited](ctx, in, python.Script{Path: script, Args: waitArgs(way, calls, wait, compute)})
			return r.Seconds, err
		}
	}
	return WaitContest{runtime: in.Name(), serial: way(serial), rival: way(parallel)}
}

// waited is what a script prints.
type waited struct {
	Seconds float64
	Flight  Flight
}

func waitArgs(way string, calls int, wait, compute time.Duration) []string {
	return []string{way, fmt.Sprint(calls), fmt.Sprint(wait.Seconds()), fmt.Sprint(compute.Seconds())}
}

// PythonFlight has a script on the default CPython make the calls and compute, and
// gives the flight that it prints: see [PythonWaits].
func PythonFlight(script, way string, calls int, wait, compute time.Duration) (Flight, error) {
	in, err := python.Default(context.Background())
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", filepath.Base(script), err)
	}
	r, err := python.One[waited](context.Background(), in, python.Script{Path: script, Args: waitArgs(way, calls, wait, compute)})
	return r.Flight, err
}

// A Named flight has a name in a chart.
type Named struct {
	Name lang.Text
	Flight
}

// ChartFlights shows flights against time.
func ChartFlights(flights ...Named) { chart.Show(flightsChart(flights)) }

func flightsChart(flights []Named) chart.Chart {
	var lines []chart.Line
	for _, f := range flights {
		l := chart.Line{Name: f.Name}
		for _, at := range f.Flight {
			l.Points = append(l.Points, chart.Point{X: 1000 * at[0], Y: chart.Value{Median: at[1]}})
		}
		lines = append(lines, l)
	}
	least := 0.0
	return chart.Lines(
		chart.Title{Text: lang.Text{Ko: "헬리콥터의 높이", En: "The helicopter's height"}},
		chart.Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "ms", Min: &least},
		chart.Axis{Name: lang.Text{Ko: "높이", En: "height"}, Unit: "m", Min: &least}, lines...)
}

// WaitRatios are how long the calls take at once and beside the computing, as a
// share of what they take in turn and before it.
type WaitRatios struct {
	Waits  Waits // with its defaults filled in
	Ratios []WaitRatio
	Err    error // what was not measured, and why
}

// A WaitRatio is the share on one runtime, with so much computing.
type WaitRatio struct {
	Runtime          string
	Compute          time.Duration
	Serial, Parallel measure.Sample // seconds
	Share            measure.Sample // parallel ÷ serial, round by round
}

// Measure measures the contests in turn.
func (w Waits) Measure(contests ...WaitContest) WaitRatios {
	if w.Calls == 0 {
		w.Calls = 5
	}
	if w.Wait == 0 {
		w.Wait = 20 * time.Millisecond
	}
	if w.Compute == nil {
		w.Compute = []time.Duration{0, w.Wait / 2, w.Wait, 2 * w.Wait, 4 * w.Wait}
	}
	result := WaitRatios{Waits: w}
	if w.Calls < 1 || w.Wait < 0 || slices.Min(w.Compute) < 0 {
		result.Err = fmt.Errorf("wait in %d calls of %v beside computing of %v: give a call or more, and no time below 0", w.Calls, w.Wait, w.Compute)
		return result
	}
	ctx := context.Background()
	var runs []measure.Func
	for _, c := range contests {
		err := c.err
		if err == nil {
			_, err = c.rival(ctx, 1, 0, 0)
		}
		if err != nil {
			result.Err = errors.Join(result.Err, err)
			continue
		}
		for _, compute := range w.Compute {
			result.Ratios = append(result.Ratios, WaitRatio{Runtime: c.runtime, Compute: compute})
			runs = append(runs,
				func(ctx context.Context) (float64, error) { return c.serial(ctx, w.Calls, w.Wait, compute) },
				func(ctx context.Context) (float64, error) { return c.rival(ctx, w.Calls, w.Wait, compute) })
		}
	}
	progress := lang.Text{Ko: "기다리는 호출", En: "calls that wait"}
	samples, err := measure.Repeat{Runs: w.Runs, Progress: progress}.Alternate(ctx, measure.Seconds, runs...)
	result.Err = errors.Join(result.Err, err)
	for i := range result.Ratios {
		r := &result.Ratios[i]
		r.Serial, r.Parallel = samples[2*i], samples[2*i+1]
		r.Share, err = measure.Ratio(r.Parallel, r.Serial)
		result.Err = errors.Join(result.Err, err)
	}
	result.Ratios = slices.DeleteFunc(result.Ratios, func(r WaitRatio) bool { return len(r.Share.Values) == 0 })
	return result
}

// Keep keeps the shares without computing for the table at the end.
func (r WaitRatios) Keep(step string) error {
	var errs []error
	for _, ratio := range r.Ratios {
		if ratio.Compute == 0 {
			errs = append(errs, measure.Keep(measure.Figure{Step: step, Name: Share, Variant: ratio.Runtime, Summary: ratio.Share.Summary()}))
		}
	}
	return errors.Join(errs...)
}

// Share is the name of what Keep keeps.
var Share = lang.Text{Ko: "한꺼번에 ÷ 차례로", En: "at once ÷ in turn"}

// Chart shows the share against the time of the computing, a line for each runtime,
// and the least share there can be: that of one call.
func (r WaitRatios) Chart() {
	if len(r.Ratios) > 0 {
		chart.Show(r.chart(runtime.GOMAXPROCS(0)))
	}
	tell(r.Err)
}

func (r WaitRatios) chart(cores int) chart.Chart {
	var lines []chart.Line
	for _, ratio := range r.Ratios {
		i := slices.IndexFunc(lines, func(l chart.Line) bool { return l.Name == lang.Same(ratio.Runtime) })
		if i < 0 {
			i = len(lines)
			lines = append(lines, chart.Line{Name: lang.Same(ratio.Runtime)})
		}
		lines[i].Points = append(lines[i].Points, chart.Point{X: 1000 * ratio.Compute.Seconds(), Y: value(ratio.Share.Summary())})
	}
	predicted := chart.Line{Name: lang.Text{Ko: "예상값", En: "predicted"}, Reference: true}
	for _, compute := range r.Waits.Compute {
		wait, c := r.Waits.Wait.Seconds(), compute.Seconds()
		predicted.Points = append(predicted.Points, chart.Point{X: 1000 * c, Y: chart.Value{Median: max(wait, c) / (float64(r.Waits.Calls)*wait + c)}})
	}
	least, most := 0.0, 1.0
	return chart.Lines(
		chart.Title{
			Text: lang.Text{Ko: "기다림을 겹치면 시간이 얼마나 주는가", En: "How much overlapping the waits saves"},
			Note: note(cores, lang.Format(lang.Text{
				Ko: "%[2]v씩 기다리는 호출 %[1]d개. 시스템 콜을 차례로 하고 나서 계산할 때의 시간을 1로 했다.",
				En: "%d calls of %v. 1 is the time of the calls in turn, and the computing after them.",
			}, r.Waits.Calls, r.Waits.Wait)),
		},
		chart.Axis{Name: lang.Text{Ko: "그동안 계산하는 시간", En: "computing meanwhile"}, Unit: "ms"},
		chart.Axis{
			Name: lang.Text{Ko: "걸린 시간(차례로 = 1)", En: "time taken (in turn = 1)"}, Min: &least, Max: &most,
			Lines: []chart.Mark{{Name: lang.Text{Ko: "노트가 말한 1/5", En: "the note's fifth"}, At: 1 / float64(r.Waits.Calls)}},
		}, append(lines, predicted)...)
}
