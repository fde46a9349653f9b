package python

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	defaultTimeout = 60 * time.Second
	// grace is how long a script may take to end after SIGTERM, and its
	// children to close its output after it has ended.
	grace = 2 * time.Second
)

// A Script is a Python program and how to run it. Exactly one of Path and
// Source is needed.
type Script struct {
	// Path is the script's file. $NAME and ${NAME} in it stand for
	// environment variables, as in a notebook's %%writefile.
	Path string
	// Source is the script's text, which is run from a file of its own, so
	// that tracebacks show its lines and multiprocessing can import it.
	Source string
	Args   []string // sys.argv[1:]
	Env    []string // "NAME=value", added to this process's environment
	// Timeout bounds the run; 0 means 60 seconds.
	Timeout time.Duration
	Dir     string // working directory; empty means this process's own
}

// Error is how a script failed on an interpreter.
type Error struct {
	Interpreter string // its name, such as "CPython 3.13"
	Script      string // its file's name; "script.py" for one given as Source
	Stderr      string // the end of what it wrote there: the traceback, if there is one
	Err         error  // such as an *exec.ExitError, or wrapping context.DeadlineExceeded
}

func (e *Error) Error() string {
	s := fmt.Sprintf("run %s on %s: %v", e.Script, e.Interpreter, e.Err)
	if e.Stderr != "" {
		s += "\n" + e.Stderr
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Run runs the script and gives its results: each line of its standard output
// is to be one JSON value, read into a T (fields that T does not have are
// ignored). When the script fails, runs out of time or prints anything else,
// the results read until then come with an [*Error]; its text holds the Python
// traceback.
func Run[T any](ctx context.Context, in Interpreter, s Script) ([]T, error) {
	var all []T
	err := Each(ctx, in, s, func(v T) error {
		all = append(all, v)
		return nil
	})
	return all, err
}

// One is [Run] for a script that prints a single line.
func One[T any](ctx context.Context, in Interpreter, s Script) (result T, err error) {
	all, err := Run[T](ctx, in, s)
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("read the result of %s: it printed %d JSON lines, and should print one", filepath.Base(s.Path), len(all))
	}
	if err != nil {
		return result, err
	}
	return all[0], nil
}

// Each is [Run] for results that are wanted as soon as they are printed: f is
// called with each in turn, and is to return soon. When f fails the script is
// ended and its error is in that of Each.
func Each[T any](ctx context.Context, in Interpreter, s Script, f func(T) error) error {
	if in.Path == "" {
		return errors.New("run a script: no interpreter given: take one of Find or Default")
	}
	name, err := s.name()
	if err != nil {
		return fmt.Errorf("run a script on %s: %w", in.Name(), err)
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	limited, cancel := context.WithTimeoutCause(ctx, timeout,
		fmt.Errorf("it ran longer than its %v: %w", timeout, context.DeadlineExceeded))
	defer cancel()
	ctx, stop := context.WithCancelCause(limited)
	defer stop(nil)

	lines := &decoder[T]{f: f, stop: stop}
	stderr, err := s.run(ctx, in, name, lines)
	switch {
	case lines.err != nil:
		err = lines.err // rather than that the script was ended for it
	case err == nil:
		err = lines.flush()
	}
	if err != nil {
		return &Error{Interpreter: in.Name(), Script: filepath.Base(name), Stderr: stderr, Err: err}
	}
	return nil
}

// name gives the absolute path of the script's file, or for one given as
// Source the name that its file is to have.
func (s Script) name() (string, error) {
	switch {
	case (s.Path == "") == (s.Source == ""):
		return "", errors.New("give either Path or Source")
	case s.Source != "":
		return "script.py", nil
	}
	path, err := filepath.Abs(os.ExpandEnv(s.Path))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w: run the cell that writes it first", err)
	}
	return path, nil
}

// run runs the script with its output going to stdout, and gives the end of
// its stderr.
func (s Script) run(ctx context.Context, in Interpreter, name string, stdout io.Writer) (string, error) {
	if s.Source != "" {
		dir, err := os.MkdirTemp("", "interleave-script-")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(dir)
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(s.Source), 0o600); err != nil {
			return "", err
		}
	}
	// Unbuffered, so that results arrive when they are printed.
	args := append([]string{"-u", "-X", "utf8", name}, s.Args...)
	cmd := exec.CommandContext(ctx, in.Path, args...)
	cmd.Dir = s.Dir
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
	cmd.Env = append(cmd.Env, s.Env...)
	cmd.Stdout = stdout
	var stderr tail
	cmd.Stderr = &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace

	err := cmd.Run()
	switch {
	case err == nil:
	case ctx.Err() != nil:
		err = ended(ctx, cmd.ProcessState)
	case errors.Is(err, exec.ErrWaitDelay):
		err = fmt.Errorf("it ended and left a child that still holds its output open: wait for its children in the script: %w", err)
	}
	return strings.TrimSpace(stderr.String()), err
}

// ended says why ctx ended the script, and how it took that.
func ended(ctx context.Context, state *os.ProcessState) error {
	err := context.Cause(ctx)
	if state == nil {
		return err // before it was started
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL {
		return fmt.Errorf("%w: killed, since it did not end within %v of SIGTERM", err, grace)
	}
	return fmt.Errorf("%w: ended by SIGTERM", err)
}
