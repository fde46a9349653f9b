package chart

import (
	"strconv"
	"strings"
	"testing"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// timeline has n spans in one line series, each longer than the one before.
func timeline(n int) Chart {
	c := charts.NewLine()
	var data []opts.LineData
	for i := range n {
		data = append(data, opts.LineData{Value: []any{i, i % 8}}, opts.LineData{Value: []any{float64(i) + float64(i)/float64(n), i % 8}}, opts.LineData{Value: []any{nil, nil}})
	}
	c.SetGlobalOptions(charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: []string{"a", "b", "c", "d", "e", "f", "g", "h"}}), charts.WithXAxisOpts(opts.XAxis{Type: "value"}))
	c.AddSeries("running", data, charts.WithLineChartOpts(opts.LineChart{ShowSymbol: opts.Bool(false)}), charts.WithLineStyleOpts(opts.LineStyle{Width: 18}))
	return c
}

func TestLimit(t *testing.T) {
	many := charts.NewBar()
	var names []string
	var data []opts.BarData
	for i := range 20000 {
		names, data = append(names, strings.Repeat("n", 20)+strconv.Itoa(i)), append(data, opts.BarData{Value: i})
	}
	many.SetXAxis(names).AddSeries("s", data)
	for _, tt := range []struct {
		name  string
		chart Chart
		draw  drawer // nil: that of the lab
		says  string
		still bool
	}{
		{"a long timeline is thinned out", timeline(6000), nil, "to stay within the size limit the picture shows", true},
		{"a picture too large with its script stands alone", sampleBars(), stub(86 << 10), "for more than a still picture", true},
		{"a picture too large by itself is left out", sampleBars(), stub(100 << 10), "for more than its table", false},
		{"bars that cannot be spared", many, stub(10), "for more than a still picture", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			draw := tt.draw
			if draw == nil {
				draw = inLab(t)
			}
			o := build(tt.chart, draw)
			if o.size() > limit {
				t.Errorf("%d bytes, more than %d", o.size(), limit)
			}
			if !strings.Contains(o.html, tt.says) || !strings.Contains(o.plain, tt.says) {
				t.Errorf("nothing says %q: %.500s", tt.says, o.plain)
			}
			if picture.MatchString(o.html) != tt.still {
				t.Errorf("picture: %v", !tt.still)
			}
		})
	}
}

func TestThinningKeepsTheLongSpans(t *testing.T) {
	o, _, _, _, err := readOptions(timeline(1000))
	if err != nil {
		t.Fatal(err)
	}
	thinned, kept, of := o.thin(4)
	if kept != 750 || of != 3000 {
		t.Errorf("kept %d of %d", kept, of)
	}
	first := items(thinned.series()[0])[0]
	if got := text(valueOf(first).([]any)[0]); got != "750" {
		t.Errorf("the first span left starts at %s, want 750: the shorter three quarters go", got)
	}
	if len(items(o.series()[0])) != 3000 {
		t.Error("thinning changed the options themselves")
	}
}
