package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A task is a command to run on the way to an installed lab.
type task struct {
	argv   []string
	dir    string
	env    []string          // added to the environment
	output func(line string) // called for each line of output; may be nil
}

// run runs the task and keeps the end of what it prints for the error.
func (t task) run(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, t.argv[0], t.argv[1:]...)
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), t.env...)
	// A group of its own, so that an interrupt ends what the command started too;
	// as an interrupt, upon which pip and go remove their temporary files.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 5 * time.Second
	if lock, ok := ctx.Value(lockKey{}).(*os.File); ok {
		cmd.ExtraFiles = []*os.File{lock}
	}
	lines := &lineWriter{each: t.output}
	cmd.Stdout, cmd.Stderr = lines, lines
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			if cmd.Process != nil {
				_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what heeds no interrupt
			}
			return ctx.Err()
		}
		return &taskError{argv: t.argv, dir: t.dir, tail: lines.tail(), err: err}
	}
	return nil
}

// lineWriter splits what is written to it into lines and keeps the last ones.
type lineWriter struct {
	mu      sync.Mutex
	each    func(line string)
	partial []byte
	last    []string
}

const tailLines = 12

var _ io.Writer = (*lineWriter)(nil)

func (w *lineWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.partial = append(w.partial, p...)
	for {
		i := bytes.IndexAny(w.partial, "\r\n")
		if i < 0 {
			return len(p), nil
		}
		line := strings.TrimRight(string(w.partial[:i]), " \t")
		w.partial = w.partial[i+1:]
		if line == "" {
			continue
		}
		w.last = append(w.last, line)
		if len(w.last) > tailLines {
			w.last = w.last[1:]
		}
		if w.each != nil {
			w.each(line)
		}
	}
}

func (w *lineWriter) tail() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if rest := strings.TrimSpace(string(w.partial)); rest != "" {
		return append(w.last, rest)
	}
	return w.last
}

// A taskError says which command failed, shows its last lines, and how to mend it.
type taskError struct {
	argv []string
	dir  string
	tail []string
	err  error
}

func (e *taskError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "this command failed (%v):\n    %s\n", e.err, strings.Join(e.argv, " "))
	if e.dir != "" {
		fmt.Fprintf(&b, "  in %s\n", e.dir)
	}
	if len(e.tail) > 0 {
		fmt.Fprintf(&b, "  its last lines:\n    %s\n", strings.Join(e.tail, "\n    "))
	}
	fmt.Fprintf(&b, "  mend: %s", e.mend())
	return b.String()
}

func (e *taskError) Unwrap() error { return e.err }

// mends are the usual causes, by what programs print when they meet them.
var mends = []struct {
	sign *regexp.Regexp
	mend string
}{
	{regexp.MustCompile(`(?i)no space left|disk quota exceeded|ENOSPC`),
		"the disk is full: free some space (the lab needs about 1 GB, Go's caches another 2 GB) or put the lab on another disk with --prefix FOLDER, then run the same command again"},
	{regexp.MustCompile(`(?i)could not get lock|unable to acquire the dpkg`),
		"another package manager is at work: let it end, then run the same command again"},
	{regexp.MustCompile(`(?i)read-only file system|permission denied|not a directory|EACCES|EROFS|ENOTDIR`),
		"this folder cannot be written: make it writable, or choose another (--prefix for the lab, --dir for your notebooks)"},
	// Before the network, as pip then also says that it found no version.
	{regexp.MustCompile(`(?i)CERTIFICATE_VERIFY_FAILED|verify certificate|x509:|local.issuer|self.signed.cert|certificate verification failed`),
		"a certificate was not accepted: tell each client of your network's certificate (SSL_CERT_FILE, PIP_CERT, NODE_EXTRA_CA_CERTS), then run the same command again"},
	{regexp.MustCompile(`(?i)name resolution|failure resolving|could not resolve|name or service not known|no such host|dial tcp|network is unreachable|no route to host|connection refused|connection timed out|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|i/o timeout|TLS handshake timeout|read timed out|ConnectTimeoutError|NewConnectionError|ProxyError|module lookup disabled|unable to locate package|failed to fetch`),
		"the network cannot be reached from here: check the connection and the proxy settings (HTTPS_PROXY, GOPROXY, pip's and npm's own), then run the same command again; what is done is kept"},
	{regexp.MustCompile(`(?i)could not find a version|no matching distribution`),
		"the package index in use lacks this package for this Python and this system: check pip's settings (pip config list), or put a CPython first on the PATH that packages are built for, such as 3.13, then run the same command again"},
	{regexp.MustCompile(`(?i)hashes are required|do not match the hashes|EINTEGRITY|checksum mismatch`),
		"a package is not the one that was locked, perhaps changed on the way: run the same command again, on another network if it stays so"},
}

func (e *taskError) mend() string {
	text := strings.Join(e.tail, "\n")
	for _, m := range mends {
		if m.sign.MatchString(text) {
			return m.mend
		}
	}
	if errors.Is(e.err, exec.ErrNotFound) {
		return fmt.Sprintf("install %s and see that it is on the PATH", e.argv[0])
	}
	return "run the same command again; if it fails the same way, go run ./kernel-setup uninstall and start afresh"
}

// fileError gives a failed write its mend.
func fileError(what string, err error) error {
	text := err.Error()
	for _, m := range mends {
		if m.sign.MatchString(text) {
			return fmt.Errorf("%s: %w\n  mend: %s", what, err, m.mend)
		}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// progress shows one long step: in place on a terminal, elsewhere a line at its
// start, one every ten seconds, and one at its end.
type progress struct {
	title    string
	start    time.Time
	terminal bool

	mu     sync.Mutex
	detail string
	last   time.Time
	stop   chan struct{}
	done   sync.WaitGroup
}

func startProgress(title string) *progress {
	info, err := os.Stderr.Stat()
	p := &progress{title: title, start: time.Now(), stop: make(chan struct{}),
		terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
	if !p.terminal {
		fmt.Fprintf(os.Stderr, "%s …\n", title)
	}
	p.last = p.start
	p.done.Go(func() {
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-p.stop:
				return
			case <-tick.C:
				p.show()
			}
		}
	})
	return p
}

// set says what the step is doing now.
func (p *progress) set(detail string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.detail = detail
}

func (p *progress) show() {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := []rune(fmt.Sprintf("%s … %.0f s  %s", p.title, time.Since(p.start).Seconds(), p.detail))
	switch {
	case p.terminal:
		fmt.Fprintf(os.Stderr, "\r\033[K%s", string(line[:min(len(line), 78)]))
	case time.Since(p.last) >= 10*time.Second:
		p.last = time.Now()
		fmt.Fprintln(os.Stderr, string(line))
	}
}

// end shows how long the step took, or that it failed.
func (p *progress) end(err error) {
	close(p.stop)
	p.done.Wait()
	clear := ""
	if p.terminal {
		clear = "\r\033[K"
	}
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	fmt.Fprintf(os.Stderr, "%s%s: %s in %.1f s\n", clear, p.title, outcome, time.Since(p.start).Seconds())
}
