package queue

import "sync"

// A Polling queue does not make anybody wait: Get gives nothing while it is empty, and
// Put always has room. Whoever needs an item has to ask again and again, and nothing
// keeps a producer from filling the memory. It is here to be measured; use [Queue]. Its
// zero value is ready.
type Polling[T any] struct {
	mu    sync.Mutex
	items []T
	stats PollStats
}

// PollStats are the counts of a [Polling] queue so far.
type PollStats struct {
	Polls, Found int64 // how often Get was called, and how often it gave an item
	Length, Peak int   // items in the queue, now and at the most
}

// Put puts an item into the queue.
func (q *Polling[T]) Put(item T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, item)
	q.stats.Peak = max(q.stats.Peak, len(q.items))
}

// Get takes the item that has been in the queue for the longest time, if there is one.
func (q *Polling[T]) Get() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stats.Polls++
	if len(q.items) == 0 {
		return item, false
	}
	q.stats.Found++
	var none T
	item, q.items[0] = q.items[0], none // or the garbage collector keeps it
	q.items = q.items[1:]
	return item, true
}

// Stats gives the counts.
func (q *Polling[T]) Stats() PollStats {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.stats
	now.Length = len(q.items)
	return now
}
