package notebook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"interleave/helpers/labtest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// write makes a notebook of code cells with the ids a, b, c and so on.
func write(t *testing.T, cells ...*Cell) string {
	t.Helper()
	for i, c := range cells {
		c.ID, c.Type = string(rune('a'+i)), Code
	}
	nb := &Notebook{Format: [2]int{4, 5}, Cells: cells}
	name := filepath.Join(t.TempDir(), "n.ipynb")
	if err := os.WriteFile(name, nb.Marshal(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// brokenJupyter gives the user a Jupyter and a Python of their own, with nothing
// in them that works.
func brokenJupyter(t *testing.T) {
	t.Helper()
	mine := t.TempDir()
	for name, text := range map[string]string{"kernels/gonb/kernel.json": `{"argv":["false"]}`, "jupyter_config.json": "{"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(mine, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(mine, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, env := range []string{"JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "PYTHONHOME"} {
		t.Setenv(env, mine)
	}
}

func TestRunTakesNoKernelFromOutsideTheLab(t *testing.T) {
	python, err := Python(labtest.Lab(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	brokenJupyter(t)
	// The same lab, but for its kernel.
	lab := t.TempDir()
	if err := os.Mkdir(filepath.Join(lab, "venv"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"bin", "lib", "pyvenv.cfg"} {
		venv := filepath.Dir(filepath.Dir(python))
		if err := os.Symlink(filepath.Join(venv, part), filepath.Join(lab, "venv", part)); err != nil {
			t.Fatal(err)
		}
	}
	err = Run(t.Context(), lab, write(t, &Cell{Source: "%noautoget"}), "", RunOptions{})
	if err == nil || !strings.Contains(err.Error(), "starting the kernel: NoSuchKernel: ") ||
		!strings.HasSuffix(err.Error(), "run: go run ./kernel-setup doctor") {
		t.Errorf("got %v", err)
	}
}

func TestRunSavesOutputsAndDigests(t *testing.T) {
	lab := labtest.Lab(t, 2)
	brokenJupyter(t)
	name := write(t,
		&Cell{Source: "%noautoget\nimport \"os\"\nconst n = 41"},
		&Cell{Source: "%%\nfmt.Println(n+1, os.Getenv(\"NB_TEST\"))\nfmt.Println(\"한글\")"},
		&Cell{Source: "%%\npanic(\"meant\")", Metadata: map[string]any{"tags": []any{"raises-exception"}}},
		&Cell{Source: "import \"testing\"\nfunc TestN(t *testing.T) {}\n%test"},
		&Cell{Source: "!cat near.txt"},
	)
	if err := os.WriteFile(filepath.Join(filepath.Dir(name), "near.txt"), []byte("beside\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(name)
	out := filepath.Join(t.TempDir(), "out.ipynb")
	var events []Event
	err := Run(t.Context(), lab, name, out, RunOptions{
		Env:      []string{"NB_TEST=passed"},
		Progress: func(e Event) { events = append(events, e) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(name); !bytes.Equal(before, after) {
		t.Error("running into another file changed the notebook")
	}
	text, _ := os.ReadFile(out)
	nb, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(nb.Marshal(), text) {
		t.Error("Marshal does not give what nbformat wrote")
	}
	for i, c := range nb.Cells {
		if c.Ran() != nb.Digests()[i] || c.Count == nil || *c.Count != i+1 {
			t.Errorf("cell %s: digest %q, count %v; want %q, %d", c.ID, c.Ran(), c.Count, nb.Digests()[i], i+1)
		}
	}
	if got, want := printed(nb.Cell("b")), "42 passed\n한글\n"; got != want {
		t.Errorf("cell b printed %q, want %q", got, want)
	}
	if !nb.Cell("c").Failed() {
		t.Error("cell c did not fail")
	}
	if got := printed(nb.Cell("d")); !strings.Contains(got, "PASS: TestN") {
		t.Errorf("cell d printed %q, want the test's result", got)
	}
	if got := printed(nb.Cell("e")); got != "beside\n" {
		t.Errorf("cell e printed %q: not run in the notebook's folder", got)
	}
	if len(events) != 10 || events[2] != (Event{Cell: "b", Number: 2, Of: 5}) || !events[9].Ended {
		t.Errorf("events = %v", events)
	}
	if faults, err := Validate(lab, []string{out}); err != nil || len(faults) > 0 {
		t.Errorf("Validate gives %v, %v", faults, err)
	}
}

func TestRunLeavesTheNotebookWhenACellFails(t *testing.T) {
	lab := labtest.Lab(t, 2)
	for _, tt := range []struct {
		name    string
		source  string
		timeout time.Duration
		want    string // of the error
		shown   string // within what the cell showed
	}{
		{"panic", "%%\npanic(\"no\")", 0, "cell b: ERROR: exit status 2; mend the cell", "panic: no"},
		{"not compiled", "%%\nx := 1", 0, "cell b: ERROR: failed to run", "Cell[2]: Line 2 ./main.go:10:1: declared and not used: x"},
		{"script", "%%script python3\nraise SystemExit('no')", 0, "cell b: script: it failed; mend the cell", "no\nexit status 1"},
		{"too long", "%%\nfor {\n}", time.Second, "cell b: took longer than 1s; give it more time with -timeout", ""},
		{"kernel gone", "!kill -9 $PPID", 0, "cell b: the kernel died; run it in JupyterLab", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := write(t, &Cell{Source: "%noautoget"}, &Cell{Source: tt.source})
			before, _ := os.ReadFile(name)
			err := Run(t.Context(), lab, name, "", RunOptions{Timeout: tt.timeout})
			failure, ok := errors.AsType[*CellError](err)
			if !ok || !strings.HasPrefix(err.Error(), "running "+name+": "+tt.want) {
				t.Fatalf("got %v\nwant %s", err, tt.want)
			}
			if !strings.Contains(failure.Shown, tt.shown) || strings.Contains(failure.Shown, "\x1b") {
				t.Errorf("shown: %q, want %q in it, without colours", failure.Shown, tt.shown)
			}
			if after, _ := os.ReadFile(name); !bytes.Equal(before, after) {
				t.Error("the notebook was changed")
			}
		})
	}
}

func TestRunKeepsAChangeMadeMeanwhile(t *testing.T) {
	lab := labtest.Lab(t, 2)
	name := write(t, &Cell{Source: "%noautoget"})
	err := Run(t.Context(), lab, name, "", RunOptions{Progress: func(Event) {
		if err := os.WriteFile(name, []byte("mine"), 0o644); err != nil {
			t.Error(err)
		}
	}})
	if err == nil || !strings.HasSuffix(err.Error(), "the file changed meanwhile and is left as it is; run it again") {
		t.Errorf("got %v", err)
	}
	if text, _ := os.ReadFile(name); string(text) != "mine" {
		t.Errorf("the notebook is now %q", text)
	}
}

func TestRunInterruptedLeavesNothingBehind(t *testing.T) {
	lab := labtest.Lab(t, 2)
	t.Setenv("TMPDIR", t.TempDir())
	// Children of the cell, one of which tries to get away.
	sleep := strconv.Itoa(1_000_000 + os.Getpid()) // seconds: no other test's
	children := fmt.Sprintf("exec.Command(\"sleep\", %[1]q).Start()\nexec.Command(\"setsid\", \"sleep\", %[1]q).Start()\n", sleep)
	name := write(t, &Cell{Source: "import (\n\"os/exec\"\n\"time\"\n)\n\n%%\n" + children + "os.WriteFile(\"started\", nil, 0o644)\ntime.Sleep(time.Hour)"})
	started := filepath.Join(filepath.Dir(name), "started")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			if _, err := os.Stat(started); err == nil {
				break
			}
		}
	}()
	err := Run(ctx, lab, name, "", RunOptions{}) // which waits for no hour
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if _, err := os.Stat(started); err != nil {
		t.Fatal("the cell never started its children")
	}
	for _, what := range []string{"sleep " + sleep, os.Getenv("TMPDIR")} {
		// pgrep fails when it finds nothing; it never finds itself.
		if out, err := exec.Command("pgrep", "-fa", "--", what).Output(); err == nil {
			t.Errorf("left behind: %s", out)
		}
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestRunWithoutLab(t *testing.T) {
	err := Run(t.Context(), t.TempDir(), sample, "", RunOptions{})
	if !errors.Is(err, ErrNoLab) || !strings.HasSuffix(err.Error(), "run: go run ./kernel-setup install") {
		t.Errorf("got %v", err)
	}
}

func TestValidateNamesTheFault(t *testing.T) {
	lab := labtest.Lab(t, 2)
	name := write(t, &Cell{Outputs: []map[string]any{{"output_type": "stream", "name": "stdout"}}})
	faults, err := Validate(lab, []string{name})
	want := "cell a: outputs: 0: missing property 'text'"
	if err != nil || len(faults[name]) != 1 || faults[name][0] != want {
		t.Errorf("got %v, %v; want %s", faults, err, want)
	}
}

func TestMarshalWritesWhatPythonWrites(t *testing.T) {
	python, err := Python(labtest.Lab(t, 2))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-X", "utf8", "-c", "import nbformat,sys; nbformat.write(nbformat.reads(sys.stdin.read(), as_version=4), sys.stdout)")
	cmd.Stdin = strings.NewReader(odd)
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Parse([]byte(odd))
	if err != nil {
		t.Fatal(err)
	}
	nb.text = nil // what was read would be kept as it is
	if got := nb.Marshal(); !bytes.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
