package main

import (
	"regexp"
	"strings"
	"unicode"

	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/prose"
	"interleave/notebooks/nb/translation"
)

var (
	fencedCode = regexp.MustCompile("(?ms)^ *```.*?^ *```|^ *~~~.*?^ *~~~")
	inlineCode = regexp.MustCompile("``[^`]+``|`[^`\n]+`")
	linkTarget = regexp.MustCompile(`\]\([^)\n]*\)`)
	htmlTag    = regexp.MustCompile(`</?[a-zA-Z][^>\n]*>`)
	heading    = regexp.MustCompile(`(?m)^ {0,3}#.*$`)
	linkText   = regexp.MustCompile(`\[[^\]\n]*\]`)
	quoted     = regexp.MustCompile(`“[^”\n]*”|‘[^’\n]*’|"[^"\n]*"|「[^」\n]*」`)

	// A path in prose is one on somebody's machine, unless it is one of the
	// kernel's own, which are the same everywhere.
	absolutePath = regexp.MustCompile("(?m)(?:^|[\\s(\"'`“‘=])((?:/[\\w.~-]+){2,}|[A-Z]:\\\\\\w+)")
	commonPath   = regexp.MustCompile(`^/(dev|proc|sys)/`)

	webAddress = regexp.MustCompile(`https?://\S+`) // its path is no file

	token = regexp.MustCompile(`\b(gh[pousr]_\w{20,}|github_pat_\w{20,}|sk-[\w-]{20,}|AKIA[0-9A-Z]{16}|xox[abp]-[\w-]{10,}|eyJ[\w-]{10,}\.eyJ[\w-]+|[0-9a-f]{32,})\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\btoken=\w{8,}`)
)

// The least of its own script that a prose cell must have: less says nothing.
const (
	minHangul = 8
	minLatin  = 20
)

// checkProse checks the language of a markdown cell, and that it tells nothing
// of the machine on which it was written.
func (k *checker) checkProse(c *notebook.Cell) {
	for _, m := range absolutePath.FindAllStringSubmatch(webAddress.ReplaceAllString(c.Source, ""), -1) {
		if !commonPath.MatchString(m[1]) {
			k.inCell(c, "has the absolute path %s; name the file without it", m[1])
		}
	}
	if m := token.FindString(c.Source); m != "" {
		k.inCell(c, "has what looks like a secret, %.12s…; take it out", m)
	}
	text := plainText(c.Source)
	body := heading.ReplaceAllString(text, "") // a heading may be in both languages
	switch notebook.ParseID(c.ID).Role {
	case "ko":
		hangul, _ := letters(text)
		bodyHangul, bodyLatin := letters(body)
		switch {
		case hangul < minHangul:
			k.inCell(c, "has next to no Korean; write it")
		// A Hangul letter is a syllable, as long as two or three Latin letters.
		case bodyLatin > 2*bodyHangul+minLatin:
			k.inCell(c, "is mostly not Korean; translate it")
		}
	case "en":
		if _, latin := letters(text); latin < minLatin {
			k.inCell(c, "has next to no English; write it")
		}
		if notebook.ParseID(c.ID).Step == glossaryStep {
			break // its table has the Korean terms
		}
		for _, allowed := range []*regexp.Regexp{linkText, quoted} {
			body = allowed.ReplaceAllString(body, " ")
		}
		for _, word := range strings.Fields(body) {
			if hangul, _ := letters(word); hangul > 0 {
				k.inCell(c, "has Korean in its English, %s; translate it, or put it in quotes", word)
				break
			}
		}
	}
}

// plainText takes out of Markdown what is not prose: code, tags and addresses.
func plainText(source string) string {
	for _, code := range []*regexp.Regexp{fencedCode, inlineCode, htmlTag} {
		source = code.ReplaceAllString(source, " ")
	}
	source = linkTarget.ReplaceAllString(source, "]")
	return webAddress.ReplaceAllString(source, " ")
}

// checkPair checks that a Korean cell and its English one have the same code, links
// and blocks.
func (k *checker) checkPair(ko, en *notebook.Cell) {
	if fault := prose.Find(ko.Source).Differs(prose.Find(en.Source)); fault != "" {
		k.inCell(ko, "beside %s it %s; name it in both or in neither", en.ID, strings.ReplaceAll(fault, "the original", en.ID))
	}
	if _, err := translation.Slots("", &notebook.Notebook{Cells: []*notebook.Cell{ko, en}}); err != nil {
		k.problem("%v", err)
	}
}

// letters counts the Hangul and the Latin letters of a text.
func letters(text string) (hangul, latin int) {
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	return hangul, latin
}
