// Package timeline records which worker was in which state from when to when, in
// Go or from what a Python script prints, and draws it: a row for each worker, time
// from left to right.
package timeline

import (
	"context"
	"fmt"
	"path/filepath"

	"interleave/helpers/lang"
	"interleave/helpers/python"
)

// State is what a worker is doing. Any word is a state; these have a name in both
// languages and a look of their own in every chart.
type State string

const (
	Holding  State = "holding"  // holds the lock
	Waiting  State = "waiting"  // waits for the lock
	Running  State = "running"  // works, with no lock in the matter
	Starting State = "starting" // a child process before its program runs
	Ending   State = "ending"   // a child process that was sent a signal
	Ended    State = "ended"    // a child process that nobody has waited for: a zombie
	Runnable State = "runnable" // a goroutine or thread that waits for a core
	Syscall  State = "syscall"  // in a system call
	Channel  State = "channel"  // waits for a channel, or for one of several
	Group    State = "group"    // waits for the end of others: WaitGroup, join
	Sleeping State = "sleeping" // waits for a time
	Network  State = "network"  // waits for the network or a pipe
	Getting  State = "getting"  // waits for an item from a queue
	Putting  State = "putting"  // waits for room in a queue
	Blocked  State = "blocked"  // waits for something else
)

// Span is a stretch of time that a worker spent in one state. As JSON it is
//
//	{"row": "worker 1", "state": "running", "from": 0.0, "to": 0.1, "note": "0 → 1"}
//
// so that python.Run[timeline.Span] reads what a script prints, a span a line.
type Span struct {
	Row   string  `json:"row"` // the worker's name
	State State   `json:"state"`
	From  float64 `json:"from"` // seconds since the recording began
	To    float64 `json:"to"`
	// Note is a word or two on what came of it: it stands above the span.
	Note string `json:"note,omitempty"`
	// Open says that the span had not ended yet: To is when the recording was read.
	Open bool `json:"open,omitempty"`
}

// Part is one recording of several that a chart compares.
type Part struct {
	Name  lang.Text
	Spans []Span
	Err   error // what kept it from being recorded; [Show] tells it below the chart
}

// Python runs a script on the default CPython and takes the spans that it prints, a
// line of JSON each: see [Span]. Its path may hold ${GONB_TMP_DIR}, as in
// %%writefile.
func Python(name lang.Text, script string, args ...string) Part {
	ctx := context.Background()
	in, err := python.Default(ctx)
	if err != nil {
		return Part{Name: name, Err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	spans, err := python.Run[Span](ctx, in, python.Script{Path: script, Args: args})
	return Part{Name: name, Spans: spans, Err: err}
}
