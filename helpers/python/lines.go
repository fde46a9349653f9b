package python

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// A decoder reads what is written to it line by line, each a JSON value for f.
// At the first that fails it has the writer stopped.
type decoder[T any] struct {
	f    func(T) error
	stop context.CancelCauseFunc

	rest []byte // an unfinished line
	n    int    // lines read
	err  error
}

func (d *decoder[T]) Write(p []byte) (int, error) {
	if d.err != nil {
		// Taken and thrown away: the first error is the one to tell.
		return len(p), nil
	}
	written := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			d.rest = append(d.rest, p...)
			return written, nil
		}
		line := p[:i]
		if len(d.rest) > 0 {
			line = append(d.rest, line...)
			d.rest = line[:0]
		}
		if d.line(line); d.err != nil {
			d.stop(d.err)
			return written, nil
		}
		p = p[i+1:]
	}
}

// flush reads a last line without an end and gives the first error of all.
func (d *decoder[T]) flush() error {
	if d.err == nil && len(d.rest) > 0 {
		d.line(d.rest)
	}
	return d.err
}

func (d *decoder[T]) line(line []byte) {
	d.n++
	var v T
	if err := json.Unmarshal(line, &v); err != nil {
		d.err = fmt.Errorf("line %d of its output, %s, is not the JSON value expected: %w: print results with json.dumps, and anything else to sys.stderr",
			d.n, quote(line), err)
		return
	}
	if err := d.f(v); err != nil {
		d.err = fmt.Errorf("line %d of its output: %w", d.n, err)
	}
}

// quote shows the beginning of what a program printed.
func quote(b []byte) string {
	const most = 200
	if len(b) <= most {
		return fmt.Sprintf("%q", b)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(b[cut]) {
		cut-- // never half a Hangul syllable
	}
	return fmt.Sprintf("%q…", b[:cut])
}

// tail keeps the end of what is written to it, where a traceback is.
type tail struct {
	b   []byte
	cut bool
}

const tailSize = 32 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if over := len(t.b) - tailSize; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
		t.cut = true
	}
	return len(p), nil
}

func (t *tail) String() string {
	b := t.b
	if t.cut {
		// Begin with a whole line.
		b = b[bytes.IndexByte(b, '\n')+1:]
		return "…\n" + string(b)
	}
	return string(b)
}
