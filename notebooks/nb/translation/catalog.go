package translation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/agext/levenshtein"

	"interleave/helpers/lang/po"
)

// A Message is what a PO file should ask a translator for.
type Message struct {
	po.Source
	Notes []string // what the translator should know, in lines
}

// Messages gives the messages of the blocks when they are translated from a
// language, "ko" or "en". The other of the two stands in the notes.
func Messages(slots []Slot, from string) (all []Message) {
	other := map[string]string{"en": "ko", "ko": "en"}[from]
	for _, s := range slots {
		if !s.words() {
			continue
		}
		notes := []string{string(s.Kind)}
		for i, line := range strings.FieldsFunc(s.Text(other), func(r rune) bool { return r == '\n' || r == '\r' }) {
			if i == 0 {
				line = other + ": " + line
			}
			notes = append(notes, line)
		}
		all = append(all, Message{po.Source{Context: s.Context(from), ID: s.Text(from)}, notes})
	}
	return all
}

const sourceLanguage = "X-Source-Language"

// From tells from which language the file translates.
func From(f *po.File) string {
	if f.Header(sourceLanguage) == "ko" {
		return "ko"
	}
	return "en"
}

// New gives a file without messages.
func New(language, from string) *po.File {
	f := new(po.File)
	for _, field := range [][2]string{
		{"Project-Id-Version", "interleave"},
		{"PO-Revision-Date", time.Now().Format("2006-01-02 15:04-0700")},
		{"Last-Translator", "Automatically generated"}, // gettext's own words for nobody
		{"Language-Team", "none"},
		{"Language", language},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=UTF-8"},
		{"Content-Transfer-Encoding", "8bit"},
		{"Plural-Forms", pluralForms(language)},
		{sourceLanguage, from},
	} {
		f.SetHeader(field[0], field[1])
	}
	return f
}

// pluralForms gives the rule of languages that do not tell numbers apart, or the most
// common rule, which a translator mends where their language has another.
func pluralForms(language string) string {
	switch language, _, _ = strings.Cut(language, "_"); language {
	case "id", "ja", "ko", "ms", "th", "vi", "zh":
		return "nplurals=1; plural=0;"
	}
	return "nplurals=2; plural=(n != 1);"
}

// Merge gives a file with just these messages, and the translations that an older
// file has for them. A message that is much like one that is gone from the same cell,
// the only new one in the place of the only one gone, or word for word one that is gone
// from anywhere, gets that one's translation, marked as fuzzy. Other translations of
// what is gone are kept as obsolete.
func Merge(old *po.File, messages []Message) *po.File {
	have := index(old)
	used := map[*po.Entry]bool{}
	f := &po.File{Trailing: old.Trailing}
	if header := old.Entry("", ""); header != nil {
		f.Entries = append(f.Entries, header)
		used[header] = true
	}
	entries := make([]*po.Entry, len(messages))
	for i, m := range messages {
		e := have[key(m.Source)]
		if e == nil || used[e] {
			continue
		}
		used[e] = true
		kept := *e
		kept.Obsolete, kept.Extracted = false, m.Notes
		if kept.Source != m.Source { // the forms for other numbers have changed
			kept.Previous, kept.Source = e.Source, m.Source
			kept.SetFuzzy(true)
		}
		entries[i] = &kept
	}
	gone := slices.DeleteFunc(slices.Clone(old.Entries), func(e *po.Entry) bool {
		return used[e] || !slices.ContainsFunc(e.Str, func(s string) bool { return s != "" })
	})
	var missing []*po.Entry
	for i, m := range messages {
		if entries[i] == nil {
			entries[i] = &po.Entry{Source: m.Source, Extracted: m.Notes, Str: []string{""}}
			if e := nearest(gone, used, m.Source); e != nil {
				used[e] = true
				adopt(entries[i], e)
			} else {
				missing = append(missing, entries[i])
			}
		}
	}
	// Where a cell lost one text and got another, the one took the other's place.
	for _, e := range missing {
		of := func(all []*po.Entry) []*po.Entry {
			return slices.DeleteFunc(slices.Clone(all), func(other *po.Entry) bool {
				return used[other] || other.Context == "" || cellOf(other.Context) != cellOf(e.Context)
			})
		}
		if lost := of(gone); len(lost) == 1 && len(of(missing)) == 1 && !lost[0].Obsolete {
			used[lost[0]] = true
			adopt(e, lost[0])
		}
	}
	f.Entries = append(f.Entries, entries...)
	for _, e := range gone {
		if !used[e] {
			kept := *e
			kept.Obsolete, kept.Extracted = true, nil
			f.Entries = append(f.Entries, &kept)
		}
	}
	return f
}

// adopt gives a new entry the translation of another, which a person has to look at.
func adopt(e, from *po.Entry) {
	e.Comments, e.Flags, e.Str, e.Previous = from.Comments, slices.Clone(from.Flags), from.Str, from.Source
	e.SetFuzzy(true)
}

// key is what makes a message one: gettext does not count the plural.
func key(s po.Source) [2]string { return [2]string{s.Context, s.ID} }

// index gives the entries by their messages, those in use before obsolete ones.
func index(f *po.File) map[[2]string]*po.Entry {
	all := make(map[[2]string]*po.Entry, len(f.Entries))
	for _, e := range f.Entries {
		if was := all[key(e.Source)]; was == nil || was.Obsolete && !e.Obsolete {
			all[key(e.Source)] = e
		}
	}
	return all
}

// nearest gives the entry that is most like the message, or nil.
func nearest(gone []*po.Entry, used map[*po.Entry]bool, m po.Source) *po.Entry {
	var best *po.Entry
	score := like
	for _, e := range gone {
		if used[e] || (e.Plural == "") != (m.Plural == "") {
			continue
		}
		s := 0.0
		switch {
		case e.ID == m.ID:
			s = 1
		case cellOf(e.Context) == cellOf(m.Context) && len(e.ID) < most && len(m.ID) < most:
			s = levenshtein.Similarity(e.ID, m.ID, nil)
		}
		if s >= score && (best == nil || s > score) {
			best, score = e, s
		}
	}
	return best
}

// The least likeness of texts, of 1, of which one may be a change of the other, as
// gettext's own tools have it, and the size in bytes above which texts are not compared.
const (
	like = 0.6
	most = 8 << 10
)

// Convert gives the file as one that translates from another of the two languages.
// What was fuzzy stays so, but the text that it once translated is lost.
func Convert(f *po.File, slots []Slot, from string) *po.File {
	was := From(f)
	if was == from {
		return f
	}
	sources := map[[2]string]po.Source{}
	for _, s := range slots {
		sources[[2]string{s.Context(was), s.Text(was)}] = po.Source{Context: s.Context(from), ID: s.Text(from)}
	}
	converted := &po.File{Trailing: f.Trailing}
	for _, e := range f.Entries {
		kept := *e
		if source, ok := sources[key(e.Source)]; ok && !e.Obsolete {
			kept.Source, kept.Previous = source, po.Source{}
		}
		converted.Entries = append(converted.Entries, &kept)
	}
	converted.SetHeader(sourceLanguage, from)
	return converted
}

// A State tells how far a message is translated.
type State int

// The states of a message.
const (
	Missing State = iota
	Fuzzy
	Translated
)

// StateOf gives the state of a message by its entry, which may be nil.
func StateOf(e *po.Entry) State {
	switch {
	case e == nil || !slices.ContainsFunc(e.Str, func(s string) bool { return s != "" }):
		return Missing
	case !e.Translated():
		return Fuzzy
	}
	return Translated
}

// where names an entry for people.
func where(e *po.Entry) string {
	return fmt.Sprintf("line %d, %s", e.Line, cmp.Or(e.Context, fmt.Sprintf("%q", e.ID)))
}
