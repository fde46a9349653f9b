package measure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"interleave/helpers/lang"
)

// A Figure is one measured result of a notebook's step.
type Figure struct {
	Step    string    `json:"step"`              // the step's id, such as "54-04"
	Name    lang.Text `json:"name"`              // what was measured
	Variant string    `json:"variant,omitempty"` // of what, such as "CPython 3.13"; may be empty
	Summary Summary   `json:"summary"`
}

// A figureKey is what makes two figures the same one, measured twice.
type figureKey struct {
	step    string
	name    lang.Text
	variant string
}

func (f Figure) key() figureKey { return figureKey{f.Step, f.Name, f.Variant} }

// figuresFile is where the figures of one kernel are, one JSON value a line.
const figuresFile = "interleave-figures.jsonl"

// ownFigures holds the figures kept while there is no kernel to keep them for.
var ownFigures struct {
	sync.Mutex
	lines []byte
}

// Keep stores figures for later cells of the same kernel, in a file in its
// temporary directory (GONB_TMP_DIR); outside a kernel, for this process. A
// figure with the same step, name and variant replaces the earlier one. It may
// be called from several goroutines and processes at once.
func Keep(figures ...Figure) error {
	for _, f := range figures {
		line, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("keep figure %q of step %s: %w", f.Name, f.Step, err)
		}
		// The newline before it parts it from a line that a killed
		// process left unfinished.
		if err := appendFigure(slices.Concat([]byte("\n"), line, []byte("\n"))); err != nil {
			return fmt.Errorf("keep figure %q of step %s: %w", f.Name, f.Step, err)
		}
	}
	return nil
}

func appendFigure(line []byte) error {
	path := figuresPath()
	if path == "" {
		ownFigures.Lock()
		defer ownFigures.Unlock()
		ownFigures.lines = append(ownFigures.lines, line...)
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	// One write of an append-only file: lines of several writers never mix.
	_, err = f.Write(line)
	return errors.Join(err, f.Close())
}

// Kept gives the figures kept so far, sorted by step and within a step in the
// order in which they were first kept. A line that cannot be read is skipped
// with a warning in the log.
func Kept() ([]Figure, error) {
	lines, err := figureLines()
	if err != nil {
		return nil, fmt.Errorf("read the figures kept by earlier cells: %w", err)
	}
	var figures []Figure
	at := make(map[figureKey]int)
	n := 0
	for line := range bytes.Lines(lines) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		var f Figure
		err := json.Unmarshal(line, &f)
		if err == nil && f.Step == "" {
			err = errors.New("no step")
		}
		if err != nil {
			slog.Warn("skipped a damaged figure: run its cell again", "file", figuresPath(), "line", n, "error", err)
			continue
		}
		if i, ok := at[f.key()]; ok {
			figures[i] = f
			continue
		}
		at[f.key()] = len(figures)
		figures = append(figures, f)
	}
	slices.SortStableFunc(figures, func(a, b Figure) int { return strings.Compare(a.Step, b.Step) })
	return figures, nil
}

func figureLines() ([]byte, error) {
	path := figuresPath()
	if path == "" {
		ownFigures.Lock()
		defer ownFigures.Unlock()
		return slices.Clone(ownFigures.lines), nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // nothing kept yet
	}
	return b, err
}

func figuresPath() string {
	dir := os.Getenv(protocol.GONB_TMP_DIR_ENV)
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, figuresFile)
}
