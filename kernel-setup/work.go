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
)

// shippedRecord, in the reader's folder, holds the digest of each notebook as it
// was last copied there: a notebook that still has it is unchanged.
const shippedRecord = ".interleave.json"

// fillWork copies the notebooks that the reader's folder lacks, and the solutions
// to their exercises, and renews those that are as they were copied. What the reader changed is theirs. It gives the
// name of the notebook to open first.
func (l lab) fillWork(ctx context.Context, work string) (first string, err error) {
	shipped, err := filepath.Glob(l.source("notebooks", "*.ipynb"))
	if err != nil || len(shipped) == 0 {
		return "", fmt.Errorf("copy the notebooks: there are none in %s; restore them, for example with git checkout notebooks", l.source("notebooks"))
	}
	first = filepath.Base(shipped[0])
	solutions, err := filepath.Glob(l.source("notebooks", "solutions", "*.ipynb"))
	if err != nil {
		return "", fmt.Errorf("copy the solutions: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(work, "solutions"), 0o755); err != nil {
		return "", fileError("make the folder for your copies of the notebooks", err)
	}
	var copied map[string]string
	data, err := os.ReadFile(filepath.Join(work, shippedRecord))
	if err != nil || json.Unmarshal(data, &copied) != nil || copied == nil {
		copied = make(map[string]string) // damaged: what differs from the shipped one counts as changed
	}
	_, err = os.Stat(filepath.Join(l.jupyterHome(), "data", "nbsignatures.db"))
	forgotten := err != nil // the lab was removed and installed again
	var fresh []string
	for _, from := range append(shipped, solutions...) {
		name, err := filepath.Rel(l.source("notebooks"), from)
		if err != nil {
			return "", fmt.Errorf("copy the notebooks: %w", err)
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return "", fmt.Errorf("copy the notebooks: %w", err)
		}
		was, is := copied[name], digestOf(data)
		mine, err := os.ReadFile(filepath.Join(work, name))
		switch {
		case err == nil && digestOf(mine) == is:
			if was != is || forgotten {
				copied[name] = is
				fresh = append(fresh, filepath.Join(work, name))
			}
			continue
		case err == nil && digestOf(mine) != was:
			if was != is {
				fmt.Fprintf(os.Stderr, "%s: there is a new version; yours has changes and was kept. To get the new one, rename yours and start again.\n", name)
			}
			continue
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("look at your copy of %s: %w", name, err)
		}
		if err := writeFile(filepath.Join(work, name), data); err != nil {
			return "", err
		}
		copied[name] = is
		fresh = append(fresh, filepath.Join(work, name))
	}
	if len(fresh) > 0 {
		// They are the project's own, so their saved charts may be live at once.
		trust := task{argv: append([]string{l.venv("bin", "jupyter"), "trust"}, fresh...), env: l.jupyterEnv()}
		if err := trust.run(ctx); err != nil {
			return "", err
		}
		data, err := json.MarshalIndent(copied, "", " ")
		if err != nil {
			return "", err
		}
		if err := writeFile(filepath.Join(work, shippedRecord), append(data, '\n')); err != nil {
			return "", err
		}
	}
	return first, nil
}

// digestOf sums up what a notebook says, its cells but for their outputs: neither
// to look at it nor to run it changes it.
func digestOf(data []byte) string {
	var nb struct{ Cells []map[string]any }
	if json.Unmarshal(data, &nb) == nil && nb.Cells != nil {
		for _, c := range nb.Cells {
			for _, key := range []string{"outputs", "execution_count", "metadata"} {
				delete(c, key)
			}
		}
		if same, err := json.Marshal(nb.Cells); err == nil {
			data = same
		}
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
