package measure

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"interleave/helpers/lang"
)

func TestMain(m *testing.M) {
	// The tests decide about these, not the shell that they are run from.
	os.Unsetenv(QuickEnv)
	os.Unsetenv("GONB_TMP_DIR")
	os.Setenv(lang.Env, "en")
	if step := os.Getenv(keepEnv); step != "" {
		os.Exit(keepInChild(step))
	}
	if os.Getenv(notebookEnv) != "" {
		os.Exit(progressInChild())
	}
	goleak.VerifyTestMain(m)
}
