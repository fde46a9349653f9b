package chart

import (
	"fmt"
	"html"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"interleave/helpers/lang"
)

const (
	// liveEvery bounds the updates to five in a second: more would trip the
	// server's rate limit, and cost what the chart is about.
	liveEvery = 200 * time.Millisecond
	// liveLimit is the size of an update in bytes, HTML and text together.
	liveLimit = 25 << 10
)

// Live is one output of a cell that changes while the cell runs and in the end is a
// chart like any other. The zero value is ready to use; several goroutines may use
// it, and a cell may have several. It starts no goroutine.
//
// A cell that is interrupted leaves the last update: a chart without a picture and
// a table, or the last values as a line of text where scripts do not run.
type Live struct {
	mu     sync.Mutex
	name   string    // of the output; empty: nothing was shown
	next   time.Time // before which nothing is shown
	thin   int       // an update shows one in so many points
	closed bool
	send   func(name string, o output) // nil: to the notebook
}

// Update shows the chart that draw gives, at once, unless an update was shown less
// than a fifth of a second ago or is just being made: then it returns without
// calling draw. So it may be called as often as there is something new. Outside a
// notebook, and after [Live.Close], it does nothing.
//
// An update has no picture and no table, and takes 25 KiB at most: of what is larger
// it shows fewer points. draw must not use the Live itself.
func (l *Live) Update(draw func() Chart) {
	// Whoever waits here would come too soon.
	if !l.mu.TryLock() {
		return
	}
	defer l.mu.Unlock()
	now := time.Now()
	if l.closed || now.Before(l.next) || l.send == nil && !gonbui.IsNotebook {
		return
	}
	l.next = now.Add(liveEvery)
	if l.name == "" {
		l.name = "chart_" + gonbui.UniqueId()
	}
	if l.send == nil {
		l.send = send
	}
	l.send(l.name, l.update(draw()))
}

// Close shows c as [Show] does, in place of the updates. Calling it again does
// nothing.
func (l *Live) Close(c Chart) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	showLast(os.Stdout, c, l.name)
}

// update makes c's output for the time being.
func (l *Live) update(c Chart) output {
	p, o, d, err := open(c)
	p.live = l.name
	if err != nil {
		p.problems = []string{problem(err)}
		return p.output()
	}
	said := p.latest(o, d)
	l.thin = max(l.thin, 1)
	for least := -1; ; l.thin += max(1, l.thin/2) {
		now, kept, _ := o.thin(l.thin)
		if least >= 0 && kept >= least {
			// There is nothing more to spare.
			l.thin, p.options = 1, ""
			return p.now(said + "; " + lang.Text{Ko: "차트는 너무 커서 셀이 끝나면 나온다", En: "the chart is too large to be shown before the cell ends"}.String())
		}
		least, p.elements, p.options = kept, now.elements(), now.expression()
		if out := p.now(said); out.size() <= liveLimit {
			return out
		}
	}
}

// now gives the page as an update that says a line where it cannot draw.
func (p page) now(said string) output {
	return output{html: p.wrap("<p>" + html.EscapeString(said) + "</p>\n"), plain: said + "\n"}
}

// latest puts a chart's last values into one line.
func (p page) latest(o options, d *details) string {
	if d == nil {
		d = o.deriveDetails()
	}
	values := d.latest
	if len(values) == 0 {
		for _, part := range d.parts {
			values = append(values, part.String())
		}
	}
	if len(values) == 0 {
		values = []string{"–"}
	}
	label := lang.Text{Ko: "마지막 값", En: "latest values"}
	return clip(fmt.Sprintf("%s — %s: %s", oneLine(p.title), label, strings.Join(values, "; ")), altRoom)
}
