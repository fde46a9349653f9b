package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A lab is an installation: where the module stands, and the folder that holds
// all that was installed for it.
type lab struct {
	module string // absolute; holds go.mod
	dir    string // absolute; usually module/.lab
}

// projectEnv names the environment variable with the project's folder, for a working
// folder that is not in it.
const projectEnv = "INTERLEAVE_PROJECT"

// findLab finds the module from the working directory upwards. An empty prefix
// means .lab beside go.mod.
func findLab(prefix string) (lab, error) {
	wd, err := os.Getwd()
	if err != nil {
		return lab{}, fmt.Errorf("find the working directory: %w", err)
	}
	for dir := cmp.Or(os.Getenv(projectEnv), wd); ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(mod, []byte("module interleave\n")) {
			if prefix == "" {
				prefix = filepath.Join(dir, ".lab")
			}
			prefix, err := filepath.Abs(prefix)
			if err != nil {
				return lab{}, fmt.Errorf("find the folder %s: %w", prefix, err)
			}
			return lab{module: dir, dir: prefix}, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return lab{}, fmt.Errorf("find the project: %w", err)
		}
		if dir == filepath.Dir(dir) {
			return lab{}, fmt.Errorf("find the project: no go.mod of the module interleave in %s or above it; change to the project's folder first", wd)
		}
	}
}

// lockPath is the file that every lab has from the start of its installation.
func (l lab) lockPath() string { return filepath.Join(l.dir, ".lock") }

// exists says whether the folder is a lab, however incomplete.
func (l lab) exists() bool {
	_, err := os.Stat(l.lockPath())
	return err == nil
}

// foreign is something in the folder that no lab has, if there is any.
func (l lab) foreign() (name string, err error) {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return "", fileError("look into the lab's folder", err)
	}
	own := []string{".lock", "bin", "caches", "echarts", "jupyter", "state.json", "venv", ".DS_Store"}
	for _, e := range entries {
		if !l.exists() || !slices.Contains(own, e.Name()) && !strings.HasPrefix(e.Name(), ".new-") {
			return e.Name(), nil
		}
	}
	return "", nil
}

// program is the path of a program that the lab installed.
func (l lab) program(name string) string { return filepath.Join(l.dir, "bin", name) }

// venv is a path in the Python environment that holds JupyterLab.
func (l lab) venv(elem ...string) string {
	return filepath.Join(append([]string{l.dir, "venv"}, elem...)...)
}

// echarts is a path in the folder of the charts' library.
func (l lab) echarts(elem ...string) string {
	return filepath.Join(append([]string{l.dir, "echarts"}, elem...)...)
}

// source is a path in the project.
func (l lab) source(elem ...string) string {
	return filepath.Join(append([]string{l.module}, elem...)...)
}

// stateEnv names the environment variable with the folder of Jupyter's own files, for
// a lab that its reader cannot write to.
const stateEnv = "INTERLEAVE_STATE"

// jupyterHome is the folder of Jupyter's own files.
func (l lab) jupyterHome() string {
	return cmp.Or(os.Getenv(stateEnv), filepath.Join(l.dir, "jupyter"))
}

// jupyterEnv is the environment that keeps Jupyter's own files (settings, trust,
// running servers) in the lab's folder and the reader's other Jupyter untouched.
func (l lab) jupyterEnv() []string {
	home := l.jupyterHome()
	return []string{
		"JUPYTER_PREFER_ENV_PATH=1",
		"JUPYTER_CONFIG_DIR=" + filepath.Join(home, "config"),
		"JUPYTER_DATA_DIR=" + filepath.Join(home, "data"),
		"JUPYTER_RUNTIME_DIR=" + filepath.Join(home, "runtime"),
		"IPYTHONDIR=" + filepath.Join(home, "ipython"),
		"INTERLEAVE_LAB=" + l.dir,
	}
}
