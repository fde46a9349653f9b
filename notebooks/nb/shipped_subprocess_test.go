package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"interleave/helpers/labtest"
	"interleave/notebooks/nb/notebook"
)

// checkSubprocess checks what must hold on every machine, never a figure.
func checkSubprocess(t *testing.T, nb *notebook.Notebook) {
	t.Helper()
	shows(t, nb, map[string]string{
		"52-02-py":    "a child says hello\nexit status: ",
		"52-02-go":    "a child says hello\nexit status: ",
		"52-04-py-2":  "all at once: ",
		"52-05-py-2":  "Salted__", // in either of the quotes that Python uses
		"52-05-go":    `"Salted__`,
		"52-07-go":    "errors: <nil> <nil>",
		"52-08-go-2":  "through the chain: 64 MiB",
		"52-09-py":    "exit status: -15",
		"52-09-go":    "signal: terminated\nexit status as Python counts: -15",
		"52-11-go":    "2 of 2 still there",
		"52-11-go-2":  "0 of 2 still there",
		"52-12-go":    "openssl: ",
		"52-12-chart": "Each reads 64 MiB.",
		"52-90-go":    "1.03 s",
		"52-04-chart": "Go, one by one",
		"52-09-chart": "First ask, then kill",
		"52-08-py":    "openssl enc -aes-256-cbc -pbkdf2 | openssl dgst -sha256",
		"52-08-go":    "openssl enc [-aes-256-cbc -pbkdf2] | openssl dgst [-sha256]",
	})
	unsolved(t, nb, map[string]string{
		"52-13-test":   "limit 3: 9 ran at the same time",
		"52-13-test-2": "nothing came back in 5 s",
		"52-13-test-3": "5 s later the pipeline still runs",
	})
	if got := text(t, nb, "52-90-go"); strings.Contains(got, "not run yet") {
		t.Errorf("52-90-go lacks figures:\n%s", got)
	}
	t.Run("polling", func(t *testing.T) { checkPolling(t, nb) })
	t.Run("ten children", func(t *testing.T) { checkTenChildren(t, nb) })
	t.Run("openssl", func(t *testing.T) { checkEncryption(t, nb) })
	t.Run("statuses", func(t *testing.T) { checkStatuses(t, nb) })
	t.Run("orphans", func(t *testing.T) { checkOrphans(t, nb) })
	t.Run("throughput", func(t *testing.T) { checkThroughput(t, nb) })
}

// numbers gives the number at each place where the pattern's group matches.
func numbers(t *testing.T, text, pattern string) (all []float64) {
	t.Helper()
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		v, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
		if err != nil {
			t.Fatalf("read %q: %v", m[0], err)
		}
		all = append(all, v)
	}
	return all
}

// checkPolling checks that looking without a pause costs what the text says.
func checkPolling(t *testing.T, nb *notebook.Notebook) {
	for _, id := range []string{"52-03-py", "52-03-go"} {
		got := text(t, nb, id)
		looks, cpu := numbers(t, got, ` ([\d,]+) looks`), numbers(t, got, ` ([\d.]+) s of CPU`)
		if len(looks) != 6 || len(cpu) != 6 || strings.Count(got, "exit status 0,") != 6 {
			t.Fatalf("%s shows\n%s\nwant six runs", id, got)
		}
		// Ten, and a few more where a busy machine ends the sleep late.
		if most := slices.Max(looks[:3]); most > 50 {
			t.Errorf("%s: %v looks in a second, with a pause of 0.1 s", id, most)
		}
		if slices.Min(looks[3:]) < 100*slices.Max(looks[:3]) || slices.Min(cpu[3:]) < slices.Max(cpu[:3]) {
			t.Errorf("%s: looking without a pause costs no more:\n%s", id, got)
		}
	}
}

// A life is a row of a timeline's table: from and to in ms.
type life struct {
	group, name, note string
	from, to          float64
}

// lives gives the time in which each child ran.
func lives(t *testing.T, nb *notebook.Notebook, id string) (all []life) {
	t.Helper()
	rows := regexp.MustCompile(`(?m)^(\S.*?)  +(\S.*?)  +running  +([\d.]+)  +([\d.]+)  +[\d.]+ *(-?\d*)$`)
	for _, m := range rows.FindAllStringSubmatch(text(t, nb, id), -1) {
		from, err := strconv.ParseFloat(m[3], 64)
		to, err2 := strconv.ParseFloat(m[4], 64)
		if err != nil || err2 != nil {
			t.Fatalf("read the row %q: %v, %v", m[0], err, err2)
		}
		all = append(all, life{group: m[1], name: m[2], note: m[5], from: from, to: to})
	}
	return all
}

// checkTenChildren checks that children started together run together, and those
// started one by one do not.
func checkTenChildren(t *testing.T, nb *notebook.Notebook) {
	groups := make(map[string][]life)
	for _, l := range lives(t, nb, "52-04-chart") {
		groups[l.group] = append(groups[l.group], l)
	}
	for _, name := range []string{"Python, all at once", "Python, one by one", "Go, all at once", "Go, one by one"} {
		group := groups[name]
		if len(group) != 10 {
			t.Errorf("%s: %d children, want 10", name, len(group))
			continue
		}
		for i, l := range group[1:] {
			switch before := group[i]; {
			case strings.HasSuffix(name, "all at once") && l.from >= group[0].to:
				t.Errorf("%s: %s starts after the first has ended: %v", name, l.name, group)
			case strings.HasSuffix(name, "one by one") && l.from < before.to:
				t.Errorf("%s: %s starts while %s runs: %v", name, l.name, before.name, group)
			}
		}
	}
	if got := text(t, nb, "52-04-chart-2"); !regexp.MustCompile(`(?m)^ +0  +0  +0$`).MatchString(got) || !strings.Contains(got, "CPython") {
		t.Errorf("52-04-chart-2 shows\n%s\nwant nothing left behind, and CPython", got)
	}
	for _, id := range []string{"52-04-py-2", "52-04-go"} {
		if took := numbers(t, text(t, nb, id), `all at once: ([\d.]+) s`); len(took) != 1 || took[0] < 1 {
			t.Errorf("%s: ten naps of 1 s took %v s", id, took)
		}
	}
	serial := numbers(t, text(t, nb, "52-04-chart-3"), `(?m)^Go: one by one  +([\d.]+)`)
	together := numbers(t, text(t, nb, "52-04-chart-3"), `(?m)^Go: all at once  +([\d.]+)`)
	if len(serial) != 1 || len(together) != 1 || serial[0] < 10 || together[0] >= serial[0] {
		t.Errorf("ten naps of 1 s: %v s one by one, %v s all at once", serial, together)
	}
}

// checkEncryption checks that what was encrypted is what went in, and that no
// password was to be seen where the environment held it.
func checkEncryption(t *testing.T, nb *notebook.Notebook) {
	for id, yes := range map[string]string{"52-06-py": "True", "52-06-go": "true"} {
		got := text(t, nb, id)
		if n, right := strings.Count(got, "what went in:"), strings.Count(got, "what went in: "+yes); n < 3 || n != right {
			t.Errorf("%s: %d of %d decrypt to what went in:\n%s", id, right, n, got)
		}
	}
	for _, id := range []string{"52-08-py", "52-08-go"} {
		got := text(t, nb, id)
		if n, right := strings.Count(got, "exit status"), strings.Count(got, "exit status 0"); n < 6 || n != right {
			t.Errorf("%s: %d of %d children of chains ended well:\n%s", id, right, n, got)
		}
	}
	careless, careful, _ := strings.Cut(text(t, nb, "52-05-go-2"), "\n")
	if !strings.Contains(careless, "pass:open sesame") || strings.Contains(careful, "open sesame") || !strings.Contains(careful, "env:PASSWORD") {
		t.Errorf("52-05-go-2 shows\n%s\n%s", careless, careful)
	}
	if kib := numbers(t, text(t, nb, "52-08-go-2"), `all in all: (\d+) KiB`); len(kib) != 1 || kib[0] > 1024 {
		t.Errorf("to pass 64 MiB on the parent allocated %v KiB", kib)
	}
}

// checkStatuses checks how children ended.
func checkStatuses(t *testing.T, nb *notebook.Notebook) {
	for id, want := range map[string]map[string]string{
		"52-07-chart": {
			"cat/upstream": "-13", "cat/downstream": "-9", "openssl/upstream": "1", "openssl/downstream": "-9",
			"cat, the parent keeps its end/upstream": "-15", "cat, the parent keeps its end/downstream": "-9",
		},
		"52-09-chart": {
			"Python/sleep": "-15", "Python/ignores SIGTERM": "-9", "Go/sleep": "-15", "Go/ignores SIGTERM": "-9",
		},
	} {
		all := lives(t, nb, id)
		for _, l := range all {
			if name := l.group + "/" + l.name; l.note != want[name] {
				t.Errorf("%s: %s ended with %q, want %q", id, name, l.note, want[name])
			}
		}
		if len(all) != len(want) {
			t.Errorf("%s: %d children, want %d:\n%s", id, len(all), len(want), text(t, nb, id))
		}
	}
}

// checkOrphans checks what is left of a family in each of the cases.
func checkOrphans(t *testing.T, nb *notebook.Notebook) {
	if got := text(t, nb, "52-11-go"); !strings.Contains(got, "1 of 2 still there") {
		t.Errorf("52-11-go shows\n%s\nwant an orphan", got)
	}
	if waits := numbers(t, text(t, nb, "52-11-go-3"), `back after ([\d.]+) s`); len(waits) != 2 || waits[0] < 2 || waits[1] >= waits[0] {
		t.Errorf("52-11-go-3: back after %v s, want the first after the orphan's 2 s, the second before", waits)
	}
	if runtime.GOOS != "linux" {
		return
	}
	if got := text(t, nb, "52-11-go-4"); !regexp.MustCompile(`(?s)signal: no\n.*1 of 1 still.*signal: yes\n.*0 of 1 still`).MatchString(got) {
		t.Errorf("52-11-go-4 shows\n%s\nwant the child alive without the signal, and gone with it", got)
	}
	if got := text(t, nb, "52-11-go-5"); !regexp.MustCompile(`orphans lasted \[(\S+s ){9}\S+s\]`).MatchString(got) {
		t.Errorf("52-11-go-5 shows\n%s\nwant how long ten orphans lasted", got)
	}
}

// checkThroughput checks that more work for each child brings a higher throughput.
func checkThroughput(t *testing.T, nb *notebook.Notebook) {
	got := text(t, nb, "52-12-chart-2")
	rates := numbers(t, got, `(?m)^ +[\d,]+  +([\d.,]+) \(`)
	if len(rates) != 8 || rates[0] >= rates[7] {
		t.Errorf("52-12-chart-2 shows\n%s\nwant eight figures, the last above the first", got)
	}
}

// TestSubprocessNotebookWithoutOpenSSL runs the steps that encrypt or hash where
// openssl is missing, and where it lacks the source's obsolete ciphers.
func TestSubprocessNotebookWithoutOpenSSL(t *testing.T) {
	labtest.Need(t, 3)
	path := filepath.Join(t.TempDir(), "52-subprocess.ipynb")
	write(t, path, only(t, filepath.Join("..", "52-subprocess.ipynb"), "52-00-", "52-04-go", "52-04-chart", "52-05-", "52-06-", "52-07-", "52-08-", "52-12-"))

	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		nb := runQuick(t, path, "PATH="+pathWith(t, map[string]string{"openssl": ""}))
		for _, id := range []string{"52-05-py-2", "52-05-go", "52-05-go-2", "52-06-py", "52-06-go", "52-07-go", "52-08-py", "52-08-go", "52-08-go-2", "52-12-go"} {
			if got := text(t, nb, id); !strings.Contains(got, "left out") || !strings.Contains(got, "openssl") {
				t.Errorf("%s shows\n%s\nwant it to say that openssl is missing", id, got)
			}
		}
		for _, id := range []string{"52-12-chart", "52-12-chart-2", "52-07-chart"} {
			if got := text(t, nb, id); !strings.Contains(got, "executable file not found") {
				t.Errorf("%s shows\n%s\nwant it to say that openssl is missing", id, got)
			}
		}
	})
	t.Run("without obsolete ciphers", func(t *testing.T) {
		t.Parallel()
		openssl, err := exec.LookPath("openssl")
		if err != nil {
			t.Fatal(err)
		}
		nb := runQuick(t, path, "PATH="+pathWith(t, map[string]string{"openssl": `#!/bin/sh
case "$*" in *des3*|*whirlpool*) echo "Unknown option or cipher" >&2; exit 1;; esac
exec ` + openssl + ` "$@"
`}))
		for _, id := range []string{"52-05-py-2", "52-05-go", "52-06-py", "52-06-go", "52-08-py", "52-08-go"} {
			got := text(t, nb, id)
			if !strings.Contains(got, "left out: ") || !strings.Contains(got, "Unknown option or cipher") || !strings.Contains(got, "-aes-256-cbc") {
				t.Errorf("%s shows\n%s\nwant what is left out, and today's cipher", id, got)
			}
		}
	})
}

// only gives a notebook with no cells but those with such ids.
func only(t *testing.T, path string, prefixes ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var nb map[string]any
	if err := json.Unmarshal(data, &nb); err != nil {
		t.Fatal(err)
	}
	cells, _ := nb["cells"].([]any)
	nb["cells"] = slices.DeleteFunc(cells, func(c any) bool {
		id, _ := c.(map[string]any)["id"].(string)
		return !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(id, p) })
	})
	data, err = json.Marshal(nb)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pathWith gives a PATH with everything that is on this one's, and scripts in the
// place of some programs; an empty one: not that program.
func pathWith(t *testing.T, scripts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, script := range scripts {
		if script != "" {
			write(t, filepath.Join(dir, name), []byte(script))
			if err := os.Chmod(filepath.Join(dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output(); err == nil {
		// A shim finds its interpreter only where it stands.
		_ = os.Symlink(strings.TrimSpace(string(out)), filepath.Join(dir, "python3"))
	}
	for _, from := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(from)
		for _, e := range entries {
			if _, ours := scripts[e.Name()]; !ours {
				_ = os.Symlink(filepath.Join(from, e.Name()), filepath.Join(dir, e.Name())) // the first one stays
			}
		}
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
