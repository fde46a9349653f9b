package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"interleave/notebooks/nb/notebook"
)

var pythonStart = regexp.MustCompile(`^%%(script python3( |$)|writefile +\S)`)

// checkCode checks what a code cell holds, and what its outputs hold.
func (k *checker) checkCode(c *notebook.Cell) {
	if notebook.ParseID(c.ID).Role == "py" {
		first, _, _ := strings.Cut(c.Source, "\n")
		if !pythonStart.MatchString(first) {
			k.inCell(c, "does not begin with %%%%script python3 or %%%%writefile; make that its first line")
		}
	} else if formatted, err := notebook.Format(c.Source); err != nil {
		k.inCell(c, "not Go: %v; correct the code", err)
	} else if formatted != c.Source {
		k.inCell(c, "not formatted by gofmt; run: go run ./notebooks/nb fmt %s", k.file.argument())
	}
	for i, o := range c.Outputs {
		k.checkOutput(c, i+1, o)
	}
	switch {
	case c.Failed() && !c.MayFail():
		k.inCell(c, "failed; mend it, or tag it raises-exception if it is meant to")
	case !c.Failed() && c.MayFail() && c.Ran() != "":
		k.inCell(c, "is tagged raises-exception but did not fail; take the tag off")
	}
}

// homePath is a path in somebody's home folder.
var homePath = regexp.MustCompile(`(?:^|[^\w./-])(/root/|/home/\w|/Users/\w)`)

func (k *checker) checkOutput(c *notebook.Cell, number int, output map[string]any) {
	var size strings.Builder
	enc := json.NewEncoder(&size)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(output); err == nil && size.Len() > maxOutput {
		k.inCell(c, "output %d has %d KiB, more than %d; show less", number, size.Len()>>10, maxOutput>>10)
	}
	if m := findText(output, homePath); m != "" {
		k.inCell(c, "output %d has a path in a home folder, %s…; keep it out of what the cell shows", number, m)
	}
}

// findText gives the first match in the texts within a value from JSON.
func findText(v any, re *regexp.Regexp) string {
	switch v := v.(type) {
	case string:
		if m := re.FindStringSubmatch(v); m != nil {
			return m[1]
		}
	case []any:
		for _, e := range v {
			if m := findText(e, re); m != "" {
				return m
			}
		}
	case map[string]any:
		for _, e := range v {
			if m := findText(e, re); m != "" {
				return m
			}
		}
	}
	return ""
}

// checkRun checks that the saved outputs were made by the saved code. As every
// cell below a change is affected, only the first is named.
func (k *checker) checkRun() {
	digests := k.nb.Digests()
	var notRun, changed []*notebook.Cell
	for _, c := range k.nb.Cells {
		if c.Type != notebook.Code {
			continue
		}
		digest := digests[0]
		digests = digests[1:]
		switch {
		case notebook.ParseID(c.ID).Own(): // a reader's own
		case c.Ran() == "" || c.Count == nil:
			notRun = append(notRun, c)
		case c.Ran() != digest:
			changed = append(changed, c)
		}
	}
	if len(notRun) > 0 {
		k.inCell(notRun[0], "not run%s; %s", others(notRun), k.runAgain())
	}
	if len(changed) > 0 {
		k.inCell(changed[0], "changed since its outputs were saved%s; %s", others(changed), k.runAgain())
	}
}

func others(cells []*notebook.Cell) string {
	switch n := len(cells) - 1; n {
	case 0:
		return ""
	case 1:
		return " (and 1 cell below)"
	default:
		return fmt.Sprintf(" (and %d cells below)", n)
	}
}
