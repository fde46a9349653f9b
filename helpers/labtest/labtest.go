// Package labtest sorts tests into rings and finds the lab that they run on.
//
// Ring 1 needs nothing but Go and what the machine happens to have: it is what a plain
// go test ./... runs. Ring 2 needs an installed lab: notebooks on the real kernel, one
// browser, one fault. Ring 3 is everything else. A test of ring 2 or 3 names its ring by
// [Lab] or [Need] and is skipped where a smaller ring was asked for.
package labtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// Env names the environment variable with the largest ring to run.
const Env = "INTERLEAVE_RING"

// labEnv names the environment variable with the lab's folder.
const labEnv = "INTERLEAVE_LAB"

// Ring returns the largest ring to run, which is 1 unless [Env] says otherwise.
func Ring() int {
	if ring, err := strconv.Atoi(os.Getenv(Env)); err == nil {
		return ring
	}
	return 1
}

// Need skips tb, unless the ring was asked for. A benchmark runs whenever it is named.
func Need(tb testing.TB, ring int) {
	tb.Helper()
	if _, benchmark := tb.(*testing.B); !benchmark && Ring() < ring {
		tb.Skipf("ring %d: go run ./kernel-setup test --ring %[1]d --run '^%s$'", ring, tb.Name())
	}
}

// Lab returns the folder of the installed lab, for a test of that ring: see [Need].
func Lab(tb testing.TB, ring int) string {
	tb.Helper()
	Need(tb, ring)
	lab := os.Getenv(labEnv)
	if lab == "" {
		lab = filepath.Join(Module(tb), ".lab")
	}
	// One of the last steps of an installation makes it.
	if _, err := os.Stat(filepath.Join(lab, "venv", "share", "jupyter", "kernels", "gonb", "kernel.json")); err != nil {
		tb.Fatalf("the lab is not installed: %v; run: go run ./kernel-setup install", err)
	}
	return lab
}

// Lacking ends a test that this machine cannot run, in words that end with what would
// mend it: as skipped, or as failed from ring 2 on, since whoever asks for that ring has
// what tests need installed.
func Lacking(tb testing.TB, format string, args ...any) {
	tb.Helper()
	if Ring() > 1 {
		tb.Fatalf(format, args...)
	}
	tb.Skipf(format, args...)
}

// Namespaces ends a test as [Lacking] does where this user may not make namespaces, which
// Linux allows root, and some systems everyone.
func Namespaces(tb testing.TB, kind string) (unshare []string) {
	tb.Helper()
	unshare = []string{"unshare", kind}
	if os.Geteuid() != 0 {
		unshare = []string{"unshare", "--map-root-user", kind}
	}
	out, err := exec.Command(unshare[0], append(unshare[1:], "true")...).CombinedOutput()
	switch {
	case err == nil:
		return unshare
	case runtime.GOOS == "linux" && os.Geteuid() == 0:
		Lacking(tb, "needs unshare %s, for which a container needs CAP_SYS_ADMIN: %v %s", kind, err, out)
	}
	tb.Skipf("needs unshare %s, which only root may do here: %v %s", kind, err, out)
	return nil
}

// Module returns the project's folder, which the working folder lies in.
func Module(tb testing.TB) string {
	tb.Helper()
	wd, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && bytes.HasPrefix(mod, []byte("module interleave\n")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			tb.Fatalf("neither %s nor a folder above it has the go.mod of interleave", wd)
		}
	}
}

// GOROOT returns the folder of the Go on the PATH.
func GOROOT(tb testing.TB) string {
	tb.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		tb.Fatal(fmt.Errorf("ask go for its folder: %w", err))
	}
	return strings.TrimSpace(string(out))
}
