package subprocess

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// A Pipeline is children that run at the same time, the output of each being the
// input of the next, as a | b | c is in a shell. What flows between them goes
// through pipes of the operating system and never through this process. The
// first one's input and the last one's output are the caller's to set.
type Pipeline []Child

// Start starts all children and closes this process's ends of the pipes between
// them: a child reads to the end once the one before it has ended, and one that
// writes to a child that has ended gets SIGPIPE. When a child does not start, those
// before it are killed and waited for.
func (p Pipeline) Start() (err error) {
	var input *os.File // the next child's
	defer func() {
		if input != nil {
			input.Close()
		}
	}()
	for i, c := range p {
		cmd, err := command(c)
		if err != nil {
			return p.abandon(i, err)
		}
		if input != nil {
			cmd.Stdin = input
		}
		var read, write *os.File
		if i < len(p)-1 {
			if read, write, err = os.Pipe(); err != nil {
				return p.abandon(i, err)
			}
			cmd.Stdout = write
		}
		err = c.Start()
		// The child has ends of its own by now.
		for _, end := range []*os.File{input, write} {
			if end != nil {
				end.Close()
			}
		}
		input = read
		if err != nil {
			return p.abandon(i, err)
		}
	}
	return nil
}

// abandon kills the children before the one at place i, which failed with err.
func (p Pipeline) abandon(i int, err error) error {
	for _, c := range p[:i] {
		_ = signal(c, os.Kill)
		_ = c.Wait()
	}
	return fmt.Errorf("start child %d of %d of a pipeline: %w", i+1, len(p), err)
}

// Wait waits for all children. Its error holds those of all that did not end with
// status 0, in their order, and the name of the program of each.
func (p Pipeline) Wait() error {
	errs := make([]error, len(p))
	var waits sync.WaitGroup
	for i, c := range p {
		waits.Go(func() {
			if err := c.Wait(); err != nil {
				name := fmt.Sprint("child ", i+1)
				if cmd, e := command(c); e == nil {
					name = filepath.Base(cmd.Path)
				}
				errs[i] = fmt.Errorf("%s: %w", name, err)
			}
		})
	}
	waits.Wait()
	return errors.Join(errs...)
}

// Run starts the children and waits for all of them.
func (p Pipeline) Run() error {
	if err := p.Start(); err != nil {
		return err
	}
	return p.Wait()
}
