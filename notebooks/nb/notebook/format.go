package notebook

import (
	"errors"
	"fmt"
	"go/format"
	"go/scanner"
	"strings"
)

// magics are the first words that turn a whole GoNB cell into something that is
// not Go.
var magics = []string{"%%writefile", "%%script", "%%bash", "%%sh", "%%gx"}

// IsGo tells whether the text of a code cell is Go: GoNB hands a cell that
// begins with a cell magic, such as %%script, to another program.
func IsGo(source string) bool {
	first, _, _ := strings.Cut(source, "\n")
	word, _, _ := strings.Cut(command(first), " ")
	for _, m := range magics {
		if word == m {
			return false
		}
	}
	return true
}

// Format gives the text of a Go cell as gofmt would lay it out: the part before
// %% as declarations, the part after it as the statements of main. Lines that
// are commands to GoNB stay as they are. A cell that is not Go is unchanged.
func Format(source string) (string, error) {
	if !IsGo(source) {
		return source, nil
	}
	lines := strings.Split(strings.Trim(source, "\n"), "\n")
	main := len(lines)
	commands := map[string]string{} // placeholder → command
	continued := false
	for i, line := range lines {
		isCommand := continued || len(command(line)) > 1 && (command(line)[0] == '%' || command(line)[0] == '!')
		if !isCommand {
			continue
		}
		if !continued && startsMain(command(line)) {
			if main < len(lines) {
				return "", fmt.Errorf("line %d: main begins twice; keep one %%%%", i+1)
			}
			main = i
			continue
		}
		continued = strings.HasSuffix(line, `\`)
		// gofmt leaves a comment of its own line where it is.
		placeholder := fmt.Sprintf("// \u27eaGoNB %d\u27eb", i)
		commands[placeholder] = line
		lines[i] = placeholder
	}
	out, err := formatPart(lines[:main], 0, "package main\n\n")
	if err != nil {
		return "", err
	}
	if main < len(lines) {
		body, err := formatPart(lines[main+1:], main+1, "")
		if err != nil {
			return "", err
		}
		blank := ""
		if main > 0 && strings.TrimSpace(lines[main-1]) == "" {
			blank = "\n"
		}
		if out != "" {
			out += "\n" + blank
		}
		out += lines[main]
		if body != "" {
			out += "\n" + body
		}
	}
	lines = strings.Split(out, "\n")
	for i, line := range lines {
		if c, ok := commands[strings.TrimSpace(line)]; ok {
			lines[i] = c
		}
	}
	return strings.Join(lines, "\n"), nil
}

// formatPart formats lines that stand in a cell after the given number of
// lines, with no blank line around them. Under a head they are the rest of a
// file; without one they are statements.
func formatPart(lines []string, above int, head string) (string, error) {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
		above++
	}
	// go/format keeps the indent of a fragment's first line; a cell has none.
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	if text == "" {
		return "", nil
	}
	out, err := format.Source([]byte(head + text))
	if err == nil {
		return strings.TrimSpace(strings.TrimPrefix(string(out), strings.TrimSpace(head))), nil
	}
	if list, ok := errors.AsType[scanner.ErrorList](err); ok && len(list) > 0 {
		// Columns are left out: go/format counts them in a text of its own.
		return "", fmt.Errorf("line %d: %s", above+list[0].Pos.Line-strings.Count(head, "\n"), list[0].Msg)
	}
	return "", err
}

// command gives a line without the prefix that GoNB allows before a command.
func command(line string) string { return strings.TrimPrefix(line, "//gonb:") }

// startsMain tells whether the command makes the lines below it the body of
// main, by GoNB's own rule.
func startsMain(c string) bool {
	return c == "%%" || strings.HasPrefix(c, "%% ") || strings.HasPrefix(c, "%%\t") || strings.HasPrefix(c, "%main")
}

// Program gives the text of a Go cell as a Go file, in which each line has the same
// number as in the cell, or "" if the cell is not Go.
func Program(source string) string {
	if !IsGo(source) {
		return ""
	}
	lines := strings.Split(source, "\n")
	continued, end := false, ""
	for i, line := range lines {
		c := command(line)
		switch {
		case !continued && end == "" && startsMain(c):
			lines[i], end = "func main() {", "\n}"
		case continued || len(c) > 1 && (c[0] == '%' || c[0] == '!'):
			continued = strings.HasSuffix(line, `\`)
			lines[i] = ""
		}
	}
	return "package main; " + strings.Join(lines, "\n") + end
}
