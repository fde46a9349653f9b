package subprocess

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// naps is a script as the notebook has it.
const naps = `
import json, subprocess, sys, time
way, n, seconds = sys.argv[1:]
zero = time.perf_counter()
children = [subprocess.Popen(["sleep", seconds]) for _ in range(int(n))]
for child in children:
    child.wait()
if way == "fails":
    raise SystemExit("no")
for i in range(int(n) - (way == "forgets")):
    print(json.dumps({"row": "child %d" % i, "state": "running", "from": 5, "to": 5 + time.perf_counter() - zero}))
`

func script(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		labtest.Lacking(t, "%v; install python3", err)
	}
	file := filepath.Join(t.TempDir(), "naps.py")
	if err := os.WriteFile(file, []byte(naps), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestNapsMeasure(t *testing.T) {
	file := script(t)
	n := Naps{Children: 3, Nap: 10 * time.Millisecond, Runs: 6, Keep: "52-04"}
	t.Setenv("GONB_TMP_DIR", t.TempDir())
	got := n.Measure(Python(AllAtOnce, file, "all_at_once"), Go(AllAtOnce, allAtOnce))
	if got.Err != nil || len(got.Timings) != 2 {
		t.Fatalf("%d timings, error: %v", len(got.Timings), got.Err)
	}
	for _, timing := range got.Timings {
		over := got.Overhead(timing)
		if s := over.Summary(); len(over.Values) != 6 || s.Lo <= 0 || s.Median > 4 {
			t.Errorf("%s: beyond the nap: %v, want 6 times above 0", timing.Runtime, over.Values)
		}
	}
	if got.Left != (Left{}) {
		t.Errorf("left behind: %+v", got.Left)
	}
	if kept, err := measure.Kept(); err != nil || len(kept) != 0 {
		t.Errorf("kept what the source has no figures for: %+v, %v", kept, err)
	}
	// The source's own naps, on a way that does not wait for them.
	quick := func([]Child) error { return nil }
	if got := (Naps{Nap: time.Second, Runs: 1, Keep: "52-04"}).Measure(Go(AllAtOnce, quick)); got.Err != nil {
		t.Error(got.Err)
	}
	if kept, err := measure.Kept(); err != nil || len(kept) != 1 || kept[0].Variant != "Go" || kept[0].Name != AllAtOnce {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestNapsTellWhatIsLeft(t *testing.T) {
	var forgotten []Child
	got := Naps{Children: 2, Nap: time.Millisecond, Runs: 1}.Measure(Go(AllAtOnce, func(children []Child) error {
		forgotten = append(forgotten, children...)
		for _, c := range children {
			if err := c.Start(); err != nil {
				return err
			}
		}
		time.Sleep(50 * time.Millisecond)
		return nil
	}))
	if got.Left.Zombies+got.Left.Children != 2 {
		t.Errorf("two children were not waited for; left behind: %+v", got.Left)
	}
	for _, c := range forgotten {
		c.Wait()
	}
}

func TestNapsGoOnWithoutAWayThatFails(t *testing.T) {
	file := script(t)
	failure := errors.New("its own failure")
	n := Naps{Children: 2, Nap: time.Millisecond, Runs: 1}
	for _, tt := range []struct {
		name string
		way  Way
		want string
	}{
		{"in Go", Go(OneByOne, func([]Child) error { return failure }), "its own failure"},
		{"in Python", Python(OneByOne, file, "fails"), "no"},
		{"a child is missing", Python(OneByOne, file, "forgets"), "the lives of 1 children, and was to start 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := n.Measure(tt.way, Go(AllAtOnce, allAtOnce))
			if len(got.Timings) != 1 || got.Timings[0].Name != AllAtOnce {
				t.Errorf("measured %+v, want what works", got.Timings)
			}
			if got.Err == nil || !strings.Contains(got.Err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q in it", got.Err, tt.want)
			}
		})
	}
	t.Run("a missing script is told once", func(t *testing.T) {
		got := n.Measure(append(EachPython(AllAtOnce, "missing.py", "all_at_once"), Python(AllAtOnce, "missing.py", "all_at_once"))...)
		if got.Err == nil || strings.Count(got.Err.Error(), "run the cell that writes it first") != 1 {
			t.Errorf("the error is %v", got.Err)
		}
	})
}

func TestKeepStatuses(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", t.TempDir())
	var lives Lives
	lives.Record("sleep", exec.Command("sh", "-c", "kill -TERM $$")).Run()
	lives.Record("fine", exec.Command("true")).Run()
	if err := KeepStatuses("52-09", lives.Part(lang.Same("Go"))); err != nil {
		t.Fatal(err)
	}
	kept, err := measure.Kept()
	if err != nil || len(kept) != 1 || kept[0].Name != lang.Same("sleep") || kept[0].Variant != "Go" || kept[0].Summary.Median != -15 {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestNapsRefuse(t *testing.T) {
	for _, n := range []Naps{{Children: -1}, {Children: mostNaps + 1}, {Nap: -1}, {Runs: -1}} {
		if got := n.Measure(Go(AllAtOnce, allAtOnce)); got.Err == nil || len(got.Timings) != 0 {
			t.Errorf("%+v: %+v", n, got)
		}
		if got := n.Record(lang.Same("x"), allAtOnce); got.Err == nil {
			t.Errorf("recorded %+v", n)
		}
	}
}

func TestNapsRecord(t *testing.T) {
	part := Naps{Children: 3, Nap: time.Millisecond}.Record(lang.Same("x"), allAtOnce)
	rows := make(map[string]bool)
	for _, s := range part.Spans {
		rows[s.Row] = true
	}
	if part.Err != nil || len(rows) != 3 || !rows["child 3"] {
		t.Errorf("%+v", part)
	}
}

func ExampleTimings_ChartOverhead() {
	t := Timings{Naps: Naps{Children: 10, Nap: 100 * time.Millisecond}, Timings: []Timing{
		{AllAtOnce, "CPython 3.13", measure.Sample{Values: []float64{0.106, 0.106, 0.106, 0.106, 0.106, 0.106}}},
		{AllAtOnce, "Go", measure.Sample{Values: []float64{0.103, 0.103, 0.103, 0.103, 0.103, 0.103}}},
	}}
	t.ChartOverhead()
	// Output:
	// Beyond the sleep: the price of starting and waiting
	// 10 children that sleep for 0.1 s each.
	//
	//               n  median  interval  time beyond the sleep (ms)
	// ------------  -  ------  --------  --------------------------
	// CPython 3.13  6       6            6 6 6 6 6 6
	// Go            6       3            3 3 3 3 3 3
	//
	// Go against CPython
	//
	//                          beyond the sleep                    Go ÷ Python
	// ------------  ---------------------------  -----------------------------
	// CPython 3.13  6.00 ms (6.00–6.00, 6 runs)  0.500 × (0.500–0.500, 6 runs)
	// Go            3.00 ms (3.00–3.00, 6 runs)                              –
	//
	// What Go's children have left behind
	//
	// running children  zombies  open descriptors
	// ----------------  -------  ----------------
	//                0        0                 0
}
