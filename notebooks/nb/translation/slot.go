// Package translation turns the prose of notebooks into messages of gettext PO files,
// and translations from there into cells.
package translation

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/prose"
)

// A Slot is a block of prose in both of the languages in which notebooks are written.
type Slot struct {
	Lesson string // the notebook's name, such as 54-lock or solutions/54-lock
	Kind   prose.Kind
	id     notebook.StepID
	block  int // in its cell
	text   map[string]string
	again  map[string]int // how many blocks of the cell above it have the same text
	cell   map[string]*prose.Document
}

// Text gives the block in one of the two languages, "ko" or "en".
func (s Slot) Text(language string) string { return s.text[language] }

// Cell gives the id of its cell in a language.
func (s Slot) Cell(language string) string { return s.id.In(language) }

// Context gives the context of its message when it is translated from a language:
// notebook, step and cell, with a number where a cell has the same text again.
func (s Slot) Context(from string) string {
	c := s.Lesson + "/" + s.id.Step + "/" + s.id.In(from)
	if n := s.again[from]; n > 0 {
		c += "#" + strconv.Itoa(n+1)
	}
	return c
}

var number = regexp.MustCompile(`#\d+$`)

// cellOf gives the part of a message's context that names its cell.
func cellOf(context string) string { return number.ReplaceAllString(context, "") }

// LessonOf gives the part of a message's context that names its notebook, or "".
func LessonOf(context string) string {
	if i := strings.LastIndexByte(context, '/'); i >= 0 {
		if i = strings.LastIndexByte(context[:i], '/'); i >= 0 {
			return context[:i]
		}
	}
	return ""
}

// words tells whether there is something to translate.
func (s Slot) words() bool {
	return s.text["ko"] != s.text["en"] || prose.HasWords(s.text["en"])
}

// Slots gives what is to be translated in a notebook, in its order. A cell whose
// Korean and English have not the same blocks is left out, and is in the error.
func Slots(lesson string, nb *notebook.Notebook) (slots []Slot, err error) {
	for _, c := range nb.Cells {
		id := notebook.ParseID(c.ID)
		if id.Role != "en" || c.Type != notebook.Markdown {
			continue
		}
		ko := nb.Cell(id.In("ko"))
		if ko == nil || ko.Type != notebook.Markdown {
			err = errors.Join(err, fmt.Errorf("cell %s has no Korean beside it; add cell %s", c.ID, id.In("ko")))
			continue
		}
		cell := map[string]*prose.Document{"en": prose.Split(c.Source), "ko": prose.Split(ko.Source)}
		if fault := differ(cell["ko"].Blocks, cell["en"].Blocks); fault != "" {
			err = errors.Join(err, fmt.Errorf("cell %s: %s; make both languages alike", id.In("ko"), fault))
			continue
		}
		seen := map[[2]string]int{}
		for i, b := range cell["en"].Blocks {
			s := Slot{Lesson: lesson, Kind: b.Kind, id: id, block: i, text: map[string]string{}, again: map[string]int{}, cell: cell}
			for language, d := range cell {
				key := [2]string{language, d.Blocks[i].Text}
				s.text[language], s.again[language] = d.Blocks[i].Text, seen[key]
				seen[key]++
			}
			slots = append(slots, s)
		}
	}
	return slots, err
}

// check tells what is wrong with a text in the place of the block, in the cell of one
// language, when it translates the block from another.
func (s Slot) check(in, from, text string) error {
	if fault := prose.Find(text).Differs(prose.Find(s.text[from])); fault != "" {
		return fmt.Errorf("the translation %s", fault)
	}
	_, err := s.cell[in].With(with(s.cell[in], map[int]string{s.block: text}))
	return err
}

// with gives the texts of a document, some of them changed.
func with(d *prose.Document, changed map[int]string) []string {
	texts := make([]string, len(d.Blocks))
	for i, b := range d.Blocks {
		texts[i] = b.Text
		if text, ok := changed[i]; ok {
			texts[i] = text
		}
	}
	return texts
}

// differ tells in what the blocks of the two languages differ, or "".
func differ(ko, en []prose.Block) string {
	for i := range max(len(ko), len(en)) {
		switch {
		case i >= len(ko):
			return fmt.Sprintf("its English has the %s %q, and the Korean nothing for it", en[i].Kind, en[i].Text)
		case i >= len(en):
			return fmt.Sprintf("it has the %s %q, and the English nothing for it", ko[i].Kind, ko[i].Text)
		case ko[i].Kind != en[i].Kind:
			return fmt.Sprintf("%q is a %s, and in English %q is a %s", ko[i].Text, ko[i].Kind, en[i].Text, en[i].Kind)
		}
	}
	return ""
}
