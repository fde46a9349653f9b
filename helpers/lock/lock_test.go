package lock

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/racedetector"
)

type unguarded struct{ n int }

func (c *unguarded) Increment(by int) { c.n += by }
func (c *unguarded) Count() int       { return c.n }

type guarded struct {
	mu sync.Mutex
	n  int
}

func (c *guarded) Increment(by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += by
}
func (c *guarded) Count() int { return c.n }

func losing(r Result) (runs int) {
	for _, g := range r.Groups {
		for _, share := range r.LostShare(g) {
			if share > 0 {
				runs++
			}
		}
	}
	return runs
}

func TestRaceWithoutLockLosesUpdates(t *testing.T) {
	switch {
	case racedetector.Enabled:
		t.Skip("the race is what this test wants")
	case runtime.GOMAXPROCS(0) < 2:
		t.Skip("on one core the workers take turns")
	}
	// Other work may keep the second core for a while, not for ever.
	for deadline := time.Now().Add(30 * time.Second); ; {
		r := Race(Setup{Increments: 1_000_000}, func() Incrementer { return new(unguarded) })
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		if losing(r) > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("no run lost an update in 30 s")
		}
	}
}

func TestRaceWithLockLosesNone(t *testing.T) {
	for _, s := range []Setup{{}, {Workers: 1}, {Workers: 50, Increments: 1000}, {Workers: 2, Increments: 1, Runs: 20}} {
		r := Race(s, func() Incrementer { return new(guarded) })
		if r.Err != nil || losing(r) != 0 || len(r.Groups) != 1 {
			t.Errorf("%+v: %v, %v", s, r, r.Err)
		}
	}
}

func TestRaceCountsRunsAndNamesTheType(t *testing.T) {
	r := Race(Setup{Workers: 2, Increments: 10, Runs: 7}, func() Incrementer { return new(guarded) })
	g := r.Groups[0]
	if g.Name.En != "Go: guarded" || !slices.Equal(g.Counts.Values, []float64{20, 20, 20, 20, 20, 20, 20}) {
		t.Errorf("got %q %v, want Go: guarded and seven runs of 20", g.Name.En, g.Counts.Values)
	}
}

func TestRaceRefusesNonsense(t *testing.T) {
	for _, s := range []Setup{{Workers: -1}, {Increments: -5}, {Runs: -1}} {
		if r := Race(s, func() Incrementer { return new(guarded) }); r.Err == nil || len(r.Groups) != 0 {
			t.Errorf("%+v: no error", s)
		}
		if r := RacePython(s, "counter.py", "Counter"); r.Err == nil || len(r.Groups) != 0 {
			t.Errorf("%+v in Python: no error", s)
		}
	}
}

func TestKeepHoldsTheCounts(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", t.TempDir())
	Race(Setup{Workers: 2, Increments: 10, Keep: "54-08"}, func() Incrementer { return new(guarded) })
	Race(Setup{Keep: "54-08"}, func() Incrementer { return new(guarded) })
	kept, err := measure.Kept()
	if err != nil {
		t.Fatal(err)
	}
	var variants []string
	for _, f := range kept {
		variants = append(variants, f.Variant)
	}
	t.Setenv(lang.Env, "en")
	if len(kept) != 2 || kept[0].Summary.Median != 20 || kept[1].Summary.Median != 500_000 || variants[1] != "Go" || !strings.Contains(variants[0], "of 20") {
		t.Errorf("kept %+v", kept)
	}
}

// onlyPython makes python3 of the PATH the one that is found.
func onlyPython(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		labtest.Lacking(t, "%v; install python3", err)
	}
	out, err := exec.Command(path, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		labtest.Lacking(t, "run python3: %v; install one that runs", err)
	}
	bin := t.TempDir()
	if err := os.Symlink(strings.TrimSpace(string(out)), filepath.Join(bin, "python3")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	for _, name := range []string{"PYENV_ROOT", "HOME", "XDG_DATA_HOME", "UV_PYTHON_INSTALL_DIR"} {
		t.Setenv(name, t.TempDir())
	}
}

func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "counter.py")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRacePython(t *testing.T) {
	onlyPython(t)
	for _, tt := range []struct {
		name, text string
		want       []float64 // counts; nil: an error is wanted
		err        string
	}{
		{"reads the count of each run", `import sys, json
name, workers, times = sys.argv[1:]
assert name == "Counter"
print(json.dumps({"count": int(workers) * int(times)}))`, []float64{6, 6, 6}, ""},
		{"gives the traceback", "def fail():\n    raise ValueError('락 없음')\nfail()", nil, "ValueError: 락 없음"},
		{"asks for a count", `print('{"total": 5}')`, nil, `{"count": N}`},
		{"asks for one count", `print('{"count": 5}\n{"count": 5}')`, nil, "2 JSON lines"},
		{"asks for output", ``, nil, "0 JSON lines"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := RacePython(Setup{Workers: 2, Increments: 3, Runs: 3}, script(t, tt.text), "Counter")
			if tt.want == nil {
				if r.Err == nil || !strings.Contains(r.Err.Error(), tt.err) {
					t.Errorf("error %v, want one with %q", r.Err, tt.err)
				}
				return
			}
			if r.Err != nil || len(r.Groups) != 1 || !slices.Equal(r.Groups[0].Counts.Values, tt.want) {
				t.Errorf("got %v, %v; want %v", r, r.Err, tt.want)
			}
		})
	}
	t.Run("names a script that is not there", func(t *testing.T) {
		r := RacePython(Setup{}, filepath.Join(t.TempDir(), "absent.py"), "Counter")
		if r.Err == nil || !strings.Contains(r.Err.Error(), "absent.py") {
			t.Errorf("error %v, want one that names absent.py", r.Err)
		}
	})
}

func TestRacePythonWithoutPython(t *testing.T) {
	onlyPython(t)
	t.Setenv("PATH", t.TempDir())
	r := RacePython(Setup{}, script(t, ""), "Counter")
	if r.Err == nil || !strings.Contains(r.Err.Error(), "install") {
		t.Errorf("error %v, want the mend", r.Err)
	}
}
