package po

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parse reads a PO file, which has to be in UTF-8. An error tells the line.
func Parse(data []byte) (*File, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	p := &parser{file: new(File)}
	for text := range bytes.Lines(data) {
		p.line++
		if !utf8.Valid(text) {
			return nil, fmt.Errorf("line %d: not UTF-8; save the file in UTF-8", p.line)
		}
		line := strings.TrimSpace(string(text))
		if err := p.read(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.line, err)
		}
	}
	if err := p.end(); err != nil {
		return nil, fmt.Errorf("line %d: %w", p.line, err)
	}
	p.file.Trailing = p.comments
	return p.file, p.file.check()
}

// check finds what no single line can tell.
func (f *File) check() error {
	lines := map[[2]string]int{}
	for _, e := range f.Entries {
		if e.Obsolete {
			continue
		}
		key := [2]string{e.Context, e.ID}
		if first, ok := lines[key]; ok {
			return fmt.Errorf("line %d: the message is in line %d already; remove one of the two", e.Line, first)
		}
		lines[key] = e.Line
	}
	if kind := f.Header("Content-Type"); strings.Contains(kind, "charset=") && !utf8Charset.MatchString(kind) {
		return fmt.Errorf("Content-Type is %q; save the file in UTF-8, for example with msgconv -t UTF-8", kind)
	}
	return nil
}

var utf8Charset = regexp.MustCompile(`(?i)charset=("?)(utf-?8|us-ascii|ascii|charset)\b`)

type parser struct {
	file     *File
	line     int
	entry    *Entry   // the one that is read, or nil
	comments []string // those before the next entry, with their "#"
	first    int      // the line of the first of them
	previous Source   // the next entry's
	text     *string  // that the next line may continue
	mark     string   // in front of the line that it continues
	have     map[string]bool
}

// The marks of lines: of an entry, of what it translated before, and of both of
// entries that are obsolete.
var markOf = regexp.MustCompile(`^#(~\||~|\|)\s*`)

var statement = regexp.MustCompile(`^(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?\s*)?(".*")$`)

func (p *parser) read(line string) error {
	if line == "" {
		return nil
	}
	mark := markOf.FindString(line)
	if strings.HasPrefix(line, "#") && mark == "" {
		if err := p.end(); err != nil {
			return err
		}
		p.comment(line)
		return nil
	}
	m := statement.FindStringSubmatch(line[len(mark):])
	if m == nil {
		return fmt.Errorf("%s is no line of a PO file; it begins with #, msgctxt, msgid, msgid_plural, msgstr or a quotation mark, and ends with one", shortened(line))
	}
	text, err := unquote(m[3])
	if err != nil {
		return err
	}
	mark = strings.TrimSpace(mark)
	if m[1] == "" {
		if p.text == nil || p.mark != mark {
			return fmt.Errorf("%s continues nothing; put msgid or msgstr before it", shortened(line))
		}
		*p.text += text
		return nil
	}
	p.mark = mark
	if strings.HasSuffix(mark, "|") {
		return p.was(m[1], text)
	}
	return p.statement(m[1], m[2], text, mark == "#~")
}

func (p *parser) comment(line string) {
	if p.first == 0 {
		p.first = p.line
	}
	p.comments = append(p.comments, line)
}

// was reads a line of what a fuzzy entry translated.
func (p *parser) was(keyword, text string) error {
	if err := p.end(); err != nil {
		return err
	}
	if p.first == 0 {
		p.first = p.line
	}
	switch keyword {
	case "msgctxt":
		p.previous.Context, p.text = text, &p.previous.Context
	case "msgid":
		p.previous.ID, p.text = text, &p.previous.ID
	case "msgid_plural":
		p.previous.Plural, p.text = text, &p.previous.Plural
	default:
		return errors.New("a previous msgstr; only msgctxt, msgid and msgid_plural can be previous")
	}
	return nil
}

func (p *parser) statement(keyword, form, text string, obsolete bool) error {
	if p.entry != nil && len(p.entry.Str) > 0 && keyword != "msgstr" {
		if err := p.end(); err != nil {
			return err
		}
	}
	if p.entry == nil {
		p.begin(obsolete)
	}
	e := p.entry
	if e.Obsolete != obsolete {
		return errors.New("the entry is obsolete (#~) only in part; mark all of its lines or none")
	}
	if keyword != "msgstr" && (p.have[keyword] || form != "") {
		return fmt.Errorf("%s where msgstr was expected", keyword)
	}
	switch keyword {
	case "msgctxt":
		if p.have["msgid"] {
			return errors.New("msgctxt after msgid; put it before")
		}
		e.Context, p.text = text, &e.Context
	case "msgid":
		e.ID, p.text = text, &e.ID
	case "msgid_plural":
		if !p.have["msgid"] {
			return errors.New("msgid_plural before msgid; put it after")
		}
		e.Plural, p.text = text, &e.Plural
	case "msgstr":
		if !p.have["msgid"] {
			return errors.New("msgstr before msgid; put it after")
		}
		if n, _ := strconv.Atoi(form); (form != "") != p.have["msgid_plural"] || n != len(e.Str) || form == "" && n > 0 {
			return fmt.Errorf("msgstr for form %q; an entry with msgid_plural has msgstr[0], msgstr[1] and so on, any other has one msgstr", form)
		}
		e.Str = append(e.Str, text)
		p.text = &e.Str[len(e.Str)-1]
	}
	p.have[keyword] = true
	return nil
}

// begin starts an entry with the comments above it.
func (p *parser) begin(obsolete bool) {
	e := &Entry{Obsolete: obsolete, Line: p.line, Previous: p.previous}
	if p.first > 0 {
		e.Line = p.first
	}
	for _, c := range p.comments {
		rest := strings.TrimPrefix(c[min(2, len(c)):], " ")
		switch {
		case strings.HasPrefix(c, "#."):
			e.Extracted = append(e.Extracted, rest)
		case strings.HasPrefix(c, "#:"):
			e.References = append(e.References, rest)
		case strings.HasPrefix(c, "#,"):
			for flag := range strings.SplitSeq(rest, ",") {
				if flag = strings.TrimSpace(flag); flag != "" {
					e.Flags = append(e.Flags, flag)
				}
			}
		default:
			e.Comments = append(e.Comments, strings.TrimPrefix(c[1:], " "))
		}
	}
	p.entry, p.comments, p.first, p.previous, p.have = e, nil, 0, Source{}, map[string]bool{}
}

// end ends the entry that is read, if there is one.
func (p *parser) end() error {
	p.text = nil
	if p.entry == nil {
		return nil
	}
	if len(p.entry.Str) == 0 {
		return errors.New("the entry above has no msgstr; add one, if only an empty one")
	}
	p.file.Entries = append(p.file.Entries, p.entry)
	p.entry = nil
	return nil
}

var escape = regexp.MustCompile(`\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.|$)|"`)

// unquote reads a string in quotation marks, with the escapes of C.
func unquote(quoted string) (string, error) {
	if len(quoted) < 2 {
		return "", fmt.Errorf("%s has one quotation mark; add the other", shortened(quoted))
	}
	var wrong error
	text := escape.ReplaceAllStringFunc(quoted[1:len(quoted)-1], func(e string) string {
		if i := strings.IndexByte(`"\'?abfnrtv`, e[len(e)-1]); len(e) == 2 && i >= 0 {
			return "\"\\'?\a\b\f\n\r\t\v"[i : i+1]
		}
		if len(e) > 1 {
			digits, base := e[1:], 8
			if digits[0] == 'x' {
				digits, base = digits[1:], 16
			}
			if n, err := strconv.ParseUint(digits, base, 8); err == nil {
				return string([]byte{byte(n)})
			}
		}
		wrong = fmt.Errorf("%s in %s; write \\\" for a quotation mark and \\\\ for a backslash", e, shortened(quoted))
		return e
	})
	if wrong == nil && !utf8.ValidString(text) {
		wrong = fmt.Errorf("%s is not UTF-8 when its escapes are resolved", shortened(quoted))
	}
	return text, wrong
}

func shortened(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + " …"
	}
	return s
}
