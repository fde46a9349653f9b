package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"interleave/notebooks/nb/work"
)

// fillWork fills the reader's folder with copies of the notebooks, and has Jupyter trust
// those that are as the project made them. It gives the name of the notebook to open first.
func (l lab) fillWork(ctx context.Context, dir string) (first string, err error) {
	const what = "copy the notebooks"
	_, err = os.Stat(filepath.Join(l.jupyterHome(), "data", "nbsignatures.db"))
	forgotten := err != nil // the lab was removed and installed again
	filled, err := work.Folder{Path: dir, Notebooks: l.source("notebooks")}.Fill(forgotten)
	if err != nil {
		return "", fileError(what, err)
	}
	for _, name := range filled.Kept {
		fmt.Fprintf(os.Stderr, "%s: there is a new version; yours has changes and was kept. To get the new one, with the cells that you added and a backup of yours, run: go run ./notebooks/nb reset %.2s\n", name, filepath.Base(name))
	}
	if len(filled.Fresh) > 0 {
		// They are the project's own, so their saved charts may be live at once.
		trust := task{argv: append([]string{l.venv("bin", "jupyter"), "trust"}, filled.Fresh...), env: l.jupyterEnv()}
		if err := trust.run(ctx); err != nil {
			return "", err
		}
	}
	if err := filled.Save(); err != nil {
		return "", fileError(what, err)
	}
	return filled.First, nil
}
