package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"interleave/helpers/python"
)

// A part is what CI may leave out where nothing that it depends on has changed.
type part struct {
	name   string
	inputs func(ctx context.Context) (digest string, err error) // nil: it is never left out
	run    func(ctx context.Context) error
}

// runParts runs the parts up to the first that fails. In CI, which has the variable CI
// set, a part is left out that has passed there with the same inputs.
func (r *testRun) runParts(ctx context.Context, parts []part) error {
	ci := os.Getenv("CI") != ""
	for _, p := range parts {
		digest := ""
		if p.inputs != nil && ci {
			var err error
			if digest, err = p.inputs(ctx); err != nil {
				return err
			}
			if readStamps()[p.name] == digest {
				fmt.Printf("\n%s: left out, since it passed on this machine with all that it depends on as it is now\n", p.name)
				r.leftOut = append(r.leftOut, p.name)
				continue
			}
		}
		if err := p.run(ctx); err != nil {
			return err
		}
		r.ran = append(r.ran, p.name)
		if digest == "" {
			continue
		}
		if err := writeStamp(p.name, digest); err != nil {
			return err
		}
	}
	return nil
}

// stampsPath is the file with the digests of what parts had passed with, by their names.
// It is outside of the project: CI has a new copy of that each time.
func stampsPath() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for caches: %w", err)
	}
	return filepath.Join(cache, "interleave", "tests.json"), nil
}

// readStamps returns nothing where there is no file, or none that can be read: all parts
// are run then.
func readStamps() map[string]string {
	var stamps map[string]string
	path, err := stampsPath()
	if err != nil {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &stamps) != nil {
		return nil
	}
	return stamps
}

func writeStamp(part, digest string) error {
	path, err := stampsPath()
	if err != nil {
		return err
	}
	stamps := readStamps()
	if stamps == nil {
		stamps = make(map[string]string)
	}
	stamps[part] = digest
	data, err := json.MarshalIndent(stamps, "", " ")
	if err != nil {
		return err
	}
	return writeFile(path, append(data, '\n'))
}

// inputs sums up what the lab's tests depend on: the project but for what only readers
// see, Go, the CPythons and the browser.
func (r *testRun) inputs(ctx context.Context) (string, error) {
	goVersion, err := checkGo(ctx)
	if err != nil {
		return "", err
	}
	machine := []string{runtime.GOOS, runtime.GOARCH, goVersion, browserVersion(ctx), firstLine(ctx, "openssl", "version")}
	pythons, err := python.Find(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		machine = append(machine, err.Error())
	}
	for _, p := range pythons {
		machine = append(machine, p.Path, p.Name())
	}
	return r.contents(strings.Join(machine, "\n"), func(string) bool { return true })
}

// imageInputs sums up what the image is made from, and the tests of it: Docker takes the
// whole project but for what .dockerignore names, and tests elsewhere change nothing in it.
func (r *testRun) imageInputs(ctx context.Context) (string, error) {
	goVersion, err := checkGo(ctx)
	if err != nil {
		return "", err
	}
	return r.contents(goVersion, func(path string) bool {
		return strings.HasPrefix(path, "kernel-setup/") || !strings.HasSuffix(path, "_test.go") && !strings.Contains(path, "/testdata/")
	})
}

// contents sums up also and the project's files that are wanted, by their paths within it.
// What begins with a dot, a reader's copies and the READMEs are left out.
func (r *testRun) contents(also string, wanted func(path string) bool) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, also)
	err := filepath.WalkDir(r.module, func(path string, d fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(r.module, path)
		if err := cmp.Or(err, relErr); err != nil || rel == "." {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.Name()[0] == '.' && rel != ".dockerignore", rel == "work", strings.HasPrefix(rel, "README"):
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && wanted(rel):
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(sum, "%s %x\n", rel, sha256.Sum256(data))
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("read the project's own files: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
