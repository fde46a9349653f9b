package main

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"

	"interleave/notebooks/nb/notebook"
)

//go:embed steps.tsv
var stepsFile string

// A step is one line of steps.tsv: the cells that a step must have. More cells
// are welcome.
type step struct {
	name  string   // such as "54-04"
	roles []string // such as "ko"
}

var steps = readSteps(stepsFile)

// readSteps reads the list of steps below its heading.
func readSteps(table string) (steps []step) {
	_, rows, _ := strings.Cut(table, "\n")
	for row := range strings.Lines(rows) {
		name, roles, ok := strings.Cut(strings.TrimSpace(row), "\t")
		if !ok || len(name) != len("54-04") {
			panic(fmt.Sprintf("notebooks/nb/steps.tsv: row %q is not a step, a tab and its cells", row))
		}
		steps = append(steps, step{name: name, roles: strings.Split(roles, ",")})
	}
	return steps
}

// anyID is what nbformat 4.5 asks of an id.
var anyID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// checkStructure checks what nbformat asks of a notebook, as far as it can be
// told without Jupyter, and finds the cells that belong to steps.
func (k *checker) checkStructure() {
	if k.nb.Format != [2]int{4, 5} {
		k.problem("is nbformat %d.%d, not 4.5; save it with JupyterLab", k.nb.Format[0], k.nb.Format[1])
	}
	spec, _ := k.nb.Metadata["kernelspec"].(map[string]any)
	if spec["name"] != "gonb" {
		k.problem("its kernel is not gonb; choose the kernel Go (gonb) and save it")
	}
	seen := map[string]bool{}
	for i, c := range k.nb.Cells {
		id := notebook.ParseID(c.ID)
		switch {
		case c.ID == "":
			k.problem("cell number %d has no id; give it one such as 54-04-go", i+1)
		case seen[c.ID]:
			k.inCell(c, "this id is used twice; give one of the cells another")
		case id.Own() && k.file.shipped:
			k.inCell(c, "not an id of the form 54-04-go or 54-04-go-2; rename it")
		case id.Own() && !anyID.MatchString(c.ID):
			k.inCell(c, "not an id that nbformat allows; rename it with letters, digits, - and _")
		}
		seen[c.ID] = true
		switch c.Type {
		case notebook.Markdown, notebook.Code, notebook.Raw:
		default:
			k.inCell(c, "its type is %q; make it markdown or code", c.Type)
		}
		if !id.Own() {
			k.cells = append(k.cells, c)
		}
	}
}

// checkSteps checks that each step is in its place and has its cells.
func (k *checker) checkSteps() {
	if k.file.shipped && k.file.number == "" {
		k.problem("its name does not begin with its number; rename it in the form 54-lock.ipynb")
	}
	at := ""
	for i, c := range k.cells {
		id := notebook.ParseID(c.ID)
		switch want := k.file.number; {
		case want != "" && id.Notebook != want:
			k.inCell(c, "belongs to notebook %s, not %s; rename it", id.Notebook, want)
		case id.Step < at:
			k.inCell(c, "stands after step %s; move it before", at)
		default:
			at = id.Step
		}
		switch prose := id.Prose(); {
		case prose && c.Type != notebook.Markdown:
			k.inCell(c, "is a %s cell; make it markdown", c.Type)
		case !prose && c.Type != notebook.Code:
			k.inCell(c, "is a %s cell; make it code", c.Type)
		}
		if !k.file.shipped {
			continue // a copy may show one language, or another one
		}
		switch id.Role {
		case "ko":
			if en := id.In("en"); i+1 == len(k.cells) || k.cells[i+1].ID != en {
				k.inCell(c, "is not directly followed by its English; put cell %s there", en)
			}
		case "en":
			if ko := id.In("ko"); i == 0 || k.cells[i-1].ID != ko {
				k.inCell(c, "does not directly follow its Korean; put cell %s there", ko)
			}
		case "py", "go", "chart", "test":
		default:
			k.inCell(c, "is in the language %s; put translations into notebooks/po with nb po import", id.Role)
		}
	}
	k.checkListed()
}

// checkListed checks the notebook against the list of steps. A reader's copy
// may lack cells: they are the reader's to delete.
func (k *checker) checkListed() {
	if !k.file.shipped || k.file.solution || k.file.number == "" {
		return
	}
	listed := false
	for _, s := range steps {
		if !strings.HasPrefix(s.name, k.file.number+"-") {
			continue
		}
		listed = true
		for _, role := range s.roles {
			if id := s.name + "-" + role; k.nb.Cell(id) == nil {
				k.problem("cell %s is missing; add it, as notebooks/nb/steps.tsv asks for it", id)
			}
		}
	}
	if !listed {
		k.problem("its steps are not in notebooks/nb/steps.tsv; list them there")
	}
}
