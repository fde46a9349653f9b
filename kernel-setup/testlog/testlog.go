// Package testlog sums up what go test -json reports of one or more runs: how many tests
// passed, which took longest, and how often which of them failed.
package testlog

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// Log is what tests did. The zero value holds none.
type Log struct{ tests map[name]*outcome }

// A name tells a test; one without a test is a package by itself, which failed without
// a failing test: it does not compile, or ended early.
type name struct{ pkg, test string }

func (n name) String() string {
	return strings.TrimSpace(strings.TrimPrefix(n.pkg, "interleave/") + " " + n.test)
}

// outcome counts how a test ended, and has the seconds of its longest run.
type outcome struct {
	passed, failed, skipped int
	longest                 float64
}

// Read adds the events in a file that go test -json has written. Lines that are none are
// passed over: what a test prints past Go's testing package can stand between them.
func (l *Log) Read(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("read what the tests reported: %w", err)
	}
	defer f.Close()
	if l.tests == nil {
		l.tests = make(map[name]*outcome)
	}
	failing := make(map[string]bool) // packages that have a failing test
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		var e struct {
			Action, Package, Test string
			Elapsed               float64
		}
		if json.Unmarshal(line, &e) == nil && (e.Test != "" || e.Action == "fail" && !failing[e.Package]) {
			l.add(name{e.Package, e.Test}, e.Action, e.Elapsed)
			failing[e.Package] = failing[e.Package] || e.Action == "fail"
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what the tests reported: %w", err)
		}
	}
}

func (l *Log) add(n name, action string, seconds float64) {
	if action != "pass" && action != "fail" && action != "skip" {
		return
	}
	o := l.tests[n]
	if o == nil {
		o = new(outcome)
		l.tests[n] = o
	}
	o.longest = max(o.longest, seconds)
	switch action {
	case "pass":
		o.passed++
	case "fail":
		o.failed++
	case "skip":
		o.skipped++
	}
}

// Summary returns the line that ends a run: how many tests ever failed, and of the others
// how many passed or were skipped each time.
func (l *Log) Summary() string {
	var passed, failed, skipped int
	for _, o := range l.tests {
		switch {
		case o.failed > 0:
			failed++
		case o.passed > 0:
			passed++
		default:
			skipped++
		}
	}
	return fmt.Sprintf("%d passed, %d failed, %d skipped", passed, failed, skipped)
}

// Slowest writes a table of the n tests that took longest, those with parts left out: the
// parts are tests themselves.
func (l *Log) Slowest(w io.Writer, n int) {
	parents := make(map[name]bool)
	for n := range l.tests {
		for i, c := range n.test {
			if c == '/' {
				parents[name{n.pkg, n.test[:i]}] = true
			}
		}
	}
	names := l.sorted(func(n name, o *outcome) bool { return !parents[n] && o.longest > 0 }, func(o *outcome) float64 { return o.longest })
	if len(names) == 0 {
		return
	}
	fmt.Fprintln(w, "\nthe slowest tests, in seconds")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, n := range names[:min(len(names), n)] {
		fmt.Fprintf(table, "%6.1f\t%v\n", l.tests[n].longest, n)
	}
	_ = table.Flush() // what w does not take is lost to the caller as well
}

// Flaky writes a table of the tests that failed, and the share of their runs in which
// they did.
func (l *Log) Flaky(w io.Writer) {
	names := l.sorted(func(_ name, o *outcome) bool { return o.failed > 0 }, func(o *outcome) float64 { return float64(o.failed) })
	if len(names) == 0 {
		return
	}
	fmt.Fprintln(w, "\ntests that failed")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, n := range names {
		o := l.tests[n]
		fmt.Fprintf(table, "%d of %d\t%v\n", o.failed, o.failed+o.passed+o.skipped, n)
	}
	_ = table.Flush()
}

// sorted returns the names of tests that are wanted, those of the largest key first.
func (l *Log) sorted(wanted func(name, *outcome) bool, key func(*outcome) float64) []name {
	names := slices.Collect(maps.Keys(l.tests))
	names = slices.DeleteFunc(names, func(n name) bool { return !wanted(n, l.tests[n]) })
	slices.SortFunc(names, func(a, b name) int {
		return cmp.Or(cmp.Compare(key(l.tests[b]), key(l.tests[a])), cmp.Compare(a.String(), b.String()))
	})
	return names
}
