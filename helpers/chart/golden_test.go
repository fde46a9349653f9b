package chart_test

import (
	"math"
	"testing"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
)

func TestGolden(t *testing.T) {
	bars := func() chart.Chart { return chart.SampleBars() }
	spans := func() chart.Chart { return chart.SampleSpans() }
	charttest.Golden(t, charttest.Charts{
		"bars":         bars,
		"bars.ko":      bars,
		"bars.en":      bars,
		"bars-bounds":  boundedBars,
		"bars-missing": missingBars,
		"bars-more":    moreBars,
		"columns":      func() chart.Chart { return chart.SampleColumns() },
		"points":       func() chart.Chart { return chart.SamplePoints() },
		"points-many":  manyPoints,
		"points-odd":   oddPoints,
		"lines":        func() chart.Chart { return chart.SampleLines() },
		"lines-marks":  markedLines,
		"lines-names":  linesAlongNames,
		"lines-none":   func() chart.Chart { return chart.Lines(chart.Title{}, chart.Axis{}, chart.Axis{}) },
		"panels":       func() chart.Chart { return chart.SamplePanels(3) },
		"panels-dense": densePanel,
		"panels-table": panelsOfTwo,
		"spans":        spans,
		"spans.en":     spans,
		"spans-short":  shortSpans,
		"foreign-bars": func() chart.Chart { return chart.SampleForeign() },
		"foreign-line": foreignLines,
		"foreign-look": foreignLook,
		"foreign-none": func() chart.Chart { return charts.NewScatter() },
		"foreign-odd":  foreignOdd,
		"foreign-pie":  func() chart.Chart { return chart.SamplePie() },
		"foreign-net":  foreignGraph,
	})
}

func mark(name string, at float64) []chart.Mark { return []chart.Mark{{Name: lang.Same(name), At: at}} }

func boundedBars() chart.Chart {
	least, most := 1.0, 50.0
	return chart.Bars(chart.Title{Text: lang.Same("t")},
		chart.Axis{Name: lang.Same("time"), Unit: "ms", Min: &least, Max: &most, Lines: mark("limit", 40)},
		chart.Bar{Name: lang.Same("a"), Value: chart.Value{Median: 12, Lo: 10, Hi: 15}},
		chart.Bar{Name: lang.Same("a book"), Value: chart.Value{Median: 45}, Reference: true})
}

// missingBars has what cannot stand on its axis, and an interval that is none.
func missingBars() chart.Chart {
	return chart.Columns(chart.Title{Text: lang.Same("t"), Note: lang.Text{Ko: "말", En: "words"}},
		chart.Axis{Name: lang.Same("n"), Log: true},
		chart.Bar{Name: lang.Same("zero")},
		chart.Bar{Name: lang.Same("none"), Value: chart.Value{Median: math.NaN()}},
		chart.Bar{Name: lang.Same("odd"), Value: chart.Value{Median: 5, Lo: 6, Hi: 4}})
}

// moreBars has a series of its author's beside those of the builder.
func moreBars() chart.Chart {
	c := chart.Bars(chart.Title{}, chart.Axis{Name: lang.Same("time"), Unit: "ms"},
		chart.Bar{Name: lang.Same("a"), Value: chart.Value{Median: 12, Lo: 10, Hi: 15}})
	c.AddSeries("mine", []opts.BarData{{Value: 77}})
	return c
}

// manyPoints has so many groups that they move closer.
func manyPoints() chart.Chart {
	var groups []chart.Group
	for i := range 7 {
		groups = append(groups, chart.Group{Name: lang.Same("g"), Values: []float64{float64(i), 10}})
	}
	return chart.Points(chart.Title{Text: lang.Same("t")}, chart.Axis{Name: lang.Same("n"), Unit: "s"}, groups...)
}

func oddPoints() chart.Chart {
	return chart.Points(chart.Title{}, chart.Axis{Name: lang.Same("n"), Log: true, Lines: mark("goal", 5)},
		chart.Group{Name: lang.Same("some"), Values: []float64{0, -1, 5}},
		chart.Group{Name: lang.Same("one"), Values: []float64{2}},
		chart.Group{Name: lang.Same("none")})
}

func markedLines() chart.Chart {
	return chart.Lines(chart.Title{Text: lang.Same("t")},
		chart.Axis{Name: lang.Same("x"), Unit: "KiB", Lines: mark("even", 1.5)},
		chart.Axis{Name: lang.Same("y"), Lines: mark("ceiling", 40)},
		chart.Line{Name: lang.Same("l"), Points: []chart.Point{
			{X: 1, Y: chart.Value{Median: 10}}, {X: 2, Y: chart.Value{Median: 30, Lo: 20, Hi: 40}},
		}})
}

func linesAlongNames() chart.Chart {
	return chart.Lines(chart.Title{Text: lang.Same("By version")},
		chart.Axis{Name: lang.Same("version"), Names: []string{"3.9", "3.10", "3.11.2"}},
		chart.Axis{Name: lang.Same("lost"), Unit: "%"},
		chart.Line{Name: lang.Same("Counter"), Points: []chart.Point{
			{X: 0, Y: chart.Value{Median: 40, Lo: 30, Hi: 50}}, {X: 2}, {X: 1, Y: chart.Value{Median: 5}},
		}})
}

// densePanel has more points than can have symbols.
func densePanel() chart.Chart {
	l := chart.Line{Name: lang.Same("l")}
	for i := range 17 {
		l.Points = append(l.Points, chart.Point{X: float64(i), Y: chart.Value{Median: float64(i * i)}})
	}
	return chart.Panels(chart.Title{Text: lang.Same("t")}, chart.Axis{Name: lang.Same("x")},
		chart.Panel{Y: chart.Axis{Name: lang.Same("y")}, Lines: []chart.Line{l}})
}

func panelsOfTwo() chart.Chart {
	point := func(x, y float64) chart.Point { return chart.Point{X: x, Y: chart.Value{Median: y}} }
	name := lang.Text{Ko: "가", En: "a"}
	return chart.Panels(chart.Title{}, chart.Axis{Name: lang.Same("x"), Lines: mark("end", 4)},
		chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "위", En: "up"}, Unit: "ms"}, Lines: []chart.Line{
			{Name: name, Points: []chart.Point{point(2, 20), point(1, 10)}},
		}},
		chart.Panel{Y: chart.Axis{Name: lang.Same("down")}, Lines: []chart.Line{
			{Name: name, Points: []chart.Point{point(3, 300), {X: 1, Y: chart.Value{Median: 100, Lo: 90, Hi: 110}}}},
		}})
}

// shortSpans has spans too short to be seen, two of one state in a row, and what is no time.
func shortSpans() chart.Chart {
	states := []chart.State{{Name: lang.Same("work"), Color: chart.Blue}, {Name: lang.Same("wait"), Form: chart.Dotted}}
	return chart.Spans(chart.Title{Text: lang.Same("t")}, states, chart.Row{Name: lang.Same("w"), Spans: []chart.Span{
		{State: 0, From: 0, To: 1e-9}, {State: 1, From: 1e-9, To: 1e-6},
		{State: 0, From: 1e-6, To: 2e-6}, {State: 0, From: 2e-6, To: 3e-6},
		{State: 0, From: math.NaN(), To: 1}, {State: 7, From: 0, To: 1},
	}})
}

func foreignLines() chart.Chart {
	c := charts.NewLine()
	plain := charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(false)})
	one := []opts.LineData{{Value: []any{1, 2}}, {Value: []any{2, 2}}}
	pieces := append(one[:2:2], opts.LineData{Value: []any{nil, nil}}, one[0])
	c.AddSeries("a", one).AddSeries("b", one).AddSeries("c", one, plain).AddSeries("d", pieces, plain)
	return c
}

// foreignLook has a look of its author's, which stays.
func foreignLook() chart.Chart {
	c := charts.NewLine()
	c.SetGlobalOptions(
		charts.WithInitializationOpts(opts.Initialization{Width: "600px", Height: "300px"}),
		charts.WithColorsOpts(opts.Colors{"red", "blue"}),
		charts.WithAnimation(true),
		charts.WithXAxisOpts(opts.XAxis{Name: "day"}), charts.WithYAxisOpts(opts.YAxis{Name: "sold"}))
	c.SetXAxis([]string{"월", "화"})
	pin := charts.WithLineChartOpts(opts.LineChart{Symbol: "pin"})
	c.AddSeries("north", []opts.LineData{{Value: 12}, {Value: 1234.5678}}, pin)
	return c
}

// foreignOdd has what JSON cannot hold, and what only looks like a function.
func foreignOdd() chart.Chart {
	c := charts.NewScatter()
	c.SetGlobalOptions(charts.WithTitleOpts(opts.Title{Title: "__f__alert(1)__f__"}))
	c.AddSeries("s", []opts.ScatterData{
		{Name: "n", Value: []float64{1, math.NaN()}}, {Value: []float64{2, math.Inf(1)}}, {Value: []float64{3, 4}},
	})
	return c
}

func foreignGraph() chart.Chart {
	c := charts.NewGraph()
	c.AddSeries("graph", []opts.GraphNode{{Name: "a", Value: 1}, {Name: "b", Value: 2}},
		[]opts.GraphLink{{Source: "a", Target: "b", Value: 3}})
	return c
}
