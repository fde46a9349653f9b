package translation

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
)

// Import gives the file that results when a translator's file is taken into the one
// that is kept. A translation in the new file replaces the older one; where it has
// none, the older one stays. Each changed translation of text that is still the same
// is checked. The error has all faults, and then there is no result.
func Import(kept, file *po.File, slots []Slot) (*po.File, error) {
	from := From(file)
	current := current(slots, from)
	return merge(Convert(kept, slots, from), file, Messages(slots, from), func(e *po.Entry) error {
		return current[key(e.Source)].check(from, from, e.Str[0])
	})
}

// merge is Import for any messages, of which each changed translation is checked.
func merge(kept, file *po.File, messages []Message, check func(*po.Entry) error) (*po.File, error) {
	asked := map[[2]string]bool{}
	for _, m := range messages {
		asked[key(m.Source)] = true
	}
	place := map[[2]string]int{} // in the result
	result := &po.File{Entries: slices.Clone(kept.Entries), Trailing: kept.Trailing}
	for i, e := range result.Entries {
		if at, ok := place[key(e.Source)]; !ok || result.Entries[at].Obsolete {
			place[key(e.Source)] = i
		}
	}
	var faults []error
	for _, e := range file.Entries {
		if e.Obsolete {
			continue
		}
		at, known := place[key(e.Source)]
		if known {
			old := result.Entries[at]
			if StateOf(e) == Missing && StateOf(old) != Missing {
				continue // nothing is no better than what was
			}
			result.Entries[at] = e
			if old.Translated() && !old.Obsolete && slices.Equal(old.Str, e.Str) {
				continue
			}
		} else {
			result.Entries = append(result.Entries, e)
		}
		if asked[key(e.Source)] && e.Translated() {
			if err := check(e); err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", where(e), err))
			}
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return Merge(result, messages), nil
}

// current gives the blocks by their messages.
func current(slots []Slot, from string) map[[2]string]Slot {
	all := make(map[[2]string]Slot, len(slots))
	for _, s := range slots {
		if s.words() {
			all[[2]string{s.Context(from), s.Text(from)}] = s
		}
	}
	return all
}

// Original gives a file in which one of the two languages of the notebooks is the
// translation of the other.
func Original(slots []Slot, language, from string) *po.File {
	f := Merge(New(language, from), Messages(slots, from))
	of := index(f)
	for message, s := range current(slots, from) {
		of[message].Str = []string{s.Text(language)}
	}
	return f
}

// Edit changes the prose of one of the two languages of a notebook to what a file
// has for it as translation of the other, and gives the ids of the cells that it
// changed. Fuzzy and missing translations change nothing. The error has all faults,
// and then the notebook is as it was.
func Edit(nb *notebook.Notebook, slots []Slot, language string, entries []*po.Entry, from string) (ids []string, err error) {
	current := current(slots, from)
	texts := map[string]map[int]string{} // by cell and block
	docs := map[string]Slot{}
	for _, e := range entries {
		s, ok := current[key(e.Source)]
		switch {
		case !ok:
			err = errors.Join(err, fmt.Errorf("%s: the notebook has no such text; it was changed since the export, so export again and take your translations over with msgmerge or Poedit", where(e)))
			continue
		case !e.Translated() || e.Str[0] == s.Text(language):
			continue
		}
		if fault := s.check(language, from, e.Str[0]); fault != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", where(e), fault))
			continue
		}
		id := s.Cell(language)
		if texts[id] == nil {
			ids = append(ids, id)
			texts[id], docs[id] = map[int]string{}, s
		}
		texts[id][s.block] = e.Str[0]
	}
	sources := map[string]string{}
	for _, id := range ids {
		d := docs[id].cell[language]
		source, fault := d.With(with(d, texts[id]))
		if fault != nil {
			err = errors.Join(err, fmt.Errorf("cell %s: %w", id, fault))
		}
		sources[id] = source
	}
	if err != nil {
		return nil, err
	}
	for id, source := range sources {
		nb.Cell(id).Source = source
	}
	return ids, nil
}

// ImportLabels is Import for the labels of charts and tables. A label has to keep the
// verbs of its formats.
func ImportLabels(kept, file *po.File, messages []Message) (*po.File, error) {
	return merge(kept, file, messages, func(e *po.Entry) error {
		for _, text := range e.Str {
			have, want := verbs(text), verbs(e.ID)
			if !slices.Equal(have, want) && (e.Plural == "" || !slices.Equal(have, verbs(e.Plural))) {
				return fmt.Errorf("the translation %q has the formats %q, not %q; keep them, and number them, as in %%[2]s, to change their order", text, have, want)
			}
		}
		return nil
	})
}

var verb = regexp.MustCompile(`%[-+# 0]*(?:\[(\d+)\])?[\d.*]*(?:\[(\d+)\])?([a-zA-Z%])`)

// verbs gives the formats in a text with the numbers of their arguments, sorted.
func verbs(text string) (all []string) {
	next := 1
	for _, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[3] == "%" {
			continue
		}
		if n, err := strconv.Atoi(m[1] + m[2]); err == nil {
			next = n
		}
		all = append(all, fmt.Sprintf("%%[%d]%s", next, m[3]))
		next++
	}
	slices.Sort(all)
	return slices.Compact(all)
}
