package main

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	// What only a page with the SVG's own elements in it could use.
	idle  = regexp.MustCompile(` (?:ecmeta_[a-z_]+|class|pointer-events)="[^"]*"`)
	hover = regexp.MustCompile(`(?s)<style ?><!\[CDATA\[.*?\]\]>\s*</style>\s*`)
	// Numbers with more than two decimals: a hundredth of a pixel is exact enough.
	long     = regexp.MustCompile(`(-?\d*\.\d\d)\d+(e-\d+)?`)
	geometry = regexp.MustCompile(` (?:d|transform|points|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|width|height)="[^"]*"`)
)

// shrink leaves out of an SVG what an image never shows: colours under a pointer,
// marks for scripts and decimals beyond a hundredth of a pixel; and it writes
// repeated shapes once, and strokes alike as one. Texts stay as they are.
func shrink(svg string) string {
	svg = hover.ReplaceAllString(svg, "")
	var b strings.Builder
	for len(svg) > 0 {
		// Only within tags: a text may look like an attribute.
		open := strings.IndexByte(svg, '<')
		if open < 0 {
			break
		}
		end := strings.IndexByte(svg[open:], '>')
		if end < 0 {
			break
		}
		end += open + 1
		b.WriteString(svg[:open])
		tag := idle.ReplaceAllString(svg[open:end], "")
		b.WriteString(geometry.ReplaceAllStringFunc(tag, round))
		svg = svg[end:]
	}
	b.WriteString(svg)
	return share(join(b.String()))
}

// stroke is a path that is not filled.
var stroke = regexp.MustCompile(`<path d="([^"]*)"([^<>]*\bfill="none"[^<>]*)>\s*</path>\s*`)

// join makes one path of strokes that follow each other and look alike, such as the
// lines of a grid.
func join(svg string) string {
	var b strings.Builder
	look, end := "", -1 // of the path that is open, and where the last one ended
	at := 0
	for _, m := range stroke.FindAllStringSubmatchIndex(svg, -1) {
		d, attributes := svg[m[2]:m[3]], svg[m[4]:m[5]]
		if attributes == look && m[0] == end {
			b.WriteString(d)
		} else {
			if look != "" {
				fmt.Fprintf(&b, "\"%s></path>\n", look)
			}
			b.WriteString(svg[at:m[0]] + `<path d="` + d)
		}
		look, end, at = attributes, m[1], m[1]
	}
	if look != "" {
		fmt.Fprintf(&b, "\"%s></path>\n", look)
	}
	return b.String() + svg[at:]
}

// repeated is a shape that a transform puts in its place.
var repeated = regexp.MustCompile(`<path (d="[^"]*") (transform="[^"]*")([^<>]*)>\s*</path>`)

// share writes a shape that stands in many places, such as the symbol of a
// point, once, and in each place only a reference to it.
func share(svg string) string {
	const worth = 4 // fewer do not make up for the definition
	count := make(map[string]int)
	for _, m := range repeated.FindAllStringSubmatch(svg, -1) {
		count[m[1]+m[3]]++
	}
	ids := make(map[string]string)
	var defs strings.Builder
	svg = repeated.ReplaceAllStringFunc(svg, func(path string) string {
		m := repeated.FindStringSubmatch(path)
		shape := m[1] + m[3]
		if count[shape] < worth {
			return path
		}
		id, known := ids[shape]
		if !known {
			id = fmt.Sprintf("s%d", len(ids))
			ids[shape] = id
			fmt.Fprintf(&defs, `<path id="%s" %s%s/>`, id, m[1], m[3])
		}
		return fmt.Sprintf(`<use href="#%s" %s/>`, id, m[2])
	})
	if len(ids) == 0 {
		return svg
	}
	// Definitions go first in the picture, behind the tag that opens it.
	open := strings.IndexByte(svg, '>') + 1
	return svg[:open] + "\n<defs>" + defs.String() + "</defs>" + svg[open:]
}

func round(attribute string) string {
	return long.ReplaceAllStringFunc(attribute, func(n string) string {
		if strings.Contains(n, "e-") {
			return "0"
		}
		n = long.ReplaceAllString(n, "$1")
		n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
		if n == "" || n == "-" || n == "-0" {
			return "0"
		}
		return n
	})
}
