package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
)

// A step is one part of the installation. It is done when the lab's record says
// so for the same inputs and the files that it made are still as they were.
type step struct {
	name   string
	inputs []string // files of the project, or folders, that it is made from
	also   string   // what else it depends on, such as Go's version
	files  []string // what it makes; absolute
	quiet  bool     // it takes no time, and nothing is said of it
	run    func(ctx context.Context, p *progress) error
}

// record is what the lab remembers of its finished steps, in state.json.
type record map[string]finished

type finished struct {
	Inputs string           `json:"inputs"` // digest
	Sizes  map[string]int64 `json:"sizes"`  // bytes, by the file's absolute path
}

func runInstall(ctx context.Context, args []string) error {
	set, prefix := flags("install", "[--user] [--prefix FOLDER]")
	user := set.Bool("user", false, "also offer the kernel to your own Jupyter and VS Code")
	if err := parse(set, args); err != nil {
		return err
	}
	l, err := findLab(*prefix)
	if err != nil {
		return err
	}
	if err := l.install(ctx); err != nil {
		return err
	}
	if *user {
		return l.installForUser(ctx)
	}
	fmt.Fprintf(os.Stderr, "The lab is installed in %s; start it with: go run ./kernel-setup lab\n", l.dir)
	return nil
}

// install brings the lab up to date. Only one process at a time installs; a
// step that was interrupted is done again from its start.
func (l lab) install(ctx context.Context) error {
	goVersion, err := checkGo(ctx)
	if err != nil {
		return err
	}
	// A whole lab needs no lock: it may be where nobody can write, as in an image.
	if whole, err := l.whole(ctx, goVersion); whole || err != nil {
		return err
	}
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return fileError("make the lab's folder", err)
	}
	// What a lab replaces, such as venv, must not be anyone else's.
	if other, err := l.foreign(); err != nil {
		return err
	} else if other != "" && !l.exists() {
		return fmt.Errorf("install the lab in %s: it is no lab and holds %s\n  mend: give a new or an empty folder with --prefix", l.dir, other)
	}
	ctx, unlock, err := l.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	done := l.readRecord()
	if len(done) == 0 {
		// What is lacking is better said before Go's tools are compiled.
		if _, err := hostPython(ctx); err != nil {
			return err
		}
		systemPackages(ctx)
	}
	for _, s := range l.steps(ctx, goVersion) {
		inputs, err := l.digest(s)
		if err != nil {
			return err
		}
		if done[s.name].holds(inputs) {
			continue
		}
		if err := l.enoughSpace(); err != nil {
			return err
		}
		delete(done, s.name)
		if err := l.writeRecord(done); err != nil {
			return err
		}
		if s.quiet {
			err = s.run(ctx, nil)
		} else {
			p := startProgress(s.name)
			err = s.run(ctx, p)
			p.end(err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		sizes, err := sizesOf(s.files)
		if err != nil {
			return fmt.Errorf("%s: it reported success, yet: %w", s.name, err)
		}
		done[s.name] = finished{Inputs: inputs, Sizes: sizes}
		if err := l.writeRecord(done); err != nil {
			return err
		}
	}
	return nil
}

// whole tells whether all steps are done.
func (l lab) whole(ctx context.Context, goVersion string) (bool, error) {
	done := l.readRecord()
	if len(done) == 0 {
		return false, nil
	}
	for _, s := range l.steps(ctx, goVersion) {
		inputs, err := l.digest(s)
		if err != nil {
			return false, err
		}
		if !done[s.name].holds(inputs) {
			return false, nil
		}
	}
	return true, nil
}

// lockKey finds the lab's lock in a context.
type lockKey struct{}

// lock keeps two installations of one lab apart; the second one waits. Tasks
// that are run with the context hold the lock too: what goes on after this
// process was killed is waited for, so that it cannot write into the next
// installation.
func (l lab) lock(ctx context.Context) (locked context.Context, unlock func(), err error) {
	path := l.lockPath()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, nil, fileError("open the lab's lock", err)
	}
	fd := int(file.Fd())
	if err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		fmt.Fprintf(os.Stderr, "another process is installing the lab in %s: waiting for it …\n", l.dir)
		got := make(chan error, 1)
		go func() { got <- syscall.Flock(fd, syscall.LOCK_EX) }()
		select {
		case err := <-got:
			if err != nil {
				return nil, nil, fmt.Errorf("wait for the lock %s: %w", path, err)
			}
		case <-ctx.Done():
			go func() { <-got; _ = file.Close() }()
			return nil, nil, ctx.Err()
		}
	}
	unlock = func() {
		_ = syscall.Flock(fd, syscall.LOCK_UN) // for whoever else may have it open still
		_ = file.Close()
	}
	return context.WithValue(ctx, lockKey{}, file), unlock, nil
}

func (l lab) recordPath() string { return filepath.Join(l.dir, "state.json") }

// readRecord gives an empty record where there is none or it is damaged: every
// step is then done again.
func (l lab) readRecord() record {
	var done record
	data, err := os.ReadFile(l.recordPath())
	if err != nil || json.Unmarshal(data, &done) != nil || done == nil {
		return make(record)
	}
	return done
}

func (l lab) writeRecord(done record) error {
	data, err := json.MarshalIndent(done, "", " ")
	if err != nil {
		return err
	}
	return writeFile(l.recordPath(), append(data, '\n'))
}

// holds says whether a step was finished from these inputs and nothing that it
// made is missing or damaged since.
func (f finished) holds(inputs string) bool {
	return f.Inputs == inputs && f.damaged() == ""
}

// damaged is a file or folder that is no longer as the step left it, if there is
// one. A folder may have more in it: what a reader adds is no damage.
func (f finished) damaged() string {
	for path, size := range f.Sizes {
		info, err := os.Stat(path)
		if err != nil {
			return path
		}
		if now := weight(path, info); now < size || now > size && !info.IsDir() {
			return path
		}
	}
	return ""
}

func sizesOf(files []string) (map[string]int64, error) {
	sizes := make(map[string]int64, len(files))
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		sizes[path] = weight(path, info)
	}
	return sizes, nil
}

// weight is a file's size in bytes, or how many files a folder has at any depth,
// hidden and compiled ones apart.
func weight(path string, info fs.FileInfo) int64 {
	if !info.IsDir() {
		return info.Size()
	}
	var n int64
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		switch {
		case err != nil: // it cannot be read, and so counts for nothing
		case d.IsDir() && d.Name() == "__pycache__":
			return fs.SkipDir
		case !d.IsDir() && d.Name()[0] != '.':
			n++
		}
		return nil
	})
	return n
}

// digest sums up all that a step is made from.
func (l lab) digest(s step) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n", s.also, l.module, l.dir)
	for _, input := range s.inputs {
		var paths []string
		err := filepath.WalkDir(l.source(input), func(path string, d fs.DirEntry, err error) error {
			// Programs embed other files than Go's, so every file counts but a test's.
			if err == nil && d.IsDir() && d.Name() == "testdata" {
				return fs.SkipDir
			}
			if err == nil && d.Type().IsRegular() && d.Name()[0] != '.' && !strings.HasSuffix(path, "_test.go") {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			return "", fmt.Errorf("read the project's own %s: %w; restore it, for example with git checkout", input, err)
		}
		sort.Strings(paths)
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				return "", fmt.Errorf("read the project's own files: %w", err)
			}
			fmt.Fprintf(sum, "%s %x\n", path, sha256.Sum256(data))
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fileError("make a folder", err)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fileError("write "+path, err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(data)
	if err := errors.Join(err, temp.Chmod(0o644), temp.Close()); err != nil {
		return fileError("write "+path, err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return fileError("write "+path, err)
	}
	return nil
}
