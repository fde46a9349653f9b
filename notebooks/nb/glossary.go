package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// A term is a row of the glossary, the one source of what the notebooks call things.
type term struct {
	en, ko               string
	notEn, notKo         []string // what means the same, and must not stand in its place
	meaningEn, meaningKo string
}

// glossaryStep is the step that shows the glossary, a table in each language.
const glossaryStep = "00-05"

func (p project) glossary() string { return filepath.Join(p.notebooks(), "glossary.tsv") }

// readGlossary reads the rows below the heading of the glossary.
func readGlossary(path string) ([]term, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the glossary: %w", err)
	}
	_, rows, _ := bytes.Cut(data, []byte("\n"))
	var terms []term
	for n, row := range bytes.Split(bytes.TrimSuffix(rows, []byte("\n")), []byte("\n")) {
		cells := strings.Split(string(row), "\t")
		if len(cells) != 6 {
			return nil, fmt.Errorf("read the glossary: %s: line %d has %d columns; make it six: English, Korean, the words not to use for it, and what it means in both", path, n+2, len(cells))
		}
		terms = append(terms, term{cells[0], cells[1], variants(cells[2]), variants(cells[3]), cells[4], cells[5]})
	}
	return terms, nil
}

// variants gives the words that a column lists.
func variants(column string) []string {
	return slices.DeleteFunc(strings.Split(column, " · "), func(word string) bool { return word == "" })
}

// glossaryTable is the table of a language as the notebook has it.
func glossaryTable(terms []term, role string) string {
	var b strings.Builder
	if role == "ko" {
		b.WriteString("| 용어 | 영어 | 뜻 |\n|---|---|---|\n")
	} else {
		b.WriteString("| Term | Korean | Meaning |\n|---|---|---|\n")
	}
	for _, t := range terms {
		if role == "ko" {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", t.ko, t.en, t.meaningKo)
		} else {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", t.en, t.ko, t.meaningEn)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// checkGlossary checks that the notebook that shows the glossary shows all of it, as
// it stands.
func checkGlossary(f file, terms []term) (problems []string) {
	nb, err := notebook.ReadFile(f.path)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", f.path, err)}
	}
	if nb.Cell(glossaryStep+"-ko") == nil || terms == nil {
		return nil // that there is no glossary is told once for all notebooks
	}
	for _, role := range []string{"ko", "en"} {
		c := nb.Cell(glossaryStep + "-" + role)
		if c == nil {
			continue // told with the other cells that are missing
		}
		for row := range strings.SplitSeq(glossaryTable(terms, role), "\n") {
			if !strings.Contains("\n"+c.Source+"\n", "\n"+row+"\n") {
				problems = append(problems, fmt.Sprintf("%s: cell %s: lacks the row %q of glossary.tsv; copy it there", f.path, c.ID, row))
			}
		}
		if rows := strings.Count("\n"+c.Source, "\n|"); rows != len(terms)+2 {
			problems = append(problems, fmt.Sprintf("%s: cell %s: its table has %d rows, the glossary %d; make them the same", f.path, c.ID, rows-2, len(terms)))
		}
	}
	return problems
}
