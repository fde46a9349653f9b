package interleaving

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"interleave/helpers/lang"
)

func TestChart(t *testing.T) {
	total, own := Shared("total", 0), Own("own")
	one := additions(total, own, 1)
	x := Shared("x", 0)
	var spread Worker
	for n := range 7 {
		spread = append(spread, Do(fmt.Sprint("mix ", n), func(m *Memory) { m.Set(x, m.Get(x)*3+n) }))
	}
	back := Worker{Do("back", func(m *Memory) { m.Set(x, -m.Get(x)) }), Do("on", func(m *Memory) { m.Add(x, 1) }), own.Read(x), x.Write(own)}
	many := Program{Workers: []Worker{spread, back}, Limit: 1_000_000}.Play()
	if len(many.Outcomes) < 40 {
		t.Fatalf("%d outcomes are too few for this test", len(many.Outcomes))
	}
	for _, tt := range []struct {
		name string
		lang string
		r    Result
		want []string
		bars int // at most
	}{
		{"one outcome", "en", Play(one), []string{"There is only one order", "total = 1: ok (AAA)", "1 ok."}, 1},
		{"two outcomes", "en", Play(one, one), []string{"How all 20 orders end", "2 ok, 18 lost update.", "total = 1: lost update (AABABB)", "#d55e00", "#009e73"}, 2},
		{"Korean", "ko", Play(one, one), []string{"실행 순서 20가지를 모두 실행한 결과", "이상 없음 2, 사라진 갱신 18."}, 2},
		{"many outcomes", "en", many, []string{" others: lost update", " others: ok"}, 16},
		{"drawn", "en", Program{Workers: []Worker{one, one, one}, Limit: 100, Seed: 5}.Play(), []string{"How 100 of 1,680 orders end, drawn at random", "Seed 5; 95 % Wilson intervals.", "(%)"}, 3},
		{"two findings", "en", Program{Workers: []Worker{one, one}, AtEnd: func(m *Memory) bool { return m.Get(total) == 2 }}.Play(), []string{"lost update, invariant broken (", "Some orders count more than once."}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(lang.Env, tt.lang)
			c := tt.r.bars()
			c.Validate()
			content, err := json.Marshal(c.JSON())
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(content), want) {
					t.Errorf("no %q in %.3000s", want, content)
				}
			}
			shown, sum := tt.r.folded(), 0
			for _, b := range shown {
				sum += b.count
			}
			if len(shown) > tt.bars || sum != tt.r.Played {
				t.Errorf("%d bars for %d orders, want %d at most for %d", len(shown), sum, tt.bars, tt.r.Played)
			}
		})
	}
}

func TestNumber(t *testing.T) {
	for digits, want := range map[string]string{"20": "20", "227873431500": "227,873,431,500", "2705432000000": "2.71 × 10^12", "1" + strings.Repeat("0", 400): "1.00 × 10^400"} {
		n, _ := new(big.Int).SetString(digits, 10)
		if got := number(n); got != want {
			t.Errorf("%.20s: got %s, want %s", digits, got, want)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Setenv(lang.Env, "en")
	for v, want := range map[Verdict]string{OK: "ok", LostUpdate: "lost update", Deadlock | LostUpdate: "lost update, deadlock", Crash: "crash"} {
		if v.String() != want {
			t.Errorf("got %s, want %s", v, want)
		}
	}
}

func TestRareOutcomesShareABar(t *testing.T) {
	t.Setenv(lang.Env, "en")
	for _, tt := range []struct {
		name     string
		outcomes int
		verdicts int
		want     int
		last     string
	}{
		{"twelve have a bar each", 12, 1, 12, "x = 11: ok (A)"},
		{"one more is shown as it is", 13, 1, 13, "x = 12: ok (A)"},
		{"forty", 40, 1, 13, "28 others: ok"},
		{"forty of two verdicts", 40, 2, 14, "20 others: lost update"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Result{Shared: []string{"x"}}
			for i := range tt.outcomes {
				r.Outcomes = append(r.Outcomes, Outcome{Verdict: Verdict(i * tt.verdicts / tt.outcomes), Values: []int{i}, Count: 5, Example: "A"})
			}
			bars := r.folded()
			if len(bars) != tt.want || bars[len(bars)-1].name != tt.last {
				t.Errorf("%d bars, the last %q; want %d, %q", len(bars), bars[len(bars)-1].name, tt.want, tt.last)
			}
		})
	}
}
