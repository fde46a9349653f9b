package main

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/kernel-setup/jupyter"
)

// TestInstallation takes one lab from nothing to its removal, through everything
// that can come between. Each part goes on from where the one before it ended.
func TestInstallation(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	p := newProject(t)
	before := files(t, p.module)
	bare := p.with("PATH=" + pathWithout(t, `^apt`, `gcc`, `clang`, `^(cc|c\+\+|c89|c99)`, `^openssl$`))

	pip := func() bool { // it unpacks its first packages
		found, _ := filepath.Glob(filepath.Join(p.prefix, "venv", "lib", "python3*", "site-packages", "[a-oq-r]*"))
		return len(found) > 2
	}
	for _, part := range []struct {
		name string
		run  func(t *testing.T)
	}{
		{"the disk of an existing lab is full", func(t *testing.T) {
			dir := t.TempDir()
			wrap := mounted(t, dir, "size=16m", `mkdir -p "$dir/venv/bin" && touch "$dir/.lock" "$dir/venv/bin/jupyter-lab"`)
			_, _, wait := p.with("HOME="+t.TempDir(), "TMPDIR="+t.TempDir()).start(t, wrap, "install", "--prefix", dir)
			r := wait()
			wantSteps(t, r)
			r.fails(t, goTools+": this command failed", "go install -v", "no space left on device", "mend: the disk is full")
		}},
		{"no network for Go's tools", func(t *testing.T) {
			offline, wrap := withoutNetwork(t, p)
			offline = offline.with("HOME="+t.TempDir(), "TMPDIR="+t.TempDir(),
				"GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw", "GOPROXY=https://proxy.example")
			_, _, wait := offline.start(t, wrap, "install", "--prefix", filepath.Join(t.TempDir(), "lab"))
			r := wait()
			wantSteps(t, r)
			r.fails(t, goTools+": this command failed", "go install -v", "mend: the network cannot be reached")
		}},
		{"killed while Go's tools are built", func(t *testing.T) {
			r := bare.with("TMPDIR="+t.TempDir()).break_(t, syscall.SIGKILL, "the first tool", func() bool { return exists(filepath.Join(p.prefix, "bin", "gonb")) })
			wantSteps(t, r)
			r.says(t, "some cells need gcc, libc6-dev, openssl", "mend: install with your system's package manager: gcc libc6-dev openssl")
		}},
		{"no network at JupyterLab", func(t *testing.T) {
			offline, wrap := withoutNetwork(t, bare)
			_, _, wait := offline.with("PIP_CACHE_DIR="+t.TempDir(), "PIP_FIND_LINKS=", "PIP_DEFAULT_TIMEOUT=5", "PIP_RETRIES=0").start(t, wrap, "install")
			r := wait()
			wantSteps(t, r, goTools, ownPrograms)
			r.fails(t, "kernel-setup: JupyterLab: this command failed", "-m pip install", "its last lines:", "mend: the network cannot be reached")
		}},
		{"killed while packages are unpacked", func(t *testing.T) {
			wantSteps(t, bare.with("TMPDIR="+t.TempDir()).break_(t, syscall.SIGKILL, "the first packages", pip))
		}},
		{"interrupted while packages are unpacked", func(t *testing.T) {
			mark := "INTERLEAVE_INSTALL_TEST=" + strconv.FormatInt(time.Now().UnixNano(), 10)
			// What the killed one left must be gone before it counts here.
			old := filepath.Join(p.prefix, "venv", "old")
			write(t, old, "")
			r := bare.with(mark).break_(t, syscall.SIGINT, "the first packages", func() bool { return !exists(old) && pip() })
			wantSteps(t, r)
			if r.code != 130 || !strings.Contains(r.out, "interrupted; run the same command again to go on from here") {
				t.Errorf("an interrupted installation ended with status %d, want 130:\n%s", r.code, r.out)
			}
			if left := processes(mark); len(left) > 0 {
				t.Errorf("the interrupted installation left %v", left)
			}
			if r := bare.run(t, "doctor"); r.code != 1 {
				t.Errorf("doctor found nothing wrong with half a lab:\n%s", r.out)
			}
		}},
		{"two at once on a damaged record", func(t *testing.T) {
			write(t, filepath.Join(p.prefix, "state.json"), `{"JupyterLab": {"inp`)
			_, _, wait1 := bare.start(t, nil, "install")
			_, _, wait2 := bare.start(t, nil, "install")
			out := make(chan result, 1)
			go func() { out <- wait2() }()
			r1, r2 := wait1(), <-out
			both := result{r1.out + r2.out, max(r1.code, r2.code)}
			wantSteps(t, both, goTools, ownPrograms, jupyterLab, echarts, kernel, buildCache)
			if n := strings.Count(both.out, "another process is installing the lab"); both.code != 0 || n != 1 {
				t.Errorf("two installations at once: the worse status is %d, want 0; %d said that they wait, want 1\n%s", both.code, n, both.out)
			}
		}},
		{"nothing is left to do", func(t *testing.T) {
			wantSteps(t, bare.ok(t, "install"))
		}},
		{"no C compiler and no openssl", func(t *testing.T) {
			r := bare.ok(t, "doctor")
			r.says(t, "C compiler: install with your system's package manager: gcc libc6-dev",
				"openssl: install with your system's package manager: openssl")
		}},
		{"a C compiler comes later", func(t *testing.T) {
			if err := raceDetector(t.Context()); err != nil {
				labtest.Lacking(t, "%v; install gcc and libc6-dev", err)
			}
			wantSteps(t, p.ok(t, "install"), buildCache)
		}},
		{"the lab starts, runs a cell and ends", func(t *testing.T) { runsACell(t, p) }},
		{"nothing but caches is written outside the lab", func(t *testing.T) {
			onlyCaches(t, p, before)
		}},
		{"damage", func(t *testing.T) { damage(t, p) }},
		{"the kernel for the reader's own Jupyter", func(t *testing.T) { ownJupyter(t, p) }},
		{"uninstall", func(t *testing.T) { uninstall(t, p) }},
	} {
		if !t.Run(part.name, part.run) {
			t.FailNow() // what follows builds on it
		}
	}
}

// withoutNetwork gives the machine without a network: really where that can be
// done, else with proxies that nobody answers for.
func withoutNetwork(t *testing.T, p project) (project, []string) {
	if os.Geteuid() == 0 || exec.Command("unshare", "--map-root-user", "--net", "true").Run() == nil {
		return p, labtest.Namespaces(t, "--net")
	}
	const closed = "http://127.0.0.1:9"
	return p.with("HTTP_PROXY="+closed, "HTTPS_PROXY="+closed, "http_proxy="+closed, "https_proxy="+closed, "NO_PROXY=", "no_proxy="), nil
}

// runsACell starts the lab with nothing but its usual flags, runs one cell, and
// ends it.
func runsACell(t *testing.T, p project) {
	port, err := jupyter.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.Command(p.program, "lab", "--no-browser", "--port", strconv.Itoa(port))
	cmd.Dir, cmd.Env = p.module, p.env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	s, err := jupyter.Start(ctx, port, cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k, err := s.NewKernel(ctx, "gonb")
	if err != nil {
		t.Fatal(err)
	}
	reply, err := k.Run(ctx, "%noautoget\nimport (\"fmt\"; \"interleave/helpers/lang\")\n%%\nfmt.Println(lang.Env)")
	if err != nil || reply.Status != "ok" || !strings.Contains(reply.Text, "INTERLEAVE_LANG") {
		t.Errorf("the first cell replied %+v, %v", reply, err)
	}
	notebooks, _ := filepath.Glob(filepath.Join(p.module, "notebooks", "*.ipynb"))
	for _, n := range notebooks {
		if !exists(filepath.Join(p.module, "work", filepath.Base(n))) {
			t.Errorf("work has no %s", filepath.Base(n))
		}
	}
}

// onlyCaches looks at what appeared in the home, in the temporary folder and in
// the module.
func onlyCaches(t *testing.T, p project, before []string) {
	for _, name := range files(t, p.home) {
		if !slices.ContainsFunc([]string{
			".cache/",               // Go's, gopls' and pip's caches
			".npm/",                 // npm's cache and logs
			".config/go/telemetry/", // Go's own counters, which stay on the machine
			"Library/Caches/", "Library/Application Support/go/telemetry/",
		}, func(cache string) bool { return strings.HasPrefix(name, cache) }) {
			t.Errorf("appeared in the home: %s", name)
		}
	}
	for _, name := range files(t, p.temp) {
		t.Errorf("was left in the temporary folder: %s", name)
	}
	for _, name := range files(t, p.module) {
		if !strings.HasPrefix(name, ".lab/") && !strings.HasPrefix(name, "work/") && !slices.Contains(before, name) {
			t.Errorf("appeared in the project: %s", name)
		}
	}
}

// files are all files below a folder, relative to it.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// damage breaks the lab in one place after another: each time the next install
// does that step again, and nothing else but what stood on it.
func damage(t *testing.T, p project) {
	site, _ := filepath.Glob(filepath.Join(p.prefix, "venv", "lib", "python3*", "site-packages"))
	if len(site) != 1 {
		t.Fatalf("there are %d folders of Python packages, want 1", len(site))
	}
	truncate := func(name string) func() error {
		return func() error { return os.Truncate(filepath.Join(p.prefix, name), 10) }
	}
	remove := func(path string) func() error {
		return func() error { return os.RemoveAll(path) }
	}
	venv := []string{jupyterLab, echarts, kernel}
	for _, tt := range []struct {
		name   string
		break_ func() error
		again  []string
	}{
		{"gonb is deleted", remove(filepath.Join(p.prefix, "bin", "gonb")), []string{goTools}},
		{"gonb is cut short", truncate("bin/gonb"), []string{goTools}},
		{"the lab's own program is deleted", remove(filepath.Join(p.prefix, "bin", "kernel-setup")), []string{ownPrograms}},
		{"the kernel's description is cut short", truncate("venv/share/jupyter/kernels/gonb/kernel.json"), []string{kernel}},
		{"the compiled charts' library is cut short", truncate("echarts/echarts.qbc"), []string{echarts}},
		{"the environment's Python is deleted", remove(filepath.Join(p.prefix, "venv", "bin", "python")), venv},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.break_(); err != nil {
				t.Fatal(err)
			}
			r := p.run(t, "doctor")
			if r.code != 1 {
				t.Errorf("doctor ended with status %d, want 1:\n%s", r.code, r.out)
			}
			r.says(t, "MISSING", "is missing or has changed: go run ./kernel-setup install")
			wantSteps(t, p.ok(t, "install"), tt.again...)
			p.ok(t, "doctor")
		})
	}
	t.Run("what a reader adds is kept", func(t *testing.T) {
		write(t, filepath.Join(site[0], "added", "__init__.py"), "")
		wantSteps(t, p.ok(t, "install"))
	})
	t.Run("a Python package is gone", func(t *testing.T) {
		// It is put back: to make the environment anew is above.
		pkg, aside := filepath.Join(site[0], "jupyterlab_server"), filepath.Join(t.TempDir(), "aside")
		if err := os.Rename(pkg, aside); err != nil {
			t.Fatal(err)
		}
		r := p.run(t, "doctor")
		if r.code != 1 {
			t.Errorf("doctor ended with status %d, want 1:\n%s", r.code, r.out)
		}
		r.says(t, "MISSING", "is missing or has changed: go run ./kernel-setup install")
		if err := os.Rename(aside, pkg); err != nil {
			t.Fatal(err)
		}
		p.ok(t, "doctor")
	})
	t.Run("a file inside a Python package is cut short", func(t *testing.T) {
		broken := filepath.Join(site[0], "nbformat", "validator.py")
		whole, err := os.ReadFile(broken)
		if err != nil {
			t.Fatal(err)
		}
		write(t, broken, string(whole[:100]))
		r := p.run(t, "doctor")
		if r.code != 1 {
			t.Errorf("doctor ended with status %d, want 1:\n%s", r.code, r.out)
		}
		r.says(t, broken+" is missing or has changed: go run ./kernel-setup uninstall")
		write(t, broken, string(whole))
		p.ok(t, "doctor")
	})
}

// ownJupyter offers the kernel to the reader's own Jupyter, and takes it away with the
// lab, which is only moved away here.
func ownJupyter(t *testing.T, p project) {
	data := t.TempDir()
	p = p.with("JUPYTER_DATA_DIR=" + data)
	spec := filepath.Join(data, "kernels", "gonb", "kernel.json")
	charts := filepath.Join(data, "labextensions", "interleave", "echarts.min.js")

	for range 2 { // also over its own
		p.ok(t, "install", "--user").says(t, "now offer the kernel")
	}
	if got, err := os.ReadFile(spec); err != nil || !strings.Contains(string(got), filepath.Join(p.prefix, "bin", "kernel-setup")) {
		t.Errorf("the kernel's description is %s, %v", got, err)
	}
	if !exists(charts) {
		t.Error("the charts' library is not there")
	}

	aside := p.prefix + "-aside"
	if err := os.Rename(p.prefix, aside); err != nil {
		t.Fatal(err)
	}
	p.ok(t, "uninstall").says(t, "removed "+filepath.Dir(spec))
	if exists(spec) || exists(charts) {
		t.Errorf("left in the reader's Jupyter: %q", files(t, data))
	}
	if err := os.Rename(aside, p.prefix); err != nil {
		t.Fatal(err)
	}
}

func uninstall(t *testing.T, p project) {
	note := filepath.Join(p.module, "work", "mine.ipynb")
	write(t, note, "{}")
	p.ok(t, "uninstall").says(t, "removed "+p.prefix)
	if exists(p.prefix) {
		t.Errorf("%s is still there", p.prefix)
	}
	if !exists(note) {
		t.Error("a notebook in work is gone")
	}
	p.ok(t, "uninstall").says(t, "there is no lab in "+p.prefix)
}
