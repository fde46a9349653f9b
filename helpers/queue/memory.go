package queue

import (
	"context"
	"errors"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// A HeapRun is something that takes memory, with a name.
type HeapRun struct {
	Name lang.Text
	Run  func()
}

// HeapCurves are how much memory was in use when, run by run.
type HeapCurves struct {
	Curves []HeapCurve
	Err    error // what was not measured, and why
}

// A HeapCurve is one run's memory.
type HeapCurve struct {
	Name    lang.Text
	Samples []HeapSample    // of the last run
	Peak    measure.Summary // of all runs, MiB above the start
	Time    measure.Summary // of all runs, in seconds
}

// A HeapSample is the heap at a moment, what was in use before the run not counted.
type HeapSample struct {
	At    time.Duration // since the run began
	Bytes float64
}

// heapEvery is how often the heap is looked at. Each look is a collection, so that only
// what is still in use counts.
const heapEvery = 20 * time.Millisecond

// MeasureHeap runs each of the runs ten times in turn.
func MeasureHeap(runs ...HeapRun) HeapCurves {
	result := HeapCurves{Curves: make([]HeapCurve, len(runs))}
	var fs []measure.Func
	times := make([]measure.Sample, len(runs))
	for i, run := range runs {
		result.Curves[i].Name = run.Name
		fs = append(fs, func(context.Context) (float64, error) {
			samples := watchHeap(run.Run)
			result.Curves[i].Samples = samples
			times[i].Values = append(times[i].Values, samples[len(samples)-1].At.Seconds())
			most := 0.0
			for _, s := range samples {
				most = max(most, s.Bytes)
			}
			return most / (1 << 20), nil
		})
	}
	progress := lang.Text{Ko: "메모리", En: "memory"}
	peaks, err := measure.Repeat{Progress: progress}.Alternate(context.Background(), "MiB", fs...)
	result.Err = errors.Join(result.Err, err)
	for i, p := range peaks {
		c := &result.Curves[i]
		times[i].Unit = measure.Seconds
		times[i].Values = counted(times[i].Values, len(p.Values))
		c.Peak, c.Time = p.Summary(), times[i].Summary()
	}
	return result
}

// watchHeap looks at the heap from the start to the end of run.
func watchHeap(run func()) (samples []HeapSample) {
	before := float64(heapInUse())
	begun := time.Now()
	look := func() {
		samples = append(samples, HeapSample{time.Since(begun), max(0, float64(heapInUse())-before)})
	}
	look()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run()
	}()
	for ticks := time.Tick(heapEvery); ; {
		select {
		case <-ended:
			look()
			return samples
		case <-ticks:
			look()
		}
	}
}

// Chart shows the heap against time, of the last run of each, and a table of the peaks.
func (h HeapCurves) Chart() {
	chart.Show(h.chart())
	var rows [][]string
	for _, c := range h.Curves {
		rows = append(rows, []string{c.Name.String(), c.Peak.String(), c.Time.String()})
	}
	chart.Table(lang.Text{Ko: "최댓값과 걸린 시간", En: "The peak, and the time taken"}, []lang.Text{
		lang.Same(""), {Ko: "힙의 최댓값", En: "peak of the heap"}, {Ko: "걸린 시간", En: "time"},
	}, rows)
	tell(h.Err)
}

func (h HeapCurves) chart() chart.Chart {
	var lines []chart.Line
	for _, c := range h.Curves {
		l := chart.Line{Name: c.Name}
		for _, s := range c.Samples {
			l.Points = append(l.Points, chart.Point{X: s.At.Seconds(), Y: chart.Value{Median: s.Bytes / (1 << 20)}})
		}
		lines = append(lines, l)
	}
	least := 0.0
	return chart.Panels(
		chart.Title{
			Text: lang.Text{Ko: "큐의 한도에 따른 메모리", En: "Memory by the queue's bound"},
			Note: measure.Noted(lang.Text{Ko: "마지막 실행의 힙. 매번 가비지를 수거하고 쟀다.", En: "The heap of the last run, each time after a collection."}),
		},
		chart.Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "s", Min: &least},
		chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "사용 중인 힙", En: "heap in use"}, Unit: "MiB", Min: &least}, Lines: lines})
}
