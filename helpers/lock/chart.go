package lock

import (
	"fmt"
	"os"
	"strings"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// noteCounts are the final counts that three of the source's notes print for
// five workers and 100,000 increments each without a lock; note 002 prints none.
var noteCounts = []struct {
	note  string
	count int
}{{"000", 311_001}, {"001", 404_231}, {"003", 428_650}}

// bookSetup is the race that noteCounts come from.
var bookSetup = Setup{}.withDefaults()

// Chart shows the lost updates of every run of this race.
func (r Result) Chart() { Chart(r) }

// Chart shows the lost updates of every run of the races, a row for each
// counter on each runtime, beside those of the source's notes where all races
// are the book's. What did not run is said on stderr, below the chart.
func Chart(results ...Result) {
	var groups []chart.Group
	book := true
	var setup Setup
	for _, r := range results {
		setup = r.Setup
		book = book && r.Setup.Workers == bookSetup.Workers && r.Setup.Increments == bookSetup.Increments
		for _, g := range r.Groups {
			lost := r.Lost(g)
			s := measure.Sample{Values: lost}.Summary()
			groups = append(groups, chart.Group{Name: g.Name, Values: lost, Estimate: chart.Value{Median: s.Median, Lo: s.Lo, Hi: s.Hi}})
		}
	}
	if book && len(groups) > 0 {
		groups = append(groups, noteGroup())
	}
	if len(groups) > 0 {
		zero := 0.0
		chart.Show(chart.Points(chart.Title{
			Text: lang.Text{Ko: "실행마다 잃어버린 갱신", En: "Lost updates, run by run"},
			Note: note(setup, results),
		}, chart.Axis{
			Name: lang.Text{
				Ko: "갱신 " + chart.Number(float64(setup.Expected())) + "번 가운데 잃어버린 것",
				En: "lost of " + chart.Number(float64(setup.Expected())) + " updates",
			},
			Min: &zero,
		}, groups...))
	}
	for _, r := range results {
		if r.Err != nil {
			fmt.Fprintln(os.Stderr, r.Err)
		}
	}
}

// noteGroup is the row of the source's notes.
func noteGroup() chart.Group {
	var notes []string
	g := chart.Group{Reference: true}
	for _, n := range noteCounts {
		notes = append(notes, n.note)
		g.Values = append(g.Values, float64(bookSetup.Expected()-n.count))
	}
	list := strings.Join(notes, ", ")
	g.Name = lang.Text{Ko: "노트 " + list, En: "notes " + list}
	return g
}

// note says how the figures came about.
func note(s Setup, results []Result) lang.Text {
	runs := 0
	for _, r := range results {
		for _, g := range r.Groups {
			runs = max(runs, len(g.Counts.Values))
		}
	}
	each := chart.Number(float64(s.Increments))
	t := lang.Text{
		Ko: fmt.Sprintf("작업자 %d, 저마다 %s번, 줄마다 %d회 실행, 세로선은 중앙값", s.Workers, each, runs),
		En: fmt.Sprintf("%d workers, %s increments each, %d runs a row, the median marked", s.Workers, each, runs),
	}
	if measure.Quick() {
		t.Ko += " (빠른 모드)"
		t.En += " (quick mode)"
	}
	return t
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
		measure.SourceFigure{Source: list, Shows: lang.Same(strings.Join(counts, ", ")), Step: "54-04"},
		measure.SourceFigure{Source: list, Shows: lang.Same(chart.Number(float64(bookSetup.Expected()))), Step: "54-08"},
	)
	header, rows := measure.Beside(sources, kept)
	chart.Table(lang.Text{
		Ko: "갱신 500,000번 뒤의 카운터: 노트의 수치와 이 컴퓨터의 수치",
		En: "The counter after 500,000 updates: the notes' figures and this machine's",
	}, header, rows)
}
