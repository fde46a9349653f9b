package deadlock

import (
	"fmt"
	"math"
	"testing"
)

// ring is n goroutines each of which waits for the next one's lock, and waiting
// more that wait for the first one's.
func ring(n, waiting int) State {
	var s State
	for i := range n {
		s.Goroutines = append(s.Goroutines, Goroutine{ID: int64(i + 1), Holds: []string{fmt.Sprint("L", i)}, WaitsFor: fmt.Sprint("L", (i+1)%n)})
	}
	for i := range waiting {
		s.Goroutines = append(s.Goroutines, Goroutine{ID: int64(n + i + 1), WaitsFor: "L0"})
	}
	return s
}

func TestPlacesAreApartAndInThePicture(t *testing.T) {
	free := ring(3, 2)
	free.Goroutines[2].WaitsFor = ""
	free.Goroutines[0].Holds = append(free.Goroutines[0].Holds, "log")
	pairs := ring(2, 1)
	for _, g := range ring(2, 0).Goroutines {
		pairs.Goroutines = append(pairs.Goroutines, Goroutine{ID: g.ID + 10, Holds: []string{g.Holds[0] + "b"}, WaitsFor: g.WaitsFor + "b"})
	}
	for name, s := range map[string]State{
		"one with its own lock":     ring(1, 0),
		"two":                       ring(2, 0),
		"three, and one that waits": ring(3, 1),
		"five":                      ring(5, 0),
		"two pairs":                 pairs,
		"no cycle":                  free,
		"a lock alone":              {[]Goroutine{{ID: 1, Holds: []string{"A"}}}},
		"a holder not known":        {[]Goroutine{{ID: 1, WaitsFor: "A"}, {ID: 2, WaitsFor: "A"}}},
	} {
		t.Run(name, func(t *testing.T) {
			places, height := s.places()
			locks := map[string]bool{}
			for _, g := range s.Goroutines {
				for _, lock := range append([]string{g.WaitsFor}, g.Holds...) {
					if lock != "" {
						locks[lock] = true
					}
				}
			}
			if want := len(s.Goroutines) + len(locks); len(places) != want {
				t.Errorf("%d nodes have a place, want %d", len(places), want)
			}
			for a, p := range places {
				if p.x < 44 || p.x > width-44 || p.y < 44 || p.y > float64(height)-44 {
					t.Errorf("%s is at %v, outside of %d by %d", a, p, width, height)
				}
				for b, q := range places {
					if a != b && math.Hypot(p.x-q.x, p.y-q.y) < 66 { // half a disc and half a square
						t.Errorf("%s and %s are at %v and %v, too near", a, b, p, q)
					}
				}
			}
		})
	}
}

func TestOneWithItsOwnLockLeavesRoomForItsArrows(t *testing.T) {
	places, height := ring(1, 0).places()
	for name, p := range places {
		if p.y < 80 || p.y > float64(height)-80 {
			t.Errorf("%s is at %v of %d pixels of height: the arrows there and back need 80", name, p, height)
		}
	}
}

func TestTableHasARowForEachGoroutine(t *testing.T) {
	s := two
	s.Goroutines[0].Since = 10_300_000
	header, rows := s.table()
	if len(header) != 4 || fmt.Sprint(rows) != "[[one (goroutine 7) A B 10.3] [goroutine 8 B A 0]]" {
		t.Errorf("got %v", rows)
	}
}
