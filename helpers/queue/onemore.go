package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// OneMore is what one more worker brings, stage by stage.
type OneMore struct {
	Names   []string
	Workers []int
	Time    measure.Summary   // with so many workers, in seconds
	Ratios  []measure.Summary // that time by the one with one more worker in the stage, round by round
	Err     error             // what was not measured, and why
}

// MeasureOneMore runs a pipeline of named stages with so many workers in each, and with
// one more in each stage in turn.
func MeasureOneMore(names []string, workers []int, run func(workers []int) error) OneMore {
	result := OneMore{Names: names, Workers: workers}
	if len(names) != len(workers) || len(names) == 0 {
		result.Err = fmt.Errorf("measure one more worker: %d names for %d stages: give one for each", len(names), len(workers))
		return result
	}
	timed := func(workers []int) measure.Func {
		return measure.Timed(func(context.Context) error { return run(workers) })
	}
	fs := []measure.Func{timed(workers)}
	for i := range workers {
		more := slices.Clone(workers)
		more[i]++
		fs = append(fs, timed(more))
	}
	progress := lang.Text{Ko: "작업자 하나 더", En: "one more worker"}
	samples, err := measure.Repeat{Progress: progress}.Alternate(context.Background(), measure.Seconds, fs...)
	result.Err = err
	result.Time = samples[0].Summary()
	for _, s := range samples[1:] {
		ratio, err := measure.Ratio(samples[0], s)
		result.Err = errors.Join(result.Err, err)
		result.Ratios = append(result.Ratios, ratio.Summary())
	}
	return result
}

// Chart shows the speed-ups. What was not measured is said on stderr, below.
func (o OneMore) Chart() {
	if slices.ContainsFunc(o.Ratios, func(r measure.Summary) bool { return r.N > 0 }) {
		chart.Show(o.chart())
	}
	tell(o.Err)
}

func (o OneMore) chart() chart.Chart {
	var bars []chart.Bar
	for i, r := range o.Ratios {
		if r.N > 0 {
			bars = append(bars, chart.Bar{Name: lang.Format(lang.Text{Ko: "%s에 하나 더", En: "one more to %s"}, o.Names[i]), Value: value(r)})
		}
	}
	least := 0.0
	var base []string
	for i, n := range o.Names {
		base = append(base, fmt.Sprint(n, " ", o.Workers[i]))
	}
	now := strings.Join(base, ", ")
	return chart.Bars(
		chart.Title{
			Text: lang.Text{Ko: "작업자를 하나 더 두면 몇 배 빨라지는가", En: "How many times quicker with one more worker"},
			Note: measure.Noted(lang.Format(lang.Text{Ko: "기준: %s. %v.", En: "Compared with: %s. %v."}, now, o.Time)),
		},
		chart.Axis{
			Name: lang.Text{Ko: "속도 향상", En: "speed-up"}, Unit: "×", Min: &least,
			Lines: []chart.Mark{{Name: lang.Text{Ko: "이득 없음", En: "no gain"}, At: 1}},
		}, bars...)
}
