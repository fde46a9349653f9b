package subprocess

import (
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"interleave/helpers/lang"
	"interleave/helpers/timeline"
)

// Lives records what children go through: their start, until their program runs;
// their running; the time after they were sent a signal; and the time from their
// end until they have been waited for, which includes the end of what they print. Its zero value is ready. The clock begins with
// the first start.
//
// When a child ends is seen on Linux at the end itself, to within a fraction of a
// millisecond; elsewhere only when it is waited for.
type Lives struct {
	mu    sync.Mutex
	lives []*life
}

// A life is what happened to one child when. A zero time has not come.
type life struct {
	name                              string
	born, running, asked, ended, gone time.Time
	note                              string
}

// A Recorded child is one whose life is recorded by Start, Wait, Run and Signal, which
// are those of [exec.Cmd] and [os.Process]; by Output and CombinedOutput it is not.
type Recorded struct {
	*exec.Cmd
	lives *Lives
	life  *life
}

// Record has the life of cmd recorded under that name, if it is started and waited
// for by what Record gives.
func (l *Lives) Record(name string, cmd *exec.Cmd) *Recorded {
	return &Recorded{Cmd: cmd, lives: l, life: &life{name: name}}
}

// Start starts the child.
func (c *Recorded) Start() error {
	born := time.Now()
	err := c.Cmd.Start()
	running := time.Now()
	c.lives.mu.Lock()
	c.life.born, c.life.running = born, running
	if err != nil {
		c.life.running, c.life.gone = time.Time{}, running
		c.life.note = "not started"
	}
	c.lives.lives = append(c.lives.lives, c.life)
	c.lives.mu.Unlock()
	if err != nil {
		return err
	}
	if wait, err := exit(c.Process.Pid); err == nil {
		go func() {
			if wait() == nil {
				c.mark(&c.life.ended)
			}
		}()
	}
	return nil
}

// Wait waits for the child's end and its output.
func (c *Recorded) Wait() error {
	err := c.Cmd.Wait()
	if c.ProcessState != nil {
		c.mark(&c.life.gone)
		c.lives.mu.Lock()
		if status := Status(c.ProcessState); status != 0 {
			c.life.note = strconv.Itoa(status)
		}
		c.lives.mu.Unlock()
	}
	return err
}

// Run starts the child and waits for it.
func (c *Recorded) Run() error {
	if err := c.Start(); err != nil {
		return err
	}
	return c.Wait()
}

// Signal sends sig to the child, which was started.
func (c *Recorded) Signal(sig os.Signal) error {
	asked := time.Now()
	if err := c.Process.Signal(sig); err != nil {
		return err
	}
	c.lives.mu.Lock()
	defer c.lives.mu.Unlock()
	if c.life.asked.IsZero() {
		c.life.asked = asked
	}
	return nil
}

// mark notes that something happened now, unless it has before.
func (c *Recorded) mark(at *time.Time) {
	now := time.Now()
	c.lives.mu.Lock()
	defer c.lives.mu.Unlock()
	if at.IsZero() {
		*at = now
	}
}

// Spans gives the lives so far, each in several spans that follow each other. A
// status other than 0 with which a child ended, as [Status] gives it, is the note of
// the span in which it runs. What has not ended yet ends now, and is marked as open.
func (l *Lives) Spans() []timeline.Span {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	spans := []timeline.Span{}
	if len(l.lives) == 0 {
		return spans
	}
	zero := l.lives[0].born
	for _, c := range l.lives {
		if c.born.Before(zero) {
			zero = c.born
		}
	}
	for _, c := range l.lives {
		spans = append(spans, c.spans(zero, now)...)
	}
	return spans
}

// spans gives one life, with times since zero.
func (c life) spans(zero, now time.Time) (spans []timeline.Span) {
	ended := c.ended
	if ended.IsZero() || !c.gone.IsZero() && c.gone.Before(ended) {
		ended = c.gone // seen only when it was waited for
	}
	asked := c.asked
	if !ended.IsZero() && ended.Before(asked) {
		asked = time.Time{} // the signal met a child that had ended
	}
	marks := []struct {
		state timeline.State
		from  time.Time
	}{{timeline.Starting, c.born}, {timeline.Running, c.running}, {timeline.Ending, asked}, {timeline.Ended, ended}, {"", c.gone}}
	for i, m := range marks[:len(marks)-1] {
		if m.from.IsZero() {
			continue
		}
		s := timeline.Span{Row: c.name, State: m.state, From: m.from.Sub(zero).Seconds(), To: now.Sub(zero).Seconds(), Open: true}
		for _, next := range marks[i+1:] {
			if !next.from.IsZero() {
				s.To, s.Open = next.from.Sub(zero).Seconds(), false
				break
			}
		}
		if m.state == timeline.Ended && s.To == s.From {
			continue // its end was not seen by itself
		}
		spans = append(spans, s)
	}
	// Beside the time that it ran, what a child does after a signal is often too
	// short to have a note above it.
	spans[min(1, len(spans)-1)].Note = c.note
	return spans
}

// Part gives the lives as one part of a timeline.
func (l *Lives) Part(name lang.Text) timeline.Part {
	return timeline.Part{Name: name, Spans: l.Spans()}
}
