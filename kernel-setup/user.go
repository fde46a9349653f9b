package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// userData is the folder where a person's own Jupyter looks for kernels.
func userData() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find your home folder: %w", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}

// installForUser offers the kernel to the reader's own Jupyter and VS Code. A
// kernel of the same name that is not this lab's stays as it is.
func (l lab) installForUser(ctx context.Context) error {
	data, err := userData()
	if err != nil {
		return err
	}
	folder := filepath.Join(data, "kernels", "gonb")
	ours, err := l.owns(folder)
	if err != nil {
		return err
	}
	if !ours {
		return fmt.Errorf("offer the kernel to your own Jupyter: there is another gonb kernel in %s, and it was left as it is\n  mend: remove that one first (jupyter kernelspec remove gonb) if you do not need it", folder)
	}
	if err := l.writeKernel(ctx, data); err != nil {
		return err
	}
	if err := copyFile(filepath.Join(data, "labextensions", "interleave", "echarts.min.js"), l.servedECharts()); err != nil {
		return err
	}
	if err := l.writePage(data); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "Your own Jupyter and VS Code now offer the kernel Go (gonb), from %s\n", folder)
	return nil
}

// owns says whether a kernel folder is free or holds this lab's kernel.
func (l lab) owns(folder string) (bool, error) {
	data, err := os.ReadFile(filepath.Join(folder, "kernel.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at the kernel in %s: %w", folder, err)
	}
	var spec struct {
		Argv []string `json:"argv"`
	}
	return json.Unmarshal(data, &spec) == nil && len(spec.Argv) > 0 && spec.Argv[0] == l.program("kernel-setup"), nil
}

// runUninstall removes what the lab installed, the reader's notebooks never.
func runUninstall(ctx context.Context, args []string) error {
	set, prefix := flags("uninstall", "[--prefix FOLDER]")
	if err := parse(set, args); err != nil {
		return err
	}
	l, err := findLab(*prefix)
	if err != nil {
		return err
	}
	_, err = os.Stat(l.dir)
	there := !errors.Is(err, fs.ErrNotExist)
	if there {
		// A wrong --prefix must not cost anyone a folder.
		if other, err := l.foreign(); err != nil {
			return err
		} else if other != "" {
			return fmt.Errorf("remove %s: it holds %s, which no lab has; give the lab's own folder with --prefix, or remove it by hand", l.dir, other)
		}
	}
	if l.exists() {
		_, unlock, err := l.lock(ctx)
		if err != nil {
			return err
		}
		defer unlock()
	}
	if data, err := userData(); err == nil {
		folder := filepath.Join(data, "kernels", "gonb")
		if _, err := os.Stat(folder); err == nil {
			if ours, err := l.owns(folder); err == nil && ours {
				if err := errors.Join(os.RemoveAll(folder), os.RemoveAll(filepath.Join(data, "labextensions", "interleave")),
					os.RemoveAll(pageFolder(data))); err != nil {
					return fileError("remove the kernel from your own Jupyter", err)
				}
				fmt.Fprintf(os.Stderr, "removed %s\n", folder)
			}
		}
	}
	if !there {
		fmt.Fprintf(os.Stderr, "there is no lab in %s\n", l.dir)
		return nil
	}
	if err := os.RemoveAll(l.dir); err != nil {
		return fileError("remove the lab's folder", err)
	}
	fmt.Fprintf(os.Stderr, "removed %s; your notebooks are untouched\n", l.dir)
	return nil
}
