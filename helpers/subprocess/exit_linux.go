package subprocess

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// exit gives a function that returns without an error when the child ends, which is before it can
// be waited for. The child must not have been waited for yet. The wait is the
// runtime's poller's, so that a thousand children take no thousand threads.
func exit(pid int) (wait func() error, err error) {
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
	return func() error {
		defer file.Close()
		// It is ready to be read when the process has ended, though there is
		// nothing to read.
		var failed error
		err := conn.Read(func(fd uintptr) bool {
			fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
			n, err := unix.Poll(fds, 0)
			if err != nil && err != unix.EINTR {
				failed = err
			}
			return n > 0 || failed != nil
		})
		return errors.Join(err, failed)
	}, nil
}
