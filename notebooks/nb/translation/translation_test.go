package translation

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
)

// lesson is a notebook of Markdown cells, by their ids.
func lesson(t testing.TB, cells ...string) *notebook.Notebook {
	t.Helper()
	n := &notebook.Notebook{Format: [2]int{4, 5}}
	for i := 0; i < len(cells); i += 2 {
		n.Cells = append(n.Cells, &notebook.Cell{ID: cells[i], Type: notebook.Markdown, Source: cells[i+1]})
	}
	again, err := notebook.Parse(n.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func slots(t testing.TB, n *notebook.Notebook) []Slot {
	t.Helper()
	all, err := Slots("54-lock", n)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func parse(t testing.TB, text string) *po.File {
	t.Helper()
	f, err := po.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// entries gives a file without its header.
func entries(f *po.File) string {
	f.Entries = slices.DeleteFunc(slices.Clone(f.Entries), func(e *po.Entry) bool { return !e.Obsolete && e.ID == "" })
	return string(f.Marshal())
}

func sample(t testing.TB) *notebook.Notebook {
	return lesson(t,
		"54-01-ko", "# 락\n\n`Lock`은 하나다.\n\n|예|`x`|\n|-|-|\n|예|2|",
		"54-01-en", "# Lock\n\n`Lock` is one.\n\n|yes|`x`|\n|-|-|\n|yes|2|")
}

func TestMessages(t *testing.T) {
	for from, want := range map[string]string{
		"en": `#. heading
#. ko: 락
msgctxt "54-lock/54-01/54-01-en"
msgid "Lock"
msgstr ""

#. paragraph
#. ko: ` + "`Lock`은 하나다." + `
msgctxt "54-lock/54-01/54-01-en"
msgid "` + "`Lock` is one." + `"
msgstr ""

#. table cell
#. ko: 예
msgctxt "54-lock/54-01/54-01-en"
msgid "yes"
msgstr ""

#. table cell
#. ko: 예
msgctxt "54-lock/54-01/54-01-en#2"
msgid "yes"
msgstr ""
`,
		"ko": `#. heading
#. en: Lock
msgctxt "54-lock/54-01/54-01-ko"
msgid "락"
msgstr ""
`,
	} {
		got := entries(Merge(New("ja", from), Messages(slots(t, sample(t)), from)))
		if from == "ko" {
			got, _, _ = strings.Cut(got, "\n\n")
			got += "\n"
		}
		if got != want {
			t.Errorf("from %s:\ngot\n%s\nwant\n%s", from, got, want)
		}
	}
}

func TestSlotsTellWhereLanguagesDiffer(t *testing.T) {
	for text, want := range map[string]string{
		"a":          `cell 54-01-ko: it has the list item "다", and the English nothing for it; make both languages alike`,
		"- a\n- b":   `cell 54-01-ko: "가" is a paragraph, and in English "a" is a list item; make both languages alike`,
		"a\n\n- b\n": "",
	} {
		_, err := Slots("54-lock", lesson(t, "54-01-ko", "가\n\n- 다", "54-01-en", text))
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	if _, err := Slots("54-lock", lesson(t, "54-01-en", "a")); err == nil || !strings.Contains(err.Error(), "add cell 54-01-ko") {
		t.Errorf("without Korean: %v", err)
	}
}

func TestMergeKeepsTranslations(t *testing.T) {
	const was = `# note
msgctxt "54-lock/54-01/54-01-en"
msgid "The lock is held by one thread."
msgstr "락1"

msgctxt "54-lock/54-01/54-01-en"
msgid "Something else"
msgstr "다른 것"

#, fuzzy
#| msgid "before"
msgctxt "54-lock/54-01/54-01-en"
msgid "Same"
msgstr "같음"

msgctxt "54-lock/54-02/54-02-en"
msgid "Moved to another cell"
msgstr "옮김"

msgctxt "54-lock/54-02/54-02-en"
msgid "Untranslated and gone"
msgstr ""

#~ msgctxt "54-lock/54-02/54-02-en"
#~ msgid "Back again"
#~ msgstr "돌아옴"
`
	const want = `#. n
#, fuzzy
#| msgid "before"
msgctxt "54-lock/54-01/54-01-en"
msgid "Same"
msgstr "같음"

# note
#. n
#, fuzzy
#| msgctxt "54-lock/54-01/54-01-en"
#| msgid "The lock is held by one thread."
msgctxt "54-lock/54-01/54-01-en"
msgid "The lock is held by two threads."
msgstr "락1"

#. n
#, fuzzy
#| msgctxt "54-lock/54-02/54-02-en"
#| msgid "Moved to another cell"
msgctxt "54-lock/54-01/54-01-en"
msgid "Moved to another cell"
msgstr "옮김"

#. n
msgctxt "54-lock/54-02/54-02-en"
msgid "Back again"
msgstr "돌아옴"

#. n
msgctxt "54-lock/54-02/54-02-en"
msgid "New"
msgstr ""

#~ msgctxt "54-lock/54-01/54-01-en"
#~ msgid "Something else"
#~ msgstr "다른 것"
`
	var messages []Message
	for _, m := range [][2]string{{"1", "Same"}, {"1", "The lock is held by two threads."}, {"1", "Moved to another cell"}, {"2", "Back again"}, {"2", "New"}} {
		messages = append(messages, Message{po.Source{Context: "54-lock/54-0" + m[0] + "/54-0" + m[0] + "-en", ID: m[1]}, []string{"n"}})
	}
	got := entries(Merge(parse(t, was), messages))
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if again := entries(Merge(parse(t, got), messages)); again != got {
		t.Errorf("merged again:\n%s\nbefore\n%s", again, got)
	}
}

// translated is the sample's file with translations, whose order is that of the blocks.
func translated(t *testing.T, from string, texts ...string) *po.File {
	f := Merge(New("ja", from), Messages(slots(t, sample(t)), from))
	for i, text := range texts {
		f.Entries[i+1].Str = []string{text}
	}
	return f
}

func TestImportChecks(t *testing.T) {
	for _, tt := range []struct {
		texts []string
		want  string // the error
	}{
		{[]string{"ロック", "`Lock` は一つ。", "はい", "はい"}, ""},
		{[]string{"ロック", "Lock は一つ。"}, "54-lock/54-01/54-01-en: the translation lacks the code Lock"},
		{[]string{"ロ\nック"}, `the heading "ロ\nック" cannot stand in the place of "Lock"`},
		{[]string{"", "- `Lock`"}, "the paragraph \"- `Lock`\" cannot stand"},
		{[]string{"", "", "a | b"}, `the table cell "a | b" cannot stand`},
		{[]string{"[x](y)"}, "the translation has the link y, which the original does not have"},
	} {
		f, err := Import(New("ja", "en"), translated(t, "en", tt.texts...), slots(t, sample(t)))
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || f != nil) {
			t.Errorf("%q: got %v, want %s", tt.texts, err, tt.want)
		}
	}
}

func TestImportLosesNothing(t *testing.T) {
	all := slots(t, sample(t))
	kept, err := Import(New("ja", "en"), translated(t, "en", "ロック", "", "はい"), all)
	if err != nil {
		t.Fatal(err)
	}
	// Another translator has one other, and of the rest nothing.
	f := parse(t, "msgctxt \"54-lock/54-01/54-01-en\"\nmsgid \"yes\"\nmsgstr \"ええ\"\n\nmsgctxt \"54-lock/54-01/54-01-en\"\nmsgid \"Lock\"\nmsgstr \"\"\n\nmsgctxt \"54-lock/54-01/54-01-en\"\nmsgid \"gone\"\nmsgstr \"消えた\"\n")
	if kept, err = Import(kept, f, all); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range kept.Entries[1:] {
		got = append(got, e.Str[0])
	}
	if want := []string{"ロック", "", "ええ", "", "消えた"}; !slices.Equal(got, want) || !kept.Entries[5].Obsolete {
		t.Errorf("got %q, want %q\n%s", got, want, kept.Marshal())
	}
	// A file from the Korean is taken into it as well.
	f = Convert(kept, all, "ko")
	f.Entries[2].Str = []string{"`Lock` は一つ。"}
	if kept, err = Import(kept, f, all); err != nil {
		t.Fatal(err)
	}
	if From(kept) != "ko" || kept.Entries[1].ID != "락" || kept.Entries[1].Str[0] != "ロック" || kept.Entries[2].Str[0] != "`Lock` は一つ。" {
		t.Errorf("from the Korean:\n%s", kept.Marshal())
	}
	back := Convert(kept, all, "en")
	if back.Entries[1].ID != "Lock" || back.Entries[1].Str[0] != "ロック" || From(back) != "en" {
		t.Errorf("and back:\n%s", back.Marshal())
	}
}

func TestCell(t *testing.T) {
	n := sample(t)
	n.Cells = append(n.Cells, lesson(t, "54-02-ko", "가\n\n나", "54-02-en", "one").Cells...) // not alike
	f := translated(t, "en", "ロック", "Lock は一つ。", "はい")                                     // the second lacks its code
	f.Entries[3].SetFuzzy(true)
	cells := NewTranslator("54-lock", n, map[string]*po.File{"ja": f, "de": New("de", "ko")})
	for _, tt := range []struct{ id, language, want string }{
		{"54-01-en", "ja", "# ロック\n\n⟨en · fuzzy⟩ `Lock` is one.\n\n|⟨en · fuzzy⟩ yes|`x`|\n|-|-|\n|⟨en⟩ yes|2|"},
		{"54-01-en", "de", "# ⟨ko⟩ 락\n\n⟨ko⟩ `Lock`은 하나다.\n\n|⟨ko⟩ 예|`x`|\n|-|-|\n|⟨ko⟩ 예|2|"},
		{"54-02-ko", "ja", "⟨en⟩ one"},
	} {
		c := cells.Cell(n, notebook.ParseID(tt.id), tt.language)
		if c == nil || c.Source != tt.want || c.ID != notebook.ParseID(tt.id).In(tt.language) {
			t.Errorf("%s in %s: got %+v, want %q", tt.id, tt.language, c, tt.want)
		}
	}
	if c := cells.Cell(n, notebook.ParseID("54-09-en"), "ja"); c != nil {
		t.Errorf("a cell that is not there is %+v", c)
	}
}

func TestEdit(t *testing.T) {
	n := sample(t)
	text := string(n.Marshal())
	f := Original(slots(t, n), "ko", "en")
	if ids, err := Edit(n, slots(t, n), "ko", f.Entries[1:], "en"); err != nil || len(ids) > 0 || string(n.Marshal()) != text {
		t.Errorf("unchanged: %v, %v", ids, err)
	}
	f.Entries[4].Str = []string{"그렇다"}
	f.Entries[2].Str = []string{"다르다"}
	f.Entries[2].SetFuzzy(true)
	ids, err := Edit(n, slots(t, n), "ko", f.Entries[1:], "en")
	if err != nil || !slices.Equal(ids, []string{"54-01-ko"}) {
		t.Errorf("got %v, %v", ids, err)
	}
	if got, want := string(n.Marshal()), strings.Replace(text, "|예|2|", "|그렇다|2|", 1); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	f = parse(t, "msgctxt \"54-lock/54-01/54-01-en\"\nmsgid \"gone\"\nmsgstr \"x\"\n\nmsgctxt \"54-lock/54-01/54-01-en\"\nmsgid \"Lock\"\nmsgstr \"`x`\"\n")
	_, err = Edit(n, slots(t, n), "ko", f.Entries, "en")
	for _, want := range []string{"line 1, 54-lock/54-01/54-01-en: the notebook has no such text", "line 5, 54-lock/54-01/54-01-en: the translation has the code x"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want in it %s", err, want)
		}
	}
}

func TestImportLabels(t *testing.T) {
	messages := []Message{{po.Source{ID: "%d of %s"}, nil}, {po.Source{ID: "one run", Plural: "%d runs"}, nil}}
	for text, want := range map[string]string{
		"msgid \"%d of %s\"\nmsgstr \"%[2]sの%[1]d\"\n":                     "",
		"msgid \"%d of %s\"\nmsgstr \"%sの%d\"\n":                           `has the formats ["%[1]s" "%[2]d"], not ["%[1]d" "%[2]s"]`,
		"msgid \"%d of %s\"\nmsgstr \"%d 100%%\"\n":                        `has the formats ["%[1]d"], not`,
		"msgid \"one run\"\nmsgid_plural \"%d runs\"\nmsgstr[0] \"%d回\"\n": "",
		"msgid \"one run\"\nmsgid_plural \"%d runs\"\nmsgstr[0] \"%s回\"\n": "has the formats",
		"msgid \"other\"\nmsgstr \"%q\"\n":                                 "",
	} {
		_, err := ImportLabels(New("ja", "en"), parse(t, text), messages)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

func TestAgreed(t *testing.T) {
	agreed := Agreed{}
	alone := func(n *notebook.Notebook) (all []string) {
		again, err := ParseAgreed(agreed.Marshal())
		if err != nil || !reflect.DeepEqual(again, agreed) {
			t.Fatalf("%v, %v; want %v", again, err, agreed)
		}
		for _, c := range agreed.Alone(slots(t, n)) {
			all = append(all, c.Language+":"+c.Text("en"))
		}
		return all
	}
	if got := alone(sample(t)); !slices.Equal(got, []string{":Lock"}) {
		t.Errorf("at first: %q", got)
	}
	agreed.Agree("54-lock", slots(t, sample(t)))
	if got := alone(sample(t)); len(got) > 0 {
		t.Errorf("agreed: %q", got)
	}
	n := sample(t)
	n.Cell("54-01-en").Source = strings.NewReplacer("# Lock", "# Locks", "is one", "is two", "2|", "3|").Replace(n.Cell("54-01-en").Source)
	n.Cell("54-01-ko").Source = strings.NewReplacer("하나", "둘", "|예|`x`", "|네|`x`").Replace(n.Cell("54-01-ko").Source)
	if got, want := alone(n), []string{"en:Locks", "ko:yes", "en:3"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	agreed.Agree("54-lock", slots(t, n))
	if got := alone(n); len(got) > 0 {
		t.Errorf("agreed again: %q", got)
	}
	for text, want := range map[string]string{"x": "line 1: not the columns", agreedColumns + "a\tb\n": "line 2: 2 columns, not 4"} {
		if _, err := ParseAgreed([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// TestProject exports all of the project's notebooks in every way.
func TestProject(t *testing.T) {
	msgfmt, msgfmtErr := exec.LookPath("msgfmt")
	files, err := filepath.Glob("../../*.ipynb")
	if err != nil || len(files) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, file := range files {
		n, err := notebook.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all, err := Slots("x", n)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		text := string(n.Marshal())
		for language, from := range map[string]string{"ko": "en", "en": "ko"} {
			f := parse(t, string(Original(all, language, from).Marshal()))
			if ids, err := Edit(n, all, language, f.Entries[1:], from); err != nil || len(ids) > 0 || string(n.Marshal()) != text {
				t.Errorf("%s in %s, unchanged: %v, %v", file, language, ids, err)
			}
			if msgfmtErr == nil {
				name := filepath.Join(t.TempDir(), "x.po")
				if err := os.WriteFile(name, f.Marshal(), 0o644); err != nil {
					t.Fatal(err)
				}
				if out, err := exec.Command(msgfmt, "--check", "-o", os.DevNull, name).CombinedOutput(); err != nil || len(out) > 0 {
					t.Errorf("%s in %s: msgfmt says %s", file, language, out)
				}
			}
		}
	}
}

// FuzzTranslate puts any file into any cell.
func FuzzTranslate(f *testing.F) {
	f.Add("# 락\n\n- 가", "# Lock\n\n- a", "msgctxt \"54-lock/54-01/54-01-en\"\nmsgid \"Lock\"\nmsgstr \"a\\n\\n- b\"\n", "new")
	f.Add("|a|\n|-|", "|b|\n|-|", "msgid \"\"\nmsgstr \"X-Source-Language: ko\\n\"\n\n#, fuzzy\nmsgctxt \"54-lock/54-01/54-01-ko\"\nmsgid \"a\"\nmsgstr \"|\"\n", "`")
	f.Fuzz(func(t *testing.T, ko, en, file, text string) {
		ko, en, text = strings.ToValidUTF8(ko, "?"), strings.ToValidUTF8(en, "?"), strings.ToValidUTF8(text, "?")
		n := lesson(t, "54-01-ko", ko, "54-01-en", en)
		all, _ := Slots("54-lock", n)
		whole := string(n.Marshal())
		for language, from := range map[string]string{"ko": "en", "en": "ko"} {
			f := Original(all, language, from)
			again, err := po.Parse(f.Marshal())
			if err != nil {
				t.Fatalf("%v in %q", err, f.Marshal())
			}
			if ids, err := Edit(n, all, language, again.Entries[1:], from); err != nil || len(ids) > 0 || string(n.Marshal()) != whole {
				t.Fatalf("unchanged in %s: %v, %v", language, ids, err)
			}
			if len(f.Entries) > 1 {
				f.Entries[1].Str = []string{text}
				n := lesson(t, "54-01-ko", ko, "54-01-en", en)
				if _, err := Edit(n, all, language, f.Entries[1:], from); err == nil {
					if _, err := Slots("54-lock", n); err != nil {
						t.Errorf("%q in %s makes %v", text, language, err)
					}
				}
			}
		}
		given, err := po.Parse([]byte(file))
		if err != nil {
			return
		}
		cells := NewTranslator("54-lock", n, map[string]*po.File{"ja": given})
		cells.Cell(n, notebook.ParseID("54-01-en"), "ja")
		if f, err := Import(New("ja", "en"), given, all); err == nil {
			merged := f.Marshal()
			again, err := po.Parse(merged)
			if err != nil {
				t.Fatalf("%v in %q", err, merged)
			}
			if same := Merge(again, Messages(all, From(again))).Marshal(); string(same) != string(merged) {
				t.Errorf("merged again: %q, before %q", same, merged)
			}
		}
	})
}
