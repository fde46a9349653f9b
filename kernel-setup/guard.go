package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"interleave/helpers/lang"
	"interleave/kernel-setup/guard"
	"interleave/notebooks/nb/view"
)

// runGuard is what the kernelspec starts in GoNB's place. It starts itself
// again as the inner of two guards, and that one starts GoNB.
func runGuard(args []string) error {
	set := flag.NewFlagSet("guard", flag.ContinueOnError)
	module := set.String("module", "", "the project's `folder`")
	temp := set.String("temp", "", "the kernel's temporary `folder`: this is the inner guard")
	if err := set.Parse(args); err != nil {
		return errReported
	}
	if set.NArg() != 1 || *module == "" {
		return errors.New("guard is for Jupyter to start: guard --module FOLDER CONNECTION-FILE")
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the guard's own program: %w", err)
	}
	l := lab{module: *module, dir: filepath.Dir(filepath.Dir(self))}

	var argv, env []string
	if *temp != "" {
		argv = []string{l.program("gonb"), "-go_work=" + l.module, "--kernel", set.Arg(0)}
		env = l.kernelEnv(*temp)
	} else {
		// What a killed kernel leaves in its temporary folder goes with the guard.
		if *temp, err = os.MkdirTemp("", "interleave-"); err != nil {
			return fileError("make the kernel's temporary folder", err)
		}
		argv = []string{self, "guard", "--module", l.module, "--temp", *temp, set.Arg(0)}
		env = os.Environ()
	}
	code, err := guard.Run(argv, env)
	_ = os.RemoveAll(*temp)
	if err != nil {
		return fmt.Errorf("run the kernel: %w", err)
	}
	os.Exit(code)
	return nil
}

// kernelEnv is the environment of GoNB and thereby of every cell.
func (l lab) kernelEnv(temp string) []string {
	return append(os.Environ(),
		lang.CatalogEnv+"="+view.Catalogs(l.source("notebooks")),
		"PATH="+l.path(),
		"GOFLAGS="+cellFlags(context.Background()),
		"TMPDIR="+temp,
		"INTERLEAVE_LAB="+l.dir,
	)
}
