package main

import (
	"regexp"
	"runtime"
	"strings"
	"testing"

	"interleave/notebooks/nb/notebook"
)

// checkConcurrency checks what must hold on every machine, never a figure.
func checkConcurrency(t *testing.T, nb *notebook.Notebook) {
	t.Helper()
	shows(t, nb, map[string]string{
		"00-00-go":    strings.TrimPrefix(runtime.Version(), "go"),
		"00-03-go":    "1 P: computing",
		"00-03-chart": "waiting, Ps: 1",
		"00-04-go":    "100001 goroutines started",
		"00-04-chart": "The memory of one",
	})
	// Four waits of 20 ms overlap on one P; in turn they would take 80 ms. A busy machine
	// lets some runs wait longer, not all.
	waits := numbers(t, text(t, nb, "00-03-chart"), `(?m)^waiting, Ps: 1  +[\d.]+  +([\d.]+)–`)
	if len(waits) != 1 || waits[0] < 20 || waits[0] >= 80 {
		t.Errorf("the quickest four waits of 20 ms on one P took %v ms", waits)
	}
	// Four that compute on one P take turns.
	checkTurns(t, text(t, nb, "00-03-chart-2"), "computing, Ps: 1", "four #")
}

// checkTurns checks that of a timeline's rows no two run at the same time.
func checkTurns(t *testing.T, table, group, name string) {
	t.Helper()
	type span struct{ from, to float64 }
	var runs []span
	for _, m := range regexp.MustCompile(`(?m)^`+regexp.QuoteMeta(group)+`  +`+name+`\S*  +running  +([\d.]+)  +([\d.]+)`).FindAllStringSubmatch(table, -1) {
		runs = append(runs, span{numbers(t, m[1], `([\d.]+)`)[0], numbers(t, m[2], `([\d.]+)`)[0]})
	}
	if len(runs) < 4 {
		t.Fatalf("%d runs of %s in\n%s", len(runs), group, table)
	}
	for i, a := range runs {
		for _, b := range runs[:i] {
			if a.from < b.to-1e-3 && b.from < a.to-1e-3 {
				t.Errorf("%s: two run at the same time: %v and %v", group, a, b)
			}
		}
	}
}

// checkGIL checks what must hold on every machine, never a figure.
func checkGIL(t *testing.T, nb *notebook.Notebook) {
	t.Helper()
	factors := "79823"
	shows(t, nb, map[string]string{
		"53-02-go":      "[1 2 3 4 5 6 8 9 10 12 15 18 20 24 30 36 40 45 60 72 90 120 180 360]",
		"53-03-py":      factors,
		"53-03-go":      factors,
		"53-04-py":      factors,
		"53-04-go":      factors,
		"53-05-chart":   "The time to factorise the numbers once",
		"53-07-py-2":    "an unconnected socket, five times: ",
		"53-07-go":      "a pipe nobody writes to, five times: ",
		"53-08-py":      "at_once: ",
		"53-08-go":      "atOnce: ",
		"53-09-chart":   "The helicopter's height",
		"53-11-go":      "2139079: ",
		"53-11-chart":   "GOMAXPROCS 1",
		"53-11-chart-2": "Which goroutine ran on which P",
		"53-11-chart-3": "waiting for the network or a pipe",
		"53-12-go":      "2 workers: ",
		"53-12-chart":   "Go: goroutines",
		"53-90-go":      "0.404845 s",
	})
	unsolved(t, nb, map[string]string{
		"53-13-test":   "the goroutines took turns for",
		"53-13-test-2": "took 10s, want 4s",
		"53-13-test-3": "the goroutines took turns for",
	})
	if got := text(t, nb, "53-90-go"); strings.Contains(got, "not run yet") {
		t.Errorf("53-90-go lacks figures:\n%s", got)
	}
	t.Run("speed-up", func(t *testing.T) { checkSpeedup(t, nb) })
	t.Run("waits", func(t *testing.T) { checkWaits(t, nb) })
	t.Run("scheduler", func(t *testing.T) {
		checkTurns(t, text(t, nb, "53-11-chart"), "GOMAXPROCS 1", `\d+`)
	})
}

// checkSpeedup checks that threads under a GIL bring nothing, and that the ideal is
// what the cores allow.
func checkSpeedup(t *testing.T, nb *notebook.Notebook) {
	rows := regexp.MustCompile(`(?m)^(CPython 3\.\d+[.\d]*): threads  +\d+  +[\d.]+  +([\d.]+)–`).FindAllStringSubmatch(text(t, nb, "53-05-chart"), -1)
	if len(rows) == 0 {
		t.Errorf("53-05-chart has no threads of a CPython:\n%s", text(t, nb, "53-05-chart"))
	}
	for _, m := range rows {
		// On a busy machine one run may say anything; not all of them.
		if least := numbers(t, m[2], `([\d.]+)`)[0]; least > 1.5 {
			t.Errorf("%s: threads are at least %v times quicker, with a GIL", m[1], least)
		}
	}
}

// checkWaits checks that the calls wait, and that they overlap.
func checkWaits(t *testing.T, nb *notebook.Notebook) {
	if took := numbers(t, text(t, nb, "53-07-py-2"), `nobody writes to, five times: ([\d.]+) s`); len(took) != 1 || took[0] < 0.5 {
		t.Errorf("five waits of 0.1 s took %v s", took)
	}
	for id, pattern := range map[string]string{"53-08-py": `in_turn: ([\d.]+) s`, "53-08-go": `inTurn: ([\d.]+) s`} {
		got := text(t, nb, id)
		inTurn, atOnce := numbers(t, got, pattern), numbers(t, got, `(?:at_once|atOnce): ([\d.]+) s`)
		if len(inTurn) != 1 || len(atOnce) != 1 || inTurn[0] < 0.6 || atOnce[0] >= inTurn[0] {
			t.Errorf("%s shows\n%s\nwant 0.6 s and more in turn, and less at once", id, got)
		}
		// 1 m takes 0.45 s to fall.
		if heights := numbers(t, got, `height ([\d.]+) m`); len(heights) != 2 || heights[0] != 0 || heights[1] == 0 {
			t.Errorf("%s shows\n%s\nwant the helicopter on the ground in turn, and in the air at once", id, got)
		}
	}
}
