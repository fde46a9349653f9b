package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// A term is a row of the glossary, the one source of what the notebooks call things.
type term struct {
	en, ko               string
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
		if len(cells) != 4 {
			return nil, fmt.Errorf("read the glossary: %s: line %d has %d columns; make it four: English, Korean, and what it means in both", path, n+2, len(cells))
		}
		terms = append(terms, term{cells[0], cells[1], cells[2], cells[3]})
	}
	return terms, nil
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
func checkGlossary(f file, path string) (problems []string) {
	nb, err := notebook.ReadFile(f.path)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", f.path, err)}
	}
	if nb.Cell(glossaryStep+"-ko") == nil {
		return nil
	}
	terms, err := readGlossary(path)
	if errors.Is(err, fs.ErrNotExist) {
		return []string{fmt.Sprintf("%s: %v; restore it", f.path, err)}
	} else if err != nil {
		return []string{err.Error()}
	}
	for _, role := range []string{"ko", "en"} {
		c := nb.Cell(glossaryStep + "-" + role)
		if c == nil {
			continue // told with the other cells that are missing
		}
		for row := range strings.SplitSeq(glossaryTable(terms, role), "\n") {
			if !strings.Contains("\n"+c.Source+"\n", "\n"+row+"\n") {
				problems = append(problems, fmt.Sprintf("%s: cell %s: lacks the row %q of %s; copy it there", f.path, c.ID, row, filepath.Base(path)))
			}
		}
		if rows := strings.Count("\n"+c.Source, "\n|"); rows != len(terms)+2 {
			problems = append(problems, fmt.Sprintf("%s: cell %s: its table has %d rows, the glossary %d; make them the same", f.path, c.ID, rows-2, len(terms)))
		}
	}
	return problems
}
