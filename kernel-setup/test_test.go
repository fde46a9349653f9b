package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestChooseWhatToTest(t *testing.T) {
	for _, tt := range []struct {
		name     string
		run      testRun
		args     string
		pattern  string // for go test -run
		packages string
		err      string
	}{
		{"nothing chosen", testRun{ring: 3, repeat: 1}, "", "", "./...", ""},
		{"a package", testRun{ring: 1, repeat: 1}, "./helpers/lock", "", "./helpers/lock", ""},
		{"a fault", testRun{ring: 3, repeat: 1, run: "TestFaults/GoNB"}, "./kernel-setup", "TestFaults/GoNB", "./kernel-setup", ""},
		{"notebooks", testRun{ring: 2, repeat: 1}, "53 54", "^Test(Notebooks|Solutions)$/^(53|54)$", "./notebooks/nb", ""},
		{"no such ring", testRun{ring: 4, repeat: 1}, "", "", "", "there is no ring 4; choose 1, 2 or 3"},
		{"never", testRun{ring: 1}, "", "", "", "run the tests 0 times"},
		{"a notebook without a lab", testRun{ring: 1, repeat: 1}, "54", "", "", "leave out --run, --ring 1 and packages"},
		{"a notebook and a package", testRun{ring: 2, repeat: 1}, "54 ./helpers/lock", "", "", "leave out --run, --ring 1 and packages"},
		{"no regular expression", testRun{ring: 1, repeat: 1, run: "("}, "", "", "", "choose tests by --run \"(\": "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.run.choose(strings.Fields(tt.args))
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("the error is %v, want %q in it", err, tt.err)
				}
				return
			}
			if got := strings.Join(tt.run.packages, " "); err != nil || tt.run.run != tt.pattern || got != tt.packages {
				t.Errorf("it runs %q in %q, %v; want %q in %q", tt.run.run, got, err, tt.pattern, tt.packages)
			}
		})
	}
}

// TestCILeavesOutWhatPassedUnchanged runs two parts again and again, as CI does and as a
// person does.
func TestCILeavesOutWhatPassedUnchanged(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache) // Linux
	t.Setenv("HOME", cache)           // elsewhere
	digest, failure := "one", error(nil)
	run := func(ci string) (ran, leftOut string, err error) {
		t.Setenv("CI", ci)
		var r testRun
		quick := part{name: "quick", run: func(context.Context) error { return nil }}
		slow := part{name: "slow", inputs: func(context.Context) (string, error) { return digest, nil },
			run: func(context.Context) error { return failure }}
		err = r.runParts(t.Context(), []part{quick, slow})
		return strings.Join(r.ran, ","), strings.Join(r.leftOut, ","), err
	}
	broken := errors.New("broken")
	for _, tt := range []struct {
		name, ci, digest string
		failure          error
		ran, leftOut     string
	}{
		{"a person's run leaves no stamp", "", "one", nil, "quick,slow", ""},
		{"the first run in CI", "true", "one", nil, "quick,slow", ""},
		{"nothing has changed", "true", "one", broken, "quick", "slow"},
		{"a person's run leaves out nothing", "", "one", nil, "quick,slow", ""},
		{"something has changed, and fails", "true", "two", broken, "quick", ""},
		{"it has not passed since", "true", "two", nil, "quick,slow", ""},
		{"now it has", "true", "two", broken, "quick", "slow"},
		{"back to what has passed before", "true", "one", nil, "quick,slow", ""},
	} {
		digest, failure = tt.digest, tt.failure
		ran, leftOut, err := run(tt.ci)
		if ran != tt.ran || leftOut != tt.leftOut || (err != nil) != (tt.failure != nil && tt.leftOut == "") {
			t.Errorf("%s: ran %q, left out %q, %v; want %q and %q", tt.name, ran, leftOut, err, tt.ran, tt.leftOut)
		}
	}
	path, err := stampsPath()
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, "{")
	digest, failure = "one", nil
	if ran, _, err := run("true"); ran != "quick,slow" || err != nil {
		t.Errorf("with damaged stamps it ran %q, %v; want both", ran, err)
	}
}

// TestWhatTheImageIsMadeFrom changes files of a project.
func TestWhatTheImageIsMadeFrom(t *testing.T) {
	r := testRun{lab: lab{module: t.TempDir()}}
	for _, name := range []string{"Dockerfile", ".dockerignore", "README.md", "helpers/a.go", "helpers/a_test.go",
		"helpers/testdata/a.json", "kernel-setup/image_test.go", "notebooks/54-lock.ipynb", ".git/HEAD", ".lab/bin/gonb", "work/54-lock.ipynb"} {
		write(t, filepath.Join(r.module, name), "one")
	}
	digest := func(of func(context.Context) (string, error)) string {
		t.Helper()
		d, err := of(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	imageToo := []string{"Dockerfile", ".dockerignore", "helpers/a.go", "kernel-setup/image_test.go", "notebooks/54-lock.ipynb", "helpers/new.go"}
	labOnly := []string{"helpers/a_test.go", "helpers/testdata/a.json"}
	neither := []string{"README.md", ".git/HEAD", ".lab/bin/gonb", "work/54-lock.ipynb"}
	image, lab := digest(r.imageInputs), digest(r.inputs)
	for _, name := range slices.Concat(imageToo, labOnly, neither) {
		write(t, filepath.Join(r.module, name), "two")
		imageNow, labNow := digest(r.imageInputs), digest(r.inputs)
		if got, want := imageNow != image, slices.Contains(imageToo, name); got != want {
			t.Errorf("%s: the image changes: %v, want %v", name, got, want)
		}
		if got, want := labNow != lab, !slices.Contains(neither, name); got != want {
			t.Errorf("%s: what the lab's tests depend on changes: %v, want %v", name, got, want)
		}
		image, lab = imageNow, labNow
	}
	if err := os.Rename(filepath.Join(r.module, "helpers", "a.go"), filepath.Join(r.module, "helpers", "b.go")); err != nil {
		t.Fatal(err)
	}
	if digest(r.imageInputs) == image {
		t.Error("a file of another name changes nothing")
	}
}
