package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/work"
)

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// FuzzFiles gives any notebook and any PO file to the commands, which change files.
// Whatever they say, what they leave can be read.
func FuzzFiles(f *testing.F) {
	nb, err := os.ReadFile("testdata/54-lock.ipynb")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(nb, []byte("msgctxt \"54-lock/54-00/54-00-en\"\nmsgid \"Locks\"\nmsgstr \"ロック\"\n"))
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[]}`), []byte("#~ msgid \"\"\n#~ msgstr \"\"\n"))
	f.Fuzz(func(t *testing.T, nb, translation []byte) {
		root := t.TempDir()
		p := project{root: root}
		for name, data := range map[string][]byte{
			"go.mod": []byte("module interleave\n"), "helpers/x.go": []byte("package x"),
			"notebooks/54-lock.ipynb": nb, "notebooks/po/54-lock.ja.po": translation, "work/54-lock.ipynb": nb,
		} {
			put(t, filepath.Join(root, name), string(data))
		}
		fuzzed(t, p, nb, translation)
	})
}

func fuzzed(t *testing.T, p project, nb, translation []byte) {
	name := filepath.Join(p.root, "notebooks", "54-lock.ipynb")
	readable := func(name string) bool {
		_, err := notebook.ReadFile(name)
		return err == nil
	}
	good := readable(name)
	for _, language := range []string{"ko", "en", "ja"} {
		f, err := p.export(language, "", []string{"54"})
		if err != nil {
			continue
		}
		files, _, err := p.take(f, language, []string{"54"})
		if err != nil {
			t.Errorf("what was exported in %s cannot be imported: %v", language, err)
		}
		if err := writeAll(files); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, nb) {
			t.Fatalf("after export and import in %s: %q, %v; want %q", language, got, err, nb)
		}
	}
	if f, err := po.Parse(translation); err == nil {
		for _, language := range []string{"ko", "en", "ja"} {
			if files, _, err := p.take(f, language, []string{"54"}); err == nil {
				if err := writeAll(files); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	folder := work.Folder{Path: filepath.Join(p.root, "work"), Notebooks: p.notebooks()}
	mine := filepath.Join(folder.Path, "54-lock.ipynb")
	if filled, err := folder.Fill(false); err == nil {
		if err := filled.Save(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := folder.Reset("54-lock.ipynb", time.Unix(0, 0)); err == nil && !good {
		t.Skip() // it was copied as it is
	}
	for _, name := range []string{name, mine} {
		if good && !readable(name) {
			t.Errorf("%s cannot be read any more", name)
		}
	}
	if _, err := os.Stat(filepath.Join(p.catalogs(), "54-lock.ja.po")); err != nil {
		t.Error(err)
	}
}
