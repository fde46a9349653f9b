package python

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

func realPython(t *testing.T) Interpreter {
	t.Helper()
	in, err := Default(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

type result struct {
	Label string
	N     int
}

func TestRun(t *testing.T) {
	in := realPython(t)
	dir := t.TempDir()
	t.Setenv("LAB_DIR", dir)
	file := filepath.Join(dir, "counter.py")
	if err := os.WriteFile(file, []byte("import json, sys\nprint(json.dumps({'label': sys.argv[1], 'n': len(sys.argv), 'unknown': 1}))\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LC_ALL", "C")
	t.Setenv("PYTHONIOENCODING", "ascii")
	t.Setenv("PYTHONUTF8", "0")
	for _, tt := range []struct {
		name string
		s    Script
		want []result
	}{
		{"a file with arguments", Script{Path: file, Args: []string{"잠금", "b"}}, []result{{"잠금", 3}}},
		{"a file named by a variable", Script{Path: "${LAB_DIR}/counter.py", Args: []string{"a"}}, []result{{"a", 2}}},
		{"a source with several results, the last without an end of line",
			Script{Source: "import sys\nprint('{\"label\": \"경쟁\"}')\nsys.stdout.write('{\"n\": 7}')"}, []result{{"경쟁", 0}, {"", 7}}},
		{"the environment added, one's own over the package's",
			Script{Source: "import json, os\nprint(json.dumps({'label': os.environ['LAB'] + os.environ['PYTHONIOENCODING'] + os.environ['LC_ALL']}))",
				Env: []string{"LAB=1", "PYTHONIOENCODING=utf-8:replace"}}, []result{{"1utf-8:replaceC", 0}}},
		{"its working directory", Script{Source: "import json, os\nprint(json.dumps({'n': int(os.path.exists('counter.py'))}))", Dir: dir}, []result{{"", 1}}},
		{"in UTF-8, its files too", Script{Source: "import sys\nprint('{\"n\": %d}' % sys.flags.utf8_mode)"}, []result{{"", 1}}},
		{"no result at all", Script{Source: "pass"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Run[result](t.Context(), in, tt.s)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, %v; want %v", got, err, tt.want)
			}
		})
	}
}

func TestRunFails(t *testing.T) {
	in := realPython(t)
	long := strings.Repeat("가", 500)
	for _, tt := range []struct {
		name string
		s    Script
		says []string
		got  int // results before it
	}{
		{"with the traceback", Script{Source: "print(1)\ndef attack():\n    raise ValueError('잘못된 값')\nattack()\n"},
			[]string{"run script.py on " + in.Name() + ": exit status 1", "Traceback", "line 3, in attack", "raise ValueError('잘못된 값')", "ValueError: 잘못된 값"}, 1},
		{"with the traceback at the end of much else", Script{Source: "import sys\nfor i in range(20000): print('noise', i, file=sys.stderr)\n1/0"},
			[]string{"noise 19999", "ZeroDivisionError"}, 0},
		{"at a syntax error", Script{Source: "print(\n"}, []string{"SyntaxError"}, 0},
		{"at a line that is not JSON", Script{Source: "print(1)\nprint('끝')\nprint(3)\nimport time; time.sleep(60)"},
			[]string{`line 2 of its output, "끝", is not the JSON value expected`, "json.dumps"}, 1},
		{"at an empty line", Script{Source: "print(1)\nprint()"}, []string{`line 2 of its output, ""`}, 1},
		{"at a value of another type", Script{Source: "print('[1]')"}, []string{`"[1]"`, "array"}, 0},
		{"at a last line that is not JSON", Script{Source: "import sys\nsys.stdout.write('1\\n2 3')"}, []string{`line 2 of its output, "2 3"`}, 1},
		{"showing the beginning of a long line", Script{Source: "print('가' * 500)"}, []string{`"` + long[:198] + `"…`}, 0},
		{"without a script", Script{}, []string{"either Path or Source"}, 0},
		{"with two scripts", Script{Path: "a.py", Source: "pass"}, []string{"either Path or Source"}, 0},
		{"without its file", Script{Path: "missing.py"}, []string{"missing.py", "run the cell that writes it first"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Run[int](t.Context(), in, tt.s)
			if err == nil {
				t.Fatalf("no error, but %v", got)
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("got error %v\nwithout %q", err, s)
				}
			}
			if strings.Contains(err.Error(), "SIGTERM") {
				t.Errorf("got error %v, which blames the end of the script", err)
			}
			if len(err.Error()) > tailSize+1000 || len(got) != tt.got {
				t.Errorf("an error of %d bytes and results %v", len(err.Error()), got)
			}
		})
	}
	if _, err := Run[int](t.Context(), Interpreter{}, Script{Source: "pass"}); err == nil || !strings.Contains(err.Error(), "no interpreter") {
		t.Errorf("without an interpreter: %v", err)
	}
	var exit *exec.ExitError
	if _, err := Run[int](t.Context(), in, Script{Source: "exit(7)"}); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("the exit status is not in %v", err)
	}
}

func TestRunReadsMuch(t *testing.T) {
	got, err := Run[result](t.Context(), realPython(t), Script{Source: `
import json, sys
for i in range(5000):
    print(json.dumps({'n': i}))
print('note ' * 100000, file=sys.stderr)
print(json.dumps({'label': '가' * 1000000}, ensure_ascii=False))
`})
	if err != nil || len(got) != 5001 {
		t.Fatalf("%d results, %v", len(got), err)
	}
	for i := range 5000 {
		if got[i].N != i {
			t.Fatalf("result %d is %v", i, got[i])
		}
	}
	if got[5000].Label != strings.Repeat("가", 1000000) {
		t.Errorf("the long line has %d bytes", len(got[5000].Label))
	}
}

// gone reports whether no process has this id, not even one that ended and
// was not waited for.
func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestRunOutOfTime(t *testing.T) {
	start := time.Now()
	_, err := Run[int](t.Context(), realPython(t), Script{Source: "import time; time.sleep(60)", Timeout: 100 * time.Millisecond})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "it ran longer than its 100ms") || !strings.Contains(err.Error(), "ended by SIGTERM") {
		t.Errorf("got error %v", err)
	}
	if time.Since(start) > 30*time.Second {
		t.Error("it ran to its end")
	}
}

func TestEachEndsTheScript(t *testing.T) {
	in := realPython(t)
	const sleep = "import os, time; print(os.getpid()); time.sleep(60)"
	boom := errors.New("enough")
	for _, tt := range []struct {
		name, source string
		first        func(cancel context.CancelFunc) error // at the first result
		is           error
		says         string
	}{
		{"when its context does", sleep, func(cancel context.CancelFunc) error { cancel(); return nil }, context.Canceled, "ended by SIGTERM"},
		{"even if it ignores SIGTERM", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + sleep,
			func(cancel context.CancelFunc) error { cancel(); return nil }, context.Canceled, "killed, since it did not end"},
		{"when the function fails", sleep, func(context.CancelFunc) error { return boom }, boom, "line 1 of its output: enough"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var pid int
			err := Each(ctx, in, Script{Source: tt.source}, func(v int) error {
				pid = v
				return tt.first(cancel)
			})
			if !errors.Is(err, tt.is) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got error %v, want %q", err, tt.says)
			}
			if pid == 0 || !gone(pid) {
				t.Errorf("process %d is still there", pid)
			}
		})
	}
}

func TestRunDoesNotWaitForWhatAScriptLeavesBehind(t *testing.T) {
	var child int
	err := Each(t.Context(), realPython(t), Script{Source: "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)"}, func(pid int) error {
		child = pid
		return nil
	})
	if child > 0 {
		syscall.Kill(child, syscall.SIGKILL)
	}
	if !errors.Is(err, exec.ErrWaitDelay) || !strings.Contains(err.Error(), "holds its output open") {
		t.Errorf("got error %v", err)
	}
}

func TestSourceLeavesNoFile(t *testing.T) {
	in := realPython(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	if _, err := Run[int](t.Context(), in, Script{Source: "import os; print(os.path.exists(__file__) + 0)"}); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}
