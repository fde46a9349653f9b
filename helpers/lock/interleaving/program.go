package interleaving

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// What a program may have at most.
const (
	maxWorkers    = 26 // one for each letter
	maxOperations = 1000
	maxValues     = 64
)

// A program is a Program made ready for play: every value has a place in a
// frame, which holds all there is to know at one point of an order:
//
//	the next operation of each worker | the holder of each mutex, from 1 |
//	own values, a worker's next to each other | shared values, four fields each
type program struct {
	workers       []Worker
	shared        []*SharedInt
	own           []*OwnInt
	users         []int // of each own value: the workers that use theirs, as bits
	mutexes       []*SharedMutex
	code          [][]instruction
	always, atEnd func(*Memory) bool
	operations    int
	waits         bool // how many orders there are depends on what happens in them
}

// The fields of a shared value in a frame, after the value itself: the workers
// that have read it, those of them that do not know its present value, as bits,
// and the worker that wrote it, from 1.
const (
	readers = 1 + iota
	stale
	writer
	sharedFields
)

// An instruction is an operation of one worker with places in the frame.
type instruction struct {
	kind               kind
	shared, own, mutex int
	by                 int
	cond               func(*Memory) bool
	then               func(*Memory)
	place              string // for errors: worker A's operation 2, "own = total"
}

func compile(p Program) (*program, error) {
	switch {
	case len(p.Workers) == 0:
		return nil, errors.New("give one or more")
	case len(p.Workers) > maxWorkers:
		return nil, fmt.Errorf("give %d at most, since letters name them", maxWorkers)
	case p.Limit < 0:
		return nil, fmt.Errorf("the limit is %d orders: give 1 or more, or 0 for %d", p.Limit, defaultLimit)
	}
	c := &program{workers: p.Workers, always: p.Always, atEnd: p.AtEnd}
	for w, ops := range p.Workers {
		if len(ops) == 0 {
			return nil, fmt.Errorf("worker %s has no operations: give it one, or leave it out", letter(w))
		}
		c.operations += len(ops)
		for i, op := range ops {
			if err := c.declare(op); err != nil {
				return nil, fmt.Errorf("%s: %w", place(w, i, op), err)
			}
			if i := slices.Index(c.own, op.own); i >= 0 {
				c.users[i] |= 1 << w
			}
			c.waits = c.waits || op.kind == lock || op.kind == unlock || op.kind == when
		}
	}
	if c.operations > maxOperations {
		return nil, fmt.Errorf("they have %d operations: give %d at most", c.operations, maxOperations)
	}
	c.place()
	return c, nil
}

// declare takes up the values of an operation.
func (c *program) declare(op Operation) error {
	switch op.kind {
	case none:
		return errors.New("it is empty: make it with Read, Add, Write, Lock, Unlock, Do or When")
	case read, write:
		if op.shared == nil {
			return errors.New(`its shared value is nil: declare it with Shared("name", 0)`)
		}
		if err := c.add(op.shared); err != nil {
			return err
		}
		fallthrough
	case add:
		if op.own == nil {
			return errors.New(`its own value is nil: declare it with Own("name")`)
		}
		return c.add(op.own)
	case lock, unlock:
		if op.mutex == nil {
			return errors.New(`its mutex is nil: declare it with Mutex("mu")`)
		}
		return c.add(op.mutex)
	}
	switch {
	case strings.TrimSpace(op.text) == "":
		return errors.New("it has no label: give it the text that tables are to show")
	case op.kind == when && op.cond == nil:
		return errors.New("it has no condition to wait for: give When a function")
	case op.kind == do && op.then == nil:
		return errors.New("it has nothing to do: give Do a function")
	}
	return nil
}

// add takes up a value. Two of one name could not be told apart in a table.
func (c *program) add(v Value) error {
	var all []Value
	for _, s := range c.shared {
		all = append(all, s)
	}
	for _, o := range c.own {
		all = append(all, o)
	}
	for _, mu := range c.mutexes {
		all = append(all, mu)
	}
	switch {
	case slices.Contains(all, v):
		return nil
	case strings.TrimSpace(v.name()) == "":
		return errors.New("a value has no name: give it one where it is declared")
	case slices.ContainsFunc(all, func(other Value) bool { return other.name() == v.name() }):
		return fmt.Errorf("two values are called %q: declare one and use it in all workers, or give them different names", v.name())
	case len(all) == maxValues:
		return fmt.Errorf("%q would be one value more than %d: declare values before the play, not in a function", v.name(), maxValues)
	}
	switch v := v.(type) {
	case *SharedInt:
		c.shared = append(c.shared, v)
	case *OwnInt:
		c.own = append(c.own, v)
		c.users = append(c.users, 0)
	case *SharedMutex:
		c.mutexes = append(c.mutexes, v)
	}
	return nil
}

// place finds places for all values known so far.
func (c *program) place() {
	c.code = make([][]instruction, len(c.workers))
	for w, ops := range c.workers {
		for i, op := range ops {
			c.code[w] = append(c.code[w], instruction{
				kind: op.kind, by: op.by, cond: op.cond, then: op.then, place: place(w, i, op),
				shared: c.sharedAt(slices.Index(c.shared, op.shared)),
				own:    c.ownAt(slices.Index(c.own, op.own), w),
				mutex:  len(c.workers) + slices.Index(c.mutexes, op.mutex),
			})
		}
	}
}

func (c *program) ownAt(i, worker int) int {
	return len(c.workers) + len(c.mutexes) + worker*len(c.own) + i
}

func (c *program) sharedAt(i int) int { return c.ownAt(0, len(c.workers)) + i*sharedFields }

// start fills the frame that all orders begin with.
func (c *program) start(frame []int) {
	clear(frame)
	for i, s := range c.shared {
		frame[c.sharedAt(i)] = s.start
	}
}

// left gives how many operations the worker has yet to make.
func (c *program) left(frame []int, worker int) int { return len(c.code[worker]) - frame[worker] }

// multinomial is the number of orders where nothing waits: n! / (a! b! …) for n
// operations, a of them A's.
func (c *program) multinomial() *big.Int {
	n, orders := 0, big.NewInt(1)
	for _, ops := range c.workers {
		n += len(ops)
		orders.Mul(orders, new(big.Int).Binomial(int64(n), int64(len(ops))))
	}
	return orders
}

func letter(worker int) string { return string(rune('A' + worker)) }

// letters writes "A, B and C".
func (c *program) letters() string {
	var all []string
	for w := range c.workers {
		all = append(all, letter(w))
	}
	return listed(all)
}

func listed(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}

func place(w, i int, op Operation) string {
	return fmt.Sprintf("worker %s's operation %d, %q", letter(w), i+1, op.text)
}
