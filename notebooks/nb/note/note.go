// Package note places the sections of a reader's Markdown study note beside the
// steps of a notebook that they are about, and gives the note back from there.
//
// A note is cut into sections, each of which becomes one Markdown cell of the
// reader's own. Joined in order, the sections are the note again, byte for byte.
// A section goes beside a step only if it clearly belongs there; otherwise it is
// called unsure and goes to the end, for the reader to move.
package note

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/text/unicode/norm"
)

// A Note is a Markdown study note, cut into sections.
type Note struct {
	Name     string // of its file, without the folder
	Sections []*Section
}

// A Section is a heading with what follows it up to the next heading of any level.
// The first one may be the text before the first heading.
type Section struct {
	Part    int    // its number in the note, from 1
	Line    int    // of the note, from 1, where it begins
	Heading string // as the note has it, in one line; "" before the first heading
	Text    string // with plain line ends, and none after the last line
	Item    string // the two digits or more of the book's item that it is under, or ""

	frame   frame
	level   int    // of the heading, 1 to 6; 0 without one
	title   string // the heading without its marks
	body    string // what follows the heading
	opening bool   // it is the heading of an item, or what comes before one
	inside  string // the heading of another item that it is under, within its own
}

// frame is what a section has in the note and its cell does not show: the end of
// the last line, with the blank lines up to the next section, carriage returns,
// and a byte order mark. A reader who edits a cell cannot lose them.
type frame struct {
	end  string
	crlf bool
	bom  bool
}

// put gives the text as the note has it.
func (f frame) put(text string) string {
	if f.crlf {
		text = withCRLF(text)
	}
	if f.bom {
		text = byteOrderMark + text
	}
	return text + f.end
}

const byteOrderMark = "\ufeff"

// String gives the section as the note has it.
func (s *Section) String() string { return s.frame.put(s.Text) }

// String gives the note.
func (n *Note) String() string {
	var b strings.Builder
	for _, s := range n.Sections {
		b.WriteString(s.String())
	}
	return b.String()
}

// Split cuts the note in a file of that name, which begins with these bytes.
func Split(name string, data []byte) (*Note, error) {
	name = NameOf(name)
	if err := checkText(name, data); err != nil {
		return nil, err
	}
	source, bom := bytes.CutPrefix(data, []byte(byteOrderMark))
	heads := headings(source)
	if len(heads) == 0 || len(bytes.TrimSpace(source[:heads[0].start])) > 0 {
		heads = append([]head{{}}, heads...) // the text before the first heading
	} else {
		heads[0].start = 0 // blank lines above the first heading are no section
	}
	n := &Note{Name: name}
	for i, h := range heads {
		end := len(source)
		if i+1 < len(heads) {
			end = heads[i+1].start
		}
		s := newSection(string(source[h.start:end]))
		s.Part = i + 1
		s.Line = 1 + bytes.Count(source[:max(h.start, h.text)], []byte("\n"))
		s.frame.bom = bom && i == 0
		s.level, s.title = h.level, h.title
		if h.level > 0 {
			s.Heading = strings.Repeat("#", h.level) + " " + h.title
			s.body = string(source[min(h.after, end):end])
		} else {
			s.body = s.Text
		}
		n.Sections = append(n.Sections, s)
	}
	n.findItems()
	return n, nil
}

// NameOf gives the name by which a note in this file is known in notebooks.
func NameOf(file string) string {
	return norm.NFC.String(strings.ToValidUTF8(filepath.Base(file), "_"))
}

func newSection(all string) *Section {
	text := strings.TrimRight(all, "\r\n")
	s := &Section{frame: frame{end: all[len(text):]}}
	// Only if all line ends are alike can they be put back.
	plain := strings.ReplaceAll(all, "\r\n", "\n")
	if s.frame.crlf = plain != all && withCRLF(plain) == all && !strings.Contains(plain, "\r"); s.frame.crlf {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	s.Text = text
	return s
}

func withCRLF(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

// checkText tells what of the note a notebook, which is JSON, could not hold.
func checkText(name string, data []byte) error {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return fmt.Errorf("reading note %s: line 1: it is UTF-16, not UTF-8; save it as UTF-8, for example with: iconv -f UTF-16 -t UTF-8", name)
	}
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return fmt.Errorf("reading note %s: line %d: the byte %#x is not UTF-8, which a notebook has to be; save the note as UTF-8, for example, if it is in the old Korean encoding, with: iconv -f CP949 -t UTF-8",
				name, 1+bytes.Count(data[:at], []byte("\n")), data[at])
		}
		at += size
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte(byteOrderMark)))) == 0 {
		return fmt.Errorf("reading note %s: it is empty; write something in it, or name another file", name)
	}
	return nil
}

// head is where a heading is in the note.
type head struct {
	start int // of its first line
	text  int // within its first line
	after int // the line after it
	level int
	title string
}

// headings finds the headings that can begin a section: those that are not within
// a list, a quotation, code or HTML.
func headings(source []byte) (heads []head) {
	body := frontMatter(source)
	doc := goldmark.New().Parser().Parse(text.NewReader(source[body:]))
	for node := doc.FirstChild(); node != nil; node = node.NextSibling() {
		h, ok := node.(*ast.Heading)
		if !ok || h.Pos() < 0 {
			continue
		}
		pos, last := body+h.Pos(), body+h.Pos()
		if lines := h.Lines(); lines.Len() > 0 {
			last = body + max(lines.At(lines.Len()-1).Stop-1, h.Pos())
		}
		start := bytes.LastIndexByte(source[:pos], '\n') + 1
		after := lineEnd(source, last)
		if source[pos] != '#' { // below the text of the other form is a line of = or -
			after = lineEnd(source, after)
		}
		heads = append(heads, head{start: start, text: pos, after: after, level: h.Level, title: plain(h, source[body:])})
	}
	return heads
}

// frontMatter gives the length of a block of settings at the note's beginning, whose
// lower line would otherwise make it a heading.
func frontMatter(source []byte) int {
	if first, _, _ := bytes.Cut(source, []byte("\n")); string(bytes.TrimRight(first, " \t\r")) != "---" {
		return 0
	}
	for at := lineEnd(source, 0); at < len(source); {
		end := lineEnd(source, at)
		switch line := string(bytes.TrimRight(source[at:end], " \t\r\n")); line {
		case "---", "...":
			return end
		case "":
			return 0 // a line across the page, and text below it
		}
		at = end
	}
	return 0
}

// lineEnd gives where the line after the one at this place begins.
func lineEnd(source []byte, at int) int {
	if at >= len(source) {
		return len(source)
	}
	n := bytes.IndexByte(source[at:], '\n')
	if n < 0 {
		return len(source)
	}
	return at + n + 1
}

// plain gives the text of a heading without emphasis, links and the like.
func plain(h *ast.Heading, source []byte) string {
	var b strings.Builder
	ast.Walk(h, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(source))
		}
		return ast.WalkContinue, nil
	})
	return strings.Join(strings.Fields(norm.NFC.String(b.String())), " ")
}
