package deadlock

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// What events tell.
const (
	wants    = "wants"
	acquired = "acquired"
	released = "released"
	named    = "named"
	begun    = "begun" // the function of Run is about to be called
	returned = "returned"
)

// An event is one line of the record that a child writes.
type event struct {
	Do        string        `json:"do"`
	Goroutine int64         `json:"goroutine"`
	Lock      int64         `json:"lock,omitempty"`
	Name      string        `json:"name,omitempty"` // of the lock, or with named of the goroutine
	At        time.Duration `json:"at"`             // since the beginning of the record
}

// A recorder takes events from all goroutines.
type recorder struct {
	start time.Time
	out   io.Writer // where a child writes each event at once; nil: nowhere

	mu  sync.Mutex
	now ledger
}

func (r *recorder) add(e event) {
	e.Name = clip(e.Name)
	r.mu.Lock()
	defer r.mu.Unlock()
	e.At = time.Since(r.start)
	r.now.apply(e)
	if r.out == nil {
		return
	}
	line, err := json.Marshal(e)
	if err != nil {
		panic(err) // numbers and strings
	}
	// Without a buffer: the runtime, when it finds the deadlock, lets nobody
	// flush one. An error means that the parent is gone, and the record with it.
	r.out.Write(append(line, '\n'))
}

// nameRoom is how many characters of a name are kept.
const nameRoom = 40

func clip(name string) string {
	if r := []rune(name); len(r) > nameRoom {
		return string(r[:nameRoom-1]) + "…"
	}
	return name
}

// A ledger is what the events up to now add up to. The zero value is empty.
type ledger struct {
	goroutines map[int64]string // names
	locks      map[int64]string // names, by number
	holder     map[int64]int64  // lock to goroutine
	holds      map[int64][]int64
	waits      map[int64]event // by goroutine
}

func (l *ledger) apply(e event) {
	if l.locks == nil {
		*l = ledger{map[int64]string{}, map[int64]string{}, map[int64]int64{}, map[int64][]int64{}, map[int64]event{}}
	}
	if e.Lock != 0 {
		l.locks[e.Lock] = e.Name
	}
	switch e.Do {
	case named:
		l.goroutines[e.Goroutine] = e.Name
	case wants:
		l.waits[e.Goroutine] = e
	case acquired:
		delete(l.waits, e.Goroutine)
		l.holder[e.Lock] = e.Goroutine
		l.holds[e.Goroutine] = append(l.holds[e.Goroutine], e.Lock)
	case released:
		// Whoever unlocks: Go lets any goroutine.
		owner := l.holder[e.Lock]
		delete(l.holder, e.Lock)
		l.holds[owner] = slices.DeleteFunc(l.holds[owner], func(lock int64) bool { return lock == e.Lock })
		if len(l.holds[owner]) == 0 {
			delete(l.holds, owner)
		}
	}
}

// state gives the goroutines that hold a lock or wait for one.
func (l *ledger) state() State {
	lockNames := distinct(l.locks, "lock")
	goroutineNames := distinct(l.goroutines, "goroutine")
	involved := map[int64]bool{}
	for g := range l.holds {
		involved[g] = true
	}
	for g := range l.waits {
		involved[g] = true
	}
	var s State
	for _, id := range slices.Sorted(maps.Keys(involved)) {
		g := Goroutine{ID: id}
		if l.goroutines[id] != "" {
			g.Name = goroutineNames[id]
		}
		for _, lock := range l.holds[id] {
			g.Holds = append(g.Holds, lockNames[lock])
		}
		if w, is := l.waits[id]; is {
			g.WaitsFor, g.Since = lockNames[w.Lock], w.At
		}
		s.Goroutines = append(s.Goroutines, g)
	}
	return s
}

// distinct gives each thing a name that no other bears: its own, or what it is
// and its number.
func distinct(names map[int64]string, what string) map[int64]string {
	bearers := map[string]int{}
	for _, name := range names {
		bearers[name]++
	}
	unique := map[int64]string{}
	for id, name := range names {
		number := fmt.Sprintf("%s %d", what, id)
		unique[id] = cmp.Or(name, number)
		if name != "" && bearers[name] > 1 {
			unique[id] = name + " (" + number + ")"
		}
	}
	return unique
}
