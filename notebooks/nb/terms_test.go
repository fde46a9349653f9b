package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interleave/notebooks/nb/notebook"
)

var sampleTerms = []term{
	{en: "thread", ko: "스레드", notKo: []string{"쓰레드"}},
	{en: "worker", ko: "작업자", notKo: []string{"워커"}},
	{en: "exit status", ko: "종료 상태", notEn: []string{"exit code"}, notKo: []string{"종료 코드"}},
	{en: "semaphore", ko: "세마포어", notKo: []string{"세마포"}},
	{en: "deadlock", ko: "교착 상태(데드락)", notKo: []string{"데드락"}},
	{en: "busy waiting", ko: "바쁜 대기(busy waiting)", notEn: []string{"busy wait"}},
	{en: "global interpreter lock (GIL)", ko: "전역 인터프리터 락(GIL)"},
	{en: "interleaving", ko: "실행 순서의 섞임(인터리빙)"},
	{en: "stage", ko: "단계"},
	{en: "pipe", ko: "파이프"},
	{en: "pipeline", ko: "파이프라인"},
}

// proseOf makes a shipped notebook of markdown cells.
func proseOf(t *testing.T, cells ...*notebook.Cell) file {
	t.Helper()
	nb := sample(t)
	for _, c := range cells {
		c.Type = notebook.Markdown
	}
	nb.Cells = cells
	path := filepath.Join(t.TempDir(), "54-lock.ipynb")
	write(t, path, nb.Marshal())
	return file{path: path, number: "54", shipped: true}
}

// termProblems gives the problems without the path.
func termProblems(f file) (problems []string) {
	for _, problem := range checkTerms(f, sampleTerms) {
		problems = append(problems, strings.TrimPrefix(problem, f.path+": cell "))
	}
	return problems
}

func TestACellCallsThingsByTheGlossarysWords(t *testing.T) {
	const exitStatus = "54-04-en: says exit code; the glossary's word is exit status"
	for _, tt := range []struct{ name, id, text, want string }{
		{"the glossary's word is right", "54-04-ko", "스레드를 다섯 개 시작한다.", ""},
		{"another word is found", "54-04-ko", "쓰레드 다섯 개", "54-04-ko: says 쓰레드; the glossary's word is 스레드"},
		{"another word is found with a particle after it", "54-04-ko", "다섯 쓰레드에서는", "54-04-ko: says 쓰레드; the glossary's word is 스레드"},
		{"another word is found in bold, in a heading and in a table", "54-04-ko", "## **워커**의 수\n\n| 워커 |", "54-04-ko: says 워커; the glossary's word is 작업자"},
		{"another word is found in a second cell of its role", "54-04-ko-2", "(워커 다섯)", "54-04-ko-2: says 워커; the glossary's word is 작업자"},
		{"another word of two words is found across lines", "54-04-ko", "종료\n코드가 0이다.", "54-04-ko: says 종료 코드; the glossary's word is 종료 상태"},
		{"the inside of a longer word is another word", "54-04-ko", "네트워커와 같이 쓴다.", ""},
		{"the glossary's word may begin with the other one", "54-04-ko", "세마포어는 수를 정한다.", ""},
		{"the other one beside it is found all the same", "54-04-ko", "세마포어, 곧 세마포는 수를 정한다.", "54-04-ko: says 세마포; the glossary's word is 세마포어"},
		{"a quotation is the words of others", "54-04-ko", "노트에는 “쓰레드가 느리다”, ‘워커’, \"세마포\"라고 적혀 있다.", ""},
		{"code, tags and addresses are no prose", "54-04-ko", "`쓰레드`와 <a title=쓰레드>[글](쓰레드.html)</a>\n\n```\n쓰레드\n```\n\nhttps://example.com/워커", ""},
		{"a link's text is prose", "54-04-ko", "[쓰레드](x.html)를 본다.", "54-04-ko: says 쓰레드; the glossary's word is 스레드"},
		{"another word may be told in brackets", "54-04-ko", "**교착 상태**(데드락, deadlock)는 기다림이다.", ""},
		{"it may not stand alone", "54-04-ko", "교착 상태(데드락)는 기다림이다. 데드락은 끝나지 않는다.", "54-04-ko: says 데드락; the glossary's word is 교착 상태"},
		{"English is found in any case", "54-04-en", "Exit code 0 is success.", exitStatus},
		{"English is found in the plural", "54-04-en", "All exit codes are 0.", exitStatus},
		{"English is found in Korean", "54-04-ko", "종료 상태(exit code)는 0이다.", "54-04-ko: says exit code; the glossary's word is exit status"},
		{"English is whole words", "54-04-en", "Let it exit codeless, by pre-exit code.", ""},
		{"the glossary's English may begin with the other one", "54-04-en", "Busy waiting takes a core.", ""},
		{"English that is bent into no term is found", "54-04-en", "It busy waits.", "54-04-en: says busy wait; the glossary's word is busy waiting"},
		{"English in quotes or code is left alone", "54-04-en", "“exit code” and `exit code`", ""},
		{"a cell of another role is no prose", "54-04-chart", "쓰레드", ""},
		{"a reader's own cell is left alone", "3f2a-mine", "쓰레드", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(termProblems(proseOf(t, &notebook.Cell{ID: tt.id, Source: tt.text})), "\n")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestBothLanguagesUseTheGlossarysWords(t *testing.T) {
	neither := func(id, ko, en string) []string {
		return []string{id + "-ko: never says " + ko + ", and " + id + "-en says " + en + "; use the glossary's word in both or in neither"}
	}
	first := func(id, ko, en string) []string {
		return []string{id + "-ko: is the first to say " + ko + "; give the English there, as in " + ko + "(" + en + ")"}
	}
	for _, tt := range []struct {
		name  string
		pairs []string // Korean and English by turns
		want  []string
	}{
		{"the first use gives the English", []string{"스레드(thread)를 시작한다.", "Start a thread."}, nil},
		{"the first use lacks the English", []string{"스레드를 시작한다.", "Start a thread."}, first("54-01", "스레드", "thread")},
		{"only the first use must give it", []string{"스레드(thread)를 시작한다.", "Start a thread.", "스레드가 끝난다.", "Threads end."}, nil},
		{"giving it later is too late", []string{"스레드를 시작한다.", "Start a thread.", "스레드(thread)가 끝난다.", "Threads end."}, first("54-01", "스레드", "thread")},
		{"giving it a sentence later is too late", []string{"스레드를 시작한다. 그 스레드(thread)가 끝난다.", "Start a thread."}, first("54-01", "스레드", "thread")},
		{"a heading and a table need not give it", []string{"# 스레드\n\n| 스레드 |\n\n스레드(thread)를 시작한다.", "Start a thread."}, nil},
		{"bold and another word may stand between", []string{"**교착 상태**(데드락, deadlock)다.", "A deadlock."}, nil},
		{"it may stand within the brackets of others", []string{"앞의 것(스레드, thread)이다.", "A thread."}, nil},
		{"English outside of brackets does not give it", []string{"스레드 thread (둘)이다.", "A thread."}, first("54-01", "스레드", "thread")},
		{"the other name may give it", []string{"실행 순서의 섞임을 인터리빙(interleaving)이라고 한다.", "An interleaving."}, nil},
		{"an abbreviation beside the English is fine", []string{"전역 인터프리터 락(global interpreter lock, GIL)은 지킨다.", "The global interpreter lock (GIL) guards."}, nil},
		{"a word that is no term in English is none in Korean", []string{"한 단계씩 본다.", "One step after the other."}, nil},
		{"Korean lacks the word", []string{"실행 흐름을 시작한다.", "Start two threads."}, neither("54-01", "스레드", "thread")},
		{"the English word in the Korean is not the Korean word", []string{"busy waiting이다.", "Busy waiting."}, neither("54-01", "바쁜 대기", "busy waiting")},
		{"a longer word is not the word", []string{"파이프라인(pipeline)을 잇는다.", "Join a pipe to the pipeline."}, neither("54-01", "파이프", "pipe")},
		{"the Korean of a heading is enough", []string{"# 스레드\n\n시작한다.", "Start a thread."}, nil},
		{"English need not have the word", []string{"스레드(thread)를 시작한다.", "Start it."}, nil},
		{"English in quotes asks for nothing", []string{"시작한다.", "It says “thread”, and `thread`."}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var cells []*notebook.Cell
			for i, text := range tt.pairs {
				id := "54-0" + string(rune('1'+i/2)) + []string{"-ko", "-en"}[i%2]
				cells = append(cells, &notebook.Cell{ID: id, Source: text})
			}
			if got := termProblems(proseOf(t, cells...)); !slices.Equal(got, tt.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(tt.want, "\n     "))
			}
		})
	}
}

func TestWhatIsNoFirstUse(t *testing.T) {
	cells := func(step string) []*notebook.Cell {
		return []*notebook.Cell{{ID: step + "-ko", Source: "스레드가 끝난다."}, {ID: step + "-en", Source: "A thread ends."}}
	}
	solution := proseOf(t, cells("54-90")...)
	solution.solution = true
	for name, f := range map[string]file{
		"a solution goes on from its notebook":         solution,
		"the glossary gives the English of every term": proseOf(t, slices.Concat(cells(glossaryStep), cells("00-06"))...),
	} {
		t.Run(name, func(t *testing.T) {
			if got := termProblems(f); len(got) > 0 {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestCheckHoldsOnlyShippedNotebooksToTheGlossary(t *testing.T) {
	n := sample(t)
	n.Cell("54-00-ko").Source += "\n\n쓰레드가 여럿이다."
	for _, tt := range []struct {
		name, path string
		want       bool
	}{
		{"a shipped notebook", "notebooks/54-lock.ipynb", true},
		{"a reader's copy", "54-lock.ipynb", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := testProject(t, tt.path, n.Marshal())
			write(t, p.glossary(), []byte("en\tko\tnot_en\tnot_ko\tmeaning_en\tmeaning_ko\nthread\t스레드\t\t쓰레딩 · 쓰레드\tx\ty\n"))
			listSteps(t, sampleSteps)
			problems, err := findProblems(p, []file{p.file(tt.path)}, false)
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Contains(problems, tt.path+": cell 54-00-ko: says 쓰레드; the glossary's word is 스레드"); got != tt.want {
				t.Errorf("got %q", problems)
			}
		})
	}
}

func TestTheGlossaryForbidsNoWordThatItUses(t *testing.T) {
	terms, err := readGlossary("../glossary.tsv")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, t := range terms {
		seen[calledAs(t.en)[0]], seen[calledAs(t.ko)[0]] = true, true
	}
	for i, w := range wordsOf(terms) {
		for _, not := range slices.Concat(w.notEn, w.notKo) {
			if seen[not.text] {
				t.Errorf("%s: %q is a term, or is listed twice", terms[i].en, not.text)
			}
			seen[not.text] = true
			if strings.TrimSpace(not.text) != not.text || len(not.in("("+not.text+", ")) != 1 {
				t.Errorf("%s: %q would never be found", terms[i].en, not.text)
			}
		}
	}
}
