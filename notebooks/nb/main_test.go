package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"interleave/helpers/labtest"
	"interleave/notebooks/nb/notebook"
)

// With this variable set, the test's own program is the command.
const asCommand = "NB_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command prepares the command nb, to be run in the working folder.
func command(t *testing.T, lab string, args ...string) (cmd *exec.Cmd, output *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	output = new(bytes.Buffer)
	cmd = exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "INTERLEAVE_LAB="+lab)
	cmd.Stdout, cmd.Stderr = output, output
	return cmd, output
}

func TestCommandsWithoutALab(t *testing.T) {
	testProject(t, "notebooks/54-lock.ipynb", sample(t).Marshal())
	none := t.TempDir()
	mend := "looking for Jupyter in " + none + ": the lab is not installed; run: go run ./kernel-setup install"
	for _, tt := range []struct {
		name, args string
		exit       int
		want       string // in the output
	}{
		{"no command", "", 2, "usage: go run ./notebooks/nb check"},
		{"an unknown command", "frobnicate", 2, "usage: go run ./notebooks/nb check"},
		{"help", "run -h", 0, "-timeout"},
		{"check", "check 54", 1, "nb: left out the check against nbformat's schema: " + mend},
		{"check finds", "check", 1, "notebooks/54-lock.ipynb: cell 54-02-ko is missing; add it"},
		{"run", "run 54", 1, "nb: " + mend},
		{"no such notebook", "run 99", 1, "nb: looking for notebooks: there is no "},
		{"several into one file", "run -o one.ipynb 54 54", 1, "it is not a folder; make it one, or name one notebook"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd, output := command(t, none, strings.Fields(tt.args)...)
			cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != tt.exit || !strings.Contains(output.String(), tt.want) {
				t.Errorf("exit status %d, want %d; output:\n%s\nwant in it: %s", got, tt.exit, output, tt.want)
			}
		})
	}
}

func TestFmtMendsWhatCheckFinds(t *testing.T) {
	n := sample(t)
	test := n.Cell("54-01-chart")
	test.Source = strings.ReplaceAll(test.Source, "\tc.Inc", "  c.Inc")
	p := testProject(t, "notebooks/54-lock.ipynb", n.Marshal())
	if cmd, output := command(t, t.TempDir(), "fmt", "54"); cmd.Run() != nil {
		t.Fatal(output)
	}
	listSteps(t, sampleSteps)
	// The layout is as it was when the outputs were saved.
	if got, _ := checkFile(p.file("notebooks/54-lock.ipynb")); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestFmtNamesTheCellThatIsNotGo(t *testing.T) {
	n := sample(t)
	n.Cell("54-01-go").Source = "%%\nx = = 1"
	testProject(t, "notebooks/54-lock.ipynb", n.Marshal())
	cmd, output := command(t, t.TempDir(), "fmt", "54")
	want := "nb: notebooks/54-lock.ipynb: cell 54-01-go: not Go: line 2: expected operand, found '='; correct the code\n"
	if err := cmd.Run(); err == nil || output.String() != want {
		t.Errorf("got  %v %s\nwant %s", err, output, want)
	}
}

func TestRunInPlaceMakesANotebookThatPassesCheck(t *testing.T) {
	lab := labtest.Lab(t, 2)
	n := sample(t)
	for _, c := range n.Cells {
		if c.Type == notebook.Code {
			c.Outputs, c.Count = nil, nil
			delete(c.Metadata, "interleave")
		}
	}
	p := testProject(t, "notebooks/54-lock.ipynb", n.Marshal())
	cmd, output := command(t, lab, "run", "54", "-timeout", "1m")
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, want := range []string{"notebooks/54-lock.ipynb: 3/5 54-01-go ", "notebooks/54-lock.ipynb: ran 5 cells in "} {
		if !strings.Contains(output.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, output)
		}
	}
	listSteps(t, sampleSteps)
	t.Setenv("INTERLEAVE_LAB", lab)
	got, err := findProblems(p, []file{p.file("notebooks/54-lock.ipynb")}, true)
	if err != nil || len(got) > 0 {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestRunShowsWhatAFailedCellPrinted(t *testing.T) {
	lab := labtest.Lab(t, 2)
	n := sample(t)
	n.Cell("54-01-go-2").Metadata = nil // no longer tagged
	testProject(t, "notebooks/54-lock.ipynb", n.Marshal())
	if err := os.Mkdir("out", 0o755); err != nil {
		t.Fatal(err)
	}
	cmd, output := command(t, lab, "run", "-o", "out", "54")
	if err := cmd.Run(); err == nil {
		t.Error("the run did not fail")
	}
	for _, want := range []string{
		"notebooks/54-lock.ipynb: cell 54-01-go-2 printed:\npanic: meant to fail\n",
		"nb: running notebooks/54-lock.ipynb: cell 54-01-go-2: ERROR: exit status 2; mend the cell, or tag it raises-exception if it is meant to fail\n",
	} {
		if !strings.Contains(output.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, output)
		}
	}
	if left, _ := os.ReadDir("out"); len(left) > 0 {
		t.Errorf("a failed run wrote %v", left)
	}
}

func TestASignalEndsEverythingWithinTwoSeconds(t *testing.T) {
	lab := labtest.Lab(t, 3)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			n := sample(t)
			n.Cell("54-01-go").Source = "import (\n\"os/exec\"\n\"time\"\n)\n\n%%\nexec.Command(\"setsid\", \"sleep\", \"7654322\").Start()\nos.WriteFile(\"started\", nil, 0o644)\ntime.Sleep(time.Hour)"
			text := n.Marshal()
			testProject(t, "notebooks/54-lock.ipynb", text)
			cmd, output := command(t, lab, "run", "54")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			await(t, time.Minute, "the cell has started", func() bool {
				_, err := os.Stat("notebooks/started")
				return err == nil
			})
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			if err := cmd.Wait(); err == nil {
				t.Error("the command succeeded")
			}
			// Whoever kills the command does not wait for what it started.
			await(t, 2*time.Second-time.Since(begun), "nothing is left", func() bool {
				left, _ := os.ReadDir(os.Getenv("TMPDIR"))
				sleeping := exec.Command("pgrep", "-f", "sleep 7654322").Run() == nil
				working := exec.Command("pgrep", "-f", os.Getenv("TMPDIR")).Run() == nil
				return len(left) == 0 && !sleeping && !working
			})
			if sig != syscall.SIGKILL && !strings.HasSuffix(output.String(), " signal received; nothing was saved\n") {
				t.Errorf("output:\n%s", output)
			}
			if after, _ := os.ReadFile("notebooks/54-lock.ipynb"); !bytes.Equal(after, text) {
				t.Error("the notebook was changed")
			}
		})
	}
}

// await fails the test if what it is told does not come true in time.
func await(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain until %s", limit, what)
		}
	}
}
