package note

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"interleave/notebooks/nb/notebook"
)

// mark, in the metadata of a cell, tells which section of which note it holds.
type mark struct {
	note     string
	part, of int
	frame    frame
}

// markOf gives the mark of a cell, and whether it has one.
func markOf(c *notebook.Cell) (m mark, ok bool) {
	ours, _ := c.Metadata["interleave"].(map[string]any)
	if m.note, ok = ours["note"].(string); !ok || m.note == "" {
		return mark{}, false
	}
	m.part, m.of = number(ours["part"]), number(ours["of"])
	m.frame.end, _ = ours["end"].(string)
	m.frame.crlf, _ = ours["crlf"].(bool)
	m.frame.bom, _ = ours["bom"].(bool)
	return m, m.part > 0
}

func number(v any) int {
	n, _ := v.(json.Number)
	i, _ := strconv.Atoi(string(n))
	return i
}

func (m mark) metadata() map[string]any {
	ours := map[string]any{
		"note": m.note,
		"part": json.Number(strconv.Itoa(m.part)),
		"of":   json.Number(strconv.Itoa(m.of)),
		"end":  m.frame.end,
	}
	if m.frame.crlf {
		ours["crlf"] = true
	}
	if m.frame.bom {
		ours["bom"] = true
	}
	return map[string]any{"interleave": ours}
}

// newCell makes the cell of a section for the notebook.
func newCell(nb *notebook.Notebook, n *Note, s *Section) *notebook.Cell {
	m := mark{note: n.Name, part: s.Part, of: len(n.Sections), frame: s.frame}
	c := &notebook.Cell{Type: notebook.Markdown, Source: s.Text, Metadata: m.metadata()}
	if nb.Format[0] == 4 && nb.Format[1] < 5 {
		return c // such notebooks have no ids
	}
	sum := sha256.Sum256([]byte(n.Name))
	id := fmt.Sprintf("note-%s-%d", hex.EncodeToString(sum[:4]), s.Part)
	c.ID = id
	for i := 2; nb.Cell(c.ID) != nil; i++ {
		c.ID = fmt.Sprintf("%s-%d", id, i)
	}
	return c
}

// Names gives the notes of which the notebooks have sections.
func Names(nbs ...*notebook.Notebook) (names []string) {
	for _, nb := range nbs {
		for _, c := range nb.Cells {
			if m, ok := markOf(c); ok {
				names = append(names, m.note)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
