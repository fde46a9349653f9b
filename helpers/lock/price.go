package lock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// A Tally is one way for several workers to count together. Its zero value is
// ready for use.
type Tally interface {
	// Work adds 1 to the count so many times. All workers call it at the same
	// time, each with its own number from 0; the loop stands here so that no
	// call through an interface is timed with each increment.
	Work(worker, times int)
	// Count is called once all workers have ended. A tally that has started
	// goroutines ends them here.
	Count() int
}

// Pricing says how tallies are measured. The zero value is ready for use.
type Pricing struct {
	Workers []int // the numbers of workers; nil means 1, 2, a worker for each core, and four
	Runs    int   // counted runs after one warm-up; 0 means 10, see [measure.Repeat]
}

// A Price is what one tally costs with one number of workers.
type Price struct {
	Tally   string // the name of its type
	Workers int
	// Time is the wall time from the first worker's start to the last one's
	// end, divided by the increments of all workers together, in ns.
	Time measure.Summary
	Lost measure.Sample // the share of increments missing from the count, run by run, in percent
}

// Prices are what tallies cost, measured in turn within one run.
type Prices struct {
	Prices []Price
	Floor  measure.Summary // one atomic increment by one worker that has it to itself, in ns
	Err    error           // what was not measured, and why
}

// timeOfRun is how long one run of a tally is made to take: long against the
// start of its workers, short enough for some hundred of them in a cell.
const timeOfRun = 10 * time.Millisecond

// atomicFloor is the floor's tally.
type atomicFloor struct{ n atomic.Int64 }

func (t *atomicFloor) Work(_, times int) {
	for range times {
		t.n.Add(1)
	}
}

func (t *atomicFloor) Count() int { return int(t.n.Load()) }

// MeasurePrices measures tallies with the zero Pricing.
func MeasurePrices(tallies ...Tally) Prices { return Pricing{}.Measure(tallies...) }

// Measure measures what an increment costs with each tally and each number of
// workers. A tally is given as a pointer, new(MutexTally); each run counts with
// a new zero value of its type. One that does not come to its end within 10 s is
// named in the error, and nothing is measured beside it.
func (p Pricing) Measure(tallies ...Tally) Prices {
	var all Prices
	workers := p.Workers
	if workers == nil {
		cores := runtime.GOMAXPROCS(0)
		workers = []int{1, 2, cores, 4 * cores}
	}
	workers = slices.Compact(slices.Sorted(slices.Values(workers)))
	if len(workers) > 0 && workers[0] < 1 {
		all.Err = fmt.Errorf("measure tallies with %d workers: give 1 or more", workers[0])
		return all
	}
	runs := []*pricedRun{{tally: new(atomicFloor), workers: 1}}
	for _, t := range tallies {
		if v := reflect.ValueOf(t); v.Kind() != reflect.Pointer || v.IsNil() {
			all.Err = errors.Join(all.Err, fmt.Errorf("measure the tally %T: give a pointer to it, such as new(%s)", t, typeName(t)))
			continue
		}
		for _, n := range workers {
			runs = append(runs, &pricedRun{tally: t, workers: n})
		}
	}
	var fs []measure.Func
	for _, r := range runs {
		if err := r.calibrate(); err != nil {
			// What hangs may be turning on a core: beside it no figure is one.
			all.Err = errors.Join(all.Err, err)
			return all
		}
		fs = append(fs, r.run)
	}
	progress := lang.Text{Ko: "증가 한 번의 시간", En: "time per increment"}
	samples, err := measure.Repeat{Runs: p.Runs, Progress: progress}.Alternate(context.Background(), "ns", fs...)
	all.Err = errors.Join(all.Err, err)
	for i, r := range runs {
		// The warm-up lost its share too, but is not counted.
		lost := measure.Sample{Unit: "%", Values: r.lost[max(0, len(r.lost)-len(samples[i].Values)):]}
		if i == 0 {
			all.Floor = samples[i].Summary()
			continue
		}
		all.Prices = append(all.Prices, Price{Tally: typeName(r.tally), Workers: r.workers, Time: samples[i].Summary(), Lost: lost})
	}
	return all
}

// A pricedRun is one tally with one number of workers.
type pricedRun struct {
	tally   Tally
	workers int
	times   int       // increments of each worker in a run
	lost    []float64 // of each run, in percent
}

// runLimit is how long a run may take that is meant to take timeOfRun. Tests
// shorten it.
var runLimit = 10 * time.Second

// once counts with a new tally of the type, so many times in each worker.
func (r *pricedRun) once(times int) (elapsed time.Duration, lost float64, err error) {
	t := reflect.New(reflect.TypeOf(r.tally).Elem()).Interface().(Tally)
	type result struct {
		elapsed time.Duration
		count   int
	}
	done := make(chan result, 1)
	go func() {
		elapsed := together(r.workers, func(worker int) { t.Work(worker, times) })
		done <- result{elapsed, t.Count()}
	}()
	select {
	case got := <-done:
		return got.elapsed, 100 * (1 - float64(got.count)/float64(r.workers*times)), nil
	case <-time.After(runLimit):
		return 0, 0, fmt.Errorf("measure %s (workers: %d): %d increments each are not done after %v: is a lock never released, or a loop endless?",
			typeName(r.tally), r.workers, times, runLimit)
	}
}

// calibrate finds how many increments fill a run.
func (r *pricedRun) calibrate() error {
	for r.times = 100; ; {
		elapsed, _, err := r.once(r.times)
		if err != nil || elapsed >= timeOfRun/2 || r.times >= 1<<30 {
			return err
		}
		factor := float64(timeOfRun) / float64(max(elapsed, time.Microsecond))
		// The first increments of a run are the slowest: no leap at once.
		r.times = int(float64(r.times) * min(factor, 20))
	}
}

func (r *pricedRun) run(context.Context) (float64, error) {
	elapsed, lost, err := r.once(r.times)
	if err != nil {
		return 0, err
	}
	r.lost = append(r.lost, lost)
	return float64(elapsed.Nanoseconds()) / float64(r.workers*r.times), nil
}

// tallies gives the names of the tallies in the order in which they were given.
func (p Prices) tallies() (names []string) {
	for _, price := range p.Prices {
		if !slices.Contains(names, price.Tally) {
			names = append(names, price.Tally)
		}
	}
	return names
}

// Chart shows the time of an increment against the number of workers, a line for
// each tally, and a table of what each of them lost. What was not measured is
// said on stderr, below.
func (p Prices) Chart() {
	if len(p.Prices) > 0 {
		chart.Show(p.chart(runtime.GOMAXPROCS(0)))
		p.showLost()
	}
	if p.Err != nil {
		fmt.Fprintln(os.Stderr, p.Err)
	}
}

func (p Prices) chart(cores int) chart.Chart {
	var lines []chart.Line
	for _, name := range p.tallies() {
		l := chart.Line{Name: lang.Same(name)}
		for _, price := range p.Prices {
			if price.Tally == name {
				l.Points = append(l.Points, chart.Point{X: float64(price.Workers), Y: value(price.Time)})
			}
		}
		lines = append(lines, l)
	}
	note := lang.Format(lang.Text{
		Ko: "코어 %d개. 시간은 모든 작업자의 증가를 합한 횟수로 나눈 것이다.",
		En: "%d cores. The time is divided by the increments of all workers together.",
	}, cores)
	return chart.Lines(
		chart.Title{Text: lang.Text{Ko: "증가 한 번에 드는 시간", En: "What one increment costs"}, Note: measure.Noted(note)},
		chart.Axis{Name: lang.Text{Ko: "작업자 수", En: "workers"}, Log: true},
		chart.Axis{
			Name: lang.Text{Ko: "증가 한 번의 시간", En: "time per increment"}, Unit: "ns", Log: true,
			Lines: []chart.Mark{{Name: lang.Text{Ko: "경합 없는 atomic 하나", En: "one uncontended atomic"}, At: p.Floor.Median}},
		},
		lines...)
}

// showLost shows the share that each tally lost.
func (p Prices) showLost() {
	header := []lang.Text{{Ko: "구현", En: "tally"}}
	var columns []int
	for _, price := range p.Prices {
		if !slices.Contains(columns, price.Workers) {
			columns = append(columns, price.Workers)
			header = append(header, lang.Format(lang.Text{Ko: "작업자 %d", En: "workers: %d"}, price.Workers))
		}
	}
	var rows [][]string
	for _, name := range p.tallies() {
		row := []string{name}
		for _, price := range p.Prices {
			if price.Tally == name {
				row = append(row, lostText(price.Lost))
			}
		}
		rows = append(rows, row)
	}
	chart.Table(lang.Text{Ko: "잃어버린 증가의 비율(중앙값과 구간)", En: "Share of the increments lost (median and interval)"}, header, rows)
}

// lostText writes the median share with its interval; of a tally that lost nothing
// in any run, just that.
func lostText(lost measure.Sample) string {
	if len(lost.Values) == 0 {
		return ""
	}
	if slices.Max(lost.Values) == 0 && slices.Min(lost.Values) == 0 {
		return "0 %"
	}
	s := lost.Summary()
	if s.Hi < 0 {
		return lang.Format(lang.Text{
			Ko: "%s %% 더 셈",
			En: "%s %% too many",
		}, chart.Number(-s.Median)).String()
	}
	return fmt.Sprintf("%s %% (%s–%s)", chart.Number(s.Median), chart.Number(s.Lo), chart.Number(s.Hi))
}

// value is a summary as a chart takes it.
func value(s measure.Summary) chart.Value {
	return chart.Value{Median: s.Median, Lo: s.Lo, Hi: s.Hi}
}

// String gives a line for each tally and number of workers.
func (p Prices) String() string {
	lines := []string{fmt.Sprintf("one uncontended atomic: %v", p.Floor)}
	for _, price := range p.Prices {
		lines = append(lines, fmt.Sprintf("%s, %d: %v, lost %s", price.Tally, price.Workers, price.Time, lostText(price.Lost)))
	}
	if p.Err != nil {
		lines = append(lines, p.Err.Error())
	}
	return strings.Join(lines, "\n")
}
