package subprocess

import (
	"testing"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/timeline"
)

func TestGolden(t *testing.T) {
	const ms = time.Millisecond
	sample := func(values ...float64) measure.Sample {
		return measure.Sample{Unit: measure.Seconds, Values: values}
	}
	naps := func() chart.Chart {
		return Timings{Naps: Naps{Children: 10, Nap: time.Second}, Timings: []Timing{
			{AllAtOnce, "CPython 3.13", sample(1.02, 1.03, 1.025, 1.021, 1.026, 1.024)},
			{OneByOne, "Go", sample(10.02, 10.03)},
		}}.chart()
	}
	rate := func(median, lo, hi float64) measure.Summary { return measure.Summary{Median: median, Lo: lo, Hi: hi} }
	one := Throughput{Command: "sha256sum", Cores: 2, One: rate(400, 390, 410)}
	charttest.Golden(t, charttest.Charts{
		"naps":    naps,
		"naps.ko": naps,
		"overhead.en": func() chart.Chart {
			return Timings{Naps: Naps{Children: 3, Nap: 100 * ms}, Timings: []Timing{
				{AllAtOnce, "CPython 3.13", sample(0.106, 0.107, 0.109)},
				{AllAtOnce, "Go", sample(0.103, 0.103, 0.104)},
			}}.overheadChart()
		},
		"children.en": func() chart.Chart {
			children := one
			children.Points = []ThroughputPoint{
				{Children: 1, Size: scaleSize, Rate: rate(400, 390, 410)},
				{Children: 2, Size: scaleSize, Rate: rate(780, 760, 790)},
				{Children: 8, Size: scaleSize, Rate: rate(770, 700, 785)},
			}
			return children.childrenChart()
		},
		"sizes.ko": func() chart.Chart {
			sizes := one
			sizes.Start = rate(0.001, 0.0009, 0.0012)
			sizes.Points = []ThroughputPoint{
				{Children: 2, Size: 4 << 10, Rate: rate(8, 7, 9)},
				{Children: 2, Size: 1 << 20, Rate: rate(500, 450, 550)},
				{Children: 2, Size: 64 << 20, Rate: rate(780, 760, 790)},
			}
			return sizes.sizesChart()
		},
		"lives.en": func() chart.Chart {
			zero := time.Unix(1_000_000_000, 0)
			at := func(after time.Duration) time.Time { return zero.Add(after) }
			lives := &Lives{lives: []*life{
				{name: "child 1", born: zero, running: at(2 * ms), ended: at(50 * ms), gone: at(55 * ms), note: "3"},
				{name: "child 2", born: at(3 * ms), running: at(5 * ms), asked: at(30 * ms), ended: at(31 * ms),
					gone: at(60 * ms), note: "-15"},
				{name: "child 3", born: at(6 * ms), gone: at(7 * ms), note: "not started"},
			}}
			c, err := timeline.Chart(chart.Title{Text: lang.Text{Ko: "자식들", En: "Children"}}, lives.Part(lang.Same("Go")))
			if err != nil {
				t.Error(err)
			}
			return c
		},
	})
}
