package gil

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

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
	here    func(n int) cost // in this process; nil: not in Go
	err     error
}

// cost is what n workers took in one run.
type cost struct {
	Seconds float64 // until all had started and waited
	Bytes   float64 // more memory than before
}

// GoCost is the cost of workers that a function of the reader's starts, each time in
// a new process: this program, started again until it comes to [MeasureCosts]. In one
// process a later run would reuse what an earlier one has left.
func GoCost(name lang.Text, start Starter, numbers ...int) Cost {
	here := func(n int) cost {
		before := memory()
		begun := time.Now()
		stop := start(n)
		took := time.Since(begun).Seconds()
		after := memory()
		stop()
		return cost{took, max(0, after-before)}
	}
	return Cost{Name: name, Numbers: numbers, here: here, measure: func(ctx context.Context, n int) (cost, error) {
		return inChild(ctx, name, n)
	}}
}

// costEnv names the environment variable that tells a child what to measure, as the
// JSON of a request.
const costEnv = "INTERLEAVE_COST"

type request struct {
	Name   lang.Text
	Number int
}

// childArgs are the arguments of a child; tests have their own.
var childArgs = os.Args[1:]

// inChild has a new process measure one cost.
func inChild(ctx context.Context, name lang.Text, n int) (c cost, err error) {
	program, err := os.Executable()
	if err != nil {
		return c, fmt.Errorf("start this program again: %w", err)
	}
	asked, err := json.Marshal(request{name, n})
	if err != nil {
		return c, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return c, err
	}
	defer read.Close()
	var said strings.Builder
	cmd := exec.CommandContext(ctx, program, childArgs...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, protocol.GONB_PIPE_ENV+"=") || strings.HasPrefix(v, protocol.GONB_PIPE_BACK_ENV+"=") // it shows nothing
	})
	cmd.Env = append(cmd.Env, costEnv+"="+string(asked))
	cmd.ExtraFiles = []*os.File{write}
	cmd.Stderr = &said
	err = cmd.Start()
	write.Close()
	if err != nil {
		return c, fmt.Errorf("start this program again: %w", err)
	}
	decodeErr := json.NewDecoder(read).Decode(&c)
	if err := cmd.Wait(); err != nil {
		return c, fmt.Errorf("measure in a new process: %w\n%s", err, strings.TrimSpace(said.String()))
	}
	if decodeErr != nil {
		return c, fmt.Errorf("measure in a new process: it did not come to MeasureCosts: %w", decodeErr)
	}
	return c, nil
}

// answer measures what this process was asked for, and ends it.
func answer(asked string, costs []Cost) {
	const file = 3 // the first of ExtraFiles
	var r request
	if err := json.Unmarshal([]byte(asked), &r); err != nil {
		fmt.Fprintf(os.Stderr, "read %s, which only MeasureCosts sets: %v\n", costEnv, err)
		os.Exit(1)
	}
	for _, c := range costs {
		if c.Name == r.Name && c.here != nil {
			if err := json.NewEncoder(os.NewFile(file, "costs")).Encode(c.here(r.Number)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	fmt.Fprintf(os.Stderr, "there is no cost named %q here\n", r.Name)
	os.Exit(1)
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
		c, err := python.One[cost](ctx, in, python.Script{Path: script, Args: []string{strconv.Itoa(n)}})
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
	if asked := os.Getenv(costEnv); asked != "" {
		answer(asked, costs)
	}
	var result Costs
	ctx := context.Background()
	var runs []measure.Func
	memory := [][]float64{}
	for _, c := range costs {
		err := c.err
		if err == nil && len(c.Numbers) > 0 && slices.Min(c.Numbers) < 1 {
			err = fmt.Errorf("start %d workers: start one or more", slices.Min(c.Numbers))
		}
		if err == nil {
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
		own := memory[i][min(1, len(memory[i])):] // without the warm-up
		own = own[:min(len(own), len(samples[i].Values))]
		result.Costs[i].Time = samples[i].Summary()
		result.Costs[i].Memory = measure.Sample{Unit: "KiB", Values: own}.Summary()
	}
	return result
}

// Chart shows the time and, on Linux, the memory of one worker against their number.
// What was not measured is said on stderr, below.
func (c Costs) Chart() {
	if times, memories := c.lines(); len(times) > 0 {
		chart.Show(timeChart(times, runtime.GOMAXPROCS(0)))
		if memory() > 0 {
			chart.Show(memoryChart(memories))
		}
	}
	tell(c.Err)
}

// lines returns a line of times and one of memory for each kind.
func (c Costs) lines() (times, memories []chart.Line) {
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
	return times, memories
}

// atOnce is the axis of how many there are.
var atOnce = chart.Axis{Name: lang.Text{Ko: "동시에 있는 수", En: "how many at the same time"}, Log: true}

func timeChart(times []chart.Line, cores int) chart.Chart {
	how := note(cores, lang.Text{
		Ko: "모두 시작해서 기다리기까지 걸린 시간을 그 수로 나누었다.",
		En: "The time until all had started and waited, divided by their number.",
	})
	return chart.Lines(chart.Title{Text: lang.Text{Ko: "하나를 시작하는 시간", En: "The time to start one"}, Note: how},
		atOnce, chart.Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "µs", Log: true}, times...)
}

func memoryChart(memories []chart.Line) chart.Chart {
	return chart.Lines(chart.Title{Text: lang.Text{Ko: "하나가 쓰는 메모리", En: "The memory of one"}},
		atOnce, chart.Axis{Name: lang.Text{Ko: "메모리", En: "memory"}, Unit: "KiB", Log: true}, memories...)
}
