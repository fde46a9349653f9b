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
	After     float64 `json:"after"`     // looks of workers in the 20 ms after the end
	Peak      float64 `json:"peak"`      // the most items in a queue behind the first stage
	// Bytes is by how much memory grew: in Go what was in use once the first stage had made
	// all items, in Python the most memory that the process had.
	Bytes float64 `json:"bytes"`
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
		return python.One[PollRun](ctx, in, python.Script{Path: script, Args: append(args, strconv.Itoa(c.Size))})
	}}
}

// afterwards is how long workers are watched after the end.
const afterwards = 20 * time.Millisecond

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
	var run PollRun
	if c.Size > 0 {
		run.Bytes = -float64(heapInUse())
	}
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

// The cases that are measured: as in the source's note, whose main thread never pauses; a
// slow first stage, with longer and longer pauses; and a slow second one behind a quick one.
var (
	noteCase  = PollCase{Items: 1000, Pause: 100 * time.Millisecond}
	pauses    = []time.Duration{0, time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond}
	slowFirst = PollCase{Items: 10, Work: [3]time.Duration{time.Millisecond}}
	slowNext  = PollCase{Items: 60, Pause: 10 * time.Millisecond, Look: 10 * time.Millisecond, Work: [3]time.Duration{1: time.Millisecond}, Size: 64 << 10}
)

// MeasureFaults runs the polled pipelines ten times in each of the cases, in the source's,
// which takes seconds on CPython, three times, and keeps the polls of that for the table at
// the end. A runtime that fails is told in the error, and the others are measured.
func MeasureFaults(contests ...PollContest) Faults {
	var result Faults
	ctx := context.Background()
	var sound []PollContest
	for _, contest := range contests {
		err := contest.err
		if err == nil {
			_, err = contest.run(ctx, PollCase{Items: 1})
		}
		if err != nil {
			result.Err = errors.Join(result.Err, err)
			continue
		}
		sound = append(sound, contest)
	}
	cases := []PollCase{slowNext}
	for _, pause := range pauses {
		c := slowFirst
		c.Pause, c.Look = pause, pause
		cases = append(cases, c)
	}
	result.add(ctx, 10, sound, cases)
	note := len(result.Runs)
	result.add(ctx, 3, sound, []PollCase{noteCase})
	for _, r := range result.Runs[note:] {
		if len(r.Runs) > 0 {
			result.Err = errors.Join(result.Err, measure.Keep(measure.Figure{
				Step: "55-04", Name: namePolls, Variant: r.Runtime, Summary: r.summary("", func(r PollRun) float64 { return r.Polls }),
			}))
		}
	}
	return result
}

// add measures the contests in the cases, so many times.
func (f *Faults) add(ctx context.Context, runs int, contests []PollContest, cases []PollCase) {
	var fs []measure.Func
	first := len(f.Runs)
	for _, contest := range contests {
		for _, c := range cases {
			i := len(f.Runs)
			f.Runs = append(f.Runs, FaultRuns{Runtime: contest.runtime, Case: c})
			fs = append(fs, func(ctx context.Context) (float64, error) {
				r, err := contest.run(ctx, c)
				if err == nil {
					f.Runs[i].Runs = append(f.Runs[i].Runs, r)
				}
				return r.Seconds, err
			})
		}
	}
	progress := lang.Text{Ko: "폴링 파이프라인", En: "polled pipelines"}
	samples, err := measure.Repeat{Runs: runs, Progress: progress}.Alternate(ctx, measure.Seconds, fs...)
	f.Err = errors.Join(f.Err, err)
	for i, s := range samples {
		r := &f.Runs[first+i]
		r.Runs = counted(r.Runs, len(s.Values))
	}
}

// counted leaves out the warm-up, which is the first, and what came after the last complete
// round.
func counted[T any](all []T, n int) []T {
	if n == 0 {
		return nil
	}
	return all[1 : n+1]
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
