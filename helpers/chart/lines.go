package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

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
	p := newPlot(x, lang.Text{Ko: "선 차트", En: "Line chart"}, Panel{y, lines})
	p.add(p.panels[0])
	return p.chart(title, defaultHeight)
}

// plot is a chart of lines in the making.
type plot struct {
	*charts.Line
	*details
	x       Axis
	panels  []Panel
	stacked bool // drawn as Panels does, whatever the number of panels

	from, to float64        // the ends of all lines along x; from > to: there are none
	looks    map[string]int // the number of the look that a name has
	added    int            // panels so far
	missing  int
	xs       []float64
}

func newPlot(x Axis, kind lang.Text, panels ...Panel) *plot {
	p := &plot{
		Line: charts.NewLine(), x: x, panels: panels, looks: make(map[string]int),
		details: &details{kind: kind, axes: []lang.Text{x.title()}, table: linesTable(x, panels)},
		from:    math.Inf(1), to: math.Inf(-1),
	}
	for _, panel := range panels {
		for _, l := range panel.Lines {
			for _, at := range l.Points {
				if p.xs = append(p.xs, at.X); x.holds(at.X) {
					p.from, p.to = min(p.from, at.X), max(p.to, at.X)
				}
			}
		}
	}
	return p
}

// add draws the lines of one more panel.
func (p *plot) add(panel Panel) {
	x, y, first := p.x, panel.Y, len(p.MultiSeries)
	p.axes = append(p.axes, y.title())
	seen := make(map[string]int) // how often the panel has had a name
	extent := y.extent(panel.Lines)
	var latest []string
	for _, l := range panel.Lines {
		name := l.Name.String()
		points := slices.Clone(l.Points)
		slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
		var data, intervals []any
		for _, at := range points {
			if !x.holds(at.X) || !y.holds(at.Y.Median) {
				p.missing++
				continue
			}
			here, lo, hi := p.items(name, at, y, extent)
			data = append(data, here)
			if at.Y.hasInterval() && y.holds(at.Y.Lo) {
				intervals = append(intervals, lo, hi, gap)
			}
		}
		part := l.said(points, x, y.Unit)
		if len(p.panels) > 1 {
			part = within(y.Name, part)
		}
		p.parts = append(p.parts, part)
		if l.Reference {
			p.MultiSeries = append(p.MultiSeries, charts.SingleSeries{
				Name: name, Type: "line", Data: data, Symbol: "none",
				LineStyle: &opts.LineStyle{Width: 1, Type: "solid", Color: inkText}, ItemStyle: &opts.ItemStyle{Color: unseen},
			})
			continue
		}
		if len(points) > 0 {
			latest = append(latest, name+" = "+strings.TrimSpace(Number(points[len(points)-1].Y.Median)+" "+y.Unit))
		}
		// The same name in another panel is the same thing, twice in one panel it is not.
		key := name + strings.Repeat("\n", seen[name])
		seen[name]++
		if _, known := p.looks[key]; !known {
			p.looks[key] = len(p.looks)
		}
		color, symbol, dash := look(p.looks[key])
		s := charts.SingleSeries{
			Name: name, Type: "line", Data: data, Symbol: symbol, SymbolSize: 8, ShowSymbol: opts.Bool(true),
			LineStyle: &opts.LineStyle{Width: 2, Color: color}, ItemStyle: &opts.ItemStyle{Color: color},
		}
		if p.stacked {
			s.LineStyle.Type = dash
			if p.dense(name) {
				s.Symbol = "none"
			}
		}
		p.MultiSeries = append(p.MultiSeries, s)
		if len(intervals) > 0 {
			whisker := whiskers(name, intervals, true, color)
			whisker.LineStyle.Width = 1.5
			p.MultiSeries = append(p.MultiSeries, whisker)
		}
	}
	p.MultiSeries = append(p.MultiSeries, marks(y, false)...)
	p.MultiSeries = append(p.MultiSeries, marks(x, true)...)
	for i := range p.MultiSeries[first:] {
		p.MultiSeries[first+i].XAxisIndex, p.MultiSeries[first+i].YAxisIndex = p.added, p.added
	}
	if len(latest) > 0 {
		said := strings.Join(latest, ", ")
		if len(p.panels) > 1 {
			said = y.Name.String() + ": " + said
		}
		p.latest = append(p.latest, said)
	}
	p.added++
}

// items gives a point of a line, and the two ends of its interval.
func (p *plot) items(name string, at Point, y Axis, extent float64) (here, lo, hi any) {
	if !p.stacked {
		label := fmt.Sprintf("%s\n%s = %s\n%s", name, p.x.title(), p.x.at(at.X), at.Y.text(y.Unit))
		return item{Name: label, Value: []any{at.X, at.Y.Median}}, item{Name: label, Value: []any{at.X, at.Y.Lo}}, item{Name: label, Value: []any{at.X, at.Y.Hi}}
	}
	// There may be many: the layout says what a bare one is.
	x := p.x.shown(at.X, p.to-p.from)
	here = []any{x, y.shown(at.Y.Median, extent)}
	if at.Y.hasInterval() {
		here = item{Name: at.Y.text(""), Value: here}
	}
	return here, []any{x, y.shown(at.Y.Lo, extent)}, []any{x, y.shown(at.Y.Hi, extent)}
}

// extent is how far the figures of lines are apart.
func (a Axis) extent(lines []Line) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		for _, p := range l.Points {
			if a.holds(p.Y.Median) {
				lo, hi = min(lo, p.Y.Median), max(hi, p.Y.Median)
			}
		}
	}
	return hi - lo
}

// shown gives v without the digits below a hundred-thousandth of the extent, which
// no chart can show: they would take half of an output.
func (a Axis) shown(v, extent float64) float64 {
	digits := 6
	if !a.Log && extent > 0 && v != 0 {
		digits += int(math.Floor(math.Log10(math.Abs(v) / extent)))
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', min(max(digits, 1), 17), 64), 64)
	if err != nil {
		return v
	}
	return short
}

// chart completes the chart, at a height in pixels.
func (p *plot) chart(title Title, height int) *charts.Line {
	p.powers = p.x.Log && powersOfTwo(p.xs)
	if len(p.latest) > 0 && p.from <= p.to {
		p.latest = append([]string{strings.TrimSpace(p.x.Name.String() + " = " + p.x.at(p.to) + " " + p.x.Unit)}, p.latest...)
	}
	if p.x.Names != nil {
		p.SetXAxis(p.x.Names)
	}
	for i, panel := range p.panels {
		lo, hi := p.x.bounds(0, 0)
		x := opts.XAxis{Type: p.x.kind(), Min: lo, Max: hi, GridIndex: i}
		if i == len(p.panels)-1 {
			x.Name = p.x.title().String()
		}
		lo, hi = panel.Y.bounds(0, 0)
		y := opts.YAxis{Type: panel.Y.kind(), Name: panel.Y.title().String(), Min: lo, Max: hi, GridIndex: i}
		if i == 0 {
			p.SetGlobalOptions(charts.WithXAxisOpts(x), charts.WithYAxisOpts(y))
			continue
		}
		if p.x.Names != nil {
			x.Data = p.x.Names
		}
		y.AxisLabel = &opts.AxisLabel{}
		p.ExtendXAxis(x)
		p.ExtendYAxis(y)
	}
	head(&p.BaseConfiguration, title, p.missing, height, p.details)
	return p.Line
}

// look gives the color, the symbol and the dashes of the line with this number. No
// two of the first 49 have the same color and symbol, or the same color and dashes.
func look(n int) (color, symbol, dash string) {
	shape := (n + n/len(palette)) % len(symbols)
	return palette[n%len(palette)], symbols[shape], strokes[shape]
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
func linesTable(x Axis, panels []Panel) table {
	t := table{header: []string{x.title().String()}}
	var xs []float64
	for _, panel := range panels {
		for _, l := range panel.Lines {
			name := l.Name
			if len(panels) > 1 {
				name = within(panel.Y.title(), name)
			}
			t.header = append(t.header, name.String())
			for _, p := range l.Points {
				xs = append(xs, p.X)
			}
		}
	}
	slices.SortFunc(xs, cmp.Compare)
	xs = slices.CompactFunc(xs, func(a, b float64) bool { return cmp.Compare(a, b) == 0 })
	for _, at := range xs {
		row := make([]string, len(t.header))
		row[0] = x.at(at)
		t.rows = append(t.rows, row)
	}
	column := 1
	for _, panel := range panels {
		for _, l := range panel.Lines {
			for _, p := range l.Points {
				row, _ := slices.BinarySearchFunc(xs, p.X, cmp.Compare)
				t.rows[row][column] = p.Y.text("")
			}
			column++
		}
	}
	return t
}
