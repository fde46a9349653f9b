package chart

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

// Form is how the spans of a state are drawn: states differ by it where colours
// cannot be told apart.
type Form int

const (
	Solid  Form = iota // a thick bar
	Slim               // a bar half as thick
	Dotted             // a row of dots: for what is no work
)

// State is what a row of a timeline can be in.
type State struct {
	Name  lang.Text
	Form  Form
	Color string // such as [Blue]; empty: by its place among the chart's states
}

// Span is a stretch of time that a row spent in one state.
type Span struct {
	State    int     // its place among the chart's states
	From, To float64 // seconds
	// Note is a word or two on what came of it. It stands in the table, and above
	// the span if that is long enough and the notes are 100 at most. Optional.
	Note lang.Text
}

// Row is what one worker did.
type Row struct {
	// Group is the heading above this row and those that follow with the same
	// group. Optional.
	Group lang.Text
	Name  lang.Text
	Spans []Span
}

// Spans is a timeline: what each row did when, the first row on top.
//
// A span that could not be seen is drawn longer, 1/400 of the time axis, and one
// that runs on in the same state as the next a little shorter, so that they stay
// two. Neither makes it cover a neighbour: of many that are so short, one after the
// other, only as many are drawn as have room. Where there are more than 100 rows, about
// that many are drawn, evenly chosen from each group, and the chart says so. The table
// has all, with true times.
func Spans(title Title, states []State, rows ...Row) *charts.Line {
	c := charts.NewLine()
	t := newTimeAxis(states, rows)
	all := rows
	if rows = some(rows, mostRows); len(rows) < len(all) {
		title.Note = lang.Join(" ", title.Note, lang.Format(
			lang.Text{Ko: "%[2]s줄 가운데 %[1]d줄만 그렸다.", En: "%d of %s rows are drawn."}, len(rows), Number(float64(len(all)))))
	}
	d := &details{kind: lang.Text{Ko: "타임라인", En: "Timeline"}, axes: []lang.Text{t.Axis.title()}}
	names, full := []string{}, []string{} // of the chart's lines: rows, and headings without a name
	var headings []any
	pieces := make([][]any, len(states))
	missing, noted := 0, 0
	var group lang.Text
	for _, r := range rows {
		if r.Group != group && r.Group != (lang.Text{}) {
			headings = append(headings, map[string]any{
				"name": r.Group.String(), "coord": []any{t.scaled(t.from), len(names)},
				"symbolOffset": []int{0, 3}, // nearer to its own rows than to the one above
			})
			names, full = append(names, ""), append(full, "")
		}
		group = r.Group
		strokes, left := t.place(r.Spans)
		missing += left
		for _, s := range strokes {
			pieces[s.State] = append(pieces[s.State], t.points(s, len(names))...)
			if s.Note != (lang.Text{}) {
				noted++
			}
		}
		names, full = append(names, r.Name.String()), append(full, r.fullName().String())
	}
	notes := noted > 0 && noted <= mostNotes
	pitch := pitchOf(len(names), notes)
	var legend []any
	for i, s := range states {
		if len(pieces[i]) == 0 {
			continue
		}
		color, name := cmp.Or(s.Color, palette[i%len(palette)]), s.Name.String()
		legend = append(legend, map[string]any{"name": name, "icon": s.Form.icon(), "itemStyle": map[string]any{"color": color}})
		c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
			Name: name, Type: "line", Data: pieces[i], Symbol: "none",
			LineStyle: s.Form.line(color, pitch), ItemStyle: &opts.ItemStyle{Color: color},
		})
	}
	// What go-echarts has no field for; the layout draws by it.
	d.also = map[string]any{"spans": map[string]any{
		"series": len(c.MultiSeries), "data": full, "unit": t.Unit, "height": Solid.height(pitch), "notes": notes && pitch >= notePitch,
	}}
	c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{
		Type: "line", Data: []any{}, Symbol: "none",
		MarkPoints: &opts.MarkPoints{Data: headings, MarkPointStyle: opts.MarkPointStyle{
			Symbol: []string{"circle"}, SymbolSize: 1,
			Label: &opts.Label{Show: opts.Bool(true), Position: "right", Formatter: "{b}", FontSize: 12, FontWeight: "bold"},
		}},
	})
	c.SetGlobalOptions(
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(len(legend) > 0), Data: legend}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Name: t.Axis.title().String(), Min: t.scaled(t.from), Max: t.scaled(t.to),
			AxisLabel: &opts.AxisLabel{ShowMaxLabel: opts.Bool(false)}}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: names, Inverse: opts.Bool(true)}))
	t.describe(d, states, all)
	head(&c.BaseConfiguration, title, missing, max(150+pitch*len(names), 220), d)
	return c
}

// some gives about most of the rows, evenly chosen, with the first of each group.
func some(rows []Row, most int) []Row {
	step := (len(rows) + most - 1) / most
	if step < 2 {
		return rows
	}
	var chosen []Row
	n := 0
	for i, r := range rows {
		if i == 0 || r.Group != rows[i-1].Group {
			n = 0
		}
		if n%step == 0 {
			chosen = append(chosen, r)
		}
		n++
	}
	return chosen
}

const (
	mostRows  = 100 // more cannot be read, nor do they fit into an output
	notePitch = 32  // the least height of a line that has room for notes
	mostNotes = 100 // more cannot be read, and swell the picture
)

// pitchOf gives the height in pixels of a line of the chart.
func pitchOf(lines int, noted bool) int {
	switch {
	case noted && lines <= 20:
		return 40
	case noted && lines <= 50, lines <= 20:
		return notePitch
	}
	return max(2, min(22, 1600/lines))
}

// height is that of a bar in pixels.
func (f Form) height(pitch int) float32 {
	solid := min(18, 0.7*float32(pitch))
	switch f {
	case Slim:
		return solid / 2
	case Dotted:
		return solid / 3
	}
	return solid
}

func (f Form) line(color string, pitch int) *opts.LineStyle {
	kind := "solid"
	if f == Dotted {
		kind = "dotted"
	}
	return &opts.LineStyle{Color: color, Width: f.height(pitch), Type: kind}
}

// icon is the form in the legend.
func (f Form) icon() string {
	switch f {
	case Slim:
		return "path://M0 0h24v6H0z"
	case Dotted:
		return "path://M0 0h4v4H0zM8 0h4v4H8zM16 0h4v4H16z"
	}
	return "rect"
}

func (r Row) fullName() lang.Text {
	if r.Group == (lang.Text{}) {
		return r.Name
	}
	return within(r.Group, r.Name)
}

// tableDigits: the table tells a millionth of the time axis.
const tableDigits = 6

// timeAxis is a timeline's axis. Its ends are in seconds, its scale and its unit
// are what its figures are written in.
type timeAxis struct {
	Axis
	states   int
	from, to float64
	scale    float64
}

func newTimeAxis(states []State, rows []Row) timeAxis {
	t := timeAxis{states: len(states)}
	for _, r := range rows {
		for _, s := range r.Spans {
			if t.holds(s) {
				t.from, t.to = min(t.from, s.From), max(t.to, s.To)
			}
		}
	}
	longest := max(t.to, -t.from)
	switch {
	case longest >= 2 || longest == 0:
		t.scale, t.Unit = 1, "s"
	case longest >= 2e-3:
		t.scale, t.Unit = 1e3, "ms"
	case longest >= 2e-6:
		t.scale, t.Unit = 1e6, "µs"
	default:
		t.scale, t.Unit = 1e9, "ns"
	}
	t.Name = lang.Text{Ko: "시간", En: "time"}
	// Room for the last span, should it have to be drawn longer than it is.
	t.to += (t.to - t.from) / 100
	if t.to == t.from {
		t.to++
	}
	return t
}

// holds tells whether s can be drawn.
func (t timeAxis) holds(s Span) bool {
	return s.From <= s.To && !math.IsInf(s.From, 0) && !math.IsInf(s.To, 0) && s.State >= 0 && s.State < t.states
}

// stroke is a span and from where to where it is drawn, in seconds.
type stroke struct {
	Span
	from, to float64
}

// place gives the strokes for the spans of one row, in order of time, and how many
// spans cannot be drawn.
func (t timeAxis) place(spans []Span) (strokes []stroke, missing int) {
	// ECharts leaves out what is shorter than 0.7 pixels; a chart of 400 pixels
	// has a plot of about 300.
	least := (t.to - t.from) / 400
	sorted := slices.DeleteFunc(slices.Clone(spans), func(s Span) bool { return !t.holds(s) })
	slices.SortStableFunc(sorted, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	ended, drawn := math.Inf(-1), math.Inf(-1) // the last end so far, in truth and as drawn
	for _, s := range sorted {
		now := stroke{s, s.From, max(s.To, s.From+least)}
		if s.From >= ended && s.From < drawn {
			// Another one covers its beginning only because it was lengthened.
			if s.To <= drawn {
				continue
			}
			now.from, now.to = drawn, max(s.To, drawn+least)
		}
		ended, drawn = max(ended, s.To), max(drawn, now.to)
		strokes = append(strokes, now)
	}
	// 2 pixels of 600.
	gap := (t.to - t.from) / 300
	for i := range len(strokes) - 1 {
		now, next := &strokes[i], strokes[i+1]
		if now.State == next.State && now.To <= next.From && now.to-now.from > 4*gap {
			now.to = min(now.to, next.from-gap)
		}
	}
	return strokes, len(spans) - len(sorted)
}

// scaled gives seconds in the axis' unit, with no more digits than can be drawn.
func (t timeAxis) scaled(seconds float64) float64 { return t.rounded(seconds, 5) }

// rounded gives seconds in the axis' unit, to 10^-digits of the axis or finer.
func (t timeAxis) rounded(seconds float64, digits int) float64 {
	power := math.Pow(10, float64(t.decimals(digits)))
	return math.Round(seconds*t.scale*power) / power
}

// decimals is how many digits after the point tell 10^-digits of the axis.
func (t timeAxis) decimals(digits int) int {
	return max(0, int(math.Ceil(float64(digits)-math.Log10((t.to-t.from)*t.scale))))
}

// points gives s as a piece of a line series. Its first point carries what the line
// itself does not show, for the layout: the note, and the true times where others
// are drawn.
func (t timeAxis) points(s stroke, line int) []any {
	first := []any{t.scaled(s.from), line}
	if s.from != s.From || s.to != s.To {
		first = append(first, t.rounded(s.From, tableDigits), t.rounded(s.To, tableDigits))
	}
	var begin any = first
	if note := s.Note.String(); note != "" {
		begin = item{Name: note, Value: first}
	}
	return []any{begin, []any{t.scaled(s.to), line}, gap}
}

// describe makes the table and the alternative text.
func (t timeAxis) describe(d *details, states []State, rows []Row) {
	unit := " (" + t.Unit + ")"
	d.table.header = []string{
		lang.Text{Ko: "구분", En: "group"}.String(), lang.Text{Ko: "이름", En: "name"}.String(),
		lang.Text{Ko: "상태", En: "state"}.String(), lang.Text{Ko: "시작", En: "from"}.String() + unit,
		lang.Text{Ko: "끝", En: "to"}.String() + unit, lang.Text{Ko: "길이", En: "duration"}.String() + unit,
		lang.Text{Ko: "메모", En: "note"}.String(),
	}
	figure := func(seconds float64) string {
		if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
			return Number(seconds)
		}
		return strconv.FormatFloat(seconds*t.scale, 'f', t.decimals(tableDigits), 64)
	}
	grouped, noted := false, false
	for _, r := range rows {
		grouped = grouped || r.Group != (lang.Text{})
		var said []lang.Text
		for _, s := range r.Spans {
			noted = noted || s.Note != (lang.Text{})
			state := lang.Same("–")
			if s.State >= 0 && s.State < len(states) {
				state = states[s.State].Name
			}
			d.table.rows = append(d.table.rows, []string{r.Group.String(), r.Name.String(), state.String(),
				figure(s.From), figure(s.To), Number((s.To - s.From) * t.scale), s.Note.String()})
			said = append(said, lang.Format(lang.Same("%s %s–%s"), state, Number(s.From*t.scale), Number(s.To*t.scale)))
		}
		d.parts = append(d.parts, within(r.fullName(), lang.Join(", ", said...)))
	}
	d.table.drop(6, noted)
	d.table.drop(0, grouped)
	if noted {
		d.table.left = len(d.table.header) - 1
	}
}

// drop leaves out a column that is not needed.
func (t *table) drop(column int, needed bool) {
	if needed {
		return
	}
	t.header = slices.Delete(t.header, column, column+1)
	for i, row := range t.rows {
		t.rows[i] = slices.Delete(row, column, column+1)
	}
}
