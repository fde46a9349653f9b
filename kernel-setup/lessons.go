package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/translation"
	"interleave/notebooks/nb/view"
)

// A shippedLesson is what the page knows of a notebook as the project made it, to tell
// what is the reader's own in a copy of it.
type shippedLesson struct {
	// Sources are the cells' sources by their ids.
	Sources map[string]string `json:"sources"`
	// Solutions are the sources of what a solution has otherwise, by the cells' ids.
	Solutions map[string]string `json:"solutions,omitempty"`
	// Outputs are digests of what the cells show, to know what the reader has not run.
	Outputs map[string]uint32 `json:"outputs"`
	// Translations tell for each further language how much of the prose is translated,
	// of 1. The prose itself is in a file of its own.
	Translations map[string]float64 `json:"translations,omitempty"`
}

// lessonFiles returns what the page reads of the notebooks, by the files' paths in the
// extension's folder: lessons/54-lock.json, and the prose in a third language as
// lessons/54-lock.ja.json, by the ids of the cells that it stands for.
func (l lab) lessonFiles() (map[string][]byte, error) {
	notebooks := l.source("notebooks")
	languages, err := view.Translations(notebooks)
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(notebooks, "*.ipynb"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	add := func(name string, content any) error {
		data, err := json.Marshal(content)
		files["static/lessons/"+name+".json"] = data
		return err
	}
	var names []string
	for _, path := range paths {
		nb, err := notebook.ReadFile(path)
		if err != nil {
			continue // nb check tells of it, and the lab is none the worse
		}
		name := strings.TrimSuffix(filepath.Base(path), ".ipynb")
		lesson := shippedLesson{Sources: sources(nb), Outputs: outputs(nb), Translations: map[string]float64{}}
		solved, err := notebook.ReadFile(filepath.Join(notebooks, "solutions", filepath.Base(path)))
		switch {
		case err == nil:
			lesson.Solutions = sources(solved)
			maps.DeleteFunc(lesson.Solutions, func(id, source string) bool { return source == lesson.Sources[id] })
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
		for _, language := range languages {
			catalog, err := view.ReadCatalog(filepath.Join(view.Catalogs(notebooks), name+"."+language+".po"))
			if errors.Is(err, fs.ErrNotExist) {
				catalog = translation.New(language, "en")
			} else if err != nil {
				return nil, err
			}
			lesson.Translations[language] = share(name, nb, catalog)
			if err := add(name+"."+language, translated(name, nb, language, catalog)); err != nil {
				return nil, fmt.Errorf("prepare %s in %s for the page: %w", name, language, err)
			}
		}
		if err := add(name, lesson); err != nil {
			return nil, fmt.Errorf("prepare %s for the page: %w", name, err)
		}
		names = append(names, name)
	}
	// A browser complains of a file that it asks for and that is not there.
	return files, add("index", names)
}

func sources(nb *notebook.Notebook) map[string]string {
	all := map[string]string{}
	for _, c := range nb.Cells {
		if !notebook.ParseID(c.ID).Own() {
			all[c.ID] = c.Source
		}
	}
	return all
}

// outputs returns for each cell that shows something a digest of its texts, FNV-1a of
// their UTF-16, which a page can reckon quickly: see src/hash.ts.
func outputs(nb *notebook.Notebook) map[string]uint32 {
	all := map[string]uint32{}
	for _, c := range nb.Cells {
		if len(c.Outputs) == 0 {
			continue
		}
		h := uint32(0x811c9dc5)
		for _, unit := range utf16.Encode([]rune(shown(c))) {
			h = (h ^ uint32(unit)) * 0x01000193
		}
		all[c.ID] = h
	}
	return all
}

// shown returns what a cell's outputs say as text.
func shown(c *notebook.Cell) string {
	var all strings.Builder
	for _, o := range c.Outputs {
		data, _ := o["data"].(map[string]any)
		for _, text := range []any{o["text"], data["text/plain"]} {
			switch text := text.(type) { // one string, or a list of lines
			case string:
				all.WriteString(text)
			case []any:
				fmt.Fprint(&all, text...)
			}
		}
	}
	return all.String()
}

// translated returns a notebook's prose in a language, by the ids of the English cells.
func translated(name string, nb *notebook.Notebook, language string, catalog *po.File) map[string]string {
	t := translation.NewTranslator(name, nb, map[string]*po.File{language: catalog})
	prose := map[string]string{}
	for _, c := range nb.Cells {
		if id := notebook.ParseID(c.ID); id.Role == "en" {
			if cell := t.Cell(nb, id, language); cell != nil {
				prose[c.ID] = cell.Source
			}
		}
	}
	return prose
}

// share returns how much of a notebook's prose a catalog has a translation of.
func share(name string, nb *notebook.Notebook, catalog *po.File) float64 {
	slots, _ := translation.Slots(name, nb) // what is left out needs no translation
	messages := translation.Messages(slots, translation.From(catalog))
	done := 0
	for _, e := range translation.Merge(catalog, messages).Entries {
		if e.ID != "" && !e.Obsolete && translation.StateOf(e) == translation.Translated {
			done++
		}
	}
	return float64(done) / float64(max(1, len(messages)))
}
