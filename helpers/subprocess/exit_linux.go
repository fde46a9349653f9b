package subprocess

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// exit gives a function that returns when the child ends, which is before it can
// be waited for. The child must not have been waited for yet. The wait is the
// runtime's poller's, so that a thousand children take no thousand threads.
func exit(pid int) (wait func(), err error) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("watch process %d: %w", pid, err)
	}
	file := os.NewFile(uintptr(fd), "pidfd")
	conn, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("watch process %d: %w", pid, err)
	}
	return func() {
		defer file.Close()
		// It is ready to be read when the process has ended, though there is
		// nothing to read.
		_ = conn.Read(func(fd uintptr) bool {
			fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, err := unix.Poll(fds, 0)
			return n > 0 || err != nil && err != unix.EINTR
		})
	}, nil
}
