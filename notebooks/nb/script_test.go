package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"interleave/helpers/labtest"
	"interleave/notebooks/nb/notebook"
)

// The folders that scripts worked in stay with -testwork.
var update = flag.Bool("update", false, "write what commands print into the scripts that compare it")

// In a script, nb is this program, which takes the place of the command. Where
// NB_TEST_STEPS names a file, it lists the steps that check asks for: the sample
// notebook has few of those of the real one of its number.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"nb": func() {
		if name := os.Getenv("NB_TEST_STEPS"); name != "" {
			table, err := os.ReadFile(name)
			if err != nil {
				panic(err)
			}
			steps = readSteps(string(table))
		}
		main()
	}})
}

// TestScripts runs the sessions of testdata/script, which need no lab.
func TestScripts(t *testing.T) {
	testscript.Run(t, scripts(t, "testdata/script", func(*testscript.Env) error { return nil }))
}

// TestScriptsOnTheLab runs the sessions of testdata/lab, in which notebooks run. There
// unrun.ipynb is the sample as its author left it.
func TestScriptsOnTheLab(t *testing.T) {
	lab := labtest.Lab(t, 2)
	unrun := sample(t)
	for _, c := range unrun.Cells {
		if c.Type == notebook.Code {
			c.Outputs, c.Count = nil, nil
			delete(c.Metadata, "interleave")
		}
	}
	text := unrun.Marshal()
	testscript.Run(t, scripts(t, "testdata/lab", func(env *testscript.Env) error {
		env.Setenv("INTERLEAVE_LAB", lab)
		// The kernel builds its cells with the Go and the caches of whoever tests.
		for _, setting := range os.Environ() {
			name, value, _ := strings.Cut(setting, "=")
			if name == "HOME" || env.Getenv(name) == "" && (strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "XDG_")) {
				env.Setenv(name, value)
			}
		}
		return os.WriteFile(filepath.Join(env.WorkDir, "unrun.ipynb"), text, 0o644)
	}))
}

// scripts gives what runs a folder of scripts. Each begins in a project of its own, with
// the sample as its only notebook, and knows where the sample and the glossary are.
func scripts(t *testing.T, dir string, more func(*testscript.Env) error) testscript.Params {
	t.Helper()
	from, err := filepath.Abs("testdata/54-lock.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	glossary, err := filepath.Abs("../glossary.tsv")
	if err != nil {
		t.Fatal(err)
	}
	text := sample(t).Marshal()
	return testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"replace": replace,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLE", from)
			env.Setenv("GLOSSARY", glossary)
			// The race detector would sleep for a second at the end of each command.
			env.Setenv("GORACE", cmp.Or(os.Getenv("GORACE"), "atexit_sleep_ms=10"))
			if err := os.MkdirAll(filepath.Join(env.WorkDir, "notebooks"), 0o755); err != nil {
				return err
			}
			for name, data := range map[string][]byte{"go.mod": []byte("module interleave\n"), "notebooks/54-lock.ipynb": text} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), data, 0o644); err != nil {
					return err
				}
			}
			return more(env)
		},
	}
}

// exits runs a command that must end with that very status:
//
//	exits 2 nb frobnicate
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status program [args...]")
	}
	status := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// replace changes the one place of a file that has the old text. In both texts \n, \t,
// \xb0 and the like mean what they mean in Go.
//
//	replace 'msgstr ""' 'msgstr "ロック"' ja.po
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace old new file")
	}
	old, err := unquote(args[0])
	ts.Check(err)
	text, err := unquote(args[1])
	ts.Check(err)
	was := ts.ReadFile(args[2])
	if n := strings.Count(was, old); n != 1 {
		ts.Fatalf("%s has %q in %d places, want one", args[2], old, n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(strings.Replace(was, old, text, 1)), 0o644))
}

// unquote gives what the inside of a Go string means, in which quotes may stand as they are.
func unquote(s string) (string, error) {
	var b []byte
	for s != "" {
		r, multibyte, rest, err := strconv.UnquoteChar(s, 0)
		if err != nil {
			return "", fmt.Errorf("reading %q: %w", s, err)
		}
		if multibyte {
			b = utf8.AppendRune(b, r)
		} else {
			b = append(b, byte(r))
		}
		s = rest
	}
	return string(b), nil
}
