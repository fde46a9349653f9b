package chart

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

// Bar is one bar of a bar chart.
type Bar struct {
	Name  lang.Text
	Value Value
	// Reference draws it hollow: a figure that was not measured here, such as
	// the book's.
	Reference bool
}

// Bars is a chart of bars that lie, each with its interval and its figure: the
// form for names of any length.
func Bars(title Title, axis Axis, bars ...Bar) *charts.Bar {
	return barChart(title, axis, bars, false)
}

// Columns is a chart of bars that stand, for a few short names.
func Columns(title Title, axis Axis, bars ...Bar) *charts.Bar {
	return barChart(title, axis, bars, true)
}

func barChart(title Title, axis Axis, bars []Bar, standing bool) *charts.Bar {
	c := charts.NewBar()
	var names []string
	var values []float64
	var measured, reference, intervals, figures []any
	missing := 0
	d := &details{kind: lang.Text{Ko: "막대 차트", En: "Bar chart"}, axes: []lang.Text{axis.title()}}
	d.table.header = []string{"", axis.title().String(), nameInterval.String()}
	at := func(v any, row int) []any {
		if standing {
			return []any{row, v}
		}
		return []any{v, row}
	}
	for row, b := range bars {
		name := b.Name.String()
		names = append(names, name)
		d.table.rows = append(d.table.rows, []string{name, Number(b.Value.Median), b.Value.interval()})
		d.parts = append(d.parts, said(b.Name, b.Value.text(axis.Unit), b.Reference))
		label := name + "\n" + b.Value.text(axis.Unit)
		var here, other any = item{Name: label, Value: b.Value.Median}, "-"
		if !axis.holds(b.Value.Median) {
			missing++
			here = "-"
		} else {
			end := b.Value.Median
			if b.Value.hasInterval() && axis.holds(b.Value.Lo) {
				end = b.Value.Hi
				intervals = append(intervals, item{Name: label, Value: at(b.Value.Lo, row)}, item{Name: label, Value: at(b.Value.Hi, row)}, gap)
			}
			values = append(values, end)
			figures = append(figures, item{Name: Number(b.Value.Median), Value: at(end, row)})
		}
		if b.Reference {
			here, other = other, here
		}
		measured, reference = append(measured, here), append(reference, other)
	}
	c.SetXAxis(names)
	c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
		Name: nameMeasured.String(), Type: "bar", Data: measured, BarMaxWidth: "34", BarGap: "-100%",
		// Pale inside, so that the whisker shows there too.
		ItemStyle: &opts.ItemStyle{Color: inkMeasuredFill, BorderColor: inkMeasured, BorderWidth: 1.5},
	})
	if hasReference(bars) {
		c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
			Name: nameReference.String(), Type: "bar", Data: reference, BarMaxWidth: "34",
			ItemStyle: &opts.ItemStyle{Color: referenceFill, BorderColor: palette[1], BorderWidth: 2},
		})
	}
	if len(intervals) > 0 {
		c.MultiSeries = append(c.MultiSeries, whiskers(nameInterval.String(), intervals, standing, inkText))
	}
	position := "right"
	if standing {
		position = "top"
	}
	// The figures stand beyond the whiskers, at points that are not seen themselves.
	c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
		Type: "scatter", Data: figures, Symbol: "circle", SymbolSize: 1, ItemStyle: &opts.ItemStyle{Color: unseen, Opacity: opts.Float(1)},
		Label: &opts.Label{Show: opts.Bool(true), Position: position, Formatter: "{b}", FontSize: 12},
	})
	c.MultiSeries = append(c.MultiSeries, marks(axis, !standing)...)
	room := 0.12
	if standing {
		room = 0.06
	}
	lo, hi := axis.bounds(axis.largestOf(values...), room)
	height := defaultHeight
	if standing {
		c.SetGlobalOptions(
			charts.WithXAxisOpts(opts.XAxis{Type: "category"}),
			charts.WithYAxisOpts(opts.YAxis{Type: axis.kind(), Name: axis.title().String(), Min: lo, Max: hi}))
	} else {
		c.XYReversal()
		c.SetGlobalOptions(
			charts.WithXAxisOpts(opts.XAxis{Type: axis.kind(), Name: axis.title().String(), Min: lo, Max: hi}),
			charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true)}))
		height = min(max(150+44*len(bars), 240), 1600)
	}
	head(&c.BaseConfiguration, title, missing, height, d)
	return c
}

func hasReference(bars []Bar) bool {
	for _, b := range bars {
		if b.Reference {
			return true
		}
	}
	return false
}

// said is a line of the alternative text.
func said(name lang.Text, figures string, reference bool) lang.Text {
	if reference {
		name = lang.Format(lang.Same("%s (%s)"), name, nameReference)
	}
	return within(name, lang.Same(figures))
}

// powersOfTwo tells whether all of values are, and there are some.
func powersOfTwo(values []float64) bool {
	for _, v := range values {
		if frac, _ := math.Frexp(v); frac != 0.5 {
			return false
		}
	}
	return len(values) > 0
}
