// Package measure repeats a measurement and says how far its result can be
// trusted: the median of the runs with its confidence interval.
//
// The interval is the one of order statistics: two of the measured values,
// so placed in rank that the true median lies between them in 95 of 100 such
// experiments, whatever the distribution (David and Nagaraja, Order
// Statistics, section 7.1; here by golang.org/x/perf/benchmath under
// AssumeNothing, as benchstat does). It needs six runs or more; with fewer,
// the range of the runs stands in its place and is called that. A value far
// from the rest is marked and never dropped.
//
// Figures are kept from one notebook cell to the next, each of which is a
// process of its own, by [Keep] and [Kept].
package measure

import (
	"fmt"
	"math"
	"os"
	"slices"

	"golang.org/x/perf/benchmath"

	"interleave/helpers/lang"
)

// QuickEnv names the environment variable that, set to "1", makes every
// experiment short.
const QuickEnv = "INTERLEAVE_QUICK"

// Quick reports whether experiments are to be short: see [QuickEnv].
func Quick() bool { return os.Getenv(QuickEnv) == "1" }

// Noted adds to a chart's note that experiments were short, if they were.
func Noted(note lang.Text) lang.Text {
	if !Quick() {
		return note
	}
	return lang.Join(" ", note, lang.Text{Ko: "빠른 모드.", En: "Quick mode."})
}

// Units that are formatted in a way of their own; any other unit is printed
// as it stands behind the number.
const (
	Seconds = "s" // printed as ns, µs, ms or s, whichever fits the median
	Times   = "×" // a ratio, by how many times
)

// A Sample holds the values of the counted runs, all in one unit.
type Sample struct {
	Unit   string    // such as Seconds, "ns/op", "items/s"; empty for a plain count
	Values []float64 // finite, in the order in which they were measured
}

// A Kind says what Lo and Hi of a [Summary] are.
type Kind string

const (
	// Interval is a confidence interval of the median.
	Interval Kind = "interval"
	// Range is the lowest and the highest value, for fewer runs than a
	// confidence interval needs.
	Range Kind = "range"
)

// A Summary is the median of a sample and how far it can be trusted. All of
// Median, Lo and Hi are in Unit.
type Summary struct {
	Unit   string  `json:"unit,omitempty"`
	Median float64 `json:"median"`
	Lo     float64 `json:"lo"`
	Hi     float64 `json:"hi"`
	// Confidence is the probability, 0 to 1, with which such an interval
	// holds the true median: 0.95 or somewhat more for an Interval, and
	// 1-2^(1-N) for a Range (0.75 of three runs, 0 of one).
	Confidence float64 `json:"confidence"`
	N          int     `json:"n"` // counted runs
	Kind       Kind    `json:"kind"`
	Outliers   int     `json:"outliers,omitempty"` // see Sample.Outliers; they count like any other run
	// Warnings are for the reader, in the reader's language.
	Warnings []string `json:"warnings,omitempty"`
	Quick    bool     `json:"quick,omitempty"` // measured with fewer runs for the sake of speed
}

// confidence is the level asked for; the interval's own is the next that the
// number of runs allows.
const confidence = 0.95

// Summary gives the median of the sample with its interval, or, below six
// runs, with their range. The summary of an empty sample has N = 0.
func (s Sample) Summary() Summary {
	sum := Summary{Unit: s.Unit, N: len(s.Values), Kind: Range, Quick: Quick()}
	if sum.N == 0 {
		sum.warn(lang.Text{Ko: "실행 결과가 없음", En: "no run was counted"})
		return sum
	}
	// NewSample sorts what it is given, and Values is in order of time.
	sample := benchmath.NewSample(slices.Clone(s.Values), &benchmath.DefaultThresholds)
	b := benchmath.AssumeNothing.Summary(sample, confidence)
	sum.Median, sum.Lo, sum.Hi = b.Center, b.Lo, b.Hi
	if math.IsInf(b.Lo, 0) || math.IsInf(b.Hi, 0) {
		sum.Lo, sum.Hi = sample.Values[0], sample.Values[sum.N-1]
		// All N values miss the median on one side with probability
		// 2^-N, and there are two sides.
		sum.Confidence = 1 - math.Exp2(float64(1-sum.N))
		sum.warn(lang.Plural(sum.N,
			lang.Text{Ko: "%d회뿐이라 신뢰 구간 대신 최솟값~최댓값", En: "only %d run: lowest to highest, not a confidence interval"},
			lang.Text{Ko: "%d회뿐이라 신뢰 구간 대신 최솟값~최댓값", En: "only %d runs: lowest to highest, not a confidence interval"}, sum.N))
	} else {
		sum.Kind, sum.Confidence = Interval, b.Confidence
		for _, w := range b.Warnings {
			sum.Warnings = append(sum.Warnings, w.Error())
		}
	}
	if sum.Outliers = len(s.Outliers()); sum.Outliers > 0 {
		sum.warn(lang.Format(
			lang.Text{Ko: "%[2]d회 중 %[1]d회의 값이 나머지와 동떨어짐(제외하지 않음)", En: "%[1]d of %[2]d runs far from the rest (kept)"},
			sum.Outliers, sum.N))
	}
	return sum
}

func (s *Summary) warn(t lang.Text) {
	s.Warnings = append(s.Warnings, t.String())
}

// Outliers gives the indices in s.Values of the values beyond Tukey's fences:
// more than one and a half times the distance between the quartiles below the
// lower quartile or above the upper. Below six runs there are none: too few to
// tell.
func (s Sample) Outliers() []int {
	if len(s.Values) < 6 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(s.Values))
	q1, q3 := quantile(sorted, 0.25), quantile(sorted, 0.75)
	fence := 1.5 * (q3 - q1)
	var out []int
	for i, v := range s.Values {
		if v < q1-fence || v > q3+fence {
			out = append(out, i)
		}
	}
	return out
}

// quantile interpolates between the two nearest ranks.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Ratio gives a/b for each pair of values measured in the same round (see
// [Repeat.Alternate]), in the unit [Times]. What slows the machine for a while
// slows both of a pair and cancels out, which it does not in the ratio of two
// medians.
func Ratio(a, b Sample) (Sample, error) {
	if len(a.Values) != len(b.Values) {
		return Sample{}, fmt.Errorf("ratio of two samples: %d and %d values do not pair up: measure both with one call of Alternate",
			len(a.Values), len(b.Values))
	}
	r := Sample{Unit: Times, Values: make([]float64, len(a.Values))}
	for i := range a.Values {
		if b.Values[i] == 0 {
			return Sample{}, fmt.Errorf("ratio of two samples: value %d of the second is 0: measure more work in each run", i+1)
		}
		r.Values[i] = a.Values[i] / b.Values[i]
	}
	return r, nil
}
