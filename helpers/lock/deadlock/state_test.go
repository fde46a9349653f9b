package deadlock

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// two are two goroutines that took two locks in opposite order.
var two = State{[]Goroutine{
	{ID: 7, Name: "one", Holds: []string{"A"}, WaitsFor: "B"},
	{ID: 8, Holds: []string{"B"}, WaitsFor: "A"},
}}

func TestCyclesInWords(t *testing.T) {
	for name, c := range map[string]struct {
		state  State
		cycles string
	}{
		"nobody is no cycle":               {State{}, ""},
		"two in opposite order are one":    {two, "one → B → goroutine 8 → A → one"},
		"a lock of one's own is one":       {State{[]Goroutine{{ID: 1, Holds: []string{"A"}, WaitsFor: "A"}}}, "goroutine 1 → A → goroutine 1"},
		"waiting for a runner is none":     {State{[]Goroutine{{ID: 1, Holds: []string{"A"}}, {ID: 2, Holds: []string{"B"}, WaitsFor: "A"}}}, ""},
		"a lock whose holder is not known": {State{[]Goroutine{{ID: 2, Holds: []string{"B"}, WaitsFor: "A"}}}, ""},
		"who only waits for a cycle is not in it": {State{[]Goroutine{
			{ID: 3, Holds: []string{"C"}, WaitsFor: "A"},
			{ID: 7, Holds: []string{"A"}, WaitsFor: "B"},
			{ID: 8, Holds: []string{"B"}, WaitsFor: "A"},
		}}, "goroutine 7 → B → goroutine 8 → A → goroutine 7"},
		"two pairs are two": {State{[]Goroutine{
			{ID: 1, Holds: []string{"A"}, WaitsFor: "B"}, {ID: 2, Holds: []string{"C"}, WaitsFor: "D"},
			{ID: 3, Holds: []string{"B"}, WaitsFor: "A"}, {ID: 4, Holds: []string{"D"}, WaitsFor: "C"},
		}}, "goroutine 1 → B → goroutine 3 → A → goroutine 1; goroutine 2 → D → goroutine 4 → C → goroutine 2"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range c.state.Cycles() {
				got = append(got, c.String())
			}
			if strings.Join(got, "; ") != c.cycles {
				t.Errorf("got %q, want %q", got, c.cycles)
			}
		})
	}
}

func TestStateInWords(t *testing.T) {
	want := "one (goroutine 7) holds A and waits for B; goroutine 8 holds B and waits for A"
	if got := two.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// inCircles is the definition: who comes back to itself in some number of steps.
func inCircles(s State) map[int64]bool {
	waitsFor := func(a, b Goroutine) bool {
		return a.WaitsFor != "" && slices.Contains(b.Holds, a.WaitsFor)
	}
	n := len(s.Goroutines)
	reach := make([][]bool, n)
	for i := range reach {
		reach[i] = make([]bool, n)
		for j := range reach[i] {
			reach[i][j] = waitsFor(s.Goroutines[i], s.Goroutines[j])
		}
	}
	for k := range n {
		for i := range n {
			for j := range n {
				reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
			}
		}
	}
	in := map[int64]bool{}
	for i, g := range s.Goroutines {
		if reach[i][i] {
			in[g.ID] = true
		}
	}
	return in
}

func randomState(rnd *rand.Rand) State {
	var s State
	n, locks := 1+rnd.IntN(8), 1+rnd.IntN(8)
	for i := range n {
		g := Goroutine{ID: int64(i + 1)}
		if rnd.IntN(4) > 0 {
			g.WaitsFor = fmt.Sprint("L", rnd.IntN(locks))
		}
		s.Goroutines = append(s.Goroutines, g)
	}
	for l := range locks {
		if h := rnd.IntN(n + 1); h < n {
			s.Goroutines[h].Holds = append(s.Goroutines[h].Holds, fmt.Sprint("L", l))
		}
	}
	return s
}

func TestCyclesAreThoseOfTheDefinition(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	some := 0
	for range 5000 {
		s := randomState(rnd)
		want := inCircles(s)
		got := map[int64]bool{}
		for _, c := range s.Cycles() {
			some++
			for i, g := range c {
				if got[g.ID] {
					t.Fatalf("%v: goroutine %d is in two places", s, g.ID)
				}
				got[g.ID] = true
				if next := c[(i+1)%len(c)]; !slices.Contains(next.Holds, g.WaitsFor) {
					t.Fatalf("%v: in %v, %v does not hold %s", s, c, next, g.WaitsFor)
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v: in cycles are %v, want %v", s, got, want)
		}
	}
	if some < 1000 {
		t.Errorf("only %d cycles came up", some)
	}
}

func TestLedger(t *testing.T) {
	for name, c := range map[string]struct {
		events []event
		want   string
	}{
		"a wait ends with the lock": {[]event{
			{Do: wants, Goroutine: 1, Lock: 1, Name: "A"}, {Do: acquired, Goroutine: 1, Lock: 1, Name: "A"},
		}, "goroutine 1 holds A"},
		"what is released is held by nobody": {[]event{
			{Do: acquired, Goroutine: 1, Lock: 1, Name: "A"}, {Do: released, Goroutine: 1, Lock: 1, Name: "A"},
		}, State{}.String()},
		"another goroutine may unlock": {[]event{
			{Do: acquired, Goroutine: 1, Lock: 1, Name: "A"}, {Do: acquired, Goroutine: 1, Lock: 2, Name: "B"},
			{Do: released, Goroutine: 2, Lock: 1, Name: "A"},
		}, "goroutine 1 holds B"},
		"locks come in the order of their taking": {[]event{
			{Do: acquired, Goroutine: 1, Lock: 2, Name: "B"}, {Do: acquired, Goroutine: 1, Lock: 1, Name: "A"},
		}, "goroutine 1 holds B, A"},
		"a lock without a name has a number": {[]event{
			{Do: wants, Goroutine: 1, Lock: 3},
		}, "goroutine 1 waits for lock 3"},
		"locks of one name are told apart": {[]event{
			{Do: acquired, Goroutine: 1, Lock: 1, Name: "mu"}, {Do: wants, Goroutine: 1, Lock: 2, Name: "mu"},
		}, "goroutine 1 holds mu (lock 1) and waits for mu (lock 2)"},
		"goroutines of one name are told apart": {[]event{
			{Do: named, Goroutine: 4, Name: "worker"}, {Do: named, Goroutine: 5, Name: "worker"},
			{Do: wants, Goroutine: 4, Lock: 1, Name: "A"}, {Do: wants, Goroutine: 5, Lock: 1, Name: "A"},
		}, "worker (goroutine 4) waits for A; worker (goroutine 5) waits for A"},
		"a name alone is no part in it": {[]event{{Do: named, Goroutine: 4, Name: "worker"}}, State{}.String()},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			for _, e := range c.events {
				l.apply(e)
			}
			if got := l.state().String(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
