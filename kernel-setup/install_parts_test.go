package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/helpers/python"
)

// TestMends has the last lines of real failures and what a reader is told.
func TestMends(t *testing.T) {
	const (
		disk        = "the disk is full"
		lock        = "another package manager is at work"
		folder      = "this folder cannot be written"
		network     = "the network cannot be reached"
		certificate = "a certificate was not accepted"
		index       = "the package index in use lacks this package"
		hash        = "a package is not the one that was locked"
		unknown     = "run the same command again; if it fails the same way"
	)
	for _, tt := range []struct {
		name, tail, want string
	}{
		{"pip, full disk", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", disk},
		{"pip, quota", "ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded", disk},
		{"go, full disk", "/usr/local/go/pkg/tool/linux_amd64/link: mapping output file failed: no space left on device", disk},
		{"npm, full disk", "npm error code ENOSPC\nnpm error syscall write\nnpm error errno -28\nnpm error nospc ENOSPC: no space left on device, write", disk},
		{"apt, full disk", "E: You don't have enough free space in /var/cache/apt/archives/.\nE: Write error - write (28: No space left on device)", disk},

		{"apt, locked", "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?", lock},

		{"pip, read-only", "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/opt/lab/venv/bin/jupyter'", folder},
		{"venv, no permission", "Error: [Errno 13] Permission denied: '/opt/lab/venv'", folder},
		{"go, no permission", "go: mkdir /opt/lab/bin: permission denied", folder},
		{"npm, no permission", "npm error code EACCES\nnpm error syscall mkdir\nnpm error path /opt/lab/echarts/node_modules\nnpm error errno -13", folder},
		{"npm, read-only", "npm error code EROFS\nnpm error syscall mkdir\nnpm error rofs EROFS: read-only file system, mkdir '/opt/lab/echarts/node_modules'", folder},

		{"pip, no name resolution", `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f7a>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/anyio/
ERROR: Could not find a version that satisfies the requirement anyio==4.16.0 (from versions: none)
ERROR: No matching distribution found for anyio==4.16.0`, network},
		{"pip, newer words for it", `WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NameResolutionError("HTTPSConnection(host='index.example', port=443): Failed to resolve 'index.example' ([Errno -2] Name or service not known)")': /simple/anyio/
ERROR: Could not find a version that satisfies the requirement anyio==4.16.0 (from versions: none)`, network},
		{"pip, slow network", "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='index.example', port=443): Read timed out.", network},
		{"pip, proxy", "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden'))': /simple/anyio/\nERROR: No matching distribution found for anyio==4.16.0", network},
		{"go, no network", `go: github.com/janpfeifer/gonb@v0.11.4: Get "https://proxy.example/github.com/janpfeifer/gonb/@v/v0.11.4.mod": dial tcp: lookup proxy.example on 127.0.0.53:53: server misbehaving`, network},
		{"go, switched off", "go: github.com/janpfeifer/gonb@v0.11.4: module lookup disabled by GOPROXY=off", network},
		{"go, slow network", `go: golang.org/x/tools@v0.52.0: Get "https://proxy.example/golang.org/x/tools/@v/v0.52.0.zip": net/http: TLS handshake timeout`, network},
		{"npm, no network", "npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error errno ENOTFOUND\nnpm error network request to https://registry.example/echarts/-/echarts-5.6.0.tgz failed, reason: getaddrinfo ENOTFOUND registry.example", network},
		{"npm, name server away", "npm error code EAI_AGAIN\nnpm error network request to https://registry.example/echarts failed, reason: getaddrinfo EAI_AGAIN registry.example", network},
		{"npm, connection lost", "npm error code ECONNRESET\nnpm error network aborted", network},
		{"apt, no network", "Err:1 http://mirror.example/debian bookworm InRelease\n  Temporary failure resolving 'mirror.example'\nE: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?", network},
		{"apt, no lists as there was no network", "Reading package lists...\nBuilding dependency tree...\nE: Unable to locate package python3-venv", network},

		{"pip, certificate", `WARNING: Retrying (Retry(total=0)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)'))': /simple/anyio/
ERROR: Could not find a version that satisfies the requirement anyio==4.16.0 (from versions: none)
ERROR: No matching distribution found for anyio==4.16.0`, certificate},
		{"go, certificate", `go: github.com/janpfeifer/gonb@v0.11.4: Get "https://proxy.example/github.com/janpfeifer/gonb/@v/v0.11.4.mod": tls: failed to verify certificate: x509: certificate signed by unknown authority`, certificate},
		{"npm, certificate", "npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error request to https://registry.example/echarts failed, reason: self-signed certificate in certificate chain", certificate},
		{"npm, other certificate", "npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY\nnpm error request to https://registry.example/echarts failed, reason: unable to get local issuer certificate", certificate},
		{"apt, certificate", "Err:1 https://mirror.example/debian bookworm InRelease\n  Certificate verification failed: The certificate is NOT trusted.", certificate},

		{"pip, no package for this Python", "ERROR: Could not find a version that satisfies the requirement rpds-py==2026.9.1 (from versions: none)\nERROR: No matching distribution found for rpds-py==2026.9.1", index},

		{"pip, changed package", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have tampered with them.\n    anyio==4.16.0 from https://index.example/packages/anyio.whl:\n        Expected sha256 59bb\n             Got        aaaa", hash},
		{"npm, changed package", "npm error code EINTEGRITY\nnpm error sha512-abc integrity checksum failed when using sha512", hash},
		{"go, changed module", "verifying github.com/janpfeifer/gonb@v0.11.4: checksum mismatch\n\tdownloaded: h1:aaa\n\tgo.sum:     h1:bbb\n\nSECURITY ERROR", hash},

		{"anything else", "Segmentation fault", unknown},
		{"a package of certificates is not a cause", "Setting up ca-certificates (20230311) ...\nE: Sub-process /usr/bin/dpkg returned an error code (1)", unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &taskError{argv: []string{"program", "argument"}, tail: strings.Split(tt.tail, "\n"), err: errors.New("exit status 1")}
			if got := e.mend(); !strings.HasPrefix(got, tt.want) {
				t.Errorf("the mend is %q, want %q", got, tt.want)
			}
		})
	}
}

// TestTask runs commands that fail in their ways.
func TestTask(t *testing.T) {
	t.Run("the message", func(t *testing.T) {
		dir := t.TempDir()
		err := task{argv: []string{"sh", "-c", "for i in $(seq 20); do echo line $i; done; printf 'No space left on device'; exit 7"}, dir: dir}.run(t.Context())
		if err == nil {
			t.Fatal("no error")
		}
		got := err.Error()
		for _, want := range []string{"this command failed (exit status 7):\n    sh -c for", "in " + dir, "its last lines:\n", "line 20\n    No space left on device\n", "mend: the disk is full"} {
			if !strings.Contains(got, want) {
				t.Errorf("does not say %q:\n%s", want, got)
			}
		}
		if strings.Contains(got, "line 8\n") {
			t.Errorf("has more than the last lines:\n%s", got)
		}
	})
	t.Run("a program that is not there", func(t *testing.T) {
		err := task{argv: []string{"interleave-no-such-program"}}.run(t.Context())
		if err == nil || !strings.Contains(err.Error(), "mend: install interleave-no-such-program") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("an interrupt", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		over := filepath.Join(t.TempDir(), "over")
		mark := "INTERLEAVE_TASK_TEST=" + over
		// A child that heeds the interrupt, and one in the background, which a
		// shell makes deaf to it.
		const child = `sleep 1000 >/dev/null 2>&1 & sh -c 'trap "echo >\"$over\"; exit" INT; echo up; while :; do sleep 0.05; done'; true`
		err := task{argv: []string{"sh", "-c", child}, env: []string{"over=" + over, mark}, output: func(string) { cancel() }}.run(ctx)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v, want the context's", err)
		}
		if !exists(over) {
			t.Error("the command's child was not interrupted")
		}
		waitFor(t, "the command's children to end", func() bool { return len(processes(mark)) == 0 })
	})
	t.Run("the lab's lock outlives its holder in a task", func(t *testing.T) {
		l := lab{dir: t.TempDir()}
		ctx, unlock, err := l.lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		begun, finished := make(chan string, 1), make(chan error, 1)
		go func() {
			finished <- task{argv: []string{"sh", "-c", "echo begun; while ! [ -e end ]; do sleep 0.02; done"}, dir: dir,
				output: func(line string) { begun <- line }}.run(ctx)
		}()
		<-begun
		ctx.Value(lockKey{}).(*os.File).Close() // as when this process is killed
		short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if _, _, err := l.lock(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the lock could be taken while a task went on: %v", err)
		}
		write(t, filepath.Join(dir, "end"), "")
		if err := <-finished; err != nil {
			t.Error(err)
		}
		unlock()
		_, unlock, err = l.lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		unlock()
	})
}

// TestReadRecord reads records that something has damaged: all steps are then
// done again, and none is taken for done.
func TestReadRecord(t *testing.T) {
	l := lab{dir: t.TempDir()}
	for _, text := range []string{"", "{", "null", "[]", "1", `{"JupyterLab": 1}`, `{"JupyterLab": {"inputs": "x", "sizes": {"/a": "b"}}}`, "\x00\x00\x00\x00"} {
		write(t, l.recordPath(), text)
		got := l.readRecord()
		if len(got) != 0 {
			t.Errorf("%q was read as %v", text, got)
		}
		got["a"] = finished{} // it can be written to
	}
}

func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	file, folder := filepath.Join(dir, "file"), filepath.Join(dir, "folder")
	write(t, file, "12345")
	write(t, filepath.Join(folder, "a", "one.py"), "")
	write(t, filepath.Join(folder, "b", "two.py"), "")
	sizes, err := sizesOf([]string{file, folder})
	if err != nil {
		t.Fatal(err)
	}
	done := finished{Inputs: "x", Sizes: sizes}
	for _, tt := range []struct {
		name   string
		change func()
		want   string
	}{
		{"nothing changed", func() {}, ""},
		{"Python compiled a file", func() { write(t, filepath.Join(folder, "a", "__pycache__", "one.pyc"), "") }, ""},
		{"a reader added a file", func() { write(t, filepath.Join(folder, "mine.py"), "") }, ""},
		{"as many files are left, but one is not", func() {
			os.Remove(filepath.Join(folder, "mine.py"))
			os.Remove(filepath.Join(folder, "b", "two.py"))
		}, folder},
		{"restored", func() { write(t, filepath.Join(folder, "b", "two.py"), "") }, ""},
		{"a file is longer", func() { write(t, file, "123456") }, file},
		{"a file is shorter", func() { write(t, file, "1234") }, file},
		{"a file is gone", func() { os.Remove(file) }, file},
	} {
		tt.change()
		if got := done.damaged(); got != tt.want {
			t.Errorf("%s: damaged is %q, want %q", tt.name, got, tt.want)
		}
		if got := done.holds("x"); got != (tt.want == "") {
			t.Errorf("%s: holds is %v", tt.name, got)
		}
	}
	if done.holds("y") {
		t.Error("a step holds for other inputs")
	}
}

// TestDigest changes what a step is made from.
func TestDigest(t *testing.T) {
	l := lab{module: t.TempDir(), dir: t.TempDir()}
	write(t, l.source("part", "main.go"), "package main")
	write(t, l.source("part", "draw.js"), "draw()")
	s := step{inputs: []string{"part"}, also: "go1.26"}
	digest := func() string {
		t.Helper()
		d, err := l.digest(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	last := digest()
	for _, tt := range []struct {
		name, path, text string
		changes          bool
	}{
		{"a test", "part/main_test.go", "package main", false},
		{"a test's data", "part/testdata/machine.txtar", "x", false},
		{"an editor's file", "part/.main.go.swp", "x", false},
		{"a Go file", "part/main.go", "package main // changed", true},
		{"an embedded file", "part/draw.js", "draw(2)", true},
	} {
		write(t, l.source(tt.path), tt.text)
		now := digest()
		if (now != last) != tt.changes {
			t.Errorf("%s: the digest changed is %v, want %v", tt.name, now != last, tt.changes)
		}
		last = now
	}
	s.also = "go1.27"
	if digest() == last {
		t.Error("another Go has the same digest")
	}
	s.inputs = []string{"gone"}
	if _, err := l.digest(s); err == nil || !strings.Contains(err.Error(), "git checkout") {
		t.Errorf("without its inputs: %v", err)
	}
}

func TestFindHostPython(t *testing.T) {
	const good = "echo /real/$0; exit 0"
	base := t.TempDir()
	dirs := func(t *testing.T, scripts ...string) string {
		var list []string
		for _, s := range scripts {
			dir := t.TempDir()
			for entry := range strings.SplitSeq(s, "; ") {
				name, kind, _ := strings.Cut(entry, " ")
				body := map[string]string{"good": good, "old": "exit 3", "broken": "exit 127",
					"bare": `echo "No module named 'venv'" >&2; exit 1`}[kind]
				script(t, filepath.Join(dir, name), strings.ReplaceAll(body, "$0", name+"-"+filepath.Base(dir)))
			}
			list = append(list, dir)
		}
		return strings.Join(append([]string{"", filepath.Join(base, "none")}, list...), string(os.PathListSeparator))
	}
	for _, tt := range []struct {
		name    string
		folders []string
		want    string // a part of the path, or of the error
	}{
		{"python3 before others in one folder", []string{"python3.13 good; python3 good; python3.10 good"}, "/real/python3-001"},
		{"the first folder", []string{"python3.11 good", "python3 good"}, "/real/python3.11-001"},
		{"a broken one is skipped", []string{"python3 broken", "python3 good"}, "/real/python3-002"},
		{"an old one is skipped", []string{"python3 old; python3.12 good"}, "/real/python3.12-001"},
		{"one without venv is skipped", []string{"python3 bare", "python3.9 old", "python3 good"}, "/real/python3-003"},
		{"other programs are no Python", []string{"python3-config good; python good; python2 good; python3.12t good"}, "no Python 3 that runs"},
		{"one without venv is named before an old one", []string{"python3 old", "python3 bare"}, "has no venv"},
		{"an old one is named before a broken one", []string{"python3 broken", "python3.9 old"}, "python3.9 is older than 3.10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("PATH", dirs(t, tt.folders...))
			got, err := findHostPython(t.Context())
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFindHostPythonReal asks every CPython of this machine.
func TestFindHostPythonReal(t *testing.T) {
	pythons, err := python.Find(t.Context())
	if err != nil {
		labtest.Lacking(t, "%v; install python3", err)
	}
	for _, p := range pythons {
		dir := t.TempDir()
		if err := os.Symlink(p.Path, filepath.Join(dir, "python3")); err != nil {
			t.Fatal(err)
		}
		t.Run(p.Name(), func(t *testing.T) {
			t.Setenv("PATH", dir)
			got, err := findHostPython(t.Context())
			switch {
			case p.Minor < 10:
				if err == nil || !strings.Contains(err.Error(), "older than 3.10") {
					t.Errorf("found %q, %v", got, err)
				}
			case err != nil && !strings.Contains(err.Error(), "has no venv"):
				t.Error(err)
			}
		})
	}
}

// TestRaceDetector asks for the C compiler as Go does.
func TestRaceDetector(t *testing.T) {
	if err := raceDetector(t.Context()); err != nil {
		labtest.Lacking(t, "%v; install gcc and libc6-dev", err)
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		labtest.Lacking(t, "%v; install gcc", err)
	}
	t.Run("a compiler without the C library", func(t *testing.T) {
		dir := t.TempDir()
		script(t, filepath.Join(dir, "halfcc"), "cat >/dev/null; echo 'stdlib.h: No such file or directory' >&2; exit 1")
		t.Setenv("CC", filepath.Join(dir, "halfcc"))
		if err := raceDetector(t.Context()); err == nil {
			t.Error("it would do")
		}
	})
	t.Run("switched off", func(t *testing.T) {
		t.Setenv("CGO_ENABLED", "0")
		if err := raceDetector(t.Context()); !errors.Is(err, errNoCgo) {
			t.Errorf("with CGO_ENABLED=0: %v", err)
		}
	})
	t.Run("with flags", func(t *testing.T) {
		t.Setenv("CC", "gcc -O1")
		if err := raceDetector(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
