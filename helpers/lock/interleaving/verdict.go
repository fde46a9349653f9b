package interleaving

import (
	"interleave/helpers/chart"
	"interleave/helpers/lang"
)

// A Verdict is what was found in an order. An order may show several findings,
// such as a lost update that also breaks an invariant: its verdict is then
// LostUpdate|InvariantBroken, and each counts it.
type Verdict uint8

const (
	// OK: none of the others.
	OK Verdict = 0
	// LostUpdate: a worker wrote a shared value that another worker had
	// written since this one last read or wrote it, so that the other's value
	// vanished unseen. A write by a worker that has never read the value is no
	// such loss: it was not computed from anything. Neither is one operation
	// that reads the value before it writes it.
	LostUpdate Verdict = 1 << (iota - 1)
	// InvariantBroken: Always did not hold after some operation, or AtEnd did
	// not at the end.
	InvariantBroken
	// Deadlock: not all workers have ended, and each that has not waits.
	Deadlock
	// Crash: a mutex was unlocked that was not locked. Go then ends the whole
	// program with "fatal error: sync: unlock of unlocked mutex"; here the
	// order ends.
	Crash
)

var verdictNames = []struct {
	verdict Verdict
	name    lang.Text
	colour  string
}{
	{OK, lang.Text{Ko: "이상 없음", En: "ok"}, chart.Green},
	{LostUpdate, lang.Text{Ko: "사라진 갱신", En: "lost update"}, chart.Vermillion},
	{InvariantBroken, lang.Text{Ko: "불변 조건이 깨짐", En: "invariant broken"}, chart.Purple},
	{Deadlock, lang.Text{Ko: "교착 상태", En: "deadlock"}, chart.Blue},
	{Crash, lang.Text{Ko: "비정상 종료", En: "crash"}, chart.Grey},
}

// has tells whether all of v are among the findings; of OK, whether there are none.
func (found Verdict) has(v Verdict) bool {
	if v == OK {
		return found == OK
	}
	return found&v == v
}

func (found Verdict) text() lang.Text {
	var names []lang.Text
	for _, v := range verdictNames {
		if found.has(v.verdict) {
			names = append(names, v.name)
		}
	}
	return lang.Join(", ", names...)
}

// colour is that of the gravest finding.
func (found Verdict) colour() string {
	colour := ""
	for _, v := range verdictNames {
		if found.has(v.verdict) {
			colour = v.colour
		}
	}
	return colour
}

// String names the findings in the reader's language.
func (found Verdict) String() string { return found.text().String() }
