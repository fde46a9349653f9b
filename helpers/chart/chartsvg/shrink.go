package main

import (
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
// marks for scripts and decimals beyond a hundredth of a pixel. Texts stay as they are.
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
	return b.String()
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
