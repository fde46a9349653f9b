package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// sparing is a cell that keeps an orphan alive, as a lesson on orphans does.
const sparing = `import ("fmt"; "os"; "os/exec"; "strconv"; "time")
%%
child := exec.Command("sh", "-c", "sleep 61 >/dev/null & echo started")
child.Env = append(os.Environ(), "INTERLEAVE_SPARE="+strconv.Itoa(os.Getpid()))
out, err := child.Output()
fmt.Println(string(out), err)
time.Sleep(time.Minute)`

// TestSparedOrphanEndsWithItsCell interrupts a cell that spares its orphan.
func TestSparedOrphanEndsWithItsCell(t *testing.T) {
	l := installedLab(t, 3)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("looks for processes in /proc")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	mark := fmt.Sprintf("INTERLEAVE_SPARE_TEST=%d", time.Now().UnixNano())
	name, value, _ := strings.Cut(mark, "=")
	t.Setenv(name, value)
	s := startServer(t, l)
	k, err := s.NewKernel(ctx, "gonb")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Run(ctx, "%noautoget"); err != nil {
		t.Fatal(err)
	}
	wait, err := k.Begin(ctx, sparing)
	if err != nil {
		t.Fatal(err)
	}
	orphan := func() map[int]string {
		found := processes(mark)
		for pid, cmdline := range found {
			if !strings.HasPrefix(cmdline, "sleep 61") {
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
