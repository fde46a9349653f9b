package work

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestALookChangesNothing(t *testing.T) {
	const shipped = `{"cells":[{"id":"54-01-go","source":["x"]}],"metadata":{"kernelspec":{"name":"gonb"},"language_info":{"name":"go"}},"nbformat":4}`
	for _, tt := range []struct {
		name, text string
		same       bool
	}{
		{"what JupyterLab notes about the language", `{"metadata": {"language_info": {"name": "go", "version": "go1.27"}, "kernelspec": {"name": "gonb"}}, "nbformat": 4, "cells": [{"id": "54-01-go", "source": ["x"]}]}`, true},
		{"a run", `{"cells":[{"id":"54-01-go","source":["x"],"outputs":[{"output_type":"stream","name":"stdout","text":"1"}],"execution_count":3,"metadata":{"tags":[]}}],"metadata":{},"nbformat":4}`, true},
		{"a changed cell", `{"cells":[{"id":"54-01-go","source":["y"]}],"metadata":{"kernelspec":{"name":"gonb"},"language_info":{"name":"go"}},"nbformat":4}`, false},
		{"another cell", `{"cells":[{"id":"54-01-go","source":["x"]},{"id":"54-02-go"}],"metadata":{"kernelspec":{"name":"gonb"},"language_info":{"name":"go"}},"nbformat":4}`, false},
		{"a cell of the reader's own", `{"cells":[{"id":"54-01-go","source":["x"]},{"id":"mine","source":["x"]}],"metadata":{},"nbformat":4}`, true},
		{"no notebook at all", `{`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if same := digestOf([]byte(tt.text)) == digestOf([]byte(shipped)); same != tt.same {
				t.Errorf("the same as shipped: %t, want %t", same, tt.same)
			}
		})
	}
}

// A desk is a lab's notebooks with a translation, and a reader's folder.
type desk struct {
	Folder
	t *testing.T
}

const (
	korean   = `{"cell_type":"markdown","id":"54-01-ko","metadata":{},"source":"# 락"}`
	english  = `{"cell_type":"markdown","id":"54-01-en","metadata":{},"source":"# Lock"}`
	japanese = `{"cell_type":"markdown","id":"54-01-ja","metadata":{},"source":"# ロック"}`
	code     = `{"cell_type":"code","id":"54-01-go","metadata":{},"execution_count":1,"outputs":[],"source":"x"}`
	changed  = `{"cell_type":"code","id":"54-01-go","metadata":{},"execution_count":1,"outputs":[],"source":"mine"}`
	ran      = `{"cell_type":"code","id":"54-01-go","metadata":{},"execution_count":9,"outputs":[],"source":"x"}`
	mine     = `{"cell_type":"markdown","id":"mine","metadata":{"x":[1.0]},"source":"mine"}`
	printed  = `{"cell_type":"code","id":"mine","metadata":{},"execution_count":1,"outputs":[{"output_type":"stream","name":"stdout","text":"x"}],"source":"x"}`
)

func text(cells ...string) string {
	return `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[` + strings.Join(cells, ",") + `]}`
}

func newDesk(t *testing.T) desk {
	t.Helper()
	root := t.TempDir()
	d := desk{Folder{Path: filepath.Join(root, "work"), Notebooks: filepath.Join(root, "notebooks")}, t}
	d.put("../notebooks/54-lock.ipynb", text(korean, english, code))
	d.put("../notebooks/solutions/54-lock.ipynb", text(korean, english, code))
	d.put("../notebooks/po/54-lock.ja.po", "msgid \"\"\nmsgstr \"Language: ja\\n\"\n\nmsgctxt \"54-lock/54-01/54-01-en\"\nmsgid \"Lock\"\nmsgstr \"ロック\"\n")
	return d
}

func (d desk) put(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.Path, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) has(name, want string) {
	d.t.Helper()
	got, err := os.ReadFile(filepath.Join(d.Path, name))
	if err != nil || string(got) != want {
		d.t.Errorf("%s is %s, %v; want %s", name, got, err, want)
	}
}

func (d desk) fill() Filled {
	d.t.Helper()
	filled, err := d.Fill(false)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := filled.Save(); err != nil {
		d.t.Fatal(err)
	}
	return filled
}

// TestFillBringsTheOriginalsBack fills folders whose copies an earlier version made in
// other languages.
func TestFillBringsTheOriginalsBack(t *testing.T) {
	const name = "54-lock.ipynb"
	for _, tt := range []struct {
		name        string
		languages   string // of the copy
		copied      string
		then        string // what the reader made of it; "" if nothing
		want        string
		fresh, kept bool
	}{
		{"Korean", `["ko"]`, text(korean, code), "", text(korean, english, code), true, false},
		{"Japanese", `["ja"]`, text(japanese, code), "", text(korean, english, code), true, false},
		{"a copy that was run", `["ko"]`, text(korean, code), text(korean, ran), text(korean, english, ran), true, false},
		{"a changed copy", `["ko"]`, text(korean, code), text(korean, mine, changed), text(korean, english, mine, changed), false, false},
		{"own cells", `["ko"]`, text(korean, code), text(mine, korean, code), text(mine, korean, english, code), true, false},
		{"own cells with outputs", `["ko"]`, text(korean, code), text(printed, korean, code), text(printed, korean, english, code), false, false},
		{"no notebook", `["ko"]`, text(korean, code), "{", "{", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.put(name, cmp.Or(tt.then, tt.copied))
			d.put(RecordName, `{"`+name+`": {"digest": "`+digestOf([]byte(tt.copied))+`", "languages": `+tt.languages+`}}`)
			filled := d.fill()
			d.has(name, tt.want)
			if fresh := slices.Contains(filled.Fresh, filepath.Join(d.Path, name)); fresh != tt.fresh {
				t.Errorf("fresh: %v", filled.Fresh)
			}
			if kept := slices.Contains(filled.Kept, name); kept != tt.kept {
				t.Errorf("kept: %v", filled.Kept)
			}
			again := d.fill()
			if d.has(name, tt.want); len(again.Fresh) > 0 {
				t.Errorf("a second time: %v", again.Fresh)
			}
		})
	}
}

// TestFillRenewsBesideOwnCells ships a new version: cells of the reader's own do not
// keep it away, changes do.
func TestFillRenewsBesideOwnCells(t *testing.T) {
	for _, tt := range []struct{ name, have, want string }{
		{"own cells", text(korean, mine, english, code), text(korean, mine, english, changed)},
		{"a change", text(korean, mine, code), text(korean, mine, code)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.fill()
			d.put("54-lock.ipynb", tt.have)
			d.put("../notebooks/54-lock.ipynb", text(korean, english, changed))
			d.fill()
			d.has("54-lock.ipynb", tt.want)
		})
	}
}

func TestReset(t *testing.T) {
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	const name, backup = "54-lock.ipynb", "54-lock.backup-2026-05-04-030201.ipynb"
	d := newDesk(t)
	d.fill()
	reset := func(want string) {
		t.Helper()
		got, err := d.Reset(name, now)
		if err != nil || got != want && got != filepath.Join(d.Path, want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	reset("")
	d.put(name, text(changed, mine, printed))
	reset(backup)
	d.has(name, text(korean, english, code, mine, printed))
	d.has(backup, text(changed, mine, printed))
	reset("")
	d.put(name, "no notebook")
	reset("54-lock.backup-2026-05-04-030201-2.ipynb")
	d.has(name, text(korean, english, code))
	d.has("54-lock.backup-2026-05-04-030201-2.ipynb", "no notebook")
	if filled := d.fill(); len(filled.Fresh) != 1 {
		t.Errorf("after a reset it is not to be trusted: %v", filled.Fresh)
	}
	if filled := d.fill(); len(filled.Fresh) != 0 {
		t.Errorf("it is to be trusted again: %v", filled.Fresh)
	}
	if err := os.Remove(filepath.Join(d.Path, name)); err != nil {
		t.Fatal(err)
	}
	reset("")
	d.has(name, text(korean, english, code))
	if _, err := d.Reset("99-none.ipynb", now); err == nil {
		t.Error("a notebook that is not shipped is reset")
	}
}

// TestRecordOfEarlierVersions reads what the lab noted before it knew languages.
func TestRecordOfEarlierVersions(t *testing.T) {
	d := newDesk(t)
	old := text(korean, english, changed)
	d.put("54-lock.ipynb", old)
	d.put(RecordName, `{"54-lock.ipynb": "`+digestOf([]byte(old))+`"}`)
	d.fill()
	d.has("54-lock.ipynb", text(korean, english, code))
}
