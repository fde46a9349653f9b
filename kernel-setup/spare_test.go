package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// sparing is a cell that keeps an orphan alive, as a lesson on orphans does.
const sparing = `import ("fmt"; "os"; "os/exec"; "strconv"; "time")
%%
child := exec.Command("sh", "-c", "sleep 601 >/dev/null & echo started")
child.Env = append(os.Environ(), "INTERLEAVE_SPARE="+strconv.Itoa(os.Getpid()))
out, err := child.Output()
fmt.Println(string(out), err)
time.Sleep(time.Hour)`

// TestSparedOrphanEndsWithItsCell interrupts a cell that spares its orphan.
func TestSparedOrphanEndsWithItsCell(t *testing.T) {
	l := installedLab(t, 3)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("looks for processes in /proc")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	s, _ := sharedServer(t, l)
	k := newKernel(ctx, t, s)
	if _, err := k.Run(ctx, "%noautoget"); err != nil {
		t.Fatal(err)
	}
	wait, err := k.Begin(ctx, sparing)
	if err != nil {
		t.Fatal(err)
	}
	orphan := func() map[int]string {
		found := kernelProcesses(k)
		for pid, cmdline := range found {
			if !strings.HasPrefix(cmdline, "sleep 601") {
				delete(found, pid)
			}
		}
		return found
	}
	until(t, "the orphan to run", func() bool { return len(orphan()) == 1 })
	time.Sleep(time.Second) // the guard looks ten times
	spared := orphan()
	if len(spared) != 1 {
		t.Fatal("the guard has ended an orphan that was to be spared")
	}
	if err := k.Interrupt(ctx); err != nil {
		t.Fatal(err)
	}
	gone(t, spared)
	if reply, err := wait(ctx); err != nil || reply.Status == "ok" {
		t.Errorf("the interrupted cell replied %q, %v; want an error or an abort", reply.Status, err)
	}
}
