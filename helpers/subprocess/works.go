package subprocess

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"interleave/helpers/lang"
)

// Works runs cmd with nothing to read, and tells whether it ended with status 0
// within [Limit]'s time. If not, as where this machine lacks the program or the
// program cannot do what it is asked, Works says so and why, so that a cell can
// leave out what needs it.
func Works(cmd *exec.Cmd) bool {
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	err := Limit{}.Run(context.Background(), cmd)
	if err == nil || errors.Is(err, exec.ErrWaitDelay) { // what it has started goes on, it has not failed
		return true
	}
	why, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
	why = cmp.Or(why, err.Error())
	if errors.Is(err, exec.ErrNotFound) {
		why = lang.Text{
			Ko: "찾지 못했다. 실험실이 쓰는 프로그램이면 go run ./kernel-setup doctor가 설치하는 방법을 알려 준다",
			En: "not found; how to get what the lab uses, go run ./kernel-setup doctor says",
		}.String()
	}
	fmt.Printf("%v: %s: %s\n", lang.Text{Ko: "건너뜀", En: "left out"}, strings.Join(cmd.Args, " "), why)
	return false
}
