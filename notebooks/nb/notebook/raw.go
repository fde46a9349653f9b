package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A span is a part of a JSON text.
type span struct{ start, end int }

func (s span) of(text []byte) []byte { return text[s.start:s.end] }

// A member is one key of a JSON object with its value.
type member struct {
	name       string
	key, value span
}

// members gives the places of the keys and values of the object in text, which was
// decoded before, and so is sound JSON. To look for the ends only takes a small part of
// the time of decoding it again.
func members(text []byte) (found []member) {
	for at := next(text, next(text, 0)+1); text[at] != '}'; {
		m := member{key: span{at, valueEnd(text, at)}}
		_ = json.Unmarshal(m.key.of(text), &m.name)
		at = next(text, next(text, m.key.end)+1) // behind the colon
		m.value = span{at, valueEnd(text, at)}
		found = append(found, m)
		at = behindComma(text, m.value.end)
	}
	return found
}

// last gives the member of that name that counts: of several, the last.
func last(all []member, name string) (member, bool) {
	for _, m := range slices.Backward(all) {
		if m.name == name {
			return m, true
		}
	}
	return member{}, false
}

// elements gives the places of the elements of the list in text, which was decoded
// before.
func elements(text []byte) (found []span) {
	for at := next(text, next(text, 0)+1); text[at] != ']'; {
		s := span{at, valueEnd(text, at)}
		found = append(found, s)
		at = behindComma(text, s.end)
	}
	return found
}

// next gives the first place from at on that is not white space.
func next(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r' {
		at++
	}
	return at
}

// behindComma gives where the next part begins, or where the bracket is that ends all.
func behindComma(text []byte, at int) int {
	if at = next(text, at); text[at] == ',' {
		at = next(text, at+1)
	}
	return at
}

// valueEnd gives where the value ends that begins at the place.
func valueEnd(text []byte, at int) int {
	switch text[at] {
	case '"':
		return stringEnd(text, at)
	case '{', '[':
		for depth := 0; ; at++ {
			switch text[at] {
			case '"':
				at = stringEnd(text, at) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return at + 1
				}
			}
		}
	}
	// Within an object or a list, something follows a number, true, false or null.
	return at + bytes.IndexAny(text[at:], ",]} \n\t\r")
}

func stringEnd(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// An edit puts text in the place of a span.
type edit struct {
	span
	text []byte
}

// edited gives text with the edits made, which do not overlap.
func edited(text []byte, edits []edit) []byte {
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, text[at:e.start]...), e.text...)
		at = e.end
	}
	return append(out, text[at:]...)
}

// newlineBefore gives the line end and the indent in front of the place, or "" if
// something else stands there: the text is not laid out in lines.
func newlineBefore(text []byte, at int) string {
	lead := string(text[:at])
	lead = lead[len(strings.TrimRight(lead, " \t")):]
	if rest := text[:at-len(lead)]; len(rest) > 0 && rest[len(rest)-1] == '\n' {
		return "\n" + lead
	}
	return ""
}

// set gives the edit that makes v the value of a member of the object in text,
// whose members are all.
func set(text []byte, all []member, name string, v any) edit {
	if m, ok := last(all, name); ok {
		return edit{m.value, jsonText(v, newlineBefore(text, m.key.start))}
	}
	// A new member goes first, laid out like the one that was first.
	open := span{bytes.IndexByte(text, '{') + 1, len(text)}
	if len(all) == 0 {
		return edit{span{open.start, open.start}, fmt.Appendf(nil, "%q: %s", name, jsonText(v, ""))}
	}
	open.end = all[0].key.start
	newline := newlineBefore(text, open.end)
	return edit{span{open.end, open.end}, fmt.Appendf(nil, "%q: %s,%s", name, jsonText(v, newline), open.of(text))}
}

// jsonText gives v's text; newline is a line end with the indent of v, or "" for
// one line.
func jsonText(v any, newline string) []byte {
	var b bytes.Buffer
	writeJSON(&b, v, newline)
	return b.Bytes()
}
