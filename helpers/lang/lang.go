// Package lang holds what a reader sees in both of the lab's languages,
// Korean and English, and picks the one that the reader asked for.
package lang

import "os"

// Env names the environment variable with the reader's language: "ko", "en",
// or, when it is empty or anything else, both.
const Env = "INTERLEAVE_LANG"

// Text is one label in both languages. A label that is the same in both, such
// as an identifier, needs only En.
type Text struct {
	Ko, En string
}

// Same is a label that reads the same in every language: a name from the code,
// a version, a unit.
func Same(s string) Text { return Text{En: s} }

// String gives the text in the reader's language, or both, Korean first,
// divided by " · ".
func (t Text) String() string {
	switch {
	case t.Ko == "" || t.Ko == t.En:
		return t.En
	case t.En == "":
		return t.Ko
	}
	switch os.Getenv(Env) {
	case "ko":
		return t.Ko
	case "en":
		return t.En
	}
	return t.Ko + " · " + t.En
}
