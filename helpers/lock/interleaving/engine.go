package interleaving

import (
	"encoding/binary"
	"fmt"
)

// An engine plays orders of a program. It takes no memory for a step: there is
// a frame for each depth, and a step copies one to the next.
type engine struct {
	program *program
	frames  [][]int
	path    []byte // the letters so far
	depth   int    // how many they are
	memory  Memory
	running *string   // the reader's function that runs, if any
	losses  []loss    // of the last step
	weights []float64 // see draw
}

// A loss is one value that a stale write took away.
type loss struct{ shared, value, writer int }

func newEngine(p *program) *engine {
	e := &engine{program: p, path: make([]byte, p.operations), weights: make([]float64, len(p.code))}
	size := p.sharedAt(len(p.shared))
	all := make([]int, (p.operations+1)*size)
	for len(all) > 0 {
		e.frames = append(e.frames, all[:size:size])
		all = all[size:]
	}
	p.start(e.frames[0])
	e.memory.engine = e
	return e
}

// try makes the worker's next operation, from the frame of this depth to the
// next one's. It gives false if the worker waits; the next frame is then of no use.
func (e *engine) try(depth, worker int, before Verdict) (found Verdict, moved bool) {
	next := e.frames[depth+1]
	copy(next, e.frames[depth])
	e.path[depth] = byte('A' + worker)
	e.depth = depth + 1
	e.losses = e.losses[:0]
	crashed, moved := e.step(next, worker)
	if !moved {
		return before, false
	}
	next[worker]++
	found = before
	if len(e.losses) > 0 {
		found |= LostUpdate
	}
	if crashed {
		return found | Crash, true
	}
	if p := e.program; p.always != nil && found&InvariantBroken == 0 && !e.ask(p.always, &alwaysPlace, next, -1) {
		found |= InvariantBroken
	}
	return found, true
}

func (e *engine) step(f []int, worker int) (crashed, moved bool) {
	op := &e.program.code[worker][f[worker]]
	switch op.kind {
	case read:
		f[op.own] = f[op.shared]
		seen(f, op.shared, worker)
	case add:
		f[op.own] += op.by
	case write:
		e.store(f, op.shared, worker, f[op.own])
	case lock:
		if f[op.mutex] != 0 {
			return false, false
		}
		f[op.mutex] = worker + 1
	case unlock:
		crashed = f[op.mutex] == 0
		f[op.mutex] = 0
	case when:
		if !e.ask(op.cond, &op.place, f, worker) {
			return false, false
		}
		if op.then != nil {
			e.call(op.then, &op.place, f, worker)
		}
	case do:
		e.call(op.then, &op.place, f, worker)
	}
	return crashed, true
}

// seen notes that the worker knows the present value.
func seen(f []int, shared, worker int) {
	f[shared+readers] |= 1 << worker
	f[shared+stale] &^= 1 << worker
}

// store writes a shared value and notes what was lost by it.
func (e *engine) store(f []int, shared, worker, value int) {
	if f[shared+stale]&(1<<worker) != 0 {
		e.losses = append(e.losses, loss{shared, f[shared], f[shared+writer] - 1})
	}
	f[shared] = value
	f[shared+stale] = f[shared+readers] &^ (1 << worker)
	f[shared+writer] = worker + 1
}

// walk visits all orders that go on from the frame of this depth, A's operations
// first, until visit returns false.
func (e *engine) walk(depth int, found Verdict, visit func(depth int, found Verdict) bool) bool {
	moved := false
	for w := range e.program.code {
		if e.program.left(e.frames[depth], w) == 0 {
			continue
		}
		now, ok := e.try(depth, w, found)
		if !ok {
			continue
		}
		moved = true
		goOn := false
		if now&Crash != 0 {
			goOn = visit(depth+1, now)
		} else {
			goOn = e.walk(depth+1, now, visit)
		}
		if !goOn {
			return false
		}
	}
	return moved || visit(depth, e.end(depth, found))
}

// end judges an order that cannot go on.
func (e *engine) end(depth int, found Verdict) Verdict {
	f, p := e.frames[depth], e.program
	e.depth = depth
	for w := range p.code {
		if p.left(f, w) > 0 {
			return found | Deadlock
		}
	}
	if p.atEnd != nil && !e.ask(p.atEnd, &atEndPlace, f, -1) {
		found |= InvariantBroken
	}
	return found
}

var alwaysPlace, atEndPlace = "the check Always", "the check AtEnd"

// ask runs a condition of the reader.
func (e *engine) ask(cond func(*Memory) bool, place *string, f []int, worker int) bool {
	e.enter(place, f, worker, true)
	holds := cond(&e.memory)
	e.leave()
	return holds
}

// call runs a function of the reader that may change values.
func (e *engine) call(fn func(*Memory), place *string, f []int, worker int) {
	e.enter(place, f, worker, false)
	fn(&e.memory)
	e.leave()
}

func (e *engine) enter(place *string, f []int, worker int, readOnly bool) {
	m := &e.memory
	m.frame, m.worker, m.readOnly = f, worker, readOnly
	e.running = place
}

func (e *engine) leave() {
	// A function that recovers from our own panic must not hide it.
	if e.memory.err != nil {
		panic(e.memory.err)
	}
	e.memory.frame = nil
	e.running = nil
}

// values gives the shared values at this depth.
func (e *engine) values(depth int) []int {
	all := make([]int, len(e.program.shared))
	for i := range all {
		all[i] = e.frames[depth][e.program.sharedAt(i)]
	}
	return all
}

// outcome appends the shared values at this depth to key.
func (e *engine) outcome(key []byte, depth int) []byte {
	f := e.frames[depth]
	for at := e.program.sharedAt(0); at < len(f); at += sharedFields {
		key = binary.AppendVarint(key, int64(f[at]))
	}
	return key
}

// state appends all on which the rest of an order depends: what was found so
// far does not matter to it.
func (e *engine) state(key []byte, depth int) []byte {
	for _, v := range e.frames[depth][:e.program.sharedAt(0)] {
		key = binary.AppendVarint(key, int64(v))
	}
	return e.outcome(key, depth)
}

// guarded plays and turns a panic in a function of the reader into an error.
func (e *engine) guarded(play func(*engine) error) (err error) {
	defer func() {
		if e.running == nil {
			return // not the reader's: it goes on
		}
		switch why := recover(); {
		case e.memory.err != nil:
			err = e.failed(e.memory.err)
		case why != nil:
			err = e.failed(fmt.Sprintf("panic: %v; mend the function, or let it do nothing with such values", why))
		}
	}()
	return play(e)
}

// run plays with an engine of its own, again for each value that only shows
// itself in a function.
func (p *program) run(play func(*engine) error) error {
	for {
		e := newEngine(p)
		err := e.guarded(play)
		if e.memory.unknown == nil {
			return err
		}
		if err := p.add(e.memory.unknown); err != nil {
			return e.failed(err)
		}
		p.place()
	}
}

// failed says where the reader's function failed.
func (e *engine) failed(why any) error {
	return fmt.Errorf("play the order %q: %s failed: %v", e.path[:e.depth], *e.running, why)
}
