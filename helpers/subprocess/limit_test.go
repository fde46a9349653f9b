package subprocess

import (
	"context"
	"errors"
	"os/exec"
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
	t.Run("it does not start", func(t *testing.T) {
		if err := soon.Run(t.Context(), exec.Command("no such program")); !errors.Is(err, exec.ErrNotFound) {
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
