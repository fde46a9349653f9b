package subprocess

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// A Limit is how long a child may take. One that takes longer is asked to end, by
// SIGTERM, and after a grace killed, by SIGKILL.
type Limit struct {
	Time  time.Duration // from the call of Run or Wait; 0 means 10 s
	Grace time.Duration // from SIGTERM to SIGKILL; 0 means 1 s
}

// Run starts the child and waits for it as [Limit.Wait] does.
func (l Limit) Run(ctx context.Context, c Child) error {
	if err := c.Start(); err != nil {
		return err
	}
	return l.Wait(ctx, c)
}

// Wait waits for a child that was started. When the limit has passed or ctx ends,
// it ends the child; the error then wraps both [context.DeadlineExceeded], or what
// ended ctx, and that of the child's own Wait. What the child itself has started
// is not ended: put it in a process group of its own for that.
func (l Limit) Wait(ctx context.Context, c Child) error {
	if l.Time == 0 {
		l.Time = 10 * time.Second
	}
	if l.Grace == 0 {
		l.Grace = time.Second
	}
	ctx, cancel := context.WithTimeoutCause(ctx, l.Time, fmt.Errorf("it ran longer than its %v: %w", l.Time, context.DeadlineExceeded))
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	if err := ask(c, syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-ended:
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	case <-time.After(l.Grace):
	}
	if err := ask(c, syscall.SIGKILL); err != nil {
		return err
	}
	return fmt.Errorf("%w, and longer than another %v after SIGTERM: %w", context.Cause(ctx), l.Grace, <-ended)
}

// ask sends sig to a child, which may have ended meanwhile.
func ask(c Child, sig os.Signal) error {
	if err := signal(c, sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("end a child that takes too long: %w", err)
	}
	return nil
}
