// Package lock runs the experiments of the notebook on locks: workers that
// increase one counter at the same time, in Go and on every CPython of the
// machine, and what comes out of it run by run.
//
// The counter under test stands in the reader's cell; this package starts the
// workers, repeats the run, and draws the result.
package lock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dustin/go-humanize"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// An Incrementer is a counter that several workers increase at the same time.
type Incrementer interface {
	Increment(by int)
	Count() int // called once all workers have ended
}

// Setup is one race. The zero value is the book's: five workers, 100,000
// increments each.
type Setup struct {
	Workers    int    // workers that increase one counter; 0 means 5
	Increments int    // increments by one that each worker makes; 0 means 100,000
	Runs       int    // counted runs after one warm-up; 0 means 10, see [measure.Repeat]
	Keep       string // the step, such as "54-04", that the counts are kept under; empty: they are not
}

func (s Setup) withDefaults() Setup {
	if s.Workers == 0 {
		s.Workers = 5
	}
	if s.Increments == 0 {
		s.Increments = 100_000
	}
	return s
}

// Expected is the count that no lost update leaves behind.
func (s Setup) Expected() int {
	s = s.withDefaults()
	return s.Workers * s.Increments
}

func (s Setup) check() error {
	if s.Workers < 1 || s.Increments < 1 || s.Runs < 0 {
		return fmt.Errorf("run a race with %d workers, %d increments and %d runs: each must be at least 1, or 0 for the book's number", s.Workers, s.Increments, s.Runs)
	}
	return nil
}

// A Group is the runs of one counter on one runtime.
type Group struct {
	Name   lang.Text
	Python *python.Interpreter // nil: it ran in Go
	Counts measure.Sample      // the final count of each run
}

// A Result is what came of a race.
type Result struct {
	Setup  Setup // with its defaults filled in
	Groups []Group
	Err    error // what did not run, and why; the groups hold the rest
}

// Race lets Go's workers increase a counter of the reader's own, a new one for
// each run. A barrier lets the workers begin together, and the first of them
// wait until every core has one: to wake a second core takes longer than a worker
// takes for 100,000 increments, and the first core would have done them all by
// then, one worker after the other. What this cannot mend is a second core that
// is busy with other work.
func Race(s Setup, newCounter func() Incrementer) Result {
	s = s.withDefaults()
	r := Result{Setup: s}
	if r.Err = s.check(); r.Err != nil {
		return r
	}
	name := lang.Same("Go: " + typeName(newCounter()))
	sample, err := measure.Repeat{Runs: s.Runs, Progress: name}.Run(context.Background(), "", func(context.Context) (float64, error) {
		return float64(s.once(newCounter())), nil
	})
	r.add(name, nil, sample, err)
	return r
}

// once runs all workers on one counter and gives its final count.
func (s Setup) once(counter Incrementer) int {
	together(s.Workers, func(int) {
		for range s.Increments {
			counter.Increment(1)
		}
	})
	return counter.Count()
}

// together runs work in every worker, numbered from 0, and gives the time from
// the first one's start to the last one's end.
func together(workers int, work func(worker int)) time.Duration {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	type span struct {
		begun, ended time.Time
		_            [128]byte // workers that end must not slow those that go on
	}
	spans := make([]span, workers)
	meeting := meeting{cores: int32(min(workers, runtime.GOMAXPROCS(0)))}
	ready.Add(workers)
	for i := range workers {
		done.Go(func() {
			ready.Done()
			<-start
			meeting.join()
			spans[i].begun = time.Now()
			work(i)
			spans[i].ended = time.Now()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	first, last := spans[0].begun, spans[0].ended
	for _, s := range spans[1:] {
		if s.begun.Before(first) {
			first = s.begun
		}
		if s.ended.After(last) {
			last = s.ended
		}
	}
	return last.Sub(first)
}

// A meeting holds the first workers until each has a core of its own.
type meeting struct {
	cores  int32 // as many workers meet
	joined atomic.Int32
	met    atomic.Int32
}

// join waits for the others to have met a hundred times. Workers that have met
// once may still share a core and take turns on it; to meet so often that way
// would take much longer than the 50 ms after which join gives up: another
// program keeps the other core.
func (m *meeting) join() {
	if m.joined.Add(1) > m.cores {
		return
	}
	begun := time.Now()
	for n := int32(1); n <= 100; n++ {
		m.met.Add(1)
		// Yielding would let this core run the others in its turn.
		for m.met.Load() < n*m.cores {
			if time.Since(begun) > 50*time.Millisecond {
				return
			}
		}
	}
}

// typeName is the name of a counter's type as the reader wrote it.
func typeName(counter any) string {
	name := fmt.Sprintf("%T", counter)
	return name[strings.LastIndexAny(name, "*.")+1:]
}

// RacePython runs a script's race on every CPython found, a new process for
// each run. The script is called with the name of its counter's class, the
// workers and the increments of each, and prints {"count": N}. Its path may hold
// ${GONB_TMP_DIR}, as in %%writefile.
func RacePython(s Setup, script, class string) Result {
	s = s.withDefaults()
	r := Result{Setup: s}
	if r.Err = s.check(); r.Err != nil {
		return r
	}
	ctx := context.Background()
	found, err := python.Find(ctx)
	if err != nil {
		r.Err = fmt.Errorf("run %s: %w", filepath.Base(script), err)
	}
	for _, in := range found {
		name := lang.Same(in.Name() + ": " + class)
		program := python.Script{Path: script, Args: []string{class, strconv.Itoa(s.Workers), strconv.Itoa(s.Increments)}}
		sample, err := measure.Repeat{Runs: s.Runs, Progress: name}.Run(ctx, "", func(ctx context.Context) (float64, error) {
			return pythonCount(ctx, in, program)
		})
		r.add(name, &in, sample, err)
		if errors.Is(err, os.ErrNotExist) {
			break // the script itself is missing: the other interpreters would say the same
		}
	}
	return r
}

// pythonCount runs the script once.
func pythonCount(ctx context.Context, in python.Interpreter, program python.Script) (float64, error) {
	lines, err := python.Run[struct{ Count *float64 }](ctx, in, program)
	if err != nil {
		return 0, err
	}
	if len(lines) != 1 || lines[0].Count == nil {
		return 0, fmt.Errorf(`read the results of %s: it printed %d JSON lines; it should print one, {"count": N}`, filepath.Base(program.Path), len(lines))
	}
	return *lines[0].Count, nil
}

// add takes in one group's runs and keeps them for the closing table.
func (r *Result) add(name lang.Text, in *python.Interpreter, counts measure.Sample, err error) {
	if err != nil {
		r.Err = errors.Join(r.Err, fmt.Errorf("%s: %w", name.En, err))
	}
	if len(counts.Values) == 0 {
		return
	}
	r.Groups = append(r.Groups, Group{Name: name, Python: in, Counts: counts})
	if r.Setup.Keep == "" || err != nil {
		return
	}
	runtime, class, _ := strings.Cut(name.En, ": ")
	if n := r.Setup.Expected(); n != (Setup{}).Expected() {
		runtime = lang.Format(lang.Text{
			Ko: "%s, %s번 가운데",
			En: "%s, of %s",
		}, runtime, humanize.Comma(int64(n))).String()
	}
	r.Err = errors.Join(r.Err, measure.Keep(measure.Figure{
		Step: r.Setup.Keep, Name: lang.Same(class), Variant: runtime, Summary: counts.Summary(),
	}))
}

// LostShare gives what share of its updates, in percent, each run of the group
// lost.
func (r Result) LostShare(g Group) []float64 {
	lost := make([]float64, len(g.Counts.Values))
	for i, count := range g.Counts.Values {
		lost[i] = 100 * (1 - count/float64(r.Setup.Expected()))
	}
	return lost
}
