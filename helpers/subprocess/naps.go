package subprocess

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
	"interleave/helpers/timeline"
)

// Naps are children that only sleep: what they take beyond that is the price of
// starting children and waiting for them. The zero value is ten naps of 100 ms.
type Naps struct {
	Children int           // 0 means 10
	Nap      time.Duration // how long each child sleeps; 0 means 100 ms
	Runs     int           // counted runs after one warm-up; 0 means 10, see [measure.Repeat]
	// Keep is the step, such as "52-04", under which the times are kept for the table
	// at the end; empty: they are not. Other naps than the source's, ten of a second,
	// are never kept: they cannot stand beside its figures.
	Keep string
}

// mostNaps keeps a slip of the reader's from filling the machine's table of
// processes.
const mostNaps = 1000

func (n Naps) withDefaults() (Naps, error) {
	n.Children, n.Nap = cmp.Or(n.Children, 10), cmp.Or(n.Nap, 100*time.Millisecond)
	if n.Children < 1 || n.Children > mostNaps || n.Nap < 0 || n.Runs < 0 {
		return n, fmt.Errorf("let %d children sleep for %v, in %d runs: 1 to %d children, and neither time nor runs below 0", n.Children, n.Nap, n.Runs, mostNaps)
	}
	return n, nil
}

// children makes new ones.
func (n Naps) children() []Child {
	all := make([]Child, n.Children)
	for i := range all {
		all[i] = exec.Command("sleep", seconds(n.Nap))
	}
	return all
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

// Record lets the children sleep once, in the way given, and gives their lives.
func (n Naps) Record(name lang.Text, way func([]Child) error) timeline.Part {
	n, err := n.withDefaults()
	if err != nil {
		return timeline.Part{Name: name, Err: err}
	}
	var lives Lives
	children := n.children()
	for i, c := range children {
		children[i] = lives.Record(fmt.Sprint("child ", i+1), c.(*exec.Cmd))
	}
	err = way(children)
	return timeline.Part{Name: name, Spans: lives.Spans(), Err: err}
}

// RecordPython is Record for a script, on the default CPython: see [Naps.Python].
func (n Naps) RecordPython(name lang.Text, script, way string) timeline.Part {
	n, err := n.withDefaults()
	if err != nil {
		return timeline.Part{Name: name, Err: err}
	}
	return timeline.Python(name, script, n.args(way)...)
}

func (n Naps) args(way string) []string {
	return []string{way, strconv.Itoa(n.Children), seconds(n.Nap)}
}

// A Way is one way to let children sleep, on one runtime.
type Way struct {
	name    lang.Text
	runtime string
	run     func(context.Context, Naps) (seconds float64, err error)
	err     error // why there is none
}

// Go is a function of the reader's that starts the children and waits for them.
func Go(name lang.Text, way func([]Child) error) Way {
	return Way{name: name, runtime: "Go", run: func(_ context.Context, n Naps) (float64, error) {
		begun := time.Now() // to look for the program is a part of it, as in Python
		err := way(n.children())
		return time.Since(begun).Seconds(), err
	}}
}

// Python is a script's way on the default CPython. The script is called with the
// way's name, the number of children and the seconds that each sleeps, and prints
// the children's lives as a line of JSON for each [timeline.Span]. The time is
// that from the start of the first span to the end of the last. The script's path
// may hold ${GONB_TMP_DIR}, as in %%writefile.
func Python(name lang.Text, script, way string) Way {
	in, err := python.Default(context.Background())
	if err != nil {
		return Way{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)}
	}
	return onPython(in, name, script, way)
}

// EachPython is Python on every CPython found.
func EachPython(name lang.Text, script, way string) (ways []Way) {
	found, err := python.Find(context.Background())
	if err != nil {
		ways = append(ways, Way{err: fmt.Errorf("run %s: %w", filepath.Base(script), err)})
	}
	for _, in := range found {
		ways = append(ways, onPython(in, name, script, way))
	}
	return ways
}

func onPython(in python.Interpreter, name lang.Text, script, way string) Way {
	return Way{name: name, runtime: in.Name(), run: func(ctx context.Context, n Naps) (float64, error) {
		limit := 30*time.Second + time.Duration(n.Children)*n.Nap
		spans, err := python.Run[timeline.Span](ctx, in, python.Script{Path: script, Args: n.args(way), Timeout: limit})
		if err != nil {
			return 0, err
		}
		from, to := math.Inf(1), math.Inf(-1)
		lives := make(map[string]bool)
		for _, s := range spans {
			from, to = min(from, s.From), max(to, s.To)
			lives[s.Row] = true
		}
		if len(lives) != n.Children {
			return 0, fmt.Errorf("read the results of %s: it printed the lives of %d children, and was to start %d", filepath.Base(script), len(lives), n.Children)
		}
		return to - from, nil
	}}
}

// A Timing is how long one way took, from the first child's start until all had
// been waited for.
type Timing struct {
	Name    lang.Text
	Runtime string         // "Go", or the CPython's name
	Times   measure.Sample // of each run, in seconds
}

// Timings are those of several ways, measured in turn within one run.
type Timings struct {
	Naps    Naps // with its defaults filled in
	Timings []Timing
	Left    Left  // by Go's children in the warm-up, which shows nothing and so opens nothing else
	Err     error // what was not measured, and why
}

// Measure measures the ways in turn.
func (n Naps) Measure(ways ...Way) Timings {
	n, err := n.withDefaults()
	t := Timings{Naps: n, Err: err}
	if err != nil {
		return t
	}
	first := n // the warm-up
	if n.Nap >= time.Second {
		first.Children, first.Nap = 1, time.Millisecond
	}
	before, err := Count()
	t.Err = errors.Join(t.Err, err)
	var runs []measure.Func
	for _, w := range ways {
		if w.err == nil {
			// One that fails must not end the measuring of the others.
			_, w.err = w.run(context.Background(), first)
		}
		switch {
		case w.err == nil:
			t.Timings = append(t.Timings, Timing{Name: w.name, Runtime: w.runtime})
			runs = append(runs, func(ctx context.Context) (float64, error) { return w.run(ctx, n) })
		case errors.Is(w.err, os.ErrNotExist) && errors.Is(t.Err, os.ErrNotExist):
			// The script is missing for every CPython.
		default:
			t.Err = errors.Join(t.Err, w.err)
		}
	}
	if after, err := Count(); err == nil {
		t.Left = after.Since(before)
	}
	if len(runs) == 0 {
		return t
	}
	samples, err := n.repeat().Alternate(context.Background(), measure.Seconds, runs...)
	t.Err = errors.Join(t.Err, err)
	for i := range t.Timings {
		t.Timings[i].Times = samples[i]
		if n.Keep == "" || err != nil || !n.noted() {
			continue
		}
		t.Err = errors.Join(t.Err, measure.Keep(measure.Figure{
			Step: n.Keep, Name: t.Timings[i].Name, Variant: t.Timings[i].Runtime, Summary: samples[i].Summary(),
		}))
	}
	t.Timings = slices.DeleteFunc(t.Timings, func(t Timing) bool { return len(t.Times.Values) == 0 })
	return t
}

// noted tells whether these are the naps that the source has figures for.
func (n Naps) noted() bool { return n.Children == 10 && n.Nap == time.Second }

// repeat says how often to measure, after a warm-up of our own.
func (n Naps) repeat() measure.Repeat {
	r := measure.Repeat{Runs: n.Runs, Warmups: -1, Progress: lang.Text{Ko: "잠만 자는 자식들", En: "children that sleep"}}
	if n.Nap >= time.Second && measure.Quick() {
		r.Runs = 1
	}
	return r
}

// Overhead gives what each run of a way took beyond one nap, in seconds: the price
// of ten children, where all of them sleep at the same time.
func (t Timings) Overhead(of Timing) measure.Sample {
	over := measure.Sample{Unit: measure.Seconds}
	for _, v := range of.Times.Values {
		over.Values = append(over.Values, v-t.Naps.Nap.Seconds())
	}
	return over
}
