package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"interleave/notebooks/nb/notebook"
)

// reformat is the command fmt: it lays out the Go cells of notebooks.
func reformat(_ context.Context, args []string) error {
	names, err := parse(flag.NewFlagSet("fmt", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	files, err := p.files(names)
	if err != nil {
		return err
	}
	var failed []error
	for _, f := range files {
		failed = append(failed, reformatFile(f))
	}
	return errors.Join(failed...)
}

func reformatFile(f file) error {
	old, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("reading notebook: %w", err)
	}
	nb, err := notebook.Parse(old)
	if err != nil {
		return fmt.Errorf("reading notebook %s: %w", f.path, err)
	}
	var failed []error
	for _, c := range nb.Cells {
		if c.Type != notebook.Code {
			continue
		}
		out, err := notebook.Format(c.Source)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: cell %s: not Go: %w; correct the code", f.path, c.ID, err))
			continue
		}
		c.Source = out
	}
	if text := nb.Marshal(); !bytes.Equal(text, old) {
		failed = append(failed, notebook.WriteFile(f.path, text))
	}
	return errors.Join(failed...)
}
