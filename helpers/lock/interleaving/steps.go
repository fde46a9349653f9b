package interleaving

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
)

// A step is one operation of an order that is followed.
type step struct {
	worker int
	found  Verdict // from this step on
	losses []loss  // by this step
}

// Steps shows one order as a table: a row for each operation, in the column of
// the worker that makes it, with all values after it. A remark marks where an
// update is lost or an invariant breaks, and says who waits for what in a
// deadlock; the operations that wait stand there in brackets. The holder of a
// mutex stands in its column. Why an order cannot be played is said on stderr.
func (r Result) Steps(order string) {
	title, header, rows, err := r.table(order)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	chart.Table(title, header, rows)
}

func (r Result) table(order string) (title lang.Text, header []lang.Text, rows [][]string, err error) {
	switch {
	case r.Err != nil:
		return title, nil, nil, r.Err
	case r.program == nil:
		return title, nil, nil, errors.New("show an order of no program: get the result from Play")
	}
	err = r.program.run(func(e *engine) error {
		steps, found, err := e.follow(order)
		if err != nil {
			return fmt.Errorf("play the order %q: %w", clipped(order), err)
		}
		header, rows = e.header(), e.rows(steps, found)
		title = lang.Format(lang.Text{Ko: "실행 순서 %s: %s", En: "Order %s: %s"}, order, found.text())
		return nil
	})
	return title, header, rows, err
}

// clipped keeps an error short.
func clipped(order string) string {
	if r := []rune(order); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return order
}

// follow plays one order; the frame of each depth is kept.
func (e *engine) follow(order string) (steps []step, found Verdict, err error) {
	p := e.program
	for depth, name := range []rune(order) {
		w := int(name - 'A')
		switch {
		case w < 0 || w >= len(p.code):
			return nil, found, fmt.Errorf("its letter %d is %q: write the workers as %s", depth+1, name, p.letters())
		case found&Crash != 0:
			return nil, found, fmt.Errorf("it ends with a crash at letter %d: leave out what follows", depth)
		case p.left(e.frames[depth], w) == 0:
			return nil, found, fmt.Errorf("its letter %d is %c once more, and %c has only %d operations: take one %c out", depth+1, name, name, len(p.code[w]), name)
		}
		now, moved := e.try(depth, w, found)
		if !moved {
			return nil, found, fmt.Errorf("its letter %d is %c, which waits: %s; let another worker go on there", depth+1, name, e.wait(depth, w).text().En)
		}
		found = now
		steps = append(steps, step{worker: w, found: found, losses: slices.Clone(e.losses)})
	}
	if found&Crash != 0 {
		return steps, found, nil
	}
	var next []string
	for w := range p.code {
		if p.left(e.frames[len(steps)], w) == 0 {
			continue
		}
		if _, moves := e.try(len(steps), w, found); moves {
			next = append(next, letter(w))
		}
	}
	if len(next) > 0 {
		return nil, found, fmt.Errorf("it ends too early, after %d operations: go on with %s", len(steps), strings.Join(next, " or "))
	}
	return steps, e.end(len(steps), found), nil
}

func (e *engine) header() []lang.Text {
	p := e.program
	all := []lang.Text{lang.Same("#")}
	for w := range p.code {
		all = append(all, lang.Same(letter(w)))
	}
	for _, mu := range p.mutexes {
		all = append(all, lang.Same(mu.label))
	}
	for w := range p.code {
		for i, own := range p.own {
			if p.users[i]&(1<<w) != 0 {
				all = append(all, lang.Same(letter(w)+": "+own.label))
			}
		}
	}
	for _, s := range p.shared {
		all = append(all, lang.Same(s.label))
	}
	return append(all, lang.Text{Ko: "설명", En: "remark"})
}

func (e *engine) rows(steps []step, found Verdict) [][]string {
	p := e.program
	begin := lang.Text{Ko: "처음", En: "start"}
	all := [][]string{append(e.row("0", 0, -1), begin.String())}
	before := OK
	for i, s := range steps {
		row := e.row(strconv.Itoa(i+1), i+1, s.worker)
		row[1+s.worker] = p.workers[s.worker][e.frames[i][s.worker]].text
		after := s.found
		if i == len(steps)-1 {
			after = found
		}
		all = append(all, append(row, e.remark(s, after&^before)))
		before = s.found
	}
	if found&Deadlock == 0 {
		return all
	}
	row := e.row("", len(steps), -1)
	var waits []waiting
	for w := range p.code {
		if left := p.left(e.frames[len(steps)], w); left > 0 {
			waits = append(waits, e.wait(len(steps), w))
			row[1+w] = "(" + p.workers[w][len(p.code[w])-left].text + ")"
		}
	}
	return append(all, append(row, "◀ "+deadlockText(waits).String()))
}

// row writes the values at that depth. Those of a worker's own are shown from its
// first operation on.
func (e *engine) row(number string, depth, worker int) []string {
	p, f := e.program, e.frames[depth]
	row := []string{number}
	for range p.code {
		row = append(row, "")
	}
	for i := range p.mutexes {
		holder := ""
		if by := f[len(p.code)+i]; by > 0 {
			holder = letter(by - 1)
		}
		row = append(row, holder)
	}
	for w := range p.code {
		for i := range p.own {
			if p.users[i]&(1<<w) == 0 {
				continue
			}
			value := ""
			if f[w] > 0 {
				value = strconv.Itoa(f[p.ownAt(i, w)])
			}
			row = append(row, value)
		}
	}
	for i := range p.shared {
		row = append(row, strconv.Itoa(f[p.sharedAt(i)]))
	}
	return row
}

// remark says what went wrong in a step, which added those findings.
func (e *engine) remark(s step, added Verdict) string {
	p := e.program
	var said []lang.Text
	for _, l := range s.losses {
		what := strconv.Itoa(l.value)
		if len(p.shared) > 1 {
			what = p.shared[(l.shared-p.sharedAt(0))/sharedFields].label + " = " + what
		}
		said = append(said, lang.Format(lang.Text{Ko: "덮어씀: %s의 %s", En: "overwrites %s's %s"}, letter(l.writer), what))
	}
	if added&Crash != 0 {
		said = append(said, lang.Text{Ko: "비정상 종료: 잠겨 있지 않은 락을 풂", En: "crash: unlocks what is not locked"})
	}
	if added&InvariantBroken != 0 {
		said = append(said, lang.Text{Ko: "불변 조건이 깨짐", En: "invariant broken"})
	}
	if len(said) == 0 {
		return ""
	}
	return "◀ " + lang.Join("; ", said...).String()
}

// A waiting is a worker and what it waits for: a mutex, or else a condition.
type waiting struct{ worker, mutex, holder, condition string }

func (e *engine) wait(depth, w int) waiting {
	p, f := e.program, e.frames[depth]
	op := p.workers[w][f[w]]
	if op.kind != lock {
		return waiting{worker: letter(w), condition: op.text}
	}
	return waiting{worker: letter(w), mutex: op.mutex.label, holder: letter(f[p.code[w][f[w]].mutex] - 1)}
}

// text says who waits for what; the Korean lacks its verb.
func (w waiting) text() lang.Text {
	switch {
	case w.mutex == "":
		return lang.Format(lang.Text{Ko: "%s “%s” 조건을", En: "%s waits for “%s”"}, topic(w.worker), w.condition)
	case w.holder == w.worker:
		return lang.Format(lang.Text{Ko: "%[1]s 자신이 잡은 %[2]s 락을", En: "%[1]s waits for %[2]s, held by %[3]s itself"}, topic(w.worker), w.mutex, w.holder)
	}
	return lang.Format(lang.Text{Ko: "%[1]s %[3]s 잡은 %[2]s 락을", En: "%[1]s waits for %[2]s, held by %[3]s"}, topic(w.worker), w.mutex, subject(w.holder))
}

func deadlockText(waits []waiting) lang.Text {
	var all lang.Text
	for i, w := range waits {
		if t := w.text(); i == 0 {
			all = t
		} else {
			all = lang.Format(lang.Text{Ko: "%s, %s", En: "%s; %s"}, all, t)
		}
	}
	return lang.Format(lang.Text{Ko: "교착 상태: %s 기다린다", En: "deadlock: %s"}, all)
}

// topic and subject add the Korean particle that a letter's name takes.
func topic(letter string) lang.Text { return particle(letter, "은", "는") }

func subject(letter string) lang.Text { return particle(letter, "이", "가") }

func particle(letter, closed, open string) lang.Text {
	suffix := open
	if strings.Contains("LMNR", letter) { // 엘, 엠, 엔 and 알 end in a consonant
		suffix = closed
	}
	return lang.Format(lang.Text{Ko: "%[1]s%[2]s", En: "%[1]s"}, letter, suffix)
}
