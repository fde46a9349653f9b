package interleaving

import (
	"math/big"
	"testing"

	"interleave/helpers/chart"
	"interleave/helpers/chart/charttest"
)

// ended is a Result with these outcomes.
func ended(r Result, outcomes ...Outcome) func() chart.Chart {
	r.Outcomes = outcomes
	for _, o := range outcomes {
		r.Played += o.Count
		r.counts[o.Verdict] += o.Count
	}
	return func() chart.Chart { return r.bars() }
}

func TestGolden(t *testing.T) {
	total := Result{Shared: []string{"total"}}
	two := ended(total,
		Outcome{Verdict: OK, Values: []int{2}, Count: 2, Example: "AAABBB"},
		Outcome{Verdict: LostUpdate, Values: []int{1}, Count: 18, Example: "AABABB"})
	drawn, walks := total, total
	drawn.Sampled, drawn.Uniform, drawn.Total, drawn.seed = true, true, big.NewInt(1_680), 5
	walks.Sampled, walks.limit, walks.seed = true, 1_000, 7
	var many []Outcome
	for i := range 20 { // the rarest of each verdict share a bar
		many = append(many, Outcome{Verdict: Verdict(i / 10), Values: []int{i}, Count: 5 + i%10, Example: "AB"})
	}
	charttest.Golden(t, charttest.Charts{
		"one.en": ended(total, Outcome{Verdict: OK, Values: []int{1}, Count: 1, Example: "AAA"}),
		"two":    two,
		"two.en": two,
		"two.ko": two,
		"drawn.en": ended(drawn,
			Outcome{Verdict: LostUpdate, Values: []int{1}, Count: 60, Example: "AABABBCCC"},
			Outcome{Verdict: OK, Values: []int{3}, Count: 40, Example: "AAABBBCCC"}),
		"walks.ko": ended(walks, Outcome{Verdict: Deadlock, Values: []int{0}, Count: 1_000, Example: "ABABABABABABABABAB"}),
		"findings.en": ended(Result{Shared: []string{"total", "n"}},
			Outcome{Verdict: LostUpdate | InvariantBroken, Values: []int{1, 2}, Count: 18, Example: "AABABB"},
			Outcome{Verdict: Crash, Values: []int{0, 0}, Count: 1, Example: "B"}),
		"many.en": ended(total, many...),
	})
}
