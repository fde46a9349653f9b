package subprocess

import (
	"cmp"
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

func (l Limit) withDefaults() Limit {
	return Limit{Time: cmp.Or(l.Time, 10*time.Second), Grace: cmp.Or(l.Grace, time.Second)}
}

// Run starts the child and waits for it as [Limit.Wait] does. If something that the
// child has started holds its output open, Run waits for that no longer than the
// grace: see WaitDelay of [exec.Cmd], which it sets unless it is set.
func (l Limit) Run(ctx context.Context, c Child) error {
	l = l.withDefaults()
	cmd, err := command(c)
	if err != nil {
		return err
	}
	cmd.WaitDelay = cmp.Or(cmd.WaitDelay, l.Grace)
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
	l = l.withDefaults()
	ctx, cancel := context.WithTimeoutCause(ctx, l.Time, fmt.Errorf("it ran longer than its %v: %w", l.Time, context.DeadlineExceeded))
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		switch err := signal(c, sig); {
		case errors.Is(err, os.ErrProcessDone):
			return <-ended // in time, after all
		case err != nil:
			return fmt.Errorf("end a child that takes too long: %w", err)
		}
		select {
		case err := <-ended:
			return late(ctx, err)
		case <-time.After(l.Grace):
		}
	}
	return late(ctx, <-ended)
}

// late is the error of a child that was ended, whose own may be nil.
func late(ctx context.Context, err error) error {
	if err == nil {
		return fmt.Errorf("%w; asked to end, it did so with status 0", context.Cause(ctx))
	}
	return fmt.Errorf("%w: %w", context.Cause(ctx), err)
}
