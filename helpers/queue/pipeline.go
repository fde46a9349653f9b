package queue

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"interleave/helpers/timeline"
)

// ErrStopped is what Wait gives for a pipeline that Stop has stopped.
var ErrStopped = errors.New("the pipeline was stopped")

// A Pipeline is stages that work at the same time, joined by queues, and are stopped
// as one: when an item fails, a worker panics, the context ends or Stop is called, all
// of them stop, and no goroutine stays. Make one with [NewPipeline], give it a [Feed]
// and its [Stage]s, take what the last one gives, and call Wait.
type Pipeline struct {
	// Recorder, where it is set before the first stage, records what each worker does:
	// [timeline.Getting], [timeline.Running] and [timeline.Putting].
	Recorder *timeline.Recorder

	ctx     context.Context
	cancel  context.CancelCauseFunc
	workers sync.WaitGroup

	mu     sync.Mutex
	stages []*stage
	ended  bool
	err    error // why it stopped, once it has ended

	misused error // how it was put together wrongly
}

// NewPipeline makes a pipeline that stops when ctx ends.
func NewPipeline(ctx context.Context) *Pipeline {
	p := new(Pipeline)
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	return p
}

// A Failure is an item whose stage gave an error, or did not come to an end.
type Failure struct {
	Item any
	Err  error
}

// A PanicError is a panic in a stage, as an error.
type PanicError struct {
	Value any    // what it panicked with
	Stack []byte // where, as of [debug.Stack]
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap gives the error that it panicked with, if it was one.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// StageStats are the counts of one stage. Every item that has come to it is done, failed
// or still in its queue: when Wait has returned, Done, Failed and Left are all of them.
type StageStats struct {
	Name    string
	Feed    bool // it is no stage, but feeds the first one
	Workers int
	Done    int64         // items that went through
	Failed  []Failure     // at most one for each worker
	Left    []any         // after Wait: those that came to it and were not begun
	Busy    time.Duration // time spent on items that are done, of all workers together
	Queue   Stats         // of the queue that it takes from
	// Undelivered are results that the last stage could not put into its queue when the
	// pipeline stopped: they are done, and nobody got them. Those of other stages are Left
	// of the next. What is in the last queue can still be taken.
	Undelivered []any
}

type stage struct {
	name    string
	workers int
	done    atomic.Int64
	busy    atomic.Int64 // nanoseconds
	stats   func() Stats
	drain   func() (left []any, whole bool) // what is in its queue, and whether all else has been taken
	in, out any                             // its queues

	mu     sync.Mutex
	failed []Failure
	inHand []any // results that could not be put
	left   []any
}

// Feed puts the items into a queue of that capacity for the first stage, and closes it
// after the last. Stopping the pipeline does not wake up an iterator that waits for
// something else: Wait waits until it gives another item or ends.
func Feed[T any](p *Pipeline, capacity int, items iter.Seq[T]) *Queue[T] {
	out := New[T](capacity)
	s := &stage{name: "feed", workers: 1, out: out}
	p.add(s)
	exhausted := false
	s.drain = func() ([]any, bool) { return nil, exhausted }
	p.workers.Go(func() {
		defer out.Close()
		err := errExited
		defer func() {
			if err != nil {
				p.cancel(fmt.Errorf("feed the pipeline: %w", err))
			}
		}()
		_, err = guard(func() (none struct{}, _ error) {
			for item := range items {
				if !deliver(p, s, out, item, "feed 1") {
					return none, nil
				}
			}
			exhausted = true
			return none, nil
		})
	})
	return out
}

// Stage starts workers that take items from a queue, call f with each and put what it
// gives into a queue of that capacity, which they close at the end. An error or a panic
// of f stops the pipeline. The context that f gets ends when the pipeline stops: f should
// then return soon, since Wait waits for it.
func Stage[In, Out any](p *Pipeline, name string, workers, capacity int, in *Queue[In], f func(context.Context, In) (Out, error)) *Queue[Out] {
	if workers < 1 {
		p.misused = fmt.Errorf("stage %s: %d workers: give it 1 or more", name, workers)
		p.cancel(p.misused)
	}
	out := New[Out](capacity)
	s := &stage{name: name, workers: workers, stats: in.Stats, in: in, out: out}
	s.drain = func() (left []any, whole bool) {
		for {
			select {
			case item, ok := <-in.items:
				if !ok {
					return left, true
				}
				in.took()
				left = append(left, item)
			default:
				return left, in.finished.Load()
			}
		}
	}
	p.add(s)
	var working sync.WaitGroup
	for i := range workers {
		working.Add(1)
		p.workers.Go(func() {
			defer working.Done()
			row := fmt.Sprint(name, " ", i+1)
			for p.ctx.Err() == nil && step(p, s, row, in, out, f) {
			}
		})
	}
	p.workers.Go(func() {
		working.Wait()
		out.Close()
	})
	return out
}

func (p *Pipeline) add(s *stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stages = append(p.stages, s)
}

// step takes one item through a stage, and reports whether to go on.
func step[In, Out any](p *Pipeline, s *stage, row string, in *Queue[In], out *Queue[Out], f func(context.Context, In) (Out, error)) bool {
	end := p.begin(row, timeline.Getting)
	item, err := in.Get(p.ctx)
	end()
	if err != nil {
		return false // closed, or stopped
	}
	defer in.Done()
	end = p.begin(row, timeline.Running)
	begun := time.Now()
	err = errExited
	defer func() {
		if err == nil {
			return
		}
		end("✗")
		s.mu.Lock()
		s.failed = append(s.failed, Failure{item, err})
		s.mu.Unlock()
		p.cancel(fmt.Errorf("stage %s, item %s: %w", s.name, short(item), err))
	}()
	var result Out
	result, err = guard(func() (Out, error) { return f(p.ctx, item) })
	if err != nil {
		return false
	}
	s.busy.Add(int64(time.Since(begun)))
	end()
	return deliver(p, s, out, result, row)
}

// deliver counts a result as done and puts it into the next queue. Of one that cannot
// be put it keeps hold.
func deliver[T any](p *Pipeline, s *stage, out *Queue[T], result T, row string) bool {
	s.done.Add(1)
	end := p.begin(row, timeline.Putting)
	err := context.Cause(p.ctx) // Put does not ask where there is room
	if err == nil {
		err = out.Put(p.ctx, result)
	}
	end()
	if err == nil {
		return true
	}
	s.mu.Lock()
	s.inHand = append(s.inHand, result)
	s.mu.Unlock()
	if errors.Is(err, ErrClosed) {
		p.cancel(fmt.Errorf("stage %s: put its result: %w: leave it to the stage to close it", s.name, err))
	}
	return false
}

// errExited stays where a function of the reader's has ended its goroutine.
var errExited = errors.New("it ended its goroutine by runtime.Goexit: return an error instead")

// guard makes an error of a panic in f.
func guard[T any](f func() (T, error)) (result T, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}

func (p *Pipeline) begin(row string, state timeline.State) func(...string) {
	if p.Recorder == nil {
		return func(...string) {}
	}
	return p.Recorder.Begin(row, state)
}

// Context gives the context that f of each stage gets: it ends with the pipeline, its cause
// being what stopped it. It is for what works between two stages.
func (p *Pipeline) Context() context.Context { return p.ctx }

// Stop stops all stages, without waiting for them. After a pipeline's end it does
// nothing.
func (p *Pipeline) Stop() { p.cancel(ErrStopped) }

// Wait waits until all stages have ended, and gives the error that stopped them: what
// failed first, the context's cause, [ErrStopped], or nil if all items went through.
// Somebody must take what the last stage gives, or none of them ends.
func (p *Pipeline) Wait() error {
	p.workers.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return p.err
	}
	p.ended = true
	whole := true
	for i, s := range p.stages {
		left, all := s.drain()
		s.left = append(s.left, left...)
		whole = whole && all && len(s.left)+len(s.failed)+len(s.inHand) == 0
		// Who takes from the queue that it could not put its results into?
		if next := slices.IndexFunc(p.stages, func(t *stage) bool { return t.in == s.out }); next > i {
			p.stages[next].left = append(p.stages[next].left, s.inHand...)
			s.inHand = nil
		}
	}
	if !whole || p.misused != nil { // a context that ended just after the last item stopped nothing
		p.err = context.Cause(p.ctx)
	}
	p.cancel(nil)
	return p.err
}

// Stats gives the counts of all stages, the feed first.
func (p *Pipeline) Stats() []StageStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []StageStats
	for _, s := range p.stages {
		all = append(all, s.read())
	}
	return all
}

func (s *stage) read() StageStats {
	now := StageStats{Name: s.name, Feed: s.in == nil, Workers: s.workers, Done: s.done.Load(), Busy: time.Duration(s.busy.Load())}
	if s.stats != nil {
		now.Queue = s.stats()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now.Failed, now.Left, now.Undelivered = slices.Clone(s.failed), slices.Clone(s.left), slices.Clone(s.inHand)
	return now
}

// short writes an item into an error.
func short(item any) string {
	const most = 60
	text := fmt.Sprint(item)
	if len(text) <= most {
		return text
	}
	cut := most
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
