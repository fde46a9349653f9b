package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

// Title stands above a chart.
type Title struct {
	Text lang.Text
	// Note is a small line below, for what a reader must know to judge the
	// figures: "quick mode: 3 runs". Optional.
	Note lang.Text
}

// Axis is an axis of numbers.
type Axis struct {
	Name lang.Text
	// Unit follows the name in brackets and the figures in texts: "ms". Optional.
	Unit string
	// Log makes the axis logarithmic. What is zero or below cannot stand on it:
	// the chart then says how many values it leaves out.
	Log bool
	// Min and Max bound the axis; nil leaves it to the data.
	Min, Max *float64
	// Names stand at 0, 1, 2 and so on in place of numbers, in a chart of lines
	// along its x axis; such an axis is never Log.
	Names []string
	// Lines are dashed lines across the chart: an expected value, a ceiling.
	Lines []Mark
}

// Mark is one figure on an axis.
type Mark struct {
	Name lang.Text
	At   float64
}

// Value is an estimate and its interval. One without an interval, Lo not below Hi
// or the two not around Median, is drawn as a bare figure.
type Value struct {
	Median, Lo, Hi float64
}

func (v Value) hasInterval() bool {
	return v.Lo < v.Hi && v.Lo <= v.Median && v.Median <= v.Hi && !math.IsInf(v.Lo, 0) && !math.IsInf(v.Hi, 0)
}

// text writes "12.3 ms (12.1–12.6)".
func (v Value) text(unit string) string {
	s := Number(v.Median)
	if unit != "" {
		s += " " + unit
	}
	if v.hasInterval() {
		s += " (" + v.interval() + ")"
	}
	return s
}

func (v Value) interval() string {
	if !v.hasInterval() {
		return ""
	}
	return Number(v.Lo) + "–" + Number(v.Hi)
}

// title gives the axis' name with its unit.
func (a Axis) title() lang.Text {
	if a.Unit == "" {
		return a.Name
	}
	return lang.Join(" ", a.Name, lang.Same("("+a.Unit+")"))
}

// holds tells whether v can stand on the axis.
func (a Axis) holds(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!a.Log || v > 0)
}

// at gives the name of a place on the axis, or its number.
func (a Axis) at(v float64) string {
	if i := int(v); float64(i) == v && i >= 0 && i < len(a.Names) {
		return a.Names[i]
	}
	return Number(v)
}

func (a Axis) kind() string {
	if a.Names != nil {
		return "category"
	}
	if a.Log {
		return "log"
	}
	return "value"
}

// bounds gives the ends of the axis as ECharts options. Room above the largest
// value, a part of it, is for the figures written there.
func (a Axis) bounds(largest, room float64) (lo, hi any) {
	if a.Min != nil && a.holds(*a.Min) {
		lo = *a.Min
	}
	if a.Max != nil && a.holds(*a.Max) {
		return lo, *a.Max
	}
	if room > 0 && largest > 0 && !a.Log {
		step := math.Pow(10, math.Floor(math.Log10(largest*(1+room)/4)))
		for _, nice := range []float64{1, 2, 5, 10} {
			if step*nice >= largest*(1+room)/5 {
				step *= nice
				break
			}
		}
		return lo, step * math.Ceil(largest*(1+room)/step)
	}
	return lo, nil
}

// item is a point of a series. go-echarts' own types lack the offset.
type item struct {
	Name   string         `json:"name,omitempty"`
	Value  any            `json:"value"`
	Offset []int          `json:"symbolOffset,omitempty"`
	Label  map[string]any `json:"label,omitempty"`
}

// gap parts a line series' pieces.
var gap = []any{nil, nil}

// The names that legends give to what builders draw.
var (
	nameMedian    = lang.Text{Ko: "중앙값과 구간", En: "median and interval"}
	nameInterval  = lang.Text{Ko: "구간", En: "interval"}
	nameRun       = lang.Text{Ko: "한 번의 실행", En: "one run"}
	nameMeasured  = lang.Text{Ko: "측정값", En: "measured"}
	nameReference = lang.Text{Ko: "출처의 값", En: "the source's figure"}
)

// head sets title, note and tooltip and attaches the details. missing is how many
// values the chart leaves out.
func head(bc *charts.BaseConfiguration, t Title, missing, height int, d *details) {
	var below []string
	title := t.Text.String()
	if note := t.Note.Lines(); note != "" {
		below = append(below, note)
	}
	if missing > 0 {
		below = append(below, lang.Format(lang.Text{
			Ko: "그릴 수 없는 값 %d개는 표에만 있다",
			En: "%d values cannot be drawn: see the table",
		}, missing).String())
	}
	// What takes more lines than one must not take them from the plot.
	for _, line := range append(below, title) {
		height += 18 * min(columnsOf(line)/100, 3)
	}
	for _, set := range []charts.GlobalOpts{
		charts.WithTitleOpts(opts.Title{Title: title, Subtitle: strings.Join(below, "\n")}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item", Formatter: "{b}"}),
		charts.WithInitializationOpts(opts.Initialization{Width: fmt.Sprint(defaultWidth, "px"), Height: fmt.Sprint(height, "px")}),
	} {
		set(bc)
	}
	bc.Colors = palette
	d.title, d.shown = t.Text, title
	d.series = len(bc.MultiSeries)
	bc.Accept(carrier{details: d})
}

// whiskers is a series of intervals: each a stroke with a cap at both ends, across
// the rows of a chart or along them.
func whiskers(name string, points []any, along bool, color string) charts.SingleSeries {
	size := []int{2, 11}
	if along {
		size = []int{11, 2}
	}
	return charts.SingleSeries{
		Name: name, Type: "line", Data: points,
		Symbol: "rect", SymbolSize: size, ShowSymbol: opts.Bool(true),
		LineStyle: &opts.LineStyle{Width: 2, Color: color, Type: "solid"},
		ItemStyle: &opts.ItemStyle{Color: color},
	}
}

// marks are the series of an axis' dashed lines, with their names in the legend.
func marks(a Axis, vertical bool) []charts.SingleSeries {
	var all []charts.SingleSeries
	for i, m := range a.Lines {
		if !a.holds(m.At) {
			continue
		}
		at := Number(m.At)
		name := strings.TrimSpace(m.Name.String() + ": " + at + " " + a.Unit)
		var data any = opts.MarkLineNameYAxisItem{Name: name, YAxis: m.At}
		if vertical {
			data = opts.MarkLineNameXAxisItem{Name: name, XAxis: m.At}
		}
		kinds := []string{"dashed", "dotted"}
		if vertical {
			slices.Reverse(kinds) // a chart of lines may have marks on both axes
		}
		line := &opts.LineStyle{Color: inkText, Width: 1.5, Type: kinds[i%2]}
		s := charts.SingleSeries{Name: name, Type: "line", Symbol: "none", LineStyle: line, ItemStyle: &opts.ItemStyle{Color: unseen}, Data: []any{}}
		s.MarkLines = &opts.MarkLines{Data: []any{data}}
		s.MarkLines.Symbol = []string{"none", "none"}
		s.MarkLines.LineStyle = line
		s.MarkLines.Label = &opts.Label{Show: opts.Bool(false)}
		all = append(all, s)
	}
	return all
}

// largestOf gives the largest figure that a has to hold.
func (a Axis) largestOf(values ...float64) float64 {
	most := math.Inf(-1)
	for _, m := range a.Lines {
		values = append(values, m.At)
	}
	for _, v := range values {
		if a.holds(v) {
			most = max(most, v)
		}
	}
	return most
}

// median of values that are numbers.
func median(values []float64) float64 {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	if len(sorted) == 0 {
		return math.NaN()
	}
	slices.SortFunc(sorted, cmp.Compare)
	if n := len(sorted); n%2 == 0 {
		return sorted[n/2-1] + (sorted[n/2]-sorted[n/2-1])/2
	}
	return sorted[len(sorted)/2]
}
