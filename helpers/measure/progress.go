package measure

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
	"golang.org/x/term"

	"interleave/helpers/lang"
)

const (
	// progressDelay keeps the line away from what is over before it could
	// be read: then a cell's saved output has no trace of it.
	progressDelay = 500 * time.Millisecond
	// progressEvery bounds the updates to five in a second, so that a cell
	// never trips the server's rate limit.
	progressEvery = 200 * time.Millisecond
)

// Progress is one line that shows how far a long cell is, and goes away with
// [Progress.Close]. In a notebook it is an output updated in place; on a
// terminal it is the last line of stderr; anywhere else there is nothing. It
// first shows after half a second and then changes five times a second at
// most.
//
// It starts no goroutine that lasts. Go's deadlock detector does not fire in a
// cell that has displayed anything: show no progress around a deadlock.
//
// A cell interrupted keeps the line, which then says how far it came; running
// the cell again replaces it.
type Progress struct {
	label lang.Text
	total int
	show  display

	mu     sync.Mutex
	done   int
	shown  bool
	closed bool
	next   time.Time   // before which nothing is shown
	timer  *time.Timer // pending update, or nil
}

// A display shows one line, replacing the one before, or takes it away.
type display interface {
	line(string)
	clear()
}

// StartProgress begins a line for total steps. Without a label it shows
// nothing.
func StartProgress(label lang.Text, total int) *Progress {
	p := &Progress{label: label, total: total, show: newDisplay(label)}
	p.start(progressDelay)
	return p
}

func newDisplay(label lang.Text) display {
	switch {
	case label == lang.Text{}:
		return nil
	case gonbui.IsNotebook:
		return notebookDisplay{}
	case term.IsTerminal(int(os.Stderr.Fd())):
		return terminalDisplay{os.Stderr}
	}
	return nil
}

func (p *Progress) start(delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next = time.Now().Add(delay)
	p.schedule()
}

// Add counts n more steps as done. It may be called from several goroutines.
func (p *Progress) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	p.schedule()
}

// Close takes the line away and, in a notebook, waits until that has reached
// the kernel. Calling it again does nothing.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.shown {
		p.show.clear()
	}
}

// schedule has the line shown as soon as it may. p.mu is held.
func (p *Progress) schedule() {
	if p.show == nil || p.closed || p.timer != nil {
		return
	}
	p.timer = time.AfterFunc(time.Until(p.next), p.update)
}

func (p *Progress) update() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.timer = nil
	p.next = time.Now().Add(progressEvery)
	p.shown = true
	p.show.line(fmt.Sprintf("%s: %d/%d", p.label, p.done, p.total))
}

// notebookDisplay updates one output of the cell in place, the same for all of
// the cell's progress. The output cannot be taken away again (GoNB passes no
// clear_output on); what stays is one without data, which front ends show as
// nothing.
type notebookDisplay struct{}

// progressID names that output; every cell is a process of its own.
var progressID = "progress_" + gonbui.UniqueId()

func (notebookDisplay) line(s string) {
	sendProgress(map[protocol.MIMEType]any{protocol.MIMETextPlain: s})
}

func (notebookDisplay) clear() {
	sendProgress(map[protocol.MIMEType]any{})
	// Otherwise a cell that ends now might leave the line standing.
	gonbui.Sync()
}

func sendProgress(data map[protocol.MIMEType]any) {
	gonbui.SendData(&protocol.DisplayData{Data: data, DisplayID: progressID})
}

type terminalDisplay struct{ w io.Writer }

// eraseLine goes to the line's beginning and erases it to its end.
const eraseLine = "\r\x1b[K"

func (d terminalDisplay) line(s string) { fmt.Fprint(d.w, eraseLine+s) }
func (d terminalDisplay) clear()        { fmt.Fprint(d.w, eraseLine) }
