// Package racedetector runs a notebook's cell under Go's race detector, that
// cell alone. The kernel's own way, %goflags -race, stays on for all later cells:
// they would be slower by a factor and report races that are their subject.
package racedetector

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Restart builds the program of this cell, or of its tests, again with the race
// detector and runs that in place of this one; under the detector it does nothing.
// Call it first: what the program has done before is done twice. The first data
// race then is reported and ends the program with exit status 66. Where the
// detector cannot be built, the program says why and ends.
func Restart() {
	if Enabled {
		return
	}
	if err := restart(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func restart() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start this cell again with the race detector: %w", err)
	}
	raced := program + ".race"
	build := exec.Command("go", "build", "-race", "-o", raced, ".")
	// The kernel puts a cell's source beside its program.
	build.Dir = filepath.Dir(program)
	if flag.Lookup("test.v") != nil {
		build.Args = []string{"go", "test", "-race", "-c", "-o", raced, "."}
	}
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build this cell with the race detector: %w\n%s\n  mend: the detector needs a C compiler; go run ./kernel-setup doctor says how to get one",
			err, strings.TrimSpace(string(out)))
	}
	if os.Getenv("GORACE") == "" {
		// By default it goes on, and one mistake fills pages; it waits a second at
		// the end for goroutines left running; and reports say where Go is
		// installed, which is often a home folder.
		options := "halt_on_error=1 atexit_sleep_ms=0"
		if root, err := exec.Command("go", "env", "GOROOT").Output(); err == nil {
			options += " strip_path_prefix=" + filepath.Join(strings.TrimSpace(string(root)), "src") + string(filepath.Separator)
		}
		os.Setenv("GORACE", options)
	}
	// A verbose test has told its name by now.
	args := slices.DeleteFunc(slices.Clone(os.Args[1:]), func(arg string) bool { return arg == "-test.v" })
	// The same process goes on, so the kernel's interrupt still reaches it.
	if err := syscall.Exec(raced, append([]string{raced}, args...), os.Environ()); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(raced), err)
	}
	return nil
}
