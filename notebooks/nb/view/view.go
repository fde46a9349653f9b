// Package view makes copies of notebooks that show their prose in other languages,
// and keeps in a reader's copy what is the reader's.
package view

import (
	"fmt"
	"slices"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// Originals are the languages in which every notebook is written.
var Originals = []string{"ko", "en"}

// ParseLanguages reads a list such as "ko,ja". An empty one means the originals.
func ParseLanguages(list string) ([]string, error) {
	if strings.TrimSpace(list) == "" {
		return Originals, nil
	}
	var languages []string
	for l := range strings.SplitSeq(list, ",") {
		l = strings.TrimSpace(l)
		if !notebook.IsLanguage(l) {
			return nil, fmt.Errorf("languages %q: %q is no language; give ko, en or the code of another, such as ja or pt_BR, and commas between several", list, l)
		}
		if !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	return languages, nil
}

// A Translator gives the prose cell of a step in a language that is not one of the
// originals, or nil if there is none.
type Translator interface {
	Cell(nb *notebook.Notebook, id notebook.StepID, language string) *notebook.Cell
}

// Show changes the notebook so that it shows prose in these languages alone, the
// originals first. A reader's own cells stay as they are.
func Show(nb *notebook.Notebook, languages []string, t Translator) {
	var others []string
	for _, l := range languages {
		if !slices.Contains(Originals, l) {
			others = append(others, l)
		}
	}
	shown := map[string]bool{} // the prose whose translations are there
	all := map[string]bool{}
	for _, c := range nb.Cells {
		all[c.ID] = true
	}
	var cells []*notebook.Cell
	for i, c := range nb.Cells {
		id := notebook.ParseID(c.ID)
		if !prose(c) {
			cells = append(cells, c)
			continue
		}
		if slices.Contains(languages, id.Role) {
			cells = append(cells, c)
		}
		// Translations go below the last of the originals.
		if key := id.In(""); !shown[key] && !slices.ContainsFunc(nb.Cells[i+1:], func(c *notebook.Cell) bool {
			return prose(c) && notebook.ParseID(c.ID).In("") == key
		}) {
			shown[key] = true
			for _, l := range others {
				if all[id.In(l)] {
					continue
				}
				if c := t.Cell(nb, id, l); c != nil {
					cells = append(cells, c)
				}
			}
		}
	}
	nb.Cells = cells
}

func prose(c *notebook.Cell) bool {
	return c.Type == notebook.Markdown && notebook.ParseID(c.ID).Prose()
}

// Restore changes the notebook, as it is shipped, so that it has the own cells of a
// reader's copy too, each below the cell that it stood below.
func Restore(nb, mine *notebook.Notebook) {
	below := map[*notebook.Cell][]*notebook.Cell{} // of nb's cells; of nil those at the top
	taken := map[string]bool{}
	var anchor *notebook.Cell
	for _, c := range mine.Cells {
		id := notebook.ParseID(c.ID)
		switch at := same(nb, c.ID); {
		// A second cell with a step's id is a copy that the reader made.
		case id.Own() || taken[c.ID]:
			below[anchor] = append(below[anchor], c)
		case at != nil:
			anchor = at
		}
		taken[c.ID] = true
	}
	cells := below[nil]
	for _, c := range nb.Cells {
		cells = append(append(cells, c), below[c]...)
	}
	nb.Cells = cells
}

// same gives the cell of that id, or the last that has the same prose in another
// language.
func same(nb *notebook.Notebook, id string) *notebook.Cell {
	if c := nb.Cell(id); c != nil {
		return c
	}
	step := notebook.ParseID(id)
	if !step.Prose() {
		return nil
	}
	for _, c := range slices.Backward(nb.Cells) {
		if other := notebook.ParseID(c.ID); other.Prose() && other.In("") == step.In("") {
			return c
		}
	}
	return nil
}

// Switch changes a reader's copy, which was made from one notebook, as if it had been
// made from another: the same lesson in other languages, or a later version of it.
// Cells that the reader added or changed stay, and so do the outputs of code that is
// the same in both; cells that the reader removed do not come back.
func Switch(mine, from, to *notebook.Notebook) {
	var cells []*notebook.Cell
	added := map[*notebook.Cell]bool{}
	for _, c := range mine.Cells {
		id := notebook.ParseID(c.ID)
		if id.Own() {
			cells = append(cells, c)
			continue
		}
		was, is := from.Cell(c.ID), to.Cell(c.ID)
		changed := was == nil || c.Source != was.Source || c.Type != was.Type
		keep := is != nil || changed
		if is != nil && !changed && (is.Source != c.Source || is.Type != c.Type) {
			c.Type, c.Source, c.Metadata, c.Outputs, c.Count = is.Type, is.Source, is.Metadata, is.Outputs, is.Count
		}
		var before, after []*notebook.Cell
		if id.Prose() {
			seen := false
			for _, other := range to.Cells {
				seen = seen || other == is
				if o := notebook.ParseID(other.ID); !o.Prose() || o.In("") != id.In("") || added[other] || from.Cell(other.ID) != nil || mine.Cell(other.ID) != nil {
					continue
				}
				added[other] = true
				if is != nil && !seen {
					before = append(before, other)
				} else {
					after = append(after, other)
				}
			}
		}
		cells = append(cells, before...)
		if keep {
			cells = append(cells, c)
		}
		cells = append(cells, after...)
	}
	// What is left is new in the lesson, unless its step's prose was removed.
	for i, c := range to.Cells {
		if added[c] || from.Cell(c.ID) != nil || mine.Cell(c.ID) != nil || same(from, c.ID) != nil {
			continue
		}
		at := 0
		for _, above := range slices.Backward(to.Cells[:i]) {
			if j := slices.IndexFunc(cells, func(c *notebook.Cell) bool { return c.ID == above.ID }); j >= 0 {
				at = j + 1
				break
			}
		}
		for at > 0 && at < len(cells) && notebook.ParseID(cells[at].ID).Own() {
			at++ // the reader's own cells stay below their neighbour
		}
		cells = slices.Insert(cells, at, c)
	}
	mine.Cells = cells
}
