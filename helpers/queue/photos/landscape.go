package photos

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// A mood is the colours of a landscape at some time of the day.
type mood struct {
	zenith, horizon color.RGBA
	far, near       color.RGBA // of the mountains
	light           color.RGBA // of the sun, or the moon
	height          float64    // of the sun, in heights of the picture from the top
	size            float64    // of the sun, in shorter sides
	glow            float64
	clouds          float64 // how much of the sky they cover
	snow            bool
	stars           int
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

var moods = []mood{
	{zenith: rgb(0x2f6fb8), horizon: rgb(0xcfe6f4), far: rgb(0x7f9dbb), near: rgb(0x1f3a2a), light: rgb(0xfffbe8), height: 0.13, size: 0.035, glow: 0.55, clouds: 0.5, snow: true},              // noon
	{zenith: rgb(0x3b2f63), horizon: rgb(0xff9a4d), far: rgb(0x9a5a66), near: rgb(0x1d1320), light: rgb(0xfff0b8), height: 0.40, size: 0.060, glow: 0.9, clouds: 0.55},                          // sunset
	{zenith: rgb(0x5f86c4), horizon: rgb(0xffd3bd), far: rgb(0x9d94b4), near: rgb(0x2c2b44), light: rgb(0xffeed8), height: 0.36, size: 0.045, glow: 0.7, clouds: 0.3, snow: true},               // dawn
	{zenith: rgb(0x060a20), horizon: rgb(0x32508a), far: rgb(0x2b4068), near: rgb(0x05080f), light: rgb(0xf4f1dc), height: 0.18, size: 0.042, glow: 0.35, clouds: 0.15, snow: true, stars: 260}, // night
	{zenith: rgb(0x4a90c8), horizon: rgb(0xf7e3b4), far: rgb(0xb38a66), near: rgb(0x5c2a12), light: rgb(0xfff6d8), height: 0.22, size: 0.040, glow: 0.6, clouds: 0.4},                           // autumn
	{zenith: rgb(0x1b2050), horizon: rgb(0xb98fb8), far: rgb(0x5c5a92), near: rgb(0x10122a), light: rgb(0xffe9d0), height: 0.30, size: 0.034, glow: 0.5, clouds: 0.35, snow: true, stars: 60},   // dusk
	{zenith: rgb(0x8ea9c2), horizon: rgb(0xe9eff2), far: rgb(0xa9bccb), near: rgb(0x33474f), light: rgb(0xffffff), height: 0.20, size: 0.040, glow: 0.4, clouds: 0.8, snow: true},               // mist
	{zenith: rgb(0x1f8fc4), horizon: rgb(0xd8f3e6), far: rgb(0x6fae9a), near: rgb(0x0f3d2c), light: rgb(0xfffde0), height: 0.15, size: 0.038, glow: 0.6, clouds: 0.35},                          // summer
}

// landscape draws the picture of a number: sky, sun and mountains, and for some a
// lake or a wood. The same number and size give the same picture.
func landscape(number, width, height int) *image.RGBA {
	l := painter{
		RGBA: image.NewRGBA(image.Rect(0, 0, width, height)),
		w:    width, h: height, short: float64(min(width, height)),
		random: rand.New(rand.NewPCG(uint64(number), 55)),
		mood:   moods[number%len(moods)],
	}
	l.sky()
	lake := l.random.IntN(5) < 2
	shore := height
	if lake {
		shore = int(float64(height) * (0.70 + 0.06*l.random.Float64()))
	}
	l.mountains(shore, lake)
	if lake {
		l.water(shore)
	}
	l.wood(lake)
	l.grain()
	return l.RGBA
}

// A painter draws one landscape. It writes whole rows of pixels, since an album is
// made while a reader waits.
type painter struct {
	*image.RGBA
	mood
	w, h   int
	short  float64 // the shorter side
	random *rand.Rand
}

func (l *painter) row(y int) []uint8 { return l.Pix[y*l.Stride:][:4*l.w] }

// sky fills the picture. What changes slowly is computed at every 8th pixel.
func (l *painter) sky() {
	const step = 8
	gw, gh := l.w/step+2, l.h/step+2
	grid := make([][3]float64, gw*gh)
	sunX := float64(l.w) * (0.2 + 0.6*l.random.Float64())
	sunY := float64(l.h) * (l.height + 0.06*l.random.Float64())
	seed := l.random.Uint32()
	cover := l.clouds * (0.6 + 0.7*l.random.Float64())
	for gy := range gh {
		y := float64(gy * step)
		down := min(y/(0.62*float64(l.h)), 1)
		for gx := range gw {
			x := float64(gx * step)
			d := math.Hypot(x-sunX, y-sunY) / l.short
			glow := l.glow * (0.55*math.Exp(-d*d*9) + 0.45/(1+d*d*60))
			// Clouds are flat: noise that is stretched sideways, more so far away.
			n := fractal2(seed, x/l.short*2.2, y/l.short*(6+6*down), 4)
			cloud := smooth((n-(0.72-0.34*cover))/0.22) * 0.75 * (1 - 0.5*down)
			for c := range 3 {
				v := mix(at(l.zenith, c), at(l.horizon, c), math.Pow(down, 1.3))
				v = mix(v, mix(at(l.horizon, c), at(l.light, c), 0.5), cloud)
				grid[gy*gw+gx][c] = mix(v, at(l.light, c), glow)
			}
		}
	}
	line := make([][3]float64, gw)
	for y := range l.h {
		upper, lower := grid[y/step*gw:][:gw], grid[(y/step+1)*gw:][:gw]
		f := float64(y%step) / step
		for i := range line {
			for c := range 3 {
				line[i][c] = mix(upper[i][c], lower[i][c], f)
			}
		}
		pix := l.row(y)
		for i := 0; i*step < l.w; i++ {
			v, next := line[i], line[i+1]
			dr, dg, db := (next[0]-v[0])/step, (next[1]-v[1])/step, (next[2]-v[2])/step
			for x := i * step; x < min((i+1)*step, l.w); x++ {
				p := pix[4*x : 4*x+4 : 4*x+4]
				p[0], p[1], p[2], p[3] = uint8(v[0]), uint8(v[1]), uint8(v[2]), 255
				v[0], v[1], v[2] = v[0]+dr, v[1]+dg, v[2]+db
			}
		}
	}
	for range l.stars {
		x, y := l.random.Float64()*float64(l.w), l.random.Float64()*0.6*float64(l.h)
		bright := l.random.Float64()
		l.disc(x, y, l.short*(0.0007+0.0014*bright*bright), rgb(0xffffff), 0.3+0.7*bright)
	}
	l.disc(sunX, sunY, l.size*l.short, l.light, 1)
}

// disc draws a disc with a soft edge.
func (l *painter) disc(cx, cy, radius float64, c color.RGBA, alpha float64) {
	for y := max(int(cy-radius-1), 0); y < min(int(cy+radius+2), l.h); y++ {
		pix := l.row(y)
		for x := max(int(cx-radius-1), 0); x < min(int(cx+radius+2), l.w); x++ {
			d := math.Hypot(float64(x)-cx, float64(y)-cy)
			blend(pix[4*x:], c, alpha*min(max(radius-d+0.5, 0), 1))
		}
	}
}

// mountains draws ranges one behind the other, the nearer the darker, down to the
// row bottom.
func (l *painter) mountains(bottom int, lake bool) {
	ranges := 3 + l.random.IntN(2)
	rock := rockTile()
	sunlit := 1.0
	if l.random.IntN(2) == 0 {
		sunlit = -1
	}
	ridge, slope := make([]int, l.w), make([]float64, l.w)
	for k := range ranges {
		near := float64(k) / float64(ranges-1) // 0 is the farthest
		if lake {
			near *= 0.8 // no wood before the water
		}
		base := float64(l.h) * mix(0.56, 0.90, near)
		if lake {
			base = float64(bottom) - float64(l.h)*mix(0.05, 0.004, near)
		}
		rise := l.short * mix(0.34, 0.16, near) * (0.7 + 0.5*l.random.Float64())
		if lake {
			rise *= mix(1, 0.45, near) // the far ones are mirrored, so they are to be seen
		}
		seed, from := l.random.Uint32(), 50*l.random.Float64()
		for x := range ridge {
			t := from + float64(x)/l.short*mix(1.9, 2.6, near)
			n := fractal1(seed, t, 7)
			sharp := 1 - math.Abs(2*fractal1(seed+9, t*0.9, 6)-1)
			ridge[x] = int(base - rise*mix(sharp*sharp*1.25, n, min(near*1.3, 1)))
		}
		// A face is lit by how the ridge above it falls.
		reach := max(int(l.short/160), 1)
		for x := range slope {
			fall := float64(ridge[min(x+reach, l.w-1)]-ridge[max(x-reach, 0)]) / float64(2*reach)
			slope[x] = max(min(fall*sunlit, 1), -1)
		}
		tint := [3]float64{}
		for c := range 3 {
			tint[c] = mix(mix(at(l.far, c), at(l.horizon, c), 0.25), at(l.near, c), near)
		}
		snow := l.snow && near < 0.34
		high := base - rise*0.5
		top := bottom
		for _, y := range ridge {
			top = min(top, y)
		}
		for y := max(top, 0); y < bottom; y++ {
			pix := l.row(y)
			texture := rock[(y*1700/int(l.short))&tileMask]
			for x := range ridge {
				deep := y - ridge[x]
				if deep < 0 {
					continue
				}
				grit := float64(texture[(x*1700/int(l.short)+k*91)&tileMask])
				// The streaks of a face run down askew.
				face := slope[min(max(x+int(sunlit)*deep/3, 0), l.w-1)]
				depth := float64(deep) / l.short
				shade := 1 + 0.32*face/(1+depth*7)*(1-0.6*near) + (grit-0.5)*0.35
				mist := min(depth*mix(1.7, 0.7, near), 0.62) * (1 - 0.75*near)
				r, g, b := tint[0]*shade, tint[1]*shade, tint[2]*shade
				if snow {
					if s := (high-float64(y))/l.short*7 + 0.35*face; s+grit*1.6 > 0.75 {
						white := min(max((s+grit*1.6-0.75)*2, 0), 0.88)
						lit := 0.88 + 0.22*face
						r, g, b = mix(r, at(l.light, 0)*lit, white), mix(g, at(l.light, 1)*lit, white), mix(b, min(at(l.light, 2)*lit+10, 255), white)
					}
				}
				p := pix[4*x : 4*x+3 : 4*x+3]
				p[0] = clamp(mix(r, at(l.horizon, 0), mist))
				p[1] = clamp(mix(g, at(l.horizon, 1), mist))
				p[2] = clamp(mix(b, at(l.horizon, 2), mist))
			}
		}
	}
}

// water mirrors what is above the row shore, with waves that grow towards the viewer.
func (l *painter) water(shore int) {
	seed := l.random.Uint32()
	for y := shore; y < l.h; y++ {
		down := float64(y-shore) / float64(l.h-shore)
		n := fractal1(seed, math.Sqrt(down)*90, 3) - 0.5
		source := shore - 1 - int(float64(y-shore)*1.6+n*down*l.short*0.09)
		from, pix := l.row(min(max(source, 0), shore-1)), l.row(y)
		shift := int(n * l.short * (0.004 + 0.03*down))
		dark := 0.9 - 0.2*down + n*0.25
		for x := range l.w {
			s := min(max(x+shift, 0), l.w-1)
			for c := range 3 {
				pix[4*x+c] = clamp(mix(float64(from[4*s+c])*dark, at(l.zenith, c)*0.7, 0.12+0.2*down))
			}
		}
	}
}

// wood draws firs along the lower edge, at one side only before a lake.
func (l *painter) wood(lake bool) {
	top := make([]int, l.w)
	for x := range top {
		top[x] = l.h
	}
	seed := l.random.Uint32()
	left := l.random.IntN(2) == 0
	ground := func(x int) float64 {
		n := 0.93 - 0.05*fractal1(seed, float64(x)/l.short*2, 3)
		if lake {
			aside := float64(x) / float64(l.w)
			if left {
				aside = 1 - aside
			}
			n += 0.16 * (0.95 - aside*aside)
		}
		return n * float64(l.h)
	}
	for x := range top {
		top[x] = min(top[x], int(ground(x)))
	}
	for x := -10.0; x < float64(l.w); x += l.short * (0.008 + 0.03*l.random.Float64()) {
		tall := l.short * (0.05 + 0.09*l.random.Float64())
		wide := tall * (0.17 + 0.06*l.random.Float64())
		foot := ground(min(max(int(x), 0), l.w-1))
		if foot > float64(l.h)+tall/2 {
			continue
		}
		for i := max(int(x-wide), 0); i < min(int(x+wide), l.w); i++ {
			aside := math.Abs(float64(i)-x) / wide
			// Branches: the outline falls in steps.
			aside += 0.035 * math.Sin(aside*25)
			top[i] = min(top[i], int(foot-tall*(1-min(aside, 1))))
		}
	}
	rock := rockTile()
	for y := range l.h {
		pix := l.row(y)
		texture := rock[y&tileMask]
		for x, t := range top {
			if y >= t {
				shade := 0.45 + 0.5*float64(texture[x&tileMask])
				p := pix[4*x : 4*x+3 : 4*x+3]
				p[0], p[1], p[2] = clamp(at(l.near, 0)*shade), clamp(at(l.near, 1)*shade), clamp(at(l.near, 2)*shade)
			}
		}
	}
}

// grain adds the noise of a sensor, the same to all three colours.
func (l *painter) grain() {
	state := l.random.Uint32() | 1
	for i := 0; i < len(l.Pix); i += 4 {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		n := int(state&7) + int(state>>8&7) - 7 // more often near 0
		p := l.Pix[i : i+3 : i+3]
		for c := range p {
			p[c] = uint8(min(max(int(p[c])+n, 0), 255))
		}
	}
}
