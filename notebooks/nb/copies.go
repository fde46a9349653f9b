package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"interleave/notebooks/nb/note"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/work"
)

// copies is the folder with the reader's copies of the notebooks.
type copies struct {
	project project
	dir     string // as given with -dir, or ""
}

func (c copies) folder() string {
	return cmp.Or(c.dir, work.Default(c.project.root))
}

// find gives the reader's copy that a number or a file name means.
func (c copies) find(name string) (file, error) {
	if !bareNumber.MatchString(name) {
		f := c.project.file(name)
		if f.shipped {
			return file{}, fmt.Errorf("looking for your copy of %s: that is the project's own notebook; give its number, or a file elsewhere", name)
		}
		if _, err := os.Stat(name); err != nil {
			return file{}, fmt.Errorf("looking for notebook %s: %w; give a number such as 54, or a file", name, err)
		}
		return f, nil
	}
	shipped, err := c.shipped(name)
	if err != nil {
		return file{}, err
	}
	path := shown(filepath.Join(c.folder(), filepath.Base(shipped)))
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return file{}, fmt.Errorf("looking for your copy of notebook %s: there is no %s; to make your copies, run: %s", name, path, c.makeThem())
	} else if err != nil {
		return file{}, fmt.Errorf("looking for your copy of notebook %s: %w", name, err)
	}
	return file{path: path, number: name}, nil
}

// shipped gives the project's own notebook of a number.
func (c copies) shipped(number string) (string, error) {
	pattern := filepath.Join(c.project.notebooks(), number+"-*.ipynb")
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("looking for notebooks: there is no %s; give the number of another", shown(pattern))
	}
	return found[0], nil
}

// makeThem is the command that makes the copies, to be typed in the working folder.
func (c copies) makeThem() string {
	setup := shown(filepath.Join(c.project.root, "kernel-setup"))
	if !filepath.IsAbs(setup) && !strings.HasPrefix(setup, "..") {
		setup = "./" + setup
	}
	command := "go run " + filepath.ToSlash(setup) + " lab"
	if c.dir != "" {
		command += " --dir " + c.dir
	}
	return command
}

// all gives all copies that the reader has.
func (c copies) all() (files []file, err error) {
	shipped, err := filepath.Glob(filepath.Join(c.project.notebooks(), "[0-9][0-9]-*.ipynb"))
	if err != nil {
		return nil, fmt.Errorf("looking for notebooks: %w", err)
	}
	for _, path := range shipped {
		f, err := c.find(filepath.Base(path)[:2])
		if err == nil {
			files = append(files, f)
		} else if _, statErr := os.Stat(filepath.Join(c.folder(), filepath.Base(path))); !errors.Is(statErr, fs.ErrNotExist) {
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("looking for your copies of the notebooks: there are none in %s; to make them, run: %s", shown(c.folder()), c.makeThem())
	}
	return files, nil
}

// shown gives a path as seen from the working folder.
func shown(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, abs); err == nil {
		return rel
	}
	return path
}

// guide knows the steps of the notebook as the project ships it, since a copy may
// lack some; of a foreign notebook, as it is.
func (c copies) guide(f file, nb *notebook.Notebook) (*note.Guide, error) {
	rows, err := readGlossary(c.project.glossary())
	if err != nil {
		return nil, err
	}
	var terms []note.Term
	for _, t := range rows {
		terms = append(terms, note.Term{English: t.en, Korean: t.ko})
	}
	if path, err := c.shipped(f.number); f.number != "" && err == nil {
		if nb, err = notebook.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return note.NewGuide(nb, terms), nil
}

// others gives the other copies in the same folder, where some of the note may be
// already. What cannot be read has nothing to say here.
func (c copies) others(f file) (others []note.Copy) {
	shipped, _ := filepath.Glob(filepath.Join(c.project.notebooks(), "[0-9][0-9]-*.ipynb"))
	for _, s := range shipped {
		path := filepath.Join(filepath.Dir(f.path), filepath.Base(s))
		if path == filepath.Clean(f.path) {
			continue
		}
		if nb, err := notebook.ReadFile(path); err == nil {
			others = append(others, note.Copy{Name: path, Notebook: nb})
		}
	}
	return others
}

// read gives the notebooks that the names mean; no name means all copies.
func (c copies) read(names []string) (nbs []*notebook.Notebook, err error) {
	files, err := []file(nil), error(nil)
	if len(names) == 0 {
		files, err = c.all()
	}
	for _, name := range names {
		f, findErr := c.find(name)
		err = errors.Join(err, findErr)
		files = append(files, f)
	}
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		nb, err := notebook.ReadFile(f.path)
		if err != nil {
			return nil, fmt.Errorf("reading notebook %s: %w", f.path, err)
		}
		nbs = append(nbs, nb)
	}
	return nbs, nil
}
