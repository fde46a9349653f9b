// Package charttest compares charts with golden files: their options for ECharts, as
// they are drawn, and the text that a terminal shows in place of the picture.
package charttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"

	"interleave/helpers/chart"
	"interleave/helpers/chart/internal/drawn"
	"interleave/helpers/labtest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// Charts are functions that build a chart, by the name of its golden files. A chart
// whose name ends in ".ko" or ".en" is built for a reader of that language, any other for
// a reader of both.
type Charts map[string]func() chart.Chart

// folder has the golden files of the package whose test runs.
var folder = filepath.Join("testdata", "golden")

var update = flag.Bool("update", false, "accept the charts as they are now: write them to "+folder)

// Golden compares each chart, in a subtest, with testdata/golden/NAME.json, which has its
// options, its size and its alternative text, and with NAME.txt, which has its text. It
// fails also where that folder has a file of no chart: so a package calls it once, with
// all of its charts. The flag -update writes the files instead, and removes those of no
// chart.
func Golden(t *testing.T, charts Charts) {
	t.Helper()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		names = append(names, name+".json", name+".txt")
		t.Run(name, func(t *testing.T) {
			t.Setenv(lang.Env, language(name))
			t.Setenv(measure.QuickEnv, "") // a note tells of it
			o := drawn.Of(charts[name]())
			if o.Options == nil {
				t.Fatalf("the chart cannot be drawn: %s", o.Text)
			}
			content, err := format(o)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range []struct{ name, content string }{{name + ".json", content}, {name + ".txt", o.Text}} {
				problem, difference, err := compare(file.name, file.content, *update)
				if err != nil {
					t.Fatal(err)
				}
				if problem != "" {
					t.Errorf("%s/%s; if the chart is right as it is now, accept it: %s\n%s", here(t), problem, accept(t), difference)
				}
			}
		})
	}
	orphans, err := orphans(names)
	if err != nil {
		t.Error(err)
	}
	for _, file := range orphans {
		if !*update {
			t.Errorf("%s/%s belongs to no chart; remove it, or: %s", here(t), file, accept(t))
		} else if err := os.Remove(file); err != nil {
			t.Error(err)
		}
	}
}

func language(name string) string {
	switch suffix := filepath.Ext(name); suffix {
	case ".ko", ".en":
		return suffix[1:]
	}
	return ""
}

// here returns the folder of the package whose test runs, from the module's on.
func here(tb testing.TB) string {
	tb.Helper()
	wd, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	from, err := filepath.Rel(labtest.Module(tb), wd)
	if err != nil {
		tb.Fatal(err)
	}
	return filepath.ToSlash(from)
}

func accept(tb testing.TB) string {
	tb.Helper()
	return "go test ./" + here(tb) + " -update"
}

// compare tells what is wrong with a golden file, if anything, and how it differs from what
// it should hold. Or it writes the file.
func compare(name, now string, write bool) (problem, difference string, err error) {
	file := filepath.Join(folder, name)
	if write {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return "", "", err
		}
		return "", "", os.WriteFile(file, []byte(now), 0o644)
	}
	before, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return filepath.ToSlash(file) + " is missing", "", nil
	case err != nil:
		return "", "", err
	case string(before) != now:
		difference = string(diff.Diff(file, before, "the chart now", []byte(now)))
		return filepath.ToSlash(file) + " differs from the chart", difference, nil
	}
	return "", "", nil
}

// orphans returns the golden files that have none of the names.
func orphans(names []string) (files []string, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // the comparison has told of it
	}
	for _, e := range entries {
		if !slices.Contains(names, e.Name()) {
			files = append(files, filepath.Join(folder, e.Name()))
		}
	}
	return files, err
}

// format writes what is drawn as JSON with sorted keys.
func format(o drawn.Output) (string, error) {
	content, err := json.Marshal(map[string]any{"alt": o.Alt, "height": o.Height, "options": o.Options, "width": o.Width})
	if err != nil {
		return "", err
	}
	decode := json.NewDecoder(bytes.NewReader(content))
	decode.UseNumber()
	var all any
	if err := decode.Decode(&all); err != nil {
		return "", err
	}
	return indented(all, "") + "\n", nil
}

// indented writes JSON with what fits on a line in one: a point of a series is then a
// line of a difference.
func indented(v any, indent string) string {
	var members []string
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			members = append(members, quoted(key)+": "+indented(v[key], indent+"  "))
		}
		return group("{", members, "}", indent)
	case []any:
		for _, element := range v {
			members = append(members, indented(element, indent+"  "))
		}
		return group("[", members, "]", indent)
	case json.Number:
		return rounded(v)
	}
	return quoted(v)
}

// lineRoom is how many characters fit on a line.
const lineRoom = 120

func group(open string, members []string, end, indent string) string {
	line := open + strings.Join(members, ", ") + end
	if !strings.Contains(line, "\n") && utf8.RuneCountInString(indent+line) <= lineRoom {
		return line
	}
	inner := "\n" + indent + "  "
	return open + inner + strings.Join(members, ","+inner) + "\n" + indent + end
}

// quoted writes a string, or what else is no number and has no members.
func quoted(v any) string {
	var b strings.Builder
	encode := json.NewEncoder(&b)
	encode.SetEscapeHTML(false)
	if err := encode.Encode(v); err != nil {
		// It was read from JSON.
		panic(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// rounded writes nine digits of a number at the most. Processors differ in the last of a
// double's seventeen: some multiply and add in one step, and round once.
func rounded(n json.Number) string {
	f, err := n.Float64()
	if _, whole := n.Int64(); whole == nil || err != nil {
		return n.String()
	}
	if f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 9, 64), 64); err != nil {
		return n.String()
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
