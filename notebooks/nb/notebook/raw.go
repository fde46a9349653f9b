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

// members gives the places of the keys and values of the object in text.
func members(text []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var found []member
	for dec.More() {
		from := int(dec.InputOffset())
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		end := int(dec.InputOffset())
		m := member{key: span{from + bytes.IndexByte(text[from:end], '"'), end}}
		m.name, _ = name.(string)
		if m.value, err = value(dec); err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, nil
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

// elements gives the places of the elements of the list in text.
func elements(text []byte) ([]span, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	var found []span
	for dec.More() {
		s, err := value(dec)
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, nil
}

// value reads the next value and gives its place.
func value(dec *json.Decoder) (span, error) {
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return span{}, err
	}
	end := int(dec.InputOffset())
	return span{end - len(raw), end}, nil
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
