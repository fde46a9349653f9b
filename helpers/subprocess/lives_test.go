package subprocess

import (
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"interleave/helpers/timeline"
)

// shape gives a life's spans as text, and checks that each begins where the one
// before it ends.
func shape(t *testing.T, spans []timeline.Span) (shape []string) {
	t.Helper()
	for i, s := range spans {
		if s.To < s.From || i > 0 && s.From != spans[i-1].To {
			t.Errorf("span %d is from %v to %v", i+1, s.From, s.To)
		}
		text := string(s.State)
		if s.Note != "" {
			text += " " + s.Note
		}
		if s.Open {
			text += " open"
		}
		shape = append(shape, text)
	}
	return shape
}

func TestSpansOfALife(t *testing.T) {
	zero := time.Now()
	at := func(seconds float64) time.Time { return zero.Add(time.Duration(seconds * float64(time.Second))) }
	for _, tt := range []struct {
		name string
		life life
		want []string
	}{
		{"a whole one", life{born: at(0), running: at(1), ended: at(2), gone: at(3)}, []string{"starting", "running", "ended"}},
		{"its end was not seen", life{born: at(0), running: at(1), gone: at(3)}, []string{"starting", "running"}},
		{"its end was seen too late", life{born: at(0), running: at(1), ended: at(4), gone: at(3)}, []string{"starting", "running"}},
		{"a signal", life{born: at(0), running: at(1), asked: at(2), ended: at(3), gone: at(4), note: "-15"}, []string{"starting", "running -15", "ending", "ended"}},
		{"a signal after its end", life{born: at(0), running: at(1), ended: at(2), asked: at(3), gone: at(4)}, []string{"starting", "running", "ended"}},
		{"it still runs", life{born: at(0), running: at(1)}, []string{"starting", "running open"}},
		{"a zombie", life{born: at(0), running: at(1), ended: at(2)}, []string{"starting", "running", "ended open"}},
		{"it did not start", life{born: at(0), gone: at(1), note: "not started"}, []string{"starting not started"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := shape(t, tt.life.spans(zero, at(5))); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLives(t *testing.T) {
	for _, tt := range []struct {
		name string
		run  func(*Lives)
		want []string
	}{
		{"success", func(l *Lives) { l.Record("c", exec.Command("true")).Run() }, []string{"starting", "running"}},
		{"failure", func(l *Lives) { l.Record("c", exec.Command("sh", "-c", "exit 3")).Run() }, []string{"starting", "running 3"}},
		{"a signal", func(l *Lives) {
			c := l.Record("c", exec.Command("sleep", "60"))
			c.Start()
			c.Signal(syscall.SIGTERM)
			c.Wait()
		}, []string{"starting", "running -15", "ending"}},
		{"a program that is missing", func(l *Lives) { l.Record("c", exec.Command("no-such-program")).Run() }, []string{"starting not started"}},
		{"nothing", func(*Lives) {}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lives Lives
			tt.run(&lives)
			spans := slices.DeleteFunc(lives.Spans(), func(s timeline.Span) bool { return s.State == timeline.Ended })
			if got := shape(t, spans); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAChildIsAZombieUntilItIsWaitedFor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("sees an end only when the child is waited for")
	}
	var lives Lives
	c := lives.Record("c", exec.Command("true"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		spans := lives.Spans()
		if last := spans[len(spans)-1]; last.State == timeline.Ended && last.Open {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("10 s later its end has not been seen: %+v", spans)
		}
	}
	left, err := Count()
	if err != nil {
		t.Fatal(err)
	}
	if left.Zombies != 1 || left.Children != 0 {
		t.Errorf("counted %+v, want 1 zombie", left)
	}
	if err := c.Wait(); err != nil {
		t.Error(err)
	}
	if left, err := Count(); err != nil || left.Zombies != 0 {
		t.Errorf("after Wait: %+v, %v", left, err)
	}
}

func TestTheFirstSignalCounts(t *testing.T) {
	var lives Lives
	c := lives.Record("c", exec.Command("sleep", "60"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	c.Signal(syscall.SIGCONT)
	time.Sleep(50 * time.Millisecond)
	c.Signal(syscall.SIGTERM)
	c.Wait()
	for _, s := range lives.Spans() {
		if s.State == timeline.Ending && s.To-s.From < 0.05 {
			t.Errorf("from the first signal it took %v s, want 0.05 and more", s.To-s.From)
		}
	}
}

func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		script string
		want   int
	}{{"exit 0", 0}, {"exit 3", 3}, {"kill -TERM $$", -15}, {"kill -KILL $$", -9}} {
		cmd := exec.Command("sh", "-c", tt.script)
		cmd.Run()
		if got := Status(cmd.ProcessState); got != tt.want {
			t.Errorf("sh -c %q ended with %d, want %d", tt.script, got, tt.want)
		}
	}
}
