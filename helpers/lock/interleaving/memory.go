package interleaving

import (
	"fmt"
	"slices"
)

// A Memory is what the reader's functions see of the values, at one point of one
// order. It is valid only until the function returns.
type Memory struct {
	engine   *engine
	frame    []int
	worker   int // that makes the operation; -1 in Always and AtEnd
	readOnly bool
	unknown  Value // one that no operation names, used here for the first time
	err      error
}

// Get gives the present value of v; of an OwnInt, that of the worker that makes
// the operation.
func (m *Memory) Get(v Value) int {
	at, shared := m.find(v)
	if shared && m.worker >= 0 {
		seen(m.frame, at, m.worker)
	}
	return m.frame[at]
}

// Set gives v a new value.
func (m *Memory) Set(v Value, to int) {
	at, shared := m.find(v)
	if m.readOnly {
		m.fail(fmt.Errorf("it sets %q, and a condition may only read: set it in the function of a Do, or in the second one of When", v.name()))
	}
	if shared {
		m.engine.store(m.frame, at, m.worker, to)
		return
	}
	m.frame[at] = to
}

// Add adds by to v: it reads the value and writes it back within this operation.
func (m *Memory) Add(v Value, by int) { m.Set(v, m.Get(v)+by) }

// Of gives the own value of the worker with that letter, "A": the one way for
// Always and AtEnd to see it.
func (m *Memory) Of(worker string, own *OwnInt) int {
	p := m.engine.program
	if len(worker) != 1 || worker[0] < 'A' || int(worker[0]-'A') >= len(p.code) {
		m.fail(fmt.Errorf("it asks for a value of worker %q: the workers are %s", worker, p.letters()))
	}
	return m.frame[p.ownAt(m.ownIndex(own), int(worker[0]-'A'))]
}

// find gives the place of v in the frame.
func (m *Memory) find(v Value) (at int, shared bool) {
	p := m.engine.program
	switch v := v.(type) {
	case *SharedInt:
		i := slices.Index(p.shared, v)
		if i < 0 {
			m.meet(v, v == nil)
		}
		return p.sharedAt(i), true
	case *OwnInt:
		i := m.ownIndex(v)
		if m.worker < 0 {
			m.fail(fmt.Errorf("it asks for %q, and each worker has one of its own: say whose, such as m.Of(\"A\", %s)", v.label, v.label))
		}
		p.users[i] |= 1 << m.worker
		return p.ownAt(i, m.worker), false
	case *SharedMutex:
		m.fail(fmt.Errorf("it uses the mutex %q, which has no value: only its Lock and Unlock can be used, as operations of their own", v.name()))
	}
	m.meet(v, true)
	return 0, false
}

func (m *Memory) ownIndex(v *OwnInt) int {
	i := slices.Index(m.engine.program.own, v)
	if i < 0 {
		m.meet(v, v == nil)
	}
	return i
}

// meet ends the play when a function names a value that no operation does: all
// orders are then played again with it.
func (m *Memory) meet(v Value, isNil bool) {
	if isNil {
		m.fail(fmt.Errorf(`it uses a value that is nil: declare it with Shared("name", 0) or Own("name")`))
	}
	m.unknown = v
	m.fail(fmt.Errorf("it uses %q for the first time", v.name()))
}

func (m *Memory) fail(err error) {
	m.err = err
	panic(err)
}
