package measure

import (
	"math"
	"testing"
)

// The intervals are those of Newcombe, Statistics in Medicine 17 (1998), table I,
// method 3.
func TestShareIsWilsonsInterval(t *testing.T) {
	for _, tt := range []struct {
		having, n int
		lo, hi    float64
	}{
		{81, 263, 25.53, 36.62},
		{15, 148, 6.24, 16.05},
		{0, 20, 0, 16.11},
		{1, 29, 0.61, 17.18},
	} {
		s := Share(tt.having, tt.n)
		if math.Abs(s.Lo-tt.lo) > 0.006 || math.Abs(s.Hi-tt.hi) > 0.006 || math.Abs(s.Median-100*float64(tt.having)/float64(tt.n)) > 1e-9 || s.N != tt.n {
			t.Errorf("%d of %d: %+v, want %v to %v", tt.having, tt.n, s, tt.lo, tt.hi)
		}
	}
	if s := Share(20, 20); s.Hi != 100 || math.Abs(s.Lo-(100-16.11)) > 0.006 {
		t.Errorf("20 of 20: %+v, want the mirror of 0 of 20", s)
	}
	if s := Share(0, 0); s.N != 0 || s.Median != 0 {
		t.Errorf("of none: %+v", s)
	}
}
