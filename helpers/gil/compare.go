package gil

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
	four := lang.Text{Ko: "네 수를 인수분해하는 시간", En: "factorising four numbers"}
	header, rows := measure.Beside([]measure.SourceFigure{
		{Source: note, Shows: lang.Same("0.404845 s"), Step: "53-05", Name: Serial, Title: four},
		{
			Source: note, Shows: lang.Text{Ko: "0.405 s(앞의 값을 다시 찍은 것)", En: "0.405 s (the figure above, printed again)"},
			Step: "53-05", Name: Parallel, Title: four,
		},
		{
			Source: note, Shows: lang.Text{Ko: "1/5(주장)", En: "1/5 (claimed)"}, Step: "53-09", Name: Share,
			Title: lang.Text{Ko: "기다리는 호출 다섯 개", En: "five calls that wait"},
		},
	}, kept)
	chart.Table(lang.Text{
		Ko: "노트의 수치와 이 컴퓨터의 수치",
		En: "The note's figures and this machine's",
	}, header, rows)
}
