package interleaving

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// recursionEnv makes this test binary play a recursion without end.
const recursionEnv = "INTERLEAVING_TEST_RECURSION"

func endless(n int) int { return endless(n+1) + 1 }

func TestRecursionWithoutEndIsNamed(t *testing.T) {
	if os.Getenv(recursionEnv) != "" {
		Play(Worker{Own("own").Add(1), Do("recurse", func(*Memory) { endless(0) })})
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), recursionEnv+"=1")
	out, err := cmd.CombinedOutput()
	if want := `worker A's operation 2, "recurse" seems to call itself without end`; err == nil || !strings.Contains(string(out), want) || strings.Contains(string(out), "goroutine ") {
		t.Errorf("ended with %v and %.2000s; want %q and no trace", err, out, want)
	}
}

func TestDeepRecursionThatEndsIsLeftAlone(t *testing.T) {
	var depth func(n int) int
	depth = func(n int) int {
		if n == 0 {
			return 0
		}
		return depth(n-1) + 1
	}
	total := Shared("total", 0)
	r := Play(Worker{Do("deep", func(m *Memory) { m.Set(total, depth(300_000)) })})
	if r.Err != nil || r.Outcomes[0].Values[0] != 300_000 {
		t.Errorf("got %v", r)
	}
}
