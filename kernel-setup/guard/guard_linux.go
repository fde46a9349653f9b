package guard

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes this process the parent of every descendant that loses its
// own: a child subreaper, see prctl(2).
func adoptOrphans() error {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// direct gives the process ids of this process's own children. It is asked ten
// times a second and costs a few small reads, where children reads all of /proc.
func direct() []int {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return children()[os.Getpid()]
	}
	var pids []int
	for _, task := range tasks {
		list, err := os.ReadFile("/proc/self/task/" + task.Name() + "/children")
		if errors.Is(err, fs.ErrNotExist) {
			if _, gone := os.Stat("/proc/self/task/" + task.Name()); gone == nil {
				return children()[os.Getpid()] // a kernel without CONFIG_PROC_CHILDREN
			}
			continue // the thread ended in the meantime
		}
		for _, field := range bytes.Fields(list) {
			if pid, err := strconv.Atoi(string(field)); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// children gives the process ids of each process's children, from /proc.
func children() map[int][]int {
	table := make(map[int][]int)
	proc, err := os.Open("/proc")
	if err != nil {
		return table
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1)
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // it ended in the meantime
		}
		// "pid (name) state ppid …", where the name may hold spaces and brackets.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(string(fields[1])); err == nil {
			table[parent] = append(table[parent], pid)
		}
	}
	return table
}

// sparedBy gives the id of the process for whose life this one is spared, or 0.
func sparedBy(pid int) int {
	environ, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return 0 // gone, or not ours to read
	}
	for variable := range bytes.SplitSeq(environ, []byte{0}) {
		if value, ok := bytes.CutPrefix(variable, []byte(SpareEnv+"=")); ok {
			by, _ := strconv.Atoi(string(value))
			return by
		}
	}
	return 0
}

// killGroup is not needed where orphans are adopted.
func killGroup(int) {}
