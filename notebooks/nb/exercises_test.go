package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"interleave/notebooks/nb/notebook"
)

// exercise is a notebook with one exercise: a cell to mend, and its test.
func exercise(task, test, tags string) string {
	return fmt.Sprintf(`{"cells": [
 {"cell_type": "code", "id": "54-17-go", "metadata": {}, "source": %q, "outputs": [], "execution_count": null},
 {"cell_type": "code", "id": "54-17-test", "metadata": {"tags": [%s]}, "source": %q, "outputs": [], "execution_count": null}
], "metadata": {"kernelspec": {"name": "gonb", "display_name": "Go"}}, "nbformat": 4, "nbformat_minor": 5}`, task, tags, test)
}

func TestCheckExercises(t *testing.T) {
	const test = "%test\n\nfunc TestIt(t *testing.T) {}"
	const solutions = "notebooks/solutions/54-lock.ipynb"
	at := func(text string) []string { return []string{"notebooks/54-lock.ipynb: cell 54-17-test: " + text} }
	for _, tt := range []struct {
		name             string
		lesson, solution string // empty: there is none
		want             []string
	}{
		{"in order", exercise("var a int", test, `"raises-exception"`), exercise("var a = 1", test, ""), nil},
		{"no exercise", exercise("var a int", "", ""), "", at("does not begin with %test; make that its first line")},
		{"not tagged", exercise("var a int", test, ""), exercise("var a = 1", test, ""),
			at("not tagged raises-exception; tag it, as an exercise fails until it is solved")},
		{"no solutions", exercise("var a int", test, `"raises-exception"`), "",
			[]string{"notebooks/54-lock.ipynb: its exercises have no solutions; write them in " + solutions}},
		{"another test", exercise("var a int", test, `"raises-exception"`), exercise("var a = 1", test+"\n", ""),
			at("its test in " + solutions + " is another; copy it there")},
		{"not solved", exercise("var a int", test, `"raises-exception"`), exercise("var a int", test, ""),
			at("its solution in " + solutions + " is the exercise itself; solve it")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := testProject(t, "notebooks/54-lock.ipynb", []byte(tt.lesson))
			if tt.solution != "" {
				if err := os.Mkdir(p.solutions(), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := notebook.WriteFile(filepath.FromSlash(solutions), []byte(tt.solution)); err != nil {
					t.Fatal(err)
				}
			}
			got := checkExercises(p.file("notebooks/54-lock.ipynb"), filepath.FromSlash(solutions))
			if tt.name == "no exercise" && len(got) > 0 {
				got = got[:1] // its other faults follow
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestNumberMeansSolutionsToo(t *testing.T) {
	p := testProject(t, "notebooks/54-lock.ipynb", []byte("{}"))
	if err := os.MkdirAll(p.solutions(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.solutions(), "54-lock.ipynb"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := p.files([]string{"54"})
	if err != nil || len(files) != 2 || files[0].solution || !files[1].solution || !files[1].shipped {
		t.Errorf("files of 54: %+v, %v; want the notebook and its solutions", files, err)
	}
}
