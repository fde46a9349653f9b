package chart

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

// Line is one line of a line chart.
type Line struct {
	Name   lang.Text
	Points []Point
	// Reference draws it thin, without colour and symbols: what theory promises.
	Reference bool
}

// Point is a value of a line at X.
type Point struct {
	X float64
	Y Value
}

// Lines is a chart of y against x, each point with its interval.
func Lines(title Title, x, y Axis, lines ...Line) *charts.Line {
	c := charts.NewLine()
	missing, measured := 0, 0
	d := &details{kind: lang.Text{Ko: "선 차트", En: "Line chart"}, axes: []lang.Text{x.title(), y.title()}}
	var xs []float64
	for _, l := range lines {
		name := l.Name.String()
		points := slices.Clone(l.Points)
		slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
		var data, intervals []any
		for _, p := range points {
			xs = append(xs, p.X)
			if !x.holds(p.X) || !y.holds(p.Y.Median) {
				missing++
				continue
			}
			label := fmt.Sprintf("%s\n%s = %s\n%s", name, x.title(), x.at(p.X), p.Y.text(y.Unit))
			data = append(data, item{Name: label, Value: []any{p.X, p.Y.Median}})
			if p.Y.hasInterval() && y.holds(p.Y.Lo) {
				intervals = append(intervals, item{Name: label, Value: []any{p.X, p.Y.Lo}}, item{Name: label, Value: []any{p.X, p.Y.Hi}}, gap)
			}
		}
		d.parts = append(d.parts, l.said(points, x, y.Unit))
		if l.Reference {
			c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
				Name: name, Type: "line", Data: data, Symbol: "none",
				LineStyle: &opts.LineStyle{Width: 1, Type: "solid", Color: inkText}, ItemStyle: &opts.ItemStyle{Color: unseen},
			})
			continue
		}
		color, symbol := look(measured)
		measured++
		c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
			Name: name, Type: "line", Data: data, Symbol: symbol, SymbolSize: 8, ShowSymbol: opts.Bool(true),
			LineStyle: &opts.LineStyle{Width: 2, Color: color}, ItemStyle: &opts.ItemStyle{Color: color},
		})
		if len(intervals) > 0 {
			whisker := whiskers(name, intervals, true, color)
			whisker.LineStyle.Width = 1.5
			c.MultiSeries = append(c.MultiSeries, whisker)
		}
	}
	d.table = linesTable(x, lines)
	c.MultiSeries = append(c.MultiSeries, marks(y, false)...)
	c.MultiSeries = append(c.MultiSeries, marks(x, true)...)
	d.powers = x.Log && powersOfTwo(xs)
	xlo, xhi := x.bounds(0, 0)
	ylo, yhi := y.bounds(0, 0)
	if x.Names != nil {
		c.SetXAxis(x.Names)
	}
	c.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: x.kind(), Name: x.title().String(), Min: xlo, Max: xhi}),
		charts.WithYAxisOpts(opts.YAxis{Type: y.kind(), Name: y.title().String(), Min: ylo, Max: yhi}))
	head(&c.BaseConfiguration, title, missing, defaultHeight, d)
	return c
}

// look gives the color and the symbol of the line with this number. No two of the
// first 49 have the same.
func look(n int) (color, symbol string) {
	return palette[n%len(palette)], symbols[(n+n/len(palette))%len(symbols)]
}

// said is the line's part of the alternative text: its first and its last point.
func (l Line) said(points []Point, x Axis, unit string) lang.Text {
	if len(points) == 0 {
		return said(l.Name, "–", l.Reference)
	}
	first, last := points[0], points[len(points)-1]
	figures := fmt.Sprintf("%s → %s (x: %s → %s)", first.Y.text(unit), last.Y.text(unit), x.at(first.X), x.at(last.X))
	return said(l.Name, figures, false)
}

// linesTable has a row for each x and a column for each line.
func linesTable(x Axis, lines []Line) table {
	t := table{header: []string{x.title().String()}}
	var xs []float64
	for _, l := range lines {
		t.header = append(t.header, l.Name.String())
		for _, p := range l.Points {
			xs = append(xs, p.X)
		}
	}
	slices.SortFunc(xs, cmp.Compare)
	for _, at := range slices.CompactFunc(xs, func(a, b float64) bool { return cmp.Compare(a, b) == 0 }) {
		row := []string{x.at(at)}
		for _, l := range lines {
			cell := ""
			for _, p := range l.Points {
				if cmp.Compare(p.X, at) == 0 {
					cell = p.Y.text("")
				}
			}
			row = append(row, cell)
		}
		t.rows = append(t.rows, row)
	}
	return t
}
