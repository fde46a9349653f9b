package queue

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// A Polled sends n photos through three stages that are joined by four polling queues,
// and gives back the queues once all photos are in the last one. A worker that finds
// nothing calls idle before it looks again, and so does look whoever waits for the end.
type Polled func(n int, stages [3]func([]byte) []byte, idle, look func()) [4]*Polling[[]byte]

// A PollCase is one way to run a polled pipeline.
type PollCase struct {
	Items int
	Pause time.Duration    // of a worker that finds nothing
	Look  time.Duration    // of the one who waits for the end: half to one and a half times that
	Work  [3]time.Duration // how long each stage takes for an item
	Size  int              // bytes that the first stage makes for each item
}

// A PollRun is what one run of a polled pipeline cost. Times are in seconds.
type PollRun struct {
	Seconds   float64 `json:"seconds"`   // until the last item was through
	Unnoticed float64 `json:"unnoticed"` // from then until it was noticed
	MainCPU   float64 `json:"main_cpu"`  // CPU time of the one who waits for the end
	CPU       float64 `json:"cpu"`       // CPU time of the whole process
	Polls     float64 `json:"polls"`     // looks of workers into their queues
	Found     float64 `json:"found"`     // of those, the ones that found an item
	After     float64 `json:"after"`     // looks of workers in the 50 ms after the end
	Peak      float64 `json:"peak"`      // the most items in a queue behind the first stage
	Bytes     float64 `json:"bytes"`     // by how much memory grew
}

// A PollContest is a polled pipeline on one runtime.
type PollContest struct {
	runtime string
	run     func(context.Context, PollCase) (PollRun, error)
	err     error // why there is none
}

// GoPolled is a function of the reader's.
func GoPolled(f Polled) PollContest {
	return PollContest{runtime: "Go", run: func(_ context.Context, c PollCase) (PollRun, error) { return c.measure(f) }}
}

// PythonPolled is a script on the default CPython. It is called with the number of items,
// the seconds of Pause, Look and the work of three stages, and the bytes that the first one
// makes, and prints a [PollRun].
func PythonPolled(script string) PollContest {
	in, err := python.Default(context.Background())
	if err != nil {
		return PollContest{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	return PollContest{runtime: in.Name(), run: func(ctx context.Context, c PollCase) (PollRun, error) {
		args := []string{strconv.Itoa(c.Items), fmt.Sprint(c.Pause.Seconds()), fmt.Sprint(c.Look.Seconds())}
		for _, w := range c.Work {
			args = append(args, fmt.Sprint(w.Seconds()))
		}
		return one[PollRun](ctx, in, script, append(args, strconv.Itoa(c.Size))...)
	}}
}

// one runs a script that prints one line.
func one[T any](ctx context.Context, in python.Interpreter, script string, args ...string) (result T, err error) {
	lines, err := python.Run[T](ctx, in, python.Script{Path: script, Args: args})
	if err == nil && len(lines) != 1 {
		err = fmt.Errorf("read the results of %s: it printed %d JSON lines, and should print one", filepath.Base(script), len(lines))
	}
	if err != nil {
		return result, err
	}
	return lines[0], nil
}

// afterwards is how long workers are watched after the end.
const afterwards = 50 * time.Millisecond

// measure runs f once. Its workers cannot be told to stop: what they call when idle
// ends them after the run.
func (c PollCase) measure(f Polled) (PollRun, error) {
	var through, ended atomic.Int64
	var over atomic.Bool
	idle := func() {
		if over.Load() {
			ended.Add(1)
			runtime.Goexit()
		}
		time.Sleep(c.Pause)
	}
	look := func() {
		// Who looks in step with the workers sees the end at once, or a whole pause later.
		time.Sleep(time.Duration((0.5 + rand.Float64()) * float64(c.Look)))
	}
	// The CPU time of the one who waits is that of its thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	run := PollRun{Bytes: -float64(heapInUse())}
	mine, all := cpu(unix.CLOCK_THREAD_CPUTIME_ID), cpu(unix.CLOCK_PROCESS_CPUTIME_ID)
	begun := time.Now()
	made := 0
	queues := f(c.Items, [3]func([]byte) []byte{
		func([]byte) []byte {
			time.Sleep(c.Work[0])
			photo := make([]byte, c.Size)
			if made++; made == c.Items && c.Size > 0 {
				run.Bytes += float64(heapInUse())
			}
			return photo
		},
		func(photo []byte) []byte {
			time.Sleep(c.Work[1])
			return photo
		},
		func([]byte) []byte {
			time.Sleep(c.Work[2])
			through.Store(int64(time.Since(begun)))
			return nil // what is done takes no memory
		},
	}, idle, look)
	took := time.Since(begun)
	run.MainCPU = cpu(unix.CLOCK_THREAD_CPUTIME_ID) - mine
	run.CPU = cpu(unix.CLOCK_PROCESS_CPUTIME_ID) - all
	run.Seconds = time.Duration(through.Load()).Seconds()
	run.Unnoticed = took.Seconds() - run.Seconds
	run.Polls, run.Found = polls(queues)
	time.Sleep(afterwards)
	now, _ := polls(queues)
	run.After = now - run.Polls
	run.Peak = float64(max(queues[1].Stats().Peak, queues[2].Stats().Peak))
	over.Store(true)
	for deadline := time.Now().Add(5*time.Second + c.Pause); ended.Load() < 3; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return run, fmt.Errorf("end the workers of a polled pipeline: %d of 3 have called idle: each has to, whenever it finds nothing", ended.Load())
		}
	}
	if n := queues[3].Stats().Length; n != c.Items {
		return run, fmt.Errorf("run a polled pipeline: %d items of %d are in the last queue: return once all are", n, c.Items)
	}
	return run, nil
}

// polls adds up the looks of the three workers.
func polls(queues [4]*Polling[[]byte]) (polls, found float64) {
	for _, q := range queues[:3] {
		s := q.Stats()
		polls, found = polls+float64(s.Polls), found+float64(s.Found)
	}
	return polls, found
}

// cpu reads a clock of CPU time, in seconds.
func cpu(clock int32) float64 {
	var t unix.Timespec
	if unix.ClockGettime(clock, &t) != nil {
		return math.NaN()
	}
	return time.Duration(t.Nano()).Seconds()
}

// heapInUse gives the bytes that are still in use after a collection.
func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Faults are what a polled pipeline costs, on several runtimes.
type Faults struct {
	Runs []FaultRuns
	Err  error // what was not measured, and why
}

// FaultRuns are the runs of one case on one runtime.
type FaultRuns struct {
	Runtime string
	Case    PollCase
	Runs    []PollRun
}

// The cases that are measured: as in the source's note, whose main thread never pauses; a slow first stage, with shorter
// and shorter pauses; and a slow second one behind a quick one.
var (
	noteCase  = PollCase{Items: 1000, Pause: 100 * time.Millisecond}
	pauses    = []time.Duration{0, time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond}
	slowFirst = PollCase{Items: 20, Work: [3]time.Duration{time.Millisecond}}
	slowNext  = PollCase{Items: 60, Pause: 10 * time.Millisecond, Look: 10 * time.Millisecond, Work: [3]time.Duration{1: time.Millisecond}, Size: 64 << 10}
)

// MeasureFaults runs the polled pipelines ten times in each of the cases and keeps the
// polls of the source's for the table at the end. A runtime that fails is told in the
// error, and the others are measured.
func MeasureFaults(contests ...PollContest) Faults {
	var result Faults
	cases := []PollCase{noteCase, slowNext}
	for _, pause := range pauses {
		c := slowFirst
		c.Pause, c.Look = pause, pause
		cases = append(cases, c)
	}
	ctx := context.Background()
	var fs []measure.Func
	for _, contest := range contests {
		err := contest.err
		if err == nil {
			_, err = contest.run(ctx, PollCase{Items: 1})
		}
		if err != nil {
			result.Err = errors.Join(result.Err, err)
			continue
		}
		for _, c := range cases {
			i := len(result.Runs)
			result.Runs = append(result.Runs, FaultRuns{Runtime: contest.runtime, Case: c})
			fs = append(fs, func(ctx context.Context) (float64, error) {
				r, err := contest.run(ctx, c)
				result.Runs[i].Runs = append(result.Runs[i].Runs, r)
				return r.Seconds, err
			})
		}
	}
	progress := lang.Text{Ko: "폴링 파이프라인", En: "polled pipelines"}
	samples, err := measure.Repeat{Progress: progress}.Alternate(ctx, measure.Seconds, fs...)
	result.Err = errors.Join(result.Err, err)
	for i, s := range samples {
		r := &result.Runs[i]
		r.Runs = r.Runs[len(r.Runs)-len(s.Values):] // without the warm-up
		if r.Case == noteCase && err == nil {
			result.Err = errors.Join(result.Err, measure.Keep(measure.Figure{
				Step: "55-04", Name: namePolls, Variant: r.Runtime, Summary: r.summary("", func(r PollRun) float64 { return r.Polls }),
			}))
		}
	}
	return result
}

var namePolls = lang.Text{Ko: "1,000개를 처리하는 동안의 폴링", En: "polls for 1,000 items"}

// summary gives the median of one figure of the runs.
func (f FaultRuns) summary(unit string, figure func(PollRun) float64) measure.Summary {
	s := measure.Sample{Unit: unit}
	for _, r := range f.Runs {
		s.Values = append(s.Values, figure(r))
	}
	return s.Summary()
}
