package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"interleave/helpers/labtest"
)

// TestASignalEndsEverythingThatRan interrupts, ends and kills the command while a cell
// runs that has started a process of its own.
func TestASignalEndsEverythingThatRan(t *testing.T) {
	lab := labtest.Lab(t, 3)
	for i, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			// Nothing else on the machine, nor another run of this test, sleeps as long.
			asleep := fmt.Sprintf("sleep 7%d%d", os.Getpid(), i)
			n := sample(t)
			n.Cell("54-01-go").Source = "import (\n\"os/exec\"\n\"strings\"\n\"time\"\n)\n\n%%\n" +
				"exec.Command(\"setsid\", strings.Fields(\"" + asleep + "\")...).Start()\n" +
				"os.WriteFile(\"started\", nil, 0o644)\ntime.Sleep(time.Hour)"
			text := n.Marshal()
			testProject(t, "notebooks/54-lock.ipynb", text)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			var output bytes.Buffer
			cmd := exec.CommandContext(ctx, "nb", "run", "54")
			cmd.Env = append(os.Environ(), "INTERLEAVE_LAB="+lab)
			cmd.Stdout, cmd.Stderr = &output, &output
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			await(t, "the cell has started", func() bool {
				_, err := os.Stat("notebooks/started")
				return err == nil
			})
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil || ctx.Err() != nil {
				t.Errorf("the command ended with %v, %v; want it to fail by itself", err, ctx.Err())
			}
			// Whoever kills the command does not wait for what it started.
			await(t, "nothing is left", func() bool {
				left, _ := os.ReadDir(os.Getenv("TMPDIR"))
				sleeping := exec.Command("pgrep", "-f", asleep).Run() == nil
				working := exec.Command("pgrep", "-f", os.Getenv("TMPDIR")).Run() == nil
				return len(left) == 0 && !sleeping && !working
			})
			if sig != syscall.SIGKILL && !strings.HasSuffix(output.String(), " signal received; nothing was saved\n") {
				t.Errorf("output:\n%s", &output)
			}
			if after, _ := os.ReadFile("notebooks/54-lock.ipynb"); !bytes.Equal(after, text) {
				t.Error("the notebook was changed")
			}
		})
	}
}

// await fails the test if what it is told does not come true in minutes, which are for
// a machine that has much else to do.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	const limit = 2 * time.Minute
	for deadline := time.Now().Add(limit); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain until %s", limit, what)
		}
	}
}
