package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// runTest installs the lab and what its tests need, and runs all of them.
func runTest(ctx context.Context, args []string) error {
	set, prefix := flags("test", "[--prefix FOLDER]")
	if err := parse(set, args); err != nil {
		return err
	}
	l, err := findLab(*prefix)
	if err != nil {
		return err
	}
	if err := testNeeds(ctx); err != nil {
		return err
	}
	if err := l.install(ctx); err != nil {
		return err
	}
	env := append(l.jupyterEnv(), "INTERLEAVE_TEST=full")
	for _, argv := range [][]string{
		{"go", "vet", "./..."},
		{"go", "run", "./notebooks/nb", "check"},
		// First the units under the race detector, then everything as it ships:
		// notebooks on the real kernel, faults, the browser.
		{"go", "test", "-race", "-short", "./..."},
		// One package after the other: those that run notebooks and browsers would take the
		// cores from each other.
		{"go", "test", "-count=1", "-timeout=40m", "-p=1", "./..."},
	} {
		fmt.Fprintf(os.Stderr, "\n%s\n", strings.Join(argv, " "))
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir = l.module
		cmd.Env = append(os.Environ(), env...)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		if err := cmd.Run(); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("%s: %w", strings.Join(argv, " "), err)
		}
	}
	return nil
}

// testNeeds finds what only the tests need, or installs it where that can be done.
func testNeeds(ctx context.Context) error {
	missing := missingPackages(ctx)
	if browserVersion(ctx) == "" {
		missing = append(missing, "chromium")
	}
	if _, err := exec.LookPath("msgfmt"); err != nil {
		missing = append(missing, "gettext") // which has the last word on PO files
	}
	if len(missing) > 0 {
		switch err := aptGet(ctx, missing...); {
		case errors.Is(err, errNoApt):
			return fmt.Errorf("the tests need %s\n  mend: %s", strings.Join(missing, ", "), mendPackages(missing...))
		case err != nil:
			return fmt.Errorf("install what the tests need: %w", err)
		}
	}
	if err := raceDetector(ctx); err != nil {
		return fmt.Errorf("run the tests under the race detector: %w\n  mend: see go env CGO_ENABLED CC", err)
	}
	return nil
}
