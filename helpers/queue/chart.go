package queue

import (
	"fmt"
	"os"
	"slices"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// Chart shows what polling costs against the pause between two looks, and a table of
// all four faults. What was not measured is said on stderr, below.
func (f Faults) Chart() {
	if len(f.Runs) > 0 {
		chart.Show(f.chart())
		header, rows := f.table()
		chart.Table(lang.Text{Ko: "네 가지 결점", En: "The four faults"}, header, rows)
	}
	tell(f.Err)
}

func (f Faults) chart() chart.Chart {
	var names []string
	for _, p := range pauses {
		names = append(names, p.String())
	}
	var vain, cpu, took []chart.Line
	for _, runtime := range f.runtimes() {
		lines := make([]chart.Line, 4)
		for i, pause := range pauses {
			c := slowFirst
			c.Pause, c.Look = pause, pause
			runs := f.of(runtime, c)
			for k, s := range []measure.Summary{
				runs.summary("", func(r PollRun) float64 { return r.Polls - r.Found }),
				runs.summary("ms", func(r PollRun) float64 { return 1000 * (r.CPU - r.MainCPU) }),
				runs.summary("ms", func(r PollRun) float64 { return 1000 * r.MainCPU }),
				runs.summary("ms", func(r PollRun) float64 { return 1000 * (r.Seconds + r.Unnoticed) }),
			} {
				if s.N > 0 {
					lines[k].Points = append(lines[k].Points, chart.Point{X: float64(i), Y: value(s)})
				}
			}
		}
		lines[0].Name = lang.Same(runtime)
		lines[1].Name = lang.Format(lang.Text{Ko: "%s: 작업자들", En: "%s: workers"}, runtime)
		lines[2].Name = lang.Format(lang.Text{Ko: "%s: 끝을 기다리는 쪽", En: "%s: the one who waits"}, runtime)
		lines[3].Name = lang.Same(runtime)
		vain, cpu, took = append(vain, lines[0]), append(cpu, lines[1], lines[2]), append(took, lines[3])
	}
	return chart.Panels(
		chart.Title{
			Text: lang.Text{Ko: "쉬지 않으면 CPU를, 오래 쉬면 시간을 버린다", En: "No pause burns CPU, a long one loses time"},
			Note: measure.Noted(lang.Format(lang.Text{
				Ko: "사진 %d장. 첫 단계가 한 장에 1ms 걸린다.",
				En: "%d photos. The first stage takes 1 ms for each.",
			}, slowFirst.Items)),
		},
		chart.Axis{Name: lang.Text{Ko: "다시 확인하기 전에 쉬는 시간", En: "pause before looking again"}, Names: names},
		chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "헛된 폴링", En: "polls in vain"}, Log: true}, Lines: vain},
		chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "CPU 시간", En: "CPU time"}, Unit: "ms", Log: true}, Lines: cpu},
		chart.Panel{
			Y: chart.Axis{
				Name: lang.Text{Ko: "다 끝난 것을 알기까지 걸린 시간", En: "time until the end is seen"}, Unit: "ms", Log: true,
			},
			Lines: took,
		})
}

// table has a row for each figure and a column for each runtime, fault by fault.
func (f Faults) table() (header []lang.Text, rows [][]string) {
	header = []lang.Text{{Ko: "결점", En: "Fault"}, {Ko: "측정한 것", En: "Measured"}}
	for _, runtime := range f.runtimes() {
		header = append(header, lang.Same(runtime))
	}
	vain := lang.Text{Ko: "헛된 폴링", En: "polls in vain"}
	end := lang.Text{Ko: "끝을 기다리는 바쁜 대기", En: "a busy wait for the end"}
	stop := lang.Text{Ko: "멈출 수 없는 작업자", En: "workers that cannot be stopped"}
	pile := lang.Text{Ko: "끝없이 쌓이는 항목", En: "items that pile up"}
	spin, seldom := slowFirst, slowFirst
	seldom.Pause, seldom.Look = noteCase.Pause, noteCase.Pause
	for _, row := range []struct {
		fault, what lang.Text
		c           PollCase
		unit        string
		figure      func(PollRun) float64
	}{
		{vain, lang.Text{Ko: "노트처럼 0.1초씩 쉴 때, 1,000장의 폴링", En: "polls for 1,000 photos, with pauses of 0.1 s as in the note"},
			noteCase, "", func(r PollRun) float64 { return r.Polls }},
		{vain, lang.Text{Ko: "그 가운데 헛된 것", En: "of those in vain"},
			noteCase, "", func(r PollRun) float64 { return r.Polls - r.Found }},
		{vain, lang.Text{Ko: "쉬지 않을 때, 사진 한 장마다 헛된 폴링", En: "in vain for each photo, without pauses"},
			spin, "", func(r PollRun) float64 { return (r.Polls - r.Found) / float64(spin.Items) }},
		{end, lang.Text{Ko: "노트처럼 메인이 쉬지 않을 때, 그 CPU 시간 ÷ 전체 시간", En: "main without pauses, as in the note: its CPU time ÷ time"},
			noteCase, "%", func(r PollRun) float64 { return 100 * r.MainCPU / (r.Seconds + r.Unnoticed) }},
		{end, lang.Text{Ko: "0.1초쯤씩 쉴 때, 끝난 것을 알아채지 못한 시간", En: "pauses of about 0.1 s: the end is not noticed for"},
			seldom, measure.Seconds, func(r PollRun) float64 { return r.Unnoticed }},
		{stop, lang.Text{Ko: "쉬지 않을 때, 다 끝난 뒤 0.02초 동안의 폴링", En: "polls in the 0.02 s after the end, without pauses"},
			spin, "", func(r PollRun) float64 { return r.After }},
		{pile, lang.Format(lang.Text{
			Ko: "%[2]dKiB짜리 %[1]d장, 둘째 단계가 1ms씩 걸릴 때 큐의 최대 길이",
			En: "%d photos of %d KiB, 1 ms each in the second stage: the longest queue",
		}, slowNext.Items, slowNext.Size>>10), slowNext, "", func(r PollRun) float64 { return r.Peak }},
		{pile, lang.Text{Ko: "그때 늘어난 메모리", En: "and by how much memory grew"},
			slowNext, "MiB", func(r PollRun) float64 { return r.Bytes / (1 << 20) }},
	} {
		cells := []string{row.fault.String(), row.what.String()}
		for _, runtime := range f.runtimes() {
			cells = append(cells, f.of(runtime, row.c).summary(row.unit, row.figure).String())
		}
		rows = append(rows, cells)
	}
	return header, rows
}

func (f Faults) runtimes() (names []string) {
	for _, r := range f.Runs {
		if !slices.Contains(names, r.Runtime) {
			names = append(names, r.Runtime)
		}
	}
	return names
}

func (f Faults) of(runtime string, c PollCase) FaultRuns {
	for _, r := range f.Runs {
		if r.Runtime == runtime && r.Case == c {
			return r
		}
	}
	return FaultRuns{}
}

// value is a summary as a chart takes it.
func value(s measure.Summary) chart.Value {
	return chart.Value{Median: s.Median, Lo: s.Lo, Hi: s.Hi}
}

// tell says what was not measured.
func tell(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
