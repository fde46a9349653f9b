package subprocess

import (
	"fmt"
	"os"
	"slices"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// The source's figures for ten naps of a second, in note 004: printed for all at
// the same time, claimed for one after the other ("over 10 s").
const (
	noteTogether = 1.03
	noteInTurn   = 10
)

// Chart shows how long each way took and, for the source's own ten naps of a
// second, the source's figures. What was not measured is said on stderr, below.
func (t Timings) Chart() {
	if len(t.Timings) > 0 {
		chart.Show(t.chart())
	}
	t.tell()
}

func (t Timings) chart() chart.Chart {
	var bars []chart.Bar
	for _, timing := range t.Timings {
		bars = append(bars, chart.Bar{Name: t.label(timing), Value: value(timing.Times.Summary())})
	}
	if t.Naps.noted() {
		bars = append(bars,
			chart.Bar{Name: lang.Text{Ko: "노트 004, 한꺼번에", En: "note 004, all at once"}, Value: chart.Value{Median: noteTogether}, Reference: true},
			chart.Bar{Name: lang.Text{Ko: "노트 004, 하나씩(주장: 10초 넘게)", En: "note 004, one by one (claim: over 10 s)"}, Value: chart.Value{Median: noteInTurn}, Reference: true})
	}
	return chart.Bars(
		chart.Title{Text: lang.Text{Ko: "모두 끝날 때까지 걸린 시간", En: "The time until all have ended"}, Note: t.note()},
		chart.Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "s"}, bars...)
}

// ChartOverhead shows what each run took beyond one nap, and in tables how Go
// compares with each CPython and what Go's children have left behind. It is meant for
// ways in which all children sleep at the same time.
func (t Timings) ChartOverhead() {
	if len(t.Timings) > 0 {
		chart.Show(t.overheadChart())
		t.showRatios()
	}
	t.tell()
}

func (t Timings) overheadChart() chart.Chart {
	var groups []chart.Group
	for _, timing := range t.Timings {
		ms := measure.Sample{Unit: "ms"}
		for _, v := range t.Overhead(timing).Values {
			ms.Values = append(ms.Values, 1000*v)
		}
		groups = append(groups, chart.Group{Name: t.label(timing), Values: ms.Values, Estimate: value(ms.Summary())})
	}
	least := 0.0
	return chart.Points(
		chart.Title{
			Text: lang.Text{Ko: "자는 시간을 뺀 나머지: 시작하고 기다리는 비용", En: "Beyond the sleep: the price of starting and waiting"},
			Note: t.note(),
		},
		chart.Axis{Name: lang.Text{Ko: "자는 시간을 뺀 시간", En: "time beyond the sleep"}, Unit: "ms", Min: &least}, groups...)
}

// showRatios shows Go's overhead as a multiple of each CPython's.
func (t Timings) showRatios() {
	var golang measure.Sample
	for _, timing := range t.Timings {
		if timing.Runtime == "Go" {
			golang = t.Overhead(timing)
		}
	}
	var rows [][]string
	for _, timing := range t.Timings {
		over := t.Overhead(timing)
		ratio := "–"
		if r, err := measure.Ratio(golang, over); err == nil && timing.Runtime != "Go" {
			ratio = r.Summary().String()
		}
		rows = append(rows, []string{t.label(timing).String(), over.Summary().String(), ratio})
	}
	chart.Table(lang.Text{Ko: "Go와 CPython의 비교", En: "Go against CPython"}, []lang.Text{
		lang.Same(""),
		{Ko: "자는 시간을 뺀 시간", En: "beyond the sleep"},
		{Ko: "Go ÷ 파이썬", En: "Go ÷ Python"},
	}, rows)
	chart.Table(lang.Text{Ko: "Go의 자식들이 남긴 것", En: "What Go's children have left behind"}, []lang.Text{
		{Ko: "실행 중인 자식", En: "running children"},
		{Ko: "좀비", En: "zombies"},
		{Ko: "열린 디스크립터", En: "open descriptors"},
	}, [][]string{{fmt.Sprint(t.Left.Children), fmt.Sprint(t.Left.Zombies), fmt.Sprint(t.Left.Descriptors)}})
}

// label is "Go: all at once", or "Go" where all ways have the same name.
func (t Timings) label(of Timing) lang.Text {
	if !slices.ContainsFunc(t.Timings, func(other Timing) bool { return other.Name != of.Name }) {
		return lang.Same(of.Runtime)
	}
	return lang.Format(lang.Same("%s: %s"), of.Runtime, of.Name)
}

func (t Timings) note() lang.Text {
	note := lang.Format(lang.Text{
		Ko: "자식 %d개, 저마다 %s초씩 잔다.",
		En: "%d children that sleep for %s s each.",
	}, t.Naps.Children, seconds(t.Naps.Nap))
	return measure.Noted(note)
}

// tell says what was not measured.
func (t Timings) tell() {
	if t.Err != nil {
		fmt.Fprintln(os.Stderr, t.Err)
	}
}

// value is a summary as a chart takes it.
func value(s measure.Summary) chart.Value {
	return chart.Value{Median: s.Median, Lo: s.Lo, Hi: s.Hi}
}
