package measure

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"interleave/helpers/lang"
)

// keepEnv makes the test binary a cell that keeps figures of the step it names.
const keepEnv = "MEASURE_TEST_KEEP"

func keepInChild(step string) int {
	os.Setenv("GONB_TMP_DIR", os.Getenv(keepEnv+"_DIR"))
	for i := range 50 {
		f := figure(step, fmt.Sprint(i), float64(i))
		// Long lines would show a write that is not one.
		f.Summary.Warnings = []string{strings.Repeat("가", 5000)}
		if err := Keep(f); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0
}

func startChild(t *testing.T, dir, step string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), keepEnv+"="+step, keepEnv+"_DIR="+dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func figure(step, variant string, median float64) Figure {
	return Figure{
		Step: step, Name: lang.Text{Ko: "잃은 갱신", En: "lost updates"}, Variant: variant,
		Summary: Sample{Unit: Seconds, Values: []float64{median, median, median}}.Summary(),
	}
}

func kept(t *testing.T) []Figure {
	t.Helper()
	figures, err := Kept()
	if err != nil {
		t.Fatal(err)
	}
	return figures
}

func kernel(t *testing.T) (dir string) {
	dir = t.TempDir()
	t.Setenv("GONB_TMP_DIR", dir)
	return dir
}

func TestKeep(t *testing.T) {
	kernel(t)
	if got := kept(t); len(got) != 0 {
		t.Errorf("before anything was kept: %v", got)
	}
	first, second := figure("54-04", "CPython 3.8", 1), figure("54-04", "CPython 3.13", 2)
	other := figure("54-02", "", 3)
	again := figure("54-04", "CPython 3.8", 4) // its cell is run again
	for _, f := range [][]Figure{{first, second}, {other}, {again}, {}} {
		if err := Keep(f...); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := kept(t), []Figure{other, again, second}; !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v, want\n%v", got, want)
	}
}

func TestKeepAcrossProcessesAtOnce(t *testing.T) {
	dir := kernel(t)
	children := []*exec.Cmd{startChild(t, dir, "52-01"), startChild(t, dir, "53-01")}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 50 {
				if err := Keep(figure("54-01", fmt.Sprint(g, "/", i), 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, c := range children {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	log := logged(t)
	count := make(map[string]int)
	for _, f := range kept(t) {
		count[f.Step]++
	}
	if count["52-01"] != 50 || count["53-01"] != 50 || count["54-01"] != 200 {
		t.Errorf("kept %v, want 50, 50 and 200", count)
	}
	if log.Len() > 0 {
		t.Errorf("damaged: %s", log)
	}
}

func logged(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	return &b
}

func TestKeptSkipsDamagedLines(t *testing.T) {
	path := filepath.Join(kernel(t), figuresFile)
	before, after := figure("54-04", "before", 1), figure("54-04", "after", 2)
	if err := Keep(before); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "[1]\n{}\n", `{"step":"54-05","na`) // another value, no figure, killed in the middle
	f.Close()
	if err := Keep(after); err != nil {
		t.Fatal(err)
	}
	log := logged(t)
	if got, want := kept(t), []Figure{before, after}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if n := strings.Count(log.String(), "\n"); n != 3 || !strings.Contains(log.String(), path) {
		t.Errorf("want three warnings with the file's name, got %s", log)
	}
}

func TestKeepWithoutAKernelStaysInTheProcess(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", "")
	if err := Keep(figure("54-04", "here", 1)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ownFigures.lines = nil })
	if got := kept(t); len(got) != 1 || got[0].Variant != "here" {
		t.Errorf("kept %v", got)
	}
	kernel(t)
	if got := kept(t); len(got) != 0 {
		t.Errorf("a kernel sees %v", got)
	}
}

func TestKeepSaysWhatItCouldNotStore(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", filepath.Join(t.TempDir(), "gone"))
	err := Keep(figure("54-04", "", 1))
	if err == nil || !strings.Contains(err.Error(), "54-04") || !strings.Contains(err.Error(), "gone") {
		t.Errorf("got error %v", err)
	}
}

func TestBeside(t *testing.T) {
	lost := lang.Text{Ko: "잃은 갱신", En: "lost updates"}
	sources := []SourceFigure{
		{Source: "000", Shows: lang.Same("311001"), Step: "54-04", Name: lost, Variant: "CPython 3.8"},
		{Source: "001", Shows: lang.Text{Ko: "약 1초", En: "about 1 s"}, Step: "54-04"},
		{Source: "003", Shows: lang.Same("428650"), Step: "54-05", Name: lost},
		{Source: "004", Shows: lang.Same("1"), Step: "54-04", Name: lang.Same("something else")},
	}
	header, rows := Beside(sources, []Figure{figure("54-04", "CPython 3.8", 1), figure("54-04", "Go", 2)})
	const one, two = "1 s (1–1, range of 3 runs)", "2 s (2–2, range of 3 runs)"
	want := [][]string{
		{"54-04", "000", "311001", "lost updates, CPython 3.8", one},
		{"54-04", "001", "about 1 s", "lost updates, CPython 3.8", one},
		{"54-04", "001", "about 1 s", "lost updates, Go", two},
		{"54-05", "003", "428650", "lost updates", "not run yet"},
		{"54-04", "004", "1", "something else", "not run yet"},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got\n%q, want\n%q", rows, want)
	}
	for _, row := range rows {
		if len(row) != len(header) {
			t.Errorf("row %q does not fit the header %v", row, header)
		}
	}
}
