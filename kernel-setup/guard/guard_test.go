package guard

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// guardEnv makes this program a guard of its arguments: a guard reaps all children
// of its process, so a test cannot be one itself.
const guardEnv = "INTERLEAVE_TEST_GUARD"

func TestMain(m *testing.M) {
	if os.Getenv(guardEnv) == "" {
		os.Exit(m.Run())
	}
	code, err := Run(os.Args[1:], os.Environ())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// TestSparedOrphans looks at an orphan 1 second after it has lost its parent, while
// the guarded command still runs.
func TestSparedOrphans(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux hands orphans over")
	}
	t.Parallel()
	for _, tt := range []struct {
		name   string
		script string // writes the orphan's process id to the file $0
		lives  bool
	}{
		{"without the mark", `(sleep 60 & echo $! >"$0"); sleep 30`, false},
		{"for the guarded command", marked("$$") + `; sleep 30`, true},
		{"for another descendant", `sleep 30 & x=$!; ` + marked("$x") + `; sleep 30`, true},
		{"for a descendant that has ended", `sleep 0.2 & x=$!; ` + marked("$x") + `; wait $x; sleep 30`, false},
		{"for a process that is not below the guard", marked("1") + `; sleep 30`, false},
		{"for no process", marked("me") + `; sleep 30`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "orphan")
			guard := exec.Command(os.Args[0], "/bin/sh", "-c", tt.script, file)
			guard.Env = append(os.Environ(), guardEnv+"=1")
			if err := guard.Start(); err != nil {
				t.Fatal(err)
			}
			orphan := processID(t, file)
			time.Sleep(time.Second)
			if got := syscall.Kill(orphan, 0) == nil; got != tt.lives {
				t.Errorf("a second later the orphan lives: %t, want %t", got, tt.lives)
			}
			// Whatever was spared goes with the guard.
			_ = guard.Process.Signal(syscall.SIGTERM)
			_ = guard.Wait()
			if syscall.Kill(orphan, 0) == nil {
				t.Error("the guard has ended, and the orphan has not")
			}
		})
	}
}

// marked starts an orphan with the mark in the environment that it begins with: a
// shell's assignment before a command comes only some time after the fork.
func marked(by string) string {
	return SpareEnv + `=` + by + ` sh -c 'sleep 60 & echo $! >"$0"' "$0"`
}

// processID waits for the file with a process id.
func processID(t *testing.T, file string) int {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		data, _ := os.ReadFile(file)
		if text, ok := strings.CutSuffix(string(data), "\n"); ok {
			pid, err := strconv.Atoi(text)
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	t.Fatal("waited 10 s for a process id in " + file)
	return 0
}
