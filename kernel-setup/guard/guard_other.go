//go:build !linux

package guard

import "syscall"

// Only Linux hands orphans over to an ancestor. Elsewhere the guard still ends
// the command, with its process group, when the parent goes away; what a cell
// left behind in a group of its own survives.

func adoptOrphans() error { return nil }

func direct() []int { return nil }

func children() map[int][]int { return nil }

func sparedBy(int) int { return 0 }

// killGroup kills the process group of the guarded command, which Run made a
// session and thereby a group leader.
func killGroup(command int) { _ = syscall.Kill(-command, syscall.SIGKILL) }
