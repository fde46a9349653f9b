package lang

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `msgid ""
msgstr ""
"Plural-Forms: nplurals=3; plural=(n<0 ? n%2 : n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\n"

msgid "workers"
msgstr "рабочие"

#, fuzzy
msgid "lock"
msgstr "замок"

msgid "queue"
msgstr ""

msgctxt "54-lock/54-01/54-01-en"
msgid "thread"
msgstr "поток"

msgid "%d of %s"
msgstr "%[2]s: %[1]d"

msgid "%s wrong"
msgstr "%d неверно"

msgid "%d run"
msgid_plural "%d runs"
msgstr[0] "%d запуск"
msgstr[1] "%d запуска"
msgstr[2] "%d запусков"
`

// catalogOf has the reader's language be ru, with this catalog.
func catalogOf(t *testing.T, text string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "labels.ru.po"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Env, "ru")
	t.Setenv(CatalogEnv, dir)
}

func runs(n int) Text {
	return Plural(n, Text{Ko: "%d회", En: "%d run"}, Text{Ko: "%d회", En: "%d runs"}, n)
}

func TestThirdLanguage(t *testing.T) {
	catalogOf(t, sample)
	if Both() {
		t.Error("both languages are shown")
	}
	workers := Text{Ko: "작업자", En: "workers"}
	for want, text := range map[string]Text{
		"рабочие":            workers,
		"lock":               {Ko: "락", En: "lock"},
		"queue":              {Ko: "큐", En: "queue"},
		"thread":             {Ko: "스레드", En: "thread"},
		"unknown":            {Ko: "모름", En: "unknown"},
		"sync.Mutex":         Same("sync.Mutex"),
		"рабочие: 3":         Format(Text{Ko: "%[2]s의 %[1]d", En: "%d of %s"}, 3, workers),
		"락":                  {Ko: "락"}, // and not the catalog's header
		"%!x: 3":             Format(Text{Ko: "%[2]s의 %[1]d", En: "%d of %s"}, 3, "%!x"),
		"-1 runs":            runs(-1),
		"1 wrong":            Format(Text{Ko: "%s 틀림", En: "%s wrong"}, "1"),
		"1 запуск":           runs(1),
		"3 запуска":          runs(3),
		"5 запусков":         runs(5),
		"21 запуск":          runs(21),
		"a, рабочие":         Join(", ", Same("a"), Text{}, workers),
		"рабочие, 2 запуска": Join(", ", workers, runs(2)),
	} {
		if got := text.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := text.Lines(); got != want {
			t.Errorf("in lines: got %q, want %q", got, want)
		}
	}
	if one, other := runs(2), runs(2); one != other {
		t.Error("the same label is not equal to itself")
	}
	for _, same := range []Text{Format(Same("%s"), "Go"), Join(", ", Same("Go"))} {
		if same != Same("Go") {
			t.Errorf("%#v is not equal to %#v", same, Same("Go"))
		}
	}
}

func TestLanguagesOfMadeLabels(t *testing.T) {
	t.Setenv(CatalogEnv, "")
	workers := Text{Ko: "작업자", En: "workers"}
	for _, tt := range []struct {
		text                Text
		both, lines, ko, en string
	}{
		{Format(Text{Ko: "%[2]s의 %[1]d", En: "%d of %s"}, 3, workers), "작업자의 3 · 3 of workers", "작업자의 3\n3 of workers", "작업자의 3", "3 of workers"},
		{Format(Same("%s: %s"), "Go", workers), "Go: 작업자 · Go: workers", "Go: 작업자\nGo: workers", "Go: 작업자", "Go: workers"},
		{Format(Same("%d%%"), 3), "3%", "3%", "3%", "3%"},
		{Join(" ÷ ", workers, Same("100 %")), "작업자 ÷ 100 % · workers ÷ 100 %", "작업자 ÷ 100 %\nworkers ÷ 100 %", "작업자 ÷ 100 %", "workers ÷ 100 %"},
		{Join(", "), "", "", "", ""},
		{runs(1), "1회 · 1 run", "1회\n1 run", "1회", "1 run"},
		{runs(2), "2회 · 2 runs", "2회\n2 runs", "2회", "2 runs"},
	} {
		for env, want := range map[string]string{"": tt.both, "ko": tt.ko, "en": tt.en, "ru": tt.both} {
			t.Setenv(Env, env)
			if got := tt.text.String(); got != want {
				t.Errorf("in %q: got %q, want %q", env, got, want)
			}
		}
		t.Setenv(Env, "")
		if got := tt.text.Lines(); got != tt.lines {
			t.Errorf("in lines: got %q, want %q", got, tt.lines)
		}
		if ko, en := tt.text.In("ko"), tt.text.In("en"); ko != tt.ko || en != tt.en {
			t.Errorf("got %q and %q, want %q and %q", ko, en, tt.ko, tt.en)
		}
	}
}

// TestFaultyCatalogs shows everything in English, and says why once.
func TestFaultyCatalogs(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"msgid \"workers\n", "line 1"},
		{"msgid \"\xff\"\nmsgstr \"\"\n", "line 1: not UTF-8"},
		{"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n +;\\n\"\n", "Plural-Forms"},
	} {
		catalogOf(t, tt.text)
		said := stderr(t, func() {
			for range 2 {
				if got := (Text{Ko: "작업자", En: "workers"}).String(); got != "workers" {
					t.Errorf("%q: got %q", tt.text, got)
				}
				if got := runs(2).String(); got != "2 runs" {
					t.Errorf("%q: got %q", tt.text, got)
				}
			}
		})
		if n := strings.Count(said, "\n"); tt.want == "" && n > 0 || tt.want != "" && (n != 1 || !strings.Contains(said, tt.want)) {
			t.Errorf("%q: it said %q, want once %q", tt.text, said, tt.want)
		}
	}
	t.Setenv(CatalogEnv, t.TempDir()) // without a catalog
	if said := stderr(t, func() {
		if got := (Text{Ko: "작업자", En: "workers"}).String(); got != "workers" {
			t.Errorf("without a catalog: got %q", got)
		}
	}); said != "" {
		t.Errorf("without a catalog it said %q", said)
	}
}

func stderr(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = old }()
	f()
	w.Close()
	said, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}
