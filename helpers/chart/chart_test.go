package chart

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/labtest"
	"interleave/helpers/lang"
)

// inLab returns the drawer of the installed lab.
func inLab(tb testing.TB) drawer {
	tb.Helper()
	labtest.Lab(tb, 2)
	return drawInLab
}

// stub stands in for the drawing program.
func stub(size int) drawer {
	return func(string, int, int) ([]byte, error) {
		return []byte("<svg xmlns='http://www.w3.org/2000/svg'>" + strings.Repeat(" ", size) + "</svg>"), nil
	}
}

var picture = regexp.MustCompile(`<img src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"`)

func svgOf(t *testing.T, html string) []byte {
	t.Helper()
	found := picture.FindStringSubmatch(html)
	if found == nil {
		t.Fatalf("there is no picture in %.300s", html)
	}
	svg, err := base64.StdEncoding.DecodeString(found[1])
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

func TestEverySampleIsDrawn(t *testing.T) {
	draw := inLab(t)
	for name, c := range samples() {
		t.Run(name, func(t *testing.T) {
			o := build(c, draw)
			svg := svgOf(t, o.html)
			if !bytes.HasPrefix(svg, []byte("<svg")) || !bytes.Contains(svg, []byte("<path")) {
				t.Errorf("the picture is not one: %.200s", svg)
			}
			for _, bad := range []string{"NaN", "undefined", "@text", "<style"} {
				if bytes.Contains(svg, []byte(bad)) {
					t.Errorf("the picture holds %q", bad)
				}
			}
			if strings.Contains(o.html, "⚠") {
				t.Errorf("a sample complains: %s", o.plain)
			}
			if o.size() > 80<<10 {
				t.Errorf("the output takes %d bytes", o.size())
			}
			if again := build(samples()[name], draw); again != o {
				t.Error("the same chart gave other bytes")
			}
		})
	}
}

func TestFiguresStandInThePicture(t *testing.T) {
	svg := string(svgOf(t, build(samplePoints(), inLab(t)).html))
	for _, want := range []string{"303,503", "311,001", "428,650", "CPython 3.13", "락 없이 센 값", "quick mode: 10 runs"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
}

func TestStructure(t *testing.T) {
	html := build(sampleBars(), stub(10)).html
	last := -1
	for _, part := range []string{`<div class="interleave-chart-`, "<img ", "<details>", "<summary>", "<table>", "</details>", "<script>", "</script>\n</div>"} {
		i := strings.Index(html, part)
		if i <= last {
			t.Fatalf("%s is missing or out of order", part)
		}
		last = i
	}
	if n := strings.Count(html, "</script"); n != 1 {
		t.Errorf("%d script ends", n)
	}
	for _, bad := range []string{" id=", "<style", "text/javascript", "<script src"} {
		if strings.Contains(html, bad) {
			t.Errorf("the output holds %q", bad)
		}
	}
}

// sanitise does what JupyterLab does to the HTML of an untrusted notebook.
func sanitise(html string) string {
	html = regexp.MustCompile(`(?s)<(script|style|svg)\b.*?</(script|style|svg)>`).ReplaceAllString(html, "")
	return regexp.MustCompile(` (id|name|on\w+)="[^"]*"`).ReplaceAllString(html, "")
}

func TestUntrustedNotebookShowsAll(t *testing.T) {
	html := sanitise(build(sampleLines(), stub(10)).html)
	if !bytes.HasPrefix(svgOf(t, html), []byte("<svg")) {
		t.Error("the picture is gone")
	}
	for _, want := range []string{"<details>", "<table>", "1.94 (1.85–1.97)", `alt="작업자 수와 속도 향상.`} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is gone", want)
		}
	}
	for _, style := range regexp.MustCompile(`style="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if !regexp.MustCompile(`^(text-align:(left|right)|max-width:100%;height:auto)$`).MatchString(style[1]) {
			t.Errorf("the sanitiser may not know the style %q", style[1])
		}
	}
}

func TestHostileTextStaysText(t *testing.T) {
	const evil = `<b>x</b></script><script>alert(1)</script><!-- " onerror="alert(2)`
	c := Bars(Title{Text: lang.Same(evil), Note: lang.Same(evil)}, Axis{Name: lang.Same(evil), Unit: evil},
		Bar{Name: lang.Same(evil), Value: Value{Median: 1}},
		Bar{Name: lang.Same("__f__alert(3)__f__"), Value: Value{Median: 2}})
	html := build(c, stub(10)).html
	if strings.Count(html, "<script") != 1 || strings.Count(html, "</script") != 1 {
		t.Error("a label opens or closes a script")
	}
	for _, bad := range []string{"<b>x", "<!--", ":alert(3)", "[alert(3)", ",alert(3)"} {
		if strings.Contains(html, bad) {
			t.Errorf("the output holds %s", bad)
		}
	}
	if strings.Contains(sanitise(html), `" onerror`) {
		t.Error("a label ends an attribute")
	}
	t.Run("in the picture", func(t *testing.T) {
		if svg := svgOf(t, build(c, inLab(t)).html); bytes.Contains(svg, []byte("<b>")) || bytes.Contains(svg, []byte("<script")) {
			t.Error("a label is markup")
		}
	})
}

func TestFunctionsOfTheAuthorAreKept(t *testing.T) {
	c := sampleForeign()
	c.SetGlobalOptions(charts.WithTooltipOpts(opts.Tooltip{Formatter: opts.FuncOpts(`function (p) { return "</script>" + p.name; }`)}))
	html := build(c, stub(10)).html
	if !strings.Contains(unpacked(t, html), `"formatter":function (p) { return "<\/script>" + p.name; }`) {
		t.Error("the tooltip's function is not in the live chart")
	}
	t.Run("in the picture", func(t *testing.T) {
		if html := build(c, inLab(t)).html; !picture.MatchString(html) {
			t.Error("there is none")
		}
	})
}

func TestOddDataIsShown(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	long := lang.Same(strings.Repeat("아주 긴 이름 ", 400))
	foreign := charts.NewLine()
	foreign.SetXAxis([]string{"a", "b"}).AddSeries("s", []opts.LineData{{Value: nan}, {Value: []float64{1, inf}}, {Value: 3}})
	for name, c := range map[string]Chart{
		"no bars":                 Bars(Title{}, Axis{}),
		"no groups":               Points(Title{}, Axis{}),
		"no lines":                Lines(Title{}, Axis{}, Axis{}),
		"a group without values":  Points(Title{}, Axis{}, Group{Name: lang.Same("g")}),
		"a line without points":   Lines(Title{}, Axis{}, Axis{}, Line{Name: lang.Same("l")}),
		"values that are none":    Bars(Title{}, Axis{}, Bar{Value: Value{nan, nan, nan}}, Bar{Value: Value{inf, 0, inf}}),
		"points that are none":    Points(Title{}, Axis{}, Group{Values: []float64{nan, inf, 3}, Estimate: Value{nan, nan, nan}}),
		"zero on a log axis":      Lines(Title{}, Axis{Log: true}, Axis{Log: true}, Line{Points: []Point{{0, Value{Median: 1}}, {1, Value{Median: 0}}, {2, Value{Median: 2, Lo: 0, Hi: 3}}}}),
		"no panels":               Panels(Title{}, Axis{}),
		"panels without lines":    Panels(Title{}, Axis{}, Panel{}, Panel{Y: Axis{Lines: []Mark{{At: 3}}}}),
		"one panel":               Panels(Title{}, Axis{}, Panel{Lines: []Line{{Points: []Point{{X: 1}}}}}),
		"panels of what is none":  Panels(Title{}, Axis{Log: true}, Panel{Y: Axis{Log: true}, Lines: []Line{{Points: []Point{{0, Value{Median: 1}}, {nan, Value{Median: inf}}, {2, Value{Median: -1}}}}}}, Panel{Lines: []Line{{}}}),
		"panels with long names":  Panels(Title{Text: long}, Axis{Name: long}, Panel{Y: Axis{Name: long}}, Panel{Y: Axis{Name: long}, Lines: []Line{{Name: long, Points: []Point{{X: 1}}}}}),
		"panels along names":      Panels(Title{}, Axis{Names: []string{"a", "b"}}, Panel{Lines: []Line{{Points: []Point{{X: 1}, {X: 7}}}}}, Panel{}),
		"odd bounds":              Bars(Title{}, Axis{Log: true, Min: at(0), Max: at(inf)}, Bar{Value: Value{Median: 3}}),
		"very long names":         Bars(Title{Text: long, Note: long}, Axis{Name: long}, Bar{Name: long, Value: Value{Median: 3}}),
		"NaN in a foreign chart":  foreign,
		"a foreign chart, barren": charts.NewScatter(),
	} {
		t.Run(name, func(t *testing.T) {
			o := build(c, inLab(t))
			if strings.Contains(o.html, "⚠") {
				t.Errorf("there is no picture: %s", o.plain)
			}
			if svg := svgOf(t, o.html); bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Infinity")) {
				t.Error("the picture holds what is no number")
			}
			if o.size() > limit {
				t.Errorf("%d bytes", o.size())
			}
		})
	}
}

func TestFailureKeepsTheData(t *testing.T) {
	o := build(sampleBars(), func(string, int, int) ([]byte, error) { return nil, errors.New("drew <nothing>; mend it so") })
	for _, want := range []string{"drew &lt;nothing&gt;; mend it so", "<details open>", "149.5–158", "<script>"} {
		if !strings.Contains(o.html, want) {
			t.Errorf("the HTML lacks %q", want)
		}
	}
	if !strings.Contains(o.plain, "drew <nothing>; mend it so") || !strings.Contains(o.plain, "149.5–158") {
		t.Errorf("got %s", o.plain)
	}
}

func TestMissingLabSaysWhatMendsIt(t *testing.T) {
	t.Setenv(labEnv, t.TempDir())
	if _, err := drawInLab("{}", 100, 100); err == nil || !strings.Contains(err.Error(), "go run ./kernel-setup install") {
		t.Errorf("without a drawer: %v", err)
	}
	t.Setenv(labEnv, "relative")
	if _, err := drawInLab("{}", 100, 100); err == nil || !strings.Contains(err.Error(), "absolute") {
		t.Errorf("with a relative lab: %v", err)
	}
	t.Setenv(labEnv, "")
	t.Chdir(t.TempDir())
	if _, err := drawInLab("{}", 100, 100); err == nil || !strings.Contains(err.Error(), "go run ./kernel-setup lab") {
		t.Errorf("outside the module: %v", err)
	}
}

func TestRejectedChartSaysWhy(t *testing.T) {
	c := charts.NewScatter()
	c.MultiSeries = append(c.MultiSeries, charts.SingleSeries{Type: "wordCloud", Data: []any{1}})
	if o := build(c, inLab(t)); !strings.Contains(o.plain, `no series type "wordCloud"`) {
		t.Errorf("got %s", o.plain)
	}
}

func TestForeignLinesDifferWithoutColour(t *testing.T) {
	c := charts.NewLine()
	plain := charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(false)})
	one := []opts.LineData{{Value: []any{1, 2}}, {Value: []any{2, 2}}}
	c.AddSeries("a", one).AddSeries("b", one).AddSeries("c", one, plain).AddSeries("d", append(one, opts.LineData{Value: []any{nil, nil}}, one[0]), plain)
	o, _, _, _, err := readOptions(c)
	if err != nil {
		t.Fatal(err)
	}
	o.complete(true)
	s := o.series()
	if s[0]["symbol"] == s[1]["symbol"] {
		t.Error("two lines have the same symbol")
	}
	if s[2]["lineStyle"] == nil {
		t.Error("a line without symbols has no dashes")
	}
	if s[3]["lineStyle"] != nil {
		t.Error("spans are dashed")
	}
	if got := o["color"].([]string); got[0] != palette[0] {
		t.Errorf("the palette is %v", got)
	}
}

func TestAlt(t *testing.T) {
	for _, env := range []string{"", "ko", "en"} {
		t.Setenv(lang.Env, env)
		for name, c := range samples() {
			o, d, _, _, err := readOptions(c)
			if err != nil {
				t.Fatal(err)
			}
			alt := o.alt(d)
			title, _ := o.title()
			if n := len([]rune(alt)); n > 600 || n < 30 || strings.ContainsAny(alt, "\n<>") {
				t.Errorf("%s in %q: %d characters: %s", name, env, n, alt)
			}
			for _, part := range strings.Split(title, " · ") {
				if !strings.Contains(alt, part) {
					t.Errorf("%s in %q lacks the title %q: %s", name, env, part, alt)
				}
			}
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	draw := inLab(b)
	o, _, w, h, err := readOptions(samplePoints())
	if err != nil {
		b.Fatal(err)
	}
	expression := o.expression()
	for b.Loop() {
		if _, err := draw(expression, w, h); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSwarm(t *testing.T) {
	same := []float64{5, 5, 5}
	if got := swarm(same, same, false); got[0] == got[1] || got[1] == got[2] || got[0] == got[2] {
		t.Errorf("three equal values lie on each other: %v", got)
	}
	far := []float64{1, 1000, 500}
	if got := swarm(far, far, true); got[0] != 0 || got[1] != 0 {
		t.Errorf("values far apart leave their row: %v", got)
	}
	if got := swarm([]float64{math.NaN(), 1}, []float64{1}, false); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}

// unpacked gives the script that an output carries.
func unpacked(t *testing.T, html string) string {
	t.Helper()
	m := regexp.MustCompile(`\("([\w+/=]+)","([\w+/=]+)"\)</script>`).FindStringSubmatch(html)
	if m == nil {
		t.Fatalf("no packed script in %.200s", html)
	}
	var all []string
	for _, piece := range m[1:] {
		data, err := base64.StdEncoding.DecodeString(piece)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		code, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(code))
	}
	return strings.Join(all, "\n")
}

func TestLinesAlongNames(t *testing.T) {
	c := Lines(Title{Text: lang.Same("By version")},
		Axis{Name: lang.Same("version"), Names: []string{"3.9", "3.10", "3.11.2"}},
		Axis{Name: lang.Same("lost"), Unit: "%"},
		Line{Name: lang.Same("Counter"), Points: []Point{{X: 0, Y: Value{Median: 40, Lo: 30, Hi: 50}}, {X: 2}, {X: 1, Y: Value{Median: 5}}}})
	if svg := string(svgOf(t, build(c, inLab(t)).html)); !strings.Contains(svg, ">3.11.2<") {
		t.Errorf("the axis of the picture does not name 3.11.2: %q", regexp.MustCompile(`<text[^>]*>[^<]*`).FindAllString(svg, -1))
	}
}

func TestLinesDiffer(t *testing.T) {
	seen := map[string]int{}
	for n := range len(palette) * len(symbols) {
		color, symbol, dash := look(n)
		for _, look := range []string{color + symbol, color + dash} {
			if before, ok := seen[look]; ok {
				t.Errorf("lines %d and %d look the same: %s", before, n, look)
			}
			seen[look] = n
		}
	}
}
