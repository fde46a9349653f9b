package measure

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"interleave/helpers/lang"
)

// recorder notes what was shown when; "" is cleared.
type recorder struct {
	start time.Time
	lines []string
	at    []time.Duration
}

func (r *recorder) line(s string) {
	r.lines = append(r.lines, s)
	r.at = append(r.at, time.Since(r.start))
}
func (r *recorder) clear() { r.line("") }

func record(total int) (*Progress, *recorder) {
	r := &recorder{start: time.Now()}
	p := &Progress{label: lang.Text{Ko: "락", En: "lock"}, total: total, show: r}
	p.start(progressDelay)
	return p, r
}

func TestProgress(t *testing.T) {
	t.Run("what is over at once shows nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, r := record(3)
			p.Add(3)
			time.Sleep(progressDelay - 1)
			p.Close()
			time.Sleep(time.Minute)
			if len(r.lines) > 0 {
				t.Errorf("shown: %q", r.lines)
			}
		})
	})
	t.Run("a long run shows before its first step is done and leaves nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, r := record(2)
			time.Sleep(5 * time.Second)
			p.Add(1)
			time.Sleep(5 * time.Second)
			p.Add(1)
			p.Close()
			p.Close()
			time.Sleep(time.Minute)
			if want := []string{"lock: 0/2", "lock: 1/2", ""}; !slices.Equal(r.lines, want) {
				t.Errorf("shown: %q, want %q", r.lines, want)
			}
		})
	})
	t.Run("many steps change the line five times a second at most, and the last of them shows", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, r := record(4000)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for range 1000 {
						time.Sleep(time.Millisecond)
						p.Add(1)
					}
				})
			}
			wg.Wait()
			time.Sleep(time.Second)
			p.Close()
			if n := len(r.lines); n < 4 || n > 7 || r.lines[n-2] != "lock: 4000/4000" || r.lines[n-1] != "" {
				t.Errorf("shown: %q", r.lines)
			}
			for i := 1; i < len(r.at)-1; i++ {
				if r.at[i]-r.at[i-1] < progressEvery {
					t.Errorf("updates at %v: too close", r.at)
				}
			}
		})
	})
}

func TestProgressWithoutAPlaceToShowIt(t *testing.T) {
	p := StartProgress(lang.Same("lock"), 1) // no notebook, and go test's stderr is no terminal
	p.Add(1)
	p.Close()
	if p.show != nil && fmt.Sprintf("%T", p.show) != "measure.terminalDisplay" {
		t.Errorf("shown by %T", p.show)
	}
}

func TestTerminalDisplayRewritesOneLine(t *testing.T) {
	var b bytes.Buffer
	d := terminalDisplay{&b}
	d.line("lock: 1/2")
	d.clear()
	if got, want := b.String(), "\r\x1b[Klock: 1/2\r\x1b[K"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}

// notebookEnv makes the test binary a cell that shows progress.
const notebookEnv = "MEASURE_TEST_NOTEBOOK"

func progressInChild() int {
	p := StartProgress(lang.Same("lock"), 1)
	defer p.Close()
	for { // until it was shown
		p.mu.Lock()
		shown := p.shown
		p.mu.Unlock()
		if shown {
			return 0
		}
		time.Sleep(time.Millisecond)
	}
}

// The test plays the kernel: it reads what a cell sends, and what it sends
// last is to be an output without data, after which it waits to be heard.
func TestNotebookDisplayEndsWithoutData(t *testing.T) {
	dir := t.TempDir()
	there, back := filepath.Join(dir, "there"), filepath.Join(dir, "back")
	for _, fifo := range []string{there, back} {
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), notebookEnv+"=1", protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r, err := os.Open(there)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := os.OpenFile(back, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()

	messages, answers := gob.NewDecoder(r), gob.NewEncoder(w)
	var shown []protocol.DisplayData
	synced := false
	for {
		var m protocol.DisplayData
		if err := messages.Decode(&m); err != nil {
			break
		}
		if sync, ok := m.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
			synced = true
			if err := answers.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: sync.Value}); err != nil {
				t.Error(err)
			}
			continue
		}
		shown = append(shown, m)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if len(shown) != 2 || shown[0].Data[protocol.MIMETextPlain] != "lock: 0/1" || len(shown[1].Data) != 0 {
		t.Fatalf("sent %v", shown)
	}
	if shown[0].DisplayID == "" || shown[1].DisplayID != shown[0].DisplayID {
		t.Errorf("sent to %q and %q, not to one output", shown[0].DisplayID, shown[1].DisplayID)
	}
	if !synced {
		t.Error("the cell did not wait for its last message")
	}
}
