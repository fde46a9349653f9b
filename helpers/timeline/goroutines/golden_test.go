package goroutines

import (
	"testing"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
	"interleave/helpers/timeline"
)

func TestGolden(t *testing.T) {
	const ms = time.Millisecond
	title := lang.Text{Ko: "고루틴", En: "Goroutines"}
	one := Recording{Procs: 2, Length: 10 * ms, Goroutines: []Goroutine{
		{Name: "main", Intervals: []Interval{
			{State: timeline.Running, To: 2 * ms},
			{State: timeline.Channel, From: 2 * ms, To: 9 * ms, P: -1, Where: "main, main.go:3: <-done"},
			{State: timeline.Running, From: 9 * ms, To: 10 * ms, P: 1},
		}},
		{Name: "worker", Intervals: []Interval{
			{State: timeline.Runnable, From: 2 * ms, To: 3 * ms, P: -1},
			{State: timeline.Running, From: 3 * ms, To: 8 * ms, P: 1},
		}},
	}}
	drawn := func(above chart.Title, parts ...timeline.Part) chart.Chart {
		c, err := timeline.Chart(above, parts...)
		if err != nil {
			t.Error(err)
		}
		return c
	}
	long := made(1, mostSpans+2) // too many intervals to draw each, in few of its steps
	long.Length = 10 * time.Second
	several := func() chart.Chart {
		above, parts := partsOf(title, []Titled{
			{lang.Text{Ko: "하나", En: "one"}, one}, {lang.Text{Ko: "많이", En: "many"}, long},
		})
		return drawn(above, parts...)
	}
	procs := func() chart.Chart { return drawn(one.procs(title)) }
	charttest.Golden(t, charttest.Charts{
		"one.en": func() chart.Chart {
			above, parts := partsOf(title, []Titled{{Recording: one}})
			return drawn(above, parts...)
		},
		"several.ko": several,
		"procs":      procs,
		"procs.en":   procs,
		"totals.en":  func() chart.Chart { return drawn(one.totals(title)) },
	})
}
