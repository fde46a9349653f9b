package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"interleave/helpers/lang"
)

func TestSummary(t *testing.T) {
	for _, tt := range []struct {
		name               string
		values             []float64
		median, lo, hi     float64
		kind               Kind
		confidence         float64 // to two digits
		outliers, warnings int
	}{
		{"no run has no figure", nil, 0, 0, 0, Range, 0, 0, 1},
		{"one run says nothing of the next", []float64{7}, 7, 7, 7, Range, 0, 0, 1},
		{"three runs give their range", []float64{3, 1, 2}, 2, 1, 3, Range, 0.75, 0, 1},
		{"five runs give their range", []float64{5, 1, 4, 2, 3}, 3, 1, 5, Range, 0.94, 0, 1},
		{"six runs give an interval from end to end", []float64{6, 1, 5, 2, 4, 3}, 3.5, 1, 6, Interval, 0.97, 0, 0},
		{"ten runs give the second to the ninth", []float64{10, 1, 9, 2, 8, 3, 7, 4, 6, 5}, 5.5, 2, 9, Interval, 0.98, 0, 0},
		{"an outlier is kept and told of", []float64{10, 1, 9, 2, 8, 3, 7, 4, 6, 1000}, 6.5, 2, 10, Interval, 0.98, 1, 1},
		{"an outlier among few is not told from the rest", []float64{1, 1, 1000}, 1, 1, 1000, Range, 0.75, 0, 1},
		{"equal values give an interval of no width", []float64{4, 4, 4, 4, 4, 4}, 4, 4, 4, Interval, 0.97, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.values)
			got := Sample{Unit: "ns", Values: tt.values}.Summary()
			if got.Median != tt.median || got.Lo != tt.lo || got.Hi != tt.hi || got.Kind != tt.kind {
				t.Errorf("got median %v, %v to %v, %s; want %v, %v to %v, %s",
					got.Median, got.Lo, got.Hi, got.Kind, tt.median, tt.lo, tt.hi, tt.kind)
			}
			if math.Abs(got.Confidence-tt.confidence) > 0.01 {
				t.Errorf("confidence %v, want about %v", got.Confidence, tt.confidence)
			}
			if got.N != len(tt.values) || got.Unit != "ns" || got.Outliers != tt.outliers || len(got.Warnings) != tt.warnings {
				t.Errorf("got %d runs, unit %q, %d outliers, warnings %q", got.N, got.Unit, got.Outliers, got.Warnings)
			}
			if !slices.Equal(tt.values, before) {
				t.Errorf("the sample was reordered to %v", tt.values)
			}
		})
	}
}

// Whatever the values: the interval holds the median, its bounds are values
// that were measured, their order does not matter, and no value that grows
// makes any of the three smaller.
func TestSummaryProperties(t *testing.T) {
	property := func(raw []uint16, grow uint16, seed uint64) bool {
		values := make([]float64, len(raw)+1)
		for i, r := range raw {
			values[i+1] = float64(r%50) - 25 // with ties
		}
		s := Sample{Values: values}.Summary()
		if s.Lo > s.Median || s.Median > s.Hi || !slices.Contains(values, s.Lo) || !slices.Contains(values, s.Hi) {
			t.Logf("%v: median %v outside %v to %v, or a bound that was not measured", values, s.Median, s.Lo, s.Hi)
			return false
		}
		if (s.Kind == Interval) != (len(values) >= 6) || s.Kind == Interval && s.Confidence < 0.95 {
			t.Logf("%d values: %s of confidence %v", len(values), s.Kind, s.Confidence)
			return false
		}
		rng := rand.New(rand.NewPCG(seed, 0))
		rng.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		if again := (Sample{Values: values}).Summary(); again.Median != s.Median || again.Lo != s.Lo || again.Hi != s.Hi {
			t.Logf("%v: another order gives %v, before %v", values, again, s)
			return false
		}
		values[rng.IntN(len(values))] += float64(grow)
		more := Sample{Values: values}.Summary()
		return more.Lo >= s.Lo && more.Median >= s.Median && more.Hi >= s.Hi
	}
	if err := quick.Check(property, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestOutliers(t *testing.T) {
	s := Sample{Values: []float64{500, 10, 11, 12, 13, -400, 12, 11}}
	if got := s.Outliers(); !slices.Equal(got, []int{0, 5}) {
		t.Errorf("outliers at %v, want those at 0 and 5", got)
	}
}

func TestString(t *testing.T) {
	ten := func(median, lo, hi float64, unit string) Summary {
		return Summary{Unit: unit, Median: median, Lo: lo, Hi: hi, N: 10, Kind: Interval}
	}
	for _, tt := range []struct {
		s    Summary
		want string
	}{
		{ten(0.0123, 0.0119, 0.013, Seconds), "12.3 ms (11.9–13.0, 10 runs)"},
		{ten(1.049, 1.01, 1.2, Seconds), "1.05 s (1.01–1.20, 10 runs)"},
		{ten(0.000123456, 0.00012, 0.00013, Seconds), "123 µs (120–130, 10 runs)"},
		{ten(0.9e-6, 0.8e-6, 1.1e-6, Seconds), "900 ns (800–1,100, 10 runs)"},
		{ten(27.3e-9, 27e-9, 39e-9, Seconds), "27.3 ns (27.0–39.0, 10 runs)"},
		{ten(0, 0, 0, Seconds), "0 s (0–0, 10 runs)"},
		{ten(0.2511, 0.251, 0.2512, Seconds), "251.1 ms (251.0–251.2, 10 runs)"},
		{ten(1.93, 1.9, 1.96, Times), "1.93 × (1.90–1.96, 10 runs)"},
		{ten(340123, 311001, 404231, ""), "340,123 (311,001–404,231, 10 runs)"},
		{ten(340123.5, 311001, 404231, ""), "340,124 (311,001–404,231, 10 runs)"},
		{ten(12.34, 12.34, 12.34, "items/s"), "12.3 items/s (12.3–12.3, 10 runs)"},
		{ten(0, -0.2, 0.5, ""), "0.000 (-0.200–0.500, 10 runs)"},
		{Summary{Median: -15, Lo: -15, Hi: -15, N: 1, Kind: Range}, "-15 (1 run)"},
		{Summary{Unit: Seconds, Median: 2, Lo: 1.5, Hi: 3, N: 3, Kind: Range, Quick: true}, "2.00 s (1.50–3.00, range of 3 runs, quick)"},
		{Summary{}, "no runs"},
	} {
		if got := tt.s.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	t.Setenv(lang.Env, "")
	if got, want := ten(0.0123, 0.0119, 0.013, Seconds).String(), "12.3 ms (11.9–13.0, 10회 · 10 runs)"; got != want {
		t.Errorf("in both languages: got %q, want %q", got, want)
	}
}

func TestRatio(t *testing.T) {
	got, err := Ratio(Sample{Unit: Seconds, Values: []float64{2, 30}}, Sample{Unit: Seconds, Values: []float64{1, 10}})
	if err != nil || got.Unit != Times || !slices.Equal(got.Values, []float64{2, 3}) {
		t.Errorf("got %v, %v; want the ratios 2 and 3 of the pairs", got, err)
	}
	if _, err := Ratio(Sample{Values: []float64{1}}, Sample{}); err == nil || !strings.Contains(err.Error(), "pair up") {
		t.Errorf("unequal lengths: got error %v", err)
	}
	if _, err := Ratio(Sample{Values: []float64{1}}, Sample{Values: []float64{0}}); err == nil || !strings.Contains(err.Error(), "is 0") {
		t.Errorf("division by nothing: got error %v", err)
	}
}
