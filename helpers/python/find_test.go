package python

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func names(list []Interpreter) []string {
	var s []string
	for _, in := range list {
		s = append(s, in.Name())
	}
	return s
}

func find(t *testing.T) []Interpreter {
	t.Helper()
	list, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lay   func(m machine)
		names []string
		paths []string // below the machine's root; nil: any
	}{
		{"in order of version, not of name", func(m machine) {
			m.python("bin/python3.9", "3.9.1", fake{Prefix: "/a"})
			m.python("bin/python3.13", "3.13.0", fake{Prefix: "/b"})
			m.python("bin/python3", "3.11.2", fake{Prefix: "/c"})
			m.python("bin/python", "3.8.18", fake{Prefix: "/d"})
		}, []string{"CPython 3.8", "CPython 3.9", "CPython 3.11", "CPython 3.13"}, nil},
		{"without what is too old, another Python, broken or not a python", func(m machine) {
			m.python("bin/python3", "3.12.1", fake{Prefix: "/a"})
			m.python("bin/python3.7", "3.7.16", fake{Prefix: "/b"})
			m.python("bin/python", "2.7.18", fake{Prefix: "/c"})
			m.python("bin/python3.10", "3.10.13", fake{Prefix: "/d", Implementation: "PyPy"})
			m.program("bin/python3.11", "echo 'pyenv: python3.11: command not found' >&2; exit 127")
			m.python("bin/python3.14", "4.9.0", fake{Prefix: "/g"})
			m.program("bin/python3.99", "echo I am no Python")
			m.python("bin/python3-config", "3.14.0", fake{Prefix: "/e"})
			m.python("bin/ipython3", "3.15.0", fake{Prefix: "/f"})
			if err := os.Mkdir(m.path("bin/python3.20"), 0o755); err != nil {
				m.t.Fatal(err)
			}
		}, []string{"CPython 3.12"}, nil},
		{"in pyenv and uv too, and not by pyenv's shims", func(m machine) {
			m.t.Setenv("PYENV_ROOT", m.path("pyenv"))
			m.t.Setenv("PATH", m.path("pyenv/shims")+":relative::"+m.path("bin"))
			m.python("pyenv/versions/3.8.18/bin/python3.8", "3.8.18", fake{})
			m.python("pyenv/versions/2.7.18/bin/python", "2.7.18", fake{})
			m.python("home/.local/share/uv/python/cpython-3.14/bin/python3.14", "3.14.0", fake{})
			m.python("pyenv/shims/python3", "3.20.0", fake{})
			m.t.Chdir(m.root)
			m.python("relative/python3", "3.21.0", fake{})
		}, []string{"CPython 3.8", "CPython 3.14"}, nil},
		{"in pyenv's usual place", func(m machine) {
			m.python("home/.pyenv/versions/3.8.18/bin/python3.8", "3.8.18", fake{})
		}, []string{"CPython 3.8"}, nil},
		{"free-threaded beside the other build", func(m machine) {
			m.python("bin/python3.13t", "3.13.0", fake{Prefix: "/a", FreeThreaded: true})
			m.python("bin/python3.13", "3.13.0", fake{Prefix: "/a"})
		}, []string{"CPython 3.13", "CPython 3.13t"}, []string{"bin/python3.13", "bin/python3.13t"}},
		{"two of one minor version by their micro version", func(m machine) {
			m.python("bin/python3", "3.11.7", fake{Prefix: "/a"})
			m.python("bin/python3.11", "3.11.2", fake{Prefix: "/b"})
			m.python("bin/python3.12", "3.12.0", fake{Prefix: "/c"})
		}, []string{"CPython 3.11.2", "CPython 3.11.7", "CPython 3.12"}, nil},
		{"one installation once, by its shortest path", func(m machine) {
			m.python("bin/python3.11", "3.11.2", fake{Prefix: "/usr"})
			m.python("bin/python3", "3.11.2", fake{Prefix: "/usr"})
		}, []string{"CPython 3.11"}, []string{"bin/python3"}},
		{"one outside a virtual environment rather than in it", func(m machine) {
			m.t.Setenv("PATH", m.path("v")+":"+m.path("long/way/to/bin"))
			m.python("v/python3", "3.11.2", fake{Prefix: "/usr", Virtual: true})
			m.python("long/way/to/bin/python3", "3.11.2", fake{Prefix: "/usr"})
		}, []string{"CPython 3.11"}, []string{"long/way/to/bin/python3"}},
		{"in a virtual environment if there is no other way", func(m machine) {
			m.python("bin/python3", "3.11.2", fake{Prefix: "/usr", Virtual: true})
		}, []string{"CPython 3.11"}, []string{"bin/python3"}},
		{"a listed one rather than a better one of the same installation", func(m machine) {
			m.t.Setenv(ListEnv, ":"+m.python("mine/bin/python3.11", "3.11.2", fake{Prefix: "/usr", Virtual: true}))
			m.python("bin/python3", "3.11.2", fake{Prefix: "/usr"})
			m.python("bin/python3.12", "3.12.2", fake{Prefix: "/b"})
		}, []string{"CPython 3.11", "CPython 3.12"}, []string{"mine/bin/python3.11", "bin/python3.12"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			tt.lay(m)
			list := find(t)
			if got := names(list); !slices.Equal(got, tt.names) {
				t.Errorf("found %q, want %q", got, tt.names)
			}
			for i, p := range tt.paths {
				if i < len(list) && list[i].Path != m.path(p) {
					t.Errorf("%s is %s, want %s", list[i].Name(), list[i].Path, m.path(p))
				}
			}
		})
	}
}

func TestFindTellsTwinsApartByTheirPath(t *testing.T) {
	m := newMachine(t)
	a := m.python("bin/python3", "3.11.2", fake{Prefix: "/a"})
	b := m.python("bin/python3.11", "3.11.2", fake{Prefix: "/b"})
	want := []string{"CPython 3.11.2 (" + a + ")", "CPython 3.11.2 (" + b + ")"}
	if got := names(find(t)); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestFindAsksEachProgramOnce(t *testing.T) {
	m := newMachine(t)
	m.python("bin/python3.11", "3.11.2", fake{})
	for _, link := range []string{"bin/python3", "bin/python"} {
		if err := os.Symlink("python3.11", m.path(link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("bin", m.path("sbin")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", m.path("bin")+":"+m.path("sbin"))
	if find(t); m.asked() != 1 {
		t.Errorf("asked %d times", m.asked())
	}
}

func TestFindRefusesAListThatCannotBeUsed(t *testing.T) {
	for _, tt := range []struct {
		name string
		lay  func(m machine) string
		says string
	}{
		{"not there", func(m machine) string { return m.path("nowhere/python3") }, "no such file"},
		{"not on the PATH", func(m machine) string { return "python3.77" }, "not found"},
		{"not a program", func(m machine) string {
			p := m.program("mine/python3", "")
			os.Chmod(p, 0o644)
			return p
		}, "permission denied"},
		{"too old", func(m machine) string { return m.python("mine/python3", "3.7.16", fake{}) }, "it is CPython 3.7.16: the lab needs CPython 3.8 or newer"},
		{"not CPython", func(m machine) string {
			return m.python("mine/python3", "3.10.13", fake{Implementation: "PyPy"})
		}, "it is PyPy 3.10.13"},
		{"broken", func(m machine) string { return m.program("mine/python3", "echo cannot load libpython >&2; exit 3") }, "exit status 3\ncannot load libpython"},
		{"not Python", func(m machine) string { return m.program("mine/python3", "echo 안녕") }, `it printed "안녕"`},
		{"too slow", func(m machine) string {
			probeTimeout = 300 * time.Millisecond
			m.t.Cleanup(func() { probeTimeout = 5 * time.Second })
			os.Remove(m.path("bin/python3"))
			return m.program("mine/python3", "exec /bin/sleep 60")
		}, "no answer within 300ms"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			m.python("bin/python3", "3.12.1", fake{})
			bad := tt.lay(m)
			t.Setenv(ListEnv, bad)
			_, err := Find(t.Context())
			if err == nil || !strings.Contains(err.Error(), ListEnv+" lists "+bad) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got error %v, want one with %q and %q", err, bad, tt.says)
			}
		})
	}
}

func TestFindSaysWhereItLookedInVain(t *testing.T) {
	m := newMachine(t)
	_, err := Find(t.Context())
	if err == nil || !strings.Contains(err.Error(), m.path("home/.pyenv")) {
		t.Errorf("got error %v", err)
	}
}

func TestFindStopsWithItsContext(t *testing.T) {
	m := newMachine(t)
	m.python("bin/python3", "3.12.1", fake{})
	m.program("bin/python3.11", "echo >> "+m.path("asked")+"; exec /bin/sleep 60")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for m.asked() < 2 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if list, err := Find(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", list, err)
	}
	os.Remove(m.path("bin/python3.11"))
	if got := names(find(t)); !slices.Equal(got, []string{"CPython 3.12"}) {
		t.Errorf("then found %q: the interrupted search was remembered", got)
	}
}

func TestFindRemembers(t *testing.T) {
	for _, where := range []string{"in the process", "in the kernel"} {
		t.Run(where, func(t *testing.T) {
			m := newMachine(t)
			if where == "in the kernel" {
				t.Setenv("GONB_TMP_DIR", t.TempDir())
			}
			m.python("bin/python3", "3.11.7", fake{Prefix: "/a"})
			m.python("bin/python3.11", "3.11.2", fake{Prefix: "/b"})
			first := find(t)
			if where == "in the kernel" {
				recalled.finding = finding{} // as in the next cell's process
			}
			if again := find(t); m.asked() != 2 || !reflect.DeepEqual(again, first) {
				t.Errorf("asked %d times for %v, then %v", m.asked(), first, again)
			}

			m.python("more/python3.12", "3.12.0", fake{Prefix: "/c"})
			t.Setenv("PATH", m.path("bin")+":"+m.path("more"))
			if got := find(t); len(got) != 3 {
				t.Errorf("with another PATH: %q", names(got))
			}
			os.Remove(m.path("bin/python3.11"))
			if got := names(find(t)); !slices.Equal(got, []string{"CPython 3.11", "CPython 3.12"}) {
				t.Errorf("with one uninstalled: %q", got)
			}
			if path := findingPath(); path != "" {
				if err := os.WriteFile(path, []byte(`{"places":{`), 0o600); err != nil {
					t.Fatal(err)
				}
				if got := find(t); len(got) != 2 {
					t.Errorf("with a damaged file: %q", names(got))
				}
				if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
					t.Errorf("left beside it: %v", files)
				}
			}
		})
	}
}

func TestDefault(t *testing.T) {
	t.Run("is python3 on the PATH, by the name that Find gives it", func(t *testing.T) {
		m := newMachine(t)
		m.python("bin/python3", "3.11.7", fake{Prefix: "/a", Virtual: true})
		m.python("bin/python3.11", "3.11.2", fake{Prefix: "/b"})
		in, err := Default(t.Context())
		if err != nil || in.Path != m.path("bin/python3") || in.Name() != "CPython 3.11.7" {
			t.Errorf("got %s at %s, %v", in.Name(), in.Path, err)
		}
	})
	t.Run("does not need the list to be right", func(t *testing.T) {
		m := newMachine(t)
		m.python("bin/python3", "3.11.7", fake{})
		t.Setenv(ListEnv, "/nowhere/python3")
		if in, err := Default(t.Context()); err != nil || in.Name() != "CPython 3.11" {
			t.Errorf("got %s, %v", in.Name(), err)
		}
	})
	for _, tt := range []struct {
		name, version, says string
	}{
		{"names the mend when there is none", "", "install CPython 3.8 or newer"},
		{"says when it is too old", "3.6.15", "it is CPython 3.6.15"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			if tt.version != "" {
				m.python("bin/python3", tt.version, fake{})
			}
			if _, err := Default(t.Context()); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got error %v, want %q", err, tt.says)
			}
		})
	}
}

// The answers of the fakes are invented; this one is Python's own.
func TestDefaultOfThisMachine(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("json.py", []byte("raise SystemExit('the wrong json')"), 0o600); err != nil {
		t.Fatal(err)
	}
	in := realPython(t)
	if !filepath.IsAbs(in.Path) || !strings.HasPrefix(in.Version, "3.") || in.Minor < MinMinor || in.Prefix == "" || in.Cores < 1 {
		t.Errorf("got %+v", in)
	}
	if !in.FreeThreaded && !in.GIL {
		t.Errorf("%s has no GIL", in.Name())
	}
}
