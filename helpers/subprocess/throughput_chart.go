package subprocess

import (
	"fmt"
	"os"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// ChartChildren shows the throughput against the number of children at the same
// time, beside what as many cores as there are children would ideally bring, and
// the ceiling: the throughput of a single child on every core. It is for
// [MeasureChildren].
func (t Throughput) ChartChildren() {
	if len(t.Points) > 0 {
		chart.Show(t.childrenChart())
	}
	t.tell()
}

func (t Throughput) childrenChart() chart.Chart {
	measured := chart.Line{Name: lang.Text{Ko: "측정값", En: "measured"}}
	ideal := chart.Line{Name: lang.Text{Ko: "자식마다 코어 하나일 때", En: "with a core for each child"}, Reference: true}
	for _, p := range t.Points {
		measured.Points = append(measured.Points, chart.Point{X: float64(p.Children), Y: value(p.Rate)})
		if p.Children <= t.Cores {
			ideal.Points = append(ideal.Points, chart.Point{X: float64(p.Children), Y: chart.Value{Median: float64(p.Children) * t.One.Median}})
		}
	}
	least := 0.0
	return chart.Lines(
		chart.Title{
			Text: lang.Text{Ko: "자식 수에 따른 처리량", En: "Throughput by the number of children"},
			Note: t.note(lang.Format(lang.Text{
				Ko: "저마다 %d MiB를 읽는다.",
				En: "Each reads %d MiB.",
			}, scaleSize>>20)),
		},
		chart.Axis{Name: lang.Text{Ko: "동시에 실행되는 자식의 수", En: "children at the same time"}, Min: &least},
		chart.Axis{Name: lang.Text{Ko: "처리량", En: "throughput"}, Unit: "MB/s", Min: &least, Lines: []chart.Mark{t.ceiling()}},
		measured, ideal)
}

// ceiling is the throughput of a single child on every core.
func (t Throughput) ceiling() chart.Mark {
	return chart.Mark{
		Name: lang.Format(lang.Text{Ko: "상한(자식 하나의 %d배)", En: "ceiling (%d × one child)"}, t.Cores),
		At:   float64(t.Cores) * t.One.Median,
	}
}

// ChartSizes shows the throughput against the bytes that each child reads, beside
// what the time of starting a child and the throughput of a single one predict. It
// is for [MeasureSizes].
func (t Throughput) ChartSizes() {
	if len(t.Points) > 0 {
		chart.Show(t.sizesChart())
	}
	t.tell()
}

func (t Throughput) sizesChart() chart.Chart {
	measured := chart.Line{Name: lang.Text{Ko: "측정값", En: "measured"}}
	predicted := chart.Line{Name: lang.Text{Ko: "예상값(시작 비용 + 읽는 시간)", En: "predicted (start + reading)"}, Reference: true}
	for _, p := range t.Points {
		x := float64(p.Size) / 1024
		measured.Points = append(measured.Points, chart.Point{X: x, Y: value(p.Rate)})
		predicted.Points = append(predicted.Points, chart.Point{X: x, Y: chart.Value{Median: t.predict(p.Size)}})
	}
	least, most := float64(leastSize)/1024, float64(mostSize)/1024
	even, start := t.even()/1024, chart.Number(1000*t.Start.Median)
	return chart.Lines(
		chart.Title{
			Text: lang.Text{Ko: "자식 하나가 맡는 양에 따른 처리량", En: "Throughput by the work of each child"},
			Note: t.note(lang.Format(lang.Text{
				Ko: "동시에 실행되는 자식 %d개. 아무것도 읽지 않는 자식 하나에 드는 시간: %s ms.",
				En: "Children at the same time: %d. One that reads nothing takes %s ms.",
			}, t.Cores, start)),
		},
		chart.Axis{
			Name: lang.Text{Ko: "자식 하나가 읽는 양", En: "read by each child"}, Unit: "KiB", Log: true, Min: &least, Max: &most,
			Lines: []chart.Mark{{Name: lang.Text{Ko: "시작과 읽기에 드는 시간이 같은 양", En: "starting takes as long as reading"}, At: even}},
		},
		chart.Axis{Name: lang.Text{Ko: "처리량", En: "throughput"}, Unit: "MB/s", Log: true, Lines: []chart.Mark{t.ceiling()}},
		measured, predicted)
}

// rate is what one child reads in a second once it runs, in bytes: a single child
// of the largest size takes its time to start as well.
func (t Throughput) rate() float64 {
	whole := mostSize / (t.One.Median * 1e6) // seconds
	return mostSize / max(whole-t.Start.Median, whole/1000)
}

// predict gives the throughput, in MB/s, of children on every core that take their
// time to start and then read at the rate of a single one.
func (t Throughput) predict(size int64) float64 {
	took := t.Start.Median + float64(size)/t.rate()
	return float64(t.Cores) * float64(size) / took / 1e6
}

// even is the size, in bytes, at which a child takes as long to start as to read.
func (t Throughput) even() float64 { return t.Start.Median * t.rate() }

func (t Throughput) note(how lang.Text) lang.Text {
	return measure.Noted(lang.Plural(t.Cores,
		lang.Text{Ko: "%s. 코어 %d개. %s", En: "%s. %d core. %s"},
		lang.Text{Ko: "%s. 코어 %d개. %s", En: "%s. %d cores. %s"}, t.Command, t.Cores, how))
}

// tell says what was not measured.
func (t Throughput) tell() {
	if t.Err != nil {
		fmt.Fprintln(os.Stderr, t.Err)
	}
}
