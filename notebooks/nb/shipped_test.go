package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/helpers/python"
	"interleave/notebooks/nb/notebook"
)

// TestNotebooks runs each notebook as it ships and checks what it shows.
func TestNotebooks(t *testing.T) {
	labtest.Need(t, 2)
	for name, check := range map[string]func(*testing.T, *notebook.Notebook){
		"00-concurrency": checkConcurrency,
		"52-subprocess":  checkSubprocess,
		"53-gil":         checkGIL,
		"54-lock":        checkLock,
		"55-queue":       checkQueue,
	} {
		number, _, _ := strings.Cut(name, "-")
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			check(t, shipped(t, name+".ipynb"))
		})
	}
}

// shipped runs a notebook as it ships, in quick mode, on the lab's own kernel, and
// checks that all its cells ran to their end.
func shipped(t *testing.T, name string) *notebook.Notebook {
	t.Helper()
	nb := runQuick(t, filepath.Join("..", name))
	for _, c := range nb.Cells {
		if c.Type == notebook.Code && (c.Count == nil || c.Failed() && !c.MayFail()) {
			t.Errorf("%s did not run to its end: %s", c.ID, text(t, nb, c.ID))
		}
	}
	return nb
}

// runQuick runs a notebook in quick mode, on the lab's own kernel. Its cells find a few
// CPythons: every one more is one more row in most charts.
func runQuick(t *testing.T, path string, env ...string) *notebook.Notebook {
	t.Helper()
	lab := labtest.Lab(t, 2)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	out := filepath.Join(t.TempDir(), filepath.Base(path))
	env = slices.Concat([]string{"INTERLEAVE_QUICK=1", "INTERLEAVE_LANG=en"}, fewPythons(t), env)
	var begun time.Time
	err := notebook.Run(ctx, lab, path, out, notebook.RunOptions{Env: env, Progress: func(e notebook.Event) {
		switch {
		case !e.Ended:
			begun = time.Now()
		case time.Since(begun) > 3*time.Second:
			t.Logf("%s took %.1f s", e.Cell, time.Since(begun).Seconds())
		}
	}})
	if cell, ok := errors.AsType[*notebook.CellError](err); ok {
		t.Fatalf("%v\n%s", err, cell.Shown)
	}
	if err != nil {
		t.Fatal(err)
	}
	nb, err := notebook.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

// fewPythons is an environment in which cells find the default CPython and the oldest one
// of this machine, and from ring 3 on also the newest, and 3.10, with which much changes.
func fewPythons(t *testing.T) []string {
	t.Helper()
	all, err := python.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	listed := []string{all[0].Path}
	for i, in := range all {
		if labtest.Ring() > 2 && i > 0 && (in.Minor == 10 || i == len(all)-1) {
			listed = append(listed, in.Path)
		}
	}
	hidden := make(map[string]string)
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		found, _ := filepath.Glob(filepath.Join(dir, "python*"))
		for _, path := range found {
			hidden[filepath.Base(path)] = ""
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	return []string{
		"PATH=" + pathWith(t, hidden), // with the default one as python3
		python.ListEnv + "=" + strings.Join(listed, string(os.PathListSeparator)),
		"PYENV_ROOT=" + none,
	}
}

// text gives what a cell printed and showed, as plain text.
func text(t *testing.T, nb *notebook.Notebook, id string) string {
	t.Helper()
	c := nb.Cell(id)
	if c == nil {
		t.Fatalf("there is no cell %s", id)
	}
	var b strings.Builder
	for _, o := range c.Outputs {
		b.WriteString(joined(o["text"]))
		if data, ok := o["data"].(map[string]any); ok {
			b.WriteString(joined(data["text/plain"]))
		}
	}
	return b.String()
}

// shows checks that each cell prints or shows a text.
func shows(t *testing.T, nb *notebook.Notebook, wants map[string]string) {
	t.Helper()
	for id, want := range wants {
		if got := text(t, nb, id); !strings.Contains(got, want) {
			t.Errorf("%s shows\n%s\nwant %q in it", id, got, want)
		}
	}
}

// joined is a notebook's multi-line string: one string, or a list of lines.
func joined(v any) string {
	data, _ := json.Marshal(v)
	var one string
	var lines []string
	if json.Unmarshal(data, &one) == nil {
		return one
	}
	_ = json.Unmarshal(data, &lines)
	return strings.Join(lines, "")
}

// row matches a line of a chart's table: name, runs, median, interval, values.
var row = regexp.MustCompile(`(?m)^(\S.*?: \w+)  +\d+ .*?  ([\d. ]+)$`)

// shares gives the values of each row of a chart of lost updates.
func shares(t *testing.T, chart string) map[string][]float64 {
	t.Helper()
	rows := make(map[string][]float64)
	for _, m := range row.FindAllStringSubmatch(chart, -1) {
		for _, field := range strings.Fields(m[2]) {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatalf("read the row %q: %v", m[0], err)
			}
			rows[m[1]] = append(rows[m[1]], v)
		}
	}
	return rows
}

func lostAny(values []float64) bool {
	for _, v := range values {
		if v > 0 {
			return true
		}
	}
	return false
}

// checkLock checks what must hold on every machine, never a figure.
func checkLock(t *testing.T, nb *notebook.Notebook) {
	t.Helper()
	shows(t, nb, map[string]string{
		"54-00-go":    strings.TrimPrefix(runtime.Version(), "go"),
		"54-02-py":    "3",
		"54-02-go":    "3",
		"54-03-py":    "barrier True",
		"54-03-go":    "barrier true",
		"54-05-py":    "STORE_ATTR",
		"54-05-go":    "expected: 5000",
		"54-05-go-2":  "RET",
		"54-06-py":    "total: 1",
		"54-06-go":    "total: 1",
		"54-07-go":    "3",
		"54-08-py":    "500000",
		"54-08-go":    "Go: LockingCounter: 5,000,000 5,000,000 5,000,000",
		"54-08-chart": "LockingCounter",
		"54-09-py-2":  "with_lock",
		"54-09-go":    "value with the lock: 3",
		"54-10-go":    "a second one gets in: false",
		"54-10-go-2":  "a third one would wait",
		"54-10-go-3":  "seats left: ",
		"54-10-go-4":  "All goroutines were asleep",
		"54-10-go-5":  "first\nsecond",
		"54-12-go":    "count: ",
		"54-12-go-3":  "count: 2",
		"54-13-go":    "overwrites A's 1",
		"54-13-go-2":  "6 / 6",
		"54-13-go-3":  "4 invariant broken",
		"54-16-go":    "fatal error: all goroutines are asleep - deadlock!",
		"54-16-chart": "Deadlock: rent → B → loan → A → rent",
		"54-90-go":    "311,001, 404,231, 428,650",
	})
	if got := text(t, nb, "54-90-go"); strings.Contains(got, "not run yet") || !strings.Contains(got, "with the lock ") {
		t.Errorf("54-90-go lacks figures, or does not say what they are of:\n%s", got)
	}

	t.Run("timeline", func(t *testing.T) { checkTimeline(t, nb) })
	t.Run("race report", func(t *testing.T) { checkRaceReport(t, nb) })
	t.Run("every order", func(t *testing.T) { checkOrders(t, nb) })
	t.Run("prices", func(t *testing.T) { checkPrices(t, nb) })
	t.Run("hidden race", func(t *testing.T) { checkHiddenRace(t, nb) })
	t.Run("exercises", func(t *testing.T) {
		unsolved(t, nb, map[string]string{
			"54-17-test":   "WARNING: DATA RACE",
			"54-17-test-2": "WARNING: DATA RACE",
			"54-17-test-3": "waits for",
			"54-17-test-4": "got in, want",
		})
	})

	var python, golang []float64
	for _, id := range []string{"54-04-chart", "54-08-chart"} {
		rows := shares(t, text(t, nb, id))
		for name, values := range rows {
			switch {
			case strings.HasSuffix(name, ": LockingCounter"):
				if lostAny(values) {
					t.Errorf("%s: %s lost updates under its lock: %v %%", id, name, values)
				}
			case name == "Go: Counter":
				golang = append(golang, values...)
			case strings.HasSuffix(name, ": CallingCounter"):
				python = append(python, values...)
			}
		}
		if len(rows) < 3 {
			t.Errorf("%s has %d rows, want Python's and Go's:\n%s", id, len(rows), text(t, nb, id))
		}
	}
	for _, field := range strings.Fields(text(t, nb, "54-04-go")) {
		if n, err := strconv.Atoi(strings.ReplaceAll(field, ",", "")); err == nil {
			golang = append(golang, float64(50_000_000-n))
		}
	}
	if !lostAny(python) {
		t.Errorf("CallingCounter lost nothing on any CPython: %v %%", python)
	}
	if cores := runtime.GOMAXPROCS(0); cores > 1 && !lostAny(golang) {
		t.Errorf("on %d cores Go's Counter lost nothing in any run: %v", cores, golang)
	}

	for i, field := range strings.Fields(strings.SplitAfter(text(t, nb, "54-05-go"), "SplitCounter:")[1]) {
		if n, err := strconv.Atoi(strings.ReplaceAll(field, ",", "")); err != nil || n >= 5000 {
			t.Errorf("54-05-go: run %d kept %s of 5000, want fewer, on any number of cores", i+1, field)
		}
	}
}

// holding matches a span in which a worker held the lock, in the table of a
// timeline: group, worker, state, from and to in ms.
var holding = regexp.MustCompile(`(?m)^(\S.*?)  +(\S+)  +holding the lock  +([\d.]+)  +([\d.]+)`)

// checkTimeline checks that no two workers ever hold the lock at the same time.
func checkTimeline(t *testing.T, nb *notebook.Notebook) {
	if got := text(t, nb, "54-09-py-2"); strings.Count(got, "value: 3\n") < 2 {
		t.Errorf("54-09-py-2 shows\n%s\nwant the value 3 with each way to lock", got)
	}
	type span struct{ from, to float64 }
	held := make(map[string][]span)
	for _, m := range holding.FindAllStringSubmatch(text(t, nb, "54-09-chart"), -1) {
		from, err := strconv.ParseFloat(m[3], 64)
		to, err2 := strconv.ParseFloat(m[4], 64)
		if err != nil || err2 != nil {
			t.Fatalf("read the row %q: %v, %v", m[0], err, err2)
		}
		for _, other := range held[m[1]] {
			if from < other.to && other.from < to {
				t.Errorf("%s: the lock was held from %v to %v and from %v to %v", m[1], from, to, other.from, other.to)
			}
		}
		held[m[1]] = append(held[m[1]], span{from, to})
	}
	for _, group := range []string{"Python, with a lock", "Go, with a lock"} {
		if len(held[group]) != 3 {
			t.Errorf("54-09-chart has %d spans of %s holding the lock, want 3:\n%s", len(held[group]), group, text(t, nb, "54-09-chart"))
		}
	}
}

func checkRaceReport(t *testing.T, nb *notebook.Notebook) {
	got := text(t, nb, "54-12-go-2")
	for _, want := range []string{"WARNING: DATA RACE", "Previous write at", "main.(*Counter).Increment()", "[[ Cell ["} {
		if !strings.Contains(got, want) {
			t.Errorf("54-12-go-2 shows\n%s\nwant %q in it", got, want)
		}
	}
	if !nb.Cell("54-12-go-2").Failed() {
		t.Error("54-12-go-2 did not fail, as it must with a race")
	}
}

func checkOrders(t *testing.T, nb *notebook.Notebook) {
	for id, wants := range map[string][]string{
		"54-13-chart":   {"How all 20 orders end", "2 ok, 18 lost update", "How all 1,680 orders end", "6 ok, 1,674 lost update"},
		"54-13-chart-2": {"of 17,153,136 orders", "Seed "},
	} {
		for _, want := range wants {
			if got := text(t, nb, id); !strings.Contains(got, want) {
				t.Errorf("%s shows\n%s\nwant %q in it", id, got, want)
			}
		}
	}
}

// checkPrices checks that all that guard their count lost nothing.
func checkPrices(t *testing.T, nb *notebook.Notebook) {
	_, lost, _ := strings.Cut(text(t, nb, "54-14-chart"), "Share of the increments lost")
	for _, name := range []string{"Mutex", "RWMutex", "Atomic", "Sharded", "Channel", "Batch"} {
		m := regexp.MustCompile(`(?m)^` + name + `  +(.*)$`).FindStringSubmatch(lost)
		if m == nil || strings.Trim(m[1], "0 %") != "" {
			t.Errorf("%s lost increments, or is not in the table:\n%s", name, lost)
		}
	}
}

// stops matches a row of the table of where threads stopped: minor version,
// counter, and the places between the read and the write.
var stops = regexp.MustCompile(`(?m)^CPython 3\.(\d+)\S*: (\w+)  +(\S.*?)  `)

// checkHiddenRace checks what the text says of the versions of CPython that it was
// written about.
func checkHiddenRace(t *testing.T, nb *notebook.Notebook) {
	rows := stops.FindAllStringSubmatch(text(t, nb, "54-15-chart-2"), -1)
	if len(rows) < 3 {
		t.Fatalf("54-15-chart-2 has no table of stops:\n%s", text(t, nb, "54-15-chart-2"))
	}
	for _, m := range rows {
		minor, _ := strconv.Atoi(m[1])
		hidden := m[2] == "Counter" && minor >= 10
		if minor <= 13 && (m[3] == "0%") != hidden {
			t.Errorf("CPython 3.%d: %s stopped between the read and the write: %s", minor, m[2], m[3])
		}
	}
}

// unsolved checks that each exercise fails as it ships, and says why.
func unsolved(t *testing.T, nb *notebook.Notebook, why map[string]string) {
	t.Helper()
	shows(t, nb, why)
	for id := range why {
		if !nb.Cell(id).Failed() {
			t.Errorf("%s did not fail", id)
		}
	}
}

// TestSolutions checks that every exercise passes with its solution.
func TestSolutions(t *testing.T) {
	labtest.Need(t, 2)
	files, err := filepath.Glob(filepath.Join("..", "solutions", "*.ipynb"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no solutions: %v", err)
	}
	for _, file := range files {
		number, _, _ := strings.Cut(filepath.Base(file), "-")
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			nb := shipped(t, filepath.Join("solutions", filepath.Base(file)))
			for _, c := range nb.Cells {
				if notebook.ParseID(c.ID).Role == "test" && !strings.Contains(text(t, nb, c.ID), "PASS") {
					t.Errorf("%s shows\n%s\nwant PASS", c.ID, text(t, nb, c.ID))
				}
			}
		})
	}
}

// TestBothLanguagesAreAgreed wants somebody to have found, since the last change, that
// the Korean and the English of each notebook say the same.
func TestBothLanguagesAreAgreed(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p := project{root: root}
	agreed, err := p.readAgreed()
	if err != nil {
		t.Fatal(err)
	}
	lessons, err := p.lessons(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		if err := l.split(); err != nil {
			t.Fatal(err)
		}
		for _, c := range agreed.Alone(l.slots()) {
			t.Errorf("%s: cell %s says %q; see whether the other language does too, and run: go run ./notebooks/nb po agree", c.Lesson, c.Cell("en"), c.Text("en"))
		}
	}
}
