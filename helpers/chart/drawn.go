package chart

import "interleave/helpers/chart/internal/drawn"

func init() {
	drawn.Of = func(c drawn.Chart) drawn.Output {
		p, o := tabulate(c)
		return drawn.Output{Width: p.width, Height: p.height, Alt: p.alt, Options: o, Text: p.output().plain}
	}
}
