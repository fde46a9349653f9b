package notebook

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = "../testdata/54-lock.ipynb"

func TestMarshalGivesBackWhatJupyterWrote(t *testing.T) {
	text, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	nb, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := nb.Marshal(); !bytes.Equal(got, text) {
		t.Errorf("Marshal changed the notebook:\n%s", got)
	}
}

// odd has everything that Marshal writes in a way of its own. Only what is
// unknown to this package is spared.
const odd = `{"nbformat":4,"nbformat_minor":5,"x":{"b":[],"a":{}},"metadata":{"big":12345678901234567890},"cells":[
{"cell_type":"markdown","id":"a","metadata":{},"attachments":{"f.png":{"image/png":"aGk="}},"source":"한\u2028글\u0085\u001f\r\nend\rof\ttab\b\f\u000b\"\\/\u007f<&>"},
{"cell_type":"code","id":"b","metadata":{"tags":["raises-exception"]},"execution_count":7,"outputs":[{"output_type":"stream","name":"stdout","text":["1\n","2"]}],"source":[]},
{"cell_type":"raw","id":"c","metadata":{},"source":"\ud83d\ude00\n"}]}`

func TestMarshalKeepsWhatItDoesNotKnow(t *testing.T) {
	nb, err := Parse([]byte(odd))
	if err != nil {
		t.Fatal(err)
	}
	text := string(nb.Marshal())
	for _, want := range []string{`"big": 12345678901234567890`, `"image/png": "aGk="`, `"b": []`, `"a": {}`, `"execution_count": 7`} {
		if !strings.Contains(text, want) {
			t.Errorf("Marshal lost %s:\n%s", want, text)
		}
	}
}

func TestCellsCanBeChangedAndAdded(t *testing.T) {
	nb, err := ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	nb.Cell("54-00-en").Source = "changed"
	nb.Cells = append(nb.Cells, &Cell{ID: "mine", Type: Code})
	again, err := Parse(nb.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Cell("54-00-en").Source; got != "changed" {
		t.Errorf("source = %q, want %q", got, "changed")
	}
	if again.Cell("mine") == nil || again.Cell("none") != nil {
		t.Error("Cell does not find just the cells that are there")
	}
}

func TestParseTellsWhatIsWrong(t *testing.T) {
	const head = `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[`
	for _, tt := range []struct{ name, text, want string }{
		{"no JSON", `{`, "not JSON: unexpected EOF"},
		{"two values", `{} {}`, "not JSON: more text after the notebook's end"},
		{"a list", `[]`, "not a notebook: the file holds no JSON object"},
		{"nothing", `{}`, "notebook has no \"nbformat\"\nnotebook has no \"nbformat_minor\"\nnotebook has no \"metadata\"\nnotebook has no \"cells\""},
		{"a fraction", `{"nbformat":4.5,"nbformat_minor":5,"metadata":{},"cells":[]}`, `notebook: "nbformat" is 4.5, not a whole number`},
		{"a cell that is text", head + `"x"]}`, "cell number 1 is a string, not an object"},
		{"no source", head + `{"cell_type":"raw","metadata":{}}]}`, `cell number 1: "source" is neither a string nor a list of strings`},
		{"a number as id", head + `{"id":1,"cell_type":"raw","metadata":{},"source":""}]}`, `cell number 1: "id" is a number, not a string`},
		{"no outputs", head + `{"id":"a","cell_type":"code","metadata":{},"execution_count":"1","source":""}]}`,
			"cell a has no \"outputs\"\ncell a: \"execution_count\" is a string, not a whole number"},
		{"an output that is text", head + `{"id":"a","cell_type":"code","metadata":{},"execution_count":1,"outputs":["x"],"source":""}]}`,
			"cell a: an output is a string, not an object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestDigestsCoverTheCodeAbove(t *testing.T) {
	nb, err := ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	before := nb.Digests()
	nb.Cell("54-01-py").Source += "\n"
	nb.Cell("54-01-en").Source += "\n" // prose does not count
	after := nb.Digests()
	for i := range before {
		if changed := before[i] != after[i]; changed != (i >= 1) {
			t.Errorf("digest %d changed: %v", i, changed)
		}
	}
	moved := &Notebook{Cells: []*Cell{{Type: Code, Source: "a"}, {Type: Code, Source: "bc"}}}
	other := &Notebook{Cells: []*Cell{{Type: Code, Source: "ab"}, {Type: Code, Source: "c"}}}
	if moved.Digests()[1] == other.Digests()[1] {
		t.Error("moving text from one cell to the next does not change the digest")
	}
}

func TestFailed(t *testing.T) {
	stderr := func(text string) []map[string]any {
		return []map[string]any{{"output_type": "stream", "name": "stderr", "text": text}}
	}
	for _, tt := range []struct {
		name string
		cell Cell
		want bool
	}{
		{"an error", Cell{Outputs: []map[string]any{{"output_type": "error"}}}, true},
		{"no output", Cell{}, false},
		{"a script that failed", Cell{Source: "%%script python3", Outputs: stderr("oh\nexit status 1\n")}, true},
		{"a script that was killed", Cell{Source: "%%bash", Outputs: stderr("signal: killed\n")}, true},
		{"a script that warns", Cell{Source: "%%script python3", Outputs: stderr("exit status 1 is bad\n")}, false},
		{"Go that prints a child's status", Cell{Source: "%%", Outputs: stderr("exit status 1\n")}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.cell.Failed(); got != tt.want {
				t.Errorf("Failed() = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestWriteFileKeepsPermissions(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.ipynb")
	if err := os.WriteFile(name, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(name, []byte("x")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o640 || info.Size() != 1 {
		t.Errorf("got %v, %v; want 1 byte with mode 0640", info, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(name)); len(left) != 1 {
		t.Errorf("a temporary file is left: %v", left)
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile(sample)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(odd))
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":5,"metadata":{"tags":1},"cells":[null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		nb, err := Parse(text)
		if err != nil {
			return
		}
		nb.Digests()
		for _, c := range nb.Cells {
			c.Failed()
			c.MayFail()
			c.Ran()
		}
		once := nb.Marshal()
		again, err := Parse(once)
		if err != nil {
			t.Fatalf("cannot read what Marshal wrote: %v\n%s", err, once)
		}
		if twice := again.Marshal(); !bytes.Equal(once, twice) {
			t.Fatalf("Marshal is not stable:\n%s\n%s", once, twice)
		}
	})
}
