package chart

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

// Panel is one of several charts over the same x axis.
type Panel struct {
	Y     Axis
	Lines []Line
}

// Panels is several charts of lines over one x axis, the first on top: what
// happened to different figures at the same time. A name that several panels have
// is one thing: its lines look the same, and the legend has it once. Lines differ by
// their dashes too; those of a name that has more than 16 points in a panel have no
// symbols.
func Panels(title Title, x Axis, panels ...Panel) *charts.Line {
	p := newPlot(x, lang.Text{Ko: "위아래로 놓인 선 차트", En: "Line charts, one below the other"}, panels...)
	p.stacked = true
	for i, panel := range panels {
		p.add(panel)
		if p.from <= p.to {
			p.MultiSeries = append(p.MultiSeries, p.reach(i))
		}
		if len(panels) > 1 {
			p.SetGlobalOptions(charts.WithGridOpts(opts.Grid{}))
		}
	}
	var names []string
	for _, panel := range panels {
		names = append(names, panel.Y.title().String())
	}
	p.also = map[string]any{
		"axisPointer": map[string]any{"link": []any{map[string]any{"xAxisIndex": "all"}}},
		"panels":      map[string]any{"x": x.title().String(), "y": names}, // the layout makes the tooltip of them
	}
	c := p.chart(title, min(defaultHeight+panelHeight*max(len(panels)-1, 0), 1800))
	// A place on the x axis is the same in all panels: the tooltip has all figures there.
	c.SetGlobalOptions(
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis"}),
		charts.WithLegendOpts(opts.Legend{Data: p.legend()}))
	return c
}

// legend has each name once. ECharts gives a line without symbols a dot there, which
// would cover its dashes.
func (p *plot) legend() []any {
	all := []any{} // without one, ECharts would list the series without a name too
	seen := map[string]bool{"": true}
	for _, s := range p.MultiSeries {
		if seen[s.Name] {
			continue
		}
		seen[s.Name] = true
		entry := map[string]any{"name": s.Name}
		if s.Symbol == "none" {
			entry["itemStyle"] = map[string]any{"color": unseen}
		}
		all = append(all, entry)
	}
	return all
}

const (
	// panelHeight is what a chart grows with each panel more, in pixels.
	panelHeight = 130
	// symbolsFor is how many points of a line can have symbols without covering it.
	symbolsFor = 16
)

// dense tells whether a line with that name has too many points for symbols.
func (p *plot) dense(name string) bool {
	for _, panel := range p.panels {
		for _, l := range panel.Lines {
			if len(l.Points) > symbolsFor && l.Name.String() == name {
				return true
			}
		}
	}
	return false
}

// reach is a series that nobody sees. It makes the panels' x axes equally long, and
// the panel's axes as long as its marks are far.
func (p *plot) reach(panel int) charts.SingleSeries {
	data := []any{[]any{p.from, "-"}, []any{p.to, "-"}}
	for _, m := range p.x.Lines {
		if p.x.holds(m.At) {
			data = append(data, []any{m.At, "-"})
		}
	}
	for _, m := range p.panels[panel].Y.Lines {
		if p.panels[panel].Y.holds(m.At) {
			data = append(data, []any{p.from, m.At}, gap)
		}
	}
	return charts.SingleSeries{Type: "line", Data: data, Symbol: "none", XAxisIndex: panel, YAxisIndex: panel}
}
