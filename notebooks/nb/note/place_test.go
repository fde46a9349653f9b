package note

import (
	"os"
	"strings"
	"testing"

	"interleave/notebooks/nb/notebook"
)

// shipped gives a notebook as the project ships it.
func shipped(t testing.TB, number string) *notebook.Notebook {
	t.Helper()
	nb, err := notebook.ReadFile("../../" + notebooks[number] + ".ipynb")
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

// guides keeps what guideOf gave, which takes a while to learn and never changes.
var guides = map[string]*Guide{}

// guideOf gives the guide of a notebook as the project ships it.
func guideOf(t testing.TB, number string) *Guide {
	t.Helper()
	if guides[number] != nil {
		return guides[number]
	}
	table, err := os.ReadFile("../../glossary.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var terms []Term
	for i, row := range strings.Split(strings.TrimSpace(string(table)), "\n") {
		if cells := strings.Split(row, "\t"); i > 0 {
			terms = append(terms, Term{English: cells[0], Korean: cells[1]})
		}
	}
	guides[number] = NewGuide(shipped(t, number), terms)
	return guides[number]
}

func sampleNote(t testing.TB, name string) *Note {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Split(name, data)
	if err != nil {
		t.Fatal(err)
	}
	if n.String() != string(data) {
		t.Fatalf("the sections of %s do not make up the note", name)
	}
	return n
}

var notebooks = map[string]string{"52": "52-subprocess", "53": "53-gil", "54": "54-lock", "55": "55-queue"}

// TestWhereSectionsGo has, for each section that is imported, its heading and the step
// beside which it belongs; "?" after the step where its place is called unsure. A
// section beside a wrong step is a fault, one that is unsure only a pity.
func TestWhereSectionsGo(t *testing.T) {
	placed, unsure := 0, 0
	for _, tt := range []struct{ file, at, want string }{
		{"chapter.md", "52", `00, 00 # 7장 동시성과 병렬성, 00 ## 52 자식 프로세스 관리하기, 01 ### 왜 자식 프로세스인가,
			02 ### 명령을 실행하고 출력 얻기, 03 ### poll로 상태 보기, 04? ### 여러 자식을 한꺼번에 기다리기, 07 ### 파이프로 연결하기,
			09 ### timeout, 10 ### 기억해야 할 내용`},
		{"chapter.md", "53", `00, 00 # 7장 동시성과 병렬성, 00 ## 53 스레드와 GIL, 01 ### GIL은 왜 있나, 02? ### 인수분해,
			07? ### select로 기다리기, 10? ### 정리`},
		{"chapter.md", "54", `00, 00 # 7장 동시성과 병렬성, 00 ## 54 Lock으로 데이터 경합 막기, 07 ### Lock, 03 ### 배리어,
			05 ### 더하기는 세 동작, 11 ### 기억해야 할 내용`},
		{"chapter.md", "55", `00, 00 # 7장 동시성과 병렬성, 00 ## 55 Queue로 파이프라인 잇기, 01 ### 파이프라인, 02 ### 덱으로 만든 큐,
			07? ### 버퍼 크기, 08 ### 센티넬과 닫을 수 있는 큐, 12 ### 기억해야 할 내용`},
		{"lock.md", "54", `00 # Locks: my notes, 01 ## 1. What the GIL guards is the interpreter, 02 ## 2. A counter, 07 ## 3. Lock,
			06? ## 4. The race\, step by step, 09 ## 5. ThreadPoolExecutor, 16 ## 6. Deadlock, 10 ## 7. Semaphore\, mutex,
			12 ## 8. Race detector, 11 ## Things to remember, ? ## What to ask next week`},
		{"messy.md", "54", `00, 07? # Lock and with, ? #, 00 ## 54, 07 ### 54-07 락, ? ### 54-99 없는 단계, 07? ### Lock, 07? ### Lock,
			03 ## Barrier, ? ### 53 다시 보기, ? #### 그 아래, ? ### 54-02 기억할 것`},
	} {
		t.Run(tt.file+" at "+tt.at, func(t *testing.T) {
			g := guideOf(t, tt.at)
			var want []string
			for w := range strings.SplitSeq(strings.ReplaceAll(tt.want, `\,`, "\x00"), ",") {
				want = append(want, strings.ReplaceAll(strings.TrimSpace(w), "\x00", ","))
			}
			for _, p := range g.Place(sampleNote(t, tt.file), tt.at) {
				if p.Item != "" {
					continue
				}
				if len(want) == 0 {
					t.Fatalf("line %d: %q is imported too", p.Section.Line, p.Section.Heading)
				}
				step, heading, _ := strings.Cut(want[0], " ")
				want = want[1:]
				if got := strings.TrimSpace(p.Section.Heading); got != heading {
					t.Fatalf("line %d: heading %q, want %q", p.Section.Line, got, heading)
				}
				sure, isUnsure := strings.CutSuffix(step, "?")
				switch {
				case isUnsure && p.Step == "":
					unsure++
				case p.Step == tt.at+"-"+sure:
					placed++
				default:
					t.Errorf("line %d: %q went beside %q, want %s", p.Section.Line, p.Section.Heading, p.Step, step)
				}
			}
			if len(want) > 0 {
				t.Errorf("not imported: %q", want)
			}
		})
	}
	t.Logf("%d sections placed right, none wrong, %d unsure", placed, unsure)
}

func TestAHeadingTellsTheItem(t *testing.T) {
	for title, want := range map[string]string{
		"54 Lock": "54", "54. Lock": "54", "54: 락": "54", "54": "54", "[54] 락": "54", "아이템 54: 락": "54", "Item 54": "54",
		"Better way 54 락": "54", "Effective Python 2판, 아이템 53. 스레드": "53", "아이템 56 언제": "56", "Item #7: x": "7",
		"54-07 락": "", "54.2 락": "", "52-55 정리": "", "52~55 정리": "", "53과 다른 점": "", "3. Lock": "", "99 things": "",
		"2024 notes": "", "Lock 54": "", "": "",
	} {
		if got := itemOf(title); got != want {
			t.Errorf("itemOf(%q) = %q, want %q", title, got, want)
		}
	}
}
