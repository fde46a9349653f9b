package measure

import (
	"fmt"
	"math"
	"strconv"

	"github.com/dustin/go-humanize"

	"interleave/helpers/lang"
)

// String gives the median with its interval in the reader's language, such as
// "12.3 ms (11.9–13.0, 10 runs)", or "1.05 s (1.01–1.20, range of 3 runs)":
// three significant digits, more only where the interval would vanish, and
// whole numbers in full.
func (s Summary) String() string {
	if s.N == 0 {
		return lang.Text{Ko: "실행 결과 없음", En: "no runs"}.String()
	}
	scale, unit := s.scale()
	median, lo, hi := s.Median*scale, s.Lo*scale, s.Hi*scale
	d := decimals(median, lo, hi)
	num := func(v float64) string {
		if d == 0 && math.Abs(v) < math.MaxInt64 {
			return humanize.Comma(int64(math.Round(v)))
		}
		return strconv.FormatFloat(v, 'f', d, 64)
	}

	how := lang.Plural(s.N, lang.Text{Ko: "%d회", En: "%d run"}, lang.Text{Ko: "%d회", En: "%d runs"}, s.N)
	if s.Kind == Range && s.N > 1 {
		how = lang.Format(lang.Text{Ko: "%d회의 범위", En: "range of %d runs"}, s.N)
	}
	if s.Quick {
		how = lang.Format(lang.Text{Ko: "%s, 빠른 모드", En: "%s, quick"}, how)
	}
	value := num(median)
	if unit != "" {
		value += " " + unit
	}
	if s.N == 1 {
		return fmt.Sprintf("%s (%s)", value, how)
	}
	return fmt.Sprintf("%s (%s–%s, %s)", value, num(lo), num(hi), how)
}

// scale gives what to multiply the summary's values by, and the unit then.
func (s Summary) scale() (float64, string) {
	if s.Unit != Seconds {
		return 1, s.Unit
	}
	switch m := math.Abs(s.Median); {
	case m == 0 || m >= 1:
		return 1, "s"
	case m >= 1e-3:
		return 1e3, "ms"
	case m >= 1e-6:
		return 1e6, "µs"
	default:
		return 1e9, "ns"
	}
}

// decimals gives how many digits after the point show the median with three
// significant digits, or with up to five if the bounds, though different, would
// otherwise print the same. Whole numbers have none.
func decimals(median, lo, hi float64) int {
	whole := func(v float64) bool { return v == math.Trunc(v) }
	if whole(median) && whole(lo) && whole(hi) {
		return 0
	}
	size := max(math.Abs(median), math.SmallestNonzeroFloat64)
	if median == 0 {
		size = max(math.Abs(lo), math.Abs(hi))
	}
	d := max(0, 2-int(math.Floor(math.Log10(size))))
	for range 2 {
		if lo == hi || strconv.FormatFloat(lo, 'f', d, 64) != strconv.FormatFloat(hi, 'f', d, 64) {
			break
		}
		d++
	}
	return d
}
