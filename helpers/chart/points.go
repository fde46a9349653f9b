package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

// Group is a row of single values: one for each run.
type Group struct {
	Name   lang.Text
	Values []float64
	// Estimate is the median and its interval. Where it is zero, the median of
	// Values is marked, without an interval.
	Estimate Value
	// Reference draws hollow symbols with their figures and no median: single
	// figures that were not measured here, such as the sources'.
	Reference bool
}

// Points is a chart of single values, a row for each group, with the median marked
// and its interval. Points that would lie on each other stand side by side.
func Points(title Title, axis Axis, groups ...Group) *charts.Scatter {
	c := charts.NewScatter()
	var names []string
	var all []float64
	var runs, references, intervals, medians []any
	missing := 0
	d := &details{kind: lang.Text{Ko: "점 차트", En: "Dot chart"}, axes: []lang.Text{axis.title()}}
	d.table.left = 4 // the single values, a list
	d.table.header = []string{"", "n", lang.Text{Ko: "중앙값", En: "median"}.String(), nameInterval.String(), axis.title().String()}
	for _, g := range groups {
		all = append(all, slices.DeleteFunc(slices.Clone(g.Values), func(v float64) bool { return !axis.holds(v) })...)
	}
	for row, g := range groups {
		name := g.Name.String()
		names = append(names, name)
		estimate := g.Estimate
		if estimate == (Value{}) {
			estimate = Value{Median: median(g.Values)}
		}
		g.describe(d, estimate, axis)
		offsets := swarm(g.Values, all, axis.Log)
		for i, v := range g.Values {
			if !axis.holds(v) {
				missing++
				continue
			}
			label := Number(v)
			if g.Reference {
				// Neighbours' figures would cover each other on one side.
				side := []string{"top", "bottom"}[rank(g.Values, i)%2]
				references = append(references, item{Name: label, Value: []any{v, row}, Label: map[string]any{"position": side}})
				continue
			}
			runs = append(runs, item{Name: name + "\n" + strings.TrimSpace(label+" "+axis.Unit), Value: []any{v, row}, Offset: []int{0, offsets[i]}})
		}
		if g.Reference || !axis.holds(estimate.Median) {
			continue
		}
		mark := item{Name: Number(estimate.Median), Value: []any{estimate.Median, row}}
		if slices.ContainsFunc(axis.Lines, func(m Mark) bool { return math.Abs(m.At-estimate.Median) < 0.02*math.Abs(m.At) }) {
			// On the dashed line the figure could not be read.
			mark.Label = map[string]any{"position": "left", "distance": 10}
		}
		if len(g.Values) < 2 || slices.Min(g.Values) < slices.Max(g.Values) {
			medians = append(medians, mark)
		} // else the dots say it all, and lie where the mark would
		all = append(all, estimate.Median)
		if estimate.hasInterval() && axis.holds(estimate.Lo) {
			label := name + "\n" + estimate.text(axis.Unit)
			intervals = append(intervals, item{Name: label, Value: []any{estimate.Lo, row}}, item{Name: label, Value: []any{estimate.Hi, row}}, gap)
			all = append(all, estimate.Hi)
		}
	}
	if len(references) > 0 {
		c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
			Name: nameReference.String(), Type: "scatter", Data: references, Symbol: "diamond", SymbolSize: 13,
			ItemStyle:   &opts.ItemStyle{Color: referenceFill, BorderColor: palette[1], BorderWidth: 2, Opacity: opts.Float(1)},
			Label:       &opts.Label{Show: opts.Bool(true), Position: "top", Formatter: "{b}", FontSize: 11},
			LabelLayout: &opts.LabelLayout{HideOverlap: opts.Bool(true)},
		})
	}
	if len(intervals) > 0 {
		c.MultiSeries = append(c.MultiSeries, whiskers(nameMedian.String(), intervals, false, inkText))
	}
	c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
		Name: nameRun.String(), Type: "scatter", Data: runs, Symbol: "circle", SymbolSize: 8,
		ItemStyle: &opts.ItemStyle{Color: inkMeasuredFill, BorderColor: inkMeasured, BorderWidth: 1.5, Opacity: opts.Float(1)},
	})
	if len(medians) > 0 {
		c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
			Name: nameMedian.String(), Type: "scatter", Data: medians, Symbol: "rect", SymbolSize: []int{4, 24},
			ItemStyle: &opts.ItemStyle{Color: inkText, Opacity: opts.Float(1)},
			Label:     &opts.Label{Show: opts.Bool(true), Position: "top", Formatter: "{b}", FontSize: 12, FontWeight: "bold"},
		})
	}
	c.MultiSeries = append(c.MultiSeries, marks(axis, true)...)
	lo, hi := axis.bounds(0, 0)
	c.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: axis.kind(), Name: axis.title().String(), Min: lo, Max: hi, Scale: opts.Bool(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: names, Inverse: opts.Bool(true), SplitLine: &opts.SplitLine{Show: opts.Bool(true)}}))
	pitch := 62
	if len(groups) > 6 {
		pitch = 46 // the least that keeps a row's figure clear of the row above
	}
	head(&c.BaseConfiguration, title, missing, min(max(150+pitch*len(groups), 260), 1800), d)
	return c
}

// describe adds g to the table and to the alternative text.
func (g Group) describe(d *details, estimate Value, axis Axis) {
	var figures []string
	for _, v := range g.Values {
		figures = append(figures, Number(v))
	}
	line := []string{g.Name.String(), fmt.Sprint(len(g.Values)), "", "", strings.Join(figures, "  ")}
	if g.Reference {
		d.parts = append(d.parts, said(g.Name, strings.Join(figures, ", "), true))
	} else {
		line[2], line[3] = Number(estimate.Median), estimate.interval()
		n := len(g.Values)
		d.parts = append(d.parts, lang.Plural(n, lang.Text{Ko: "%s, %d회", En: "%s, %d run"}, lang.Text{Ko: "%s, %d회", En: "%s, %d runs"},
			said(g.Name, estimate.text(axis.Unit), false), n))
	}
	d.table.rows = append(d.table.rows, line)
}

// rank gives how many of the values are smaller than values[i].
func rank(values []float64, i int) (smaller int) {
	for _, v := range values {
		if v < values[i] {
			smaller++
		}
	}
	return smaller
}

// swarm gives for each value how many pixels below its row its point stands, so
// that points of a row lie on each other as little as its height allows. The same
// values always give the same picture.
func swarm(values, all []float64, log bool) []int {
	const plot, dot = 560, 8.0
	scale := func(v float64) float64 {
		if log {
			return math.Log(v)
		}
		return v
	}
	offsets := make([]int, len(values))
	if len(all) == 0 {
		return offsets
	}
	lo, hi := scale(slices.Min(all)), scale(slices.Max(all))
	lanes := []int{0, 7, -7, 14, -14}
	// Values come in order, so that the last point of a lane is the nearest.
	last := slices.Repeat([]float64{math.Inf(-1)}, len(lanes))
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return 0
	})
	for n, i := range order {
		x := 0.0
		if hi > lo {
			x = (scale(values[i]) - lo) / (hi - lo) * plot
		}
		lane := n % len(lanes)
		for l := range lanes {
			if x-last[l] >= dot {
				lane = l
				break
			}
		}
		last[lane] = x
		offsets[i] = lanes[lane]
	}
	return offsets
}
