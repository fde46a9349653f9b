package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// noteProject is a project with the sample notebook, a reader's copy of it, and a note.
func noteProject(t *testing.T) {
	t.Helper()
	glossary, err := os.ReadFile("../glossary.tsv")
	if err != nil {
		t.Fatal(err)
	}
	text := sample(t).Marshal()
	testProject(t, "notebooks/54-lock.ipynb", text)
	for name, data := range map[string]string{
		"notebooks/glossary.tsv": string(glossary),
		"work/54-lock.ipynb":     string(text),
		"notes.md":               "# 내 노트\n\n## 53 GIL\n\n### 스레드\n\n## 54 락\n\n### 54-01 Lock\n\n### 점심\n",
		"bad.md":                 "# a\n\xb0\xa1",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func runNote(t *testing.T, args string) string {
	t.Helper()
	cmd, output := command(t, t.TempDir(), strings.Fields("note "+args)...)
	cmd.Run()
	return output.String()
}

func TestANoteGoesInAndComesBack(t *testing.T) {
	noteProject(t)
	said := runNote(t, "import notes.md --at 54")
	for _, want := range []string{
		"notes.md:1: # 내 노트: ", "notes.md:3: ## 53 GIL (and 1 more down to line 5): belongs to 53; import it with --at 53\n",
		"notes.md:9: ### 54-01 Lock: beside 54-01 ", "notes.md:11: ### 점심: unsure", "work/54-lock.ipynb: placed 4 sections",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it did not say %q:\n%s", want, said)
		}
	}
	if said := runNote(t, "import notes.md --at 54"); !strings.HasSuffix(said, "work/54-lock.ipynb: nothing new of notes.md; it was not changed\n") {
		t.Errorf("the second time it said:\n%s", said)
	}
	want := "# 내 노트\n\n## 54 락\n\n### 54-01 Lock\n\n### 점심\nnb: notes.md: 2 of its 6 sections are not in these notebooks (2–3)\n"
	if got := runNote(t, "export"); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if said := runNote(t, "export 54 -o notes.md"); !strings.Contains(said, "the file may have them; name all notebooks that have the note, or another file") {
		t.Errorf("it said:\n%s", said)
	}
	runNote(t, "export 54 -o out.md")
	if got, err := os.ReadFile("out.md"); err != nil || !strings.HasPrefix(want, string(got)) {
		t.Errorf("out.md: %q, %v", got, err)
	}
	listSteps(t, sampleSteps)
	if got, _ := checkFile(file{path: "work/54-lock.ipynb", number: "54"}); len(got) > 0 {
		t.Errorf("check says %q", got)
	}
}

func TestNoteSaysWhatToDo(t *testing.T) {
	noteProject(t)
	for args, want := range map[string]string{
		"":                        "usage: ",
		"import notes.md":         "name one note and one notebook",
		"import bad.md --at 54":   "bad.md: line 2: the byte 0xb0 is not UTF-8",
		"import notes.md --at 99": "there is no notebooks/99-*.ipynb",
		"import notes.md --at notebooks/54-lock.ipynb": "that is the project's own notebook",
		"import notes.md --at 54 --dir none":           "there is no none/54-lock.ipynb; to make your copies, run: go run ./kernel-setup lab --dir none",
		"export --dir none":                            "there are none in none; to make them, run: go run ./kernel-setup lab --dir none",
		"export":                                       "the notebooks have none; import one first",
	} {
		if said := runNote(t, args); !strings.Contains(said, want) {
			t.Errorf("note %s said:\n%s\nwant in it: %s", args, said, want)
		}
	}
}
