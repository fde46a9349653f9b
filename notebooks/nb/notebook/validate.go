package notebook

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

//go:embed validate.py
var validator string

// Validate holds notebooks against the official schema, which comes with the
// lab's Jupyter, and gives what it finds for each file. The files must be
// notebooks that Parse can read.
func Validate(ctx context.Context, lab string, files []string) (map[string][]string, error) {
	python, err := Python(lab)
	if err != nil {
		return nil, err
	}
	var stderr tail
	cmd := exec.CommandContext(ctx, python, append([]string{"-I", "-X", "utf8", "-c", validator}, files...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("validating notebooks with nbformat: %w: %s", err, stderr.lastLine())
	}
	faults := map[string][]string{}
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var f struct{ File, Fault string }
		if err := dec.Decode(&f); errors.Is(err, io.EOF) {
			return faults, nil
		} else if err != nil {
			return nil, fmt.Errorf("validating notebooks with nbformat: reading what it says: %w", err)
		}
		faults[f.File] = append(faults[f.File], f.Fault)
	}
}
