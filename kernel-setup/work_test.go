package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interleave/notebooks/nb/view"
	"interleave/notebooks/nb/work"
)

// A desk is a module with notebooks, a lab whose jupyter only notes what it was
// asked to trust, and a reader's folder.
type desk struct {
	lab
	work, trusted string
}

func newDesk(t *testing.T, notebooks map[string]string) desk {
	t.Helper()
	root := t.TempDir()
	d := desk{lab{filepath.Join(root, "module"), filepath.Join(root, "lab")}, filepath.Join(root, "work"), filepath.Join(root, "trusted")}
	script(t, d.venv("bin", "jupyter"), `shift; mkdir -p "$JUPYTER_DATA_DIR" && : >"$JUPYTER_DATA_DIR/nbsignatures.db" && printf '%s\n' "$@" >>'`+d.trusted+`'`)
	d.ship(t, notebooks)
	return d
}

// ship puts these notebooks into the module.
func (d desk) ship(t *testing.T, notebooks map[string]string) {
	t.Helper()
	for name, text := range notebooks {
		write(t, d.source("notebooks", name), text)
	}
}

// fill fills the folder and gives what was said and what was trusted.
func (d desk) fill(t *testing.T) (said string, trusted []string) {
	t.Helper()
	_ = os.Remove(d.trusted)
	said = captureStderr(t, func() {
		first, err := d.fillWork(t.Context(), d.work, view.Originals)
		if err != nil {
			t.Fatal(err)
		}
		if first != "00.ipynb" {
			t.Errorf("the first notebook is %q, want 00.ipynb", first)
		}
	})
	data, _ := os.ReadFile(d.trusted)
	for _, path := range strings.Fields(string(data)) {
		trusted = append(trusted, filepath.Base(path))
	}
	return said, trusted
}

// holds checks the notebooks and other files in the reader's folder.
func (d desk) holds(t *testing.T, want map[string]string) {
	t.Helper()
	got := make(map[string]string)
	for _, name := range files(t, d.work) {
		if name != work.RecordName {
			data, err := os.ReadFile(filepath.Join(d.work, name))
			if err != nil {
				t.Fatal(err)
			}
			got[name] = string(data)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestFillWork(t *testing.T) {
	const kept = "there is a new version; yours has changes and was kept"
	old := map[string]string{"00.ipynb": "zero", "54.ipynb": "old"}
	for _, tt := range []struct {
		name    string
		between func(t *testing.T, d desk) // after a first filling from old
		want    map[string]string
		says    string
		trusted []string
	}{
		{"nothing changes", func(*testing.T, desk) {}, old, "", nil},
		{"a new notebook is shipped", func(t *testing.T, d desk) {
			d.ship(t, map[string]string{"55.ipynb": "new"})
		}, map[string]string{"00.ipynb": "zero", "54.ipynb": "old", "55.ipynb": "new"}, "", []string{"55.ipynb"}},
		{"the shipped one changes, the reader's is as it was", func(t *testing.T, d desk) {
			d.ship(t, map[string]string{"54.ipynb": "new"})
		}, map[string]string{"00.ipynb": "zero", "54.ipynb": "new"}, "", []string{"54.ipynb"}},
		{"the reader changes theirs", func(t *testing.T, d desk) {
			write(t, filepath.Join(d.work, "54.ipynb"), "mine")
		}, map[string]string{"00.ipynb": "zero", "54.ipynb": "mine"}, "", nil},
		{"both change", func(t *testing.T, d desk) {
			d.ship(t, map[string]string{"54.ipynb": "new"})
			write(t, filepath.Join(d.work, "54.ipynb"), "mine")
		}, map[string]string{"00.ipynb": "zero", "54.ipynb": "mine"}, "54.ipynb: " + kept, nil},
		{"the reader deletes theirs", func(t *testing.T, d desk) {
			if err := os.Remove(filepath.Join(d.work, "54.ipynb")); err != nil {
				t.Fatal(err)
			}
		}, old, "", []string{"54.ipynb"}},
		{"the reader has files of their own", func(t *testing.T, d desk) {
			write(t, filepath.Join(d.work, "mine.ipynb"), "mine")
			write(t, filepath.Join(d.work, "folder", "54.ipynb"), "mine")
		}, map[string]string{"00.ipynb": "zero", "54.ipynb": "old", "mine.ipynb": "mine", "folder/54.ipynb": "mine"}, "", nil},
		{"the lab is removed and installed again", func(t *testing.T, d desk) {
			if err := os.RemoveAll(d.jupyterHome()); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(d.work, "00.ipynb"), "mine")
		}, map[string]string{"00.ipynb": "mine", "54.ipynb": "old"}, "", []string{"54.ipynb"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, old)
			if said, trusted := d.fill(t); said != "" || !slices.Equal(trusted, []string{"00.ipynb", "54.ipynb"}) {
				t.Errorf("the first time it said %q and trusted %q", said, trusted)
			}
			d.holds(t, old)
			tt.between(t, d)
			said, trusted := d.fill(t)
			d.holds(t, tt.want)
			if !strings.Contains(said, tt.says) || tt.says == "" && said != "" {
				t.Errorf("it said %q, want %q", said, tt.says)
			}
			if !slices.Equal(trusted, tt.trusted) {
				t.Errorf("it trusted %q, want %q", trusted, tt.trusted)
			}
		})
	}
}

// TestFillWorkDamagedRecord damages the record of what was copied: what equals
// the shipped notebook counts as unchanged again, what differs as the reader's.
func TestFillWorkDamagedRecord(t *testing.T) {
	for _, damaged := range []string{"", "{", "null", "[]", `"text"`, `{"54.ipynb": 1}`} {
		t.Run(damaged, func(t *testing.T) {
			d := newDesk(t, map[string]string{"00.ipynb": "zero", "54.ipynb": "old", "55.ipynb": "five"})
			d.fill(t)
			write(t, filepath.Join(d.work, "55.ipynb"), "mine")
			write(t, filepath.Join(d.work, work.RecordName), damaged)
			if said, _ := d.fill(t); !strings.Contains(said, "55.ipynb: there is a new version") || strings.Contains(said, "54.ipynb") {
				t.Errorf("it said %q, want that 55.ipynb alone has changes", said)
			}
			d.ship(t, map[string]string{"54.ipynb": "new"})
			d.fill(t)
			d.holds(t, map[string]string{"00.ipynb": "zero", "54.ipynb": "new", "55.ipynb": "mine"})
		})
	}
}

// TestFillWorkInterrupted breaks off between the copies and their trust: the
// next time makes up for it.
func TestFillWorkInterrupted(t *testing.T) {
	d := newDesk(t, map[string]string{"00.ipynb": "zero"})
	jupyter, err := os.ReadFile(d.venv("bin", "jupyter"))
	if err != nil {
		t.Fatal(err)
	}
	script(t, d.venv("bin", "jupyter"), "exit 1")
	if _, err := d.fillWork(t.Context(), d.work, view.Originals); err == nil {
		t.Fatal("the notebooks were not trusted, and there was no error")
	}
	if err := os.WriteFile(d.venv("bin", "jupyter"), jupyter, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, trusted := d.fill(t); !slices.Equal(trusted, []string{"00.ipynb"}) {
		t.Errorf("it trusted %q, want 00.ipynb", trusted)
	}
}

func TestFillWorkWithoutNotebooks(t *testing.T) {
	d := newDesk(t, nil)
	_, err := d.fillWork(t.Context(), d.work, view.Originals)
	if err == nil || !strings.Contains(err.Error(), "git checkout notebooks") {
		t.Errorf("without any notebook to copy: %v", err)
	}
}

// captureStderr gives what a function prints to the standard error.
func captureStderr(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	old := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = old }()
	f()
	data, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
