package translation

import (
	"fmt"
	"slices"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/prose"
)

// A Translator gives the cells of one notebook in other languages.
type Translator struct {
	slots    map[string][]Slot // by the ids of their cells without a language
	catalogs map[string]catalog
}

type catalog struct {
	from    string
	entries map[[2]string]*po.Entry
}

// NewTranslator reads a notebook for translation with a PO file for each language. A
// file need not know all of the notebook, nor be merged with it.
func NewTranslator(lesson string, nb *notebook.Notebook, files map[string]*po.File) *Translator {
	t := &Translator{slots: map[string][]Slot{}, catalogs: map[string]catalog{}}
	slots, _ := Slots(lesson, nb) // what is left out is shown as it is
	for _, s := range slots {
		t.slots[s.id.In("")] = append(t.slots[s.id.In("")], s)
	}
	for language, f := range files {
		from := From(f)
		t.catalogs[language] = catalog{from, index(Merge(f, Messages(slots, from)))}
	}
	return t
}

// Cell gives the prose cell in a language, or nil if the notebook does not have it.
// What is not translated is in the language that it would be translated from, and
// says so.
func (t *Translator) Cell(nb *notebook.Notebook, id notebook.StepID, language string) *notebook.Cell {
	c := t.catalogs[language]
	original := nb.Cell(id.In(c.from))
	if c.from == "" || original == nil {
		return nil
	}
	cell := *original
	cell.ID = id.In(language)
	cell.Source = c.translate(original.Source, t.slots[id.In("")])
	return &cell
}

func (c catalog) translate(source string, slots []Slot) string {
	d := prose.Split(source)
	marked := make([]string, len(d.Blocks))
	for i, b := range d.Blocks {
		marked[i] = b.Text
		if prose.HasWords(b.Text) {
			marked[i] = Mark(c.from, Missing) + b.Text
		}
	}
	texts := slices.Clone(marked)
	for _, s := range slots {
		e := c.entries[[2]string{s.Context(c.from), s.Text(c.from)}]
		switch state := StateOf(e); {
		case !s.words() || state == Missing:
		// A file that was changed by hand may hold anything.
		case state == Translated && s.check(c.from, c.from, e.Str[0]) == nil:
			texts[s.block] = e.Str[0]
		default:
			texts[s.block] = Mark(c.from, Fuzzy) + s.Text(c.from)
		}
	}
	for _, try := range [][]string{texts, marked} {
		if s, err := d.With(try); err == nil {
			return s
		}
	}
	return source
}

// Mark stands before a text that is shown in the language of the source for want of
// a translation.
func Mark(from string, state State) string {
	if state == Fuzzy {
		return fmt.Sprintf("⟨%s · fuzzy⟩ ", from)
	}
	return fmt.Sprintf("⟨%s⟩ ", from)
}
