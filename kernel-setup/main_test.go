package main

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test's own program the command kernel-setup in scripts. Under any
// other name it runs the tests, as those do that run it again.
func TestMain(m *testing.M) {
	testscript.Main(withoutPrograms{m}, map[string]func(){
		"kernel-setup": main,
		"gonb":         gonbStandIn,
		"gopls":        func() {},
	})
}

// programs is the folder of the programs that TestMain makes.
var programs string

// withoutPrograms takes that folder off the PATH, for the tests that are no scripts: their
// machine is the real one.
type withoutPrograms struct{ *testing.M }

// Run runs the tests, and ends what they share.
func (m withoutPrograms) Run() int {
	var path string
	programs, path, _ = strings.Cut(os.Getenv("PATH"), string(os.PathListSeparator))
	_ = os.Setenv("PATH", path)
	code := m.M.Run()
	endShared()
	return code
}
