package translation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Agreed keeps what both languages said when a person last found that they say the
// same: of each block in each cell, a digest.
type Agreed map[agreedCell]map[string][]string // by language

type agreedCell struct{ lesson, cell string }

// cellName gives the cell without its language.
func (s Slot) cellName() string { return strings.TrimSuffix(s.id.Step+s.id.Suffix, "-") }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}

// Agree notes that both languages of a notebook say the same now.
func (a Agreed) Agree(lesson string, slots []Slot) {
	maps.DeleteFunc(a, func(c agreedCell, _ map[string][]string) bool { return c.lesson == lesson })
	for _, s := range slots {
		c := agreedCell{lesson, s.cellName()}
		if a[c] == nil {
			a[c] = map[string][]string{}
		}
		for language, text := range s.text {
			a[c][language] = append(a[c][language], digest(text))
		}
	}
}

// A Change is a block of which one language says something new, and the other not.
type Change struct {
	Slot
	Language string // which has changed; "" if nobody has agreed the cell yet
}

// Alone gives the blocks that were changed in one language alone, and the first block
// of each cell that was never agreed.
func (a Agreed) Alone(slots []Slot) (changes []Change) {
	for _, s := range slots {
		was, ok := a[agreedCell{s.Lesson, s.cellName()}]
		if !ok {
			if s.block == 0 {
				changes = append(changes, Change{Slot: s})
			}
			continue
		}
		ko, en := !slices.Contains(was["ko"], digest(s.text["ko"])), !slices.Contains(was["en"], digest(s.text["en"]))
		switch {
		case ko && !en:
			changes = append(changes, Change{s, "ko"})
		case en && !ko:
			changes = append(changes, Change{s, "en"})
		}
	}
	return changes
}

const agreedColumns = "notebook\tcell\ten\tko\n"

// Marshal gives the table as text, a row for each cell.
func (a Agreed) Marshal() []byte {
	var b strings.Builder
	b.WriteString(agreedColumns)
	for _, c := range slices.SortedFunc(maps.Keys(a), func(x, y agreedCell) int {
		return strings.Compare(x.lesson+"\t"+x.cell, y.lesson+"\t"+y.cell)
	}) {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", c.lesson, c.cell, strings.Join(a[c]["en"], " "), strings.Join(a[c]["ko"], " "))
	}
	return []byte(b.String())
}

// ParseAgreed reads the table.
func ParseAgreed(data []byte) (Agreed, error) {
	a := Agreed{}
	rows, ok := strings.CutPrefix(string(data), agreedColumns)
	if !ok && len(data) > 0 {
		return nil, fmt.Errorf("line 1: not the columns %q", strings.Fields(agreedColumns))
	}
	n := 1
	for row := range strings.Lines(rows) {
		n++
		fields := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		if len(fields) != 4 {
			return nil, fmt.Errorf("line %d: %d columns, not 4", n, len(fields))
		}
		a[agreedCell{fields[0], fields[1]}] = map[string][]string{"en": strings.Fields(fields[2]), "ko": strings.Fields(fields[3])}
	}
	return a, nil
}
