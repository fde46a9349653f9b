package subprocess

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/timeline"
)

// KeepStatuses keeps for the table at the end with what status each child in the
// parts has ended, other than 0: the notes of [Lives.Spans].
func KeepStatuses(step string, parts ...timeline.Part) error {
	var errs []error
	for _, p := range parts {
		for _, s := range p.Spans {
			status, err := strconv.Atoi(s.Note)
			if err != nil {
				continue // it has no note, or one that is no status
			}
			errs = append(errs, measure.Keep(measure.Figure{
				Step: step, Name: lang.Same(s.Row), Variant: p.Name.En,
				Summary: measure.Sample{Values: []float64{float64(status)}}.Summary(),
			}))
		}
	}
	return errors.Join(errs...)
}

// Names of the ways and the child that the source has figures for: what is kept
// under them stands beside those.
var (
	AllAtOnce = lang.Text{Ko: "한꺼번에", En: "all at once"}
	OneByOne  = lang.Text{Ko: "하나씩", En: "one by one"}
	Sleeper   = "sleep"
)

// Compare shows the source's figures beside those that this notebook measured.
func Compare() {
	kept, err := measure.Kept()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	const note = "004"
	header, rows := measure.Beside([]measure.SourceFigure{
		{
			Source: note, Shows: lang.Same(fmt.Sprint(noteTogether, " s")), Step: "52-04", Name: AllAtOnce,
			Title: lang.Text{Ko: "1초씩 자는 자식 열 개", En: "ten children that sleep for 1 s"},
		},
		{
			Source: note, Shows: lang.Format(lang.Text{Ko: "%d초 넘게(주장)", En: "over %d s (claimed)"}, noteInTurn), Step: "52-04", Name: OneByOne,
			Title: lang.Text{Ko: "1초씩 자는 자식 열 개", En: "ten children that sleep for 1 s"},
		},
		{
			Source: note, Shows: lang.Same("-15"), Step: "52-09", Name: lang.Same(Sleeper),
			Title: lang.Text{Ko: "제한 시간이 지난 자식의 종료 상태", En: "exit status of a child whose time is up"},
		},
	}, kept)
	chart.Table(lang.Text{
		Ko: "노트의 수치와 이 컴퓨터의 수치",
		En: "The note's figures and this machine's",
	}, header, rows)
}
