// Package python finds the CPython interpreters of this machine, runs a script
// on one of them, and reads its results: one JSON value on each line of its
// output.
package python

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// MinMinor is the oldest minor version of CPython 3 that the lab runs on.
const MinMinor = 8

// An Interpreter is one CPython, 3.8 or newer, found by [Find] or [Default].
type Interpreter struct {
	Path    string `json:"path"`    // absolute path of the executable
	Version string `json:"version"` // complete, such as "3.13.0" or "3.14.0rc1"
	Minor   int    `json:"minor"`   // 13 of 3.13.0
	Micro   int    `json:"micro"`   // 0 of 3.13.0
	Prefix  string `json:"prefix"`  // where it is installed, also if Path is in a virtual environment
	Virtual bool   `json:"virtual"` // Path is in a virtual environment

	// FreeThreaded says that this build can run without the GIL, GIL that
	// the GIL was on in a script without imports: free-threaded builds turn
	// it on if told to, or on importing what needs it.
	FreeThreaded bool `json:"freeThreaded"`
	GIL          bool `json:"gil"`

	Cores int `json:"cores"` // processors that the interpreter may use

	name string // set when the short name would stand for several
}

// Name gives a short name such as "CPython 3.13", or "CPython 3.13t" for the
// free-threaded build. Where several with the same short name were found it is
// "CPython 3.13.0", and where even those are the same the path follows.
func (in Interpreter) Name() string { return cmp.Or(in.name, in.shortName()) }

func (in Interpreter) shortName() string {
	return "CPython 3." + strconv.Itoa(in.Minor) + in.threadSuffix()
}

func (in Interpreter) longName() string { return "CPython " + in.Version + in.threadSuffix() }

func (in Interpreter) threadSuffix() string {
	if in.FreeThreaded {
		return "t"
	}
	return ""
}

// identity is the same for all ways to start one installation: symbolic links,
// shims, virtual environments.
func (in Interpreter) identity() [3]string {
	prefix := in.Prefix
	if real, err := filepath.EvalSymlinks(prefix); err == nil {
		prefix = real
	}
	return [3]string{prefix, in.Version, in.threadSuffix()}
}

// probe prints what this package wants to know of an interpreter as one line
// of JSON. It runs on Python 2 too, which then says that it is too old.
const probe = `
import sys
if sys.path and sys.path[0] == '':
    sys.path.pop(0)  # a json.py in the current directory is not ours
import json, os, platform, sysconfig
def cores():
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        import multiprocessing
        return multiprocessing.cpu_count()
prefix = getattr(sys, 'base_prefix', sys.prefix)
print(json.dumps({
    'implementation': platform.python_implementation(),
    'version': platform.python_version(),
    'major': sys.version_info[0],
    'minor': sys.version_info[1],
    'micro': sys.version_info[2],
    'path': sys.executable,
    'prefix': prefix,
    'virtual': sys.prefix != prefix,
    'freeThreaded': bool(sysconfig.get_config_var('Py_GIL_DISABLED')),
    'gil': getattr(sys, '_is_gil_enabled', lambda: True)(),
    'cores': cores(),
}))
`

// probeTimeout bounds one answer; a variable for the tests.
var probeTimeout = 5 * time.Second

// probeGrace is for what a shim left behind with its output open.
const probeGrace = time.Second

// errUnsuitable marks interpreters that work and are not for this lab.
var errUnsuitable = errors.New("the lab needs CPython 3." + strconv.Itoa(MinMinor) + " or newer")

// ask runs the probe on the executable at path.
func ask(ctx context.Context, path string) (Interpreter, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, probeTimeout,
		fmt.Errorf("no answer within %v: %w", probeTimeout, context.DeadlineExceeded))
	defer cancel()
	var stderr tail
	cmd := exec.CommandContext(ctx, path, "-c", probe)
	cmd.Stderr = &stderr
	cmd.WaitDelay = probeGrace
	out, err := cmd.Output()
	switch {
	case err != nil && ctx.Err() != nil:
		return Interpreter{}, context.Cause(ctx)
	case err != nil:
		return Interpreter{}, withStderr(err, &stderr)
	}
	// Start-up modules of the machine may print before the probe does.
	out = bytes.TrimSpace(out)
	out = out[bytes.LastIndexByte(out, '\n')+1:]
	var answer struct {
		Interpreter
		Implementation string
		Major          int
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return Interpreter{}, fmt.Errorf("it printed %s where Python prints JSON: %w", quote(out), err)
	}
	in := answer.Interpreter
	if answer.Implementation != "CPython" || answer.Major != 3 || in.Minor < MinMinor {
		return Interpreter{}, fmt.Errorf("it is %s %s: %w", answer.Implementation, in.Version, errUnsuitable)
	}
	if !executable(in.Path) {
		in.Path = path // an embedded Python may not know
	}
	return in, nil
}

// executable reports whether path is a file that can be run.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// withStderr adds to err what the process said on its way out.
func withStderr(err error, stderr *tail) error {
	if s := strings.TrimSpace(stderr.String()); s != "" {
		return fmt.Errorf("%w\n%s", err, s)
	}
	return err
}
