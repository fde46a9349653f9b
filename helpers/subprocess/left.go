package subprocess

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Left is what children have left behind in this process.
type Left struct {
	Children    int // that still run
	Zombies     int // that have ended and were not waited for
	Descriptors int // open files, pipes and sockets
}

// Count counts what there is now. It runs ps, which must be there.
func Count() (Left, error) {
	var l Left
	// What the runtime itself opens for the first child is there from now on.
	if err := exec.Command("ps").Run(); err != nil {
		return l, fmt.Errorf("count the children of this process: %w", err)
	}
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return l, fmt.Errorf("count the open descriptors of this process: %w", err)
	}
	l.Descriptors = len(entries)
	ps := exec.Command("ps", "-A", "-o", "pid=,ppid=,stat=")
	out, err := ps.Output()
	if err != nil {
		return l, fmt.Errorf("count the children of this process: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[1] != strconv.Itoa(os.Getpid()) || fields[0] == strconv.Itoa(ps.Process.Pid) {
			continue
		}
		if strings.HasPrefix(fields[2], "Z") {
			l.Zombies++
		} else {
			l.Children++
		}
	}
	return l, nil
}

// Since gives what there is more than there was before.
func (l Left) Since(before Left) Left {
	return Left{l.Children - before.Children, l.Zombies - before.Zombies, l.Descriptors - before.Descriptors}
}
