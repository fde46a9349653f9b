package notebook

import "testing"

func TestParseID(t *testing.T) {
	for id, want := range map[string]StepID{
		"54-04-ko":      {"54", "54-04", "ko", ""},
		"54-04-go-12":   {"54", "54-04", "go", "-12"},
		"54-04-pt_BR-2": {"54", "54-04", "pt_BR", "-2"},
		"54-04-go-1":    {},
		"54-04":         {},
		"54-04-ko-x":    {},
		"54-04-Go":      {},
		"note-1234-3":   {},
		"":              {},
	} {
		got := ParseID(id)
		if got != want {
			t.Errorf("ParseID(%q) = %+v, want %+v", id, got, want)
		}
		if !got.Own() && got.In(got.Role) != id {
			t.Errorf("%+v in its own language is %s", got, got.In(got.Role))
		}
	}
	for id, want := range map[string]bool{"54-04-ko": true, "54-04-ja-2": true, "54-04-go": false, "54-04-test-2": false, "mine": false} {
		if got := ParseID(id).Prose(); got != want {
			t.Errorf("%s is prose: %v", id, got)
		}
	}
	for language, want := range map[string]bool{"ja": true, "zh_Hans": true, "go": false, "KO": false, "": false, "../x": false} {
		if got := IsLanguage(language); got != want {
			t.Errorf("%q is a language: %v", language, got)
		}
	}
}
