package queue

import (
	"fmt"
	"os"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// Chart shows what polling costs against the pause between two looks, and a table of
// all four faults. What was not measured is said on stderr, below.
func (f Faults) Chart() {
	var names []string
	for _, p := range pauses {
		names = append(names, p.String())
	}
	var vain, cpu, took []chart.Line
	var rows [][]string
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
		workers, waiter := runtime+": workers", runtime+": the one who waits"
		lines[0].Name = lang.Same(runtime)
		lines[1].Name = lang.Text{Ko: runtime + ": 작업자들", En: workers}
		lines[2].Name = lang.Text{Ko: runtime + ": 끝을 기다리는 쪽", En: waiter}
		lines[3].Name = lang.Same(runtime)
		vain, cpu, took = append(vain, lines[0]), append(cpu, lines[1], lines[2]), append(took, lines[3])
		rows = append(rows, f.rows(runtime)...)
	}
	if len(rows) > 0 {
		chart.Show(chart.Panels(
			chart.Title{
				Text: lang.Text{Ko: "자주 확인하면 CPU를, 드물게 확인하면 시간을 버린다", En: "Look often and burn CPU, look seldom and lose time"},
				Note: note(lang.Text{
					Ko: fmt.Sprintf("사진 %d장. 첫 단계가 한 장에 1 ms 걸린다.", slowFirst.Items),
					En: fmt.Sprintf("%d photos. The first stage takes 1 ms for each.", slowFirst.Items),
				}),
			},
			chart.Axis{Name: lang.Text{Ko: "다시 확인하기 전에 쉬는 시간", En: "pause before looking again"}, Names: names},
			chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "헛된 폴링", En: "polls in vain"}, Log: true}, Lines: vain},
			chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "CPU 시간", En: "CPU time"}, Unit: "ms", Log: true}, Lines: cpu},
			chart.Panel{Y: chart.Axis{Name: lang.Text{Ko: "다 끝난 것을 알기까지 걸린 시간", En: "time until the end is seen"}, Unit: "ms", Log: true}, Lines: took},
		))
		chart.Table(lang.Text{Ko: "네 가지 결점", En: "The four faults"}, []lang.Text{
			{Ko: "결점", En: "Fault"},
			{Ko: "조건", En: "Where"},
			{Ko: "측정한 것", En: "Measured"},
			lang.Same(""),
		}, rows)
	}
	tell(f.Err)
}

// rows are a runtime's figures, fault by fault.
func (f Faults) rows(runtime string) (rows [][]string) {
	spin, seldom := slowFirst, slowFirst
	seldom.Pause, seldom.Look = noteCase.Pause, noteCase.Pause
	for _, row := range []struct {
		fault, where, what lang.Text
		c                  PollCase
		unit               string
		figure             func(PollRun) float64
	}{
		{
			lang.Text{Ko: "1. 헛된 폴링", En: "1. polls in vain"}, lang.Text{Ko: "노트처럼 0.1초씩 쉴 때, 1,000장", En: "pause of 0.1 s as in the note, 1,000 photos"},
			lang.Text{Ko: "폴링", En: "polls"}, noteCase, "", func(r PollRun) float64 { return r.Polls },
		},
		{
			lang.Text{Ko: "1. 헛된 폴링", En: "1. polls in vain"}, lang.Text{Ko: "노트처럼 0.1초씩 쉴 때, 1,000장", En: "pause of 0.1 s as in the note, 1,000 photos"},
			lang.Text{Ko: "그 가운데 헛된 것", En: "of those in vain"}, noteCase, "", func(r PollRun) float64 { return r.Polls - r.Found },
		},
		{
			lang.Text{Ko: "1. 헛된 폴링", En: "1. polls in vain"}, lang.Text{Ko: "쉬지 않을 때", En: "no pause"},
			lang.Text{Ko: "사진 한 장에 헛된 폴링", En: "in vain for each photo"}, spin, "", func(r PollRun) float64 { return (r.Polls - r.Found) / float64(spin.Items) },
		},
		{
			lang.Text{Ko: "2. 끝을 기다리는 바쁜 대기", En: "2. a busy wait for the end"}, lang.Text{Ko: "노트처럼 메인이 쉬지 않을 때", En: "main never pauses, as in the note"},
			lang.Text{Ko: "기다리는 쪽의 CPU 시간 ÷ 전체 시간", En: "CPU time of the one who waits ÷ time"}, noteCase, "%", func(r PollRun) float64 { return 100 * r.MainCPU / (r.Seconds + r.Unnoticed) },
		},
		{
			lang.Text{Ko: "2. 끝을 기다리는 바쁜 대기", En: "2. a busy wait for the end"}, lang.Text{Ko: "0.1초씩 쉴 때", En: "pause of 0.1 s"},
			lang.Text{Ko: "알아채지 못한 시간", En: "not noticed for"}, seldom, measure.Seconds, func(r PollRun) float64 { return r.Unnoticed },
		},
		{
			lang.Text{Ko: "3. 멈추라고 할 수 없는 작업자", En: "3. workers that cannot be told to stop"}, lang.Text{Ko: "쉬지 않을 때", En: "no pause"},
			lang.Text{Ko: "다 끝난 뒤 0.05초 동안의 폴링", En: "polls in 0.05 s after the end"}, spin, "", func(r PollRun) float64 { return r.After },
		},
		{
			lang.Text{Ko: "4. 끝없이 쌓이는 항목", En: "4. items pile up without end"}, slowNext.said(),
			lang.Text{Ko: "큐의 최대 길이", En: "the longest queue"}, slowNext, "", func(r PollRun) float64 { return r.Peak },
		},
		{
			lang.Text{Ko: "4. 끝없이 쌓이는 항목", En: "4. items pile up without end"}, slowNext.said(),
			lang.Text{Ko: "늘어난 메모리", En: "memory grown by"}, slowNext, "MiB", func(r PollRun) float64 { return r.Bytes / (1 << 20) },
		},
	} {
		s := f.of(runtime, row.c).summary(row.unit, row.figure)
		rows = append(rows, []string{row.fault.String(), row.where.String(), runtime + ": " + row.what.String(), s.String()})
	}
	return rows
}

// said describes the case of a slow second stage.
func (c PollCase) said() lang.Text {
	return lang.Text{
		Ko: fmt.Sprintf("%d KiB짜리 %d장, 둘째 단계가 한 장에 1 ms", c.Size>>10, c.Items),
		En: fmt.Sprintf("%d photos of %d KiB, the second stage takes 1 ms for each", c.Items, c.Size>>10),
	}
}

func (f Faults) runtimes() (names []string) {
	for _, r := range f.Runs {
		if len(names) == 0 || names[len(names)-1] != r.Runtime {
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

// note adds to a chart's note that it was measured in quick mode.
func note(t lang.Text) lang.Text {
	if measure.Quick() {
		t.Ko += " 빠른 모드."
		t.En += " Quick mode."
	}
	return t
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
