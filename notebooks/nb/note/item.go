package note

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var (
	// What may stand between an item's number and its title. A digit after it
	// makes it something else, such as 54.2 or 52-55.
	afterNumber = `(?:\s*[.:)\]|·—–-]+(?:\s|[^\s\d]|$)|\s+[^\s~\d,/&+–-]|\s*$)`

	wordedItem = regexp.MustCompile(`(?i)^(?:(?:effective python|이펙티브 파이썬).*?)?(?:better way|베터 웨이|item|아이템|항목|규칙)\s*[#.:]?\s*(\d{1,3})` + afterNumber)
	plainItem  = regexp.MustCompile(`^[#(\[]?(\d\d)` + afterNumber)
	stepNumber = regexp.MustCompile(`^[(\[]?(\d\d-\d\d)(?:\D|$)`)
	numbering  = regexp.MustCompile(`^(?:[(\[]?\d+(?:[.-]\d+)*[.):\]]*\s+|[(\[]?\d+(?:[.-]\d+)*[.):\]]+|[(\[]?(?:[a-zA-Z]|[ivxIVX]+)[.)\]]\s+|[①-⑳]\s*|제?\s*\d+\s*[장절]\s*[.:]?\s*)`)
)

// Items with a notebook: only these numbers make a heading that of an item without
// a word that says so.
var items = map[string]bool{"00": true, "52": true, "53": true, "54": true, "55": true}

// itemOf gives the number of the item of which the title is the heading, or "".
func itemOf(title string) string {
	title = norm.NFKC.String(title)
	if stepNumber.MatchString(title) {
		return ""
	}
	if m := wordedItem.FindStringSubmatch(title); m != nil {
		return m[1]
	}
	if m := plainItem.FindStringSubmatch(title); m != nil && items[m[1]] {
		return m[1]
	}
	return ""
}

// stepOf gives the step that the title names, such as 54-07, or "".
func stepOf(title string) string {
	if m := stepNumber.FindStringSubmatch(norm.NFKC.String(title)); m != nil {
		return m[1]
	}
	return ""
}

// withoutNumber gives the title without the number before it.
func withoutNumber(title string) string {
	return strings.TrimSpace(title[len(numbering.FindString(title)):])
}

// findItems tells of each section which item of the book it is under. A heading
// deeper than its item's that names another item is a remark on that, not its
// beginning: what is under it stays in the item, but nobody can say where.
func (n *Note) findItems() {
	item, itemLevel := "", 0
	inside, insideLevel := "", 0
	for _, s := range n.Sections {
		number := itemOf(s.title)
		if step := stepOf(s.title); number == "" && items[firstTwo(step)] && firstTwo(step) != item {
			if item == "" {
				item, itemLevel = firstTwo(step), 7 // any heading of an item ends it
			} else {
				number = firstTwo(step)
			}
		}
		if inside != "" && s.level < insideLevel {
			inside = ""
		}
		switch {
		case number != "" && (item == "" || s.level <= itemLevel):
			item, itemLevel, inside = number, s.level, ""
			s.opening = stepOf(s.title) == ""
		case number != "" && number != item && inside == "":
			inside, insideLevel = s.Heading, s.level
		}
		s.Item, s.inside = item, inside
	}
	n.findOpening()
}

// findOpening marks what is about the note as a whole: the text before the first
// heading, and a heading above all others.
func (n *Note) findOpening() {
	for i, s := range n.Sections[:min(2, len(n.Sections))] {
		if s.level == 0 {
			s.opening = true
			continue
		}
		above := i+1 < len(n.Sections) && stepOf(s.title) == ""
		for _, other := range n.Sections[i+1:] {
			above = above && s.level < other.level
		}
		// In a note of several items, the title may be of the level of the items.
		above = above || s.Item == "" && i+1 < len(n.Sections) && n.Sections[i+1].opening
		s.opening = s.opening || above
		break
	}
}

func firstTwo(step string) string { return step[:min(2, len(step))] }
