package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"interleave/kernel-setup/testlog"
)

// imageEnv names the environment variable that asks for the test of the image.
const imageEnv = "INTERLEAVE_TEST_IMAGE"

// ringEnv names the environment variable with the largest ring to run; helpers/labtest
// reads it.
const ringEnv = "INTERLEAVE_RING"

// A testRun is what the command test was asked for.
type testRun struct {
	lab
	ring         int
	image        bool
	repeat, busy int
	run          string   // a regular expression for tests' names; empty: all
	packages     []string // as go test takes them; all of them by default
	logs         string   // a folder for what go test reports
	log          testlog.Log
	ran, leftOut []string // names of parts
	env          []string // for the tests
}

// runTest installs what the rings asked for need, and runs them.
func runTest(ctx context.Context, args []string) error {
	set, prefix := flags("test", "[--ring 1|2|3] [--run REGEXP] [--repeat N [--busy N]] [--image] [54 | ./helpers/lock ...]")
	r := testRun{}
	set.IntVar(&r.ring, "ring", 3, "the largest `ring` of tests to run. 1: what needs no lab; 2: notebooks on the\nreal kernel and their solutions, one test in a browser, one fault; 3: everything")
	set.StringVar(&r.run, "run", "", "only the tests with such names, a `regexp` as go test has it, such as 'TestFaults/GoNB'")
	set.IntVar(&r.repeat, "repeat", 1, "run the tests `N` times, and tell how often which of them failed")
	set.IntVar(&r.busy, "busy", 0, "keep `N` cores busy meanwhile")
	set.BoolVar(&r.image, "image", false, "also build the image and test it: as root on Debian, with buildah and debootstrap")
	names, err := parseNames(set, args)
	if err != nil {
		return err
	}
	l, err := findLab(*prefix)
	if err != nil {
		return err
	}
	r.lab = l
	if err := r.choose(names); err != nil {
		return err
	}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	r.logs, err = os.MkdirTemp("", "interleave-test-")
	if err != nil {
		return fileError("make a folder for the tests' reports", err)
	}
	defer os.RemoveAll(r.logs)
	defer r.keepBusy(ctx)()

	begun := time.Now()
	if r.repeat > 1 {
		err = r.again(ctx)
	} else {
		err = r.once(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	r.log.Slowest(os.Stdout, 15)
	fmt.Printf("\nran %s in %.0f s", cmp.Or(strings.Join(r.ran, ", "), "nothing to its end"), time.Since(begun).Seconds())
	if len(r.leftOut) > 0 {
		fmt.Printf("; left out as unchanged: %s", strings.Join(r.leftOut, ", "))
	}
	fmt.Printf("\n%s\n", r.log.Summary())
	return err
}

var notebookNumber = regexp.MustCompile(`^\d\d$`)

// choose turns the arguments, numbers of notebooks or packages, into what go test takes.
func (r *testRun) choose(args []string) error {
	var notebooks []string
	for _, arg := range args {
		switch {
		case notebookNumber.MatchString(arg):
			notebooks = append(notebooks, arg)
		default:
			r.packages = append(r.packages, arg)
		}
	}
	switch {
	case r.ring < 1 || r.ring > 3:
		return fmt.Errorf("there is no ring %d; choose 1, 2 or 3", r.ring)
	case r.repeat < 1 || r.busy < 0:
		return fmt.Errorf("run the tests %d times beside %d busy cores: give numbers above 0", r.repeat, r.busy)
	case len(notebooks) > 0 && (r.run != "" || len(r.packages) > 0 || r.ring < 2):
		return fmt.Errorf("the notebook %s is run as it is, in ring 2; leave out --run, --ring 1 and packages", notebooks[0])
	case len(notebooks) > 0:
		r.run = "^Test(Notebooks|Solutions)$/^(" + strings.Join(notebooks, "|") + ")$"
		r.packages = []string{"./notebooks/nb"}
	}
	if _, err := regexp.Compile(r.run); err != nil {
		return fmt.Errorf("choose tests by --run %q: %w", r.run, err)
	}
	if len(r.packages) == 0 {
		r.packages = []string{"./..."}
	}
	return nil
}

// whole tells whether no part of the tests was chosen.
func (r *testRun) whole() bool { return r.run == "" && slices.Equal(r.packages, []string{"./..."}) }

// prepare installs what the ring needs.
func (r *testRun) prepare(ctx context.Context) error {
	if r.image {
		if err := imageNeeds(ctx); err != nil {
			return err
		}
	}
	if r.ring == 1 && !r.image {
		return nil
	}
	if err := testNeeds(ctx); err != nil {
		return err
	}
	return r.install(ctx)
}

// once runs all that was asked for, and stops at the first part that fails.
func (r *testRun) once(ctx context.Context) error {
	if !r.whole() {
		run := func(ctx context.Context) error { return r.goTest(ctx, r.ring) }
		if r.image {
			run = r.testImage
		}
		return r.runParts(ctx, []part{{name: "what was chosen", run: run}})
	}
	if err := r.check(ctx); err != nil {
		return err
	}
	parts := []part{{name: "ring 1", run: func(ctx context.Context) error { return r.goTest(ctx, 1) }}}
	if r.ring > 1 {
		parts = []part{{
			name:   fmt.Sprintf("rings 1 to %d", r.ring),
			inputs: r.inputs,
			run:    func(ctx context.Context) error { return r.goTest(ctx, r.ring) },
		}}
	}
	if r.ring > 2 {
		parts = append(parts, part{name: "ring 1 under the race detector", run: func(ctx context.Context) error { return r.goTest(ctx, 1, "-race") }},
			part{name: "other systems", run: r.vetElsewhere})
	}
	if r.image {
		parts = append(parts, part{name: "the image", inputs: r.imageInputs, run: r.testImage})
	}
	return r.runParts(ctx, parts)
}

// vetElsewhere checks that all compiles on other systems too.
func (r *testRun) vetElsewhere(ctx context.Context) error {
	for _, system := range []string{"darwin", "linux"} {
		if err := r.command(ctx, []string{"GOOS=" + system, "GOARCH=arm64"}, "go", "vet", "./..."); err != nil {
			return err
		}
	}
	return nil
}

// check runs what looks at the source alone.
func (r *testRun) check(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "gofmt", "-l", "helpers", "kernel-setup", "notebooks").CombinedOutput()
	if err != nil || len(out) > 0 {
		return fmt.Errorf("gofmt would change these; run gofmt -w on them:\n%s%w", out, errors.Join(err, errReported))
	}
	for _, argv := range [][]string{
		{"go", "vet", "./..."},
		{"go", "tool", "staticcheck", "./..."},
		{"go", "run", "./notebooks/nb", "check"},
	} {
		if err := r.command(ctx, nil, argv...); err != nil {
			return err
		}
	}
	return nil
}

// goTest runs the packages' tests up to a ring, and adds what they did to the log.
func (r *testRun) goTest(ctx context.Context, ring int, flags ...string) error {
	report := filepath.Join(r.logs, fmt.Sprintf("%d.json", time.Now().UnixNano()))
	argv := []string{"go", "tool", "gotestsum", "--format=pkgname-and-test-fails", "--hide-summary=skipped", "--jsonfile=" + report, "--"}
	argv = append(argv, flags...)
	env := append([]string{fmt.Sprintf("%s=%d", ringEnv, ring)}, r.env...)
	if ring > 1 {
		// What a notebook or a browser shows depends on more than go test knows of, and much
		// of what they take is waiting.
		argv = append(argv, "-count=1", "-timeout=60m", "-parallel=3")
		env = append(env, r.jupyterEnv()...)
	}
	if r.run != "" {
		argv = append(argv, "-run="+r.run)
	}
	err := r.command(ctx, env, append(argv, r.packages...)...)
	return errors.Join(err, r.log.Read(report))
}

// again runs the tests several times, on after a failure, and tells how often each failed.
func (r *testRun) again(ctx context.Context) error {
	failed := 0
	begun := time.Now()
	for i := range r.repeat {
		fmt.Printf("\nrun %d of %d\n", i+1, r.repeat)
		if err := r.goTest(ctx, r.ring, "-count=1"); err != nil {
			failed++
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	r.log.Flaky(os.Stdout)
	fmt.Printf("\n%d of %d runs failed, beside %d busy loops, in %.0f s\n", failed, r.repeat, r.busy, time.Since(begun).Seconds())
	r.ran = []string{fmt.Sprintf("ring %d %d times", r.ring, r.repeat)}
	if failed > 0 {
		return errReported
	}
	return nil
}

// keepBusy starts loops that compute until they are stopped.
func (r *testRun) keepBusy(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var loops []*exec.Cmd
	for range r.busy {
		loop := exec.CommandContext(ctx, "sh", "-c", "while :; do :; done")
		if loop.Start() == nil {
			loops = append(loops, loop)
		}
	}
	return func() {
		cancel()
		for _, loop := range loops {
			_ = loop.Wait()
		}
	}
}

// testImage builds the image and tests it, or what was chosen of that.
func (r *testRun) testImage(ctx context.Context) error {
	image := *r
	image.packages, image.env = []string{"./kernel-setup"}, []string{imageEnv + "=1"}
	if image.run == "" {
		image.run = "^TestImage$"
	}
	err := image.goTest(ctx, 3)
	r.log = image.log
	return err
}

// command runs a command in the project's folder and shows what it prints.
func (r *testRun) command(ctx context.Context, env []string, argv ...string) error {
	fmt.Fprintf(os.Stderr, "\n%s\n", strings.Join(argv, " "))
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = r.module
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	// A group of its own, so that an interrupt reaches the tests too, and not go alone.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s: %w", strings.Join(argv, " "), err)
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
