package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"interleave/notebooks/nb/work"
)

// runContainer readies a container whose reader may write to their home and to the
// temporary folder only, and goes on as the command that it is given. The lab's caches
// are seen in the temporary folder through links: what is new is written beside them.
func runContainer(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("container is for the image to start: container COMMAND [ARGUMENTS]")
	}
	l, err := findLab("")
	if err != nil {
		return err
	}
	for _, name := range []string{"GOCACHE", "GOPLSCACHE"} {
		if to := os.Getenv(name); to != "" {
			if err := link(to, filepath.Join(l.dir, "caches", name)); err != nil {
				return fmt.Errorf("ready the cache %s: %w", name, err)
			}
		}
	}
	program, err := exec.LookPath(args[0])
	if err != nil {
		return fmt.Errorf("start %s: %w", args[0], err)
	}
	env := os.Environ()
	if filepath.Base(program) != "kernel-setup" {
		// Others start Jupyter themselves, as Binder does: the lab is ready for them too.
		if _, err := l.fillWork(ctx, work.Default(l.module)); err != nil {
			return err
		}
		env = append(env, l.jupyterEnv()...)
	}
	return syscall.Exec(program, args, env)
}

// link makes a folder like another, with links to its files. Those that are there
// already stay.
func link(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if err := os.Symlink(path, filepath.Join(to, rel)); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	})
}
