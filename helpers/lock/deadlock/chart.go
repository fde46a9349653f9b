package deadlock

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
)

// Colours of chart's palette.
const (
	goroutineColor = chart.Blue
	lockColor      = chart.Green
	cycleColor     = chart.Vermillion
	otherColor     = chart.Grey
)

var (
	nameDeadlock = lang.Text{Ko: "교착 상태", En: "Deadlock"}
	nameNoCycle  = lang.Text{Ko: "서로를 기다리는 고리가 없다", En: "No cycle of waiting"}
	nameGraph    = lang.Text{Ko: "기다림 그래프", En: "wait-for graph"}
	nameWaits    = lang.Text{Ko: "기다림", En: "waits for"}
	nameHeld     = lang.Text{Ko: "잡은 쪽", En: "held by"}
)

// Chart draws who waited for what at the end, says how it ended, and lists the
// goroutines below. What was not run is said on stderr.
func (r Result) Chart() {
	if r.Err != nil {
		fmt.Fprintln(os.Stderr, r.Err)
		return
	}
	r.State.show(r.outcome())
}

// Chart draws who waits for what, and lists the goroutines below.
func (s State) Chart() { s.show(lang.Text{}) }

func (s State) show(note lang.Text) {
	if len(s.Goroutines) == 0 {
		fmt.Println(strings.TrimSpace(s.title() + "\n" + note.String())) // there is nothing to draw
		return
	}
	chart.Show(s.graph(note))
	header, rows := s.table()
	chart.Table(lang.Text{}, header, rows)
}

func (s State) table() (header []lang.Text, rows [][]string) {
	for _, g := range s.Goroutines {
		since := ""
		if g.WaitsFor != "" {
			since = chart.Number(float64(g.Since.Microseconds()) / 1000)
		}
		rows = append(rows, []string{g.label(), strings.Join(g.Holds, ", "), g.WaitsFor, since})
	}
	return []lang.Text{
		{Ko: "고루틴", En: "goroutine"},
		{Ko: "잡은 락", En: "holds"},
		{Ko: "기다리는 락", En: "waits for"},
		{Ko: "기다리기 시작한 때(ms)", En: "since (ms)"},
	}, rows
}

// title names the cycles in words.
func (s State) title() string {
	var cycles []string
	for _, c := range s.Cycles() {
		cycles = append(cycles, c.String())
	}
	if len(cycles) == 0 {
		return nameNoCycle.String()
	}
	return nameDeadlock.String() + ": " + strings.Join(cycles, "; ")
}

// A node and a link of the graph. Those of go-echarts lack labels, and its links
// take numbers only, where a word makes the chart's table read well.
type node struct {
	ID         string         `json:"id"` // by a name, nodes would be rows of the chart's table
	X          float64        `json:"x"`
	Y          float64        `json:"y"`
	Symbol     string         `json:"symbol"`
	SymbolSize any            `json:"symbolSize"`
	ItemStyle  map[string]any `json:"itemStyle"`
	Label      map[string]any `json:"label"`
}

type link struct {
	Source    string         `json:"source"`
	Target    string         `json:"target"`
	Value     string         `json:"value"`
	LineStyle map[string]any `json:"lineStyle"`
	Label     map[string]any `json:"label"`
}

// graph draws goroutines as discs and locks as squares. The arrows go with the
// waiting: from a goroutine to the lock that it waits for, and on to the lock's
// holder.
func (s State) graph(note lang.Text) *charts.Graph {
	places, height := s.places()
	inCycle, own := map[string]bool{}, map[string]bool{}
	for _, c := range s.Cycles() {
		if len(c) == 1 {
			own[lockKey(c[0].WaitsFor)] = true
		}
		for _, g := range c {
			inCycle[g.label()] = true
			inCycle[lockKey(g.WaitsFor)] = true
		}
	}
	var nodes []node
	var links []link
	add := func(name, symbol, color string, size any, label map[string]any) {
		if slices.ContainsFunc(nodes, func(n node) bool { return n.ID == name }) {
			return
		}
		label["show"], label["position"], label["color"] = true, "inside", "#ffffff"
		at := places[name]
		nodes = append(nodes, node{ID: name, X: at.x, Y: at.y, Symbol: symbol, SymbolSize: size,
			ItemStyle: map[string]any{"color": color}, Label: label})
	}
	addLock := func(lock string) {
		add(lockKey(lock), "roundRect", lockColor, []int{max(44, 9*len([]rune(lock))+14), 44},
			map[string]any{"fontSize": 15, "fontWeight": "bold", "formatter": lock})
	}
	connect := func(from, to string, kind lang.Text, dash string) {
		color, width, curve := otherColor, 1.5, 0.0
		if inCycle[from] && inCycle[to] {
			color, width = cycleColor, 3
		}
		if own[from] || own[to] {
			curve = 0.4 // there and back between the same two
		}
		// On a narrow page many arrows are short: there the first two tell for all
		// what dashes mean.
		show := len(s.Goroutines) <= 3 || len(links) < 2
		links = append(links, link{Source: from, Target: to, Value: kind.String(),
			LineStyle: map[string]any{"color": color, "width": width, "type": dash, "opacity": 1, "curveness": curve},
			Label:     map[string]any{"show": show, "formatter": strings.ReplaceAll(kind.String(), " · ", "\n"), "fontSize": 11, "color": "@text"}})
	}
	for _, g := range s.Goroutines {
		name := g.label()
		number := fmt.Sprintf("goroutine %d", g.ID)
		shown := number
		if g.Name != "" {
			shown = "{name|" + g.String() + "}\n{number|" + number + "}"
		}
		add(name, "circle", goroutineColor, 84, map[string]any{"formatter": shown, "fontSize": 12, "rich": map[string]any{
			"name":   map[string]any{"fontSize": 14, "fontWeight": "bold", "color": "#ffffff", "lineHeight": 19, "align": "center", "width": 76, "overflow": "truncate"},
			"number": map[string]any{"fontSize": 11, "color": "#ffffff", "lineHeight": 14, "align": "center"},
		}})
		for _, lock := range g.Holds {
			addLock(lock)
			connect(lockKey(lock), name, nameHeld, "solid")
		}
		if g.WaitsFor != "" {
			addLock(g.WaitsFor)
			connect(name, lockKey(g.WaitsFor), nameWaits, "dashed")
		}
	}
	c := charts.NewGraph()
	below := note.Lines()
	c.SetGlobalOptions(
		charts.WithTitleOpts(opts.Title{Title: s.title(), Subtitle: below}),
		charts.WithInitializationOpts(opts.Initialization{Width: fmt.Sprint(width, "px"), Height: fmt.Sprint(height+headRoom(s.title(), below), "px")}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(false)}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
	)
	c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
		Name: nameGraph.String(), Type: "graph", Layout: "none", Data: nodes, Links: links,
		EdgeSymbol: []string{"none", "arrow"}, EdgeSymbolSize: []int{0, 11},
	})
	c.Accept(inPixels{})
	return c
}

// headRoom is about what title and note take, in pixels.
func headRoom(title, below string) int {
	room := 8 + 22*(1+len([]rune(title))/70)
	if below != "" {
		room += 5 + 17*(1+strings.Count(below, "\n"))
	}
	return room
}

// inPixels has the layout take the nodes' places for pixels. go-echarts has no
// option for it.
type inPixels struct {
	charts.BaseConfigurationVisitor
}

// Visit implements charts.ConfigurationVisitor.
func (inPixels) Visit(options map[string]any) { options["pixels"] = true }

// lockKey names a lock's node, so that a lock and a goroutine of one name differ.
func lockKey(lock string) string { return "lock " + lock }
