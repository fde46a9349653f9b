package machine

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// table gives the rows as one text, a line each.
func table(t *testing.T) string {
	t.Helper()
	t.Setenv(lang.Env, "en")
	var lines []string
	for _, row := range rows(context.Background()) {
		if len(row) != 2 || row[0] == "" || row[1] == "" {
			t.Errorf("row %q, want a name and a value", row)
		}
		lines = append(lines, strings.Join(row, ": "))
	}
	return strings.Join(lines, "\n")
}

func TestRowsNameGoAndTheCores(t *testing.T) {
	got := table(t)
	for _, want := range []string{"Go: " + strings.TrimPrefix(runtime.Version(), "go"), "Cores: "} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
}

func TestRowsSayWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, name := range []string{"HOME", "PYENV_ROOT", "XDG_DATA_HOME", "UV_PYTHON_INSTALL_DIR", "GONB_TMP_DIR"} {
		t.Setenv(name, t.TempDir())
	}
	t.Setenv(measure.QuickEnv, "1")
	got := table(t)
	for _, want := range []string{"CPython: found no CPython", "OpenSSL: none", "Quick mode: "} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
}

func TestRowsShowABadListOfPythons(t *testing.T) {
	t.Setenv("GONB_TMP_DIR", t.TempDir())
	t.Setenv("INTERLEAVE_PYTHONS", "/nowhere/python3")
	if got := table(t); !strings.Contains(got, "/nowhere/python3") {
		t.Errorf("got\n%s\nwant the interpreter that does not run", got)
	}
}
