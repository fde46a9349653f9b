package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// imageEnv names the environment variable that asks for the test of the image.
const imageEnv = "INTERLEAVE_TEST_IMAGE"

// runTest installs the lab and what its tests need, and runs all of them, or builds the
// image and tests that.
func runTest(ctx context.Context, args []string) error {
	set, prefix := flags("test", "[--image] [--prefix FOLDER]")
	image := set.Bool("image", false, "build the image instead, and test it: as root, with buildah and debootstrap")
	if err := parse(set, args); err != nil {
		return err
	}
	l, err := findLab(*prefix)
	if err != nil {
		return err
	}
	if *image {
		if err := imageNeeds(ctx); err != nil {
			return err
		}
		if err := l.install(ctx); err != nil {
			return err
		}
		return l.runTests(ctx, append(l.jupyterEnv(), imageEnv+"=1"), [][]string{
			{"go", "test", "-count=1", "-timeout=60m", "-v", "-run", "^TestImage$", "./kernel-setup"},
		})
	}
	if err := testNeeds(ctx); err != nil {
		return err
	}
	if err := l.install(ctx); err != nil {
		return err
	}
	return l.runTests(ctx, append(l.jupyterEnv(), "INTERLEAVE_TEST=full"), [][]string{
		{"go", "vet", "./..."},
		// The tests compile elsewhere too.
		{"env", "GOOS=darwin", "GOARCH=arm64", "go", "vet", "./..."},
		{"env", "GOOS=linux", "GOARCH=arm64", "go", "vet", "./..."},
		{"go", "run", "./notebooks/nb", "check"},
		// First the units under the race detector, then everything as it ships:
		// notebooks on the real kernel, faults, the browser.
		{"go", "test", "-race", "-short", "./..."},
		// One package after the other: those that run notebooks and browsers would take the
		// cores from each other.
		{"go", "test", "-count=1", "-timeout=40m", "-p=1", "./..."},
	})
}

func (l lab) runTests(ctx context.Context, env []string, commands [][]string) error {
	for _, argv := range commands {
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

// imageNeeds finds what only the test of the image needs, or installs it where that can
// be done.
func imageNeeds(ctx context.Context) error {
	if os.Geteuid() != 0 {
		return errors.New("the test of the image mounts file systems, which only root may\n  mend: sudo go run ./kernel-setup test --image")
	}
	var missing []string
	for program, name := range map[string]string{"buildah": "buildah", "debootstrap": "debootstrap", "ip": "iproute2"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	switch err := aptGet(ctx, missing...); {
	case errors.Is(err, errNoApt):
		return fmt.Errorf("the test of the image needs %s\n  mend: %s", strings.Join(missing, ", "), mendPackages(missing...))
	case err != nil:
		return fmt.Errorf("install what the test of the image needs: %w", err)
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
