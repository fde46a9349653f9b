package gil

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// A Starter starts n workers that wait, returns once all of them do, and gives a
// function that ends them and returns once they have ended.
type Starter func(n int) (stop func())

// A Cost is what workers of one kind cost.
type Cost struct {
	Name    lang.Text
	Numbers []int // of workers at the same time
	measure func(ctx context.Context, n int) (cost, error)
	err     error
}

// cost is what n workers took in one run.
type cost struct {
	Seconds float64 // until all had started and waited
	Bytes   float64 // more memory than before
}

// GoCost is the cost of workers that a function of the reader's starts.
func GoCost(name lang.Text, start Starter, numbers ...int) Cost {
	return Cost{Name: name, Numbers: numbers, measure: func(_ context.Context, n int) (cost, error) {
		debug.FreeOSMemory() // what earlier runs have left must not be reused unseen
		before := memory()
		begun := time.Now()
		stop := start(n)
		took := time.Since(begun).Seconds()
		after := memory()
		stop()
		return cost{took, max(0, after-before)}, nil
	}}
}

// memory gives the bytes that this process holds or, where the system does not tell
// (see proc(5)), those that Go has asked it for.
func memory() float64 {
	if data, err := os.ReadFile("/proc/self/statm"); err == nil {
		var size, resident float64
		if _, err := fmt.Sscan(string(data), &size, &resident); err == nil {
			return resident * float64(os.Getpagesize())
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys - m.HeapReleased)
}

// leastCounted is how many workers it takes for their memory to be told from what
// else comes and goes.
const leastCounted = 100

// PythonCost is the cost of what a script starts on the default CPython. It is
// called with the number of workers and prints {"seconds": S, "bytes": B}.
func PythonCost(name lang.Text, script string, numbers ...int) Cost {
	in, err := python.Default(context.Background())
	if err != nil {
		return Cost{Name: name, err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	return Cost{Name: label(in.Name(), name), Numbers: numbers, measure: func(ctx context.Context, n int) (cost, error) {
		c, err := one[cost](ctx, in, script, strconv.Itoa(n))
		c.Bytes = max(0, c.Bytes)
		return c, err
	}}
}

// Costs are the costs of several kinds, measured in turn within one run.
type Costs struct {
	Costs []MeasuredCost
	Err   error // what was not measured, and why
}

// A MeasuredCost is what one worker costs where there are so many.
type MeasuredCost struct {
	Name   lang.Text
	Number int
	Time   measure.Summary // to start one, in µs
	Memory measure.Summary // of one, in KiB
}

// MeasureCosts measures each kind with each of its numbers.
func MeasureCosts(costs ...Cost) Costs {
	var result Costs
	ctx := context.Background()
	var runs []measure.Func
	memory := [][]float64{}
	for _, c := range costs {
		err := c.err
		if err == nil && len(c.Numbers) > 0 && slices.Min(c.Numbers) < 1 {
			err = fmt.Errorf("start %d workers: start one or more", slices.Min(c.Numbers))
		}
		if err == nil && c.measure != nil {
			_, err = c.measure(ctx, 1)
		}
		if err != nil {
			result.Err = errors.Join(result.Err, fmt.Errorf("%v: %w", c.Name, err))
			continue
		}
		for _, n := range c.Numbers {
			i := len(memory)
			memory = append(memory, nil)
			result.Costs = append(result.Costs, MeasuredCost{Name: c.Name, Number: n})
			runs = append(runs, func(ctx context.Context) (float64, error) {
				got, err := c.measure(ctx, n)
				memory[i] = append(memory[i], got.Bytes/float64(n)/1024)
				return got.Seconds / float64(n) * 1e6, err
			})
		}
	}
	samples, err := measure.Repeat{Progress: lang.Text{Ko: "시작 비용", En: "the cost of starting"}}.Alternate(ctx, "µs", runs...)
	result.Err = errors.Join(result.Err, err)
	for i := range result.Costs {
		own := memory[i][max(0, len(memory[i])-len(samples[i].Values)):] // without the warm-up
		result.Costs[i].Time = samples[i].Summary()
		result.Costs[i].Memory = measure.Sample{Unit: "KiB", Values: own}.Summary()
	}
	return result
}

// Chart shows the time and the memory of one worker against their number. What was
// not measured is said on stderr, below.
func (c Costs) Chart() {
	var times, memories []chart.Line
	for _, m := range c.Costs {
		i := slices.IndexFunc(times, func(l chart.Line) bool { return l.Name == m.Name })
		if i < 0 {
			i = len(times)
			times, memories = append(times, chart.Line{Name: m.Name}), append(memories, chart.Line{Name: m.Name})
		}
		x := float64(m.Number)
		times[i].Points = append(times[i].Points, chart.Point{X: x, Y: value(m.Time)})
		if m.Number >= leastCounted {
			memories[i].Points = append(memories[i].Points, chart.Point{X: x, Y: value(m.Memory)})
		}
	}
	if len(times) > 0 {
		number := chart.Axis{Name: lang.Text{Ko: "동시에 있는 수", En: "how many at the same time"}, Log: true}
		how := note(runtime.GOMAXPROCS(0), lang.Text{Ko: "모두 시작해서 기다리기까지 걸린 시간을 그 수로 나누었다.", En: "The time until all had started and waited, divided by their number."})
		chart.Show(chart.Lines(chart.Title{Text: lang.Text{Ko: "하나를 시작하는 시간", En: "The time to start one"}, Note: how},
			number, chart.Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "µs", Log: true}, times...))
		chart.Show(chart.Lines(chart.Title{Text: lang.Text{Ko: "하나가 쓰는 메모리", En: "The memory of one"}},
			number, chart.Axis{Name: lang.Text{Ko: "메모리", En: "memory"}, Unit: "KiB", Log: true}, memories...))
	}
	if c.Err != nil {
		fmt.Fprintln(os.Stderr, c.Err)
	}
}
