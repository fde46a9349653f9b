package note

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A Term is what the notebooks call one thing in both languages. Forms may be
// given in brackets: global interpreter lock (GIL).
type Term struct{ English, Korean string }

// terms finds the glossary's terms in a text, whatever its language.
type terms []term

type term struct {
	token string
	forms []form
}

// A form is one of the names of a term.
type form struct {
	words   []string // of which a text that has the form has every one
	pattern *regexp.Regexp
}

// count tells how often the form is in a text in lower case.
func (f form) count(text string) int {
	for _, w := range f.words {
		// Most texts lack most terms, and to find that out in this way is a hundred times as quick.
		if !strings.Contains(text, w) {
			return 0
		}
	}
	return len(f.pattern.FindAllStringIndex(text, -1))
}

var bracketed = regexp.MustCompile(`^(.*?)\s*\((.*)\)$`)

func newTerms(glossary []Term) (all terms) {
	for _, t := range glossary {
		term := term{token: "term " + t.English}
		for _, name := range []string{t.English, t.Korean} {
			forms := []string{name}
			if m := bracketed.FindStringSubmatch(name); m != nil {
				forms = m[1:]
			}
			for _, f := range forms {
				if f = strings.ToLower(norm.NFKC.String(f)); strings.TrimSpace(f) != "" {
					term.forms = append(term.forms, form{strings.Fields(f), formPattern(f)})
				}
			}
		}
		all = append(all, term)
	}
	return all
}

// formPattern finds a form as a word of its own. Korean joins particles to the end
// of a word, and is written with and without spaces.
func formPattern(form string) *regexp.Regexp {
	words := strings.Fields(form)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	if hangul(form) {
		return regexp.MustCompile(`(?:^|[^\p{Hangul}])` + strings.Join(words, `\s*`))
	}
	return regexp.MustCompile(`(?:^|[^\p{Latin}\d_])` + strings.Join(words, `[\s-]*`) + `(?:e?s)?(?:$|[^\p{Latin}\d_])`)
}

func hangul(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}

// aWord is a run of Hangul, or a name as English and programs have it.
var aWord = regexp.MustCompile(`\p{Hangul}+|[\p{Latin}_][\p{Latin}\d_]*|\d{3,}`)

// count adds what the text talks of, each time with the weight: its terms, its
// words, and of Korean words, whose ends change, the pairs of syllables.
func (all terms) count(counts map[string]float64, text string, weight float64) {
	text = norm.NFKC.String(text)
	lower := strings.ToLower(text)
	for _, t := range all {
		for _, form := range t.forms {
			counts[t.token] += 2 * weight * float64(form.count(lower))
		}
	}
	for _, w := range aWord.FindAllString(text, -1) {
		if hangul(w) {
			r := []rune(w)
			for i := range len(r) - 1 {
				counts[string(r[i:i+2])] += weight
			}
			continue
		}
		word := stem(strings.ToLower(w))
		if len(word) > 1 && !common[word] {
			counts[word] += weight
		}
		// One name of several words, such as check_output, has those words as well.
		if parts := nameParts(w); len(parts) > 1 {
			for _, p := range parts {
				if p = stem(p); len(p) > 1 && !common[p] {
					counts[p] += weight / 2
				}
			}
		}
	}
}

var capital = regexp.MustCompile(`([\p{Ll}\d])(\p{Lu})`)

func nameParts(name string) []string {
	return strings.FieldsFunc(strings.ToLower(capital.ReplaceAllString(name, "${1}_$2")), func(r rune) bool { return r == '_' })
}

// stem makes the forms of an English word one.
func stem(w string) string {
	for _, end := range []string{"ies", "ing", "ed", "es", "s"} {
		if base, ok := strings.CutSuffix(w, end); ok && len(base) >= 4 && !strings.HasSuffix(base, "s") {
			return base
		}
	}
	if len(w) > 4 {
		return strings.TrimSuffix(w, "e")
	}
	return w
}

// common words tell nothing of what a text is about.
var common = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`a an and are as at be but by can do does each for from has have how if in into is it its
		of on one only or same so than that the their them then there these they this those to up was what when where which
		while why will with you your def return self import class print true false none in range len not all also
		here more most other both between because after before use uses used like our we i my would could should`) {
		m[stem(w)] = true
	}
	return m
}()

// key is what two headings have in common that differ only in case, spaces,
// punctuation and marks.
func key(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(title)))
}
