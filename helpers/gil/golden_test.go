package gil

import (
	"testing"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

func times(values ...float64) measure.Sample {
	return measure.Sample{Unit: measure.Times, Values: values}
}

func summary(median, lo, hi float64) measure.Summary {
	return measure.Summary{N: 10, Median: median, Lo: lo, Hi: hi}
}

func TestGolden(t *testing.T) {
	threads, goroutines := lang.Text{Ko: "스레드", En: "threads"}, lang.Text{Ko: "고루틴", En: "goroutines"}
	speedups := func() chart.Chart {
		return Speedups{Numbers: Numbers, Cores: 2, Speedups: []Speedup{
			{Name: threads, Runtime: "CPython 3.13", Ratio: times(0.97, 1.01, 0.99, 0.98, 1, 0.96)},
			{Name: goroutines, Runtime: "Go", Ratio: times(1.9, 1.95, 1.97)},
		}}.chart()
	}
	costs := func(draw func(times, memories []chart.Line) chart.Chart) func() chart.Chart {
		return func() chart.Chart {
			return draw(Costs{Costs: []MeasuredCost{
				// Too few to tell their memory.
				{Name: threads, Number: 10, Time: summary(80, 70, 95), Memory: summary(900, 0, 2000)},
				{Name: threads, Number: 100, Time: summary(60, 55, 62), Memory: summary(40, 38, 44)},
				{Name: goroutines, Number: 100, Time: summary(0.8, 0.7, 1), Memory: summary(2.7, 2.6, 2.8)},
				{Name: goroutines, Number: 10_000, Time: summary(0.5, 0.45, 0.6), Memory: summary(2.6, 2.6, 2.7)},
			}}.lines())
		}
	}
	const ms = time.Millisecond
	charttest.Golden(t, charttest.Charts{
		"speedups":    speedups,
		"speedups.ko": speedups,
		"times.en":    costs(func(times, _ []chart.Line) chart.Chart { return timeChart(times, 4) }),
		"memory":      costs(func(_, memories []chart.Line) chart.Chart { return memoryChart(memories) }),
		"curves.en": func() chart.Chart {
			one := summary(1, 1, 1)
			quicker := []measure.Summary{one, summary(1.9, 1.8, 1.95), {}, summary(1.8, 1.7, 1.9)} // one has no runs
			return Curves{Cores: 2, Curves: []Curve{
				{Name: goroutines, Workers: []int{1, 2, 3, 4}, Ratios: quicker},
				{Name: threads, Workers: []int{1, 2}, Ratios: []measure.Summary{one, summary(0.9, 0.8, 1)}},
			}}.chart()
		},
		"waits.en": func() chart.Chart {
			return WaitRatios{
				Waits: Waits{Calls: 5, Wait: 20 * ms, Compute: []time.Duration{0, 20 * ms, 80 * ms}},
				Ratios: []WaitRatio{
					{Runtime: "CPython 3.13", Compute: 0, Share: times(0.21, 0.2, 0.22, 0.21, 0.23, 0.2)},
					{Runtime: "CPython 3.13", Compute: 80 * ms, Share: times(0.5, 0.48, 0.49)},
					{Runtime: "Go", Compute: 20 * ms, Share: times(0.18, 0.17, 0.19)},
				},
			}.chart(4)
		},
		"flights": func() chart.Chart {
			return flightsChart([]Named{
				{goroutines, Flight{{0, 10}, {0.05, 12.5}, {0.1, 15}}}, {threads, Flight{{0, 10}, {0.1, 11}}},
			})
		},
	})
}
