package timeline

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
)

// known are the states that have names, with their looks.
var known = []struct {
	state State
	look  chart.State
}{
	{Holding, chart.State{Name: lang.Text{Ko: "락 보유", En: "holding the lock"}, Form: chart.Solid, Color: chart.Blue}},
	{Waiting, chart.State{Name: lang.Text{Ko: "락 대기", En: "waiting for the lock"}, Form: chart.Dotted, Color: chart.Vermillion}},
	{Running, chart.State{Name: lang.Text{Ko: "실행", En: "running"}, Form: chart.Slim, Color: chart.Green}},
	{Starting, chart.State{Name: lang.Text{Ko: "시작 중", En: "starting"}, Form: chart.Solid, Color: chart.Purple}},
	{Ending, chart.State{Name: lang.Text{Ko: "신호를 받음", En: "sent a signal"}, Form: chart.Dotted, Color: chart.Ochre}},
	{Ended, chart.State{Name: lang.Text{Ko: "끝남, 회수 전(좀비)", En: "ended, not yet waited for (zombie)"}, Form: chart.Solid, Color: chart.Sky}},
	{Runnable, chart.State{Name: lang.Text{Ko: "실행 가능(코어를 기다림)", En: "runnable (waits for a core)"}, Form: chart.Slim, Color: chart.Ochre}},
	{Syscall, chart.State{Name: lang.Text{Ko: "시스템 콜", En: "system call"}, Form: chart.Slim, Color: chart.Blue}},
	{Channel, chart.State{Name: lang.Text{Ko: "채널 대기", En: "waiting for a channel"}, Form: chart.Dotted, Color: chart.Purple}},
	{Group, chart.State{Name: lang.Text{Ko: "다른 작업의 끝을 기다림", En: "waiting for others to end"}, Form: chart.Dotted, Color: chart.Grey}},
	{Sleeping, chart.State{Name: lang.Text{Ko: "잠듦", En: "sleeping"}, Form: chart.Dotted, Color: chart.Sky}},
	{Network, chart.State{Name: lang.Text{Ko: "네트워크나 파이프 대기", En: "waiting for the network or a pipe"}, Form: chart.Dotted, Color: chart.Blue}},
	{Getting, chart.State{Name: lang.Text{Ko: "항목을 기다림", En: "waiting for an item"}, Form: chart.Dotted, Color: chart.Grey}},
	{Putting, chart.State{Name: lang.Text{Ko: "빈자리를 기다림", En: "waiting for room"}, Form: chart.Dotted, Color: chart.Vermillion}},
	{Blocked, chart.State{Name: lang.Text{Ko: "그 밖의 대기", En: "waiting otherwise"}, Form: chart.Slim, Color: chart.Grey}},
}

// Show shows the parts in one chart, one below the other, each with its own zero of
// time: see [chart.Spans]. A part's workers stand in the order in which its spans
// name them, those whose names differ only in a number at the end in the order of
// that. Spans that cannot be drawn are left out and told on stderr, below the chart.
func Show(title chart.Title, parts ...Part) {
	c, err := Chart(title, parts...)
	chart.Show(c)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// Chart returns the chart that [Show] shows, and an error that tells what Show tells below it.
func Chart(title chart.Title, parts ...Part) (chart.Chart, error) {
	states, rows, err := lay(parts)
	return chart.Spans(title, states, rows...), err
}

// lay makes a chart's states and rows of the parts. Its error tells of the spans
// that are not among them.
func lay(parts []Part) (states []chart.State, rows []chart.Row, err error) {
	place := make(map[State]int)
	for i, k := range known {
		place[k.state] = i
		states = append(states, k.look)
	}
	for i, p := range parts {
		sound, wrong := p.check(i)
		err = errors.Join(err, p.Err, wrong)
		index := make(map[string]int)
		first := len(rows)
		for _, name := range workers(sound) {
			index[name] = len(rows)
			rows = append(rows, chart.Row{Group: p.Name, Name: lang.Same(name)})
		}
		for _, s := range sound {
			if _, ok := place[s.State]; !ok {
				place[s.State] = len(states)
				form := chart.Form((len(states) - len(known)) % 2) // dots are for what is no work
				states = append(states, chart.State{Name: lang.Same(string(s.State)), Form: form})
			}
			row := &rows[index[s.Row]]
			row.Spans = append(row.Spans, chart.Span{State: place[s.State], From: s.From, To: s.To, Note: s.said()})
		}
		if len(rows) == first {
			// So that a recording that failed is seen to be missing.
			rows = append(rows, chart.Row{Group: p.Name, Name: lang.Text{Ko: "기록 없음", En: "nothing recorded"}})
		}
	}
	return states, rows, err
}

// said is the note for the chart.
func (s Span) said() lang.Text {
	if !s.Open {
		return lang.Same(s.Note)
	}
	open := lang.Text{Ko: "아직 끝나지 않음", En: "not ended yet"}
	if s.Note != "" {
		return lang.Join(", ", lang.Same(s.Note), open)
	}
	return open
}

// fewErrors is how many wrong spans of a part are told one by one.
const fewErrors = 3

// check gives the spans of the part that can be drawn, and an error that tells of
// the others. The part is the one at place i.
func (p Part) check(i int) (sound []Span, err error) {
	var wrong []string
	more := 0
	for n, s := range p.Spans {
		fault := s.fault()
		switch {
		case fault == "":
			sound = append(sound, s)
		case len(wrong) < fewErrors:
			wrong = append(wrong, fmt.Sprintf("span %d (row %q, state %q, from %v to %v) %s", n+1, s.Row, s.State, s.From, s.To, fault))
		default:
			more++
		}
	}
	if len(wrong) == 0 {
		return sound, nil
	}
	name := p.Name.In("en")
	if name == "" {
		name = fmt.Sprintf("part %d", i+1)
	}
	text := strings.Join(wrong, "; ")
	if more > 0 {
		text += fmt.Sprintf("; and %d more like these", more)
	}
	return sound, fmt.Errorf("draw the timeline of %s: %s: these are left out", name, text)
}

// fault says what is wrong with s and what mends it, or nothing.
func (s Span) fault() string {
	switch {
	case s.Row == "":
		return "names no worker: give it a row"
	case s.State == "":
		return "is in no state: give it one"
	case math.IsNaN(s.From+s.To) || math.IsInf(s.From, 0) || math.IsInf(s.To, 0):
		return "has a time that is no number: give seconds since the recording began"
	case s.From < 0:
		return "begins before the recording did: take the time of both from the same clock, the recording's first"
	case s.To < s.From:
		return "ends before it begins: take both times from the same clock, one that never goes back"
	}
	return ""
}

// workers gives the rows of spans in the order in which they are drawn.
func workers(spans []Span) []string {
	var names []string
	seen := make(map[string]bool)
	family := make(map[string]int) // when a name without its number comes first, from 1
	for _, s := range spans {
		if seen[s.Row] {
			continue
		}
		seen[s.Row] = true
		names = append(names, s.Row)
		if stem, _ := number(s.Row); family[stem] == 0 {
			family[stem] = len(names)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		stemA, a1 := number(a)
		stemB, b1 := number(b)
		if stemA != stemB {
			return family[stemA] - family[stemB]
		}
		return a1 - b1
	})
	return names
}

// number parts a name from the number that it ends in, or from -1.
func number(name string) (stem string, n int) {
	stem = strings.TrimRight(name, "0123456789")
	n, err := strconv.Atoi(name[len(stem):])
	if err != nil {
		return name, -1
	}
	return stem, n
}
