package python

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The tests decide about these, not the shell that they are run from.
	os.Unsetenv(ListEnv)
	os.Unsetenv("GONB_TMP_DIR")
	os.Unsetenv("PYTHONUNBUFFERED")
	os.Unsetenv("PYTHONUTF8")
	goleak.VerifyTestMain(m)
}

// machine is a pretended computer: a home and a PATH with nothing in them.
type machine struct {
	t    *testing.T
	root string
}

func newMachine(t *testing.T) machine {
	t.Helper()
	m := machine{t, t.TempDir()}
	t.Setenv("HOME", m.path("home"))
	t.Setenv("PYENV_ROOT", "")
	t.Setenv("PYTHON_GIL", "")
	t.Setenv("PATH", m.path("bin"))
	return m
}

func (m machine) path(p string) string { return filepath.Join(m.root, p) }

// program makes an executable file of a shell script.
func (m machine) program(path, script string) string {
	m.t.Helper()
	path = m.path(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// asked is the file with a line for each time that a fake was asked.
func (m machine) asked() int {
	b, _ := os.ReadFile(m.path("asked"))
	return strings.Count(string(b), "\n")
}

// fake is what a pretended interpreter answers; the zero value of each field
// is what a common one would say.
type fake struct {
	Implementation string `json:"implementation"`
	Version        string `json:"version"`
	Major          int    `json:"major"`
	Minor          int    `json:"minor"`
	Micro          int    `json:"micro"`
	Path           string `json:"path"`
	Prefix         string `json:"prefix"`
	Virtual        bool   `json:"virtual"`
	FreeThreaded   bool   `json:"freeThreaded"`
	GIL            bool   `json:"gil"`
	Cores          int    `json:"cores"`
}

// python makes an interpreter that says it is f, installed where it is.
func (m machine) python(path, version string, f fake) string {
	m.t.Helper()
	f.Version = version
	fmt.Sscanf(version, "%d.%d.%d", &f.Major, &f.Minor, &f.Micro)
	if f.Implementation == "" {
		f.Implementation = "CPython"
	}
	if f.Path == "" {
		f.Path = m.path(path)
	}
	if f.Prefix == "" {
		f.Prefix = filepath.Dir(filepath.Dir(f.Path))
	}
	f.GIL, f.Cores = !f.FreeThreaded, 2
	answer, err := json.Marshal(f)
	if err != nil {
		m.t.Fatal(err)
	}
	return m.program(path, fmt.Sprintf("echo >> %s\necho a start-up module says hello\necho '%s'", m.path("asked"), answer))
}
