package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// checkExercises checks that each exercise of a shipped notebook, a -go cell to
// mend and the -test cell of the same number, fails as it ships, and that the
// notebook of solutions has it mended, with the very same test.
func checkExercises(f file, solutions string) (problems []string) {
	lesson, err := notebook.ReadFile(f.path)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", f.path, err)}
	}
	problem := func(format string, args ...any) {
		problems = append(problems, f.path+": "+fmt.Sprintf(format, args...))
	}
	var solved *notebook.Notebook
	for _, c := range lesson.Cells {
		id := notebook.ParseID(c.ID)
		if id.Role != "test" {
			continue
		}
		if !strings.HasPrefix(c.Source, "%test\n") {
			problem("cell %s: does not begin with %%test; make that its first line", c.ID)
		}
		if !c.MayFail() {
			problem("cell %s: not tagged raises-exception; tag it, as an exercise fails until it is solved", c.ID)
		}
		task := id.Step + "-go" + id.Suffix
		if lesson.Cell(task) == nil {
			problem("cell %s: there is no cell %s to mend; add it before", c.ID, task)
			continue
		}
		if solved == nil {
			if solved, err = notebook.ReadFile(solutions); errors.Is(err, fs.ErrNotExist) {
				problem("its exercises have no solutions; write them in %s", solutions)
				return problems
			} else if err != nil {
				problem("%v", err)
				return problems
			}
		}
		solution, test := solved.Cell(task), solved.Cell(c.ID)
		switch {
		case solution == nil || test == nil:
			problem("cell %s: its solution lacks cell %s or %s; add it to %s", c.ID, task, c.ID, solutions)
		case test.Source != c.Source:
			problem("cell %s: its test in %s is another; copy it there", c.ID, solutions)
		case solution.Source == lesson.Cell(task).Source:
			problem("cell %s: its solution in %s is the exercise itself; solve it", c.ID, solutions)
		}
	}
	return problems
}
