package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interleave/notebooks/nb/notebook"
)

// testProject makes a project in an empty folder, with one notebook, and goes
// there.
func testProject(t *testing.T, name string, text []byte) project {
	t.Helper()
	root := t.TempDir()
	t.Chdir(root)
	// The environment of whoever tests may name another project, and a lab.
	t.Setenv("INTERLEAVE_PROJECT", "")
	t.Setenv("INTERLEAVE_LAB", "")
	if err := os.Mkdir("notebooks", 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"go.mod": []byte("module interleave\n"), name: text} {
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return project{root: root}
}

// listSteps has the list of steps ask for these until the test ends.
func listSteps(t *testing.T, table string) {
	t.Helper()
	saved := steps
	steps = readSteps("step\tcells\n" + table)
	t.Cleanup(func() { steps = saved })
}

func sample(t *testing.T) *notebook.Notebook {
	t.Helper()
	nb, err := notebook.ReadFile("testdata/54-lock.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

const sampleSteps = "54-00\tko,en,go\n54-01\tko,en,py,go,chart"

func TestCheckFindsEachFault(t *testing.T) {
	type nb = notebook.Notebook
	move := func(n *nb, from, to int) {
		c := n.Cells[from]
		n.Cells = slices.Insert(slices.Delete(n.Cells, from, from+1), to, c)
	}
	source := func(id, text string) func(*nb) { return func(n *nb) { n.Cell(id).Source = text } }
	both := func(ko, en string) func(*nb) {
		return func(n *nb) { n.Cell("54-01-ko").Source, n.Cell("54-01-en").Source = ko, en }
	}
	output := func(id string, o map[string]any) func(*nb) {
		return func(n *nb) { n.Cell(id).Outputs = append(n.Cell(id).Outputs, o) }
	}
	stdout := func(text string) map[string]any {
		return map[string]any{"output_type": "stream", "name": "stdout", "text": text}
	}
	const stale = "changed since its outputs were saved"
	for _, tt := range []struct {
		name   string
		change func(*nb)
		want   []string // after the notebook's name
	}{
		{"none", func(*nb) {}, nil},
		{"an old format", func(n *nb) { n.Format[1] = 4 }, []string{"is nbformat 4.4, not 4.5; save it with JupyterLab"}},
		{"another kernel", func(n *nb) { n.Metadata = nil }, []string{"its kernel is not gonb; choose the kernel Go (gonb) and save it"}},
		{"no id", func(n *nb) { n.Cells = append(n.Cells, &notebook.Cell{Type: notebook.Markdown}) },
			[]string{"cell number 10 has no id; give it one such as 54-04-go"}},
		{"an id twice", func(n *nb) { n.Cells = append(n.Cells, n.Cell("54-01-chart")) },
			[]string{"cell 54-01-chart: this id is used twice; give one of the cells another",
				"cell 54-01-chart: " + stale + "; run: go run ./notebooks/nb run 54"}},
		{"a foreign id", func(n *nb) { n.Cells = append(n.Cells, &notebook.Cell{ID: "54-01-go-1", Type: notebook.Markdown}) },
			[]string{"cell 54-01-go-1: not an id of the form 54-04-go or 54-04-go-2; rename it"}},
		{"an unknown type", func(n *nb) { n.Cell("54-00-en").Type = "x" },
			[]string{`cell 54-00-en: its type is "x"; make it markdown or code`, "cell 54-00-en: is a x cell; make it markdown"}},
		{"code that is markdown", func(n *nb) { n.Cell("54-01-chart").Type = notebook.Markdown; n.Cell("54-01-chart").Source = "Prose." },
			[]string{"cell 54-01-chart: is a markdown cell; make it code"}},
		{"another notebook's cell", func(n *nb) { n.Cell("54-01-go-2").ID = "55-01-go-2" },
			[]string{"cell 55-01-go-2: belongs to notebook 55, not 54; rename it"}},
		{"steps out of order", func(n *nb) { move(n, 0, 8); move(n, 0, 8) },
			[]string{"cell 54-00-ko: stands after step 54-01; move it before", "cell 54-00-en: stands after step 54-01; move it before"}},
		{"English first", func(n *nb) { move(n, 3, 4) },
			[]string{"cell 54-01-en: does not directly follow its Korean; put cell 54-01-ko there",
				"cell 54-01-ko: is not directly followed by its English; put cell 54-01-en there"}},
		{"no Korean", func(n *nb) { n.Cells = n.Cells[1:] },
			[]string{"cell 54-00-en: does not directly follow its Korean; put cell 54-00-ko there",
				"cell 54-00-ko is missing; add it, as notebooks/nb/steps.tsv asks for it"}},
		{"a cell missing", func(n *nb) { n.Cells = n.Cells[:8] },
			[]string{"cell 54-01-chart is missing; add it, as notebooks/nb/steps.tsv asks for it"}},
		{"Korean not written", both("# 락\n\n`여기에는 코드만 있습니다`", "# Locks\n\nSeveral goroutines change one `counter` at once."), []string{"cell 54-01-ko: has next to no Korean; write it"}},
		{"Korean not translated", source("54-01-ko", "# 여러 고루틴이 함께 바꿉니다\n\nSeveral goroutines change one counter at once."),
			[]string{"cell 54-01-ko: is mostly not Korean; translate it"}},
		{"Korean with names", both("`sync.Mutex`와 [Effective Python](https://effectivepython.com/)의 GIL, CPython, threading을 함께 봅니다.", "[Effective Python](https://effectivepython.com/): several goroutines change one `sync.Mutex` at once."), nil},
		{"English not written", both("# 카운터를 여러 고루틴이 함께 바꾼다", "# A counter"), []string{"cell 54-01-en: has next to no English; write it"}},
		{"English with Korean", source("54-01-en", "# A counter\n\nSeveral goroutines change one counter (카운터) at once."),
			[]string{"cell 54-01-en: has Korean in its English, (카운터); translate it, or put it in quotes"}},
		{"English with allowed Korean", both("# 락\n\n여러 고루틴이 `// 락` 하나를 함께 바꿉니다. [여기](https://example.com/home/x)", "# 락 · Locks\n\nThe word “락”, the comment `// 락`, or [한국어](https://example.com/home/x).\n\n```go\n// 락\n```"), nil},
		{"other code in English", both("여러 고루틴이 `Lock`과 `Unlock`을 함께 부릅니다.", "Several goroutines call `Lock` and `TryLock` at once."),
			[]string{"cell 54-01-ko: beside 54-01-en it lacks the code TryLock; has the code Unlock, which 54-01-en does not have; name it in both or in neither"}},
		{"another paragraph in English", source("54-01-en", "# A counter\n\nSeveral goroutines change it at once.\n\nOne more."),
			[]string{"cell 54-01-ko: its English has the paragraph \"One more.\", and the Korean nothing for it; make both languages alike"}},
		{"code that is translated", both("여러 고루틴이 `new(내타입)`을 함께 부르고 끝납니다.\n\n```go\nx := `y`\n```", "Several goroutines call `new(YourType)` at once."), nil},
		{"a path", source("54-01-en", "# A counter\n\nThe script is in /srv/interleave/a.py, written there by hand."),
			[]string{"cell 54-01-en: has the absolute path /srv/interleave/a.py; name the file without it"}},
		{"a path of the kernel", both("커널은 프로세스를 누구에게나 `/proc/self/status`로 보여 줍니다.", "The kernel shows its processes in `/proc/self/status` to all of us and/or others."), nil},
		{"a secret", source("54-01-en", "# A counter\n\nOpen the address http://127.0.0.1:8888/lab?token=0123456789abcdef0123456789abcdef in a browser."),
			[]string{"cell 54-01-en: has what looks like a secret, token=012345…; take it out"}},
		{"layout", source("54-01-chart", "var  x int"),
			[]string{"cell 54-01-chart: not formatted by gofmt; run: go run ./notebooks/nb fmt 54", "cell 54-01-chart: " + stale + "; run: go run ./notebooks/nb run 54"}},
		{"syntax", source("54-01-chart", "%%\nx = = 1"),
			[]string{"cell 54-01-chart: not Go: line 2: expected operand, found '='; correct the code", "cell 54-01-chart: " + stale + "; run: go run ./notebooks/nb run 54"}},
		{"Python for another program", source("54-01-py", "%%script python3.8\nprint()"),
			[]string{"cell 54-01-py: does not begin with %%script python3 or %%writefile; make that its first line",
				"cell 54-01-py: " + stale + " (and 3 cells below); run: go run ./notebooks/nb run 54"}},
		{"not run", func(n *nb) {
			n.Cell("54-01-go").Metadata, n.Cell("54-01-chart").Count = nil, nil
		}, []string{"cell 54-01-go: not run (and 1 cell below); run: go run ./notebooks/nb run 54"}},
		{"an untagged failure", output("54-01-go", map[string]any{"output_type": "error", "ename": "E", "evalue": "", "traceback": []any{}}),
			[]string{"cell 54-01-go: failed; mend it, or tag it raises-exception if it is meant to"}},
		{"a failed script", output("54-01-py", map[string]any{"output_type": "stream", "name": "stderr", "text": []any{"oh\n", "exit status 1\n"}}),
			[]string{"cell 54-01-py: failed; mend it, or tag it raises-exception if it is meant to"}},
		{"a tag without failure", func(n *nb) { n.Cell("54-01-go-2").Outputs = nil },
			[]string{"cell 54-01-go-2: is tagged raises-exception but did not fail; take the tag off"}},
		{"a home folder", output("54-01-go", stdout("cannot open /home/kim/a.py")),
			[]string{"cell 54-01-go: output 2 has a path in a home folder, /home/k…; keep it out of what the cell shows"}},
		{"other paths", output("54-01-go", stdout("/tmp/gonb_1/main.go https://go.dev/home/x")), nil},
		{"a large output", output("54-01-go", stdout(strings.Repeat("<", 121<<10))),
			[]string{"cell 54-01-go: output 2 has 121 KiB, more than 120; show less"}},
		{"large outputs", func(n *nb) {
			for range 6 {
				output("54-01-go", stdout(strings.Repeat("<", 110<<10)))(n)
			}
		}, []string{"666 KiB with its outputs, more than 600; make the outputs smaller"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := sample(t)
			tt.change(n)
			p := testProject(t, "notebooks/54-lock.ipynb", n.Marshal())
			listSteps(t, sampleSteps)
			files, err := p.files([]string{"54"})
			if err != nil {
				t.Fatal(err)
			}
			got, _ := checkFile(files[0])
			var want []string
			for _, w := range tt.want {
				want = append(want, "notebooks/54-lock.ipynb: "+w)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
		})
	}
}

func TestCheckOfAProject(t *testing.T) {
	for _, tt := range []struct {
		name, file, text, steps string
		want                    []string
	}{
		{"broken", "notebooks/54-lock.ipynb", `{"cells":[]}`, sampleSteps, []string{
			`notebooks/54-lock.ipynb: notebook has no "nbformat"; save it with JupyterLab`,
			`notebooks/54-lock.ipynb: notebook has no "nbformat_minor"; save it with JupyterLab`,
			`notebooks/54-lock.ipynb: notebook has no "metadata"; save it with JupyterLab`}},
		{"a notebook missing", "notebooks/54-lock.ipynb", "", sampleSteps + "\n55-00\tko\n55-01\tko",
			[]string{"notebooks: no notebook 55-*.ipynb, whose steps are in notebooks/nb/steps.tsv; add it"}},
		{"steps not listed", "notebooks/54-lock.ipynb", "", "",
			[]string{"notebooks/54-lock.ipynb: its steps are not in notebooks/nb/steps.tsv; list them there"}},
		{"no number", "notebooks/lock.ipynb", "", "",
			[]string{"notebooks/lock.ipynb: its name does not begin with its number; rename it in the form 54-lock.ipynb"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := []byte(tt.text)
			if tt.text == "" {
				text = sample(t).Marshal()
			}
			p := testProject(t, tt.file, text)
			listSteps(t, tt.steps)
			files, err := p.files(nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := findProblems(p, files, true)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got  %q, %v\nwant %q", got, err, tt.want)
			}
		})
	}
}

func TestCheckLetsReadersHaveCellsOfTheirOwn(t *testing.T) {
	n := sample(t)
	mine := &notebook.Cell{ID: "3f2a-mine", Type: notebook.Markdown, Source: "아무 말"}
	n.Cells = slices.Insert(n.Cells, 1, mine) // between the Korean and the English
	n.Cells = append(n.Cells, &notebook.Cell{ID: "own-code", Type: notebook.Code, Source: "var  x = ="})
	p := testProject(t, "copy.ipynb", n.Marshal())
	if got, ok := checkFile(p.file("copy.ipynb")); !ok || len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestTheListedStepsAreInOrder(t *testing.T) {
	names := map[string]bool{}
	last := ""
	for _, s := range steps {
		if s.name <= last || len(s.roles) < 2 {
			t.Errorf("step %s is out of order, or has fewer cells than its two languages", s.name)
		}
		last = s.name
		for _, role := range s.roles {
			if notebook.ParseID(s.name + "-" + role).Own() {
				t.Errorf("step %s: %q is not a role", s.name, role)
			}
		}
		names[s.name] = true
	}
	if !names["54-00"] || !names["54-90"] {
		t.Errorf("the list has only %v", slices.Sorted(maps.Keys(names)))
	}
}

func TestFilesByName(t *testing.T) {
	p := testProject(t, "notebooks/54-lock.ipynb", []byte("{}"))
	for _, tt := range []struct{ name, want string }{
		{"", ""},
		{"54", ""},
		{"notebooks/54-lock.ipynb", ""},
		{"55", "looking for notebooks: there is no " + filepath.Join(p.root, "notebooks", "55-*.ipynb")},
		{"none.ipynb", "looking for notebook none.ipynb: stat none.ipynb: no such file or directory; give a number such as 54, or a file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var names []string
			if tt.name != "" {
				names = []string{tt.name}
			}
			files, err := p.files(names)
			if tt.want != "" {
				if err == nil || err.Error() != tt.want {
					t.Errorf("got  %v\nwant %s", err, tt.want)
				}
				return
			}
			want := file{path: "notebooks/54-lock.ipynb", number: "54", shipped: true}
			if err != nil || len(files) != 1 || files[0] != want {
				t.Errorf("got %+v, %v; want %+v", files, err, want)
			}
		})
	}
}
