package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Marshal gives the notebook's JSON text. What was not changed since Parse stands
// there byte for byte as it was read; what is new or changed has the one form that
// Jupyter's own writer uses (sorted keys, one space of indent, text as lists of lines).
func (nb *Notebook) Marshal() []byte {
	if nb.text == nil {
		return append(jsonText(nb.object(), "\n"), '\n')
	}
	all, was := nb.parts()
	var edits []edit
	for i, key := range []string{"nbformat", "nbformat_minor"} {
		if nb.Format[i] != was.Format[i] {
			edits = append(edits, set(nb.text, all, key, json.Number(strconv.Itoa(nb.Format[i]))))
		}
	}
	if !reflect.DeepEqual(nb.Metadata, was.Metadata) {
		edits = append(edits, set(nb.text, all, "metadata", object(nb.Metadata)))
	}
	cells, _ := last(all, "cells")
	return edited(nb.text, append(edits, edit{cells.value, nb.cellList(cells.value.of(nb.text))}))
}

// parts gives the members of the notebook's text, and what it said when it was read,
// but for its cells.
func (nb *Notebook) parts() ([]member, *Notebook) {
	all := members(nb.text)
	var err error
	was := &Notebook{Metadata: map[string]any{}}
	for _, m := range all {
		switch m.name {
		case "nbformat", "nbformat_minor", "metadata":
			v, decodeErr := decode(m.value.of(nb.text))
			err = errors.Join(err, decodeErr)
			switch v := v.(type) {
			case map[string]any:
				was.Metadata = v
			case json.Number:
				n, _ := v.Int64()
				was.Format[map[string]int{"nbformat": 0, "nbformat_minor": 1}[m.name]] = int(n)
			}
		}
	}
	if err != nil {
		panic(fmt.Sprintf("notebook: a text that was read cannot be read again: %v", err))
	}
	return all, was
}

// cellList gives the text of the list of cells; was is what it was when it was read.
func (nb *Notebook) cellList(was []byte) []byte {
	open, between, end := "\n  ", ",\n  ", "\n "
	spans := elements(was)
	if len(spans) > 0 {
		open = string(was[1:spans[0].start])
		between = "," + open
		end = string(was[spans[len(spans)-1].end : len(was)-1])
	}
	if len(spans) > 1 {
		between = string(was[spans[0].end:spans[1].start])
	}
	newline := ""
	if i := strings.LastIndexByte(open, '\n'); i >= 0 {
		newline = open[i:]
	}
	if len(nb.Cells) == 0 {
		if len(spans) == 0 {
			return was
		}
		return []byte("[]")
	}
	list := []byte("[" + open)
	for i, c := range nb.Cells {
		at, ours := nb.places[c]
		switch {
		case i > 0 && ours && at > 0:
			list = append(list, was[spans[at-1].end:spans[at].start]...)
		case i > 0:
			list = append(list, between...)
		}
		list = append(list, c.marshal(newline)...)
	}
	return append(append(list, end...), ']')
}

// marshal gives the cell's text; newline is a line end with its indent.
func (c *Cell) marshal(newline string) []byte {
	if c.text == nil {
		return jsonText(c.object(), newline)
	}
	was := parseCell(c.text)
	if was.Type != c.Type {
		return jsonText(c.object(), newline)
	}
	all := members(c.text)
	var edits []edit
	change := func(name string, v any) { edits = append(edits, set(c.text, all, name, v)) }
	if c.ID != was.ID {
		change("id", c.ID)
	}
	if !reflect.DeepEqual(c.Metadata, was.Metadata) {
		change("metadata", object(c.Metadata))
	}
	if c.Source != was.Source {
		if m, _ := last(all, "source"); c.text[m.value.start] == '"' {
			change("source", c.Source)
		} else {
			change("source", splitLines(c.Source))
		}
	}
	if !reflect.DeepEqual(c.Outputs, was.Outputs) {
		change("outputs", outputs(c.Outputs))
	}
	if !reflect.DeepEqual(c.Count, was.Count) {
		change("execution_count", count(c.Count))
	}
	return edited(c.text, edits)
}

// object gives the notebook as a JSON value.
func (nb *Notebook) object() map[string]any {
	top := maps.Clone(nb.rest)
	if top == nil {
		top = map[string]any{}
	}
	top["metadata"] = object(nb.Metadata)
	for i, key := range []string{"nbformat", "nbformat_minor"} {
		top[key] = json.Number(strconv.Itoa(nb.Format[i]))
	}
	cells := []any{}
	for _, c := range nb.Cells {
		cells = append(cells, c.object())
	}
	top["cells"] = cells
	return top
}

// object gives the cell as a JSON value.
func (c *Cell) object() map[string]any {
	m := maps.Clone(c.rest)
	if m == nil {
		m = map[string]any{}
	}
	if c.ID != "" {
		m["id"] = c.ID
	}
	m["cell_type"] = c.Type
	m["metadata"] = object(c.Metadata)
	m["source"] = splitLines(c.Source)
	if c.Type == Code {
		m["outputs"] = outputs(c.Outputs)
		m["execution_count"] = count(c.Count)
	}
	return m
}

func outputs(all []map[string]any) any {
	list := []any{}
	for _, o := range all {
		list = append(list, o)
	}
	return list
}

func count(n *int) any {
	if n == nil {
		return nil
	}
	return json.Number(strconv.Itoa(*n))
}

// WriteFile replaces the named file in one step, so that no reader ever sees
// half of it, and keeps the permissions of the file that it replaces.
func WriteFile(name string, data []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing notebook %s: %w", name, err)
		}
	}()
	tmp, err := os.CreateTemp(filepath.Dir(name), ".nb-*.ipynb")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone by then if all went well
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func object(m map[string]any) any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// splitLines cuts s after every line end, as Python's str.splitlines does: the
// form in which nbformat stores a text.
func splitLines(s string) []any {
	lines := []any{}
	for s != "" {
		n := strings.IndexAny(s, "\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
		if n < 0 {
			return append(lines, s)
		}
		_, size := utf8.DecodeRuneInString(s[n:])
		if strings.HasPrefix(s[n:], "\r\n") {
			size = 2
		}
		n += size
		lines = append(lines, s[:n])
		s = s[n:]
	}
	return lines
}

// writeJSON writes v as Python's json.dumps does with indent=1, sort_keys=True
// and ensure_ascii=False. newline is a line end with the indent of v, or "" to
// write all in one line.
func writeJSON(b *bytes.Buffer, v any, newline string) {
	first, next := "", " "
	if newline != "" {
		first, next = newline+" ", newline+" "
	}
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case json.Number:
		b.WriteString(string(v))
	case string:
		writeString(b, v)
	case []any:
		for i, e := range v {
			b.WriteString(opening(i, "["+first, ","+next))
			writeJSON(b, e, first)
		}
		closing(b, len(v), "[]", newline)
	case map[string]any:
		for i, key := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(opening(i, "{"+first, ","+next))
			writeString(b, key)
			b.WriteString(": ")
			writeJSON(b, v[key], first)
		}
		closing(b, len(v), "{}", newline)
	default:
		// A caller's mistake: everything that Parse gives is handled above.
		panic(fmt.Sprintf("notebook: %T cannot be written to a notebook", v))
	}
}

func opening(i int, first, next string) string {
	if i > 0 {
		return next
	}
	return first
}

func closing(b *bytes.Buffer, n int, brackets, newline string) {
	if n == 0 {
		b.WriteString(brackets)
		return
	}
	b.WriteString(newline + brackets[1:])
}

func writeString(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\b':
			b.WriteString(`\b`)
		case r == '\f':
			b.WriteString(`\f`)
		case r < ' ':
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
