package measure

import (
	"math"

	"interleave/helpers/lang"
)

// Share gives the share of n trials that had a property, in percent, with
// Wilson's score interval at 95 % (Wilson, Journal of the American Statistical
// Association 22, 1927). Median is the share itself; of no trials, N is 0.
func Share(having, n int) Summary {
	s := Summary{Unit: "%", N: n, Kind: Interval, Confidence: confidence, Quick: Quick()}
	if n == 0 {
		s.Kind = Range
		s.warn(lang.Text{Ko: "시행 없음", En: "no trial"})
		return s
	}
	const z = 1.959963984540054 // 97.5 % of a normal distribution lie below
	p, m := float64(having)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	s.Median = 100 * p
	// The formula's own rounding must not put the share outside its interval.
	s.Lo = min(s.Median, 100*max(0, middle-half))
	s.Hi = max(s.Median, 100*min(1, middle+half))
	return s
}
