package view

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/translation"
)

// Catalogs gives the folder of the translations of the notebooks in a folder.
func Catalogs(notebooks string) string { return filepath.Join(notebooks, "po") }

// ReadCatalog reads a PO file.
func ReadCatalog(name string) (*po.File, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading translations: %w", err)
	}
	f, err := po.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading translations: %s: %w", name, err)
	}
	return f, nil
}

// Translations gives the languages for which there are translations, sorted.
func Translations(notebooks string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(Catalogs(notebooks), "*.po"))
	if err != nil {
		return nil, fmt.Errorf("looking for translations: %w", err)
	}
	var languages []string
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".po")
		if l := name[strings.LastIndexByte(name, '.')+1:]; notebook.IsLanguage(l) && l != name {
			languages = append(languages, l)
		}
	}
	slices.Sort(languages)
	return slices.Compact(languages), nil
}

// CheckTranslations tells which of the languages is neither an original nor has
// translations.
func CheckTranslations(notebooks string, languages []string) error {
	have, err := Translations(notebooks)
	if err != nil {
		return err
	}
	for _, l := range languages {
		if !slices.Contains(Originals, l) && !slices.Contains(have, l) {
			return fmt.Errorf("language %s: there is no translation *.%s.po in %s; there are ko, en%s. To begin one, run: go run ./notebooks/nb po export --lang %s 54 > 54.%s.po",
				l, l, Catalogs(notebooks), strings.Join(append([]string{""}, have...), ", "), l, l)
		}
	}
	return nil
}

// ShowIn is Show for a notebook of that name, such as 54-lock or solutions/54-lock,
// with the translations for the notebooks in a folder. Where there is no translation
// of the notebook yet, all of its prose is in English and says so.
func ShowIn(nb *notebook.Notebook, name string, languages []string, notebooks string) error {
	files := map[string]*po.File{}
	for _, l := range languages {
		if slices.Contains(Originals, l) {
			continue
		}
		f, err := ReadCatalog(filepath.Join(Catalogs(notebooks), filepath.Base(name)+"."+l+".po"))
		if errors.Is(err, fs.ErrNotExist) {
			f = translation.New(l, "en")
		} else if err != nil {
			return err
		}
		files[l] = f
	}
	Show(nb, languages, translation.NewTranslator(name, nb, files))
	return nil
}
