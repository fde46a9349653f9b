package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/work"
)

// translationProject is a project with the sample notebook and a label.
func translationProject(t *testing.T) project {
	t.Helper()
	p := testProject(t, "notebooks/54-lock.ipynb", sample(t).Marshal())
	put(t, "helpers/x.go", "package x\n\nvar x = lang.Text{Ko: \"%d회\", En: \"%d times\"}\n")
	return p
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// said runs nb with a text as its input, and gives what it printed.
func said(t *testing.T, input, args string) string {
	t.Helper()
	cmd, output := command(t, t.TempDir(), strings.Fields(args)...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Run()
	return output.String()
}

// has wants each of the texts in what was said.
func has(t *testing.T, said string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(said, w) {
			t.Errorf("it did not say %q:\n%s", w, said)
		}
	}
}

func TestATranslationGoesOutAndIn(t *testing.T) {
	translationProject(t)
	shipped := get(t, "notebooks/54-lock.ipynb")
	has(t, said(t, "", "view --lang ja 54"), "nb: language ja: there is no translation *.ja.po in ", "there are ko, en. To begin one, run: go run ./notebooks/nb po export --lang ja 54 > 54.ja.po")
	out := said(t, "", "po export --lang ja")
	has(t, out, "msgid \"Locks\"\n", "#. ko: 락\n", "msgctxt \"54-lock/54-00/54-00-en\"\n", "#. ko: %d회\n#. in helpers/x.go\nmsgid \"%d times\"\n")
	has(t, said(t, out, "po import --lang ja"), "nothing of 54-lock is translated yet, and no notebooks/po/54-lock.ja.po was made")
	if _, err := os.Stat("notebooks/po"); err == nil {
		t.Error("there is a folder notebooks/po with nothing in it")
	}

	done := strings.NewReplacer(
		"msgid \"Locks\"\nmsgstr \"\"", "msgid \"Locks\"\nmsgstr \"ロック\"",
		"msgid \"%d times\"\nmsgstr \"\"", "msgid \"%d times\"\nmsgstr \"%d回\"").Replace(out)
	has(t, said(t, done, "po import --lang ja"), "nb: notebooks/po/54-lock.ja.po: 1 translated, 0 fuzzy, 3 missing", "nb: notebooks/po/labels.ja.po: 1 translated, 0 fuzzy, 0 missing")
	kept := get(t, "notebooks/po/54-lock.ja.po")
	if again := said(t, "", "po export --lang ja 54"); again != kept {
		t.Errorf("exported again:\n%s\nkept:\n%s", again, kept)
	}
	if msgfmt, err := exec.LookPath("msgfmt"); err == nil {
		for _, name := range []string{"54-lock", "labels"} {
			if out, err := exec.Command(msgfmt, "--check", "-o", os.DevNull, "notebooks/po/"+name+".ja.po").CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("msgfmt says of %s: %s", name, out)
			}
		}
	}
	has(t, said(t, "", "po status"), "ja  54-lock  1 translated, 0 fuzzy, 3 missing", "ja  labels   1 translated, 0 fuzzy, 0 missing")

	has(t, said(t, "", "view --lang ja 54"), "nb: wrote work/54-lock.ja.ipynb\n")
	has(t, get(t, "work/54-lock.ja.ipynb"), `"id": "54-00-ja"`, `"# ロック\n"`, `"# ⟨en⟩ A counter\n"`)
	if got := get(t, "work/54-lock.ja.ipynb"); strings.Contains(got, "54-00-ko") || strings.Contains(got, "54-00-en") {
		t.Errorf("other languages are shown too:\n%s", got)
	}

	// The English changes: the translation is to be looked at again.
	put(t, "notebooks/54-lock.ipynb", strings.Replace(shipped, `"# Locks\n"`, `"# All locks\n"`, 1))
	has(t, said(t, "", "po export --lang ja 54"), "#, fuzzy\n#| msgctxt \"54-lock/54-00/54-00-en\"\n#| msgid \"Locks\"\n", "msgid \"All locks\"\nmsgstr \"ロック\"\n")
	said(t, "", "view --lang ja -o x.ipynb 54")
	has(t, get(t, "x.ipynb"), `"# ⟨en · fuzzy⟩ All locks\n"`)
}

func TestUnchangedFilesLeaveNotebooksAsTheyAre(t *testing.T) {
	translationProject(t)
	shipped := get(t, "notebooks/54-lock.ipynb")
	for _, language := range []string{"ko", "en", "ja"} {
		out := said(t, "", "po export --lang "+language+" 54")
		said(t, out, "po import --lang "+language+" 54")
		if got := get(t, "notebooks/54-lock.ipynb"); got != shipped {
			t.Fatalf("after export and import in %s:\n%s", language, got)
		}
	}
	said(t, "", "view --lang ko,en -o both.ipynb 54")
	if got := get(t, "both.ipynb"); got != shipped {
		t.Errorf("in both languages:\n%s", got)
	}
	out := said(t, "", "po export --lang ko 54")
	has(t, said(t, strings.Replace(out, `msgstr "카운터"`, `msgstr "셈"`, 1), "po import --lang ko 54"), "nb: notebooks/54-lock.ipynb: changed 1 cells")
	if got, want := get(t, "notebooks/54-lock.ipynb"), strings.Replace(shipped, `"# 카운터\n"`, `"# 셈\n"`, 1); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestPOSaysWhatToDo(t *testing.T) {
	translationProject(t)
	const header = "msgid \"\"\nmsgstr \"Language: ja\\n\"\n\n"
	const entry = "msgctxt \"54-lock/54-00/54-00-en\"\nmsgid \"Locks\"\nmsgstr \"ロ\\nック\"\n"
	for _, tt := range []struct{ args, input, want string }{
		{"po", "", "usage: "},
		{"po export 54", "", "no language given; name it with --lang"},
		{"po export --lang JA 54", "", "--lang JA: not a language"},
		{"po export --lang ko --from ko 54", "", "a language is not translated from itself"},
		{"po export --lang ja --from fr 54", "", "--from fr: notebooks are written in ko and en"},
		{"po export --lang ja 99", "", "99-*.ipynb"},
		{"po export --lang ko labels", "", "change them there, or export another language"},
		{"po export --lang ja --from ko labels", "", "export them without --from ko"},
		{"po import --lang ja 54", "x", "line 1: x is no line of a PO file"},
		{"po import --lang de 54", header, "it is in the language ja, says its header, not de; give --lang ja"},
		{"po import --lang ko 54", "msgid \"\"\nmsgstr \"X-Source-Language: ko\\n\"\n", "it translates from ko, says its header"},
		{"po import --lang ja 54", header + strings.ReplaceAll(entry, "54-lock/", "53-gil/"), "line 4: the message is not of what was named, but of 53-gil; name that too"},
		{"po import --lang ja 54", header + "msgid \"x\"\nmsgstr \"\"\n", "not of what was named, but of the labels"},
		{"po import --lang ja 54", header + entry, "nothing was changed:\nline 4, 54-lock/54-00/54-00-en: the heading"},
		{"po import --lang ja labels", header + "msgid \"%d times\"\nmsgstr \"%s\"\n", `has the formats ["%[1]s"], not ["%[1]d"]`},
		{"view 54", "", "no language given"},
		{"view --lang go 54", "", `"go" is no language`},
		{"view --lang ko -o notebooks/54-lock.ipynb 54", "", "is one of the project's own notebooks"},
		{"view --lang ko -o mine.ipynb mine.ipynb", "", "it would be overwritten"},
		{"view --lang en ko.ipynb", "", "it has no text in en, since it is itself a copy in another language"},
		{"reset", "", "none named"},
		{"reset mine.ipynb", "", "not the number of a notebook"},
	} {
		put(t, "mine.ipynb", get(t, "notebooks/54-lock.ipynb"))
		said(t, "", "view --lang ko -o ko.ipynb 54")
		has(t, said(t, tt.input, tt.args), tt.want)
		if _, err := os.Stat("notebooks/po"); err == nil {
			t.Fatalf("nb %s made notebooks/po", tt.args)
		}
	}
	put(t, "notebooks/po/54-lock.ja.po", "broken")
	has(t, said(t, "", "view --lang ja 54"), "reading translations: ", "54-lock.ja.po: line 1: broken is no line of a PO file")
	put(t, "notebooks/po/agreed.tsv", "broken")
	has(t, said(t, "", "po agree"), "reading notebooks/po/agreed.tsv: line 1: not the columns")
}

func TestStatusTellsWhatChangedAlone(t *testing.T) {
	translationProject(t)
	has(t, said(t, "", "po status 54"), "54-lock: cells 54-00-ko to 54-01-en: nobody has agreed them yet")
	said(t, "", "po agree 54")
	if got := said(t, "", "po status 54"); got != "" {
		t.Errorf("agreed, it said:\n%s", got)
	}
	shipped := get(t, "notebooks/54-lock.ipynb")
	put(t, "notebooks/54-lock.ipynb", strings.Replace(shipped, `"# A counter\n"`, `"# One counter\n"`, 1))
	has(t, said(t, "", "po status 54"), `54-lock: cell 54-01-en: changed alone: "One counter"; 54-01-ko still says "카운터"`)
}

func TestViewKeepsWhatTheReaderAdded(t *testing.T) {
	translationProject(t)
	said(t, "", "view --lang ko 54")
	const name = "work/54-lock.ko.ipynb"
	first := get(t, name)
	said(t, "", "view --lang ko 54")
	if got := get(t, name); got != first {
		t.Errorf("viewed again, it is\n%s", got)
	}
	mine := strings.Replace(first, " \"cells\": [\n", " \"cells\": [\n  {\"cell_type\": \"raw\", \"id\": \"mine\", \"metadata\": {}, \"source\": \"x\"},\n", 1)
	put(t, name, strings.Replace(mine, "from Python", "from me", 1))
	has(t, said(t, "", "view --lang ko 54"), "nb: wrote work/54-lock.ko.ipynb; what was there is in work/54-lock.ko.backup-", "and your own cells are in both")
	if got := get(t, name); got != mine {
		t.Errorf("got\n%s\nwant\n%s", got, mine)
	}
}

func TestResetCommand(t *testing.T) {
	translationProject(t)
	shipped := get(t, "notebooks/54-lock.ipynb")
	has(t, said(t, "", "reset 54"), "nb: work/54-lock.ipynb is as it was shipped")
	put(t, "work/54-lock.ipynb", strings.Replace(shipped, "from Python", "from me", 1))
	has(t, said(t, "", "reset 54"), "nb: reset work/54-lock.ipynb; what was there is in work/54-lock.backup-")
	if get(t, "work/54-lock.ipynb") != shipped {
		t.Error("it is not as shipped")
	}
}

// FuzzFiles gives any notebook and any PO file to the commands, which change files.
// Whatever they say, what they leave can be read.
func FuzzFiles(f *testing.F) {
	nb, err := os.ReadFile("testdata/54-lock.ipynb")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(nb, []byte("msgctxt \"54-lock/54-00/54-00-en\"\nmsgid \"Locks\"\nmsgstr \"ロック\"\n"))
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[]}`), []byte("#~ msgid \"\"\n#~ msgstr \"\"\n"))
	f.Fuzz(func(t *testing.T, nb, translation []byte) {
		root := t.TempDir()
		p := project{root: root}
		for name, data := range map[string][]byte{
			"go.mod": []byte("module interleave\n"), "helpers/x.go": []byte("package x"),
			"notebooks/54-lock.ipynb": nb, "notebooks/po/54-lock.ja.po": translation, "work/54-lock.ipynb": nb,
		} {
			put(t, filepath.Join(root, name), string(data))
		}
		fuzzed(t, p, nb, translation)
	})
}

func fuzzed(t *testing.T, p project, nb, translation []byte) {
	name := filepath.Join(p.root, "notebooks", "54-lock.ipynb")
	readable := func(name string) bool {
		_, err := notebook.ReadFile(name)
		return err == nil
	}
	good := readable(name)
	for _, language := range []string{"ko", "en", "ja"} {
		f, err := p.export(language, "", []string{"54"})
		if err != nil {
			continue
		}
		files, _, err := p.take(f, language, []string{"54"})
		if err != nil {
			t.Errorf("what was exported in %s cannot be imported: %v", language, err)
		}
		if err := writeAll(files); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, nb) {
			t.Fatalf("after export and import in %s: %q, %v; want %q", language, got, err, nb)
		}
	}
	if f, err := po.Parse(translation); err == nil {
		for _, language := range []string{"ko", "en", "ja"} {
			if files, _, err := p.take(f, language, []string{"54"}); err == nil {
				if err := writeAll(files); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	folder := work.Folder{Path: filepath.Join(p.root, "work"), Notebooks: p.notebooks()}
	mine := filepath.Join(folder.Path, "54-lock.ipynb")
	for _, languages := range [][]string{{"ko"}, {"ja"}, {"ko", "en"}} {
		if filled, err := folder.Fill(languages, false); err == nil {
			if err := filled.Save(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := folder.Reset("54-lock.ipynb", time.Unix(0, 0)); err == nil && !good {
		t.Skip() // it was copied as it is
	}
	for _, name := range []string{name, mine} {
		if good && !readable(name) {
			t.Errorf("%s cannot be read any more", name)
		}
	}
	if _, err := os.Stat(filepath.Join(p.catalogs(), "54-lock.ja.po")); err != nil {
		t.Error(err)
	}
}
