package notebook

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

//go:embed runner.py
var runner string

// DefaultTimeout is how long a cell may take unless RunOptions say otherwise.
const DefaultTimeout = 180 * time.Second

// ErrNoLab means that the lab's Jupyter is not installed in the given folder.
var ErrNoLab = errors.New("the lab is not installed; run: go run ./kernel-setup install")

// RunOptions change how a notebook is run. The zero value is good.
type RunOptions struct {
	Timeout  time.Duration // for one cell; DefaultTimeout if zero
	Env      []string      // NAME=value, in addition to this process's environment
	Progress func(Event)   // told when a cell starts and ends; may be nil
}

// An Event tells how far a run has come.
type Event struct {
	Cell   string // its id
	Ended  bool   // the cell has ended; otherwise it starts
	Number int    // of the cell among the code cells, from 1
	Of     int    // the number of code cells
}

// A CellError is the failure of one cell while a notebook was run.
type CellError struct {
	Notebook string        // the name of the file
	Cell     string        // its id
	Name     string        // what the kernel calls the error; "timeout" and "dead" are ours
	Text     string        // what the kernel says of it, such as "exit status 2"
	Shown    string        // what the cell had printed by then, without colours
	Timeout  time.Duration // the time limit for one cell
}

// Error names the notebook, the cell, what went wrong there and the mend.
func (e *CellError) Error() string {
	at := fmt.Sprintf("running %s: cell %s: ", e.Notebook, e.Cell)
	switch e.Name {
	case "timeout":
		return fmt.Sprintf("%stook longer than %v; give it more time with -timeout, or make it shorter", at, e.Timeout)
	case "dead":
		return at + "the kernel died; run it in JupyterLab to see why"
	}
	return fmt.Sprintf("%s%s: %s; mend the cell, or tag it raises-exception if it is meant to fail", at, e.Name, e.Text)
}

// Python gives the lab's Python interpreter, or ErrNoLab.
func Python(lab string) (string, error) {
	python := filepath.Join(lab, "venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		return "", fmt.Errorf("looking for Jupyter in %s: %w", lab, ErrNoLab)
	}
	return filepath.Abs(python)
}

// Run runs every code cell of the notebook in file, in a new kernel whose
// working folder is the notebook's own, and writes the notebook with its
// outputs to out, or over file if out is empty. If a cell fails, and is not
// tagged as meant to, the error is a *CellError and nothing is written; nor is
// anything when ctx is done first. No process outlives the call.
func Run(ctx context.Context, lab, file, out string, o RunOptions) error {
	python, err := Python(lab)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading notebook: %w", err)
	}
	nb, err := Parse(text)
	if err != nil {
		return fmt.Errorf("reading notebook %s: %w", file, err)
	}
	folder, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("running %s: %w", file, err)
	}
	// Everything that Jupyter, the kernel and its cells write beside the
	// notebook's own doing goes here, and away with it.
	scratch, err := os.MkdirTemp("", "nb-")
	if err != nil {
		return fmt.Errorf("running %s: making a folder for temporary files: %w", file, err)
	}
	defer os.RemoveAll(scratch)
	r := run{
		file:    file,
		scratch: scratch,
		timeout: cmp.Or(o.Timeout, DefaultTimeout),
		of:      len(nb.Digests()),
		opts:    o,
	}
	result := filepath.Join(scratch, "notebook.ipynb")
	request, err := json.Marshal(map[string]any{
		"notebook": string(text),
		"digests":  append([]string{}, nb.Digests()...),
		"folder":   folder,
		"timeout":  max(1, int(r.timeout.Seconds())),
		"out":      result,
		"scratch":  scratch,
	})
	if err != nil {
		return fmt.Errorf("running %s: %w", file, err)
	}
	if err := r.run(ctx, python, request); err != nil {
		return err
	}
	ran, err := os.ReadFile(result)
	if err != nil {
		return fmt.Errorf("running %s: reading the result: %w", file, err)
	}
	done, err := Parse(ran)
	if err != nil {
		return fmt.Errorf("running %s: reading the result: %w", file, err)
	}
	if len(done.Cells) != len(nb.Cells) {
		return fmt.Errorf("running %s: the result has %d cells, not %d; nothing was saved", file, len(done.Cells), len(nb.Cells))
	}
	nb.Metadata = done.Metadata
	for i, c := range done.Cells {
		// A script's failure did not stop the run: see Failed.
		if c.Type == Code && c.Failed() && !c.MayFail() {
			return &CellError{Notebook: file, Cell: c.ID, Name: "script", Text: "it failed", Shown: printed(c)}
		}
		if c.Type == Code {
			nb.Cells[i].Metadata, nb.Cells[i].Outputs, nb.Cells[i].Count = c.Metadata, c.Outputs, c.Count
		}
	}
	if out == "" {
		now, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(now, text) {
			return fmt.Errorf("running %s: the file changed meanwhile and is left as it is; run it again", file)
		}
		out = file
	}
	return WriteFile(out, nb.Marshal())
}

// ansi matches the colours that the kernel puts into its error traces.
var ansi = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)

// run is one call of Run.
type run struct {
	file, scratch string
	timeout       time.Duration
	of            int
	opts          RunOptions
}

// run starts the runner and follows it to its end.
func (r *run) run(ctx context.Context, python string, request []byte) error {
	cmd := exec.CommandContext(ctx, python, "-I", "-X", "utf8", "-c", runner)
	cmd.Env = append(append(os.Environ(),
		// The lab's own kernel, whatever the user's Jupyter has.
		"JUPYTER_PREFER_ENV_PATH=1",
		"JUPYTER_PATH=",
		"JUPYTER_DATA_DIR="+filepath.Join(r.scratch, "data"),
		"JUPYTER_RUNTIME_DIR="+filepath.Join(r.scratch, "runtime"),
		"TMPDIR="+r.scratch,
	), r.opts.Env...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("running %s: %w", r.file, err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("running %s: %w", r.file, err)
	}
	var stderr tail
	cmd.Stderr = &stderr
	// In a process group of its own, so that Ctrl-C reaches us alone and the
	// runner ends its kernel in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = stdin.Close
	cmd.WaitDelay = 1500 * time.Millisecond
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("running %s: starting %s: %w", r.file, python, err)
	}
	defer stdin.Close()
	_, writeErr := stdin.Write(append(request, '\n'))
	saved, cellErr := r.follow(stdout)
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("running %s: %w; nothing was saved", r.file, context.Cause(ctx))
	case cellErr != nil:
		return cellErr
	case !saved || waitErr != nil || writeErr != nil:
		return fmt.Errorf("running %s: the runner ended early (%w): %s", r.file,
			errors.Join(waitErr, writeErr), stderr.lastLine())
	}
	return nil
}

// printed gives what a cell wrote as plain text.
func printed(c *Cell) string {
	var b strings.Builder
	for _, o := range c.Outputs {
		text, _ := joined(o["text"])
		b.WriteString(text)
	}
	return b.String()
}

// follow reads the runner's events until it closes its output.
func (r *run) follow(events io.Reader) (saved bool, failure error) {
	progress := r.opts.Progress
	if progress == nil {
		progress = func(Event) {}
	}
	number := 0
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return saved, failure
		}
		var e struct{ Event, Cell, Name, Text, Shown string }
		if err := json.Unmarshal(line, &e); err != nil {
			return false, fmt.Errorf("running %s: reading the runner's events: %w", r.file, err)
		}
		switch e.Event {
		case "start":
			number++
			progress(Event{Cell: e.Cell, Number: number, Of: r.of})
		case "end":
			progress(Event{Cell: e.Cell, Ended: true, Number: number, Of: r.of})
		case "saved":
			saved = true
		case "failed":
			if e.Cell == "" {
				failure = fmt.Errorf("running %s: starting the kernel: %s: %s; run: go run ./kernel-setup doctor", r.file, e.Name, e.Text)
				continue
			}
			failure = &CellError{Notebook: r.file, Cell: e.Cell, Name: e.Name, Text: e.Text,
				Shown: ansi.ReplaceAllString(e.Shown, ""), Timeout: r.timeout}
		}
	}
}

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	const most = 64 << 10
	t.kept = append(t.kept, p...)
	if extra := len(t.kept) - most; extra > 0 {
		t.kept = append([]byte(nil), t.kept[extra:]...)
	}
	return len(p), nil
}

func (t *tail) lastLine() string {
	s := strings.TrimSpace(string(t.kept))
	return s[strings.LastIndexByte(s, '\n')+1:]
}
