package charttest

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		now                 string
		write               bool
		problem, difference string
	}{
		{"one\ntwo\n", false, "testdata/golden/a.txt is missing", ""},
		{"one\ntwo\n", true, "", ""},
		{"one\ntwo\n", false, "", ""},
		{"one\nthree\n", false, "testdata/golden/a.txt differs from the chart", "\n one\n-two\n+three\n"},
		{"one\nthree\n", true, "", ""},
		{"one\nthree\n", false, "", ""},
	} {
		problem, difference, err := compare("a.txt", tt.now, tt.write)
		if problem != tt.problem || !strings.HasSuffix(difference, tt.difference) || err != nil {
			t.Errorf("%q, written: %t: %q, %q, %v", tt.now, tt.write, problem, difference, err)
		}
	}
}

func TestOrphans(t *testing.T) {
	t.Chdir(t.TempDir())
	if files, err := orphans(nil); len(files) != 0 || err != nil {
		t.Errorf("without a folder: %v, %v", files, err)
	}
	for _, name := range []string{"a.json", "a.txt", "b.txt"} {
		if _, _, err := compare(name, "", true); err != nil {
			t.Fatal(err)
		}
	}
	files, err := orphans([]string{"a.json", "a.txt"})
	if !slices.Equal(files, []string{filepath.Join(folder, "b.txt")}) || err != nil {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestLanguage(t *testing.T) {
	for name, want := range map[string]string{"bars": "", "bars.ko": "ko", "bars.en": "en", "of 3.13": ""} {
		if got := language(name); got != want {
			t.Errorf("%s is for %q, not %q", name, got, want)
		}
	}
}

func TestHowToAccept(t *testing.T) {
	if got, want := accept(t), "go test ./helpers/chart/charttest -update"; got != want {
		t.Errorf("it says %q, not %q", got, want)
	}
}

func TestIndented(t *testing.T) {
	long := strings.Repeat("x", lineRoom)
	for _, tt := range []struct {
		value any
		want  string
	}{
		{map[string]any{"b": []any{}, "a": map[string]any{}}, `{"a": {}, "b": []}`},
		{[]any{nil, true, "<락>", json.Number("12")}, `[null, true, "<락>", 12]`},
		{map[string]any{"b": true, "a": []any{long}}, "{\n  \"a\": [\n    \"" + long + "\"\n  ],\n  \"b\": true\n}"},
	} {
		if got := indented(tt.value, ""); got != tt.want {
			t.Errorf("got\n%s, want\n%s", got, tt.want)
		}
	}
}

func TestRounded(t *testing.T) {
	for n, want := range map[json.Number]string{
		"0": "0", "12345678901": "12345678901", "0.1": "0.1", "0.30000000000000004": "0.3",
		"-0.333333333333": "-0.333333333", "1.5e300": "1.5e+300",
	} {
		if got := rounded(n); got != want || !json.Valid([]byte(got)) {
			t.Errorf("%s: got %s, want %s", n, got, want)
		}
	}
}
