// Package labels finds the labels of charts and tables that are to be translated: in
// the helpers, and in the cells of the notebooks.
package labels

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// A Label is a text that a catalog should know.
type Label struct {
	En     string
	Plural string   // the English for other numbers than one, or ""
	Ko     []string // the Korean, of each place where it differs
	Where  []string // the files and cells that have it
}

// Find gives the labels of the project in a folder, sorted by their English. The
// error tells of labels that no catalog can know, since their text is not constant.
func Find(root string) ([]Label, error) {
	f := &finder{labels: map[string]*Label{}, fset: token.NewFileSet()}
	err := errors.Join(f.goFiles(root), f.cells(root))
	var all []Label
	for _, en := range slices.Sorted(maps.Keys(f.labels)) {
		l := f.labels[en]
		slices.Sort(l.Where)
		l.Where = slices.Compact(l.Where)
		all = append(all, *l)
	}
	return all, errors.Join(err, errors.Join(f.problems...))
}

type finder struct {
	fset     *token.FileSet
	lang     string // the name by which the file that is read knows the package lang
	labels   map[string]*Label
	problems []error
}

func (f *finder) goFiles(root string) error {
	return filepath.WalkDir(filepath.Join(root, "helpers"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("looking for labels: %w", err)
		}
		if d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("looking for labels: %w", err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return fmt.Errorf("looking for labels: %w", err)
		}
		f.read(filepath.ToSlash(name), string(text))
		return nil
	})
}

func (f *finder) cells(root string) error {
	for _, pattern := range []string{"*.ipynb", filepath.Join("solutions", "*.ipynb")} {
		files, err := filepath.Glob(filepath.Join(root, "notebooks", pattern))
		if err != nil {
			return fmt.Errorf("looking for labels: %w", err)
		}
		for _, path := range files {
			nb, err := notebook.ReadFile(path)
			if err != nil {
				return fmt.Errorf("looking for labels in %s: %w", path, err)
			}
			for _, c := range nb.Cells {
				if c.Type == notebook.Code {
					f.read(c.ID, notebook.Program(c.Source))
				}
			}
		}
	}
	return nil
}

// read finds the labels in a text, as far as it is Go.
func (f *finder) read(where, text string) {
	if !strings.Contains(text, `"`) {
		return
	}
	file, _ := parser.ParseFile(f.fset, where, text, parser.SkipObjectResolution)
	if file == nil {
		return
	}
	f.lang = "lang"
	for _, imported := range file.Imports {
		if imported.Path.Value == `"interleave/helpers/lang"` && imported.Name != nil {
			f.lang = imported.Name.Name
		}
	}
	plurals := map[ast.Node]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f.isLang(n.Fun, "Plural") && len(n.Args) > 2 {
				one, many := f.textOf(n.Args[1]), f.textOf(n.Args[2])
				plurals[n.Args[1]], plurals[n.Args[2]] = true, true
				if one == nil || many == nil || one.en == "" || many.en == "" {
					f.problem(n, "the labels of lang.Plural are not constant; write them into the call")
					break
				}
				f.add(n, one, many.en)
			}
		case *ast.CompositeLit:
			if plurals[n] {
				return false
			}
			t := f.textOf(n)
			switch {
			case t == nil || !t.hasKo:
			case t.en == "" || t.ko == "":
				f.problem(n, "a label whose text is not constant; put what varies into it with lang.Format, lang.Plural or lang.Join")
			default:
				f.add(n, t, "")
			}
		}
		return true
	})
}

func (f *finder) problem(n ast.Node, text string) {
	p := f.fset.Position(n.Pos())
	f.problems = append(f.problems, fmt.Errorf("%s:%d: %s", p.Filename, p.Line, text))
}

var verb = regexp.MustCompile(`%[-+# 0]*(?:\[\d+\])?[\d.*]*(?:\[\d+\])?[a-zA-Z%]`)

func (f *finder) add(n ast.Node, t *text, plural string) {
	if !strings.ContainsFunc(verb.ReplaceAllString(t.en, ""), func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }) {
		return // an order of parts, such as "%s, %s"
	}
	l := f.labels[t.en]
	if l == nil {
		l = &Label{En: t.en}
		f.labels[t.en] = l
	}
	if plural != "" && l.Plural != "" && plural != l.Plural {
		f.problem(n, fmt.Sprintf("the plural of %q is %q here and %q elsewhere; write it alike", t.en, plural, l.Plural))
	}
	if l.Plural == "" {
		l.Plural = plural
	}
	if !slices.Contains(l.Ko, t.ko) {
		l.Ko = append(l.Ko, t.ko)
	}
	l.Where = append(l.Where, f.fset.Position(n.Pos()).Filename)
}

// text is a literal of lang.Text; what is not constant is "".
type text struct {
	ko, en string
	hasKo  bool
}

// textOf reads a literal of lang.Text, with its type or, within a list, without; it
// gives nil for any other expression.
func (f *finder) textOf(e ast.Expr) *text {
	lit, ok := e.(*ast.CompositeLit)
	if !ok || lit.Type != nil && !f.isLang(lit.Type, "Text") || len(lit.Elts) == 0 {
		return nil
	}
	t := &text{}
	for i, elt := range lit.Elts {
		name := []string{"Ko", "En", ""}[min(i, 2)]
		value := elt
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			key, _ := kv.Key.(*ast.Ident)
			if key == nil {
				return nil
			}
			name, value = key.Name, kv.Value
		} else if lit.Type == nil {
			return nil // a list in a list
		}
		switch name {
		case "Ko":
			t.ko, t.hasKo = constant(value), true
		case "En":
			t.en = constant(value)
		default:
			return nil
		}
	}
	return t
}

func (f *finder) isLang(e ast.Expr, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == f.lang
}

// constant gives the value of a string that is written out, or "".
func constant(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.BinaryExpr:
		if x, y := constant(e.X), constant(e.Y); e.Op == token.ADD && x != "" && y != "" {
			return x + y
		}
	case *ast.ParenExpr:
		return constant(e.X)
	}
	return ""
}
