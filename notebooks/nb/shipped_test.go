package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"interleave/notebooks/nb/notebook"
)

// shipped runs a notebook as it ships, in quick mode, on the lab's own kernel.
func shipped(t *testing.T, name string) *notebook.Notebook {
	t.Helper()
	if testing.Short() {
		t.Skip("runs a whole notebook: not with -short")
	}
	lab := testLab(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	out := filepath.Join(t.TempDir(), name)
	err := notebook.Run(ctx, lab, filepath.Join("..", name), out, notebook.RunOptions{Env: []string{"INTERLEAVE_QUICK=1", "INTERLEAVE_LANG=en"}})
	if err != nil {
		t.Fatal(err)
	}
	nb, err := notebook.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return nb
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

// TestLockNotebook checks what must hold on every machine, never a figure.
func TestLockNotebook(t *testing.T) {
	nb := shipped(t, "54-lock.ipynb")
	for _, c := range nb.Cells {
		if c.Type == notebook.Code && (c.Count == nil || c.Failed() && !c.MayFail()) {
			t.Errorf("%s did not run to its end: %s", c.ID, text(t, nb, c.ID))
		}
	}
	for id, want := range map[string]string{
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
		"54-90-go":    "311,001, 404,231, 428,650",
	} {
		if got := text(t, nb, id); !strings.Contains(got, want) {
			t.Errorf("%s shows\n%s\nwant %q in it", id, got, want)
		}
	}
	if got := text(t, nb, "54-90-go"); strings.Contains(got, "not run yet") {
		t.Errorf("54-90-go lacks figures:\n%s", got)
	}

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
