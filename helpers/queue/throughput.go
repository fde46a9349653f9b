package queue

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// A Pass sends n items from a producer to a consumer through a queue of that capacity,
// and returns when the last has been taken.
type Pass func(n, capacity int)

// unbounded is the capacity of a queue that has no bound.
const unbounded = -1

// A PassContest is one kind of queue.
type PassContest struct {
	name       lang.Text
	capacities []int
	run        func(ctx context.Context, n, capacity int) (seconds float64, err error)
	err        error // why there is none
}

// GoPass is a function of the reader's, with the capacities 0, 1, 100 and 1,000.
func GoPass(name lang.Text, f Pass) PassContest {
	return PassContest{name: name, capacities: []int{0, 1, 100, 1000}, run: func(_ context.Context, n, capacity int) (float64, error) {
		begun := time.Now()
		f(n, capacity)
		return time.Since(begun).Seconds(), nil
	}}
}

// PythonPass is a script on the default CPython, with the capacities given: of 0 and
// below there is no bound. It is called with the name of a kind of queue, the number of
// items and the capacity, and prints {"seconds": S}.
func PythonPass(script, kind string, capacities ...int) PassContest {
	in, err := python.Default(context.Background())
	if err != nil {
		return PassContest{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	c := PassContest{name: lang.Same(in.Name() + " " + kind)}
	for _, n := range capacities {
		c.capacities = append(c.capacities, max(n, unbounded))
		if n == 0 {
			c.capacities[len(c.capacities)-1] = unbounded
		}
	}
	c.run = func(ctx context.Context, n, capacity int) (float64, error) {
		r, err := python.One[struct{ Seconds float64 }](ctx, in, python.Script{Path: script, Args: []string{kind, strconv.Itoa(n), strconv.Itoa(max(capacity, 0))}})
		return r.Seconds, err
	}
	return c
}

// Throughputs are items/s through queues, by capacity.
type Throughputs struct {
	Queues []Throughput
	Err    error // what was not measured, and why
}

// A Throughput is that of one kind of queue with one capacity, round by round.
type Throughput struct {
	Name     lang.Text
	Capacity int // -1: no bound
	Rate     measure.Sample
}

// passTime is how long a run takes at the least. Tests shorten it.
var passTime = 30 * time.Millisecond

// MeasureThroughput measures the queues in turn. One that fails is told in the error,
// and the others are measured.
func MeasureThroughput(contests ...PassContest) Throughputs {
	var result Throughputs
	ctx := context.Background()
	var fs []measure.Func
	for _, c := range contests {
		if c.err != nil {
			result.Err = errors.Join(result.Err, c.err)
			continue
		}
		for _, capacity := range c.capacities {
			n, err := c.calibrate(ctx, capacity)
			if err != nil {
				result.Err = errors.Join(result.Err, fmt.Errorf("%v, capacity %d: %w", c.name, capacity, err))
				break
			}
			result.Queues = append(result.Queues, Throughput{Name: c.name, Capacity: capacity})
			fs = append(fs, func(ctx context.Context) (float64, error) {
				took, err := c.run(ctx, n, capacity)
				return float64(n) / took, err
			})
		}
	}
	progress := lang.Text{Ko: "처리량", En: "throughput"}
	samples, err := measure.Repeat{Progress: progress}.Alternate(ctx, perSecond, fs...)
	result.Err = errors.Join(result.Err, err)
	for i, s := range samples {
		result.Queues[i].Rate = s
	}
	return result
}

// calibrate finds how many items take long enough.
func (c PassContest) calibrate(ctx context.Context, capacity int) (n int, err error) {
	for n = 1000; n < 10_000_000; n *= 4 {
		took, err := c.run(ctx, n, capacity)
		if err != nil || took >= passTime.Seconds() {
			return n, err
		}
	}
	return n, nil
}

// Chart shows the throughput against the capacity, and a table of how many times that of
// the others the first kind's is. What was not measured is said on stderr, below.
func (t Throughputs) Chart() {
	if len(t.Queues) > 0 {
		chart.Show(t.chart())
		header, rows := t.table()
		chart.Table(lang.Text{Ko: "처리량의 비율", En: "Throughput as a ratio"}, header, rows)
	}
	tell(t.Err)
}

// kinds returns the capacities, in order, and the names of the queues.
func (t Throughputs) kinds() (capacities []int, names []lang.Text) {
	for _, q := range t.Queues {
		if !slices.Contains(capacities, q.Capacity) {
			capacities = append(capacities, q.Capacity)
		}
		if !slices.Contains(names, q.Name) {
			names = append(names, q.Name)
		}
	}
	slices.SortFunc(capacities, func(a, b int) int { return rank(a) - rank(b) })
	return capacities, names
}

func (t Throughputs) chart() chart.Chart {
	capacities, names := t.kinds()
	axis := chart.Axis{Name: lang.Text{Ko: "용량", En: "capacity"}}
	for _, c := range capacities {
		axis.Names = append(axis.Names, capacityText(c))
	}
	var lines []chart.Line
	for _, name := range names {
		l := chart.Line{Name: name}
		for x, c := range capacities {
			if q, ok := t.of(name, c); ok && len(q.Rate.Values) > 0 {
				l.Points = append(l.Points, chart.Point{X: float64(x), Y: value(q.Rate.Summary())})
			}
		}
		lines = append(lines, l)
	}
	return chart.Lines(
		chart.Title{
			Text: lang.Text{Ko: "큐의 용량에 따른 처리량", En: "Throughput by the queue's capacity"},
			Note: measure.Noted(lang.Text{
				Ko: "생산자 하나, 소비자 하나. ∞는 한도가 없는 큐이고, 비율은 Go의 용량 1,000과 비교한 것이다.",
				En: "One producer, one consumer. ∞: no bound; its ratio is to 1,000 in Go.",
			}),
		},
		axis, chart.Axis{Name: lang.Text{Ko: "처리량", En: "throughput"}, Unit: "/s", Log: true}, lines...)
}

// table has a row for each kind of queue but the first, whose throughput it compares
// with theirs, and a column for each capacity.
func (t Throughputs) table() (header []lang.Text, rows [][]string) {
	capacities, names := t.kinds()
	header = []lang.Text{{Ko: "몇 배인가", En: "How many times"}}
	for _, c := range capacities {
		header = append(header, lang.Format(lang.Text{Ko: "용량 %s", En: "capacity %s"}, capacityText(c)))
	}
	for _, name := range names[1:] {
		row := []string{lang.Format(lang.Same("%s ÷ %s"), names[0], name).String()}
		for _, c := range capacities {
			q, ok := t.of(name, c)
			// What has no bound is compared with the largest there is.
			first, there := t.of(names[0], c)
			if c == unbounded {
				first, there = t.of(names[0], 1000)
			}
			cell := ""
			if ratio, err := measure.Ratio(first.Rate, q.Rate); ok && there && err == nil && len(ratio.Values) > 0 {
				cell = ratio.Summary().String()
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return header, rows
}

func (t Throughputs) of(name lang.Text, capacity int) (Throughput, bool) {
	for _, q := range t.Queues {
		if q.Name == name && q.Capacity == capacity {
			return q, true
		}
	}
	return Throughput{}, false
}

// rank puts what has no bound last.
func rank(capacity int) int {
	if capacity == unbounded {
		return 1 << 30
	}
	return capacity
}

func capacityText(capacity int) string {
	if capacity == unbounded {
		return "∞"
	}
	return chart.Number(float64(capacity))
}
