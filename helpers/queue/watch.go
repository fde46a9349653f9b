package queue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
)

// A Watch draws a pipeline while it runs.
type Watch struct {
	p     *Pipeline
	title lang.Text
	live  chart.Live
	begun time.Time
	stop  context.CancelFunc
	ended sync.WaitGroup

	samples []sample
}

// A sample is what the stages have done at a moment.
type sample struct {
	at     float64 // seconds
	stages []StageStats
}

const (
	// watchEvery is how often a pipeline is looked at.
	watchEvery = 100 * time.Millisecond
	// watchWindow is the time over which throughput is counted.
	watchWindow = 0.5
)

// StartWatch draws, while the pipeline runs, how long its queues are and what each stage
// does in a second, five times a second at most. Call it when all stages have been
// started, and Close when the pipeline has ended.
func StartWatch(p *Pipeline, title lang.Text) *Watch {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watch{p: p, title: title, begun: time.Now(), stop: cancel}
	w.look()
	w.ended.Go(func() {
		ticks := time.NewTicker(watchEvery)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				w.look()
				w.live.Update(w.chart)
			}
		}
	})
	return w
}

func (w *Watch) look() {
	w.samples = append(w.samples, sample{time.Since(w.begun).Seconds(), working(w.p.Stats())})
}

// Close stops watching and keeps the picture as one chart.
func (w *Watch) Close() {
	w.stop()
	w.ended.Wait()
	w.look()
	w.live.Close(w.chart())
}

// chart draws the samples so far.
func (w *Watch) chart() chart.Chart {
	least := 0.0
	var lengths, rates []chart.Line
	for k, s := range w.samples[0].stages {
		length := chart.Line{Name: lang.Same(s.Name)}
		for _, now := range w.samples {
			length.Points = append(length.Points, chart.Point{X: now.at, Y: chart.Value{Median: float64(now.stages[k].Queue.Length)}})
		}
		lengths = append(lengths, length)
		rates = append(rates, chart.Line{Name: length.Name, Points: w.rates(k)})
	}
	return chart.Panels(chart.Title{Text: w.title, Note: lang.Format(lang.Text{
		Ko: "처리량은 최근 %v초쯤의 값이다.",
		En: "Throughput is that of about the last %v s.",
	}, watchWindow)},
		chart.Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "s", Min: &least},
		chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "단계 앞의 큐에 쌓인 수", En: "items in the queue before the stage"}, Min: &least}, Lines: lengths},
		chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "단계의 처리량", En: "throughput of the stage"}, Unit: "/s", Min: &least}, Lines: rates})
}

// rates gives the throughput of the stage at place k at each look.
func (w *Watch) rates(k int) (points []chart.Point) {
	from := 0
	for i, now := range w.samples {
		// Since the last look that is old enough, or the first of all.
		for from+1 < i && w.samples[from+1].at <= now.at-watchWindow {
			from++
		}
		then := w.samples[from]
		if now.at-then.at < watchEvery.Seconds()/2 {
			continue // too short to count in
		}
		done := float64(now.stages[k].Done - then.stages[k].Done)
		points = append(points, chart.Point{X: now.at, Y: chart.Value{Median: done / (now.at - then.at)}})
	}
	return points
}

// ShowStages shows a table of what each stage did, and which of them limits the others:
// the one whose workers, never waiting, would do the least in a second.
func ShowStages(stages []StageStats, took time.Duration) {
	stages = working(stages)
	slowest := Bottleneck(stages)
	stopped := slices.ContainsFunc(stages, func(s StageStats) bool { return len(s.Failed)+len(s.Left) > 0 })
	header := []lang.Text{{Ko: "단계", En: "Stage"}, {Ko: "작업자", En: "Workers"}, {Ko: "처리", En: "Done"}}
	if stopped {
		header = append(header, lang.Text{Ko: "실패", En: "Failed"}, lang.Text{Ko: "시작 못 함", En: "Not started"})
	}
	header = append(header, lang.Text{Ko: "일한 시간", En: "Busy"}, lang.Text{Ko: "쉬지 않으면(/s)", En: "If never waiting (/s)"},
		lang.Text{Ko: "앞 큐: 최대 길이", En: "Queue before it: longest"}, lang.Text{Ko: "넣는 쪽이 기다린 횟수", En: "puts that waited"},
		lang.Text{Ko: "꺼내는 쪽이 기다린 횟수", En: "gets that waited"}, lang.Same(""))
	var rows [][]string
	for i, s := range stages {
		row := []string{s.Name, fmt.Sprint(s.Workers), fmt.Sprint(s.Done)}
		if stopped {
			row = append(row, fmt.Sprint(len(s.Failed)), fmt.Sprint(len(s.Left)))
		}
		row = append(row, percent(s.Busy.Seconds()/(float64(s.Workers)*took.Seconds())), chart.Number(s.Capacity()),
			fmt.Sprint(s.Queue.Peak), fmt.Sprint(s.Queue.Full), fmt.Sprint(s.Queue.Empty))
		if i == slowest {
			row = append(row, lang.Text{Ko: "← 병목", En: "← the bottleneck"}.String())
		}
		rows = append(rows, row)
	}
	chart.Table(lang.Text{Ko: "단계별 결과", En: "Stage by stage"}, header, rows)
}

// working leaves out what only feeds the others.
func working(stages []StageStats) []StageStats {
	return slices.DeleteFunc(slices.Clone(stages), func(s StageStats) bool { return s.Feed })
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// Capacity gives how many items in a second the stage's workers would do if they never
// waited, or 0 if none is done.
func (s StageStats) Capacity() float64 {
	if s.Busy == 0 {
		return 0
	}
	return float64(s.Workers) * float64(s.Done) / s.Busy.Seconds()
}

// Bottleneck gives the place of the stage with the least capacity, those left out that have
// done nothing; or -1.
func Bottleneck(stages []StageStats) int {
	least := -1
	for i, s := range stages {
		if s.Capacity() > 0 && (least < 0 || s.Capacity() < stages[least].Capacity()) {
			least = i
		}
	}
	return least
}
