package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// check is the command check: it tells what is wrong with notebooks.
func check(_ context.Context, args []string) error {
	names, err := parse(flag.NewFlagSet("check", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	files, err := p.files(names)
	if err != nil {
		return err
	}
	problems, err := findProblems(p, files, len(names) == 0)
	if err != nil {
		return err
	}
	for _, problem := range problems {
		fmt.Println(problem)
	}
	if len(problems) > 0 {
		return errFound
	}
	fmt.Fprintf(os.Stderr, "nb: checked %d notebooks and found no problem\n", len(files))
	return nil
}

// findProblems gives all problems of the files; all tells that they should be
// every notebook of the project.
func findProblems(p project, files []file, all bool) (problems []string, err error) {
	if all {
		problems = missingNotebooks(files)
	}
	terms, err := readGlossary(p.glossary())
	shows := func(f file) bool { return f.shipped && f.number == glossaryStep[:2] }
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || slices.ContainsFunc(files, shows)) {
		problems = append(problems, fmt.Sprintf("%v; restore it", err))
	}
	var readable []string
	for _, f := range files {
		found, ok := checkFile(f)
		problems = append(problems, found...)
		if ok && f.shipped && !f.solution {
			problems = append(problems, checkExercises(f, filepath.Join(p.solutions(), filepath.Base(f.path)))...)
			problems = append(problems, checkGlossary(f, terms)...)
		}
		if ok && f.shipped {
			problems = append(problems, checkTerms(f, terms)...)
		}
		if ok {
			readable = append(readable, f.path)
		}
	}
	faults, err := notebook.Validate(p.lab(), readable)
	if errors.Is(err, notebook.ErrNoLab) {
		fmt.Fprintln(os.Stderr, "nb: left out the check against nbformat's schema:", err)
	} else if err != nil {
		return nil, err
	}
	for _, path := range readable {
		for _, fault := range faults[path] {
			problems = append(problems, fmt.Sprintf("%s: %s, says the nbformat schema; save it with JupyterLab", path, fault))
		}
	}
	return problems, nil
}

// missingNotebooks tells which notebooks have steps listed but no file.
func missingNotebooks(files []file) (problems []string) {
	have := map[string]bool{}
	for _, f := range files {
		have[f.number] = true
	}
	for _, s := range steps {
		if number := s.name[:2]; !have[number] {
			have[number] = true
			problems = append(problems, fmt.Sprintf("notebooks: no notebook %s-*.ipynb, whose steps are in notebooks/nb/steps.tsv; add it", number))
		}
	}
	return problems
}

// A checker collects the problems of one notebook.
type checker struct {
	file     file
	nb       *notebook.Notebook
	cells    []*notebook.Cell // those that belong to a step; in a copy, readers add others
	problems []string
}

// problem notes what is wrong, and the mend, in the notebook as a whole.
func (k *checker) problem(format string, args ...any) {
	k.problems = append(k.problems, k.file.path+": "+fmt.Sprintf(format, args...))
}

// inCell notes what is wrong, and the mend, in one cell.
func (k *checker) inCell(c *notebook.Cell, format string, args ...any) {
	k.problem("cell %s: %s", c.ID, fmt.Sprintf(format, args...))
}

// runAgain is the command that mends outputs.
func (k *checker) runAgain() string { return "run: go run ./notebooks/nb run " + k.file.argument() }

// The most that a notebook and one of its outputs may take, so that a page that
// shows it opens at once.
const (
	maxNotebook = 600 << 10
	maxOutput   = 120 << 10
)

// checkFile gives the problems of one notebook, and whether it could be read.
func checkFile(f file) (problems []string, readable bool) {
	data, err := os.ReadFile(f.path)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", f.path, err)}, false
	}
	nb, err := notebook.Parse(data)
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			problems = append(problems, fmt.Sprintf("%s: %s; save it with JupyterLab", f.path, strings.TrimSpace(line)))
		}
		return problems, false
	}
	k := &checker{file: f, nb: nb}
	if len(data) > maxNotebook {
		k.problem("%d KiB with its outputs, more than %d; make the outputs smaller", len(data)>>10, maxNotebook>>10)
	}
	k.checkStructure()
	k.checkSteps()
	for _, c := range k.cells {
		switch c.Type {
		case notebook.Markdown:
			k.checkProse(c)
		case notebook.Code:
			k.checkCode(c)
		}
	}
	for _, c := range k.cells {
		if id := notebook.ParseID(c.ID); id.Role == "ko" {
			if en := nb.Cell(strings.Replace(c.ID, "-ko", "-en", 1)); en != nil {
				k.checkPair(c, en)
			}
		}
	}
	k.checkRun()
	return k.problems, true
}
