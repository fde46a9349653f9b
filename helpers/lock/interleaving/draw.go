package interleaving

import (
	"math/big"
	"math/rand/v2"
)

// draw plays one order at random. Without a graph the next worker is drawn by how
// many operations it has left, which gives every order the same chance where
// nothing waits; with one, by how many orders go on from there.
func (e *engine) draw(rng *rand.Rand, at *node) (depth int, found Verdict) {
	p := e.program
	for {
		total := 0.0
		for w := range p.code {
			e.weights[w] = float64(p.left(e.frames[depth], w))
			if at != nil {
				e.weights[w] = at.share(w)
			}
			total += e.weights[w]
		}
		moved, w := false, 0
		for total > 0 && !moved {
			w = e.pick(rng, total)
			var now Verdict
			if now, moved = e.try(depth, w, found); moved {
				found = now
			}
			total -= e.weights[w]
			e.weights[w] = 0
		}
		if !moved {
			return depth, e.end(depth, found)
		}
		depth++
		if found&Crash != 0 {
			return depth, found
		}
		if at != nil {
			at = at.next[w]
		}
	}
}

// pick draws a worker by weight.
func (e *engine) pick(rng *rand.Rand, total float64) int {
	r := rng.Float64() * total
	last := 0
	for w, weight := range e.weights {
		if weight == 0 {
			continue
		}
		last = w
		if r < weight {
			break
		}
		r -= weight
	}
	return last
}

// A node is a state with the orders that go on from it.
type node struct {
	orders *big.Int
	shares []float64 // of the orders, by the worker that goes on; nil: none does
	next   []*node
}

func (n *node) share(worker int) float64 {
	if n.shares == nil {
		return 0
	}
	return n.shares[worker]
}

// graphLimit is how many states are counted at most.
const graphLimit = 50_000

// graph counts the orders by their states: those that lead to one state go on
// alike. It gives nil if there are too many states.
func (e *engine) graph() *node {
	return e.count(0, make(map[string]*node))
}

func (e *engine) count(depth int, known map[string]*node) *node {
	key := e.state(nil, depth)
	if n, ok := known[string(key)]; ok {
		return n
	}
	if len(known) == graphLimit {
		return nil
	}
	n := &node{orders: new(big.Int)}
	known[string(key)] = n
	next := make([]*node, len(e.program.code))
	for w := range next {
		if e.program.left(e.frames[depth], w) == 0 {
			continue
		}
		found, ok := e.try(depth, w, OK)
		switch {
		case !ok:
			continue
		case found&Crash != 0:
			next[w] = &node{orders: big.NewInt(1)}
		default:
			if next[w] = e.count(depth+1, known); next[w] == nil {
				return nil
			}
		}
		n.orders.Add(n.orders, next[w].orders)
	}
	if n.orders.Sign() == 0 {
		n.orders.SetInt64(1)
		return n
	}
	n.next, n.shares = next, make([]float64, len(next))
	all := new(big.Float).SetInt(n.orders)
	for w, to := range next {
		if to != nil {
			share := new(big.Float).SetInt(to.orders)
			n.shares[w], _ = share.Quo(share, all).Float64()
		}
	}
	return n
}
