// Package notebook reads Jupyter notebooks (nbformat 4), writes them back byte
// for byte as Jupyter would, and runs them on the lab's own kernel.
//
// Whatever a notebook holds that this package has no name for, such as the
// metadata of an extension, is kept when it is written.
package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

// A Notebook is one .ipynb file. Its cells may be changed, moved, dropped and
// added to before it is written with Marshal.
type Notebook struct {
	Format   [2]int         // nbformat and nbformat_minor, such as 4 and 5
	Metadata map[string]any // kernelspec, language_info and what tools add
	Cells    []*Cell
	rest     map[string]any // top-level keys beside those above
	text     []byte         // what was read; nil in a new notebook
	places   map[*Cell]int  // of the cells that were read, in its list of cells
}

// The values of Cell.Type.
const (
	Markdown = "markdown"
	Code     = "code"
	Raw      = "raw"
)

// A Cell is one cell. The zero value of each field but Type is allowed.
type Cell struct {
	ID       string
	Type     string // Markdown, Code or Raw
	Source   string
	Metadata map[string]any
	Outputs  []map[string]any // what a run of the cell left; code only
	Count    *int             // execution_count; nil if the cell was not run
	rest     map[string]any   // keys beside those above
	text     []byte           // what was read; nil in a new cell
}

// ReadFile reads the notebook in the named file.
func ReadFile(name string) (*Notebook, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading notebook: %w", err)
	}
	return Parse(data)
}

// Parse reads a notebook from its JSON text. It reports every place where the
// text has not the shape of a notebook, not only the first.
func Parse(data []byte) (*Notebook, error) {
	doc, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	top, ok := doc.(map[string]any)
	if !ok {
		return nil, errors.New("not a notebook: the file holds no JSON object")
	}
	r := &reader{}
	nb := &Notebook{rest: top}
	for i, key := range []string{"nbformat", "nbformat_minor"} {
		given := take[json.Number](r, "notebook", top, key)
		n, err := given.Int64()
		if err != nil && given != "" {
			r.problem("notebook: %q is %s, not a whole number", key, given)
		}
		nb.Format[i] = int(n)
	}
	nb.Metadata = take[map[string]any](r, "notebook", top, "metadata")
	for i, c := range take[[]any](r, "notebook", top, "cells") {
		m, ok := c.(map[string]any)
		if !ok {
			r.problem("%s is %s, not an object", ordinal(i), jsonKind(c))
			continue
		}
		nb.Cells = append(nb.Cells, r.cell(i, m))
	}
	if len(r.problems) > 0 {
		return nil, errors.Join(r.problems...)
	}
	nb.remember(data)
	return nb, nil
}

// remember notes the text of the notebook and of each cell, for Marshal.
func (nb *Notebook) remember(data []byte) {
	nb.text = bytes.Clone(data)
	list, _ := last(members(nb.text), "cells")
	text := list.value.of(nb.text)
	spans := elements(text)
	nb.places = make(map[*Cell]int)
	for i, c := range nb.Cells {
		c.text = spans[i].of(text)
		nb.places[c] = i
	}
}

// decode reads one JSON value and nothing else.
func decode(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // so that numbers are written back digit for digit
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more text after the notebook's end")
	}
	return v, nil
}

// parseCell reads the text of a cell that was read before, in its notebook.
func parseCell(text []byte) *Cell {
	v, _ := decode(text)
	m, _ := v.(map[string]any)
	return new(reader).cell(0, m)
}

// Cell gives the first cell with that id, or nil.
func (nb *Notebook) Cell(id string) *Cell {
	i := slices.IndexFunc(nb.Cells, func(c *Cell) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return nb.Cells[i]
}

// Tags gives the cell's tags.
func (c *Cell) Tags() []string {
	var tags []string
	list, _ := c.Metadata["tags"].([]any)
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, s)
		}
	}
	return tags
}

// MayFail tells whether the cell carries Jupyter's standard tag for a cell that
// is meant to end with an error.
func (c *Cell) MayFail() bool { return slices.Contains(c.Tags(), "raises-exception") }

// Failed tells whether the cell's saved outputs hold an error. For a cell that
// GoNB hands to another program, such as Python, it is the exit status printed
// at the end: GoNB itself calls such a cell a success.
func (c *Cell) Failed() bool {
	return slices.ContainsFunc(c.Outputs, func(o map[string]any) bool {
		if o["output_type"] == "error" {
			return true
		}
		text, _ := joined(o["text"])
		return !IsGo(c.Source) && o["name"] == "stderr" && scriptFailed.MatchString(text)
	})
}

var scriptFailed = regexp.MustCompile(`(^|\n)(exit status \d+|signal: .*)\n?$`)

// reader collects what is wrong while the parts of a notebook are taken out of
// their JSON objects.
type reader struct{ problems []error }

func (r *reader) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf(format, args...))
}

// take removes the value of key from m and gives it, if it is of type T.
func take[T any](r *reader, where string, m map[string]any, key string) T {
	v, found := m[key]
	delete(m, key)
	t, ok := v.(T)
	switch {
	case !found:
		r.problem("%s has no %q", where, key)
	case !ok:
		r.problem("%s: %q is %s, not %s", where, key, jsonKind(v), jsonKind(any(t)))
	}
	return t
}

// cell takes one cell apart. What is left of m is kept for writing.
func (r *reader) cell(i int, m map[string]any) *Cell {
	where := ordinal(i)
	c := &Cell{rest: m}
	// An id is asked for by nbformat 4.5 only; older notebooks can be read too.
	if _, found := m["id"]; found {
		c.ID = take[string](r, where, m, "id")
	}
	if c.ID != "" {
		where = "cell " + c.ID
	}
	c.Type = take[string](r, where, m, "cell_type")
	c.Metadata = take[map[string]any](r, where, m, "metadata")
	source, ok := joined(m["source"])
	if !ok {
		r.problem("%s: %q is neither a string nor a list of strings", where, "source")
	}
	c.Source = source
	delete(m, "source")
	if c.Type != Code {
		return c
	}
	for _, o := range take[[]any](r, where, m, "outputs") {
		out, ok := o.(map[string]any)
		if !ok {
			r.problem("%s: an output is %s, not an object", where, jsonKind(o))
			continue
		}
		c.Outputs = append(c.Outputs, out)
	}
	count, found := m["execution_count"]
	delete(m, "execution_count")
	if !found {
		r.problem("%s has no %q", where, "execution_count")
	}
	if count != nil {
		num, _ := count.(json.Number)
		n, err := num.Int64()
		if err != nil {
			r.problem("%s: %q is %s, not a whole number", where, "execution_count", jsonKind(count))
		}
		c.Count = new(int(n))
	}
	return c
}

// joined gives a multi-line text, which nbformat stores as one string or as a
// list of lines.
func joined(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []any:
		var b strings.Builder
		for _, line := range v {
			s, ok := line.(string)
			if !ok {
				return "", false
			}
			b.WriteString(s)
		}
		return b.String(), true
	}
	return "", false
}

func ordinal(i int) string { return fmt.Sprintf("cell number %d", i+1) }

func jsonKind(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "null"
}
