package deadlock

import "math"

type point struct{ x, y float64 }

// In CSS pixels; the layout squeezes the width on narrow pages, never the height.
const (
	width  = 760 // of the picture
	across = 76  // from the picture's sides to the first node's middle
	down   = 62  // from its top and bottom to the first node's middle
)

// step is the distance between nodes that an arrow joins, before it is stretched
// to the picture's size.
const step = 1.0

// places gives each node its point in the picture, and the picture's height. The
// nodes of a cycle stand on a ring, clockwise, and what waits for them outside, in
// the sector of what it waits for. Where there is no cycle, the goroutine that
// waits for nothing, or the lock that nobody holds, stands in the middle.
func (s State) places() (places map[string]point, height int) {
	// The arrows, backwards and forwards.
	behind := map[string][]string{}
	next := map[string]string{}
	var order []string
	meet := func(name string) {
		if _, known := behind[name]; !known {
			behind[name] = nil
			order = append(order, name)
		}
	}
	for _, g := range s.Goroutines {
		name := g.label()
		meet(name)
		for _, lock := range g.Holds {
			meet(lockKey(lock))
			next[lockKey(lock)] = name
			behind[name] = append(behind[name], lockKey(lock))
		}
		if g.WaitsFor != "" {
			meet(lockKey(g.WaitsFor))
			next[name] = lockKey(g.WaitsFor)
			behind[lockKey(g.WaitsFor)] = append(behind[lockKey(g.WaitsFor)], name)
		}
	}
	places = map[string]point{}
	right := 0.0 // of all that is placed
	place := func(ring []string) {
		part := map[string]point{}
		on := map[string]bool{}
		for _, name := range ring {
			on[name] = true
		}
		n := float64(len(ring))
		radius := 0.0
		if n > 1 {
			radius = step / (2 * math.Sin(math.Pi/n))
		}
		var spread func(name string, radius, from, to float64)
		spread = func(name string, radius, from, to float64) {
			middle := (from + to) / 2
			part[name] = point{radius * math.Cos(middle), radius * math.Sin(middle)}
			var outside []string
			for _, b := range behind[name] {
				if !on[b] {
					outside = append(outside, b)
				}
			}
			for i, b := range outside {
				each := (to - from) / float64(len(outside))
				spread(b, radius+step, from+float64(i)*each, from+float64(i+1)*each)
			}
		}
		for i, name := range ring {
			at := math.Pi + 2*math.Pi*float64(i)/n
			if n == 1 {
				// What waits for it stands first at its left: arrows are read from there.
				at += math.Pi - math.Pi/float64(max(1, len(behind[name])))
			}
			spread(name, radius, at-math.Pi/n, at+math.Pi/n)
		}
		left, most := math.Inf(1), math.Inf(-1)
		for _, p := range part {
			left, most = min(left, p.x), max(most, p.x)
		}
		for name, p := range part {
			places[name] = point{p.x - left + right, p.y}
		}
		right += most - left + 1.2*step
	}
	for _, c := range s.Cycles() {
		var ring []string
		for _, g := range c {
			ring = append(ring, g.label(), lockKey(g.WaitsFor))
		}
		place(ring)
	}
	for _, name := range order {
		if _, goes := next[name]; !goes {
			place([]string{name})
		}
	}
	return stretch(places)
}

// stretch fills the picture's width, and takes as much height as the nodes need.
func stretch(places map[string]point) (map[string]point, int) {
	left, right, top, bottom := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range places {
		left, right = min(left, p.x), max(right, p.x)
		top, bottom = min(top, p.y), max(bottom, p.y)
	}
	// Sines leave a little of what should be nothing.
	if right-left < step/100 {
		right = left
	}
	if bottom-top < step/100 {
		bottom = top
	}
	// 150 pixels for a step: two nodes' halves and an arrow with its words.
	height := min(480, 150*(bottom-top))
	level := 0.0
	if height == 0 {
		level = 60 // arrows there and back between two nodes swing out by as much
	}
	for name, p := range places {
		at := point{width / 2, down + level/2}
		if right > left {
			wide := min(width-2*across, 330*(right-left))
			at.x = (width-wide)/2 + wide*(p.x-left)/(right-left)
		}
		if bottom > top {
			at.y = down + height*(p.y-top)/(bottom-top)
		}
		places[name] = at
	}
	return places, int(height+level) + 2*down
}
