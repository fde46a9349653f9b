package main

import (
	"cmp"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"interleave/helpers/python"
	"interleave/kernel-setup/page"
)

// A finding is one row of the doctor's table.
type finding struct {
	what  string
	found string // empty: lacking
	need  string // what it is for
	mend  string // where it is lacking
	must  bool   // nothing works without it
}

func runDoctor(ctx context.Context, args []string) error {
	set, prefix := flags("doctor", "[--prefix FOLDER]")
	if err := parse(set, args); err != nil {
		return err
	}
	l, err := findLab(*prefix)
	if err != nil {
		return err
	}
	findings := l.examine(ctx)
	printFindings(os.Stdout, findings)
	for _, f := range findings {
		if f.must && f.found == "" {
			return errReported
		}
	}
	return nil
}

func printFindings(out io.Writer, findings []finding) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		mark, found := "ok", f.found
		switch {
		case f.found == "" && f.must:
			mark, found = "MISSING", "not found"
		case f.found == "":
			mark, found = "-", "not found"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", mark, f.what, found, f.need)
	}
	table.Flush()
	for _, f := range findings {
		if f.found == "" {
			fmt.Fprintf(out, "\n%s: %s", f.what, f.mend)
		}
	}
	fmt.Fprintln(out)
}

// examine looks at everything the lab needs by using it, each with a time limit.
func (l lab) examine(ctx context.Context) []finding {
	install := "go run ./kernel-setup install"
	afresh := install + "; if that does not help, go run ./kernel-setup uninstall first"
	goVersion, _ := checkGo(ctx)
	host, err := hostPythonFound(ctx)
	hostMend := ""
	if err != nil {
		hostMend = err.Error()
	}
	compiler := ""
	raceErr := raceDetector(ctx)
	if raceErr == nil {
		compiler = cmp.Or(firstLine(ctx, "gcc", "--version"), firstLine(ctx, "clang", "--version"), "found")
	}
	compilerMend := mendPackages("gcc", "libc6-dev")
	if errors.Is(raceErr, errNoCgo) {
		compilerMend = raceErr.Error() + "; see go env CGO_ENABLED"
	}
	ps := firstLine(ctx, "ps", "--version")
	if ps == "" && firstLine(ctx, "ps") != "" {
		ps = "found" // one that tells no version
	}
	intact, damage := "", l.damage(ctx, goVersion)
	if damage == "" {
		intact = "complete"
	}
	guards := "ends whatever a cell leaves behind"
	if runtime.GOOS != "linux" {
		guards = "ends the kernel with Jupyter; a cell's own stray children stay (only Linux can hand them over)"
	}
	findings := []finding{
		{"Go", goVersion, "compiles the cells", "install Go 1.26 or newer", true},
		{"Python for the lab", host, "holds JupyterLab", hostMend, true},
		{"installed files", intact, "what the rows below use", damage, true},
		{"JupyterLab", firstLine(ctx, l.venv("bin", "jupyter-lab"), "--version"), "what you see in the browser", afresh, true},
		{"GoNB", builtFrom(l.program("gonb")), "the kernel", afresh, true},
		{"gopls", builtFrom(l.program("gopls")), "completion and help in cells", afresh, true},
		{"kernel", l.kernelFound(), guards, afresh, true},
		{"page", l.pageActive(ctx), "shows languages, code and what is yours in JupyterLab", afresh, true},
		{"charts", l.drawingWorks(ctx), "draws the static pictures", afresh, true},
		{"C compiler", compiler, "the race detector (go build -race)", compilerMend, false},
		{"openssl", firstLine(ctx, "openssl", "version"), "child processes that encrypt and hash (52)", mendPackages("openssl"), false},
		{"ps", ps, "shows what a cell has started (52)", mendPackages("procps"), false},
		{"Chromium", browserVersion(ctx), "the browser test only", mendPackages("chromium"), false},
	}
	pythons, err := python.Find(ctx)
	names := make([]string, len(pythons))
	for i, p := range pythons {
		names[i] = p.Name()
		if !p.GIL {
			names[i] += " (no GIL)"
		}
	}
	mend := "install Python 3.8 or newer, or name one in INTERLEAVE_PYTHONS"
	if err != nil {
		mend = err.Error()
	}
	return append(findings, finding{"CPythons", strings.Join(names, ", "), "run the Python side", mend, false})
}

// builtFrom is the version of the module that a Go program was built from.
func builtFrom(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return ""
	}
	return info.Main.Version
}

// firstLine is the first line that a program prints, or nothing if it fails.
func firstLine(ctx context.Context, argv ...string) string {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), "LC_ALL=C") // a version is the same in every language
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

func (l lab) kernelFound() string {
	if ours, err := l.owns(l.kernelFolder()); err == nil && ours {
		if _, err := os.Stat(l.kernelFolder() + "/kernel.json"); err == nil {
			return l.kernelFolder()
		}
	}
	return ""
}

// damage is the mend for an incomplete installation, empty if every file is as it
// was installed: first by the lab's own record, which install goes by, then by
// what Python's packages say of their files.
func (l lab) damage(ctx context.Context, goVersion string) string {
	const install = "go run ./kernel-setup install"
	done := l.readRecord()
	for _, s := range l.steps(ctx, goVersion) {
		f, ok := done[s.name]
		if !ok {
			return "not everything is installed: " + install
		}
		if path := f.damaged(); path != "" {
			return path + " is missing or has changed: " + install
		}
	}
	const ask = `import importlib.metadata, os
def changed(file):
    try:
        return file.size is not None and os.stat(file.locate()).st_size != file.size
    except OSError:
        return file.size is not None
print(next((str(f.locate()) for d in importlib.metadata.distributions() for f in d.files or () if changed(f)), "none"))`
	switch path := firstLine(ctx, l.venv("bin", "python"), "-I", "-c", ask); path {
	case "none":
		return ""
	case "":
		return l.venv("bin", "python") + " does not run: go run ./kernel-setup uninstall, then " + install
	default:
		return path + " is missing or has changed: go run ./kernel-setup uninstall, then " + install
	}
}

// pageActive asks JupyterLab whether it would load the extension that lays out lessons:
// a reader can have disabled it.
func (l lab) pageActive(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, l.venv("bin", "jupyter"), "labextension", "list")
	cmd.Env = append(append(os.Environ(), l.jupyterEnv()...), "LC_ALL=C")
	out, err := cmd.CombinedOutput() // the list is among its messages
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		// In colours, wherever it prints to.
		if words := strings.Fields(line); len(words) > 2 && words[0] == page.Name && strings.Contains(line, "enabled") {
			return "version " + strings.TrimPrefix(words[1], "v")
		}
	}
	return ""
}

// drawingWorks draws a chart.
func (l lab) drawingWorks(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, l.program("chartsvg"), "draw", "-e", l.echarts("echarts.qbc"))
	cmd.Stdin = strings.NewReader(`{"xAxis":{"type":"category","data":["a"]},"yAxis":{},"series":[{"type":"bar","data":[1]}]}`)
	if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), "<svg") {
		return ""
	}
	return "a test chart was drawn"
}

// hostPythonFound is hostPython without installing anything.
func hostPythonFound(ctx context.Context) (string, error) {
	path, err := findHostPython(ctx)
	if err != nil {
		return "", err
	}
	version := firstLine(ctx, path, "--version")
	if version == "" {
		return "", errors.New("it does not run")
	}
	return version + ", " + path, nil
}

// browserVersion is the version of the Chromium or Chrome that the browser test uses.
func browserVersion(ctx context.Context) string {
	for _, name := range browsers {
		if v := firstLine(ctx, name, "--version"); v != "" {
			return v
		}
	}
	return ""
}

var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
