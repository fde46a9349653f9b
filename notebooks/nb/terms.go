package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"interleave/notebooks/nb/notebook"
)

// A word finds what the glossary calls a term, or should not call it, in prose.
type word struct {
	text  string
	place *regexp.Regexp // its second group is the word
	start []string       // one of them is in prose that has the word
}

// newWord makes a word. In Hangul it begins where it stands, whatever particle follows;
// in Latin letters it is whole, but may be a plural or end in -ed or -ing. Where one of
// the names stands that begins with the word, and is longer, the word does not.
func newWord(text string, names []string) word {
	longer := []string{`\z.`} // which is nowhere
	for _, name := range names {
		if len(name) > len(text) && strings.HasPrefix(name, text) {
			longer = append(longer, regexp.QuoteMeta(name))
		}
	}
	before, after := `(?:^|[^\p{Hangul}])`, ``
	if first, _ := utf8.DecodeRuneInString(text); !unicode.Is(unicode.Hangul, first) {
		before, after = `(?:^|[^\w-])`, `(?:s|es|d|ed|ing)?\b`
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`)
	first, _, _ := strings.Cut(text, " ")
	_, size := utf8.DecodeRuneInString(first)
	start := []string{first, strings.ToLower(first), strings.ToUpper(first), strings.ToUpper(first[:size]) + strings.ToLower(first[size:])}
	return word{text, regexp.MustCompile(`(?i)` + before + `(?:(` + strings.Join(longer, "|") + `)|(` + pattern + after + `))`), start}
}

// in gives where the word stands in prose, the start and the end of each place.
func (w word) in(prose string) (places [][]int) {
	// To look for a text is a hundred times as quick as to match an expression.
	if !slices.ContainsFunc(w.start, func(s string) bool { return strings.Contains(prose, s) }) {
		return nil
	}
	for _, m := range w.place.FindAllStringSubmatchIndex(prose, -1) {
		if m[4] >= 0 {
			places = append(places, m[4:6])
		}
	}
	return places
}

// The words of a term: what it is called, first its name, and what it must not be called.
type words struct {
	en, ko       []word
	notEn, notKo []word
}

// wordsOf makes the words of every term.
func wordsOf(terms []term) []words {
	var names []string
	for _, t := range terms {
		names = append(names, calledAs(t.en)[0], calledAs(t.ko)[0])
	}
	list := func(texts []string) (all []word) {
		for _, text := range texts {
			all = append(all, newWord(text, names))
		}
		return all
	}
	var all []words
	for _, t := range terms {
		ko := slices.DeleteFunc(calledAs(t.ko), func(name string) bool { return name == t.en })
		all = append(all, words{list(calledAs(t.en)), list(ko), list(t.notEn), list(t.notKo)})
	}
	return all
}

// calledAs gives the name that stands in a column of the glossary, and the other one
// that may follow it in brackets.
func calledAs(column string) []string {
	name, other, ok := strings.Cut(strings.TrimSuffix(column, ")"), "(")
	if name = strings.TrimSpace(name); ok {
		return []string{name, other}
	}
	return []string{name}
}

var (
	tableRow    = regexp.MustCompile(`(?m)^ {0,3}\|.*$`)
	sentenceEnd = regexp.MustCompile(`\.\s|\n`)
)

// ownWords is the prose of a cell without the quotations, whose words are others'.
func ownWords(c *notebook.Cell) string { return quoted.ReplaceAllString(plainText(c.Source), " ") }

// checkTerms checks that the prose of a notebook calls each thing what the glossary
// calls it, in both languages alike, and that the Korean gives the English at first.
func checkTerms(f file, terms []term) (problems []string) {
	nb, err := notebook.ReadFile(f.path)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", f.path, err)}
	}
	k := &checker{file: f, nb: nb}
	all := wordsOf(terms)
	introduced := make([]bool, len(all))
	for _, c := range nb.Cells {
		id := notebook.ParseID(c.ID)
		if c.Type != notebook.Markdown || id.Role != "ko" && id.Role != "en" {
			continue
		}
		prose := ownWords(c)
		for _, t := range all {
			k.checkWords(c, prose, t)
		}
		en := nb.Cell(strings.Replace(c.ID, "-ko", "-en", 1))
		if id.Role == "en" || en == nil {
			continue
		}
		if id.Step == glossaryStep {
			introduced = slices.Repeat([]bool{true}, len(all))
		}
		body := tableRow.ReplaceAllString(heading.ReplaceAllString(prose, ""), "")
		inEnglish := ownWords(en)
		for i, t := range all {
			if firstPlace(inEnglish, t.en) == nil {
				continue
			}
			if firstPlace(prose, t.ko) == nil {
				k.inCell(c, "never says %s, and %s says %s; use the glossary's word in both or in neither", t.ko[0].text, en.ID, t.en[0].text)
			}
			if place := firstPlace(body, t.ko); place != nil && !introduced[i] && !f.solution {
				introduced[i] = true
				if !givesEnglish(body[place[1]:], t.en) {
					k.inCell(c, "is the first to say %s; give the English there, as in %[1]s(%s)", t.ko[0].text, t.en[0].text)
				}
			}
		}
	}
	return k.problems
}

// checkWords checks that a cell calls a term nothing else than the glossary does.
func (k *checker) checkWords(c *notebook.Cell, prose string, t words) {
	for _, not := range t.notEn {
		if not.in(prose) != nil {
			k.inCell(c, "says %s; the glossary's word is %s", not.text, t.en[0].text)
		}
	}
	for _, not := range t.notKo {
		if slices.ContainsFunc(not.in(prose), func(place []int) bool {
			// In brackets after the glossary's word, it is told as another word for it.
			before, bracket := strings.CutSuffix(prose[:place[0]], "(")
			return !bracket || !strings.HasSuffix(strings.TrimRight(before, "* "), t.ko[0].text)
		}) {
			k.inCell(c, "says %s; the glossary's word is %s", not.text, t.ko[0].text)
		}
	}
}

// firstPlace gives where the first of the words stands in prose.
func firstPlace(prose string, names []word) (first []int) {
	for _, name := range names {
		if places := name.in(prose); places != nil && (first == nil || places[0][0] < first[0]) {
			first = places[0]
		}
	}
	return first
}

// givesEnglish tells whether the sentence that goes on like this has one of the English
// words within brackets.
func givesEnglish(rest string, names []word) bool {
	if end := sentenceEnd.FindStringIndex(rest); end != nil {
		rest = rest[:end[0]]
	}
	return slices.ContainsFunc(names, func(name word) bool {
		return slices.ContainsFunc(name.in(rest), func(place []int) bool {
			closing := strings.IndexAny(rest[place[1]:], "()")
			return closing >= 0 && rest[place[1]+closing] == ')'
		})
	})
}
