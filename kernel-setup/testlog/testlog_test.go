package testlog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two runs of a package, as go test -json reports them: one test fails in the second, one
// has parts, and another package does not compile.
const (
	first = `{"Action":"run","Package":"interleave/a","Test":"TestOne"}
not JSON, printed by a child
{"Action":"pass","Package":"interleave/a","Test":"TestOne","Elapsed":0.5}
{"Action":"pass","Package":"interleave/a","Test":"TestParts/x","Elapsed":2}
{"Action":"pass","Package":"interleave/a","Test":"TestParts","Elapsed":9}
{"Action":"skip","Package":"interleave/a","Test":"TestLab","Elapsed":0}
{"Action":"pass","Package":"interleave/a","Elapsed":10}
`
	second = `{"Action":"fail","Package":"interleave/a","Test":"TestOne","Elapsed":1.5}
{"Action":"pass","Package":"interleave/a","Test":"TestParts/x","Elapsed":1}
{"Action":"pass","Package":"interleave/a","Test":"TestParts","Elapsed":1}
{"Action":"skip","Package":"interleave/a","Test":"TestLab","Elapsed":0}
{"Action":"fail","Package":"interleave/a","Elapsed":10}
{"Action":"fail","Package":"interleave/b","Elapsed":0}`
)

func read(t *testing.T, texts ...string) *Log {
	t.Helper()
	l := new(Log)
	for _, text := range texts {
		file := filepath.Join(t.TempDir(), "report.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := l.Read(file); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestSummary(t *testing.T) {
	for _, tt := range []struct {
		name  string
		texts []string
		want  string
	}{
		{"nothing", []string{""}, "0 passed, 0 failed, 0 skipped"},
		{"all pass", []string{first}, "3 passed, 0 failed, 1 skipped"},
		{"one failed once, and a package does not compile", []string{first, second}, "2 passed, 2 failed, 1 skipped"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(t, tt.texts...).Summary(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSlowestNamesPartsNotTheirWhole(t *testing.T) {
	var b strings.Builder
	read(t, first, second).Slowest(&b, 2)
	want := "\nthe slowest tests, in seconds\n   2.0  a TestParts/x\n   1.5  a TestOne\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}

func TestFlakyTellsTheShare(t *testing.T) {
	var b strings.Builder
	read(t, first).Flaky(&b)
	if b.Len() > 0 {
		t.Errorf("of a run without failures it says %q", b.String())
	}
	read(t, first, second).Flaky(&b)
	want := "\ntests that failed\n1 of 2  a TestOne\n1 of 1  b\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}

func TestReadNamesTheMissingFile(t *testing.T) {
	if err := new(Log).Read("none.json"); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("the error is %v", err)
	}
}
