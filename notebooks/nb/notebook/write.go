package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Marshal gives the notebook's JSON text in the one form that Jupyter's own
// writer uses (sorted keys, one space of indent, text as lists of lines), so
// that a notebook saved by either shows no difference where none was made.
func (nb *Notebook) Marshal() []byte {
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
			outputs := []any{}
			for _, o := range c.Outputs {
				outputs = append(outputs, o)
			}
			m["outputs"] = outputs
			m["execution_count"] = nil
			if c.Count != nil {
				m["execution_count"] = json.Number(strconv.Itoa(*c.Count))
			}
		}
		cells = append(cells, m)
	}
	top["cells"] = cells

	var b bytes.Buffer
	writeJSON(&b, top, "\n")
	b.WriteByte('\n')
	return b.Bytes()
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
// and ensure_ascii=False. newline is a line end with the indent of v.
func writeJSON(b *bytes.Buffer, v any, newline string) {
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
			b.WriteString(opening(i, "[") + newline + " ")
			writeJSON(b, e, newline+" ")
		}
		closing(b, len(v), "[]", newline)
	case map[string]any:
		for i, key := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(opening(i, "{") + newline + " ")
			writeString(b, key)
			b.WriteString(": ")
			writeJSON(b, v[key], newline+" ")
		}
		closing(b, len(v), "{}", newline)
	default:
		// A caller's mistake: everything that Parse gives is handled above.
		panic(fmt.Sprintf("notebook: %T cannot be written to a notebook", v))
	}
}

func opening(i int, bracket string) string {
	if i > 0 {
		return ","
	}
	return bracket
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
