// Package goroutines records what Go's scheduler does with goroutines: when each of
// them runs and on which P (one of the GOMAXPROCS places to run Go code), when it
// could run and has none, and when it waits, for what and where. The record is an
// execution trace of package runtime/trace.
//
// To record takes time: some hundred nanoseconds for each change of state. Measure
// times in a run of their own.
package goroutines

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/trace"
	"slices"
	"time"

	"interleave/helpers/timeline"
)

// A Recording is what the scheduler did while a function ran.
type Recording struct {
	// Goroutines are the one that called Record, named "main", and all that have
	// started meanwhile, in that order. The runtime's own are left out.
	Goroutines []Goroutine
	Procs      int           // GOMAXPROCS, at its highest
	Length     time.Duration // of the whole recording
	Events     int           // that the trace holds
	Err        error         // why it could not be recorded

	reading time.Duration // the time to make intervals of the trace
}

// A Goroutine is what one goroutine did from its start to its end or, if it did not
// end, that of the recording.
type Goroutine struct {
	Name      string // what it gave [Name], or a number after its function or the one that started it
	Intervals []Interval
}

// An Interval is a time in which a goroutine was in one state. Those of a goroutine
// follow each other without a gap.
type Interval struct {
	State    timeline.State
	From, To time.Duration // since the start of the recording
	P        int           // where it runs, from 0; -1 in any other state
	// Where is the place in the reader's own code at which it waits or was
	// interrupted, such as "worker, main.go:12: mu.Lock()". Empty where there is none.
	Where string
}

// category marks our own entries in a trace.
const category = "interleave"

// Name names the goroutine that calls it, in the recording that is being made. With
// none it does nothing.
func Name(name string) { trace.Log(context.Background(), category, "name "+name) }

// Record runs f and records its goroutines. It records those that f leaves running
// only until f returns. There can be one recording at a time in a process.
func Record(f func()) Recording {
	var buffer bytes.Buffer
	if err := trace.Start(&buffer); err != nil {
		return Recording{Err: fmt.Errorf("record goroutines: %w", err)}
	}
	func() {
		defer trace.Stop() // if f panics too
		trace.Log(context.Background(), category, "begin")
		f()
		trace.Log(context.Background(), category, "end")
	}()
	ended := time.Now()
	r, err := read(&buffer)
	r.reading = time.Since(ended)
	if err != nil {
		return Recording{Err: fmt.Errorf("record goroutines: read the trace: %w", err)}
	}
	r.Procs = max(r.Procs, runtime.GOMAXPROCS(0))
	return r
}

// Between gives the part of the recording from one time to another.
func (r Recording) Between(from, to time.Duration) Recording {
	if from < 0 || to <= from || from >= r.Length {
		r.Err = errors.Join(r.Err, fmt.Errorf("cut a recording from %v to %v: give two times in order, the first one from 0 to less than its %v", from, to, r.Length))
		return r
	}
	part := r
	part.Length = min(to, r.Length) - from
	part.Goroutines = nil
	for _, g := range r.Goroutines {
		cut := Goroutine{Name: g.Name}
		for _, i := range g.Intervals {
			if i.To <= from || i.From >= to {
				continue
			}
			i.From, i.To = max(i.From, from)-from, min(i.To, to)-from
			cut.Intervals = append(cut.Intervals, i)
		}
		if len(cut.Intervals) > 0 {
			part.Goroutines = append(part.Goroutines, cut)
		}
	}
	return part
}

// Overlap tells how far the goroutines work at the same time: the time in which two
// or more run or could run, as a share of that in which one or more do. It is 0 where
// they take turns, for example at a lock; how many cores there are makes no
// difference. The goroutine that records is not counted.
func (r Recording) Overlap() float64 {
	type change struct {
		at time.Duration
		by int
	}
	var changes []change
	for _, g := range r.Goroutines {
		for _, i := range g.Intervals {
			if g.Name != "main" && (i.State == timeline.Running || i.State == timeline.Runnable) {
				changes = append(changes, change{i.From, 1}, change{i.To, -1})
			}
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
	var one, two, last time.Duration
	busy := 0
	for _, c := range changes {
		if busy >= 1 {
			one += c.at - last
		}
		if busy >= 2 {
			two += c.at - last
		}
		busy, last = busy+c.by, c.at
	}
	if one == 0 {
		return 0
	}
	return float64(two) / float64(one)
}

// Life gives the time from the goroutine's start to its end.
func (g Goroutine) Life() time.Duration {
	if len(g.Intervals) == 0 {
		return 0
	}
	return g.Intervals[len(g.Intervals)-1].To - g.Intervals[0].From
}

// In gives the time that the goroutine spent in a state.
func (g Goroutine) In(state timeline.State) (sum time.Duration) {
	for _, i := range g.Intervals {
		if i.State == state {
			sum += i.To - i.From
		}
	}
	return sum
}
