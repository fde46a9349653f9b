// Package lang holds what a reader sees in both of the lab's languages,
// Korean and English, and picks the one that the reader asked for. Any other
// language comes from a gettext catalog, see [CatalogEnv], whose msgids are
// the English texts.
package lang

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Env names the environment variable with the reader's language: "ko", "en",
// or another one that has a catalog, such as "ja". When it is empty, or names
// a language while there are no catalogs, the reader sees Korean and English.
const Env = "INTERLEAVE_LANG"

// Text is one label in both languages. A label that is the same in both, such
// as an identifier, needs only En. Texts are comparable.
//
// A catalog can serve only texts that it knows: Ko and En should be constants.
// What varies in a label is put into it by [Format], [Plural] and [Join].
type Text struct {
	Ko, En string

	// other is the text in the reader's language, if that is neither of the
	// two and the text is made of others: then En is in no catalog.
	other string
}

// Same is a label that reads the same in every language: a name from the code,
// a version, a unit.
func Same(s string) Text { return Text{En: s} }

// Format gives a label from one that holds formats as [fmt.Sprintf] has them.
// An argument that is a Text itself is put in in the respective language; what
// shall follow another order there says so, as in "%[2]s".
func Format(t Text, args ...any) Text {
	return render(t, third().get(t), args)
}

// Plural is [Format] for a label that depends on a number: one is for n = 1,
// many for any other. A catalog knows the forms that its own language has for n.
func Plural(n int, one, many Text, args ...any) Text {
	t := many
	if n == 1 {
		t = one
	}
	other := third().plural(one, n)
	if other == "" {
		other = t.En
	}
	return render(t, other, args)
}

func render(t Text, other string, args []any) Text {
	in := func(format string, language func(Text) string) string {
		said := slices.Clone(args)
		for i, a := range said {
			if text, ok := a.(Text); ok {
				said[i] = language(text)
			}
		}
		return fmt.Sprintf(format, said...)
	}
	r := Text{En: in(t.En, Text.en)}
	if ko := in(t.ko(), Text.ko); t.Ko != "" || ko != r.En {
		r.Ko = ko
	}
	// What reads the same in every language stays equal to what [Same] makes of it.
	if c := third(); c != nil && r.Ko != "" {
		r.other = in(other, c.get)
		// A translation with verbs for other arguments would show fmt's errors.
		// An argument may hold their mark itself.
		if strings.Count(r.other, "%!") > strings.Count(r.En, "%!") {
			r.other = in(t.En, c.get)
		}
	}
	return r
}

// Join gives one label from several, divided by sep. Empty ones are left out.
func Join(sep string, texts ...Text) Text {
	texts = slices.DeleteFunc(slices.Clone(texts), func(t Text) bool { return t == Text{} })
	if len(texts) == 0 {
		return Text{}
	}
	args := make([]any, len(texts))
	for i, t := range texts {
		args[i] = t
	}
	sep = strings.ReplaceAll(sep, "%", "%%")
	return Format(Same(strings.TrimSuffix(strings.Repeat("%s"+sep, len(texts)), sep)), args...)
}

// ko and en give the text in the one language, or in the other if it has none.
func (t Text) ko() string {
	if t.Ko == "" {
		return t.En
	}
	return t.Ko
}

func (t Text) en() string {
	if t.En == "" {
		return t.Ko
	}
	return t.En
}

// Both tells whether the reader sees Korean and English, and not one language.
func Both() bool {
	switch os.Getenv(Env) {
	case "ko", "en":
		return false
	}
	return third() == nil
}

// In gives the text in one of the two languages, "ko" or "en", whatever the reader's is.
func (t Text) In(language string) string {
	if language == "ko" {
		return t.ko()
	}
	return t.en()
}

// Lines is String with each language in a line of its own: both are read one at a time.
func (t Text) Lines() string {
	if ko, en := t.ko(), t.en(); Both() && ko != en {
		return ko + "\n" + en
	}
	return t.String()
}

// String gives the text in the reader's language, or both, Korean first,
// divided by " · ".
func (t Text) String() string {
	switch os.Getenv(Env) {
	case "ko":
		return t.ko()
	case "en":
		return t.en()
	}
	if c := third(); c != nil {
		return c.get(t)
	}
	if ko, en := t.ko(), t.en(); ko != en {
		return ko + " · " + en
	}
	return t.en()
}
