package queue

import (
	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// Compare shows the source's figures beside those that this notebook measured.
func Compare() {
	kept, err := measure.Kept()
	tell(err)
	const note = "004"
	thousand := lang.Text{Ko: "1,000개", En: "1000 items"}
	header, rows := measure.Beside([]measure.SourceFigure{
		{
			Source: note, Shows: lang.Text{Ko: "1,000개에 폴링 3009번", En: "3009 polls for 1000 items"}, Step: "55-04", Name: namePolls,
			Title: lang.Text{Ko: "폴링 파이프라인", En: "the polling pipeline"},
		},
		{Source: note, Shows: thousand, Step: "55-10", Name: nameDone, Title: lang.Text{Ko: "닫을 수 있는 큐, 단계마다 작업자 하나", En: "closable queues, one worker a stage"}},
		{Source: note, Shows: thousand, Step: "55-11", Name: nameDone, Title: lang.Text{Ko: "작업자 3·4·5", En: "workers 3·4·5"}},
	}, kept)
	chart.Table(lang.Text{
		Ko: "노트의 수치와 이 컴퓨터의 수치",
		En: "The note's figures and this machine's",
	}, header, rows)
}
