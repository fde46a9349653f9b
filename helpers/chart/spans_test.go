package chart

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"interleave/helpers/lang"
)

var sampleStates = []State{
	{Name: lang.Text{Ko: "락 보유", En: "holding the lock"}, Form: Solid},
	{Name: lang.Text{Ko: "락 대기", En: "waiting for the lock"}, Form: Dotted},
	{Name: lang.Text{Ko: "실행", En: "running"}, Form: Slim},
}

// sampleSpans is three updates of one store by two workers.
func sampleSpans() Chart {
	note := lang.Same
	one, two := lang.Same("worker 1"), lang.Same("worker 2")
	var rows []Row
	for _, name := range []string{"Python", "Go"} {
		free := lang.Text{Ko: name + ", 락 없이", En: name + ", without a lock"}
		locked := lang.Text{Ko: name + ", 락으로", En: name + ", with a lock"}
		rows = append(rows,
			Row{free, one, []Span{{2, 0.0001, 0.1004, note("0 → 1")}, {2, 0.1005, 0.2009, note("1 → 2")}}},
			Row{free, two, []Span{{2, 0.0004, 0.1008, note("0 → 1")}}},
			Row{locked, one, []Span{{1, 0, 0.0000021, note("")}, {0, 0.0000021, 0.1002, note("0 → 1")}, {1, 0.1003, 0.2005, note("")}, {0, 0.2005, 0.3008, note("2 → 3")}}},
			Row{locked, two, []Span{{1, 0.0001, 0.1002, note("")}, {0, 0.1002, 0.2005, note("1 → 2")}}})
	}
	return Spans(Title{
		Text: lang.Text{Ko: "작업자 둘이 한 저장소를 세 번 고친다", En: "Two workers update one store three times"},
		Note: lang.Text{Ko: "0 → 1: 0을 읽고 1을 썼다", En: "0 → 1: read 0, wrote 1"},
	}, sampleStates, rows...)
}

// manySpans has n spans in as many rows as said, with times that repeat.
func manySpans(n, rows int) []Row {
	random := rand.New(rand.NewPCG(54, 9))
	all := make([]Row, rows)
	at := make([]float64, rows)
	for i := range n {
		r := i % rows
		all[r].Name = lang.Same(fmt.Sprint("goroutine ", r+1))
		all[r].Group = lang.Same(fmt.Sprint("P", r/10))
		long := random.ExpFloat64() * 2e-3
		all[r].Spans = append(all[r].Spans, Span{State: random.IntN(3), From: at[r], To: at[r] + long, Note: lang.Same("n")})
		at[r] += long + random.Float64()*1e-3
	}
	return all
}

func TestSpansAreDrawn(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	long := lang.Same(strings.Repeat("아주 긴 이름 ", 100))
	for name, tt := range map[string]struct {
		rows []Row
		says string
	}{
		"no rows":             {nil, "no data"},
		"a row without spans": {[]Row{{Name: lang.Same("w")}}, "no data"},
		"one span":            {[]Row{{Name: lang.Same("w"), Spans: []Span{{From: 0.5, To: 1}}}}, "1000.000"},
		"a span of no length": {[]Row{{Name: lang.Same("w"), Spans: []Span{{From: 0.5, To: 0.5}}}}, "500.000"},
		"no length at zero":   {[]Row{{Name: lang.Same("w"), Spans: []Span{{}}}}, "0.000000"},
		"negative times":      {[]Row{{Spans: []Span{{From: -0.5, To: -0.25}}}}, "-500.000"},
		"nanoseconds":         {[]Row{{Spans: []Span{{From: 0, To: 8e-8}}}}, "80.00000"},
		"what is no time":     {[]Row{{Spans: []Span{{From: nan, To: 1}, {From: 0, To: inf}, {From: 2, To: 1}, {State: 9, To: 1}}}}, "4 values cannot be drawn"},
		"very long names":     {[]Row{{Group: long, Name: long, Spans: []Span{{To: 1, Note: long}}}}, "아주 긴"},
		"2,000 in 50 rows":    {manySpans(2000, 50), "to stay within the size limit the picture shows"},
		"400 rows":            {manySpans(800, 400), "goroutine 10"},
	} {
		t.Run(name, func(t *testing.T) {
			o := build(Spans(Title{}, sampleStates, tt.rows...), inLab(t))
			if strings.Contains(o.html, "there is no picture") {
				t.Errorf("there is no picture: %.300s", o.plain)
			}
			svg := string(svgOf(t, o.html))
			for _, bad := range []string{"NaN", "Infinity", "undefined", "@text"} {
				if strings.Contains(svg, bad) {
					t.Errorf("the picture holds %q", bad)
				}
			}
			if o.size() > limit {
				t.Errorf("%d bytes", o.size())
			}
			if !strings.Contains(o.plain+svg, tt.says) {
				t.Errorf("nothing says %q: %.500s", tt.says, o.plain)
			}
		})
	}
}

func TestSpansOfASample(t *testing.T) {
	t.Setenv(lang.Env, "en")
	svg := string(svgOf(t, build(sampleSpans(), inLab(t)).html))
	for _, want := range []string{"Python, without a lock", "Go, with a lock", "worker 2", "waiting for the lock", "time (ms)", "1 → 2", "2 → 3"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
}

func TestSpansKeepTheirTrueTimes(t *testing.T) {
	for _, unit := range []struct {
		longest float64
		first   string // a millionth of the longest, as the table has it
	}{{3, "0.000003"}, {0.3, "0.0003"}, {3e-4, "0.0003"}, {3e-7, "0.0003"}} {
		short := unit.longest / 1e6
		c := Spans(Title{}, sampleStates, Row{Spans: []Span{{From: 0, To: short}, {From: unit.longest / 2, To: unit.longest}}})
		_, d, _, _, err := readOptions(c)
		if err != nil {
			t.Fatal(err)
		}
		if to := d.table.rows[0][3]; !strings.HasPrefix(to, unit.first) {
			t.Errorf("of %v s, a millionth ends at %s in the table, want %s", unit.longest, to, unit.first)
		}
	}
}

// Rows of spans that follow each other, from dense to sparse.
func rowsInTurn() [][]Span {
	random := rand.New(rand.NewPCG(1, 2))
	var rows [][]Span
	for i := range 300 {
		var spans []Span
		at := 0.0
		for range 1 + random.IntN(300) {
			long := math.Pow(10, -6+7*random.Float64())
			switch i % 3 {
			case 1:
				long = 1e-5 // all of them too short to be seen
			case 2:
				if random.IntN(2) == 0 {
					long = 0
				}
			}
			spans = append(spans, Span{State: random.IntN(3), From: at, To: at + long})
			at += long + max(0, random.NormFloat64())*long
		}
		random.Shuffle(len(spans), func(a, b int) { spans[a], spans[b] = spans[b], spans[a] })
		rows = append(rows, spans)
	}
	return rows
}

func TestSpansInTurnAreDrawnInTurn(t *testing.T) {
	for i, spans := range rowsInTurn() {
		axis := newTimeAxis(sampleStates, []Row{{Spans: spans}})
		strokes, missing := axis.place(spans)
		if missing != 0 || len(strokes) == 0 {
			t.Fatalf("row %d: %d of %d cannot be drawn", i, missing, len(spans))
		}
		least := (axis.to - axis.from) / 400
		near := least * (1 + 1e-9)
		for j, s := range strokes {
			if s.from < axis.from || s.to > axis.to {
				t.Errorf("row %d: the span %v is drawn beyond the axis, %v to %v", i, s.Span, s.from, s.to)
			}
			if j > 0 && strokes[j-1].to > s.from {
				t.Errorf("row %d: %v to %v is drawn over what ends at %v", i, s.from, s.to, strokes[j-1].to)
			}
			if s.to-s.from < least*(1-1e-9) {
				t.Errorf("row %d: %v is drawn from %v to %v, too short to be seen", i, s.Span, s.from, s.to)
			}
			if s.from < s.From || s.from > s.From+near || s.to > s.To+near || s.to < s.To-2*near {
				t.Errorf("row %d: %v is drawn from %v to %v, another time", i, s.Span, s.from, s.to)
			}
		}
		for _, s := range spans {
			if !slices.ContainsFunc(strokes, func(o stroke) bool { return o.Span == s }) && s.To-s.From >= least {
				t.Errorf("row %d: %v is long enough and not drawn", i, s)
			}
		}
	}
}

func TestSpansOfOneStateStayTwo(t *testing.T) {
	spans := []Span{{State: 0, From: 0, To: 1}, {State: 0, From: 1, To: 2}, {State: 1, From: 2, To: 3}}
	axis := newTimeAxis(sampleStates, []Row{{Spans: spans}})
	s, _ := axis.place(spans)
	if s[0].to >= s[1].from || s[1].to != s[2].from {
		t.Errorf("drawn from %v to %v, %v to %v, %v to %v", s[0].from, s[0].to, s[1].from, s[1].to, s[2].from, s[2].to)
	}
}

func TestSpansThatOverlapStayWhole(t *testing.T) {
	spans := []Span{{State: 0, From: 0, To: 10}, {State: 1, From: 4, To: 6}, {State: 0, From: 5, To: 12}}
	axis := newTimeAxis(sampleStates, []Row{{Spans: spans}})
	s, _ := axis.place(spans)
	for i := range spans {
		if len(s) != 3 || s[i].from != spans[i].From || s[i].to != spans[i].To {
			t.Errorf("drawn: %v", s)
		}
	}
}

func TestSpansDifferWithoutColour(t *testing.T) {
	o, _, _, _, err := readOptions(sampleSpans())
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, s := range o.series()[:3] {
		line := s["lineStyle"].(map[string]any)
		delete(line, "color")
		seen[fmt.Sprint(line)] = true
	}
	if len(seen) != 3 {
		t.Errorf("three states have %d forms: %v", len(seen), seen)
	}
}

func TestSpansCannotRunCode(t *testing.T) {
	evil := lang.Same("__f__alert(1)__f__")
	o := build(Spans(Title{Text: evil}, []State{{Name: evil}}, Row{evil, evil, []Span{{To: 1, Note: evil}}}), stub(10))
	for _, bad := range []string{":alert(1)", "[alert(1)", ",alert(1)"} {
		if strings.Contains(o.html, bad) {
			t.Errorf("the output holds %s", bad)
		}
	}
}

func TestLiveSpansCanBePointedAt(t *testing.T) {
	draw := inLab(t)
	o, _, _, height, err := readOptions(sampleSpans())
	if err != nil {
		t.Fatal(err)
	}
	o.complete(false)
	places := func(ink string) int {
		svg, err := draw("("+layoutScript+")("+o.expression()+",400,"+ink+",echarts).option", 400, height)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(svg), "<path") + strings.Count(string(svg), "<use")
	}
	// All but the 12 spans with notes that the still picture has too.
	if more := places("("+liveInks+").light") - places(stillInk); more < 6 {
		t.Errorf("the live chart has %d places more than the picture", more)
	}
}

func TestOfManyRowsSomeAreDrawn(t *testing.T) {
	rows := func(group string, n int) (rows []Row) {
		for i := range n {
			rows = append(rows, Row{lang.Same(group), lang.Same(fmt.Sprint("row ", i+1)), []Span{{To: float64(i + 1)}}})
		}
		return rows
	}
	for _, tt := range []struct {
		rows  []Row
		drawn int
		said  string
	}{
		{rows("a", 100), 100, ""},
		{rows("a", 101), 51, "51 of 101 rows are drawn."},
		{append(rows("a", 1000), rows("b", 10)...), 92, "92 of 1,010 rows are drawn."},
	} {
		c := Spans(Title{Text: lang.Same("t")}, []State{{Name: lang.Same("s")}}, tt.rows...)
		o, d, _, _, err := readOptions(c)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := o.series()[0]["data"].([]any)
		if n := len(data) / 3; n != tt.drawn || len(d.table.rows) != len(tt.rows) {
			t.Errorf("of %d rows %d are drawn and %d are in the table, want %d and all", len(tt.rows), n, len(d.table.rows), tt.drawn)
		}
		if _, below := o.title(); strings.Contains(fmt.Sprint(below), "rows are drawn") != (tt.said != "") || !strings.Contains(fmt.Sprint(below), tt.said) {
			t.Errorf("of %d rows it says %q, want %q", len(tt.rows), below, tt.said)
		}
	}
}
