package subprocess

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestLimit(t *testing.T) {
	const deaf = "trap '' TERM; echo ready; exec sleep 60"
	soon := Limit{Time: 20 * time.Millisecond, Grace: 20 * time.Millisecond}
	patient := Limit{Time: 50 * time.Millisecond, Grace: time.Minute}
	cancelled, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the reader's own")
	cancel(why)
	for _, tt := range []struct {
		name   string
		ctx    context.Context
		limit  Limit
		cmd    *exec.Cmd
		want   error
		status int
	}{
		{"it ends in time", t.Context(), Limit{}, exec.Command("true"), nil, 0},
		{"it fails in time", t.Context(), Limit{}, exec.Command("sh", "-c", "exit 3"), nil, 3},
		{"it obeys", t.Context(), patient, exec.Command("sleep", "60"), context.DeadlineExceeded, -15},
		{"it tidies up first", t.Context(), Limit{Time: 200 * time.Millisecond, Grace: time.Minute}, exec.Command("sh", "-c", "trap 'sleep 0.1; exit 7' TERM; while :; do sleep 0.02; done"), context.DeadlineExceeded, 7},
		{"ctx ends", cancelled, Limit{}, exec.Command("sleep", "60"), why, -15},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.limit.Run(tt.ctx, tt.cmd)
			if tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("the error is %v, want %v", err, tt.want)
			}
			if (err == nil) != (tt.status == 0) || Status(tt.cmd.ProcessState) != tt.status {
				t.Errorf("the error is %v, the status %d, want %d", err, Status(tt.cmd.ProcessState), tt.status)
			}
		})
	}
	t.Run("it is deaf", func(t *testing.T) {
		cmd := exec.Command("sh", "-c", deaf)
		ready, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ready.Read(make([]byte, 10)) // from here on it ignores SIGTERM
		err = soon.Wait(t.Context(), cmd)
		if _, ok := errors.AsType[*exec.ExitError](err); !ok || !errors.Is(err, context.DeadlineExceeded) || Status(cmd.ProcessState) != -9 {
			t.Errorf("the error is %v, the status %d, want -9", err, Status(cmd.ProcessState))
		}
	})
	t.Run("it obeys and ends with 0", func(t *testing.T) {
		err := Limit{Time: 200 * time.Millisecond}.Run(t.Context(), exec.Command("sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.02; done"))
		if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "%!") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("what it has started holds its output", func(t *testing.T) {
		var out strings.Builder
		cmd := exec.Command("sh", "-c", "echo $$; sleep 60 & exit 0")
		cmd.Stdout, cmd.SysProcAttr = &out, &syscall.SysProcAttr{Setpgid: true}
		begun := time.Now()
		err := Limit{Time: time.Minute, Grace: 100 * time.Millisecond}.Run(t.Context(), cmd)
		if took := time.Since(begun); !errors.Is(err, exec.ErrWaitDelay) || took > 30*time.Second {
			t.Errorf("after %v the error is %v", took, err)
		}
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	})
	t.Run("another kind of child", func(t *testing.T) {
		cmd := exec.Command("sleep", "60")
		if err := (Limit{}).Run(t.Context(), stranger{cmd}); err == nil || cmd.Process != nil {
			t.Errorf("the error is %v, the process %v; want an error, and none", err, cmd.Process)
		}
	})
	t.Run("it does not start", func(t *testing.T) {
		if err := soon.Run(t.Context(), exec.Command("no-such-program")); !errors.Is(err, exec.ErrNotFound) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("it is recorded", func(t *testing.T) {
		var lives Lives
		patient.Run(t.Context(), lives.Record("c", exec.Command("sleep", "60")))
		if spans := lives.Spans(); len(spans) < 3 || spans[2].State != "ending" {
			t.Errorf("its life is %+v, want to see the signal in it", spans)
		}
	})
}
