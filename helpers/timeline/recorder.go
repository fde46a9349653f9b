package timeline

import (
	"strings"
	"sync"
	"time"
)

// Recorder records spans as they happen, in any number of goroutines. Its zero
// value is ready. To record a span takes a fraction of a microsecond, most of it to
// read the clock twice.
type Recorder struct {
	mu   sync.Mutex
	zero time.Time // when the recording began; the zero Time: it has not
	// In the order in which they began. No chunk ever moves: a long recording is
	// not copied over and over, and a span can be ended where it lies.
	chunks [][]record
}

// A chunk is twice as large as the one before it, within these bounds.
const leastChunk, mostChunk = 16, 1024

type record struct {
	row      string
	state    State
	note     string
	from, to time.Duration // since zero
	ended    bool
}

// Start begins a new recording: its times count from here. What was recorded before
// is gone, and so is what has not ended. Without it, the first span begins the
// recording.
func (r *Recorder) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.chunks = nil
	r.zero = time.Now()
}

// Begin records that row is in state from now on, until end is called. What end is
// given is the span's note. Called once more, end does nothing.
func (r *Recorder) Begin(row string, state State) (end func(note ...string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.chunks) - 1
	if last < 0 || len(r.chunks[last]) == cap(r.chunks[last]) {
		size := leastChunk
		if last >= 0 {
			size = min(2*cap(r.chunks[last]), mostChunk)
		}
		r.chunks = append(r.chunks, make([]record, 0, size))
		last++
	}
	n := len(r.chunks[last])
	r.chunks[last] = r.chunks[last][:n+1]
	s := &r.chunks[last][n]
	s.row, s.state = row, state
	// The clock is read last here, and first at the end: what the recorder itself
	// takes is in no span.
	if r.zero.IsZero() {
		r.zero = time.Now()
	} else {
		s.from = time.Since(r.zero)
	}
	return func(note ...string) { r.end(s, time.Now(), note) }
}

func (r *Recorder) end(s *record, now time.Time, note []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.ended {
		return
	}
	s.to, s.ended = now.Sub(r.zero), true
	s.note = strings.Join(note, " ")
}

// Spans gives what was recorded so far, in the order in which it began. A span that
// has not ended ends now, and is marked as open.
func (r *Recorder) Spans() []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Since(r.zero)
	spans := []Span{}
	for _, chunk := range r.chunks {
		for _, s := range chunk {
			if !s.ended {
				s.to = now
			}
			spans = append(spans, Span{Row: s.row, State: s.state, From: s.from.Seconds(), To: s.to.Seconds(), Note: s.note, Open: !s.ended})
		}
	}
	return spans
}
