// Package po reads and writes gettext PO files, and keeps all that a translator
// wrote into one: comments, fuzzy entries with the text that they once translated,
// and obsolete entries. The Go libraries that read PO files drop the last two.
//
// The format is described in the [gettext manual].
//
// [gettext manual]: https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html
package po

import (
	"fmt"
	"slices"
	"strings"
)

// A File is a PO file.
type File struct {
	Entries  []*Entry // in the order of the file; the header is the one whose ID is ""
	Trailing []string // comment lines after the last entry, with their "#"
}

// An Entry is one message.
type Entry struct {
	Comments   []string // what translators noted, a line each
	Extracted  []string // what the program that made the file tells translators
	References []string // where the message is used, a line each
	Flags      []string // such as "fuzzy"
	Previous   Source   // what a fuzzy entry translated
	Source
	Str      []string // the translation, or one for each plural form
	Obsolete bool     // the message is used no longer
	Line     int      // from 1, where the entry begins; 0 in a new one
}

// A Source is what an entry translates.
type Source struct {
	Context string // where the message is used, as part of its key; "" if it says nothing
	ID      string // the text
	Plural  string // the text for other numbers than one; "" if it depends on no number
}

const fuzzy = "fuzzy"

// Fuzzy tells whether a person has to look at the translation again.
func (e *Entry) Fuzzy() bool { return slices.Contains(e.Flags, fuzzy) }

// SetFuzzy marks the entry as fuzzy, or takes the mark and the previous source away.
func (e *Entry) SetFuzzy(yes bool) {
	e.Flags = slices.DeleteFunc(e.Flags, func(f string) bool { return f == fuzzy })
	if yes {
		e.Flags = append([]string{fuzzy}, e.Flags...)
	} else {
		e.Previous = Source{}
	}
}

// Translated tells whether each form of the message has a translation that is not fuzzy.
func (e *Entry) Translated() bool {
	return !e.Fuzzy() && len(e.Str) > 0 && !slices.Contains(e.Str, "")
}

// Entry gives the entry for the message, or nil. Obsolete ones do not count.
func (f *File) Entry(context, id string) *Entry {
	for _, e := range f.Entries {
		if !e.Obsolete && e.Context == context && e.ID == id {
			return e
		}
	}
	return nil
}

// Header gives the value of a field of the header, such as "Language", or "".
func (f *File) Header(field string) string {
	h := f.Entry("", "")
	if h == nil {
		return ""
	}
	for line := range strings.Lines(strings.Join(h.Str, "")) {
		name, value, _ := strings.Cut(line, ":")
		if strings.EqualFold(strings.TrimSpace(name), field) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// SetHeader sets a field of the header, and makes the header if there is none.
func (f *File) SetHeader(field, value string) {
	h := f.Entry("", "")
	if h == nil {
		h = new(Entry)
		f.Entries = append([]*Entry{h}, f.Entries...)
	}
	var b strings.Builder
	done := false
	for line := range strings.Lines(strings.Join(h.Str, "")) {
		if name, _, _ := strings.Cut(line, ":"); strings.EqualFold(strings.TrimSpace(name), field) {
			if done {
				continue
			}
			line, done = field+": "+value, true
		}
		b.WriteString(strings.TrimSuffix(line, "\n") + "\n")
	}
	if !done {
		b.WriteString(field + ": " + value + "\n")
	}
	h.Str = []string{b.String()}
}

// Marshal gives the text of the file. A text of several lines stands in as many
// lines, whatever their length.
func (f *File) Marshal() []byte {
	var b strings.Builder
	for i, e := range f.Entries {
		if i > 0 {
			b.WriteByte('\n')
		}
		e.write(&b)
	}
	if len(f.Trailing) > 0 && len(f.Entries) > 0 {
		b.WriteByte('\n')
	}
	for _, line := range f.Trailing {
		b.WriteString(line + "\n")
	}
	return []byte(b.String())
}

func (e *Entry) write(b *strings.Builder) {
	comment := func(mark string, lines []string) {
		for _, line := range lines {
			b.WriteString(strings.TrimRight(mark+" "+line, " ") + "\n")
		}
	}
	comment("#", e.Comments)
	comment("#.", e.Extracted)
	comment("#:", e.References)
	if len(e.Flags) > 0 {
		comment("#,", []string{strings.Join(e.Flags, ", ")})
	}
	mark, was := "", "#| "
	if e.Obsolete {
		mark, was = "#~ ", "#~| "
	}
	e.Previous.write(b, was, e.Previous != Source{})
	e.Source.write(b, mark, true)
	switch {
	case e.Plural == "" && len(e.Str) < 2:
		quote(b, mark, "msgstr", strings.Join(e.Str, ""))
	default:
		for i := range max(len(e.Str), 1) {
			text := ""
			if i < len(e.Str) {
				text = e.Str[i]
			}
			quote(b, mark, fmt.Sprintf("msgstr[%d]", i), text)
		}
	}
}

func (s Source) write(b *strings.Builder, mark string, id bool) {
	if s.Context != "" {
		quote(b, mark, "msgctxt", s.Context)
	}
	if id {
		quote(b, mark, "msgid", s.ID)
	}
	if s.Plural != "" {
		quote(b, mark, "msgid_plural", s.Plural)
	}
}

func quote(b *strings.Builder, mark, keyword, text string) {
	b.WriteString(mark + keyword + " ")
	if n := strings.IndexByte(text, '\n'); n >= 0 && n+1 < len(text) {
		b.WriteString("\"\"\n" + mark)
	}
	first := true
	for line := range strings.Lines(text) {
		if !first {
			b.WriteString("\n" + mark)
		}
		first = false
		b.WriteString(`"` + escapes.Replace(line) + `"`)
	}
	if first {
		b.WriteString(`""`)
	}
	b.WriteByte('\n')
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`,
	"\a", `\a`, "\b", `\b`, "\f", `\f`, "\v", `\v`)
