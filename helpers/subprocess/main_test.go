package subprocess

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

func TestMain(m *testing.M) {
	// The tests decide about these, not the shell that they are run from.
	os.Unsetenv(measure.QuickEnv)
	os.Unsetenv("GONB_TMP_DIR")
	os.Setenv(lang.Env, "en")
	goleak.VerifyTestMain(m)
}
