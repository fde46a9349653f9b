package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"interleave/notebooks/nb/notebook"
)

// run is the command run: it runs notebooks and saves their outputs.
func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	out := flags.String("o", "", "save to this `file`, or in this folder under the same name, not in place")
	timeout := flags.Duration("timeout", notebook.DefaultTimeout, "the longest that one cell may take")
	names, err := parse(flags, args)
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
	info, err := os.Stat(*out)
	intoFolder := err == nil && info.IsDir()
	if *out != "" && !intoFolder && len(files) > 1 {
		return fmt.Errorf("running %d notebooks into %s: it is not a folder; make it one, or name one notebook", len(files), *out)
	}
	var failed []error
	for _, f := range files {
		to := *out
		if intoFolder {
			to = filepath.Join(*out, filepath.Base(f.path))
		}
		if err := runFile(ctx, p.lab(), f, to, *timeout); err != nil {
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

func runFile(ctx context.Context, lab string, f file, out string, timeout time.Duration) error {
	show := newProgress(os.Stderr, f.path)
	err := notebook.Run(ctx, lab, f.path, out, notebook.RunOptions{Timeout: timeout, Progress: show.event})
	show.end(err == nil)
	if cell, ok := errors.AsType[*notebook.CellError](err); ok && cell.Shown != "" {
		fmt.Fprintf(os.Stderr, "%s: cell %s printed:\n%s\n", f.path, cell.Cell, strings.TrimSpace(cell.Shown))
	}
	return err
}

// progress shows how far a run has come: on a terminal in one line that changes
// in place, elsewhere in one line for each cell.
type progress struct {
	w        io.Writer
	terminal bool
	name     string
	begun    time.Time
	stop     chan struct{}
	stopped  sync.WaitGroup

	mu    sync.Mutex // guards what follows
	cell  notebook.Event
	since time.Time
}

func newProgress(w *os.File, name string) *progress {
	info, err := w.Stat()
	p := &progress{
		w:        w,
		terminal: err == nil && info.Mode()&os.ModeCharDevice != 0,
		name:     name,
		begun:    time.Now(),
		stop:     make(chan struct{}),
	}
	if p.terminal {
		p.stopped.Go(p.tick)
	}
	return p
}

// tick keeps the seconds on a terminal moving.
func (p *progress) tick() {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.mu.Lock()
			if p.cell.Cell == "" {
				fmt.Fprintf(p.w, "\r\x1b[K%s: starting the kernel", p.name)
			} else {
				fmt.Fprintf(p.w, "\r\x1b[K%s: %s", p.name, p.line())
			}
			p.mu.Unlock()
		}
	}
}

func (p *progress) event(e notebook.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cell = e; !e.Ended {
		p.since = time.Now()
	} else if !p.terminal {
		fmt.Fprintf(p.w, "%s: %s\n", p.name, p.line())
	}
}

// line tells the cell and how long it has taken.
func (p *progress) line() string {
	return fmt.Sprintf("%d/%d %s %.1f s", p.cell.Number, p.cell.Of, p.cell.Cell, time.Since(p.since).Seconds())
}

func (p *progress) end(ok bool) {
	close(p.stop)
	p.stopped.Wait()
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	if ok {
		fmt.Fprintf(p.w, "%s: ran %d cells in %.1f s\n", p.name, p.cell.Of, time.Since(p.begun).Seconds())
	}
}
