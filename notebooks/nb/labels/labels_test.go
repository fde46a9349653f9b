package labels

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestFindInTheProject wants every label of the project to be one that a catalog can know.
func TestFindInTheProject(t *testing.T) {
	all, err := Find("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for en, want := range map[string]Label{
		"median and interval":               {Ko: []string{"중앙값과 구간"}, Where: []string{"helpers/chart/builders.go"}},
		"%d run":                            {Ko: []string{"%d회"}, Plural: "%d runs", Where: []string{"helpers/measure/format.go"}},
		"Until all four workers have ended": {Ko: []string{"작업자 넷이 모두 끝날 때까지"}, Where: []string{"00-03-chart"}},
	} {
		want.En = en
		i := slices.IndexFunc(all, func(l Label) bool { return l.En == en })
		if i < 0 || !reflect.DeepEqual(all[i], want) {
			t.Errorf("%q is not found as %+v", en, want)
		}
	}
}

func TestFind(t *testing.T) {
	const helper = `package x
var a = lang.Text{Ko: "가", En: "a" + ("b")}
var b = []lang.Text{{Ko: "나", En: "c"}, {En: "same"}, lang.Same("no")}
var c = lang.Text{"다", "d"}
var d = lang.Format(lang.Text{Ko: "%s %d개", En: "%d %s"}, 1)
var e = lang.Plural(n, lang.Text{Ko: "%d개", En: "%d thing"}, lang.Text{Ko: "%d개", En: "%d things"}, n)
var f = map[string]lang.Text{"k": {Ko: "라", En: "a" + "b"}}
var g = other.Text{Ko: "x", En: "x"}
var h = []pair{{"no", "no"}}
`
	const bad = `package x
import l "interleave/helpers/lang"
func _() {
	x := l.Text{Ko: "가 " + y, En: y}
	l.Plural(1, x, x)
	l.Plural(1, l.Text{Ko: "%d개", En: "%d thing"}, l.Text{Ko: "%d개", En: "%d thingies"}, 1)
}
`
	const notebook = `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[
{"cell_type":"code","id":"54-01-chart","metadata":{},"outputs":[],"execution_count":null,"source":"%noautoget\nimport \"x\"\n!ls \\\n\"{\n%%\nchart.Show(lang.Text{Ko: \"마\", En: \"cell\"}) // broken below\nx :="},
{"cell_type":"code","id":"54-01-py","metadata":{},"outputs":[],"execution_count":null,"source":"%%script python3\nlang.Text{Ko: \"바\", En: \"python\"}"}]}`
	root := t.TempDir()
	for name, text := range map[string]string{"helpers/x/x.go": helper, "helpers/x/x_test.go": bad, "helpers/testdata/y.go": bad, "notebooks/54-x.ipynb": notebook} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Find(root)
	if err != nil {
		t.Fatal(err)
	}
	x := []string{"helpers/x/x.go"}
	want := []Label{
		{En: "%d thing", Plural: "%d things", Ko: []string{"%d개"}, Where: x},
		{En: "ab", Ko: []string{"가", "라"}, Where: x},
		{En: "c", Ko: []string{"나"}, Where: x},
		{En: "cell", Ko: []string{"마"}, Where: []string{"54-01-chart"}},
		{En: "d", Ko: []string{"다"}, Where: x},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}

	if err := os.WriteFile(filepath.Join(root, "helpers", "bad.go"), []byte(bad), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Find(root)
	for _, want := range []string{"helpers/bad.go:4: a label whose text is not constant", "helpers/bad.go:5: the labels of lang.Plural are not constant", `the plural of "%d thing" is "%d thing`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v; want in it %s", err, want)
		}
	}
}
