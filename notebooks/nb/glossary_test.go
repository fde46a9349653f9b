package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckGlossary(t *testing.T) {
	const head = "en\tko\tmeaning_en\tmeaning_ko\n"
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
		{"the same", head + "lock\t락\tmakes others wait\t기다리게 한다\n", nil},
		{"another word", head + "lock\t잠금\tmakes others wait\t기다리게 한다\n", []string{`00-05-ko: lacks the row "| 잠금 | lock |`, `00-05-en: lacks the row "| lock | 잠금 |`}},
		{"a term more", head + "lock\t락\tmakes others wait\t기다리게 한다\nqueue\t큐\tx\ty\n", []string{`"| 큐 | queue | y |"`, "its table has 1 rows, the glossary 2", `"| queue | 큐 | x |"`, "its table has 1 rows, the glossary 2"}},
		{"a row too short", head + "lock\t락\n", []string{"line 2 has 2 columns"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, glossary, []byte(tt.glossary))
			got := checkGlossary(file{path: path}, glossary)
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
	if got := checkGlossary(file{path: path}, filepath.Join(dir, "missing.tsv")); len(got) != 1 || !strings.Contains(got[0], "restore it") {
		t.Errorf("without a glossary: %q", got)
	}
}
