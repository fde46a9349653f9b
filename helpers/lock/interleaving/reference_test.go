package interleaving

import (
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A plainOp is an operation for the reference, which shares no code with the
// engine: names, maps and the whole history, played from the start each time.
type plainOp struct {
	kind               string // read, add, write, lock, unlock, plus, put, down
	shared, own, mutex string
	by                 int
}

type plainProgram struct {
	workers [][]plainOp
	atMost  int // Always: x is no more
	parity  int // AtEnd: x leaves it, divided by 2
}

type access struct {
	worker int
	shared string
	writes bool
}

// simulate plays an order from the start. It gives false if the order cannot be
// played; next are the workers that could go on.
func (p plainProgram) simulate(order string) (values map[string]int, found Verdict, next string, ok bool) {
	values = map[string]int{"x": 0, "y": 1}
	own, holder, made := map[string]int{}, map[string]int{}, map[int]int{}
	var history []access
	for _, name := range order {
		w := int(name - 'A')
		if found.has(Crash) || made[w] == len(p.workers[w]) || !p.canMove(w, made, holder, values) {
			return nil, 0, "", false
		}
		op := p.workers[w][made[w]]
		made[w]++
		mine := fmt.Sprint(w, op.own)
		reads := func() { history = append(history, access{w, op.shared, false}) }
		writes := func(to int) {
			if losesUpdate(history, w, op.shared) {
				found |= LostUpdate
			}
			history = append(history, access{w, op.shared, true})
			values[op.shared] = to
		}
		switch op.kind {
		case "read":
			reads()
			own[mine] = values[op.shared]
		case "add":
			own[mine] += op.by
		case "write":
			writes(own[mine])
		case "lock":
			holder[op.mutex] = w + 1
		case "unlock":
			if holder[op.mutex] == 0 {
				found |= Crash
			}
			holder[op.mutex] = 0
		case "plus", "down":
			reads()
			writes(values[op.shared] + op.by)
		case "put":
			writes(op.by)
		}
		if !found.has(Crash) && values["x"] > p.atMost {
			found |= InvariantBroken
		}
	}
	left := false
	for w := range p.workers {
		if made[w] < len(p.workers[w]) {
			left = true
			if !found.has(Crash) && p.canMove(w, made, holder, values) {
				next += string(rune('A' + w))
			}
		}
	}
	switch {
	case next != "" || found.has(Crash):
	case left:
		found |= Deadlock
	case (values["x"]%2+2)%2 != p.parity:
		found |= InvariantBroken
	}
	return values, found, next, true
}

func (p plainProgram) canMove(w int, made map[int]int, holder, values map[string]int) bool {
	op := p.workers[w][made[w]]
	return !(op.kind == "lock" && holder[op.mutex] != 0 || op.kind == "down" && values[op.shared] <= 0)
}

// losesUpdate looks back: the last writer is another worker, and before that
// write this worker had read the value, and not touched it after.
func losesUpdate(history []access, w int, shared string) bool {
	otherWrote := false
	for _, a := range slices.Backward(history) {
		switch {
		case a.shared != shared:
		case a.worker != w:
			otherWrote = otherWrote || a.writes
		default:
			hasRead := slices.ContainsFunc(history, func(a access) bool { return a == access{w, shared, false} })
			return otherWrote && hasRead
		}
	}
	return false
}

// ends plays every order there is and counts how they end.
func (p plainProgram) ends() (counts map[string]int, orders map[string]Verdict) {
	counts, orders = map[string]int{}, map[string]Verdict{}
	var extend func(order string)
	extend = func(order string) {
		values, found, next, ok := p.simulate(order)
		if !ok {
			panic("the reference played " + order)
		}
		if next == "" {
			counts[fmt.Sprintf("x=%d y=%d %d", values["x"], values["y"], found)]++
			orders[order] = found
		}
		for _, w := range next {
			extend(order + string(w))
		}
	}
	extend("")
	return counts, orders
}

// program makes the same program for the engine.
func (p plainProgram) program() Program {
	shared := map[string]*SharedInt{"x": Shared("x", 0), "y": Shared("y", 1)}
	own := map[string]*OwnInt{"a": Own("a"), "b": Own("b")}
	mutex := map[string]*SharedMutex{"m": Mutex("m"), "n": Mutex("n")}
	all := Program{
		Always: func(m *Memory) bool { return m.Get(shared["x"]) <= p.atMost },
		// Both values are asked for, so that they are in every outcome.
		AtEnd: func(m *Memory) bool { return (m.Get(shared["x"])%2+2)%2 == p.parity && m.Get(shared["y"])*0 == 0 },
	}
	for _, ops := range p.workers {
		var w Worker
		for _, op := range ops {
			s, o, mu := shared[op.shared], own[op.own], mutex[op.mutex]
			switch op.kind {
			case "read":
				w = append(w, o.Read(s))
			case "add":
				w = append(w, o.Add(op.by))
			case "write":
				w = append(w, s.Write(o))
			case "lock":
				w = append(w, mu.Lock())
			case "unlock":
				w = append(w, mu.Unlock())
			case "plus":
				w = append(w, Do("plus", func(m *Memory) { m.Add(s, op.by) }))
			case "put":
				w = append(w, Do("put", func(m *Memory) { m.Set(s, op.by) }))
			case "down":
				w = append(w, When("down", func(m *Memory) bool { return m.Get(s) > 0 }, func(m *Memory) { m.Add(s, -1) }))
			}
		}
		all.Workers = append(all.Workers, w)
	}
	return all
}

func randomProgram(rng *rand.Rand, kinds []string, most int) plainProgram {
	p := plainProgram{atMost: rng.IntN(4), parity: rng.IntN(2)}
	pick := func(names ...string) string { return names[rng.IntN(len(names))] }
	left := most
	for w := range 2 + rng.IntN(2) {
		var ops []plainOp
		for range min(left-(2-min(w, 2)), 1+rng.IntN(5)) {
			op := plainOp{kind: pick(kinds...), shared: pick("x", "x", "y"), own: pick("a", "a", "b"), mutex: pick("m", "m", "n"), by: rng.IntN(4) - 1}
			if op.kind == "down" {
				op.by = -1
			}
			ops = append(ops, op)
		}
		left -= len(ops)
		if len(ops) > 0 {
			p.workers = append(p.workers, ops)
		}
	}
	return p
}

func outcomes(r Result) map[string]int {
	all := map[string]int{}
	for _, o := range r.Outcomes {
		of := map[string]int{"x": 0, "y": 1}
		for i, name := range r.Shared {
			of[name] = o.Values[i]
		}
		all[fmt.Sprintf("x=%d y=%d %d", of["x"], of["y"], o.Verdict)] += o.Count
	}
	return all
}

var allKinds = []string{"read", "add", "write", "read", "write", "lock", "unlock", "lock", "unlock", "plus", "put", "down"}

func TestEveryOrderEndsAsInTheReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(54, 13))
	seen := map[Verdict]int{}
	for i := range 400 {
		p := randomProgram(rng, allKinds, 8)
		counts, orders := p.ends()
		r := p.program().Play()
		if r.Err != nil {
			t.Fatalf("program %d: %v", i, r.Err)
		}
		if got := outcomes(r); !maps.Equal(got, counts) || r.Played != len(orders) || r.Total.Cmp(big.NewInt(int64(len(orders)))) != 0 {
			t.Fatalf("program %d, %+v: %d of %v orders end in\n%v, want %d in\n%v", i, p, r.Played, r.Total, got, len(orders), counts)
		}
		want := map[Verdict]int{}
		for _, found := range orders {
			seen[found]++
			for _, v := range verdictNames {
				if found.has(v.verdict) {
					want[v.verdict]++
				}
			}
		}
		for _, v := range verdictNames {
			n := 0
			for order := range r.Orders(v.verdict) {
				n++
				if !orders[order].has(v.verdict) {
					t.Fatalf("program %d: %s is %v, want %v", i, order, v.verdict, orders[order])
				}
				if title, _, _, err := r.table(order); err != nil || !strings.Contains(title.En, v.name.En) {
					t.Fatalf("program %d: the table of %s says %q, %v; want %s", i, order, title.En, err, v.name.En)
				}
			}
			if n != want[v.verdict] || r.Count(v.verdict) != n {
				t.Fatalf("program %d: %d orders, counted as %d, are %v; want %d", i, n, r.Count(v.verdict), v.verdict, want[v.verdict])
			}
		}
		if r.program.waits {
			if g := newEngine(r.program).graph(); g == nil || g.orders.Cmp(r.Total) != 0 {
				t.Fatalf("program %d: the states have %v orders, want %v", i, g, r.Total)
			}
		}
	}
	for _, v := range []Verdict{OK, LostUpdate, InvariantBroken, Deadlock, Crash, LostUpdate | InvariantBroken, LostUpdate | Deadlock} {
		if seen[v] == 0 {
			t.Errorf("no order of all programs is %v: they test too little", v)
		}
	}
}

func TestOrdersWithoutLocksAreTheMultinomial(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		p := randomProgram(rng, []string{"read", "add", "write", "plus", "put"}, 11)
		want, n := 1, 0
		for _, ops := range p.workers {
			// n over k, one factor at a time, stays whole.
			for k := range ops {
				n++
				want = want * n / (k + 1)
			}
		}
		r := p.program().Play()
		sum := 0
		for _, o := range r.Outcomes {
			sum += o.Count
		}
		if r.Err != nil || r.Played != want || sum != want || r.Total.Int64() != int64(want) {
			t.Fatalf("program %d, %+v: %d played, %v there are, %d in outcomes, %v; want %d", i, p, r.Played, r.Total, sum, r.Err, want)
		}
	}
}
