package subprocess

import (
	"bytes"
	"crypto/rand"
	"errors"
	"interleave/helpers/labtest"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

func TestPipeline(t *testing.T) {
	sh := func(script string) *exec.Cmd { return exec.Command("sh", "-c", script) }
	for _, tt := range []struct {
		name     string
		commands []*exec.Cmd
		in, out  string
		errs     []string // in this order
	}{
		{name: "one", commands: []*exec.Cmd{exec.Command("cat")}, in: "abc", out: "abc"},
		{name: "three", commands: []*exec.Cmd{exec.Command("cat"), exec.Command("tr", "a-z", "A-Z"), exec.Command("cat")}, in: "abc", out: "ABC"},
		{name: "the first fails", commands: []*exec.Cmd{sh("exit 3"), exec.Command("cat")}, errs: []string{"sh: exit status 3"}},
		{name: "both fail", commands: []*exec.Cmd{sh("exit 3"), sh("cat; exit 4")}, errs: []string{"sh: exit status 3", "sh: exit status 4"}},
		{name: "downstream ends early", commands: []*exec.Cmd{exec.Command("cat", "/dev/zero"), exec.Command("head", "-c", "3")}, out: "\x00\x00\x00", errs: []string{"cat: signal: broken pipe"}},
		{name: "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var p Pipeline
			var out bytes.Buffer
			for _, c := range tt.commands {
				p = append(p, c)
			}
			if n := len(tt.commands); n > 0 {
				tt.commands[0].Stdin, tt.commands[n-1].Stdout = strings.NewReader(tt.in), &out
			}
			err := p.Run()
			if got := out.String(); got != tt.out {
				t.Errorf("it printed %q, want %q", got, tt.out)
			}
			if want := strings.Join(tt.errs, "\n"); want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
				t.Errorf("the error is %v, want %q", err, want)
			}
		})
	}
}

func TestPipelineThatDoesNotStartLeavesNothing(t *testing.T) {
	before, err := Count()
	if err != nil {
		t.Fatal(err)
	}
	first := exec.Command("sleep", "60")
	err = Pipeline{first, exec.Command("no-such-program"), exec.Command("cat")}.Run()
	if !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "child 2 of 3") {
		t.Errorf("the error is %v", err)
	}
	if first.ProcessState == nil || Status(first.ProcessState) != -9 {
		t.Errorf("the first child ended with %v, want SIGKILL", first.ProcessState)
	}
	after, err := Count()
	if err != nil || after.Since(before) != (Left{}) {
		t.Errorf("left behind: %+v, %v", after.Since(before), err)
	}
}

type stranger struct{ Child }

func TestPipelineOfRecordedChildren(t *testing.T) {
	var lives Lives
	var out bytes.Buffer
	last := lives.Record("last", exec.Command("cat"))
	last.Stdout = &out
	if err := (Pipeline{lives.Record("first", exec.Command("echo", "hello")), last}).Run(); err != nil {
		t.Fatal(err)
	}
	if out.String() != "hello\n" || len(lives.Spans()) < 4 {
		t.Errorf("it printed %q; their lives: %+v", out.String(), lives.Spans())
	}
	if err := (Pipeline{stranger{last}}).Start(); err == nil || !strings.Contains(err.Error(), "Lives.Record") {
		t.Errorf("of another kind of child: %v", err)
	}
}

// TestPipelineTakesNoMemory sends 64 MiB through openssl's encryption and hash.
func TestPipelineTakesNoMemory(t *testing.T) {
	encrypt := exec.Command("openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-pass", "pass:x")
	hash := exec.Command("openssl", "dgst", "-sha256", "-binary")
	if _, err := exec.LookPath("openssl"); err != nil {
		labtest.Lacking(t, "%v; install openssl", err)
	}
	const size = 64 << 20
	var digest bytes.Buffer
	encrypt.Stdin, hash.Stdout = io.LimitReader(rand.Reader, size), &digest
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := (Pipeline{encrypt, hash}).Run(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// What was allocated in all is more than was ever held at a time.
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 1<<20 {
		t.Errorf("%d bytes allocated for %d that passed through", allocated, size)
	}
	if digest.Len() != 32 {
		t.Errorf("the digest has %d bytes, want 32", digest.Len())
	}
}

func TestThousandChildrenLeaveNothing(t *testing.T) {
	before, err := Count()
	if err != nil {
		t.Fatal(err)
	}
	var children []Child
	for range 1000 {
		children = append(children, exec.Command("true"))
	}
	if err := allAtOnce(children); err != nil {
		t.Fatal(err)
	}
	after, err := Count()
	if err != nil || after.Since(before) != (Left{}) {
		t.Errorf("left behind: %+v, %v", after.Since(before), err)
	}
}

func allAtOnce(children []Child) error {
	for _, c := range children {
		if err := c.Start(); err != nil {
			return err
		}
	}
	for _, c := range children {
		if err := c.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func BenchmarkChildren(b *testing.B) {
	for _, n := range []int{1, 10, 1000} {
		b.Run(map[int]string{1: "one", 10: "ten", 1000: "thousand"}[n], func(b *testing.B) {
			for b.Loop() {
				var children []Child
				for range n {
					children = append(children, exec.Command("true"))
				}
				if err := allAtOnce(children); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/child")
		})
	}
}

func BenchmarkPipeline(b *testing.B) {
	const size = 64 << 20
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		encrypt := exec.Command("openssl", "enc", "-aes-256-cbc", "-pbkdf2", "-pass", "pass:x")
		encrypt.Stdin = io.LimitReader(rand.Reader, size)
		if err := (Pipeline{encrypt, exec.Command("openssl", "dgst", "-sha256", "-binary")}).Run(); err != nil {
			b.Fatal(err)
		}
	}
}
