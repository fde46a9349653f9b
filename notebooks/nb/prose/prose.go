// Package prose takes the Markdown of a cell apart into the blocks that a person
// translates, and puts it together again.
package prose

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// A Kind tells what a block is.
type Kind string

// The kinds of blocks.
const (
	Heading   Kind = "heading"
	Paragraph Kind = "paragraph"
	Item      Kind = "list item" // its first paragraph; others are paragraphs
	Cell      Kind = "table cell"
	Summary   Kind = "summary" // what is shown of a closed <details>
)

// A Block is a piece of prose that is translated as a whole.
type Block struct {
	Kind Kind
	// Text is Markdown without what makes it a block: the marks of a heading, a list
	// or a quotation, and the indents of its lines.
	Text  string
	lines []span
}

type span struct{ start, end int }

// A Document is Markdown taken apart.
type Document struct {
	Blocks []Block // in the order of the text
	source []byte
	shape  string // the kinds of all parts, those that are not translated too
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

var summary = regexp.MustCompile(`(?i)<summary>[ \t]*(.*?)[ \t]*</summary>`)

// formula matches a paragraph that is a formula and nothing else.
var formula = regexp.MustCompile(`^\$\$[^$]+\$\$$`)

// Split takes Markdown apart. Code, formulas that stand alone, HTML other than
// summaries and what has no text are not among the blocks.
func Split(markdownText string) *Document {
	d := &Document{source: []byte(markdownText)}
	var shape strings.Builder
	ast.Walk(markdown.Parse(text.NewReader(d.source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Type() == ast.TypeInline {
			return ast.WalkSkipChildren, nil
		}
		if !entering {
			shape.WriteByte(')')
			return ast.WalkContinue, nil
		}
		shape.WriteString("(" + n.Kind().String())
		switch n := n.(type) {
		case *ast.Heading:
			fmt.Fprint(&shape, n.Level)
			d.add(Heading, n.Lines())
		case *ast.Paragraph, *ast.TextBlock:
			kind := Paragraph
			if _, ok := n.Parent().(*ast.ListItem); ok && n.PreviousSibling() == nil {
				kind = Item
			}
			d.add(kind, n.Lines())
		case *extast.TableCell:
			d.add(Cell, n.Lines())
		case *ast.HTMLBlock:
			d.addSummaries(n.Lines())
		}
		return ast.WalkContinue, nil
	})
	d.shape = shape.String()
	return d
}

func (d *Document) add(kind Kind, lines *text.Segments) {
	b := Block{Kind: kind}
	for _, s := range lines.Sliced(0, lines.Len()) {
		line := bytes.TrimRight(d.source[s.Start:s.Stop], "\r\n")
		if len(b.lines) == 0 && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		b.lines = append(b.lines, span{s.Start, s.Start + len(line)})
	}
	d.keep(b)
}

func (d *Document) addSummaries(lines *text.Segments) {
	for _, s := range lines.Sliced(0, lines.Len()) {
		for _, m := range summary.FindAllSubmatchIndex(d.source[s.Start:s.Stop], -1) {
			d.keep(Block{Kind: Summary, lines: []span{{s.Start + m[2], s.Start + m[3]}}})
		}
	}
}

func (d *Document) keep(b Block) {
	var lines []string
	for _, l := range b.lines {
		lines = append(lines, string(d.source[l.start:l.end]))
	}
	b.Text = strings.Join(lines, "\n")
	if strings.TrimSpace(b.Text) != "" && !formula.MatchString(b.Text) {
		d.Blocks = append(d.Blocks, b)
	}
}

// With puts the document together with other texts in the place of the blocks', one
// for each. With the blocks' own texts it is the same Markdown, byte for byte. A text
// that would make more or other blocks is an error.
func (d *Document) With(texts []string) (string, error) {
	if len(texts) != len(d.Blocks) {
		return "", fmt.Errorf("putting prose together: %d texts for %d blocks", len(texts), len(d.Blocks))
	}
	var out []byte
	at := 0
	for i, b := range d.Blocks {
		out = append(out, d.source[at:b.lines[0].start]...)
		out = append(out, d.put(b, texts[i])...)
		at = b.lines[len(b.lines)-1].end
	}
	out = append(out, d.source[at:]...)
	again := Split(string(out))
	for i, b := range d.Blocks {
		if i >= len(again.Blocks) || again.Blocks[i].Kind != b.Kind || plain(again.Blocks[i].Text) != plain(texts[i]) {
			return "", fmt.Errorf("the %s %q cannot stand in the place of %q: it would be read as something else than one %s; take the line breaks, list marks, # or | out of it, or close its code and HTML", b.Kind, short(texts[i]), short(b.Text), b.Kind)
		}
	}
	if again.shape != d.shape {
		return "", fmt.Errorf("the text %q and what follows would be read as other parts than in the original; close its code and HTML", short(texts[max(0, len(texts)-1)]))
	}
	return string(out), nil
}

// put gives a text as it stands in the block's place.
func (d *Document) put(b Block, s string) []byte {
	first, last := b.lines[0], b.lines[len(b.lines)-1]
	if s == b.Text {
		return d.source[first.start:last.end]
	}
	var out []byte
	for i, line := range strings.Split(plain(s), "\n") {
		switch {
		case i == 0:
		case i < len(b.lines):
			out = append(out, d.source[b.lines[i-1].end:b.lines[i].start]...)
		case len(b.lines) > 1:
			n := len(b.lines)
			out = append(out, d.source[b.lines[n-2].end:b.lines[n-1].start]...)
		default:
			out = append(out, d.next(first.start)...)
		}
		out = append(out, line...)
	}
	return out
}

// next gives what stands before a second line of the block whose first one begins
// here: a line end, and the indent or the mark of a quotation that it is in.
func (d *Document) next(start int) []byte {
	begin := bytes.LastIndexByte(d.source[:start], '\n') + 1
	newline := []byte("\n")
	if begin > 1 && d.source[begin-2] == '\r' {
		newline = []byte("\r\n")
	}
	return append(newline, bytes.Map(func(r rune) rune {
		if r == '>' || r == '\t' {
			return r
		}
		return ' '
	}, d.source[begin:start])...)
}

// plain gives the text without what does not count around its lines.
func plain(s string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(s), "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimLeft(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}

func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + " …"
	}
	return s
}

// Marks are the parts of a text that are the same in every language. Each list is sorted.
type Marks struct{ Code, Links, Formulas, Tags []string }

var inlineFormula = regexp.MustCompile(`\$\$[^$]+\$\$|\$[^\s$](?:[^$\n]*[^\s$])?\$`)

// Find gives the marks of a block's text.
func Find(s string) Marks {
	var m Marks
	source := []byte(s)
	rest := slices.Clone(source) // without code
	ast.Walk(markdown.Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeSpan:
			var code []byte
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					code = append(code, t.Segment.Value(source)...)
					for i := t.Segment.Start; i < t.Segment.Stop; i++ {
						rest[i] = ' '
					}
				}
			}
			m.Code = append(m.Code, strings.Join(strings.Fields(string(code)), " "))
		case *ast.Link:
			m.Links = append(m.Links, string(n.Destination))
		case *ast.Image:
			m.Links = append(m.Links, string(n.Destination))
		case *ast.AutoLink:
			m.Links = append(m.Links, string(n.URL(source)))
		case *ast.RawHTML:
			var tag []byte
			for _, s := range n.Segments.Sliced(0, n.Segments.Len()) {
				tag = append(tag, s.Value(source)...)
			}
			m.Tags = append(m.Tags, string(tag))
		}
		return ast.WalkContinue, nil
	})
	for _, f := range inlineFormula.FindAll(rest, -1) {
		m.Formulas = append(m.Formulas, string(f))
	}
	for _, list := range [][]string{m.Code, m.Links, m.Formulas, m.Tags} {
		slices.Sort(list)
	}
	return m
}

// Differs tells in what the marks of a translation differ from those of its source,
// or "" if they do not. How often each stands in a text does not matter, and code with
// words of a language, such as `undefined: 이름`, may stand for other code.
func (m Marks) Differs(source Marks) string {
	var faults []string
	compare := func(what string, have, want []string) {
		missing, added := without(want, have), without(have, want)
		for i := 0; i < len(missing) && len(added) > 0; {
			j := slices.IndexFunc(added, func(s string) bool { return isWord(s) || isWord(missing[i]) })
			if what != "code" || j < 0 {
				i++
				continue
			}
			missing, added = slices.Delete(missing, i, i+1), slices.Delete(added, j, j+1)
		}
		for _, s := range missing {
			faults = append(faults, fmt.Sprintf("lacks the %s %s", what, s))
		}
		for _, s := range added {
			faults = append(faults, fmt.Sprintf("has the %s %s, which the original does not have", what, s))
		}
	}
	compare("code", m.Code, source.Code)
	compare("link", m.Links, source.Links)
	compare("formula", m.Formulas, source.Formulas)
	compare("tag", m.Tags, source.Tags)
	return strings.Join(faults, "; ")
}

// without gives what is in the one list and not in the other, once each.
func without(all, other []string) []string {
	return slices.DeleteFunc(slices.Compact(slices.Clone(all)), func(s string) bool { return slices.Contains(other, s) })
}

// isWord tells whether code has letters that no program of the lab has.
func isWord(code string) bool {
	return strings.ContainsFunc(code, func(r rune) bool { return r >= utf8.RuneSelf && unicode.IsLetter(r) })
}

var letter = regexp.MustCompile(`\p{L}`)

// HasWords tells whether there is anything to translate in the text, beside code,
// formulas, tags and numbers.
func HasWords(s string) bool {
	m := Find(s)
	for _, list := range [][]string{m.Code, m.Links, m.Formulas, m.Tags} {
		for _, part := range list {
			s = strings.ReplaceAll(s, part, "")
		}
	}
	return letter.MatchString(s)
}
