package lock

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"interleave/helpers/measure"
	"interleave/helpers/racedetector"
)

type mutexTally struct {
	mu sync.Mutex
	n  int
}

func (t *mutexTally) Work(_, times int) {
	for range times {
		t.mu.Lock()
		t.n++
		t.mu.Unlock()
	}
}
func (t *mutexTally) Count() int { return t.n }

// forgetful counts every other increment only.
type forgetful struct{ n atomic.Int64 }

func (t *forgetful) Work(_, times int) {
	for i := range times {
		t.n.Add(int64(i % 2))
	}
}
func (t *forgetful) Count() int { return int(t.n.Load()) }

type bareTally struct{ n int }

func (t *bareTally) Work(_, times int) {
	for range times {
		t.n++
	}
}
func (t *bareTally) Count() int { return t.n }

func TestMeasurePrices(t *testing.T) {
	p := Pricing{Workers: []int{2, 1, 2}, Runs: 3}.Measure(new(mutexTally), new(forgetful))
	if p.Err != nil {
		t.Fatal(p.Err)
	}
	if p.Floor.Median <= 0 || p.Floor.N != 3 {
		t.Errorf("the floor is %+v, want three runs above 0 ns", p.Floor)
	}
	var got []string
	for _, price := range p.Prices {
		got = append(got, price.Tally+strings.Repeat("!", price.Workers))
		if price.Time.Median <= 0 || price.Time.Unit != "ns" || price.Time.N != 3 || len(price.Lost.Values) != 3 {
			t.Errorf("%+v: want three runs above 0 ns", price)
		}
		lost := map[string]float64{"mutexTally": 0, "forgetful": 50}[price.Tally]
		for _, share := range price.Lost.Values {
			// An odd number of increments leaves a little less than half.
			if share < lost || share > lost+0.5 {
				t.Errorf("%s lost %v %%, want %v", price.Tally, share, lost)
			}
		}
	}
	if want := []string{"mutexTally!", "mutexTally!!", "forgetful!", "forgetful!!"}; !slices.Equal(got, want) {
		t.Errorf("measured %v, want %v", got, want)
	}
}

func TestMeasurePricesDefaults(t *testing.T) {
	t.Setenv(measure.QuickEnv, "1")
	p := MeasurePrices(new(mutexTally))
	cores := runtime.GOMAXPROCS(0)
	want := slices.Compact([]int{1, 2, cores, 4 * cores})
	if cores == 1 {
		want = []int{1, 2, 4}
	}
	var got []int
	for _, price := range p.Prices {
		got = append(got, price.Workers)
	}
	if !slices.Equal(got, want) || p.Err != nil {
		t.Errorf("on %d cores it measured %v workers, %v; want %v", cores, got, p.Err, want)
	}
}

func TestMeasurePricesTellsWhatIsLost(t *testing.T) {
	switch {
	case racedetector.Enabled:
		t.Skip("the race is what this test wants")
	case runtime.GOMAXPROCS(0) < 2:
		t.Skip("on one core the workers take turns")
	}
	for range 20 { // another process may keep the second core for a while
		p := Pricing{Workers: []int{2}, Runs: 6}.Measure(new(bareTally))
		if slices.Max(p.Prices[0].Lost.Values) > 0 {
			return
		}
	}
	t.Error("no run lost an increment")
}

type byValue struct{}

func (byValue) Work(_, _ int) {}
func (byValue) Count() int    { return 0 }

func TestMeasurePricesRefusesNonsense(t *testing.T) {
	if p := (Pricing{Workers: []int{0}}).Measure(new(mutexTally)); p.Err == nil || len(p.Prices) > 0 {
		t.Errorf("no workers: %v, want an error", p)
	}
	for _, tally := range []Tally{byValue{}, (*mutexTally)(nil), nil} {
		p := Pricing{Workers: []int{1}, Runs: 1}.Measure(tally, new(mutexTally))
		if p.Err == nil || !strings.Contains(p.Err.Error(), "pointer") || len(p.Prices) != 1 {
			t.Errorf("%T: %v, want an error and the other's price", tally, p)
		}
	}
}

// stuck never releases its lock.
type stuck struct{ mu sync.Mutex }

func (t *stuck) Work(_, _ int) { t.mu.Lock() }
func (t *stuck) Count() int    { t.mu.Lock(); return 0 }

func TestMeasurePricesNamesATallyThatHangs(t *testing.T) {
	defer func(d time.Duration) { runLimit = d }(runLimit)
	runLimit = 200 * time.Millisecond
	p := Pricing{Workers: []int{1, 2}, Runs: 1}.Measure(new(mutexTally), new(stuck))
	if p.Err == nil || strings.Count(p.Err.Error(), "stuck") != 1 || !strings.Contains(p.Err.Error(), "never released") {
		t.Errorf("error %v, want one that names stuck once", p.Err)
	}
	if len(p.Prices) > 0 {
		t.Errorf("beside it %v were measured", p.Prices)
	}
}

func TestLostText(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   string
	}{
		{nil, ""},
		{[]float64{0, 0, 0, 0, 0, 0}, "0 %"},
		{[]float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 7}, "0 % (0–0)"}, // one run did lose: not the same as none
		{[]float64{10, 20, 30}, "20 % (10–30)"},
		{[]float64{-100, -100, -100}, "100 % 더 셈 · 100 % too many"},
	} {
		if got := lostText(measure.Sample{Values: tt.values}); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.values, got, tt.want)
		}
	}
}
