package subprocess

import (
	"fmt"
	"os/exec"
)

func ExampleWorks() {
	fmt.Println(Works(exec.Command("true")))
	fmt.Println(Works(exec.Command("sh", "-c", "echo unknown option >&2; exit 1")))
	fmt.Println(Works(exec.Command("sh", "-c", "exit 3")))
	fmt.Println(Works(exec.Command("no-such-program")))
	// Output:
	// true
	// left out: sh -c echo unknown option >&2; exit 1: unknown option
	// false
	// left out: sh -c exit 3: exit status 3
	// false
	// left out: no-such-program: not found; how to get what the lab uses, go run ./kernel-setup doctor says
	// false
}
