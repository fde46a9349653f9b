package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// needed is the space, in bytes, that an installation must find: the folder
// itself has about 800 MB when it is done.
const needed = 1 << 30

// enoughSpace refuses to start a step that the disk cannot hold.
func (l lab) enoughSpace() error {
	var st unix.Statfs_t
	if err := unix.Statfs(l.dir, &st); err != nil {
		return nil // cannot be told here; a full disk then shows in the step itself
	}
	free := uint64(st.Bavail) * uint64(st.Bsize)
	if _, err := os.Stat(l.venv("bin", "jupyter-lab")); err == nil || free >= needed {
		return nil
	}
	return fmt.Errorf("install the lab in %s: the disk there has %d MB free and the lab needs %d MB\n  mend: free some space, or put the lab on another disk with --prefix FOLDER", l.dir, free>>20, needed>>20)
}

// checkGo says which Go is on the PATH. Kernels compile with that one, which
// need not be the one that runs this program.
func checkGo(ctx context.Context) (version string, err error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOVERSION").Output()
	if err != nil {
		return "", fmt.Errorf("ask go for its version: %w\n  mend: install Go 1.26 or newer and see that go is on the PATH", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// cellFlags are the GOFLAGS that cells are built with: the machine's own, and no
// symbol table, which nearly halves the time that linking a cell takes.
func cellFlags(ctx context.Context) string {
	out, _ := exec.CommandContext(ctx, "go", "env", "GOFLAGS").Output()
	own := strings.TrimSpace(string(out))
	if strings.Contains(own, "-ldflags") {
		return own
	}
	return strings.TrimSpace(own + " -ldflags=-s")
}

var pythonName = regexp.MustCompile(`^python3(\.\d+)?$`)

// hostPython finds a Python that can make the environment that JupyterLab lives
// in, or installs one where that can be done.
func hostPython(ctx context.Context) (string, error) {
	path, err := findHostPython(ctx)
	if err == nil || ctx.Err() != nil {
		return path, err
	}
	switch aptErr := aptGet(ctx, "python3", "python3-venv"); {
	case errors.Is(aptErr, errNoApt):
		return "", err
	case aptErr != nil:
		return "", fmt.Errorf("install Python: %w", aptErr)
	}
	return findHostPython(ctx)
}

// findHostPython looks for a Python 3.10 or newer with venv on the PATH.
func findHostPython(ctx context.Context) (string, error) {
	const ask = "import sys, venv, ensurepip; print(sys.executable); sys.exit(0 if sys.version_info >= (3, 10) else 3)"
	var noVenv, tooOld string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(dir)
		// python3 itself sorts before python3.10, and is the one meant by default.
		for _, e := range entries {
			if !pythonName.MatchString(e.Name()) {
				continue
			}
			path := filepath.Join(dir, e.Name())
			ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
			out, err := exec.CommandContext(ctx, path, "-I", "-c", ask).Output()
			cancel()
			var exit *exec.ExitError
			switch {
			case err == nil:
				return strings.TrimSpace(string(out)), nil
			case errors.As(err, &exit) && exit.ExitCode() == 3:
				tooOld = path
			case errors.As(err, &exit) && strings.Contains(string(exit.Stderr), "No module named"):
				noVenv = path
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	what, mend := "no Python 3 that runs was found on the PATH", mendPackages("python3", "python3-venv")
	switch {
	case noVenv != "":
		what = noVenv + " has no venv and ensurepip"
	case tooOld != "":
		what = tooOld + " is older than 3.10, and there is no newer one on the PATH"
		mend = "install a newer one beside it, from your system if it has one, else for example with uv (uv python install 3.13), and see that it is on the PATH"
	}
	return "", fmt.Errorf("JupyterLab needs Python 3.10 or newer with venv: %s\n  mend: %s", what, mend)
}

// mendPackages is the line to type for system packages.
func mendPackages(names ...string) string {
	if runtime.GOOS == "darwin" {
		brew := map[string]string{"python3": "python", "python3-venv": "", "gcc": "gcc", "libc6-dev": ""}
		var formulae []string
		for _, name := range names {
			if formula, ok := brew[name]; !ok {
				formulae = append(formulae, name)
			} else if formula != "" {
				formulae = append(formulae, formula)
			}
		}
		return "brew install " + strings.Join(formulae, " ")
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return "install with your system's package manager: " + strings.Join(names, " ")
	}
	return "sudo apt-get update && sudo apt-get install " + strings.Join(names, " ")
}

// systemPackages installs what some cells need and only the system's package
// manager has, or says what to type. The lab works without.
func systemPackages(ctx context.Context) {
	missing := missingPackages(ctx)
	if len(missing) == 0 || aptGet(ctx, missing...) == nil || ctx.Err() != nil {
		return
	}
	fmt.Fprintf(os.Stderr, "some cells need %s, which this machine lacks; the installation goes on without\n  mend: %s\n", strings.Join(missing, ", "), mendPackages(missing...))
}

// missingPackages are the system's packages that some cells would need.
func missingPackages(ctx context.Context) []string {
	var missing []string
	if err := raceDetector(ctx); err != nil && !errors.Is(err, errNoCgo) {
		missing = append(missing, "gcc", "libc6-dev")
	}
	if firstLine(ctx, "openssl", "version") == "" {
		missing = append(missing, "openssl")
	}
	if firstLine(ctx, "ps") == "" {
		missing = append(missing, "procps")
	}
	return missing
}

// raceDetector says why cells cannot be built with -race here: it asks Go for
// the C compiler that it would use, and the compiler for the C library.
func raceDetector(ctx context.Context) error {
	if runtime.GOOS == "darwin" {
		return nil // needs no C compiler there
	}
	out, err := exec.CommandContext(ctx, "go", "env", "CC", "CGO_ENABLED").Output()
	if err != nil {
		return fmt.Errorf("ask go for its C compiler: %w", err)
	}
	cc, enabled, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	argv := append(strings.Fields(cc), "-x", "c", "-fsyntax-only", "-")
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin = strings.NewReader("#include <stdlib.h>\n")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("use the C compiler %s: %w", cc, err)
	}
	if enabled != "1" {
		return errNoCgo
	}
	return nil
}

var errNoCgo = errors.New("CGO_ENABLED is 0 and the race detector needs 1")

// errNoApt is why aptGet has not even tried.
var errNoApt = errors.New("only root on Debian or Ubuntu can install system packages")

// aptGet installs system packages where that can be done without a question: as
// root, on Debian or Ubuntu.
func aptGet(ctx context.Context, names ...string) error {
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return errNoApt
	}
	p := startProgress("system packages: " + strings.Join(names, " "))
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	err := task{argv: []string{"apt-get", "update"}, env: env, output: p.set}.run(ctx)
	if err == nil {
		argv := append([]string{"apt-get", "install", "-y", "--no-install-recommends"}, names...)
		err = task{argv: argv, env: env, output: p.set}.run(ctx)
	}
	p.end(err)
	return err
}
