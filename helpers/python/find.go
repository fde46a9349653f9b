package python

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// ListEnv names the environment variable with interpreters to use beside those
// found: paths, or names on the PATH, divided as the PATH is.
const ListEnv = "INTERLEAVE_PYTHONS"

// Default gives the interpreter that python3 on the PATH stands for, which is
// also what a notebook's %%script python3 runs.
func Default(ctx context.Context) (Interpreter, error) {
	const mend = "install CPython 3.8 or newer (Debian, Ubuntu: apt-get install python3) and put it on the PATH"
	path, err := exec.LookPath("python3")
	if err != nil {
		return Interpreter{}, fmt.Errorf("find python3: %w: %s", err, mend)
	}
	in, err := ask(ctx, path)
	if err != nil {
		return Interpreter{}, fmt.Errorf("python3 on the PATH (%s): %w: %s", path, err, mend)
	}
	// The same interpreter has one name, whoever found it; the name alone
	// is no reason to fail.
	if all, err := Find(ctx); err == nil {
		for _, other := range all {
			if other.identity() == in.identity() {
				in.name = other.name
			}
		}
	}
	return in, nil
}

// Find gives every CPython 3.8 and newer of this machine, sorted by version:
// those that INTERLEAVE_PYTHONS lists, those on the PATH, and those that pyenv
// and uv installed. Ways to start one installation, such as symbolic links,
// shims and virtual environments, are one entry: a listed one if there is any,
// else one outside virtual environments, else the shortest path. What does not
// run, or is another or an older Python, is left out; if it is listed, an error
// that names it comes with the others.
//
// The result is kept for the later cells of the same kernel (in GONB_TMP_DIR)
// as long as the places to search stay the same and what was found still
// exists, so that an interpreter installed meanwhile shows after a restart of
// the kernel.
func Find(ctx context.Context) ([]Interpreter, error) {
	p := placesNow()
	if found := p.recall(); found != nil {
		return found, nil
	}
	found, err := p.search(ctx)
	label(found)
	if err == nil {
		p.remember(found)
	}
	return found, err
}

// A candidate is a path that may be an interpreter.
type candidate struct {
	path   string
	listed bool // in INTERLEAVE_PYTHONS
}

func (p places) search(ctx context.Context) ([]Interpreter, error) {
	candidates, problems := p.candidates()
	type answer struct {
		in  Interpreter
		err error
	}
	answers := make([]answer, len(candidates))
	var g errgroup.Group
	g.SetLimit(max(4, runtime.NumCPU()))
	for i, c := range candidates {
		g.Go(func() error {
			in, err := ask(ctx, c.path)
			answers[i] = answer{in, err}
			return nil
		})
	}
	g.Wait()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("look for CPythons: %w", context.Cause(ctx))
	}

	best := make(map[[3]string]candidate)
	found := make(map[[3]string]Interpreter)
	for i, c := range candidates {
		in, err := answers[i].in, answers[i].err
		if err != nil {
			if c.listed {
				problems = append(problems, fmt.Errorf("%s lists %s: %w", ListEnv, c.path, err))
			}
			continue
		}
		id := in.identity()
		if have, ok := found[id]; !ok || prefer(c, in, best[id], have) {
			best[id], found[id] = c, in
		}
	}
	var problem error
	if len(problems) > 0 {
		problem = fmt.Errorf("%w\nmend or unset %s", errors.Join(problems...), ListEnv)
	}
	if len(found) == 0 && problem == nil {
		return nil, fmt.Errorf("found no CPython 3.%d or newer on the PATH, under %s or under %s: install one, or list it in %s",
			MinMinor, p.Pyenv, p.UV, ListEnv)
	}
	list := make([]Interpreter, 0, len(found))
	for _, in := range found {
		list = append(list, in)
	}
	slices.SortFunc(list, func(a, b Interpreter) int {
		return cmp.Or(
			cmp.Compare(a.Minor, b.Minor),
			cmp.Compare(a.Micro, b.Micro),
			cmp.Compare(a.Version, b.Version),
			cmp.Compare(a.threadSuffix(), b.threadSuffix()),
			cmp.Compare(a.Path, b.Path),
		)
	})
	return list, problem
}

// prefer reports whether a stands for an installation rather than b, which was
// found earlier.
func prefer(ca candidate, a Interpreter, cb candidate, b Interpreter) bool {
	if ca.listed != cb.listed {
		return ca.listed
	}
	if ca.listed {
		return false // the reader's own order
	}
	if a.Virtual != b.Virtual {
		return b.Virtual
	}
	return cmp.Or(cmp.Compare(len(a.Path), len(b.Path)), cmp.Compare(a.Path, b.Path)) < 0
}

// label gives those a longer name whose short name stands for several.
func label(list []Interpreter) {
	short, long := make(map[string]int), make(map[string]int)
	for _, in := range list {
		short[in.shortName()]++
		long[in.longName()]++
	}
	for i, in := range list {
		switch {
		case long[in.longName()] > 1:
			list[i].name = in.longName() + " (" + in.Path + ")"
		case short[in.shortName()] > 1:
			list[i].name = in.longName()
		}
	}
}

// pythonName is what interpreters are called: python, python3, python3.13,
// python3.13t.
var pythonName = regexp.MustCompile(`^python(3(\.\d+t?)?)?$`)

// candidates gives what to ask, listed ones first, and what is wrong with the
// list.
func (p places) candidates() (list []candidate, problems []error) {
	for _, name := range filepath.SplitList(p.Listed) {
		if name == "" {
			continue
		}
		path, err := exec.LookPath(name)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s lists %s: %w", ListEnv, name, err))
			continue
		}
		list = append(list, candidate{path, true})
	}

	var dirs []string
	for _, dir := range filepath.SplitList(p.Path) {
		// A relative entry is left out, as os/exec does. So are pyenv's
		// shims: slow to ask, and what they stand for is in its
		// versions.
		if filepath.IsAbs(dir) && filepath.Clean(dir) != filepath.Join(p.Pyenv, "shims") {
			dirs = append(dirs, dir)
		}
	}
	for _, pattern := range []string{
		filepath.Join(p.Pyenv, "versions", "*", "bin"),
		filepath.Join(p.UV, "*", "bin"),
	} {
		more, _ := filepath.Glob(pattern) // a malformed pattern matches nothing
		dirs = append(dirs, more...)
	}
	// Links beside their target start the same thing. Elsewhere they may
	// not: a virtual environment's python links to its base.
	type place struct{ dir, target string }
	seen := make(map[place]bool)
	for _, dir := range dirs {
		real, err := filepath.EvalSymlinks(dir)
		if err != nil {
			continue
		}
		entries, _ := os.ReadDir(dir) // unreadable: nothing to run either
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			if !pythonName.MatchString(e.Name()) || !executable(path) {
				continue
			}
			target, err := filepath.EvalSymlinks(path)
			if err != nil || seen[place{real, target}] {
				continue
			}
			seen[place{real, target}] = true
			list = append(list, candidate{path, false})
		}
	}
	return list, problems
}
