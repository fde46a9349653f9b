package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckGlossary(t *testing.T) {
	const head = "en\tko\tnot_en\tnot_ko\tmeaning_en\tmeaning_ko\n"
	const notebook = `{"cells":[
 {"cell_type":"markdown","id":"00-05-ko","metadata":{},"source":"## 용어\n\n| 용어 | 영어 | 뜻 |\n|---|---|---|\n| 락 | lock | 기다리게 한다 |"},
 {"cell_type":"markdown","id":"00-05-en","metadata":{},"source":"## Terms\n\n| Term | Korean | Meaning |\n|---|---|---|\n| lock | 락 | makes others wait |"}
],"metadata":{},"nbformat":4,"nbformat_minor":5}`
	dir := t.TempDir()
	path, glossary := filepath.Join(dir, "00-concurrency.ipynb"), filepath.Join(dir, "glossary.tsv")
	write(t, path, []byte(notebook))
	for _, tt := range []struct {
		name, glossary string
		want           []string
	}{
		{"the same", head + "lock\t락\t\t\tmakes others wait\t기다리게 한다\n", nil},
		{"another word", head + "lock\t잠금\t\t\tmakes others wait\t기다리게 한다\n", []string{`00-05-ko: lacks the row "| 잠금 | lock |`, `00-05-en: lacks the row "| lock | 잠금 |`}},
		{"a term more", head + "lock\t락\t\t\tmakes others wait\t기다리게 한다\nqueue\t큐\t\t대기열\tx\ty\n", []string{`"| 큐 | queue | y |"`, "its table has 1 rows, the glossary 2", `"| queue | 큐 | x |"`, "its table has 1 rows, the glossary 2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, glossary, []byte(tt.glossary))
			terms, err := readGlossary(glossary)
			if err != nil {
				t.Fatal(err)
			}
			got := checkGlossary(file{path: path}, terms)
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %d problems", got, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("got %q, want %q in it", got[i], want)
				}
			}
		})
	}
}

func TestCheckTellsOfAGlossaryThatCannotBeRead(t *testing.T) {
	for _, tt := range []struct{ name, notebook, glossary, want string }{
		{"a row too short", "54-lock.ipynb", "en\tko\nlock\t락\n", "line 2 has 2 columns"},
		{"missing, where a notebook shows it", "00-concurrency.ipynb", "", "restore it"},
		{"missing, where none does", "54-lock.ipynb", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := testProject(t, "notebooks/"+tt.notebook, sample(t).Marshal())
			if tt.glossary != "" {
				write(t, p.glossary(), []byte(tt.glossary))
			}
			files, err := p.files(nil)
			if err != nil {
				t.Fatal(err)
			}
			problems, err := findProblems(p, files, false)
			if err != nil {
				t.Fatal(err)
			}
			told := strings.Contains(strings.Join(problems, "\n"), "read the glossary")
			if told != (tt.want != "") || !strings.Contains(strings.Join(problems, "\n"), tt.want) {
				t.Errorf("got %q, want %q in it", problems, tt.want)
			}
		})
	}
}
