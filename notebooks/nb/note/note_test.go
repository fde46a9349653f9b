package note

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"interleave/notebooks/nb/notebook"
)

func cells(sources ...string) *notebook.Notebook {
	nb := &notebook.Notebook{Format: [2]int{4, 5}}
	for _, s := range sources {
		id, source, _ := strings.Cut(s, "=")
		nb.Cells = append(nb.Cells, &notebook.Cell{ID: id, Type: notebook.Markdown, Source: source})
	}
	return nb
}

// again gives the notebook as it is after it was saved and read.
func again(t testing.TB, nb *notebook.Notebook) *notebook.Notebook {
	t.Helper()
	nb, err := notebook.Parse(nb.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

func split(t testing.TB, text string) *Note {
	t.Helper()
	n, err := Split("notes.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func ids(nb *notebook.Notebook) string {
	var all []string
	for _, c := range nb.Cells {
		all = append(all, c.ID)
	}
	return strings.Join(all, " ")
}

func TestSectionsAreSplitAtHeadingsOnly(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string // where each section begins
	}{
		{"both kinds of heading", "a\n\n# b\nc\nd\n===\ne\n", []string{"a", "# b", "c\nd"}},
		{"fences", "# a\n```py\n# b\n```\n~~~\n# c\n~~~\n    # d\n", []string{"# a"}},
		{"quotes, lists, HTML", "# a\n> # b\n\n- # c\n\n<!--\n# d\n-->\n", []string{"# a"}},
		{"settings above", "---\ntitle: x\n---\n# a\n", []string{"---", "# a"}},
		{"blank lines above", "\n\n# a\n\n\n# b", []string{"\n\n# a", "# b"}},
		{"carriage returns and a mark", "\ufeff# a\r\n\r\n# b\r\n", []string{"# a", "# b"}},
		{"mixed line ends", "# a\r\nb\n# c\rd", []string{"# a\r\nb", "# c\rd"}},
		{"empty headings", "#\n##  \n", []string{"#", "##  "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := split(t, tt.text)
			if n.String() != tt.text {
				t.Errorf("the sections make up %q", n)
			}
			if len(n.Sections) != len(tt.want) {
				t.Fatalf("%d sections, want %d", len(n.Sections), len(tt.want))
			}
			for i, s := range n.Sections {
				if !strings.HasPrefix(s.Text, tt.want[i]) {
					t.Errorf("section %d is %q, want %q", i+1, s.Text, tt.want[i])
				}
			}
		})
	}
}

func TestWhatANotebookCannotHoldIsTold(t *testing.T) {
	for text, want := range map[string]string{
		"# a\n\xb0\xa1\n": "line 2: the byte 0xb0 is not UTF-8",
		"\xff\xfea\x00":   "it is UTF-16, not UTF-8; save it as UTF-8",
		"\ufeff \n":       "it is empty",
	} {
		if _, err := Split("notes.md", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestSectionsGoBelowTheReadersOwnCellsOfAStep(t *testing.T) {
	nb := cells("top", "54-00-ko=# 54. x", "54-01-ko=## 락", "mine", "54-01-go", "mine-2", "54-02-ko=## 큐", "mine-3")
	n := split(t, "# 54\n## 락\n## 큐\n## ?\n")
	if _, changed, err := Import(Copy{"a", nb}, n, NewGuide(nb, nil), "54", nil); err != nil || !changed {
		t.Fatal(changed, err)
	}
	id := strings.TrimSuffix(nb.Cells[2].ID, "1")
	want := "top 54-00-ko " + id + "1 54-01-ko mine 54-01-go mine-2 " + id + "2 54-02-ko mine-3 " + id + "3 " + id + "4"
	if got := ids(nb); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestImportAgain(t *testing.T) {
	nb := cells("54-00-ko=# 54. x", "54-01-ko=## 락")
	n, g := split(t, "# 54\n## 락\nx\n"), NewGuide(nb, nil)
	Import(Copy{"a", nb}, n, g, "54", nil)
	nb = again(t, nb)
	before := nb.Marshal()
	all, changed, err := Import(Copy{"a", nb}, n, g, "54", nil)
	if err != nil || changed || all[1].There != "a" || !bytes.Equal(nb.Marshal(), before) {
		t.Errorf("the same note: %v %v %v", all, changed, err)
	}
	for name, other := range map[string]string{"changed": "# 54\n## 락\ny\n", "longer": "# 54\n## 락\nx\n## y\n", "shorter": "# 54\n"} {
		_, changed, err := Import(Copy{"a", nb}, split(t, other), g, "54", nil)
		if _, ok := errors.AsType[*DifferentError](err); !ok || changed || !bytes.Equal(nb.Marshal(), before) {
			t.Errorf("%s: got %v, %v", name, changed, err)
		}
	}
}

func TestExportHasWhatTheReaderWrote(t *testing.T) {
	nb := cells("54-00-ko=# 54. x", "54-01-ko=## 락")
	Import(Copy{"a", nb}, split(t, "# 54\n## 락\nx\n## ?"), NewGuide(nb, nil), "54", nil)
	lock := nb.Cells[3]
	lock.Source = "## 락\nedited"
	copied := *lock
	copied.ID = "copied"
	own := &notebook.Cell{ID: "t", Type: notebook.Markdown, Source: "## Lock\n"}
	empty := &notebook.Cell{ID: "e", Type: notebook.Code}
	other := &notebook.Cell{ID: "o", Type: notebook.Markdown, Source: "not of the note"}
	// Moved to the top, with a translation, a copy and, behind another cell, something else.
	nb.Cells = append([]*notebook.Cell{lock, own, empty, other, &copied}, append(nb.Cells[:3:3], nb.Cells[4:]...)...)
	got := Export("notes.md", again(t, nb))
	if want := "# 54\n## 락\nedited\n\n## Lock\n\n## ?"; got.Text != want || len(got.Missing) > 0 {
		t.Errorf("got  %q, missing %v\nwant %q", got.Text, got.Missing, want)
	}
}

func TestAChapterComesBackFromItsNotebooks(t *testing.T) {
	n := sampleNote(t, "chapter.md")
	var nbs []*notebook.Notebook
	var others []Copy
	for _, number := range []string{"55", "52", "54", "53"} {
		nb := shipped(t, number)
		if _, _, err := Import(Copy{number, nb}, n, guideOf(t, number), number, others); err != nil {
			t.Fatal(err)
		}
		nb = again(t, nb)
		nbs, others = append(nbs, nb), append(others, Copy{number, nb})
	}
	if got := Export("chapter.md", nbs...); got.Text != n.String() || len(got.Missing) > 0 {
		t.Errorf("missing %v, got:\n%s", got.Missing, got.Text)
	}
	if got := Export("chapter.md", nbs[2]); len(got.Missing) == 0 || !strings.Contains(n.String(), got.Text) {
		t.Errorf("of one notebook, missing %v, got:\n%s", got.Missing, got.Text)
	}
}

func FuzzImportExport(f *testing.F) {
	sample, err := os.ReadFile("../testdata/54-lock.ipynb")
	if err != nil {
		f.Fatal(err)
	}
	foreign := []byte(`{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[
		{"cell_type":"raw","metadata":{"interleave":{"note":"x.md","part":1e9}},"source":["a"]},
		{"cell_type":"markdown","metadata":{"interleave":3},"attachments":{},"source":"b"}]}`)
	for _, name := range []string{"chapter.md", "lock.md", "messy.md"} {
		f.Add([]byte(sampleNote(f, name).String()), sample)
	}
	f.Add([]byte("\ufeff\r\n# a\r\n\r\nb\n=\n# 54-01\r"), foreign)
	f.Fuzz(func(t *testing.T, text, nbText []byte) {
		n, err := Split("fuzz.md", text)
		if err != nil {
			return
		}
		if n.String() != string(text) {
			t.Fatalf("the sections make up %q", n)
		}
		nb, err := notebook.Parse(nbText)
		if err != nil {
			return
		}
		for _, name := range Names(nb) {
			Export(name, nb)
			if name == "fuzz.md" {
				return
			}
		}
		before := make(map[*notebook.Cell]*notebook.Cell) // the cell above each
		var above *notebook.Cell
		for _, c := range nb.Cells {
			before[c], above = above, c
		}
		g := NewGuide(nb, []Term{{"lock", "락"}, {"queue", "큐"}})
		if _, _, err := Import(Copy{"a", nb}, n, g, "", nil); err != nil {
			t.Fatal(err)
		}
		above, count := nil, 0
		for _, c := range nb.Cells {
			was, old := before[c]
			if old && notebook.ParseID(c.ID).Step == "" && was != above {
				t.Fatalf("the own cell %q has another above it", c.Source)
			}
			if old {
				count++
			}
			above = c
		}
		if count != len(before) {
			t.Fatalf("%d of %d cells are left", count, len(before))
		}
		if got := Export("fuzz.md", again(t, nb)); got.Text != string(text) {
			t.Fatalf("got  %q\nwant %q", got.Text, text)
		}
	})
}

func TestNewCellsHaveIdsOfTheirOwn(t *testing.T) {
	n := split(t, "# a\n# b\n")
	nb := cells("x")
	Import(Copy{"a", nb}, n, NewGuide(nb, nil), "", nil)
	taken := cells(nb.Cells[1].ID)
	Import(Copy{"a", taken}, n, NewGuide(taken, nil), "", nil)
	if got, want := taken.Cells[1].ID, nb.Cells[1].ID+"-2"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
	if notebook.ParseID(nb.Cells[1].ID).Step != "" {
		t.Errorf("%s is the id of a step's cell", nb.Cells[1].ID)
	}
	old := &notebook.Notebook{Format: [2]int{4, 4}}
	Import(Copy{"a", old}, n, NewGuide(old, nil), "", nil)
	if ids(old) != " " {
		t.Errorf("in a notebook without ids there are now %q", ids(old))
	}
	if _, ok := markOf(&notebook.Cell{Metadata: map[string]any{"interleave": map[string]any{"note": "a", "part": json.Number("x")}}}); ok {
		t.Error("a damaged mark counts")
	}
}
