package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// A project is where the lab and its notebooks are.
type project struct {
	root string // the folder with the module's go.mod
}

// findProject looks for the project in the working folder and those above it, or where
// the environment says that it is.
func findProject() (project, error) {
	if dir := os.Getenv("INTERLEAVE_PROJECT"); dir != "" {
		return project{root: dir}, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return project{}, fmt.Errorf("looking for the project: %w", err)
	}
	for start := dir; ; {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		// Other modules may lie below ours.
		if err == nil && bytes.HasPrefix(mod, []byte("module interleave\n")) {
			return project{root: dir}, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return project{}, fmt.Errorf("looking for the project: %w", err)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return project{}, fmt.Errorf("looking for the project from %s: no go.mod of module interleave there or above; run it inside the project", start)
		}
		dir = up
	}
}

// lab gives the folder of the installed lab.
func (p project) lab() string {
	return cmp.Or(os.Getenv("INTERLEAVE_LAB"), filepath.Join(p.root, ".lab"))
}

func (p project) notebooks() string { return filepath.Join(p.root, "notebooks") }

// solutions is the folder of the exercises' solutions, in notebooks of the same
// names.
func (p project) solutions() string { return filepath.Join(p.notebooks(), "solutions") }

// A file is one notebook that a command was asked to work on.
type file struct {
	path     string // as shown to the user
	number   string // the two digits that its name begins with, or ""
	shipped  bool   // it is the project's own, not a reader's copy
	solution bool   // it holds the solutions to another's exercises
}

var (
	bareNumber   = regexp.MustCompile(`^\d\d$`)
	numberedName = regexp.MustCompile(`^(\d\d)-.*\.ipynb$`)
)

// files finds the notebooks that are meant by the names given to a command.
func (p project) files(names []string) ([]file, error) {
	var paths []string
	if len(names) == 0 {
		names = []string{""}
	}
	for _, name := range names {
		if name != "" && !bareNumber.MatchString(name) {
			if _, err := os.Stat(name); err != nil {
				return nil, fmt.Errorf("looking for notebook %s: %w; give a number such as 54, or a file", name, err)
			}
			paths = append(paths, name)
			continue
		}
		pattern := "*.ipynb"
		if name != "" {
			pattern = name + "-*.ipynb"
		}
		found, err := filepath.Glob(filepath.Join(p.notebooks(), pattern))
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("looking for notebooks: there is no %s", filepath.Join(p.notebooks(), pattern))
		}
		solutions, err := filepath.Glob(filepath.Join(p.solutions(), pattern))
		if err != nil {
			return nil, fmt.Errorf("looking for solutions: %w", err)
		}
		paths = append(append(paths, found...), solutions...)
	}
	files := make([]file, len(paths))
	for i, path := range paths {
		files[i] = p.file(path)
	}
	return files, nil
}

func (p project) file(path string) file {
	f := file{path: path}
	if m := numberedName.FindStringSubmatch(filepath.Base(path)); m != nil {
		f.number = m[1]
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return f
	}
	f.solution = filepath.Dir(abs) == p.solutions()
	f.shipped = f.solution || filepath.Dir(abs) == p.notebooks()
	if wd, err := os.Getwd(); err == nil && f.shipped {
		if rel, err := filepath.Rel(wd, abs); err == nil {
			f.path = rel
		}
	}
	return f
}

// argument gives what to type to name the file in a command.
func (f file) argument() string {
	if f.shipped && f.number != "" {
		return f.number // and its solutions with it
	}
	return f.path
}
