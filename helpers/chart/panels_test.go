package chart

import (
	"fmt"
	"strings"
	"testing"

	"interleave/helpers/lang"
)

func TestPanels(t *testing.T) {
	for _, tt := range []struct {
		points int
		shown  bool
	}{{symbolsFor, true}, {symbolsFor + 1, false}} {
		t.Run(fmt.Sprint(tt.points), func(t *testing.T) {
			o, _, _, height, err := readOptions(samplePanels(tt.points))
			if err != nil {
				t.Fatal(err)
			}
			if len(o.list("grid")) != 2 || len(o.list("xAxis")) != 2 || len(o.list("yAxis")) != 2 || height != 550 {
				t.Fatalf("%d grids, %d and %d axes, %d pixels", len(o.list("grid")), len(o.list("xAxis")), len(o.list("yAxis")), height)
			}
			for i, want := range []string{"", "시간 (s) · time (s)"} {
				axis := o.list("xAxis")[i].(map[string]any)
				if name, _ := axis["name"].(string); name != want || i == 1 && text(axis["gridIndex"]) != "1" {
					t.Errorf("x axis %d: %v", i, axis)
				}
			}
			looks, dashes := map[string][]string{}, map[string]bool{}
			for i, s := range o.series() {
				if second := i >= len(o.series())/2+1; (text(s["xAxisIndex"]) == "1") != second || text(s["xAxisIndex"]) != text(s["yAxisIndex"]) {
					t.Errorf("series %d of %d, %v, is on axes %v and %v", i, len(o.series()), s["name"], s["xAxisIndex"], s["yAxisIndex"])
				}
				name, _ := s["name"].(string)
				if name == "" || strings.Contains(name, "capacity") {
					continue
				}
				style := s["lineStyle"].(map[string]any)
				looks[name] = append(looks[name], fmt.Sprint(style, s["symbol"]))
				dashes[style["type"].(string)] = true
				if (s["symbol"] != "none") != tt.shown {
					t.Errorf("%s has the symbol %v", name, s["symbol"])
				}
			}
			if len(looks) != 3 || len(dashes) != 3 {
				t.Errorf("the looks are %v, the dashes %v", looks, dashes)
			}
			for name, both := range looks {
				if len(both) != 2 || both[0] != both[1] {
					t.Errorf("%s looks like %v", name, both)
				}
			}
			legend := o.list("legend")[0].(map[string]any)["data"].([]any)
			if len(legend) != 4 {
				t.Errorf("the legend is %v", legend)
			}
		})
	}
}

func TestPanelsPicture(t *testing.T) {
	count := func(svg, s string) int { return strings.Count(svg, ">"+s+"<") }
	svg := string(svgOf(t, build(samplePanels(100), inLab(t)).html))
	for s, want := range map[string]int{
		"차례로 · in turn": 1, "용량 · capacity: 250": 1, "기다리는 항목 · items that wait": 1, "처리량 (1/s) · throughput (1/s)": 1,
		"시간 (s) · time (s)": 1, "1.5": 1, // on the lowest axis alone
		"250": 1, "50,000": 1, // as far as the mark, and the lower panel's own figures
	} {
		if got := count(svg, s); got != want {
			t.Errorf("%q stands %d times in the picture, not %d", s, got, want)
		}
	}
}

func TestNamesTwiceInAPanelDiffer(t *testing.T) {
	twice := []Line{{Name: lang.Same("a"), Points: []Point{{X: 1}}}, {Name: lang.Same("a"), Points: []Point{{X: 2}}}}
	c := Lines(Title{}, Axis{}, Axis{}, twice...)
	if a, b := c.MultiSeries[0], c.MultiSeries[1]; a.Symbol == b.Symbol {
		t.Error("two lines of a chart look the same")
	}
}

func TestPanelsFit(t *testing.T) {
	if o := build(samplePanels(300), inLab(t)); o.size() > 90<<10 || strings.Contains(o.plain, "! ") {
		t.Errorf("%d bytes: %.300s", o.size(), o.plain)
	}
	if o := build(samplePanels(4000), inLab(t)); o.size() > limit || !picture.MatchString(o.html) || !strings.Contains(o.plain, "to stay within the size limit") {
		t.Errorf("%d bytes: %.300s", o.size(), o.plain)
	}
}

func TestFiguresAreShort(t *testing.T) {
	for _, tt := range []struct {
		axis         Axis
		v, far, want float64
	}{
		{Axis{}, 12.3456789, 100, 12.346},
		{Axis{}, 0, 100, 0},
		{Axis{}, 1700000000.123456, 10, 1700000000.1235},
		{Axis{}, 123456789, 0, 123457000},
		{Axis{Log: true}, 0.00123456789, 1e9, 0.00123457},
	} {
		if got := tt.axis.shown(tt.v, tt.far); got != tt.want {
			t.Errorf("%v of %v is shown as %v, not %v", tt.v, tt.far, got, tt.want)
		}
	}
}
