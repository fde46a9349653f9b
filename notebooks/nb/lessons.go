package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/translation"
	"interleave/notebooks/nb/view"
)

// A lesson is a notebook that is translated, with its solutions if it has any: both
// share one PO file for each language.
type lesson struct {
	name  string // 54-lock
	parts []part
}

// A part is one notebook of a lesson.
type part struct {
	file
	name  string // 54-lock or solutions/54-lock
	data  []byte
	nb    *notebook.Notebook
	slots []translation.Slot
}

// lessons reads the notebooks that the names mean, in their order.
func (p project) lessons(names []string) (all []*lesson, err error) {
	files, err := p.files(names)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		data, err := os.ReadFile(f.path)
		if err != nil {
			return nil, fmt.Errorf("reading notebook: %w", err)
		}
		nb, err := notebook.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("reading notebook %s: %w", f.path, err)
		}
		name := strings.TrimSuffix(filepath.Base(f.path), ".ipynb")
		l := &lesson{name: name}
		if i := slices.IndexFunc(all, func(l *lesson) bool { return l.name == name }); i >= 0 {
			l = all[i]
		} else {
			all = append(all, l)
		}
		if filepath.Base(filepath.Dir(f.path)) == "solutions" {
			name = "solutions/" + name
		}
		if slices.ContainsFunc(l.parts, func(p part) bool { return p.name == name }) {
			return nil, fmt.Errorf("reading notebook %s: another notebook %s was named too; translate one at a time", f.path, name)
		}
		l.parts = append(l.parts, part{file: f, name: name, data: data, nb: nb})
	}
	return all, nil
}

// split finds the blocks of all parts.
func (l *lesson) split() error {
	for i := range l.parts {
		p := &l.parts[i]
		slots, err := translation.Slots(p.name, p.nb)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		p.slots = slots
	}
	return nil
}

func (l *lesson) slots() (all []translation.Slot) {
	for _, p := range l.parts {
		all = append(all, p.slots...)
	}
	return all
}

// catalogs is the folder of the translations.
func (p project) catalogs() string { return view.Catalogs(p.notebooks()) }

func (p project) catalog(name, language string) string {
	return filepath.Join(p.catalogs(), name+"."+language+".po")
}

// readCatalog gives the PO file of that name, or nil if there is none.
func (p project) readCatalog(name, language string) (*po.File, error) {
	f, err := view.ReadCatalog(p.catalog(name, language))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// writeAll puts files into their places, once all of them are known to be right. Those
// that are there already as they should be are not touched.
func writeAll(files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if old, err := os.ReadFile(name); err == nil && string(old) == string(files[name]) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		if err := notebook.WriteFile(name, files[name]); err != nil {
			return err
		}
	}
	return nil
}

// checkLanguage tells what is wrong with the languages given to a command.
func checkLanguage(language, from string) error {
	switch {
	case language == "":
		return errors.New("no language given; name it with --lang, as in --lang ja")
	case !notebook.IsLanguage(language):
		return fmt.Errorf("--lang %s: not a language; give a code such as ja or pt_BR", language)
	case from != "" && from != "ko" && from != "en":
		return fmt.Errorf("--from %s: notebooks are written in ko and en; give one of them", from)
	case language == from:
		return fmt.Errorf("--lang %s --from %s: a language is not translated from itself; leave out --from", language, from)
	}
	return nil
}

// source gives the language to translate from: what the reader said, or the other of
// the two originals, or what the translation so far has, or English.
func source(language, from string, kept *po.File) string {
	switch {
	case from != "":
		return from
	case language == "en":
		return "ko"
	case kept != nil:
		return translation.From(kept)
	}
	return "en"
}
