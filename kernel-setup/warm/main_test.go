package main

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"interleave/notebooks/nb/notebook"
)

// TestImports wants this program to import whatever a cell does: what it leaves out, no
// reader without a network has.
func TestImports(t *testing.T) {
	imports := func(name string, source any) (paths []string) {
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			paths = append(paths, path)
		}
		return paths
	}
	have := map[string]bool{}
	for _, path := range imports("main.go", nil) {
		have[path] = true
	}
	notebooks, _ := filepath.Glob("../../notebooks/[0-9]*.ipynb")
	solutions, _ := filepath.Glob("../../notebooks/solutions/*.ipynb")
	if len(notebooks) == 0 || len(solutions) == 0 {
		t.Fatalf("there are %d notebooks and %d with solutions", len(notebooks), len(solutions))
	}
	for _, file := range append(notebooks, solutions...) {
		n, err := notebook.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range n.Cells {
			program := notebook.Program(cell.Source)
			if cell.Type != notebook.Code || program == "" {
				continue
			}
			for _, path := range imports(cell.ID, program) {
				if !have[path] {
					t.Errorf("%s imports %s, and this program does not", cell.ID, path)
				}
			}
		}
	}
}
