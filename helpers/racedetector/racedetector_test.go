package racedetector

import (
	"interleave/helpers/labtest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cell builds a program as the kernel builds a cell, its source beside it in a
// workspace with this module, and gives the command that runs it.
func cell(t *testing.T, name, source string) *exec.Cmd {
	t.Helper()
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "cell")
	build := []string{"build", "-o", program, "."}
	if strings.HasSuffix(name, "_test.go") {
		build = []string{"test", "-c", "-o", program, "."}
	}
	for _, args := range [][]string{{"mod", "init", "cell"}, {"work", "init", ".", module}, build} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), "GORACE=")
	return cmd
}

const body = `
	racedetector.Restart()
	n := 0
	done := make(chan bool)
	for range 2 {
		go func() {
			GUARD
			n++
			done <- true
		}()
	}
	<-done
	<-done
	fmt.Println("counted", n)
`

const head = `
import (
	"fmt"
	"sync"
	"testing"

	"interleave/helpers/racedetector"
)

var (
	mu sync.Mutex
	_  testing.T
)
`

func TestRestart(t *testing.T) {
	if out, err := exec.Command("go", "build", "-race", ".").CombinedOutput(); err != nil {
		labtest.Lacking(t, "build with the race detector: %v: %.200s; install gcc and libc6-dev", err, out)
	}
	const unguarded, guarded = "", "mu.Lock(); defer mu.Unlock()"
	for _, tt := range []struct {
		name, file, guard string
		args              []string
		exit              int
		shows             []string
		hides             string
	}{
		{"a program with a race", "main.go", unguarded, nil, 66, []string{"WARNING: DATA RACE", "main.main.func1", "/main.go:"}, "/src/"},
		{"a program without", "main.go", guarded, nil, 0, []string{"counted 2"}, "WARNING"},
		{"a test with a race", "main_test.go", unguarded, []string{"-test.v", "-test.run=^TestCount$"}, 66, []string{"WARNING: DATA RACE", "TestCount.func1", "/main_test.go:"}, "/src/"},
		{"a test without", "main_test.go", guarded, []string{"-test.v", "-test.run=^TestCount$"}, 0, []string{"counted 2", "PASS"}, "WARNING"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code := strings.Replace(body, "GUARD", tt.guard, 1)
			source := "package main\n" + head + "func main() {" + code + "}\n"
			if strings.HasSuffix(tt.file, "_test.go") {
				source = "package main\n" + head + "func TestCount(t *testing.T) {" + code + "}\n"
			}
			cmd := cell(t, tt.file, source)
			cmd.Args = append(cmd.Args, tt.args...)
			out, _ := cmd.CombinedOutput()
			got := string(out)
			if cmd.ProcessState.ExitCode() != tt.exit {
				t.Errorf("exit status %d, want %d", cmd.ProcessState.ExitCode(), tt.exit)
			}
			for _, want := range tt.shows {
				if !strings.Contains(got, want) {
					t.Errorf("lacks %q:\n%s", want, got)
				}
			}
			if tt.hides != "" && strings.Contains(got, tt.hides) {
				t.Errorf("shows %q:\n%s", tt.hides, got)
			}
			for _, once := range []string{"=== RUN", "WARNING: DATA RACE"} {
				if n := strings.Count(got, once); n > 1 {
					t.Errorf("shows %q %d times:\n%s", once, n, got)
				}
			}
		})
	}
}

func TestRestartSaysWhatIsMissing(t *testing.T) {
	cmd := cell(t, "main.go", "package main\n"+head+"func main() {"+strings.Replace(body, "GUARD", "", 1)+"}\n")
	cmd.Env = append(cmd.Env, "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "mend: ") || strings.Contains(string(out), "counted") {
		t.Errorf("%v\n%s\nwant exit status 1, the mend and no run without the detector", err, out)
	}
}
