package lang

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/vorlif/spreak/catalog/poplural"

	"interleave/helpers/lang/po"
)

// CatalogEnv names the environment variable with the folder of the catalogs:
// labels.ja.po there has the labels for a reader whose language is "ja". What
// a catalog lacks, has not translated or marks as fuzzy is shown in English,
// and so is everything if the catalog is missing or damaged.
const CatalogEnv = "INTERLEAVE_PO"

// catalog has the labels in a language that is neither Korean nor English. A
// nil one knows no label.
type catalog struct {
	messages map[string]*po.Entry // by the English text
	forms    *poplural.Rule
}

// catalogs holds each catalog that was asked for, by its file: a process reads
// it once, and a test may ask for another.
var catalogs sync.Map // string → func() *catalog

// third gives the catalog for the reader's language, or nil if the reader is
// shown Korean, English or both.
func third() *catalog {
	language, folder := os.Getenv(Env), os.Getenv(CatalogEnv)
	if language == "" || language == "ko" || language == "en" || folder == "" {
		return nil
	}
	path := filepath.Join(folder, "labels."+language+".po")
	read, ok := catalogs.Load(path)
	if !ok {
		read, _ = catalogs.LoadOrStore(path, sync.OnceValue(func() *catalog {
			c, err := readCatalog(path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				fmt.Fprintf(os.Stderr, "read the labels in language %q: %s: %v; labels are shown in English until the file is mended\n", language, path, err)
			}
			return c
		}))
	}
	return read.(func() *catalog)()
}

// readCatalog gives the catalog in a file; one without labels if it cannot.
func readCatalog(path string) (*catalog, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return &catalog{}, err
	}
	file, err := po.Parse(data)
	if err != nil {
		return &catalog{}, err
	}
	c := &catalog{messages: map[string]*po.Entry{}}
	for _, e := range file.Entries {
		if e.ID != "" && e.Context == "" && !e.Obsolete && !e.Fuzzy() {
			c.messages[e.ID] = e
		}
	}
	if forms := file.Header("Plural-Forms"); forms != "" {
		if c.forms, err = poplural.Parse(forms); err != nil {
			return &catalog{}, fmt.Errorf("Plural-Forms %q: %w", forms, err)
		}
	}
	return c, nil
}

// get gives t in the catalog's language, or in English.
func (c *catalog) get(t Text) string {
	if c == nil || t.Ko == "" || t.Ko == t.En {
		return cmp.Or(t.other, t.en())
	}
	return cmp.Or(t.other, c.translation(t.En, 0), t.en())
}

// plural gives the form for n of the label whose form for 1 is t, or "".
func (c *catalog) plural(t Text, n int) string {
	if c == nil || c.forms == nil {
		return ""
	}
	return c.translation(t.En, c.forms.FormFunc(int64(n)))
}

func (c *catalog) translation(id string, form int) string {
	m := c.messages[id]
	if m == nil || form < 0 || form >= len(m.Str) { // by a rule with %, -1 has a form below 0
		return ""
	}
	return m.Str[form]
}
