package prose

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"interleave/notebooks/nb/notebook"
)

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name, source string
		want         []string // kind: text
	}{
		{"headings", "# One #\n\nTwo\n===\ntext\n", []string{"heading: One", "heading: Two", "paragraph: text"}},
		{"a paragraph of two lines", "one  \n two\\\nthree\n", []string{"paragraph: one  \ntwo\\\nthree"}},
		{"carriage returns", "one\r\ntwo\r\n\r\n- x\r\n", []string{"paragraph: one\ntwo", "list item: x"}},
		{"lists", "- a\n  b\n\n  more\n  1. c\n* \n", []string{"list item: a\nb", "paragraph: more", "list item: c"}},
		{"a quotation", "> a\n> b\n>\n> - c\n", []string{"paragraph: a\nb", "list item: c"}},
		{"a table", "| a | `x\\|y` |\n|---|:-:|\n| b | |\n", []string{"table cell: a", "table cell: `x\\|y`", "table cell: b"}},
		{"a table in a list", "- x\n\n  |a|b|\n  |-|-|\n  |c|d|\n", []string{"list item: x", "table cell: a", "table cell: b", "table cell: c", "table cell: d"}},
		{"code and rules", "```python\n# no heading\n```\n\n    indented\n\n---\n\ntext\n", []string{"paragraph: text"}},
		{"formulas", "$$\na_b\n$$\n\nand $a_b$\n", []string{"paragraph: and $a_b$"}},
		{"details", "<details>\n<summary>Hint <b>1</b></summary>\n\ntext\n\n</details>\n", []string{"summary: Hint <b>1</b>", "paragraph: text"}},
		{"HTML and link targets", "<div>\nno\n</div>\n\n[a]: https://x\n\n<!-- no -->\n", nil},
		{"nothing", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, b := range Split(tt.source).Blocks {
				got = append(got, fmt.Sprintf("%s: %s", b.Kind, b.Text))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestWith(t *testing.T) {
	const source = "# A\n\n- b\n  c\n1. > d\n\n| e |\n|---|\n| f |\n\n<details><summary>g</summary>\n\nh\n"
	all := []string{"A", "b\nc", "d", "e", "f", "g", "h"}
	for _, tt := range []struct {
		at        int
		text      string
		want, err string
	}{
		{0, "가", "# 가\n", ""},
		{1, "가", "- 가\n", ""},
		{1, "가\n나\n다", "- 가\n  나\n  다\n", ""},
		{2, "가\n나", "1. > 가\n   > 나\n", ""},
		{3, "가 `x` 나", "| 가 `x` 나 |\n", ""},
		{5, "가", "<summary>가</summary>", ""},
		{6, "  가\n", "\n가\n", ""},
		{0, "a\nb", "", `the heading "a\nb" cannot stand in the place of "A"`},
		{0, "", "", `the heading "" cannot stand in the place of "A"`},
		{1, "- a", "", `the list item "- a" cannot stand`},
		{1, "a\n\nb", "", `the list item "a\n\nb" cannot stand`},
		{1, "a\n- b", "", `the list item "a\n- b" cannot stand`},
		{3, "a | b", "", `the table cell "a | b" cannot stand`},
		{4, "a\nb", "", `the table cell "a\nb" cannot stand`},
		{5, "a</summary>b", "", `the summary "a</summary>b" cannot stand`},
		{6, "a\n---", "", `the paragraph "a\n---" cannot stand`},
		{6, "```\na", "", `the paragraph "` + "```" + `\na" cannot stand`},
		{6, "a\n```\nb\n```", "", "cannot stand"},
		{6, "a\n\n---\n", "", "cannot stand"},
	} {
		texts := slices.Clone(all)
		texts[tt.at] = tt.text
		got, err := Split(source).With(texts)
		switch {
		case tt.err != "":
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: got %q, %v; want the error %s", tt.text, got, err, tt.err)
			}
		case err != nil || !strings.Contains(got, tt.want):
			t.Errorf("%q: got %q, %v; want in it %q", tt.text, got, err, tt.want)
		}
	}
	if _, err := Split("a").With(nil); err == nil {
		t.Error("no text for a block is no error")
	}
}

// TestNotebooks takes all prose of the project apart. Both languages have the same
// blocks, and any of them can be replaced.
func TestNotebooks(t *testing.T) {
	files, _ := filepath.Glob("../../*.ipynb")
	solutions, _ := filepath.Glob("../../solutions/*.ipynb")
	if len(files) == 0 || len(solutions) == 0 {
		t.Fatal("no notebooks found")
	}
	for _, file := range append(files, solutions...) {
		nb, err := notebook.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range nb.Cells {
			if c.Type != notebook.Markdown {
				continue
			}
			d := Split(c.Source)
			var same, other []string
			for i, b := range d.Blocks {
				same, other = append(same, b.Text), append(other, fmt.Sprintf("번역 %d", i))
			}
			if got, err := d.With(same); err != nil || got != c.Source {
				t.Errorf("%s: %s is not the same: %v", file, c.ID, err)
			}
			if got, err := d.With(other); err != nil {
				t.Errorf("%s: %s: %v", file, c.ID, err)
			} else {
				for i, b := range Split(got).Blocks {
					if b.Text != other[i] || b.Kind != d.Blocks[i].Kind {
						t.Errorf("%s: %s: block %d is %q, want %q", file, c.ID, i, b.Text, other[i])
					}
				}
			}
			id := notebook.ParseID(c.ID)
			if en := nb.Cell(id.In("en")); id.Role == "ko" && !slices.Equal(kinds(d), kinds(Split(en.Source))) {
				t.Errorf("%s: %s has %q\nits English %q", file, c.ID, kinds(d), kinds(Split(en.Source)))
			}
		}
	}
}

func kinds(d *Document) (all []Kind) {
	for _, b := range d.Blocks {
		all = append(all, b.Kind)
	}
	return all
}

func TestFind(t *testing.T) {
	got := Find("`b` and ``a ` c``, [x](https://y \"t\"), ![p](q.png), <https://z>, $a_b$ not `$c$`, 5 $ or 6 $, <kbd>Esc</kbd> `b\nd`")
	want := Marks{
		Code:     []string{"$c$", "a ` c", "b", "b d"},
		Links:    []string{"https://y", "https://z", "q.png"},
		Formulas: []string{"$a_b$"},
		Tags:     []string{"</kbd>", "<kbd>"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestDiffers(t *testing.T) {
	source := Find("`a` `a` [x](y) $f$")
	for text, want := range map[string]string{
		"[번역](y) `a`, $f$, `a`":  "",
		"`a` [x](z) $f$":         "lacks the link y; has the link z, which the original does not have",
		"`a` `a` `b` [x](y) $g$": "has the code b, which the original does not have; lacks the formula $f$; has the formula $g$, which the original does not have",
		"`a` `a` [x](y) $f$<br>": "has the tag <br>, which the original does not have",
		"`a` and [x](y) $f$ $f$": "",
		"`이름` [x](y) $f$":        "",
		"`a` `이름` [x](y) $f$":    "has the code 이름, which the original does not have",
	} {
		if got := Find(text).Differs(source); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestHasWords(t *testing.T) {
	for text, want := range map[string]bool{"`Lock`": false, "`a`, $x_1$ 3.11 → 4": false, "락": true, "see `x`": true, "<b>2</b>": false} {
		if got := HasWords(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("- a\n\tb\n> c\n\n|a|\n|-|\n", "x", uint8(0))
	f.Add("1. > # a\r\n\t- b\r\n<details><summary>c</summary>\n", "a\nb", uint8(2))
	f.Add("a\n***\n-\n  -\n\n    code\n\x00\xff", "| `a\\|", uint8(1))
	f.Fuzz(func(t *testing.T, source, text string, at uint8) {
		d := Split(source)
		texts := make([]string, len(d.Blocks))
		for i, b := range d.Blocks {
			texts[i] = b.Text
		}
		got, err := d.With(texts)
		if err != nil || got != source {
			t.Fatalf("unchanged: got %q, %v; want %q", got, err, source)
		}
		Find(source).Differs(Find(text))
		HasWords(source)
		if len(texts) == 0 || !utf8.ValidString(text) {
			return
		}
		i := int(at) % len(texts)
		texts[i] = text
		if got, err = d.With(texts); err != nil {
			return
		}
		again := Split(got)
		if !slices.Equal(kinds(again), kinds(d)) {
			t.Fatalf("%q makes of %q other blocks: %q", text, source, got)
		}
		for j, b := range again.Blocks {
			if want := texts[j]; plain(b.Text) != plain(want) {
				t.Errorf("block %d is %q, want %q", j, b.Text, want)
			}
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	nb, err := notebook.ReadFile("../../54-lock.ipynb")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, c := range nb.Cells {
			Split(c.Source)
		}
	}
}
