package interleaving

import "fmt"

// A Value is a whole number that operations read and write: a *SharedInt or an
// *OwnInt.
type Value interface{ name() string }

// A SharedInt is a value that all workers share.
type SharedInt struct {
	label string
	start int
}

// Shared declares a value that all workers share, with the value it starts with.
func Shared(name string, start int) *SharedInt { return &SharedInt{label: name, start: start} }

// An OwnInt is a private value: each worker has one of its own under that name,
// as each call of a function has its own local variables.
type OwnInt struct{ label string }

// Own declares a private value. It starts at 0 in each worker.
func Own(name string) *OwnInt { return &OwnInt{label: name} }

// A SharedMutex is a lock that one worker at a time can hold. As with
// [sync.Mutex], the worker that holds it waits for itself if it locks it again,
// and any worker may unlock it.
type SharedMutex struct{ label string }

// Mutex declares a lock that all workers share, unlocked at first.
func Mutex(name string) *SharedMutex { return &SharedMutex{label: name} }

func (s *SharedInt) name() string {
	if s == nil {
		return ""
	}
	return s.label
}

func (o *OwnInt) name() string {
	if o == nil {
		return ""
	}
	return o.label
}

func (mu *SharedMutex) name() string {
	if mu == nil {
		return ""
	}
	return mu.label
}

type kind int

const (
	none kind = iota
	read
	add
	write
	lock
	unlock
	do
	when
)

// An Operation is one atomic operation of a worker. It can be part of several
// workers.
type Operation struct {
	kind   kind
	text   string
	shared *SharedInt
	own    *OwnInt
	mutex  *SharedMutex
	by     int
	cond   func(*Memory) bool
	then   func(*Memory)
}

// Read is the operation own = shared.
func (o *OwnInt) Read(from *SharedInt) Operation {
	return Operation{kind: read, own: o, shared: from, text: o.name() + " = " + from.name()}
}

// Add is the operation own += by. It touches nothing that is shared.
func (o *OwnInt) Add(by int) Operation {
	text := fmt.Sprintf("%s += %d", o.name(), by)
	if by < 0 {
		text = fmt.Sprintf("%s -= %s", o.name(), fmt.Sprint(by)[1:])
	}
	return Operation{kind: add, own: o, by: by, text: text}
}

// Write is the operation shared = own.
func (s *SharedInt) Write(from *OwnInt) Operation {
	return Operation{kind: write, own: from, shared: s, text: s.name() + " = " + from.name()}
}

// Lock is the operation that waits until the mutex is unlocked and locks it.
func (mu *SharedMutex) Lock() Operation {
	return Operation{kind: lock, mutex: mu, text: "lock " + mu.name()}
}

// Unlock is the operation that unlocks the mutex. If it is not locked, the order
// ends in a Crash.
func (mu *SharedMutex) Unlock() Operation {
	return Operation{kind: unlock, mutex: mu, text: "unlock " + mu.name()}
}

// Do is an operation of the reader's own, with the text that tables show for it.
// All that f does is one atomic operation.
func Do(label string, f func(*Memory)) Operation {
	return Operation{kind: do, text: label, then: f}
}

// When is an operation that waits until cond holds, and then, in the same atomic
// operation, does f, which may be nil. With it a semaphore is
//
//	When("acquire", func(m *Memory) bool { return m.Get(free) > 0 }, func(m *Memory) { m.Add(free, -1) })
//
// cond is asked again and again while the worker waits, so it only reads.
func When(label string, cond func(*Memory) bool, f func(*Memory)) Operation {
	return Operation{kind: when, text: label, cond: cond, then: f}
}
