package photos

import (
	"image/color"
	"math"
	"sync"
)

func mix(a, b, t float64) float64 { return a + (b-a)*t }

func clamp(v float64) uint8 { return uint8(min(max(v, 0), 255)) }

// smooth goes from 0 to 1 without a corner.
func smooth(t float64) float64 {
	t = min(max(t, 0), 1)
	return t * t * (3 - 2*t)
}

// at gives red, green or blue.
func at(c color.RGBA, i int) float64 {
	switch i {
	case 0:
		return float64(c.R)
	case 1:
		return float64(c.G)
	}
	return float64(c.B)
}

func blend(pix []uint8, c color.RGBA, alpha float64) {
	for i := range 3 {
		pix[i] = clamp(mix(float64(pix[i]), at(c, i), alpha))
	}
}

// lattice gives a number from 0 to 1 for each point of a lattice.
func lattice(seed uint32, x, y int) float64 {
	h := seed ^ uint32(x)*0x9e3779b1 ^ uint32(y)*0x85ebca77
	h = (h ^ h>>15) * 0x2c1b3c6d
	h = (h ^ h>>12) * 0x297a2d39
	return float64(h>>8) / (1 << 24)
}

// noise2 gives smooth noise from 0 to 1.
func noise2(seed uint32, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	tx, ty := smooth(x-fx), smooth(y-fy)
	return mix(
		mix(lattice(seed, ix, iy), lattice(seed, ix+1, iy), tx),
		mix(lattice(seed, ix, iy+1), lattice(seed, ix+1, iy+1), tx), ty)
}

// fractal2 adds octaves of noise, each twice as fine and half as strong.
func fractal2(seed uint32, x, y float64, octaves int) float64 {
	sum, weight := 0.0, 0.0
	for o := range octaves {
		scale := float64(int(1) << o)
		sum += noise2(seed+uint32(o), x*scale, y*scale) / scale
		weight += 1 / scale
	}
	return sum / weight
}

// fractal1 is [fractal2] along one line.
func fractal1(seed uint32, x float64, octaves int) float64 {
	return fractal2(seed, x, 0, octaves)
}

const (
	tileSize = 512
	tileMask = tileSize - 1
)

// rockTile is noise for the surface of rocks and woods, which repeats.
var rockTile = sync.OnceValue(func() *[tileSize][tileSize]float32 {
	tile := new([tileSize][tileSize]float32)
	for y := range tileSize {
		for x := range tileSize {
			sum := 0.0
			for o, weight := range []float64{0.3, 0.3, 0.25, 0.15} {
				// Lattices of 32, 16, 8 and 4 pixels, that meet at the edges.
				cell := 32 >> o
				n := tileSize/cell - 1
				tx, ty := smooth(float64(x%cell)/float64(cell)), smooth(float64(y%cell)/float64(cell))
				ix, iy := x/cell, y/cell
				sum += weight * mix(
					mix(lattice(uint32(o), ix, iy), lattice(uint32(o), (ix+1)&n, iy), tx),
					mix(lattice(uint32(o), ix, (iy+1)&n), lattice(uint32(o), (ix+1)&n, (iy+1)&n), tx), ty)
			}
			tile[y][x] = float32(sum)
		}
	}
	return tile
})
