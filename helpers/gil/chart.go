package gil

import (
	"fmt"
	"os"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// Chart shows the speed-up of every run, a row for each runtime, with the ideal and
// the line at which nothing is gained, and a table of the times. What was not
// measured is said on stderr, below.
func (s Speedups) Chart() {
	if len(s.Speedups) > 0 {
		chart.Show(s.chart())
		var rows [][]string
		for _, u := range s.Speedups {
			rows = append(rows, []string{
				u.label().String(), u.Serial.Summary().String(), u.Parallel.Summary().String(), u.Ratio.Summary().String(),
			})
		}
		chart.Table(lang.Text{Ko: "모든 수를 한 번씩 인수분해하는 시간", En: "The time to factorise the numbers once"}, []lang.Text{
			lang.Same(""),
			{Ko: "하나씩", En: "in turn"},
			{Ko: "동시에", En: "at once"},
			{Ko: "속도 향상", En: "speed-up"},
		}, rows)
	}
	tell(s.Err)
}

func (s Speedups) chart() chart.Chart {
	var groups []chart.Group
	for _, u := range s.Speedups {
		groups = append(groups, chart.Group{Name: u.label(), Values: u.Ratio.Values, Estimate: value(u.Ratio.Summary())})
	}
	least := 0.0
	return chart.Points(
		chart.Title{
			Text: lang.Text{Ko: "동시에 실행하면 몇 배나 빨라지는가", En: "How many times quicker when run at once"},
			Note: note(s.Cores, lang.Format(lang.Text{
				Ko: "수 %d개, 작업자 %d.",
				En: "%d numbers, %d workers.",
			}, len(s.Numbers), len(s.Numbers))),
		},
		chart.Axis{
			Name: lang.Text{Ko: "속도 향상(하나씩 ÷ 동시에)", En: "speed-up (in turn ÷ at once)"}, Unit: "×", Min: &least,
			Lines: []chart.Mark{
				{Name: lang.Text{Ko: "이론상의 상한", En: "ideal"}, At: Ideal(s.Numbers, s.Cores)},
				{Name: lang.Text{Ko: "이득 없음", En: "no gain"}, At: 1},
			},
		}, groups...)
}

func (u Speedup) label() lang.Text { return label(u.Runtime, u.Name) }

// label is "Go: goroutines".
func label(runtime string, name lang.Text) lang.Text {
	return lang.Format(lang.Same("%s: %s"), runtime, name)
}

// note says how the figures came about.
func note(cores int, how lang.Text) lang.Text {
	return measure.Noted(lang.Format(lang.Text{Ko: "코어 %d개. %s", En: "Cores: %d. %s"}, cores, how))
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
