package note

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// A Copy is a notebook with the name that people know it by.
type Copy struct {
	Name     string
	Notebook *notebook.Notebook
}

// A DifferentError tells that a notebook has the note already, but not as it is in
// the file.
type DifferentError struct {
	Note  string
	Parts []int // the sections that were changed or removed, in the note or in the notebook
}

func (e *DifferentError) Error() string {
	parts := make([]string, len(e.Parts))
	for i, p := range e.Parts {
		parts[i] = strconv.Itoa(p)
	}
	return fmt.Sprintf("it has the note %s already, and differs from the file in section %s", e.Note, strings.Join(parts, ", "))
}

// Import puts the note's sections that belong to the notebook of that number into a
// copy of it, and tells of all sections where they went. What another copy has
// already is not imported again. If this copy has all of them as they are in the
// note, it is not changed; if it has them otherwise, the error is a DifferentError.
func Import(to Copy, n *Note, g *Guide, number string, others []Copy) (all []Placement, changed bool, err error) {
	all = g.Place(n, number)
	have, elsewhere := parts(n, to), map[int]string{}
	for _, other := range others {
		for part, cells := range parts(n, other) {
			if m, _ := markOf(cells[0]); m.of == len(n.Sections) {
				elsewhere[part] = other.Name
			}
		}
	}
	var differ []int
	for i := range all {
		p := &all[i]
		if p.Item != "" {
			continue
		}
		cells := have[p.Section.Part]
		delete(have, p.Section.Part)
		switch {
		case slices.ContainsFunc(cells, func(c *notebook.Cell) bool { return holds(c, n, p.Section) }):
			p.There = to.Name
		case cells == nil && elsewhere[p.Section.Part] != "":
			p.There = elsewhere[p.Section.Part]
		default:
			differ = append(differ, p.Section.Part)
		}
	}
	there := Names(to.Notebook)
	if !slices.Contains(there, n.Name) {
		return all, insert(to.Notebook, n, all), nil
	}
	for part, cells := range have {
		// A section of another item may have been moved here as it is.
		if part > len(n.Sections) || !slices.ContainsFunc(cells, func(c *notebook.Cell) bool { return holds(c, n, n.Sections[part-1]) }) {
			differ = append(differ, part)
		}
	}
	if len(differ) > 0 {
		slices.Sort(differ)
		return nil, false, &DifferentError{n.Name, differ}
	}
	return all, false, nil
}

// parts gives the cells of each section that a copy has of the note.
func parts(n *Note, c Copy) map[int][]*notebook.Cell {
	all := map[int][]*notebook.Cell{}
	for _, cell := range c.Notebook.Cells {
		if m, ok := markOf(cell); ok && m.note == n.Name {
			all[m.part] = append(all[m.part], cell)
		}
	}
	return all
}

// holds tells whether the cell gives the section as it is in the note.
func holds(c *notebook.Cell, n *Note, s *Section) bool {
	m, _ := markOf(c)
	return m.part == s.Part && m.of == len(n.Sections) && m.frame == s.frame && c.Source == s.Text
}

// insert puts the sections that are not there yet into the notebook, and tells
// whether there were any.
func insert(nb *notebook.Notebook, n *Note, all []Placement) bool {
	beside := map[string][]*notebook.Cell{} // of the steps; of "" those at the end
	changed := false
	for i := range all {
		p := &all[i]
		if p.Item != "" || p.There != "" {
			continue
		}
		if p.Step != "" && !slices.ContainsFunc(nb.Cells, func(c *notebook.Cell) bool { return notebook.ParseID(c.ID).Step == p.Step }) {
			p.Why = "your copy has no cell of that step"
			p.Perhaps = []Step{{p.Step, p.Title}}
			p.Step, p.Title = "", ""
		}
		c := newCell(nb, n, p.Section)
		beside[p.Step] = append(beside[p.Step], c)
		changed = true
	}
	last := map[string]int{}
	for i, c := range nb.Cells {
		if step := notebook.ParseID(c.ID).Step; step != "" {
			last[step] = i
		}
	}
	var cells []*notebook.Cell
	step := "" // whose cells are to be put down before the next step begins
	for i, c := range nb.Cells {
		// The reader's own cells below a step stay directly below it.
		if step != "" && notebook.ParseID(c.ID).Step != "" {
			cells, step = append(cells, beside[step]...), ""
		}
		cells = append(cells, c)
		if s := notebook.ParseID(c.ID).Step; s != "" && last[s] == i {
			step = s
		}
	}
	if step != "" {
		cells = append(cells, beside[step]...)
	}
	nb.Cells = append(cells, beside[""]...)
	return changed
}
