package notebook

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Validate holds notebooks against the official schema, which comes with the
// lab's Jupyter, and gives what it finds for each file. The files must be
// notebooks that Parse can read.
func Validate(lab string, files []string) (map[string][]string, error) {
	python, err := Python(lab)
	if err != nil {
		return nil, err
	}
	faults := map[string][]string{}
	schemas := map[int]*schema{} // by minor version
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("validating notebook: %w", err)
		}
		nb, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("validating notebook %s: %w", name, err)
		}
		s := schemas[nb.Format[1]]
		if s == nil {
			if s, err = readSchema(filepath.Dir(filepath.Dir(python)), nb.Format[1]); err != nil {
				return nil, fmt.Errorf("validating notebook %s: %w", name, err)
			}
			schemas[nb.Format[1]] = s
		}
		if found := s.faults(data); len(found) > 0 {
			faults[name] = found
		}
	}
	return faults, nil
}

// A schema has the parts of nbformat's. A fault in a cell would otherwise be told of
// each kind of cell, most of which it was never meant to be.
type schema struct {
	notebook *jsonschema.Schema
	parts    map[string]*jsonschema.Schema // of cells and outputs, by their types
}

func readSchema(venv string, minor int) (*schema, error) {
	pattern := filepath.Join(venv, "lib", "python*", "site-packages", "nbformat", "v4", fmt.Sprintf("nbformat.v4.%d.schema.json", minor))
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("looking for nbformat's schema: there is no %s; run: go run ./kernel-setup install", pattern)
	}
	c := jsonschema.NewCompiler()
	path := filepath.ToSlash(found[0])
	s := &schema{parts: map[string]*jsonschema.Schema{}}
	if s.notebook, err = c.Compile(path); err != nil {
		return nil, fmt.Errorf("reading nbformat's schema: %w", err)
	}
	for name, definition := range map[string]string{
		Code: "code_cell", Markdown: "markdown_cell", Raw: "raw_cell",
		"stream": "stream", "error": "error", "display_data": "display_data", "execute_result": "execute_result",
	} {
		if s.parts[name], err = c.Compile(path + "#/definitions/" + definition); err != nil {
			return nil, fmt.Errorf("reading nbformat's schema: %w", err)
		}
	}
	return s, nil
}

func (s *schema) faults(data []byte) (all []string) {
	v, err := decode(data)
	if err != nil {
		return []string{err.Error()}
	}
	nb := v.(map[string]any)
	cells, _ := nb["cells"].([]any)
	nb["cells"] = []any{}
	all = tell(nil, s.notebook.Validate(nb))
	for i, c := range cells {
		cell, _ := c.(map[string]any)
		where := []string{ordinal(i)}
		if id, ok := cell["id"].(string); ok {
			where = []string{"cell " + id}
		}
		outputs, _ := cell["outputs"].([]any)
		if outputs != nil {
			cell["outputs"] = []any{}
		}
		all = append(all, s.part(where, "cell_type", cell)...)
		for j, o := range outputs {
			output, _ := o.(map[string]any)
			all = append(all, s.part(append(slices.Clone(where), "outputs", strconv.Itoa(j)), "output_type", output)...)
		}
	}
	return all
}

// part gives the faults of a cell or an output, whose type is under that key.
func (s *schema) part(where []string, key string, v map[string]any) []string {
	kind, _ := v[key].(string)
	schema := s.parts[kind]
	if schema == nil {
		return []string{fmt.Sprintf("%s: its %s is %q, which is none", strings.Join(where, ": "), key, kind)}
	}
	return tell(where, schema.Validate(v))
}

var english = message.NewPrinter(language.English)

// tell gives a line for each fault that a validation found.
func tell(where []string, err error) (all []string) {
	fault, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return nil
	}
	if len(fault.Causes) == 0 {
		where = append(slices.Clone(where), fault.InstanceLocation...)
		if len(where) == 0 {
			where = []string{"notebook"}
		}
		return []string{strings.Join(where, ": ") + ": " + fault.ErrorKind.LocalizedString(english)}
	}
	for _, cause := range fault.Causes {
		all = append(all, tell(where, cause)...)
	}
	return all
}
