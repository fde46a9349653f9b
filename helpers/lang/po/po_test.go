package po

import (
	"bytes"
	"interleave/helpers/labtest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// all has one of everything that a PO file can hold, as Marshal writes it.
const all = `# A translator's remark.
#   indented
#
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Language: ja\n"
"Plural-Forms: nplurals=2; plural=n != 1;\n"

#. paragraph
#. ko: 락
#: 54-lock.ipynb
#, fuzzy, c-format
#| msgctxt "before"
#| msgid "A lock \"was\""
msgctxt "54-lock/54-04"
msgid ""
"A lock\n"
"is %s"
msgstr "ロック\\\tは"

msgid "%d worker"
msgid_plural "%d workers"
msgstr[0] "ein"
msgstr[1] ""

#~| msgid "old"
#~ msgid "gone"
#~ msgstr ""
#~ "away\n"
#~ "\n"
#~ "far"

# the end
`

func TestMarshalGivesBackWhatWasRead(t *testing.T) {
	f, err := Parse([]byte(all))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(f.Marshal()); got != all {
		t.Errorf("got %s\nwant %s", got, all)
	}
	want := &Entry{
		Extracted: []string{"paragraph", "ko: 락"}, References: []string{"54-lock.ipynb"}, Flags: []string{"fuzzy", "c-format"},
		Previous: Source{Context: "before", ID: `A lock "was"`},
		Source:   Source{Context: "54-lock/54-04", ID: "A lock\nis %s"},
		Str:      []string{"ロック\\\tは"}, Line: 10,
	}
	if got := f.Entry("54-lock/54-04", "A lock\nis %s"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if f.Entry("", "gone") != nil {
		t.Error("an obsolete entry is found")
	}
	for id, want := range map[string]bool{"%d worker": false, "": true} {
		if got := f.Entry("", id).Translated(); got != want {
			t.Errorf("Translated of %q: %v", id, got)
		}
	}
}

func TestGettextReadsWhatMarshalWrites(t *testing.T) {
	msgfmt, err := exec.LookPath("msgfmt")
	if err != nil {
		labtest.Lacking(t, "%v; install gettext", err)
	}
	name := filepath.Join(t.TempDir(), "x.po")
	f, err := Parse([]byte(all))
	if err != nil {
		t.Fatal(err)
	}
	f.Entries = append(f.Entries, &Entry{Source: Source{ID: "\a\b\f\v\r\t\\\"\x01 ü\u2028"}, Str: []string{"%"}})
	f.Trailing = nil
	if err := os.WriteFile(name, f.Marshal(), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(msgfmt, "--check-header", "--check-domain", "-o", os.DevNull, name).CombinedOutput(); err != nil {
		t.Errorf("%v: %s\n%s", err, out, f.Marshal())
	}
}

func TestParseReadsWhatOthersWrite(t *testing.T) {
	f, err := Parse([]byte("\ufeff#,fuzzy\r\nmsgid \"a\\x41\\101\\'\\?\"\r\n  \"b\"\r\nmsgstr\"c\"\r\nmsgid \"next\"\nmsgstr \"\"\n#~msgid \"x\"\n#~msgstr \"y\"\n#~ msgid \"z\"\n#~ msgstr \"\""))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Entries) != 4 || f.Entries[0].ID != "aAA'?b" || f.Entries[0].Str[0] != "c" || !f.Entries[0].Fuzzy() || !f.Entries[2].Obsolete {
		t.Errorf("got %s", f.Marshal())
	}
}

func TestParseTellsWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"hello", `line 1: hello is no line of a PO file; it begins with #, msgctxt, msgid, msgid_plural, msgstr or a quotation mark, and ends with one`},
		{"msgid \"a\"\n\nmsgid \"b\"\n", `line 3: msgid where msgstr was expected`},
		{"msgid \"a\"\n", `line 1: the entry above has no msgstr; add one, if only an empty one`},
		{"msgid \"a\"\n# b\nmsgstr \"\"", `line 2: the entry above has no msgstr; add one, if only an empty one`},
		{"msgstr \"a\"", `line 1: msgstr before msgid; put it after`},
		{"msgid \"a\"\nmsgctxt \"c\"\nmsgstr \"\"", `line 2: msgctxt after msgid; put it before`},
		{"msgid_plural \"a\"", `line 1: msgid_plural before msgid; put it after`},
		{"\"a\"", `line 1: "a" continues nothing; put msgid or msgstr before it`},
		{"msgid \"a\"\nmsgstr[1] \"\"", `line 2: msgstr for form "1"; an entry with msgid_plural has msgstr[0], msgstr[1] and so on, any other has one msgstr`},
		{"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[1] \"\"", `line 3: msgstr for form "1"; an entry with msgid_plural has msgstr[0], msgstr[1] and so on, any other has one msgstr`},
		{"msgid \"a\"\nmsgstr \"\"\nmsgstr \"\"", `line 3: msgstr for form ""; an entry with msgid_plural has msgstr[0], msgstr[1] and so on, any other has one msgstr`},
		{`msgid "a"b"`, `line 1: " in "a"b"; write \" for a quotation mark and \\ for a backslash`},
		{`msgid "a\"`, `line 1: \ in "a\"; write \" for a quotation mark and \\ for a backslash`},
		{`msgid "a\d"`, `line 1: \d in "a\d"; write \" for a quotation mark and \\ for a backslash`},
		{`msgid "\xff"`, `line 1: "\xff" is not UTF-8 when its escapes are resolved`},
		{`msgid "`, `line 1: msgid " is no line of a PO file; it begins with #, msgctxt, msgid, msgid_plural, msgstr or a quotation mark, and ends with one`},
		{"msgid \"\xff\"", `line 1: not UTF-8; save the file in UTF-8`},
		{"#~ msgid \"a\"\nmsgstr \"\"", `line 2: the entry is obsolete (#~) only in part; mark all of its lines or none`},
		{"#| msgstr \"a\"", `line 1: a previous msgstr; only msgctxt, msgid and msgid_plural can be previous`},
		{"msgid \"a\"\nmsgstr \"\"\n\n# again\nmsgid \"a\"\nmsgstr \"\"", `line 4: the message is in line 1 already; remove one of the two`},
		{"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=EUC-KR\\n\"", `Content-Type is "text/plain; charset=EUC-KR"; save the file in UTF-8, for example with msgconv -t UTF-8`},
	} {
		if _, err := Parse([]byte(tt.text)); err == nil || err.Error() != tt.want {
			t.Errorf("%q:\ngot  %v\nwant %s", tt.text, err, tt.want)
		}
	}
}

func TestHeader(t *testing.T) {
	f := new(File)
	if f.Header("Language") != "" {
		t.Error("an empty file has a header")
	}
	f.SetHeader("Language", "ja")
	f.SetHeader("X-Other", "x")
	f.SetHeader("language", "ko")
	if got, want := string(f.Marshal()), "msgid \"\"\nmsgstr \"\"\n\"language: ko\\n\"\n\"X-Other: x\\n\"\n"; got != want {
		t.Errorf("got %s", got)
	}
	if got := f.Header("LANGUAGE"); got != "ko" {
		t.Errorf("Language is %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(all))
	f.Add([]byte("msgid \"\\x41\\0\"\nmsgstr \"\"\n#|msgid \"\"\n#~|msgid\"q\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil {
			if strings.Contains(err.Error(), "%!") {
				t.Error(err)
			}
			return
		}
		text := file.Marshal()
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		if len(again.Entries) != len(file.Entries) || !bytes.Equal(again.Marshal(), text) {
			t.Fatalf("written again: %q, at first %q", again.Marshal(), text)
		}
		for i, e := range again.Entries {
			if was := file.Entries[i]; e.Source != was.Source || !reflect.DeepEqual(e.Str, was.Str) || e.Obsolete != was.Obsolete || e.Fuzzy() != was.Fuzzy() {
				t.Errorf("entry %d is %+v, was %+v", i, e, was)
			}
		}
	})
}
