package view

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interleave/notebooks/nb/notebook"
)

// nb makes a notebook of cells in short: the id, and what it says after a colon. Those
// of prose and those of the reader's are Markdown.
func nb(t testing.TB, cells ...string) *notebook.Notebook {
	t.Helper()
	n := &notebook.Notebook{Format: [2]int{4, 5}}
	for _, c := range cells {
		id, source, _ := strings.Cut(c, ":")
		kind := notebook.Code
		if s := notebook.ParseID(id); s.Own() || s.Prose() {
			kind = notebook.Markdown
		}
		n.Cells = append(n.Cells, &notebook.Cell{ID: id, Type: kind, Source: source})
	}
	again, err := notebook.Parse(n.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func short(n *notebook.Notebook) string {
	var all []string
	for _, c := range n.Cells {
		s := c.ID
		if c.Source != "" {
			s += ":" + c.Source
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

// shouting translates into capital letters.
type shouting struct{}

func (shouting) Cell(nb *notebook.Notebook, id notebook.StepID, language string) *notebook.Cell {
	c := *nb.Cell(id.In("en"))
	c.ID, c.Source = id.In(language), strings.ToUpper(c.Source)
	return &c
}

func TestShow(t *testing.T) {
	all := []string{"54-01-ko:가", "mine", "54-01-en:a", "54-01-go", "54-02-ko-2:나", "54-02-en-2:b"}
	for languages, want := range map[string]string{
		"":      "54-01-ko:가 mine 54-01-en:a 54-01-go 54-02-ko-2:나 54-02-en-2:b",
		"en,ko": "54-01-ko:가 mine 54-01-en:a 54-01-go 54-02-ko-2:나 54-02-en-2:b",
		"ko":    "54-01-ko:가 mine 54-01-go 54-02-ko-2:나",
		"en":    "mine 54-01-en:a 54-01-go 54-02-en-2:b",
		"ja":    "mine 54-01-ja:A 54-01-go 54-02-ja-2:B",
		"ja,ko": "54-01-ko:가 mine 54-01-ja:A 54-01-go 54-02-ko-2:나 54-02-ja-2:B",
	} {
		list, err := ParseLanguages(languages)
		if err != nil {
			t.Fatal(err)
		}
		n := nb(t, all...)
		Show(n, list, shouting{})
		if got := short(n); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", languages, got, want)
		}
		Show(n, list, shouting{})
		if got := short(n); got != want {
			t.Errorf("%q, shown again: %s", languages, got)
		}
	}
	for _, wrong := range []string{"go", "KO", "ko,", "../x"} {
		if _, err := ParseLanguages(wrong); err == nil {
			t.Errorf("the languages %q are none, and there is no error", wrong)
		}
	}
}

// TestShowAllIsTheSame shows all of the project's notebooks in all of their languages.
func TestShowAllIsTheSame(t *testing.T) {
	for _, pattern := range []string{"../../*.ipynb", "../../solutions/*.ipynb"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no notebooks: %v", err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n, err := notebook.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if Show(n, Originals, nil); !bytes.Equal(n.Marshal(), text) {
				t.Errorf("%s is not the same", file)
			}
		}
	}
}

func TestRestore(t *testing.T) {
	for _, tt := range []struct {
		name       string
		mine, want []string // beside 54-01-ko:가 54-01-go:x 54-02-ko:나 as shipped
	}{
		{"nothing of the reader's", []string{"54-01-ko:changed", "54-02-ko:나"}, []string{"54-01-ko:가", "54-01-go:x", "54-02-ko:나"}},
		{"cells beside their neighbours", []string{"top", "54-01-ko:가", "a", "b", "54-01-go:changed", "c", "54-02-ko:나", "end"},
			[]string{"top", "54-01-ko:가", "a", "b", "54-01-go:x", "c", "54-02-ko:나", "end"}},
		{"a neighbour in another language", []string{"54-01-ko:가", "54-01-go:x", "54-02-en:b", "mine"},
			[]string{"54-01-ko:가", "54-01-go:x", "54-02-ko:나", "mine"}},
		{"a neighbour that is shipped no longer", []string{"54-01-ko:가", "54-01-py", "mine", "54-01-go:x"},
			[]string{"54-01-ko:가", "mine", "54-01-go:x", "54-02-ko:나"}},
		{"a copy of a cell with its id", []string{"54-01-go:x", "54-01-go:copy"}, []string{"54-01-ko:가", "54-01-go:x", "54-01-go:copy", "54-02-ko:나"}},
		{"cells moved by the reader", []string{"54-02-ko:나", "mine", "54-01-go:x"}, []string{"54-01-ko:가", "54-01-go:x", "54-02-ko:나", "mine"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := nb(t, "54-01-ko:가", "54-01-go:x", "54-02-ko:나")
			Restore(n, nb(t, tt.mine...))
			if got, want := short(n), strings.Join(tt.want, " "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestSwitch(t *testing.T) {
	ko := []string{"54-01-ko:가", "54-01-go:x", "54-02-ko:나"}
	both := []string{"54-01-ko:가", "54-01-en:a", "54-01-go:x", "54-02-ko:나", "54-02-en:b"}
	ja := []string{"54-01-ja:A", "54-01-go:x", "54-02-ja:B"}
	for _, tt := range []struct {
		name                 string
		mine, from, to, want []string
	}{
		{"fewer languages", both, both, ko, ko},
		{"more languages", ko, ko, both, both},
		{"another language", both, both, ja, ja},
		{"and back", ja, ja, both, both},
		{"own cells stay below their neighbours",
			[]string{"top", "54-01-ko:가", "54-01-en:a", "p", "54-01-go:x", "q", "54-02-ko:나", "54-02-en:b", "end"}, both, ja,
			[]string{"top", "54-01-ja:A", "p", "54-01-go:x", "q", "54-02-ja:B", "end"}},
		{"what the reader changed stays", []string{"54-01-ko:mine", "54-01-en:a", "54-01-go:mine", "54-02-ko:나", "54-02-en:b"}, both, ja,
			[]string{"54-01-ko:mine", "54-01-ja:A", "54-01-go:mine", "54-02-ja:B"}},
		{"what the reader removed stays away", []string{"54-01-go:x"}, ko, both, []string{"54-01-go:x"}},
		{"what the reader moved stays there", []string{"54-02-ko:나", "54-01-go:x", "54-01-ko:가"}, ko, both,
			[]string{"54-02-ko:나", "54-02-en:b", "54-01-go:x", "54-01-ko:가", "54-01-en:a"}},
		{"a later version", []string{"54-01-ko:가", "54-01-go:mine", "q", "54-02-ko:나"}, ko,
			[]string{"54-01-ko:가2", "54-01-go:y", "54-01-chart:new", "54-02-ko:나"},
			[]string{"54-01-ko:가2", "54-01-go:mine", "q", "54-01-chart:new", "54-02-ko:나"}},
		{"a copy of a step's cell", []string{"54-01-ko:가", "54-01-ko:가 too", "54-01-go:x", "54-02-ko:나"}, ko, ja,
			[]string{"54-01-ja:A", "54-01-ko:가 too", "54-01-go:x", "54-02-ja:B"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := nb(t, tt.mine...)
			Switch(n, nb(t, tt.from...), nb(t, tt.to...))
			if got, want := short(n), strings.Join(tt.want, " "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestSwitchKeepsOutputs(t *testing.T) {
	mine := nb(t, "54-01-ko:가", "54-01-go:x")
	mine.Cells[1].Outputs = []map[string]any{{"output_type": "stream", "name": "stdout", "text": "mine"}}
	Switch(mine, nb(t, "54-01-ko:가", "54-01-go:x"), nb(t, "54-01-en:a", "54-01-go:x"))
	if got := mine.Cell("54-01-go").Outputs; len(got) != 1 || got[0]["text"] != "mine" {
		t.Errorf("the outputs are %v", got)
	}
}

// FuzzOwnCells changes copies of any notebook in every way that the package knows: no
// cell of the reader's is lost or changed, and their order stays. The cells are given
// in short.
func FuzzOwnCells(f *testing.F) {
	f.Add("54-01-ko:가 a 54-01-en:a 54-01-go:x b", "54-01-ko:가 54-01-go:y", "ko")
	f.Add("x 54-01-ja:A 54-01-go 54-01-go", "54-01-en:b 54-01-en:b 54-01-ko", "en,pt_BR")
	f.Fuzz(func(t *testing.T, cells, ships, list string) {
		languages, err := ParseLanguages(list)
		if err != nil {
			return
		}
		read := func(cells string) *notebook.Notebook {
			return nb(t, strings.Fields(strings.ToValidUTF8(cells, "?"))...)
		}
		want := own(t, read(cells))
		check := func(what string, n *notebook.Notebook) {
			again, err := notebook.Parse(n.Marshal())
			if err != nil {
				t.Fatalf("%s: %v in %q", what, err, n.Marshal())
			}
			if got := own(t, again); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", what, got, want)
			}
		}
		n := read(cells)
		Show(n, languages, copying{})
		check("Show", n)
		n = read(cells)
		text, foreign := n.Marshal(), slices.ContainsFunc(n.Cells, func(c *notebook.Cell) bool {
			id := notebook.ParseID(c.ID)
			return id.Prose() && !slices.Contains(Originals, id.Role)
		})
		if Show(n, Originals, nil); !foreign && !bytes.Equal(n.Marshal(), text) {
			t.Errorf("shown in all languages: %q, want %q", n.Marshal(), text)
		}
		from, to := read(ships), read(ships)
		if len(own(t, from)) > 0 {
			return // what is shipped has steps only
		}
		Show(to, languages, copying{})
		n = read(cells)
		Switch(n, from, to)
		check("Switch", n)
		// Copies of a step's cell come along with the own cells.
		Restore(to, read(cells))
		all := own(t, to)
		if want := slices.DeleteFunc(slices.Clone(want), func(c string) bool { return slices.Contains(all, c) }); len(want) > 0 {
			t.Errorf("Restore lost %q", want)
		}
	})
}

// copying translates nothing.
type copying struct{}

func (copying) Cell(nb *notebook.Notebook, id notebook.StepID, language string) *notebook.Cell {
	for _, l := range Originals {
		if c := nb.Cell(id.In(l)); c != nil {
			other := *c
			other.ID = id.In(language)
			return &other
		}
	}
	return nil
}

func own(t *testing.T, n *notebook.Notebook) (all []string) {
	for _, c := range n.Cells {
		if notebook.ParseID(c.ID).Own() {
			text, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(text))
		}
	}
	return all
}
