package chart

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

func TestTableText(t *testing.T) {
	for _, tt := range []struct {
		name string
		t    table
		want string
	}{
		{"Hangul takes two columns", table{header: []string{"이름", "값"}, rows: [][]string{{"고루틴", "404,231"}, {"thread", "5"}}},
			"이름         값\n------  -------\n고루틴  404,231\nthread        5\n"},
		{"ragged rows", table{header: []string{"a"}, rows: [][]string{{"b", "c"}, {}}}, "a\n-  -\nb  c\n\n"},
		{"one missing figure", table{header: []string{"x"}, rows: [][]string{{"10"}, {"–"}}}, " x\n--\n10\n –\n"},
		{"lines and combining marks", table{rows: [][]string{{"a\nb", "|"}, {"e\u0301\u0301", "|"}}}, "a b  |\ne\u0301\u0301    |\n"},
		{"decomposed Hangul", table{rows: [][]string{{"\u1112\u1161\u11ab", "|"}, {"ab", "|"}}}, "\u1112\u1161\u11ab  |\nab  |\n"},
		{"nothing", table{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.t.text(tableRoom); got != tt.want {
				t.Errorf("got\n%q, want\n%q", got, tt.want)
			}
		})
	}
}

func TestTableHTML(t *testing.T) {
	got := table{header: []string{"<i>", "n"}, rows: [][]string{{"a&b", "1"}}}.html(tableRoom)
	want := `<table><thead><tr><th style="text-align:left">&lt;i&gt;</th><th style="text-align:right">n</th></tr></thead><tbody><tr><td style="text-align:left">a&amp;b</td><td style="text-align:right">1</td></tr>
</tbody></table>`
	if got != want {
		t.Errorf("got %s", got)
	}
}

func TestLongTableSaysWhatIsMissing(t *testing.T) {
	tab := table{header: []string{"n"}}
	for i := range 50000 {
		tab.rows = append(tab.rows, []string{strings.Repeat("x", 1000), strconv.Itoa(i)})
	}
	o := tableOutput("long", tab)
	if o.size() > limit || !strings.Contains(o.plain, "more rows left out") || !strings.Contains(o.html, "more rows left out") {
		t.Errorf("%d bytes: %s", o.size(), o.plain[len(o.plain)-200:])
	}
}

func TestTableOutput(t *testing.T) {
	o := tableOutput(lang.Text{Ko: "출처의 값", En: "the sources' figures"}.String(), table{header: []string{"a"}, rows: [][]string{{"<b>"}}})
	if o.plain != "출처의 값 · the sources' figures\n\na\n---\n<b>\n" || !strings.Contains(o.html, "&lt;b&gt;") {
		t.Errorf("got %q and %s", o.plain, o.html)
	}
}

func TestDeriveTable(t *testing.T) {
	scatter := charts.NewScatter()
	scatter.AddSeries("s", []opts.ScatterData{{Value: []any{1, 20000}}, {Name: "p", Value: []any{2.5, 3}}})
	line := charts.NewLine()
	line.AddSeries("", []opts.LineData{{Value: []any{1, 2}}, {Value: []any{nil, nil}}})
	for _, tt := range []struct {
		name  string
		chart Chart
		want  string
	}{
		{"categories and series", sampleForeign(), "    north  south\n--  ------  -----\n월      12      5\n화      30   8.25\n수  21,000\n"},
		{"named parts", samplePie(), "계열 · series  이름 · name  값 · value\n-------------  -----------  ----------\ntime           running              70\ntime           waiting              20\ntime           system call          10\n"},
		{"points", scatter, "계열 · series  이름 · name    x       y\n-------------  -----------  ---  ------\ns                             1  20,000\ns              p            2.5       3\n"},
		{"gaps are no rows", line, "계열 · series  x  y\n-------------  -  -\nline 1         1  2\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, _, _, _, err := readOptions(tt.chart)
			if err != nil {
				t.Fatal(err)
			}
			got := o.deriveTable(o.series()).text(tableRoom)
			if strings.TrimLeft(got, " ") != strings.TrimLeft(tt.want, " ") {
				t.Errorf("got\n%s, want\n%s", got, tt.want)
			}
		})
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		404231: "404,231", 0.404845: "0.4048", 12.3456: "12.35", 100: "100", -1234567: "-1,234,567", 1234.5: "1,234",
		0: "0", 0.00012: "0.00012", 0.00001: "1e-05", 1e15: "1e+15", 999.96: "1,000", 2.50: "2.5", math.Inf(1): "–",
	} {
		if got := Number(v); got != want {
			t.Errorf("Number(%v) = %s, want %s", v, got, want)
		}
	}
	if got := Number(math.NaN()); got != "–" {
		t.Errorf("NaN is %s", got)
	}
}

// contrast is WCAG's, between two colours written as #rrggbb.
func contrast(a, b string) float64 {
	light := func(c string) float64 {
		n, _ := strconv.ParseUint(c[1:], 16, 32)
		l := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(n>>(16-8*i)&0xff) / 255
			if v <= 0.03928 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			l += weight * v
		}
		return l
	}
	la, lb := light(a), light(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestColoursAreReadableOnBothThemes(t *testing.T) {
	for _, ground := range []string{"#ffffff", "#111111"} {
		for _, c := range palette {
			if got := contrast(c, ground); got < 3 {
				t.Errorf("%s on %s: %.2f", c, ground, got)
			}
		}
		if got := contrast("#797979", ground); got < 4.2 || !strings.Contains(stillInk, "#797979") {
			t.Errorf("text on %s: %.2f", ground, got)
		}
	}
}
