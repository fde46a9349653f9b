package goroutines

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/timeline"
)

// mostSpans is how many spans a chart of one recording shows at the most.
const mostSpans = 240

// Part gives the recording as a part of a timeline, a row for each goroutine.
// Where they are many, its spans are not the intervals themselves: see
// [Recording.Step].
func (r Recording) Part(name lang.Text) timeline.Part {
	p := timeline.Part{Name: name, Err: r.Err}
	step := r.Step()
	for _, g := range r.rows() {
		for _, i := range g.every(step, r.Length) {
			p.Spans = append(p.Spans, timeline.Span{Row: g.Name, State: i.State, From: i.From.Seconds(), To: i.To.Seconds(), Note: i.note()})
		}
	}
	return p
}

// Step is 0 where the recording has few enough intervals to draw all of them. Else
// it is the length of the steps in which they are drawn: within each, the times that
// a goroutine spends in a state are added up, so that no state is lost, however
// short, and none grows. Between gives a part that has fewer.
func (r Recording) Step() time.Duration {
	n := 0
	rows := r.rows()
	for _, g := range rows {
		n += len(g.Intervals)
	}
	if n <= mostSpans || len(rows) == 0 {
		return 0
	}
	// A step of a row seldom has more than three states.
	steps := max(mostSpans/(3*len(rows)), 4)
	return r.Length / time.Duration(steps)
}

// mostRows is how many goroutines a chart shows.
const mostRows = 40

// rows gives the goroutines that a chart shows: where they are many, the first.
func (r Recording) rows() []Goroutine {
	return r.Goroutines[:min(len(r.Goroutines), mostRows)]
}

// every gives the goroutine's intervals, or what becomes of them in steps.
func (g Goroutine) every(step, length time.Duration) []Interval {
	if step == 0 {
		return g.Intervals
	}
	var drawn []Interval
	next := 0
	for from := time.Duration(0); from < length; from += step {
		to := min(from+step, length)
		var here []Interval // one for each state and P, in the order in which they come
		at := to
		for next < len(g.Intervals) && g.Intervals[next].From < to {
			i := g.Intervals[next]
			begin, end := max(i.From, from), min(i.To, to)
			at = min(at, begin)
			k := slices.IndexFunc(here, func(h Interval) bool { return h.State == i.State })
			if k < 0 {
				k = len(here)
				here = append(here, Interval{State: i.State, P: -1})
			}
			if end-begin > here[k].From { // the longest so far: it tells the place
				here[k].From, here[k].P, here[k].Where = end-begin, i.P, i.Where
			}
			here[k].To += end - begin // lengths, for now
			if i.To > to {
				break
			}
			next++
		}
		for _, h := range here {
			h.From, h.To = at, at+h.To
			at = h.To
			if n := len(drawn); n > 0 && drawn[n-1].State == h.State && drawn[n-1].P == h.P && drawn[n-1].Where == h.Where && drawn[n-1].To == h.From {
				drawn[n-1].To = h.To
				continue
			}
			drawn = append(drawn, h)
		}
	}
	return drawn
}

// note is the P of one that runs, and the place of one that waits.
func (i Interval) note() string {
	if i.State == timeline.Running && i.P >= 0 {
		return fmt.Sprint("P", i.P)
	}
	return i.Where
}

// Chart shows what each goroutine did when.
func (r Recording) Chart(title lang.Text) {
	Chart(title, Titled{lang.Text{}, r})
}

// Titled is a recording with a heading of its own in a chart of several.
type Titled struct {
	Name lang.Text
	Recording
}

// Chart shows several recordings in one chart, one below the other.
func Chart(title lang.Text, recordings ...Titled) {
	above, parts := partsOf(title, recordings)
	timeline.Show(above, parts...)
}

// partsOf returns what [timeline.Show] shows of recordings.
func partsOf(title lang.Text, recordings []Titled) (above chart.Title, parts []timeline.Part) {
	var note lang.Text
	for _, r := range recordings {
		parts = append(parts, r.Part(r.Name))
		note = lang.Join(" ", note, r.said(r.Name))
	}
	return chart.Title{Text: title, Note: note}, parts
}

// said is what a reader must know of how the recording is drawn.
func (r Recording) said(name lang.Text) lang.Text { return r.saidOf(name, r.Step()) }

func (r Recording) saidOf(name lang.Text, step time.Duration) lang.Text {
	var all []lang.Text
	if step > 0 {
		all = append(all, lang.Format(lang.Text{
			Ko: "%s ms마다 상태별 시간을 더해서 그렸다",
			En: "drawn in steps of %s ms, with the times of each state added up",
		}, chart.Number(1000*step.Seconds())))
	}
	if n := len(r.Goroutines); n > mostRows {
		all = append(all, lang.Format(lang.Text{Ko: "고루틴 %[2]s개 가운데 처음 %[1]d개", En: "the first %d of %s goroutines"}, mostRows, chart.Number(float64(n))))
	}
	if len(all) == 0 {
		return lang.Text{}
	}
	said := lang.Format(lang.Same("%s."), lang.Join(", ", all...))
	if name != (lang.Text{}) {
		said = lang.Format(lang.Same("%s: %s"), name, said)
	}
	return said
}

// ChartProcs shows which goroutine ran on each P when.
func (r Recording) ChartProcs(title lang.Text) { timeline.Show(r.procs(title)) }

func (r Recording) procs(title lang.Text) (chart.Title, timeline.Part) {
	part := timeline.Part{Err: r.Err}
	type run struct {
		Interval
		name string
	}
	byP := make([][]run, r.Procs)
	n := 0
	for _, g := range r.Goroutines {
		for _, i := range g.Intervals {
			if i.State == timeline.Running && i.P >= 0 && i.P < r.Procs {
				byP[i.P] = append(byP[i.P], run{i, g.Name})
				n++
			}
		}
	}
	var least time.Duration // shorter runs are left out of the chart
	if n > mostSpans {
		lengths := make([]time.Duration, 0, n)
		for _, runs := range byP {
			for _, i := range runs {
				lengths = append(lengths, i.To-i.From)
			}
		}
		slices.Sort(lengths)
		least = lengths[n-mostSpans]
	}
	for p, runs := range byP {
		slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(a.From, b.From) })
		for _, i := range runs {
			if i.To-i.From >= least {
				part.Spans = append(part.Spans, timeline.Span{Row: fmt.Sprint("P", p), State: timeline.State(i.name), From: i.From.Seconds(), To: i.To.Seconds()})
			}
		}
	}
	note := lang.Text{Ko: "P는 Go 코드를 실행할 자리다. 빈 곳에서는 기록한 고루틴이 실행되지 않았다.", En: "A P is a place to run Go code. Where it is empty, none of the recorded goroutines ran."}
	if least > 0 {
		note = lang.Join(" ", note, lang.Format(lang.Text{
			Ko: "%s µs보다 짧은 것은 뺐다.",
			En: "What is shorter than %s µs is left out.",
		}, chart.Number(float64(least.Nanoseconds())/1000)))
	}
	return chart.Title{Text: title, Note: note}, part
}

// ChartTotals shows where each goroutine's time went: its states one after the
// other, each as long as all of its intervals together.
func (r Recording) ChartTotals(title lang.Text) { timeline.Show(r.totals(title)) }

func (r Recording) totals(title lang.Text) (chart.Title, timeline.Part) {
	part := timeline.Part{Err: r.Err}
	for _, g := range r.rows() {
		var states []timeline.State
		for _, i := range g.Intervals {
			if !slices.Contains(states, i.State) {
				states = append(states, i.State)
			}
		}
		slices.SortStableFunc(states, func(a, b timeline.State) int { return cmp.Compare(g.In(b), g.In(a)) })
		if k := slices.Index(states, timeline.Running); k > 0 {
			states = append([]timeline.State{timeline.Running}, slices.Delete(states, k, k+1)...)
		}
		at := time.Duration(0)
		for _, s := range states {
			to := at + g.In(s)
			share := fmt.Sprintf("%.0f%%", 100*float64(g.In(s))/float64(g.Life()))
			part.Spans = append(part.Spans, timeline.Span{Row: g.Name, State: s, From: at.Seconds(), To: to.Seconds(), Note: share})
			at = to
		}
	}
	return chart.Title{Text: title, Note: r.saidOf(lang.Text{}, 0)}, part // sums need no steps
}

// String gives a line for each goroutine.
func (r Recording) String() string {
	var lines []string
	for _, g := range r.Goroutines {
		lines = append(lines, fmt.Sprintf("%s: %v, running %v", g.Name, g.Life(), g.In(timeline.Running)))
	}
	if r.Err != nil {
		lines = append(lines, r.Err.Error())
	}
	return strings.Join(lines, "\n")
}
