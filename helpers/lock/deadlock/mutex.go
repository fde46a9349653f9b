// Package deadlock shows goroutines that wait for each other's locks: [Run] lets
// a function run into its deadlock in a child process and brings back the Go
// runtime's own report, together with a record of who held what and who waited
// for what. The report alone names only what is awaited.
//
// The record is made by [Mutex], which is used in place of sync.Mutex.
package deadlock

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A Mutex is a sync.Mutex that says who wants, gets and gives it back, while
// [Run] or [Watch] listens. Otherwise it costs one atomic load more than a
// sync.Mutex. The zero value is an unlocked mutex; one in use is not to be copied.
type Mutex struct {
	Name string // shown in texts and charts; empty: "lock" and a number by first use

	mu sync.Mutex
	id atomic.Int64 // 0 until it is recorded
}

// Lock locks m; if another goroutine holds it, Lock waits.
func (m *Mutex) Lock() {
	r := listening.Load()
	if r == nil {
		m.mu.Lock()
		return
	}
	g := goroutineID()
	r.add(event{Do: wants, Goroutine: g, Lock: m.number(), Name: m.Name})
	m.mu.Lock()
	// After the lock, as its release is told before the unlock: what the record
	// calls held is held, and so a cycle in it is no trick of timing.
	r.add(event{Do: acquired, Goroutine: g, Lock: m.number(), Name: m.Name})
}

// TryLock locks m if nobody holds it, and reports whether it did. It never
// waits, so a failure leaves nothing in the record.
func (m *Mutex) TryLock() bool {
	ok := m.mu.TryLock()
	if r := listening.Load(); r != nil && ok {
		r.add(event{Do: acquired, Goroutine: goroutineID(), Lock: m.number(), Name: m.Name})
	}
	return ok
}

// Unlock unlocks m, whichever goroutine has locked it. To unlock what is not
// locked is a fatal error, as with sync.Mutex.
func (m *Mutex) Unlock() {
	if r := listening.Load(); r != nil {
		r.add(event{Do: released, Goroutine: goroutineID(), Lock: m.number(), Name: m.Name})
	}
	m.mu.Unlock()
}

// numbers counts the locks by their first use under the record.
var numbers atomic.Int64

func (m *Mutex) number() int64 {
	if m.id.Load() == 0 {
		m.id.CompareAndSwap(0, numbers.Add(1))
	}
	return m.id.Load()
}

// Name gives the calling goroutine a name for texts and charts. Goroutines
// without one are shown by their number.
func Name(name string) {
	if r := listening.Load(); r != nil {
		r.add(event{Do: named, Goroutine: goroutineID(), Name: name})
	}
}

// listening takes the record, or is nil.
var listening atomic.Pointer[recorder]

// Watch begins a new record in this process, for [Snapshot]. Locks taken before
// are not in it. While it is on, each locking costs microseconds, not
// nanoseconds: time nothing under it.
func Watch() { listening.Store(&recorder{start: time.Now()}) }

// Snapshot gives what [Watch] has recorded up to now. A test that has waited too
// long says why with t.Fatal(deadlock.Snapshot()).
func Snapshot() State {
	r := listening.Load()
	if r == nil {
		return State{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now.state()
}

// goroutineID is the number that the runtime's reports print too, which is what
// ties a picture to a report. No function of the library gives it.
func goroutineID() int64 {
	var buf [64]byte
	first := buf[:runtime.Stack(buf[:], false)] // "goroutine 7 [running]:…"
	fields := bytes.Fields(first)
	if len(fields) > 1 {
		if id, err := strconv.ParseInt(string(fields[1]), 10, 64); err == nil {
			return id
		}
	}
	panic(fmt.Sprintf("read the goroutine's number: runtime.Stack begins with %q, not with \"goroutine\" and a number; this Go is newer than interleave/helpers/lock/deadlock", first))
}
