package lock

import (
	"testing"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

var nine, thirteen = python.Interpreter{Minor: 9, GIL: true}, python.Interpreter{Minor: 13, GIL: true}

// goldenRaces are races of one counter on two builds of CPython and in Go.
func goldenRaces() []Result {
	race := func(increments int, in *python.Interpreter, runtime string, counts ...float64) Result {
		return Result{Setup: Setup{Workers: 5, Increments: increments}, Groups: []Group{
			{Name: lang.Same(runtime + ": Counter"), Python: in, Counts: measure.Sample{Values: counts}},
		}}
	}
	free := python.Interpreter{Minor: 13, FreeThreaded: true}
	return []Result{
		race(100_000, &nine, nine.Name(), 400_000, 450_000, 425_000),
		race(100_000, &thirteen, thirteen.Name(), 500_000, 500_000, 500_000),
		race(100_000, &free, free.Name(), 150_000, 200_000, 250_000, 180_000, 170_000, 190_000),
		race(10_000_000, nil, "Go", 20_000_000, 25_000_000),
	}
}

func TestGolden(t *testing.T) {
	races := func() chart.Chart { return racesChart(goldenRaces()) }
	charttest.Golden(t, charttest.Charts{
		"races":    races,
		"races.en": races,
		"versions.ko": func() chart.Chart {
			results := goldenRaces()
			return lostByVersion(results, pointsOf(results))
		},
		"stops.en": func() chart.Chart {
			at := func(n int) map[string]int { return map[string]int{"increment: ADD": n} }
			return Stops{Counters: []CounterStops{
				{Python: nine, Class: "Counter", Between: at(300), Elsewhere: at(700)},
				{Python: thirteen, Class: "Counter", Elsewhere: at(1000)},
				{Python: nine, Class: "Locked", Between: at(1), Elsewhere: at(999)},
			}}.chart()
		},
		"prices": func() chart.Chart {
			time := func(median, lo, hi float64) measure.Summary {
				return measure.Summary{Unit: "ns", Median: median, Lo: lo, Hi: hi}
			}
			return Prices{Floor: time(5, 4.9, 5.2), Prices: []Price{
				{Tally: "MutexTally", Workers: 1, Time: time(11, 10.5, 12)},
				{Tally: "MutexTally", Workers: 4, Time: time(85, 70, 110)},
				{Tally: "ShardedTally", Workers: 1, Time: time(5.5, 5.4, 5.7)},
				{Tally: "ShardedTally", Workers: 4, Time: time(2.8, 2.7, 3.1)},
			}}.chart(4)
		},
	})
}
