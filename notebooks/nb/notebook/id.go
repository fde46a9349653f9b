package notebook

import "regexp"

// A StepID is the id of a cell that belongs to a step of a lesson, taken apart. A
// cell with an id of another form is a reader's own.
type StepID struct {
	Notebook string // 54
	Step     string // 54-04
	Role     string // py, go, chart, test, or the language of prose
	Suffix   string // -2 and so on, where a step has several cells of one role
}

var stepID = regexp.MustCompile(`^((\d\d)-\d\d)-(py|go|chart|test|` + code + `)(-(?:[2-9]|[1-9]\d+))?$`)

// code is the form of a language's code as gettext has it: ja, pt_BR.
const code = `[a-z]{2,3}(?:_[A-Z][A-Za-z]{1,3})?`

var aLanguage = regexp.MustCompile(`^` + code + `$`)

// IsLanguage tells whether the text can name a language of prose.
func IsLanguage(s string) bool { return aLanguage.MatchString(s) && !isCode(s) }

func isCode(role string) bool {
	switch role {
	case "py", "go", "chart", "test":
		return true
	}
	return false
}

// ParseID takes a cell's id apart. It gives the zero StepID for a reader's own cell.
func ParseID(id string) StepID {
	m := stepID.FindStringSubmatch(id)
	if m == nil {
		return StepID{}
	}
	return StepID{Notebook: m[2], Step: m[1], Role: m[3], Suffix: m[4]}
}

// Own tells whether the id is not that of a step's cell.
func (id StepID) Own() bool { return id == StepID{} }

// Prose tells whether the cell holds text in some language.
func (id StepID) Prose() bool { return !id.Own() && !isCode(id.Role) }

// In gives the id of the same prose in another language.
func (id StepID) In(language string) string { return id.Step + "-" + language + id.Suffix }
