package chart

import (
	"encoding/json"
	"maps"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"

	"interleave/helpers/lang"
)

// detailsKey is where a builder's chart carries its details among the options.
const detailsKey = "interleave"

// details are what a builder knows better than its chart's options tell. They
// travel in the chart: its author may go on changing it before it is shown.
type details struct {
	title  lang.Text
	shown  string // the title as the chart has it; another one is its author's
	kind   lang.Text
	axes   []lang.Text
	parts  []lang.Text // a line for each series or group, with its key figures
	latest []string    // where lines end, and the last values of each panel
	table  table
	series int            // how many series the builder made; any more are the author's
	powers bool           // the x axis counts in powers of two; go-echarts cannot say so
	also   map[string]any // options of the builder that go-echarts does not have
}

// MarshalJSON hides the details from whoever renders the chart in another way.
func (*details) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

type carrier struct {
	charts.BaseConfigurationVisitor
	details *details
}

// Visit implements charts.ConfigurationVisitor.
func (c carrier) Visit(options map[string]any) {
	options[detailsKey] = c.details
	maps.Copy(options, c.details.also)
}

// altRoom is how many characters a picture's alternative text may have: a screen
// reader reads it in one go.
const altRoom = 590

// alt says what the chart shows: title, kind, axes, and each series' key figures.
func (o options) alt(d *details) string {
	if d == nil {
		d = o.deriveDetails()
	}
	shown, _ := o.title()
	title := lang.Same(shown)
	if shown == d.shown {
		title = d.title
	}
	if !lang.Both() {
		return clip(sentence(title, d, lang.Text.String), altRoom)
	}
	in := func(language string) string {
		return clip(sentence(title, d, func(t lang.Text) string { return t.In(language) }), altRoom/2-2)
	}
	return in("ko") + " / " + in("en")
}

// within gives the name of a part of a whole.
func within(whole, part lang.Text) lang.Text {
	return lang.Format(lang.Same("%s: %s"), whole, part)
}

func sentence(title lang.Text, d *details, in func(lang.Text) string) string {
	var said []string
	add := func(s string) {
		if s = oneLine(s); s != "" {
			said = append(said, s)
		}
	}
	add(in(title))
	what := in(d.kind)
	var axes []string
	for _, a := range d.axes {
		if name := in(a); name != "" {
			axes = append(axes, name)
		}
	}
	if len(axes) > 0 {
		what += ": " + strings.Join(axes, " × ")
	}
	add(what)
	for _, p := range d.parts {
		add(in(p))
	}
	return strings.Join(said, ". ") + "."
}

var kinds = map[string]lang.Text{
	"bar":     {Ko: "막대 차트", En: "Bar chart"},
	"line":    {Ko: "선 차트", En: "Line chart"},
	"scatter": {Ko: "점 차트", En: "Scatter chart"},
	"pie":     {Ko: "원 차트", En: "Pie chart"},
	"boxplot": {Ko: "상자 그림", En: "Box plot"},
	"heatmap": {Ko: "히트맵", En: "Heat map"},
	"graph":   {Ko: "그래프", En: "Graph"},
}

// deriveDetails describes a chart that no builder of ours made.
func (o options) deriveDetails() *details {
	d := &details{axes: []lang.Text{lang.Same(o.axisName("xAxis")), lang.Same(o.axisName("yAxis"))}}
	for i, s := range o.series() {
		kind, _ := s["type"].(string)
		if i == 0 {
			if d.kind = kinds[kind]; d.kind == (lang.Text{}) {
				d.kind = lang.Same(kind)
			}
		}
		n, lo, hi := 0, math.Inf(1), math.Inf(-1)
		for _, item := range items(s) {
			value := valueOf(item)
			if all, ok := value.([]any); ok && len(all) > 0 {
				value = all[len(all)-1]
			}
			if number, ok := value.(json.Number); ok {
				v, _ := number.Float64()
				n, lo, hi = n+1, min(lo, v), max(hi, v)
			}
		}
		if n == 0 {
			continue
		}
		name := seriesName(s, i)
		d.parts = append(d.parts, lang.Format(lang.Text{
			Ko: "%s: 값 %d개, %s~%s",
			En: "%s: %d values, %s to %s",
		}, name, n, Number(lo), Number(hi)))
	}
	return d
}
