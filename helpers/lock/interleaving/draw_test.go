package interleaving

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"interleave/helpers/measure"
)

// chiSquare draws n orders and compares how often each came with an equal chance
// for all. It gives the statistic and its degrees of freedom.
func chiSquare(t *testing.T, p Program, n int) (statistic float64, freedom int) {
	t.Helper()
	c, err := compile(p)
	if err != nil {
		t.Fatal(err)
	}
	e := newEngine(c)
	counts := map[string]int{}
	e.walk(0, OK, func(depth int, _ Verdict) bool {
		counts[string(e.path[:depth])] = 0
		return true
	})
	var at *node
	if c.waits {
		at = e.graph()
	}
	rng := rand.New(rand.NewPCG(54, 13))
	for range n {
		depth, _ := e.draw(rng, at)
		order := string(e.path[:depth])
		if _, ok := counts[order]; !ok {
			t.Fatalf("drew %s, which is no order", order)
		}
		counts[order]++
	}
	want := float64(n) / float64(len(counts))
	for _, got := range counts {
		statistic += (float64(got) - want) * (float64(got) - want) / want
	}
	return statistic, len(counts) - 1
}

func TestEveryOrderIsDrawnAlike(t *testing.T) {
	total, own, mu, nu := Shared("total", 0), Own("own"), Mutex("mu"), Mutex("nu")
	one := additions(total, own, 1)
	for _, tt := range []struct {
		name string
		p    Program
	}{
		{"without locks", Program{Workers: []Worker{one, one}}},
		{"workers of unlike length", Program{Workers: []Worker{one[:1], one, one[:2]}}},
		{"with locks and deadlocks", Program{Workers: []Worker{
			{own.Add(1), mu.Lock(), nu.Lock(), nu.Unlock(), mu.Unlock()},
			{nu.Lock(), own.Add(1), mu.Lock(), mu.Unlock(), nu.Unlock(), own.Add(1)}}}},
		{"with crashes", Program{Workers: []Worker{{mu.Unlock(), own.Add(1)}, {own.Add(1), mu.Lock(), own.Add(1)}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// The statistic's mean is its degrees of freedom f, its deviation
			// √(2f); above mean and four deviations come less than 1 in 1,000.
			got, f := chiSquare(t, tt.p, 100_000)
			if most := float64(f) + 4*math.Sqrt(2*float64(f)); got > most || f < 4 {
				t.Errorf("chi-square %.1f with %d degrees of freedom, want %.1f at most", got, f, most)
			}
		})
	}
}

func TestIntervalsCoverTheExactShares(t *testing.T) {
	total, own, mu := Shared("total", 0), Own("own"), Mutex("mu")
	one := additions(total, own, 1)
	for _, tt := range []struct {
		name    string
		workers []Worker
	}{
		{"without locks", []Worker{one, one, one}},
		{"with a lock for two", []Worker{append(append(Worker{mu.Lock()}, one...), mu.Unlock()), one, append(append(Worker{mu.Lock()}, one...), mu.Unlock())}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			exact := Program{Workers: tt.workers}.Play()
			covered, of := 0, 0
			for seed := range uint64(200) {
				r := Program{Workers: tt.workers, Limit: 500, Seed: seed + 1}.Play()
				if !r.Sampled || !r.Uniform || r.Played != 500 || r.Total.Int64() != int64(exact.Played) {
					t.Fatalf("seed %d: %v", seed+1, r)
				}
				for _, o := range exact.Outcomes {
					share, got := 100*float64(o.Count)/float64(exact.Played), 0
					for _, drawn := range r.Outcomes {
						if drawn.Verdict == o.Verdict && slices.Equal(drawn.Values, o.Values) {
							got = drawn.Count
						}
					}
					if s := measure.Share(got, r.Played); s.Lo <= share && share <= s.Hi {
						covered++
					}
					of++
				}
			}
			if part := float64(covered) / float64(of); part < 0.93 || part > 0.99 {
				t.Errorf("%d of %d intervals hold the exact share: %.3f, want about 0.95", covered, of, part)
			}
		})
	}
}

func TestSameSeedDrawsTheSame(t *testing.T) {
	four := additions(Shared("total", 0), Own("own"), 4)
	draw := func(seed uint64) (string, []string) {
		r := Program{Workers: []Worker{four, four}, Limit: 200, Seed: seed}.Play()
		return r.String(), slices.Collect(r.Orders(LostUpdate))
	}
	text, orders := draw(9)
	if again, same := draw(9); again != text || !slices.Equal(orders, same) || len(orders) < 150 {
		t.Errorf("seed 9 gave\n%s\nand then\n%s", text, again)
	}
	if _, other := draw(10); slices.Equal(orders, other) {
		t.Error("seeds 9 and 10 drew the same orders")
	}
	if !strings.Contains(text, "Seed 9") {
		t.Errorf("no seed in\n%s", text)
	}
	first := Program{Workers: []Worker{four, four}, Limit: 200}.Play()
	if first.seed == 0 || first.seed == (Program{Workers: []Worker{four, four}, Limit: 200}).Play().seed {
		t.Error("without a seed, two plays drew the same")
	}
}

func TestWalksSayThatTheyAreWalks(t *testing.T) {
	// Each order leaves another total: too many states to count.
	total := Shared("total", 1)
	gate := When("total > 0", func(m *Memory) bool { return m.Get(total) > 0 }, nil)
	step := func(n int) Operation {
		return Do("mix", func(m *Memory) { m.Set(total, (m.Get(total)*31+n)%1_000_003+1) })
	}
	var all []Worker
	for w := range 3 {
		all = append(all, Worker{gate, step(w), step(w + 3), step(w + 6), step(w + 9)})
	}
	r := Program{Workers: all, Limit: 1000, Seed: 3}.Play()
	if r.Err != nil || !r.Sampled || r.Uniform || r.Total != nil || r.Played != 1000 {
		t.Fatal(r.Played, r.Sampled, r.Uniform, r.Total, r.Err)
	}
	if s := r.String(); !strings.Contains(s, "random walks") || !strings.Contains(s, "more than 1,000") {
		t.Errorf("got %s", s)
	}
}

func TestNoMoreIsPlayedThanTheLimit(t *testing.T) {
	one := additions(Shared("total", 0), Own("own"), 1)
	c, err := compile(Program{Workers: []Worker{one, one}})
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]bool{19: false, 20: true, 21: true} {
		r := Result{program: c, limit: limit}
		if within := r.tally(newEngine(c)); within != want || r.Played != min(limit, 20) {
			t.Errorf("limit %d: played %d, all of them: %t", limit, r.Played, within)
		}
	}
}

func TestCrashesLeaveFewerOrders(t *testing.T) {
	mu, own := Mutex("mu"), Own("own")
	w := append(Worker{mu.Unlock()}, slices.Repeat(Worker{own.Add(1)}, 9)...)
	if r := (Program{Workers: []Worker{w, w}, Limit: 10}).Play(); r.Sampled || r.Count(Crash) != 2 || r.Total.Int64() != 2 {
		t.Errorf("got %v, want the orders A and B", r)
	}
}
