package lock

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// noteCounts are the final counts that three of the source's notes print for
// the race of the zero Setup without a lock; note 002 prints none.
var noteCounts = []struct {
	note  string
	count int
}{{"000", 311_001}, {"001", 404_231}, {"003", 428_650}}

// Chart shows the lost updates of every run of this race.
func (r Result) Chart() { Chart(r) }

// Chart shows what share of its updates every run of the races lost, a row for
// each counter on each runtime, beside the source's notes. What did not run is
// said on stderr, below the chart.
func Chart(results ...Result) {
	if slices.ContainsFunc(results, func(r Result) bool { return len(r.Groups) > 0 }) {
		chart.Show(racesChart(results))
	}
	for _, r := range results {
		if r.Err != nil {
			fmt.Fprintln(os.Stderr, r.Err)
		}
	}
}

func racesChart(results []Result) chart.Chart {
	var groups []chart.Group
	for _, r := range results {
		for _, g := range r.Groups {
			share := r.LostShare(g)
			s := measure.Sample{Values: share}.Summary()
			groups = append(groups, chart.Group{Name: g.Name, Values: share, Estimate: value(s)})
		}
	}
	least := 0.0
	return chart.Points(
		chart.Title{Text: lang.Text{Ko: "실행마다 잃어버린 갱신", En: "Lost updates, run by run"}, Note: note(results)},
		chart.Axis{Name: lang.Text{Ko: "잃어버린 갱신의 비율", En: "share of the updates lost"}, Unit: "%", Min: &least},
		append(groups, noteGroup())...)
}

// noteGroup is the row of the source's notes.
func noteGroup() chart.Group {
	var notes []string
	g := chart.Group{Reference: true}
	for _, n := range noteCounts {
		notes = append(notes, n.note)
		g.Values = append(g.Values, 100*(1-float64(n.count)/float64(Setup{}.Expected())))
	}
	g.Name = lang.Format(lang.Text{Ko: "노트 %s, 락 없음", En: "notes %s, no lock"}, strings.Join(notes, ", "))
	return g
}

// note says how the figures came about.
func note(results []Result) lang.Text {
	var t []lang.Text
	var said []string
	for _, r := range results {
		for _, g := range r.Groups {
			runtime, _, _ := strings.Cut(g.Name.En, " ")
			runtime = strings.TrimSuffix(runtime, ":")
			each := chart.Number(float64(r.Setup.Increments))
			line := fmt.Sprintf("%s %d × %s", runtime, r.Setup.Workers, each)
			if slices.Contains(said, line) {
				continue
			}
			said = append(said, line)
			t = append(t, lang.Format(lang.Text{Ko: "%s: 작업자 %d, %s번씩.", En: "%s: %d workers, %s increments each."}, runtime, r.Setup.Workers, each))
		}
	}
	return measure.Noted(lang.Join(" ", t...))
}

// String gives a line for each group, with the final count of every run.
func (r Result) String() string {
	var lines []string
	for _, g := range r.Groups {
		line := g.Name.String() + ":"
		for _, count := range g.Counts.Values {
			line += " " + chart.Number(count)
		}
		lines = append(lines, line)
	}
	if r.Err != nil {
		lines = append(lines, r.Err.Error())
	}
	return strings.Join(lines, "\n")
}

// Compare shows the source's figures beside those that this notebook measured.
func Compare() {
	kept, err := measure.Kept()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	var sources []measure.SourceFigure
	var notes, counts []string
	for _, n := range noteCounts {
		notes = append(notes, n.note)
		counts = append(counts, chart.Number(float64(n.count)))
	}
	list := strings.Join(notes, ", ")
	sources = append(sources,
		measure.SourceFigure{Source: list, Shows: lang.Same(strings.Join(counts, ", ")), Step: "54-04", Title: lang.Text{Ko: "락 없음", En: "without a lock"}},
		measure.SourceFigure{Source: list, Shows: lang.Same(chart.Number(float64(Setup{}.Expected()))), Step: "54-08", Title: lang.Text{Ko: "락 있음", En: "with the lock"}},
	)
	header, rows := measure.Beside(sources, kept)
	chart.Table(lang.Text{
		Ko: "마지막에 카운터에 남은 값: 노트의 수치와 이 컴퓨터의 수치",
		En: "What the counter held at the end: the notes' figures and this machine's",
	}, header, rows)
}
