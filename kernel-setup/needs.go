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
	if err != nil && ctx.Err() == nil && aptGet(ctx, "python3", "python3-venv") == nil {
		return findHostPython(ctx)
	}
	return path, err
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
			out, err := exec.CommandContext(ctx, path, "-I", "-c", ask).Output()
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
	what := "no Python 3 was found on the PATH"
	switch {
	case noVenv != "":
		what = noVenv + " has no venv and ensurepip"
	case tooOld != "":
		what = tooOld + " is older than 3.10, and there is no newer one on the PATH"
	}
	return "", fmt.Errorf("JupyterLab needs Python 3.10 or newer with venv: %s\n  mend: %s", what, mendPackages("python3", "python3-venv"))
}

// mendPackages is the line to type for system packages.
func mendPackages(names ...string) string {
	if runtime.GOOS == "darwin" {
		return "install Python from python.org or with Homebrew: brew install python"
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return "install with your system's package manager: " + strings.Join(names, " ")
	}
	return "sudo apt-get update && sudo apt-get install " + strings.Join(names, " ")
}

// aptGet installs system packages where that can be done without a question: as
// root, on Debian or Ubuntu.
func aptGet(ctx context.Context, names ...string) error {
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return errors.New("only root on Debian or Ubuntu can install system packages")
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
