package note

import (
	"cmp"
	"slices"
	"strings"

	"interleave/notebooks/nb/notebook"
)

// An Exported is what notebooks hold of a note.
type Exported struct {
	Text    string
	Missing []int // the numbers of the sections that are in none of the notebooks
	Of      int   // how many sections the note had
}

// exported is a section as a notebook holds it.
type exported struct {
	mark mark
	text string
	own  []string // the reader's own cells below, such as a translation
}

// Export gives the note of that name back from notebooks, in the note's own order,
// whatever the order of the cells. The reader's own Markdown cells directly below a
// section follow it, with a blank line between.
func Export(name string, nbs ...*notebook.Notebook) Exported {
	var all []*exported
	for _, nb := range nbs {
		all = append(all, collect(name, nb)...)
	}
	slices.SortStableFunc(all, func(a, b *exported) int { return cmp.Compare(a.mark.part, b.mark.part) })
	all = withoutCopies(all)

	var e Exported
	var b strings.Builder
	for i, s := range all {
		end := s.mark.frame.end
		f := s.mark.frame
		f.bom = f.bom && i == 0
		f.end = ""
		newline := "\n"
		if f.crlf {
			newline = "\r\n"
		}
		b.WriteString(f.put(s.text))
		f.bom = false
		for _, own := range s.own {
			b.WriteString(newline + newline + f.put(own))
		}
		// What follows must not become part of it.
		last := i+1 == len(all)
		again := !last && all[i+1].mark.part == s.mark.part
		for !last && (strings.Count(end, "\n") == 0 || (len(s.own) > 0 || again) && strings.Count(end, "\n") < 2) {
			end += newline
		}
		b.WriteString(end)
		e.Of = max(e.Of, s.mark.of)
	}
	e.Text = b.String()
	for part := 1; part <= min(e.Of, 1<<16); part++ { // a foreign number may be any
		if !slices.ContainsFunc(all, func(s *exported) bool { return s.mark.part == part }) {
			e.Missing = append(e.Missing, part)
		}
	}
	return e
}

// collect finds the sections of the note in one notebook.
func collect(name string, nb *notebook.Notebook) (all []*exported) {
	var above *exported // the section that own cells follow
	for _, c := range nb.Cells {
		switch m, marked := markOf(c); {
		case marked && m.note == name:
			above = &exported{mark: m, text: c.Source}
			all = append(all, above)
		case marked || notebook.ParseID(c.ID).Step != "" || c.Type != notebook.Markdown:
			above = nil
		case above != nil && strings.TrimSpace(c.Source) != "":
			above.own = append(above.own, strings.Trim(c.Source, "\r\n"))
		}
	}
	return all
}

// withoutCopies leaves out what is the same as another: a copied cell keeps its mark.
func withoutCopies(all []*exported) (once []*exported) {
	for _, s := range all {
		i := slices.IndexFunc(once, func(o *exported) bool {
			return o.mark.part == s.mark.part && o.text == s.text
		})
		if i < 0 {
			once = append(once, s)
		} else {
			once[i].own = append(once[i].own, s.own...)
		}
	}
	return once
}
