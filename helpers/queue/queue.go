// Package queue holds the queues and pipelines of the notebook on queues, small
// enough to be read: a queue that has to be asked again and again ([Polling], the
// wrong way), one that blocks, has a bound and can be closed ([Queue], which is a
// channel and what a channel lacks), and stages of workers that are started and
// stopped as one ([Pipeline]). All of them count what happens to them, so that
// charts are drawn from counts and not from theory.
package queue

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
)

// ErrClosed is what Put gives once the queue is closed, and Get once it is empty
// as well.
var ErrClosed = errors.New("the queue is closed")

// A Queue passes items from producers to consumers, first in, first out. It holds no
// more than its capacity: Put waits for room, and Get for an item. After Close
// nothing more goes in, and what is in it still comes out.
//
// It is a channel. What it adds: Put fails, where sending on a closed channel panics;
// both ends can give up with a context; Join waits until every item has been dealt
// with; and it counts. Make one with [New]; all methods may be called from any number
// of goroutines.
type Queue[T any] struct {
	items    chan T
	capacity int64
	closing  sync.Once
	finished atomic.Bool // items is closed

	// What producers and what consumers count have a cache line each: they would take
	// it from each other. Close adds closedBit to entered and gets, so that whoever
	// counts sees at no cost that the queue is closed.
	_       [64]byte
	entered atomic.Int64 // Puts begun, those that wait or have failed among them
	failed  atomic.Int64
	full    atomic.Int64 // Puts that found no room
	peak    atomic.Int64
	_       [64]byte
	gets    atomic.Int64
	done    atomic.Int64
	empty   atomic.Int64 // Gets that found no item
	_       [64]byte

	joining atomic.Int64 // Joins that wait
	mu      sync.Mutex
	settled chan struct{} // closed when a Join may look again; guarded by mu
}

const closedBit = 1 << 62

// New makes a queue of the given capacity. With 0, a Put waits until a Get takes its item.
func New[T any](capacity int) *Queue[T] {
	if capacity < 0 {
		panic(fmt.Sprintf("queue.New(%d): give a capacity of 0 or more", capacity))
	}
	return &Queue[T]{items: make(chan T, capacity), capacity: int64(capacity), settled: make(chan struct{})}
}

// Put puts an item into the queue, and waits while it is full. It fails with [ErrClosed]
// if the queue has been closed before, or with the context's cause if that ends while it
// waits. Where there is room at once, the context is not asked; Get does likewise.
func (q *Queue[T]) Put(ctx context.Context, item T) error {
	if q.entered.Add(1) >= closedBit {
		return q.fail(ErrClosed)
	}
	select {
	case q.items <- item:
	default:
		if err := q.wait(ctx, item); err != nil {
			return q.fail(err)
		}
	}
	// Once it has been full, there is nothing to see: to look at the channel costs
	// about as much as to count.
	if peak := q.peak.Load(); peak < q.capacity {
		if n := int64(len(q.items)); n > peak {
			raise(&q.peak, n)
		}
	}
	return nil
}

// wait is Put where there was no room. Apart, since it would slow the other case.
func (q *Queue[T]) wait(ctx context.Context, item T) error {
	q.full.Add(1)
	raise(&q.peak, q.capacity)
	select {
	case q.items <- item:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// fail ends a Put that has put nothing.
func (q *Queue[T]) fail(err error) error {
	q.failed.Add(1)
	q.settle() // one item fewer for Join to wait for
	if q.entered.Load() >= closedBit {
		q.finish()
	}
	return err
}

// raise makes peak at least n.
func raise(peak *atomic.Int64, n int64) {
	for now := peak.Load(); n > now; now = peak.Load() {
		if peak.CompareAndSwap(now, n) {
			return
		}
	}
}

// Get takes the item that has been in the queue for the longest time, and waits while
// there is none. It fails with [ErrClosed] once the queue is closed and empty, or with
// the context's cause.
func (q *Queue[T]) Get(ctx context.Context) (item T, err error) {
	var ok bool
	select {
	case item, ok = <-q.items:
	default:
		q.empty.Add(1)
		select {
		case item, ok = <-q.items:
		case <-ctx.Done():
			return item, context.Cause(ctx)
		}
	}
	if !ok {
		return item, ErrClosed
	}
	q.took()
	return item, nil
}

// took counts an item that is out.
func (q *Queue[T]) took() {
	if q.gets.Add(1) >= closedBit {
		q.finish()
	}
}

// All gives the queue's items until it is closed and empty, and marks each as done
// when the loop's body has ended, whichever way it ends.
func (q *Queue[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			item, err := q.Get(context.Background())
			if err != nil || !q.handle(item, yield) {
				return
			}
		}
	}
}

func (q *Queue[T]) handle(item T, yield func(T) bool) bool {
	defer q.Done()
	return yield(item)
}

// Done says that an item taken by Get has been dealt with: see [Queue.Join].
func (q *Queue[T]) Done() {
	if q.done.Add(1) > q.entered.Load()&^closedBit {
		panic("queue: Done was called more often than items were put")
	}
	q.settle()
}

// settle wakes those who wait in Join.
func (q *Queue[T]) settle() {
	if q.joining.Load() == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.settled)
	q.settled = make(chan struct{})
}

// Join waits until every item put so far, and every one whose Put still waits, has
// been marked as done. It fails with the context's cause.
func (q *Queue[T]) Join(ctx context.Context) error {
	q.joining.Add(1)
	defer q.joining.Add(-1)
	for {
		q.mu.Lock()
		settled := q.settled
		q.mu.Unlock()
		if q.pending() == 0 {
			return nil
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// pending gives how many items have not been dealt with. The order in which it reads
// makes sure that it gives 0 only if there was a moment when that was so.
func (q *Queue[T]) pending() int64 {
	dealt := q.done.Load() + q.failed.Load()
	return q.entered.Load()&^closedBit - dealt
}

// Close says that nothing more comes: every later Put fails. One that already waits for
// room still gets in, and what is in the queue still comes out. Close may be called more
// than once.
func (q *Queue[T]) Close() {
	q.closing.Do(func() {
		q.entered.Add(closedBit)
		q.gets.Add(closedBit)
	})
	q.finish()
}

// finish closes the channel of a closed queue once every item is out and no Put is
// under way that could still send. Whoever may have been the last one calls it. A Put
// that begins after Close never sends.
func (q *Queue[T]) finish() {
	// In this order: if they are equal, they were when the first two were read. While
	// Close has told only one side, they are not.
	over := q.gets.Load() + q.failed.Load()
	if over == q.entered.Load() && !q.finished.Swap(true) {
		close(q.items)
	}
}

// Stats are a queue's counts so far.
type Stats struct {
	Puts, Gets, Done int64 // items that went in, came out, and were marked as done
	Length, Peak     int   // items in the queue, now and at the most, as seen after each Put
	Full, Empty      int64 // how often a Put had to wait for room, and a Get for an item
}

// Stats gives the counts. While the queue is in use they are not all of the same
// moment.
func (q *Queue[T]) Stats() Stats {
	done, gets, length := q.done.Load(), q.gets.Load()&^closedBit, len(q.items)
	return Stats{
		Puts: gets + int64(length), Gets: gets, Done: done,
		Length: length, Peak: int(q.peak.Load()),
		Full: q.full.Load(), Empty: q.empty.Load(),
	}
}
