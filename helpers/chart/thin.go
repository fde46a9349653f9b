package chart

import (
	"encoding/json"
	"math"
	"slices"
)

// thin gives o with about one in every k of its points, and how many points it has
// of how many. Bars and named items are never left out: of those, none can be
// spared. Of pieces of a line, divided by empty points, the longest stay.
func (o options) thin(k int) (thinned options, kept, of int) {
	thinned = make(options, len(o))
	for key, v := range o {
		thinned[key] = v
	}
	var all []any
	for _, s := range o.series() {
		data, _ := s["data"].([]any)
		of += len(data)
		if s["type"] != "bar" && !scalars(s) && len(data) > 2*k {
			copied := make(map[string]any, len(s))
			for key, v := range s {
				copied[key] = v
			}
			data = thinPoints(data, k)
			copied["data"] = data
			s = copied
		}
		kept += len(data)
		all = append(all, s)
	}
	thinned["series"] = all
	return thinned, kept, of
}

func thinPoints(data []any, k int) []any {
	pieces := split(data)
	if len(pieces) < 2 {
		var some []any
		for i, d := range data {
			if i%k == 0 || i == len(data)-1 {
				some = append(some, d)
			}
		}
		return some
	}
	order := make([]int, len(pieces))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch la, lb := extent(pieces[a]), extent(pieces[b]); {
		case la > lb:
			return -1
		case la < lb:
			return 1
		}
		return 0
	})
	order = order[:max(1, len(pieces)/k)]
	slices.Sort(order)
	var some []any
	for _, i := range order {
		some = append(append(some, pieces[i]...), []any{nil, nil})
	}
	return some
}

// split divides a line's points where an empty one stands.
func split(data []any) [][]any {
	var pieces [][]any
	var now []any
	for _, d := range data {
		if pair, ok := valueOf(d).([]any); ok && len(pair) > 0 && pair[0] != nil {
			now = append(now, d)
			continue
		}
		if len(now) > 0 {
			pieces = append(pieces, now)
		}
		now = nil
	}
	if len(now) > 0 {
		pieces = append(pieces, now)
	}
	return pieces
}

// extent is how far a piece reaches in both directions.
func extent(piece []any) float64 {
	far := 0.0
	first, _ := valueOf(piece[0]).([]any)
	last, _ := valueOf(piece[len(piece)-1]).([]any)
	for i := range min(len(first), len(last)) {
		a, aok := first[i].(json.Number)
		b, bok := last[i].(json.Number)
		if !aok || !bok {
			continue
		}
		x, _ := a.Float64()
		y, _ := b.Float64()
		far += math.Abs(y - x)
	}
	return far
}
