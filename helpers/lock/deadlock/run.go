package deadlock

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"interleave/helpers/lang"
)

const (
	// defaultLimit is how long [Run] lets its function go on.
	defaultLimit = 10 * time.Second
	// reachLimit is how long a child may take for what the program does before.
	reachLimit = time.Minute
	// leaveLimit is how long a child may take to print its goroutines and end.
	leaveLimit = 3 * time.Second
)

// A Result is what came of one function in a child process.
type Result struct {
	// State is who held and who waited for what at the end.
	State
	// Report is what the Go runtime wrote as it ended the child, a deadlock or
	// a panic, with the folders of files left out. Empty: it wrote nothing.
	Report string
	// Raw is everything the runtime wrote, as it is. After the time limit it is
	// a dump of all goroutines, which was asked for with SIGQUIT.
	Raw string
	// Returned: the function returned.
	Returned bool
	// TimedOut: it neither returned nor did the runtime see a deadlock. The
	// runtime sees one only when all goroutines are asleep: one that still runs,
	// sleeps by the clock or waits for the network hides it.
	TimedOut bool
	// Took is from the beginning of the function to the end of the child, and
	// Limit what it was allowed.
	Took, Limit time.Duration
	// Err says what kept the function from being run or the child from being
	// understood.
	Err error `json:"-"`
}

// Run calls f in a child process, for at most 10 seconds, and tells what came of
// it. The child is this program once more, with the same arguments: it does what
// main does before this call (what it prints there is left out, and earlier calls
// of Run give the results that they gave here), calls f, and ends. So call Run
// early, and in a test from the goroutine of the test, of which the child then
// runs no other.
//
// What f prints is printed here; charts and other displays of f appear as text.
//
// The runtime looks for deadlocks only in programs without C code, and many
// packages of the library hold some (net, os/user); so the child is built without,
// from the source, where this program is not.
func Run(f func()) Result { return run(f, defaultLimit) }

// RunFor is [Run] with another time limit.
func RunFor(limit time.Duration, f func()) Result { return run(f, limit) }

func run(f func(), limit time.Duration) Result {
	here, caller := findCall()
	if asked != nil {
		return asked.run(here, f)
	}
	here.Token = rand.Text()
	r := start(here, caller, limit)
	if r.Err != nil {
		r.Err = fmt.Errorf("run the function of %s in a child process: %w", here.Call, r.Err)
	}
	past := pastCall{Call: here.Call, Result: r}
	if r.Err != nil {
		past.Err = r.Err.Error()
	}
	done.Lock()
	defer done.Unlock()
	done.calls = append(done.calls, past)
	return r
}

// done are the calls of Run in this process that have ended.
var done struct {
	sync.Mutex
	calls []pastCall
}

// A pastCall goes to later children.
type pastCall struct {
	Call   string
	Result Result
	Err    string // Result.Err in words, which JSON would lose
}

// start runs one child from beginning to end.
func start(here call, caller string, limit time.Duration) (r Result) {
	r.Limit = limit
	program, err := withoutC(caller)
	if err != nil {
		return Result{Limit: limit, Err: err}
	}
	records, recordsIn, err := os.Pipe()
	if err != nil {
		return Result{Limit: limit, Err: err}
	}
	defer records.Close()
	pastOut, past, err := os.Pipe()
	if err != nil {
		recordsIn.Close()
		return Result{Limit: limit, Err: err}
	}

	ctx, cancel := context.WithTimeout(context.Background(), reachLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, here.args()...)
	cmd.Env = here.environ()
	cmd.ExtraFiles = []*os.File{recordsIn, pastOut}
	complaint := new(head)
	cmd.Stdout = &between{mark: here.mark(), to: os.Stdout}
	cmd.Stderr = &between{mark: here.mark(), to: complaint}
	var limitPassed atomic.Bool
	cmd.Cancel = func() error {
		limitPassed.Store(true)
		return cmd.Process.Signal(syscall.SIGQUIT)
	}
	cmd.WaitDelay = leaveLimit

	err = cmd.Start()
	recordsIn.Close()
	pastOut.Close()
	if err != nil {
		past.Close()
		return Result{Limit: limit, Err: err}
	}
	var readers sync.WaitGroup
	readers.Go(func() {
		done.Lock()
		defer done.Unlock()
		// A child that ends early does not read it, and no one needs it then.
		json.NewEncoder(past).Encode(done.calls)
		past.Close()
	})
	var now ledger
	var began time.Time
	var timer *time.Timer
	readers.Go(func() {
		for lines := json.NewDecoder(records); ; {
			var e event
			if lines.Decode(&e) != nil {
				return // the child has ended, perhaps within a line
			}
			switch e.Do {
			case begun:
				began = time.Now()
				timer = time.AfterFunc(limit, cancel)
			case returned:
				r.Returned = true
			default:
				now.apply(e)
			}
		}
	})
	err = cmd.Wait()
	readers.Wait()
	if timer != nil {
		timer.Stop()
		r.Took = time.Since(began)
	}

	r.State = now.state()
	before, raw := splitReport(complaint.String())
	os.Stderr.WriteString(before)
	r.Raw = raw
	r.TimedOut = limitPassed.Load() && !began.IsZero() && !r.Returned
	switch {
	case began.IsZero() && limitPassed.Load():
		r.Err = fmt.Errorf("the child did not come to this call in %v; call it earlier in the program", reachLimit)
	case began.IsZero():
		r.Err = fmt.Errorf("the child ended (%v) before it came to this call; what the program does before must be the same in every run", ending(err))
	case r.Returned, r.TimedOut:
	case raw == "":
		r.Err = fmt.Errorf("the child ended (%v) before the function returned; a function given to Run must not end the program or the test", ending(err))
	default:
		r.Report = withoutFolders(raw)
	}
	return r
}

// ending says how a child ended.
func ending(err error) string {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.String()
	}
	if err != nil {
		return err.Error()
	}
	return "exit status 0"
}

// Deadlocked reports whether goroutines wait for each other's locks in a circle,
// or the runtime has reported that all are asleep.
func (r Result) Deadlocked() bool {
	return len(r.Cycles()) > 0 || asleep.MatchString(r.Raw)
}

// outcome says how it ended.
func (r Result) outcome() lang.Text {
	took := r.Took.Round(time.Millisecond)
	switch {
	case r.Err != nil:
		return lang.Format(lang.Text{Ko: "실행하지 못했다: %v", En: "it could not be run: %v"}, r.Err)
	case r.Returned:
		return lang.Format(lang.Text{
			Ko: "함수가 %v 뒤에 끝났다. 교착 상태가 되지 않았다.",
			En: "The function returned after %v: no deadlock.",
		}, took)
	case r.TimedOut && len(r.Cycles()) > 0:
		return lang.Format(lang.Text{
			Ko: "%v 뒤에 멈추었다. 런타임은 알리지 않았다: 모든 고루틴이 잠들어야만 알아챈다.",
			En: "Stopped after %v. The runtime reported nothing: it notices only when all goroutines are asleep.",
		}, r.Limit)
	case r.TimedOut:
		return lang.Format(lang.Text{
			Ko: "%v 안에 끝나지 않아 멈추었다.",
			En: "Stopped: it did not end within %v.",
		}, r.Limit)
	case asleep.MatchString(r.Raw):
		return lang.Format(lang.Text{
			Ko: "모든 고루틴이 잠들었고, %v 뒤에 Go 런타임이 알렸다.",
			En: "All goroutines were asleep, and Go's runtime said so after %v.",
		}, took)
	}
	return lang.Format(lang.Text{Ko: "함수가 이렇게 끝났다: %s", En: "The function ended with: %s"}, firstLine(r.Raw))
}

// String says how it ended, and who waited for whom.
func (r Result) String() string {
	s := r.outcome().String()
	if len(r.Goroutines) > 0 {
		s += "\n" + r.State.String()
	}
	for _, c := range r.Cycles() {
		s += "\n" + c.String()
	}
	return s
}

// A between passes on what is written between marks.
type between struct {
	mark   string
	to     io.Writer
	inside bool
	held   string // what may be a mark's beginning
}

func (b *between) Write(p []byte) (int, error) {
	text := b.held + string(p)
	for {
		passed, rest, found := strings.Cut(text, b.mark)
		if !found {
			break
		}
		if err := b.pass(passed); err != nil {
			return 0, err
		}
		b.inside = !b.inside
		text = rest
	}
	n := min(len(text), len(b.mark)-1)
	for !strings.HasPrefix(b.mark, text[len(text)-n:]) {
		n--
	}
	b.held = text[len(text)-n:]
	return len(p), b.pass(text[:len(text)-n])
}

func (b *between) pass(text string) error {
	if !b.inside || text == "" {
		return nil
	}
	_, err := io.WriteString(b.to, text)
	return err
}

// reportRoom is far above a report of a thousand goroutines.
const reportRoom = 4 << 20

// A head keeps the first reportRoom bytes of what is written.
type head struct{ content []byte }

func (h *head) Write(p []byte) (int, error) {
	h.content = append(h.content, p[:min(len(p), reportRoom-len(h.content))]...)
	return len(p), nil
}

func (h *head) String() string { return string(h.content) }
