package main

import (
	"interleave/helpers/labtest"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestRefusals meets machines that cannot hold or run a lab. Each is told at
// once, in one message with its mend, and nothing is begun.
func TestRefusals(t *testing.T) {
	p := newProject(t)
	for _, tt := range []struct {
		name   string
		python string // a script in the place of every Python; empty: none
		words  []string
	}{
		{"no Python", "", []string{"no Python 3 that runs was found on the PATH", "mend: install with your system's package manager: python3 python3-venv"}},
		{"a Python that does not run", "exit 127", []string{"no Python 3 that runs was found on the PATH"}},
		{"a Python that is too old", "exit 3", []string{"/python3 is older than 3.10", "mend: install a newer one beside it"}},
		{"a Python without venv", `echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1`,
			[]string{"/python3 has no venv and ensurepip", "mend: install with your system's package manager: python3 python3-venv"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := pathWithout(t, `^apt`, `^python`)
			if tt.python != "" {
				script(t, filepath.Join(path, "python3"), tt.python)
			}
			r := p.with("PATH="+path).run(t, "install")
			r.fails(t, append(tt.words, "JupyterLab needs Python 3.10 or newer with venv")...)
			nothingBegun(t, r, p.prefix)
			if r := p.with("PATH="+path).run(t, "doctor"); r.code != 1 {
				t.Errorf("doctor ended with status %d, want 1:\n%s", r.code, r.out)
			} else {
				r.says(t, tt.words...)
			}
		})
	}
	t.Run("no Go", func(t *testing.T) {
		r := p.with("PATH="+pathWithout(t, `^apt`, `^go$`)).run(t, "install")
		r.fails(t, "ask go for its version", "mend: install Go 1.26 or newer")
		nothingBegun(t, r, p.prefix)
	})
	t.Run("the port is taken", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		prefix := filepath.Join(t.TempDir(), "lab")
		r := p.run(t, "lab", "--no-browser", "--port", port, "--prefix", prefix)
		r.fails(t, "listen on port "+port, "mend: choose another with --port")
		nothingBegun(t, r, prefix)
	})
	t.Run("another person's folder", func(t *testing.T) {
		dir := t.TempDir()
		own := filepath.Join(dir, "venv", "bin", "python")
		write(t, own, "")
		r := p.run(t, "install", "--prefix", dir)
		r.fails(t, "it is no lab and holds venv", "mend: give a new or an empty folder with --prefix")
		p.run(t, "uninstall", "--prefix", dir).fails(t, "it holds venv, which no lab has")
		nothingBegun(t, r, filepath.Join(dir, "bin"))
		if !exists(own) {
			t.Error("its file is gone")
		}
	})

	const mend = "mend: this folder cannot be written: make it writable, or choose another (--prefix for the lab, --dir for your notebooks)"
	for _, tt := range []struct {
		name string
		make func(t *testing.T) (folder string, wrap []string)
	}{
		{"a path below a file", func(t *testing.T) (string, []string) {
			file := filepath.Join(t.TempDir(), "file")
			write(t, file, "")
			return filepath.Join(file, "folder"), nil
		}},
		{"a read-only file system", func(t *testing.T) (string, []string) {
			dir := t.TempDir()
			return filepath.Join(dir, "folder"), mounted(t, dir, "ro,size=1m", "true")
		}},
		{"an existing folder on a read-only file system", func(t *testing.T) (string, []string) {
			dir := t.TempDir()
			return dir, mounted(t, dir, "ro,size=1m", "true")
		}},
		{"a folder without the permission to write", func(t *testing.T) (string, []string) {
			dir := t.TempDir()
			if err := os.Chmod(dir, 0o555); err != nil {
				t.Fatal(err)
			}
			if os.Geteuid() == 0 {
				// Permissions do not bind root: without its capabilities they do.
				wrap := []string{"setpriv", "--bounding-set=-all", "--inh-caps=-all"}
				if exec.Command(wrap[0], append(wrap[1:], "true")...).Run() != nil {
					labtest.Lacking(t, "needs setpriv, to give up root's power over permissions; install util-linux")
				}
				return filepath.Join(dir, "folder"), wrap
			}
			return filepath.Join(dir, "folder"), nil
		}},
	} {
		t.Run(tt.name+" for the lab", func(t *testing.T) {
			folder, wrap := tt.make(t)
			_, _, wait := p.start(t, wrap, "install", "--prefix", folder)
			r := wait()
			r.fails(t, "the lab's", strings.TrimSuffix(folder, "/folder"), mend)
			nothingBegun(t, r, filepath.Join(folder, "bin"))
		})
		t.Run(tt.name+" for the notebooks", func(t *testing.T) {
			folder, wrap := tt.make(t)
			prefix := filepath.Join(t.TempDir(), "lab")
			_, _, wait := p.start(t, wrap, "lab", "--no-browser", "--dir", folder, "--prefix", prefix)
			r := wait()
			r.fails(t, "the folder for your copies of the notebooks", strings.TrimSuffix(folder, "/folder"), mend)
			nothingBegun(t, r, prefix)
		})
	}

	t.Run("too small a disk", func(t *testing.T) {
		dir := t.TempDir()
		_, _, wait := p.start(t, mounted(t, dir, "size=64m", "true"), "install", "--prefix", dir)
		r := wait()
		r.fails(t, "the disk there has 64 MB free and the lab needs 1024 MB", "mend: free some space, or put the lab on another disk with --prefix")
		nothingBegun(t, r, filepath.Join(dir, "bin"))
	})
	t.Run("the disk of an existing lab is full", func(t *testing.T) {
		labtest.Need(t, 3) // compiles Go's tools
		dir := t.TempDir()
		wrap := mounted(t, dir, "size=16m", `mkdir -p "$dir/venv/bin" && touch "$dir/.lock" "$dir/venv/bin/jupyter-lab"`)
		_, _, wait := p.start(t, wrap, "install", "--prefix", dir)
		r := wait()
		wantSteps(t, r)
		r.fails(t, goTools+": this command failed", "go install -v", "no space left on device", "mend: the disk is full")
	})
	t.Run("no network for Go's tools", func(t *testing.T) {
		labtest.Need(t, 3)
		offline, wrap := withoutNetwork(t, p)
		offline = offline.with("GOMODCACHE="+t.TempDir(), "GOFLAGS=-modcacherw", "GOPROXY=https://proxy.example")
		_, _, wait := offline.start(t, wrap, "install", "--prefix", filepath.Join(t.TempDir(), "lab"))
		r := wait()
		wantSteps(t, r)
		r.fails(t, goTools+": this command failed", "go install -v", "mend: the network cannot be reached")
	})
}

// nothingBegun checks that no step began and the folder was not made.
func nothingBegun(t *testing.T, r result, folder string) {
	t.Helper()
	if strings.Contains(r.out, " …\n") {
		t.Errorf("it began all the same:\n%s", r.out)
	}
	// A lab's folder holds its lock by then.
	if entries, _ := os.ReadDir(folder); len(entries) > 1 || len(entries) == 1 && entries[0].Name() != ".lock" {
		t.Errorf("it left %v in %s", entries, folder)
	}
}
