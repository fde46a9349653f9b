package deadlock

import (
	"fmt"
	"strings"
	"time"
)

// A State is who holds and who waits for which lock at one moment.
type State struct {
	Goroutines []Goroutine // those that hold a lock or wait for one, by number
}

// A Goroutine is one that holds a lock or waits for one.
type Goroutine struct {
	ID       int64         // the number that the runtime's reports print
	Name     string        // as given to [Name]; empty: none
	Holds    []string      // the names of its locks, in the order in which it took them
	WaitsFor string        // the name of the lock; empty: it does not wait for one
	Since    time.Duration // when it began to wait, from the beginning of the record
}

// String gives the goroutine's name, or else its number as in "goroutine 7".
func (g Goroutine) String() string {
	if g.Name != "" {
		return g.Name
	}
	return fmt.Sprintf("goroutine %d", g.ID)
}

// label gives the goroutine's name and number: "one (goroutine 7)".
func (g Goroutine) label() string {
	number := fmt.Sprintf("goroutine %d", g.ID)
	if g.Name == "" || strings.Contains(g.Name, number) {
		return g.String()
	}
	return g.Name + " (" + number + ")"
}

// does says what the goroutine holds and waits for.
func (g Goroutine) does() string {
	var does []string
	if len(g.Holds) > 0 {
		does = append(does, "holds "+strings.Join(g.Holds, ", "))
	}
	if g.WaitsFor != "" {
		does = append(does, "waits for "+g.WaitsFor)
	}
	return g.label() + " " + strings.Join(does, " and ")
}

// String says it in words: "goroutine 7 holds A and waits for B; goroutine 8
// holds B and waits for A".
func (s State) String() string {
	if len(s.Goroutines) == 0 {
		return "no goroutine holds a recorded lock or waits for one"
	}
	var all []string
	for _, g := range s.Goroutines {
		all = append(all, g.does())
	}
	return strings.Join(all, "; ")
}

// A Cycle is goroutines each of which waits for a lock of the next, and the last
// for one of the first: none of them can ever go on. A goroutine that waits for
// a lock of its own is a cycle of one.
type Cycle []Goroutine

// String follows the cycle round: "one → B → two → A → one".
func (c Cycle) String() string {
	var b strings.Builder
	for _, g := range c {
		fmt.Fprintf(&b, "%v → %s → ", g, g.WaitsFor)
	}
	if len(c) > 0 {
		b.WriteString(c[0].String())
	}
	return b.String()
}

// Cycles finds every cycle. Each begins with its goroutine of the lowest number.
// No goroutine is in two: it waits for one lock at most, which has one holder.
func (s State) Cycles() []Cycle {
	next := s.blockers()
	seen := make([]int, len(s.Goroutines)) // the walk that came by, 0 for none
	var all []Cycle
	for start := range s.Goroutines {
		walk := start + 1
		at := start
		for at >= 0 && seen[at] == 0 {
			seen[at] = walk
			at = next[at]
		}
		if at < 0 || seen[at] != walk {
			continue // it ends, or runs into what an earlier walk has seen
		}
		var c Cycle
		first := at
		for i := next[at]; i != at; i = next[i] {
			first = min(first, i)
		}
		for i := first; len(c) == 0 || i != first; i = next[i] {
			c = append(c, s.Goroutines[i])
		}
		all = append(all, c)
	}
	return all
}

// blockers gives for each goroutine the index of the one that holds what it
// waits for, or -1.
func (s State) blockers() []int {
	holder := map[string]int{}
	for i, g := range s.Goroutines {
		for _, lock := range g.Holds {
			holder[lock] = i
		}
	}
	next := make([]int, len(s.Goroutines))
	for i, g := range s.Goroutines {
		next[i] = -1
		if h, held := holder[g.WaitsFor]; held && g.WaitsFor != "" {
			next[i] = h
		}
	}
	return next
}
