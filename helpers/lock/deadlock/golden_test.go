package deadlock

import (
	"testing"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
	"interleave/helpers/lang"
)

func TestGolden(t *testing.T) {
	graph := func(s State, note lang.Text) func() chart.Chart {
		return func() chart.Chart { return s.graph(note) }
	}
	ended := Result{State: two, TimedOut: true, Limit: 2 * time.Second}
	free := State{[]Goroutine{{ID: 1, Holds: []string{"A", "log"}}, {ID: 2, Holds: []string{"B"}, WaitsFor: "A"}}}
	charttest.Golden(t, charttest.Charts{
		"two":      graph(two, ended.outcome()),
		"two.ko":   graph(two, ended.outcome()),
		"own.en":   graph(ring(1, 0), lang.Text{}),
		"waits.en": graph(ring(2, 1), lang.Text{Ko: "말", En: "words"}),
		"free.en":  graph(free, Result{State: free, Returned: true, Took: 300 * time.Millisecond}.outcome()),
	})
}
