package chart

import (
	"fmt"
	"html"
	"strings"
	"unicode"

	"github.com/dustin/go-humanize"
	"golang.org/x/text/width"

	"interleave/helpers/lang"
)

// table is text in rows and columns. Rows may be ragged.
type table struct {
	header []string
	rows   [][]string
	left   int // from this column on, cells are aligned to the left; 0: by what they hold
}

// tableRoom is how many bytes of a chart's output its table may take, as HTML and
// as text each; the rest is the picture's.
const tableRoom = 14 << 10

// longTable is how many rows make a table long: it is cut in any case, and half the
// room shows how it goes on as well.
const longTable = 100

func (t table) room() int {
	if len(t.rows) > longTable {
		return tableRoom / 2
	}
	return tableRoom
}

func (t table) columns() int {
	n := len(t.header)
	for _, row := range t.rows {
		n = max(n, len(row))
	}
	return n
}

// numeric tells which columns hold numbers and nothing else.
func (t table) numeric() []bool {
	is := make([]bool, t.columns())
	for c := range is {
		some := false
		is[c] = true
		for _, row := range t.rows {
			if c >= len(row) || row[c] == "" || row[c] == "–" {
				continue
			}
			some = true
			first := strings.TrimLeft(row[c], "-−+<>≤≥~≈ ")
			if first == "" || first[0] < '0' || first[0] > '9' {
				is[c] = false
			}
		}
		is[c] = is[c] && some && (t.left == 0 || c < t.left)
	}
	return is
}

// text writes the table for a fixed-width font, in room bytes at most.
func (t table) text(room int) string {
	widths, right := make([]int, t.columns()), t.numeric()
	lines := append([][]string{t.header}, t.rows...)
	for _, line := range lines {
		for c, cell := range line {
			widths[c] = max(widths[c], columnsOf(oneLine(cell)))
		}
	}
	var b strings.Builder
	write := func(line []string) {
		var l strings.Builder
		for c := range widths {
			cell := ""
			if c < len(line) {
				cell = oneLine(line[c])
			}
			gap := strings.Repeat(" ", widths[c]-columnsOf(cell))
			if c > 0 {
				l.WriteString("  ")
			}
			if right[c] {
				l.WriteString(gap + cell)
			} else {
				l.WriteString(cell + gap)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	if len(t.header) > 0 {
		write(t.header)
		rule := make([]string, len(widths))
		for c, w := range widths {
			rule[c] = strings.Repeat("-", w)
		}
		write(rule)
	}
	for i, row := range t.rows {
		if b.Len() > room {
			b.WriteString(moreRows(len(t.rows)-i).String() + "\n")
			break
		}
		write(row)
	}
	return b.String()
}

// html writes the table as HTML that a sanitiser leaves as it is, in room bytes at most.
func (t table) html(room int) string {
	right := t.numeric()
	var b strings.Builder
	cell := func(tag, text string, c int) {
		align := "left"
		if right[c] {
			align = "right"
		}
		fmt.Fprintf(&b, `<%s style="text-align:%s">%s</%s>`, tag, align, html.EscapeString(oneLine(text)), tag)
	}
	b.WriteString("<table>")
	if len(t.header) > 0 {
		b.WriteString("<thead><tr>")
		for c, h := range t.header {
			cell("th", h, c)
		}
		b.WriteString("</tr></thead>")
	}
	b.WriteString("<tbody>")
	for i, row := range t.rows {
		if b.Len() > room {
			fmt.Fprintf(&b, `<tr><td colspan="%d">%s</td></tr>`, len(right), html.EscapeString(moreRows(len(t.rows)-i).String()))
			break
		}
		b.WriteString("<tr>")
		for c, text := range row {
			cell("td", text, c)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

func moreRows(n int) lang.Text {
	return lang.Format(lang.Text{
		Ko: "… 자리가 모자라 %s행을 뺐다",
		En: "… %s more rows left out for lack of room",
	}, humanize.Comma(int64(n)))
}

// cellRoom is how many characters of one cell are shown.
const cellRoom = 300

// oneLine makes s fit for a cell.
func oneLine(s string) string { return clip(strings.Join(strings.Fields(s), " "), cellRoom) }

// clip cuts s to n characters, the last of which then says so.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// columnsOf gives the columns that s takes in a terminal, where Hangul and Han
// take two each and combining marks none.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11ff:
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// tableOutput shows a table by itself.
func tableOutput(title string, t table) output {
	o := output{plain: t.text(limit / 3)}
	body := t.html(limit / 3)
	if title != "" {
		o.html = "<p><b>" + html.EscapeString(oneLine(title)) + "</b></p>\n"
		o.plain = oneLine(title) + "\n\n" + o.plain
	}
	o.html += body
	return o
}
