package notebook

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
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

// odd is a notebook that no Jupyter would write so.
const odd = `{"nbformat":4,"nbformat_minor":5,"x":{"b":[],"a":{}},"metadata":{"big":12345678901234567890},"cells":[
{"cell_type":"markdown","id":"a","metadata":{},"attachments":{"f.png":{"image/png":"aGk="}},"source":"한\u2028글\u0085\u001f\r\nend\rof\ttab\b\f\u000b\"\\/\u007f<&>"},
{"cell_type":"code","id":"b","metadata":{"tags":["raises-exception"]},"execution_count":7,"outputs":[{"output_type":"stream","name":"stdout","text":["1\n","2"]}],"source":[]},
{"cell_type":"raw","id":"c","metadata":{},"source":"\ud83d\ude00\n"}]}`

func TestMarshalKeepsEveryByte(t *testing.T) {
	for name, text := range map[string]string{
		"odd":                odd,
		"spaces":             " { \"cells\" :\t[ ] , \"metadata\":{ } ,\r\n \"nbformat\":4,\"nbformat_minor\" : 2 } \n\n",
		"keys twice":         `{"nbformat":3,"nbformat":4,"nbformat_minor":5,"metadata":{"a":1},"metadata":{},"cells":[7],"cells":[]}`,
		"no end of line":     strings.TrimSuffix(head+`{"cell_type":"raw","metadata":{},"source":""}]}`, "\n"),
		"broken surrogates":  head + `{"cell_type":"raw","metadata":{},"source":"\ud83d x","odd\u0041":"\udc00"}]}`,
		"quotes, brackets":   head + `{"cell_type":"raw","metadata":{"]\\":["\"}",true,null]},"source":"\\"},{"c\u0065ll_type":"raw","metadata":{},"source":[]}]}`,
		"numbers":            head + `{"cell_type":"code","metadata":{"n":[1e3,1.50,-0]},"outputs":[],"execution_count":3,"source":""}]}`,
		"bytes that no text": head + `{"cell_type":"raw","metadata":{},"source":"` + "\xff\xfe" + `"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			nb, err := Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(nb.Marshal()); got != text {
				t.Errorf("got  %q\nwant %q", got, text)
			}
		})
	}
}

// head is the beginning of a notebook up to its first cell.
const head = `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[`

func TestMarshalChangesOnlyWhatChanged(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(nb *Notebook)
		// What of odd is replaced by what.
		old, new string
	}{
		{"a source stays one string", func(nb *Notebook) { nb.Cells[2].Source = "new\n" }, `"\ud83d\ude00\n"`, `"new\n"`},
		{"a source stays a list", func(nb *Notebook) { nb.Cells[1].Source = "a\nb" }, `"source":[]`, `"source":["a\n", "b"]`},
		{"an id", func(nb *Notebook) { nb.Cells[1].ID = "new" }, `"id":"b"`, `"id":"new"`},
		{"a cell's metadata", func(nb *Notebook) { nb.Cells[2].Metadata["x"] = true }, `"id":"c","metadata":{}`, `"id":"c","metadata":{"x": true}`},
		{"a count", func(nb *Notebook) { nb.Cells[1].Count = nil }, `"execution_count":7`, `"execution_count":null`},
		{"the outputs", func(nb *Notebook) { nb.Cells[1].Outputs = nil },
			`[{"output_type":"stream","name":"stdout","text":["1\n","2"]}]`, `[]`},
		{"the metadata", func(nb *Notebook) { nb.Metadata = nil }, `{"big":12345678901234567890}`, `{}`},
		{"the format", func(nb *Notebook) { nb.Format[1] = 6 }, `"nbformat_minor":5`, `"nbformat_minor":6`},
		{"a cell less", func(nb *Notebook) { nb.Cells = nb.Cells[:2] }, ",\n" + `{"cell_type":"raw","id":"c","metadata":{},"source":"\ud83d\ude00\n"}`, ""},
		{"the first cell less", func(nb *Notebook) { nb.Cells = nb.Cells[2:] }, odd[strings.Index(odd, `{"cell_type":"markdown"`):strings.Index(odd, `{"cell_type":"raw"`)], ""},
		{"a cell more", func(nb *Notebook) {
			nb.Cells = append(nb.Cells, &Cell{ID: "d", Type: Raw, Source: "x"})
		}, `\n"}]}`, `\n"},` + "\n" + `{` + "\n " + `"cell_type": "raw",` + "\n " + `"id": "d",` + "\n " + `"metadata": {},` + "\n " + `"source": [` + "\n  " + `"x"` + "\n ]\n}]}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nb, err := Parse([]byte(odd))
			if err != nil {
				t.Fatal(err)
			}
			tt.change(nb)
			if n := strings.Count(odd, tt.old); n != 1 {
				t.Fatalf("odd has %q %d times", tt.old, n)
			}
			got, want := string(nb.Marshal()), strings.Replace(odd, tt.old, tt.new, 1)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if _, err := Parse([]byte(got)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMarshalAddsCellsAndMembers(t *testing.T) {
	for _, text := range []string{
		`{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[]}`,
		"{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 2\n}\n",
		"{\n  \"cells\": [\n    {\n      \"cell_type\": \"raw\",\n      \"metadata\": {},\n      \"source\": []\n    }\n  ],\n  \"metadata\": {},\n  \"nbformat\": 4,\n  \"nbformat_minor\": 2\n}",
	} {
		nb, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range nb.Cells {
			c.ID = "first"
		}
		nb.Cells = append(nb.Cells, &Cell{ID: "new", Type: Markdown, Source: "x\ny"})
		again, err := Parse(nb.Marshal())
		if err != nil {
			t.Fatalf("%v in\n%s", err, nb.Marshal())
		}
		for _, c := range nb.Cells {
			if got := again.Cell(c.ID); got == nil || got.Source != c.Source || got.Type != c.Type {
				t.Errorf("cell %s is not as it was added:\n%s", c.ID, nb.Marshal())
			}
		}
	}
}

func TestMarshalPutsCellsWhereTheyAreMoved(t *testing.T) {
	nb, err := Parse([]byte(odd))
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(nb.Cells)
	text := nb.Marshal()
	again, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range again.Cells {
		if !bytes.Equal(c.text, nb.Cells[i].text) {
			t.Errorf("cell %s is now %s", c.ID, c.text)
		}
	}
	slices.Reverse(again.Cells)
	if got := again.Marshal(); string(got) != odd {
		t.Errorf("there and back gives %s", got)
	}
}

// FuzzMarshal changes whatever can be changed in any notebook: what comes out is the
// notebook that was meant, and the same to the byte if nothing was changed.
func FuzzMarshal(f *testing.F) {
	f.Add([]byte(odd), "new\ntext", uint8(0), uint8(0))
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[ ]}`), "", uint8(1), uint8(3))
	f.Add([]byte(head+`{"cell_type":"code","metadata":{},"metadata":{"a":[]},"source":"","outputs":[],"execution_count":null} ]}`), "x", uint8(0), uint8(7))
	f.Fuzz(func(t *testing.T, text []byte, source string, at, change uint8) {
		nb, err := Parse(text)
		if err != nil {
			return
		}
		if got := nb.Marshal(); !bytes.Equal(got, text) {
			t.Fatalf("unchanged: got %q, want %q", got, text)
		}
		source = strings.ToValidUTF8(source, "?") // JSON has no other
		c := &Cell{ID: "new", Type: Markdown, Metadata: map[string]any{}, Source: source}
		if i := int(at) % (len(nb.Cells) + 1); i < len(nb.Cells) && change&1 == 0 {
			c = nb.Cells[i]
			c.Source = source
			if change&2 != 0 {
				c.Metadata["x"] = []any{source}
			}
			if change&4 != 0 {
				c.ID = "changed"
			}
		} else {
			nb.Cells = slices.Insert(nb.Cells, i, c)
		}
		if change&8 != 0 {
			slices.Reverse(nb.Cells)
		}
		again, err := Parse(nb.Marshal())
		if err != nil {
			t.Fatalf("%v in %q", err, nb.Marshal())
		}
		if len(again.Cells) != len(nb.Cells) || again.Format != nb.Format || !reflect.DeepEqual(again.Metadata, nb.Metadata) {
			t.Fatalf("got another notebook: %q", nb.Marshal())
		}
		for i, got := range again.Cells {
			want := nb.Cells[i]
			if got.ID != want.ID || got.Type != want.Type || got.Source != want.Source || !reflect.DeepEqual(got.Metadata, want.Metadata) || !reflect.DeepEqual(got.Outputs, want.Outputs) {
				t.Errorf("cell %d is %q, not as it was changed", i, got.text)
			}
		}
	})
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
