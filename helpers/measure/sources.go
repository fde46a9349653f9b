package measure

import (
	"cmp"

	"interleave/helpers/lang"
)

// A SourceFigure is a figure that a source of the book shows, and says which
// of the kept figures belongs beside it.
type SourceFigure struct {
	Source string    // the source's label, such as "000"
	Shows  lang.Text // what it shows, as it shows it
	Step   string    // the step that measures the same here, such as "54-04"
	Title  lang.Text // what that step is about, for readers, who see no step's number
	// Name and Variant narrow the step's figures down; empty, they match
	// any.
	Name    lang.Text
	Variant string
}

// NotRun stands in the place of a figure whose cell was not run.
var NotRun = lang.Text{Ko: "아직 실행하지 않음", En: "not run yet"}

// Beside gives a table, header and rows, of the sources' figures and, beside
// each, the kept figures that belong to it: a row for each of them, or one that
// says [NotRun].
func Beside(sources []SourceFigure, kept []Figure) (header []lang.Text, rows [][]string) {
	header = []lang.Text{
		{Ko: "단계", En: "Step"},
		{Ko: "출처", En: "Source"},
		{Ko: "출처의 수치", En: "The source shows"},
		{Ko: "측정한 것", En: "Measured"},
		{Ko: "이 컴퓨터", En: "This machine"},
	}
	for _, s := range sources {
		found := false
		for _, f := range kept {
			if !s.matches(f) {
				continue
			}
			found = true
			rows = append(rows, []string{s.title(), s.Source, s.Shows.String(), named(f.Name, f.Variant), f.Summary.String()})
		}
		if !found {
			rows = append(rows, []string{s.title(), s.Source, s.Shows.String(), named(s.Name, s.Variant), NotRun.String()})
		}
	}
	return header, rows
}

// title gives what stands for the step.
func (s SourceFigure) title() string { return cmp.Or(s.Title.String(), s.Step) }

func (s SourceFigure) matches(f Figure) bool {
	return s.Step == f.Step &&
		(s.Name == lang.Text{} || s.Name == f.Name) &&
		(s.Variant == "" || s.Variant == f.Variant)
}

func named(name lang.Text, variant string) string {
	switch n := name.String(); {
	case variant == "":
		return n
	case n == "":
		return variant
	default:
		return n + ", " + variant
	}
}
