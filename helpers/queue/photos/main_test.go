package photos

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The tests decide about it, not the shell that they are run from.
	os.Unsetenv("GONB_TMP_DIR")
	goleak.VerifyTestMain(m)
}
