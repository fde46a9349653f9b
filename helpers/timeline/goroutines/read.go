package goroutines

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"reflect"
	"runtime"
	"strings"
	"time"

	"golang.org/x/exp/trace"

	"interleave/helpers/timeline"
)

// A reader makes intervals of a trace's events.
type reader struct {
	begin, end trace.Time // of the recording; end is 0 while it goes on
	now        map[trace.GoID]*goroutine
	order      []*goroutine // those to be shown
	places     map[trace.Stack]place
	sources    map[string][]string // the lines of files
	std        string              // the folder of Go's own packages
	functions  map[string]int      // how many goroutines each function has had
}

// goroutine is one while the trace is read.
type goroutine struct {
	Goroutine
	shown bool
	state timeline.State // empty: it does not run yet, or nothing is known
	since trace.Time
	p     int
	where string
}

// place is what a stack tells of a wait.
type place struct {
	sync     timeline.State // for what, if it waits in package sync
	function string         // the innermost of the reader's own
	where    string         // in it
}

// read reads a trace that holds our own entries for the beginning and the end.
func read(r io.Reader) (Recording, error) {
	events, err := trace.NewReader(r)
	if err != nil {
		return Recording{}, err
	}
	d := reader{
		now:       make(map[trace.GoID]*goroutine),
		places:    make(map[trace.Stack]place),
		sources:   make(map[string][]string),
		functions: make(map[string]int),
		std:       librarySource(),
	}
	n := 0
	var last trace.Time
	for {
		e, err := events.ReadEvent()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Recording{}, err
		}
		n++
		last = e.Time()
		switch e.Kind() {
		case trace.EventLog:
			if log := e.Log(); log.Category == category {
				d.entry(e, log.Message)
			}
		case trace.EventStateTransition:
			if s := e.StateTransition(); s.Resource.Kind == trace.ResourceGoroutine {
				d.transition(e, s)
			}
		}
	}
	if d.begin == 0 {
		return Recording{}, errors.New("it does not hold the beginning")
	}
	if d.end == 0 {
		d.finish(last)
	}
	result := Recording{Events: n, Length: time.Duration(d.end - d.begin)}
	names := make(map[string]int)
	for _, g := range d.order {
		for _, i := range g.Intervals {
			result.Procs = max(result.Procs, i.P+1)
		}
		if names[g.Name]++; names[g.Name] > 1 {
			g.Name = fmt.Sprintf("%s (%d)", g.Name, names[g.Name]) // a chart's rows go by name
		}
		if len(g.Intervals) > 0 {
			result.Goroutines = append(result.Goroutines, g.Goroutine)
		}
	}
	return result, nil
}

// entry takes in one of our own.
func (d *reader) entry(e trace.Event, message string) {
	g := d.goroutine(e.Goroutine())
	switch what, name, _ := strings.Cut(message, " "); what {
	case "begin":
		d.begin = e.Time()
		g.Name = "main"
		d.show(g)
		g.state, g.since, g.p, g.where = timeline.Running, e.Time(), int(e.Proc()), ""
	case "end":
		d.finish(e.Time())
	case "name":
		g.Name = name
	}
}

// finish ends the recording, and what goes on then.
func (d *reader) finish(at trace.Time) {
	d.end = at
	for _, g := range d.order {
		d.leave(g, at)
	}
}

func (d *reader) goroutine(id trace.GoID) *goroutine {
	g := d.now[id]
	if g == nil {
		g = new(goroutine)
		d.now[id] = g
	}
	return g
}

func (d *reader) show(g *goroutine) {
	if !g.shown {
		g.shown = true
		d.order = append(d.order, g)
	}
}

// transition takes in a change of a goroutine's state.
func (d *reader) transition(e trace.Event, s trace.StateTransition) {
	id := s.Resource.Goroutine()
	from, to := s.Goroutine()
	g := d.goroutine(id)
	if from == trace.GoNotExist && d.begin != 0 && d.end == 0 {
		// Its own stack is the function that it starts with.
		if name := firstFunction(s.Stack); name != "" && !strings.HasPrefix(name, "runtime.") && !strings.HasPrefix(name, "runtime/") {
			if own := d.place(s.Stack).function; own != "" {
				name = own
			} else if creator := d.place(e.Stack()).function; creator != "" {
				name = creator // by way of WaitGroup.Go, for example
			}
			if g.Name == "" {
				g.Name = d.number(name)
			}
			d.show(g)
		}
	}
	if !g.shown {
		if to == trace.GoNotExist {
			delete(d.now, id)
		}
		return
	}
	if from == to {
		return // each part of a long trace begins with the states of all
	}
	d.leave(g, e.Time())
	g.since, g.p, g.where = e.Time(), -1, ""
	switch to {
	case trace.GoRunning:
		g.state, g.p = timeline.Running, int(e.Proc())
	case trace.GoRunnable:
		g.state = timeline.Runnable
		if from == trace.GoRunning {
			g.where = d.place(s.Stack).where // it was interrupted there
		}
	case trace.GoSyscall:
		g.state, g.where = timeline.Syscall, d.place(s.Stack).where
	case trace.GoWaiting:
		at := d.place(s.Stack)
		g.state, g.where = waiting(s.Reason, at), at.where
	default:
		g.state = ""
		delete(d.now, id)
	}
}

// leave ends the interval that g is in.
func (d *reader) leave(g *goroutine, at trace.Time) {
	if d.end != 0 && at > d.end || g.state == "" {
		return
	}
	from, to := time.Duration(g.since-d.begin), time.Duration(at-d.begin)
	if to > from {
		g.Intervals = append(g.Intervals, Interval{State: g.state, From: from, To: to, P: g.p, Where: g.where})
	}
	g.state = ""
}

// number gives a goroutine that has no name that of its function, numbered from 1.
func (d *reader) number(function string) string {
	d.functions[function]++
	return fmt.Sprintf("%s #%d", function, d.functions[function])
}

// shortName leaves out a function's package.
func shortName(function string) string {
	_, name, _ := strings.Cut(function[strings.LastIndex(function, "/")+1:], ".")
	return name
}

// waiting gives the state for the runtime's reason of a wait.
func waiting(reason string, at place) timeline.State {
	switch reason {
	case "chan receive", "chan send", "select":
		return timeline.Channel
	case "sleep":
		return timeline.Sleeping
	case "network":
		return timeline.Network
	case "sync":
		return at.sync
	}
	return timeline.Blocked
}

func firstFunction(s trace.Stack) string {
	for f := range s.Frames() {
		return f.Func
	}
	return ""
}

// place reads a stack, once.
func (d *reader) place(s trace.Stack) place {
	if p, ok := d.places[s]; ok {
		return p
	}
	p := place{sync: timeline.Blocked}
	for f := range s.Frames() {
		switch {
		case strings.HasPrefix(f.Func, "sync.(*Mutex).Lock"), strings.HasPrefix(f.Func, "sync.(*RWMutex)."):
			p.sync = timeline.Waiting
		case strings.HasPrefix(f.Func, "sync.(*WaitGroup).Wait"):
			p.sync = timeline.Group
		}
		if p.where == "" && d.readers(f) {
			p.function = shortName(f.Func)
			p.where = d.told(f)
		}
	}
	d.places[s] = p
	return p
}

// readers tells whether a frame is of the reader's own code.
func (d *reader) readers(f trace.StackFrame) bool {
	if d.std == "" { // built with -trimpath: no file tells where it comes from
		return strings.HasPrefix(f.Func, "main.")
	}
	return !strings.HasPrefix(f.File, d.std) && !strings.HasPrefix(f.Func, "interleave/helpers/timeline/goroutines.")
}

// told writes "worker, main.go:12: mu.Lock()".
func (d *reader) told(f trace.StackFrame) string {
	text := fmt.Sprintf("%s, %s:%d", shortName(f.Func), path.Base(f.File), f.Line)
	lines, ok := d.sources[f.File]
	if !ok {
		if content, err := os.ReadFile(f.File); err == nil {
			lines = strings.Split(string(content), "\n")
		}
		d.sources[f.File] = lines
	}
	if n := int(f.Line); n >= 1 && n <= len(lines) {
		text += ": " + strings.TrimSpace(lines[n-1])
	}
	return text
}

// librarySource gives the folder that holds the source of Go's own packages, as
// stacks name it; nothing where they do not.
func librarySource() string {
	file, _ := runtime.FuncForPC(reflect.ValueOf(time.Sleep).Pointer()).FileLine(0)
	dir, _, _ := strings.Cut(file, "runtime/time.go")
	return dir
}
