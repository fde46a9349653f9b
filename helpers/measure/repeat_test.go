package measure

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"interleave/helpers/lang"
)

// counting gives a Func that returns 1, 2, 3 and so on.
func counting(calls *int) Func {
	return func(context.Context) (float64, error) {
		*calls++
		return float64(*calls), nil
	}
}

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name     string
		r        Repeat
		quick    string
		calls, n int
	}{
		{"by default ten runs follow one warm-up", Repeat{}, "", 11, 10},
		{"runs and warm-ups are as asked", Repeat{Runs: 20, Warmups: 2}, "", 22, 20},
		{"a negative number of warm-ups is none", Repeat{Runs: 4, Warmups: -1}, "", 4, 4},
		{"quick mode makes three of ten", Repeat{}, "1", 4, 3},
		{"quick mode shortens what was asked for", Repeat{Runs: 200, Warmups: 5}, "1", 4, 3},
		{"quick mode lengthens nothing", Repeat{Runs: 2, Warmups: -1}, "1", 2, 2},
		{"quick mode needs a 1", Repeat{}, "0", 11, 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(QuickEnv, tt.quick)
			calls := 0
			s, err := tt.r.Run(t.Context(), "items", counting(&calls))
			if err != nil {
				t.Fatal(err)
			}
			if calls != tt.calls || len(s.Values) != tt.n || s.Unit != "items" {
				t.Errorf("%d calls gave %d values in %q; want %d calls, %d values", calls, len(s.Values), s.Unit, tt.calls, tt.n)
			}
			if first := float64(tt.calls - tt.n + 1); s.Values[0] != first {
				t.Errorf("the first counted value is that of run %v, want %v: warm-ups do not count", s.Values[0], first)
			}
			if s.Summary().Quick != (tt.quick == "1") {
				t.Errorf("summary says quick: %v", s.Summary().Quick)
			}
		})
	}
}

func TestRunStops(t *testing.T) {
	boom := errors.New("no such file")
	for _, tt := range []struct {
		name string
		at   int // the call that goes wrong
		kept int
		how  func(cancel context.CancelFunc) (float64, error)
		is   error
		says string
	}{
		{"at an error in a run", 4, 2, func(context.CancelFunc) (float64, error) { return 0, boom }, boom,
			`measure "open": run 3 of 5 (2 measured before it): no such file`},
		{"at an error in the warm-up", 1, 0, func(context.CancelFunc) (float64, error) { return 0, boom }, boom,
			`measure "open": warm-up 1 of 1: no such file`},
		{"when the context ends, without what was measured then", 3, 1, func(cancel context.CancelFunc) (float64, error) { cancel(); return 1, nil }, context.Canceled,
			`measure "open": run 2 of 5 (1 measured before it): context canceled`},
		{"at a value that is no number", 2, 0, func(context.CancelFunc) (float64, error) { return math.NaN(), nil }, nil,
			`run 1 of 5 (0 measured before it): the value is NaN`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			calls := 0
			s, err := Repeat{Runs: 5, Progress: lang.Same("open")}.Run(ctx, "", func(context.Context) (float64, error) {
				if calls++; calls == tt.at {
					return tt.how(cancel)
				}
				return float64(calls), nil
			})
			if err == nil || !strings.Contains(err.Error(), tt.says) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got error %v, want %q", err, tt.says)
			}
			if calls != tt.at || len(s.Values) != tt.kept {
				t.Errorf("%d calls and %d values kept, want %d and %d", calls, len(s.Values), tt.at, tt.kept)
			}
		})
	}
}

func TestRunWithAnEndedContextRunsNothing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the reader interrupted the cell")
	cancel(why)
	calls := 0
	if _, err := (Repeat{}).Run(ctx, "", counting(&calls)); !errors.Is(err, why) || calls != 0 {
		t.Errorf("%d calls, error %v", calls, err)
	}
}

func TestAlternate(t *testing.T) {
	var order []string
	named := func(name string, v float64) Func {
		return func(context.Context) (float64, error) {
			order = append(order, name)
			return v + float64(len(order)), nil
		}
	}
	samples, err := Repeat{Runs: 3, Warmups: -1}.Alternate(t.Context(), "ns", named("a", 0), named("b", 100), named("c", 200))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(order, ""), "abccbaabc"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
	for i, want := range [][]float64{{1, 6, 7}, {102, 105, 108}, {203, 204, 209}} {
		if !slices.Equal(samples[i].Values, want) {
			t.Errorf("sample %d is %v, want %v", i, samples[i].Values, want)
		}
	}
}

func TestAlternateKeepsWholeRounds(t *testing.T) {
	calls := 0
	boom := errors.New("boom")
	samples, err := Repeat{Warmups: -1}.Alternate(t.Context(), "", counting(new(int)), func(context.Context) (float64, error) {
		if calls++; calls == 3 {
			return 0, boom
		}
		return 1, nil
	})
	if !errors.Is(err, boom) || len(samples[0].Values) != 2 || len(samples[1].Values) != 2 {
		t.Errorf("got %v, %v; want two rounds of each", samples, err)
	}
}

// The ratio of things measured in turn does not see a drift of the machine,
// here one that makes everything three times as slow by and by.
func TestRatioOfAlternatedRunsIgnoresDrift(t *testing.T) {
	slowness := 1.0
	drifting := func(cost float64) Func {
		return func(context.Context) (float64, error) {
			slowness *= 1.05
			return cost * slowness, nil
		}
	}
	samples, err := Repeat{}.Alternate(t.Context(), Seconds, drifting(2), drifting(1))
	if err != nil {
		t.Fatal(err)
	}
	ratio, err := Ratio(samples[0], samples[1])
	if err != nil {
		t.Fatal(err)
	}
	if s := ratio.Summary(); s.Lo < 1.9 || s.Hi > 2.11 {
		t.Errorf("ratio %v, want about 2", s)
	}
	if s := samples[0].Summary(); s.Hi < 1.5*s.Lo {
		t.Errorf("the runs themselves, %v, do not drift: the test tests nothing", s)
	}
}

func TestTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, err := Timed(func(context.Context) error { time.Sleep(3 * time.Second); return nil })(t.Context())
		if got != 3 || err != nil {
			t.Errorf("got %v s, %v; want 3 s", got, err)
		}
	})
}
