package main

import (
	"bufio"
	"bytes"
	"context"
	"interleave/helpers/labtest"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A project is a copy of this module with the command built from it, on a
// machine that the test describes: its own home, its own PATH without a package
// manager, the real machine's caches.
type project struct {
	module, program string
	home, temp      string
	prefix          string   // the lab, at its usual place
	env             []string // complete
}

// newProject copies the module as it is on the disk, so that nobody's edits or
// labs come between.
func newProject(t *testing.T) project {
	t.Helper()
	real, err := findLab("")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	p := project{
		module: filepath.Join(root, "interleave"), program: filepath.Join(root, "kernel-setup"),
		home: filepath.Join(root, "home"), temp: filepath.Join(root, "tmp"),
	}
	p.prefix = filepath.Join(p.module, ".lab")
	copyModule(t, p.module, real.module)
	for _, dir := range []string{p.home, p.temp} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", p.program, "./kernel-setup")
	build.Dir = p.module
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the command: %v\n%s", err, out)
	}
	p.env = machineEnv(t, p.home, p.temp, pathWithout(t, `^apt`))
	return p
}

func copyModule(t *testing.T, to, from string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, path)
		switch {
		case rel == ".":
		case d.IsDir() && (rel[0] == '.' || rel == "work"):
			return fs.SkipDir
		case d.Type().IsRegular():
			return copyFile(filepath.Join(to, rel), path)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("copy the module: %v", err)
	}
}

// machineEnv is this environment with another home, temporary folder and PATH,
// and without what a running lab adds.
func machineEnv(t *testing.T, home, temp, path string) []string {
	t.Helper()
	var env []string
	for _, v := range os.Environ() {
		if !regexp.MustCompile(`^(JUPYTER|IPYTHON|INTERLEAVE|GONB|XDG_|CC=|CGO_ENABLED=)`).MatchString(v) {
			env = append(env, v)
		}
	}
	env = append(env, "HOME="+home, "TMPDIR="+temp, "PATH="+path)
	// The caches and the settings that lead to the network are the machine's own.
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOENV"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatalf("go env %s: %v", name, err)
		}
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	own, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"PIP_CACHE_DIR":         filepath.Join(cache, "pip"),
		"PIP_CONFIG_FILE":       filepath.Join(own, ".config", "pip", "pip.conf"),
		"npm_config_cache":      filepath.Join(own, ".npm"),
		"npm_config_userconfig": filepath.Join(own, ".npmrc"),
	} {
		if _, err := os.Stat(value); os.Getenv(name) == "" && (err == nil || strings.HasSuffix(strings.ToLower(name), "cache") || name == "PIP_CACHE_DIR") {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// pathWithout makes a folder of links to every program on the PATH whose name
// none of the patterns matches. Python there is the real one: the shims of
// version managers write to their owner's home.
func pathWithout(t *testing.T, patterns ...string) string {
	t.Helper()
	dir := t.TempDir()
	link := func(name, target string) {
		if !slices.ContainsFunc(patterns, func(p string) bool { return regexp.MustCompile(p).MatchString(name) }) {
			_ = os.Symlink(target, filepath.Join(dir, name)) // the first on the PATH stays
		}
	}
	if python, err := findHostPython(t.Context()); err == nil {
		link("python3", python)
	}
	for _, from := range filepath.SplitList(os.Getenv("PATH")) {
		entries, _ := os.ReadDir(from)
		for _, e := range entries {
			if strings.Contains(from, "shims") && strings.HasPrefix(e.Name(), "python") || e.Name() == "rustc" { // pip asks that one for its version
				continue
			}
			link(e.Name(), filepath.Join(from, e.Name()))
		}
	}
	return dir
}

// with gives the project more of an environment; later settings win.
func (p project) with(env ...string) project {
	p.env = slices.Concat(p.env, env)
	return p
}

// A result is how a command ended and all that it printed.
type result struct {
	out  string
	code int
}

// start starts the command; wait gives its result.
func (p project) start(t *testing.T, wrap []string, args ...string) (cmd *exec.Cmd, lines *bufio.Scanner, wait func() result) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	argv := slices.Concat(wrap, []string{p.program}, args)
	cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = p.module, p.env
	cmd.WaitDelay = 10 * time.Second
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	var out bytes.Buffer
	lines = bufio.NewScanner(io.TeeReader(read, &out))
	return cmd, lines, func() result {
		defer cancel()
		for lines.Scan() {
		}
		read.Close()
		_ = cmd.Wait()
		return result{out.String(), cmd.ProcessState.ExitCode()}
	}
}

func (p project) run(t *testing.T, args ...string) result {
	t.Helper()
	_, _, wait := p.start(t, nil, args...)
	return wait()
}

// ok runs a command that must succeed.
func (p project) ok(t *testing.T, args ...string) result {
	t.Helper()
	r := p.run(t, args...)
	if r.code != 0 {
		t.Fatalf("%s ended with status %d:\n%s", strings.Join(args, " "), r.code, r.out)
	}
	return r
}

// fails checks that the command failed and said all of these, the mend among
// them, in one message.
func (r result) fails(t *testing.T, words ...string) {
	t.Helper()
	if r.code != 1 {
		t.Errorf("ended with status %d, want 1:\n%s", r.code, r.out)
	}
	for _, w := range words {
		if !strings.Contains(r.out, w) {
			t.Errorf("does not say %q:\n%s", w, r.out)
		}
	}
	if n := strings.Count(r.out, "kernel-setup: "); n != 1 {
		t.Errorf("has %d messages, want 1:\n%s", n, r.out)
	}
}

// says checks what a command printed, however it ended.
func (r result) says(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(r.out, w) {
			t.Errorf("does not say %q:\n%s", w, r.out)
		}
	}
}

var doneLine = regexp.MustCompile(`(?m)^(.*): done in [\d.]+ s$`)

// steps are the steps that a run of install finished, by the first word or two.
func (r result) steps() []string {
	var names []string
	for _, m := range doneLine.FindAllStringSubmatch(r.out, -1) {
		names = append(names, m[1])
	}
	return names
}

// The steps' names, as a reader sees them.
const (
	goTools     = "Go tools (gonb, goimports, gopls)"
	ownPrograms = "the lab's own programs"
	jupyterLab  = "JupyterLab"
	echarts     = "ECharts"
	kernel      = "the kernel and JupyterLab's settings"
	buildCache  = "build cache for the first cells"
)

func wantSteps(t *testing.T, r result, want ...string) {
	t.Helper()
	if got := r.steps(); !slices.Equal(got, want) {
		t.Errorf("the steps done are %q, want %q:\n%s", got, want, r.out)
	}
}

// mounted is a command prefix that runs a command with a small file system of
// its own on dir, after the shell commands.
func mounted(t *testing.T, dir, options, prepare string) []string {
	t.Helper()
	script := `dir=$1; shift; mount -t tmpfs -o "` + options + `" none "$dir" && ` + prepare + ` && exec "$@"`
	return append(labtest.Namespaces(t, "--mount"), "sh", "-c", script, "sh", dir)
}

// script makes an executable shell script.
func script(t *testing.T, path, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// write writes a file and the folders above it.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// waitFor waits for something to become true, a minute at most.
func waitFor(t *testing.T, what string, true_ func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !true_(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited a minute for %s", what)
		}
	}
}

// break_ ends a running installation with a signal once something is so.
func (p project) break_(t *testing.T, sig syscall.Signal, what string, now func() bool) result {
	t.Helper()
	cmd, _, wait := p.start(t, nil, "install")
	waitFor(t, what, now)
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatalf("the installation was over before %s: %v\n%s", what, err, wait().out)
	}
	return wait()
}
