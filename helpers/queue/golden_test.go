package queue

import (
	"testing"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

func TestGolden(t *testing.T) {
	rates := func(values ...float64) measure.Sample { return measure.Sample{Unit: perSecond, Values: values} }
	stages := func() chart.Chart {
		three := [3]measure.Sample{rates(333, 330, 331), rates(250, 249, 251), rates(200, 199, 198)}
		return StageRates{Setup: StageSetup{Items: 1000}, Rates: []StageRate{
			{Runtime: "Go", Workers: [3]int{1, 1, 1}, Stages: three, Whole: rates(197, 195, 198)},
			{Runtime: "Go", Workers: [3]int{3, 4, 5}}, // failed
			{Runtime: "CPython 3.13", Workers: [3]int{1, 1, 1}},
		}}.charts()[0]
	}
	charttest.Golden(t, charttest.Charts{
		"faults":    func() chart.Chart { return goldenFaults().chart() },
		"stages.ko": stages,
		"stages.en": stages,
		"one-more.en": func() chart.Chart {
			ratio := func(median, lo, hi float64) measure.Summary {
				return measure.Summary{Unit: measure.Times, N: 10, Median: median, Lo: lo, Hi: hi}
			}
			took := measure.Summary{Unit: measure.Seconds, N: 10, Median: 0.5, Lo: 0.48, Hi: 0.53, Kind: measure.Interval}
			return OneMore{Names: []string{"fetch", "resize", "upload"}, Workers: []int{1, 2, 3}, Time: took,
				Ratios: []measure.Summary{ratio(1.5, 1.4, 1.6), {}, ratio(1.01, 0.99, 1.02)}}.chart()
		},
		"throughput": func() chart.Chart {
			goes, python := lang.Text{Ko: "채널", En: "channel"}, lang.Same("CPython 3.13 Queue")
			return Throughputs{Queues: []Throughput{
				{Name: goes, Capacity: 0, Rate: rates(4e6, 4.5e6, 5e6)},
				{Name: goes, Capacity: 1000, Rate: rates(2e7, 2.1e7, 2.2e7)},
				{Name: python, Capacity: unbounded, Rate: rates(6e5, 5e5, 5.5e5)},
				{Name: python, Capacity: 1, Rate: rates(4e4, 3e4, 5e4)},
				{Name: python, Capacity: 1000},
			}}.chart()
		},
		"heap.en": func() chart.Chart {
			return HeapCurves{Curves: []HeapCurve{
				{Name: lang.Same("unbounded"), Samples: []HeapSample{{0, 0}, {20 * ms, 8 << 20}, {40 * ms, 16 << 20}}},
				{Name: lang.Same("capacity 10"), Samples: []HeapSample{{0, 0}, {50 * ms, 1 << 19}}},
			}}.chart()
		},
		"watch.ko": func() chart.Chart {
			w := Watch{title: lang.Text{Ko: "사진", En: "photos"}}
			for k := range 8 {
				at := 0.125 * float64(k)
				w.samples = append(w.samples, sample{at, []StageStats{
					{Name: "fetch", Done: int64(80 * at), Queue: Stats{Length: 4}},
					{Name: "upload", Done: int64(40 * at * at), Queue: Stats{Length: k}},
				}})
			}
			return w.chart()
		},
	})
}

// goldenFaults are those of a pipeline that was measured on one runtime with two of the pauses,
// and on another with one.
func goldenFaults() Faults {
	runs := func(runtime string, pause time.Duration, runs ...PollRun) FaultRuns {
		c := slowFirst
		c.Pause, c.Look = pause, pause
		return FaultRuns{Runtime: runtime, Case: c, Runs: runs}
	}
	return Faults{Runs: []FaultRuns{
		runs("Go", 0,
			PollRun{Seconds: 0.0125, CPU: 0.03, MainCPU: 0.01, Polls: 90_030, Found: 30},
			PollRun{Seconds: 0.0126, CPU: 0.031, MainCPU: 0.0101, Polls: 80_030, Found: 30}),
		runs("Go", 100*ms,
			PollRun{Seconds: 0.3, Unnoticed: 0.05, CPU: 0.0005, MainCPU: 0.0001, Polls: 40, Found: 30}),
		runs("CPython 3.13", ms,
			PollRun{Seconds: 0.015, Unnoticed: 0.001, CPU: 0.004, MainCPU: 0.0015, Polls: 60, Found: 30}),
	}}
}
