// Package interleaving plays every order in which the atomic operations of a
// few workers can follow each other, and says how each order ends: which keep
// every update, which lose one, which break an invariant and which never end.
//
// The reader writes the operations: reads and writes of values that all
// workers share, locks, and functions of their own. Workers are called A, B,
// C, … by position, and an order is written as their letters: "ABABAB" lets A
// and B take turns. Nothing runs at the same time here: one operation follows
// the other, as under sequential consistency (Lamport, How to Make a
// Multiprocessor Computer That Correctly Executes Multiprocess Programs, 1979).
package interleaving

import (
	"cmp"
	"fmt"
	"iter"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
)

// A Worker is the operations that one worker makes, one after the other. Each
// is atomic: no other worker gets in the middle of it.
type Worker []Operation

// A Program is some workers and what must hold of the values they share.
type Program struct {
	Workers []Worker // 26 at most, with 1,000 operations in all
	// Always must hold after every operation, and AtEnd once all workers have
	// ended; an order in which one does not is InvariantBroken. nil holds.
	Always, AtEnd func(*Memory) bool
	// Limit is how many orders are played at most; 0 means 1,000,000. Where
	// there are more, so many of them are drawn at random, or 100,000 where
	// Limit is larger.
	Limit int
	// Seed makes that draw the same each time; 0 means a new one, which the
	// chart shows.
	Seed uint64
}

const (
	defaultLimit = 1_000_000
	sampleLimit  = 100_000
)

// Play plays the orders of workers without invariants: see [Program.Play].
func Play(workers ...Worker) Result { return Program{Workers: workers}.Play() }

// Play plays every order: an operation of any worker that has one left and does
// not wait, then of any again, until all have ended, or all that are left wait
// for each other, or one crashed.
//
// The reader's functions must do the same each time they meet the same values,
// and keep nothing outside the memory that they are given: they run once for
// every beginning of an order, not once for every order.
func (p Program) Play() Result {
	c, err := compile(p)
	if err != nil {
		return Result{Err: fmt.Errorf("play the orders of %d workers: %w", len(p.Workers), err)}
	}
	r := Result{program: c, limit: cmp.Or(p.Limit, defaultLimit), seed: p.Seed}
	if r.seed == 0 {
		r.seed = 1 + rand.Uint64N(999_999) // short enough to be typed
	}
	if err := c.run(r.play); err != nil {
		return Result{Err: err}
	}
	for _, s := range c.shared {
		r.Shared = append(r.Shared, s.label)
	}
	slices.SortFunc(r.Outcomes, func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(a.Verdict, b.Verdict), slices.Compare(a.Values, b.Values))
	})
	return r
}

// An Outcome is one way for an order to end.
type Outcome struct {
	Verdict Verdict
	Values  []int  // of the shared values at the end, as Result.Shared names them
	Count   int    // orders that end so, of those played
	Example string // the first of them
}

// A Result is what came of all orders, or of those drawn where there are too many.
type Result struct {
	Played int // orders played
	// Total is how many orders there are; nil where that is not known, since
	// operations wait and there are too many states to count them.
	Total *big.Int
	// Sampled tells that the orders played were drawn at random, each with
	// the same chance where Uniform is set. Where it is not, each was a random
	// walk: the next worker was drawn by what it had left, among those that did
	// not wait, and the shares are those of such walks, not of the orders.
	Sampled, Uniform bool
	Shared           []string  // the names of the shared values
	Outcomes         []Outcome // by verdict, then by value
	Err              error     // what could not be played, and why; nothing else is set then

	program *program
	counts  [16]int // by verdict
	limit   int
	seed    uint64
	graph   *node // of a program with operations that wait; nil: too large
}

// Count gives how many of the orders played have v among their findings; of OK,
// how many have none.
func (r Result) Count(v Verdict) int {
	n := 0
	for found, count := range r.counts {
		if Verdict(found).has(v) {
			n += count
		}
	}
	return n
}

// Orders gives the orders that have v among their findings, in the order of
// their letters, or as they were drawn. It plays them again: nothing is kept of
// each order.
func (r Result) Orders(v Verdict) iter.Seq[string] {
	return func(yield func(string) bool) {
		if r.program == nil {
			return
		}
		err := newEngine(r.program).guarded(func(e *engine) error {
			r.each(e, func(depth int, found Verdict) bool {
				return !found.has(v) || yield(string(e.path[:depth]))
			})
			return nil
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// play fills r with what all orders end in.
func (r *Result) play(e *engine) error {
	r.Sampled, r.Uniform, r.graph = false, false, nil
	if r.program.waits {
		r.graph = e.graph()
		r.Total = nil
		if r.graph != nil {
			r.Total = r.graph.orders
		}
	} else {
		r.Total = r.program.multinomial()
	}
	if r.Total != nil {
		r.Sampled = r.Total.Cmp(big.NewInt(int64(r.limit))) > 0
	}
	if !r.tally(e) {
		r.Sampled = true
		r.tally(e)
	}
	r.Uniform = r.Sampled && r.Total != nil
	if !r.Sampled {
		r.Total = big.NewInt(int64(r.Played))
	}
	return nil
}

// tally counts what the orders end in. It gives false if they turn out to be more
// than the limit.
func (r *Result) tally(e *engine) bool {
	r.Played, r.Outcomes, r.counts = 0, nil, [16]int{}
	at := make(map[string]int)
	var key []byte
	within := true
	r.each(e, func(depth int, found Verdict) bool {
		if r.Played == r.limit {
			within = false
			return false
		}
		r.Played++
		r.counts[found]++
		key = e.outcome(append(key[:0], byte(found)), depth)
		i, ok := at[string(key)]
		if !ok {
			i = len(r.Outcomes)
			at[string(key)] = i
			r.Outcomes = append(r.Outcomes, Outcome{Verdict: found, Values: e.values(depth), Example: string(e.path[:depth])})
		}
		r.Outcomes[i].Count++
		return true
	})
	return within
}

// each plays the orders that r is made of, until visit returns false. Of each
// the path has so many letters.
func (r *Result) each(e *engine, visit func(depth int, found Verdict) bool) {
	if !r.Sampled {
		e.walk(0, OK, visit)
		return
	}
	rng := rand.New(rand.NewPCG(r.seed, 0))
	for range min(r.limit, sampleLimit) {
		if !visit(e.draw(rng, r.graph)) {
			return
		}
	}
}
