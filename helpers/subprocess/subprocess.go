// Package subprocess runs the experiments of the notebook on child processes: the
// lives of children as spans of a timeline, pipelines of children, limits on their
// time, what starting them costs and what their number brings.
//
// The children themselves are those of os/exec, in the reader's cell.
package subprocess

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// A Child is a child process before and while it runs: an [*exec.Cmd], or a
// [*Recorded] one.
type Child interface {
	Start() error
	Wait() error
}

// command gives the command behind c.
func command(c Child) (*exec.Cmd, error) {
	switch c := c.(type) {
	case *exec.Cmd:
		return c, nil
	case *Recorded:
		return c.Cmd, nil
	}
	return nil, fmt.Errorf("use a %T as a child: give an *exec.Cmd, or one that Lives.Record has made of it", c)
}

// signal sends sig to a child that was started.
func signal(c Child, sig os.Signal) error {
	if r, ok := c.(*Recorded); ok {
		return r.Signal(sig)
	}
	cmd, err := command(c)
	if err != nil {
		return err
	}
	return cmd.Process.Signal(sig)
}

// Status gives how a child ended in the way in which Python's returncode tells it:
// its exit status, or the number of the signal that ended it with a minus sign,
// such as −15 for SIGTERM. It takes cmd.ProcessState, which is there once the
// child has been waited for.
func Status(state *os.ProcessState) int {
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return -int(w.Signal())
	}
	return state.ExitCode()
}
