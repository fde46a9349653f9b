package interleaving

import (
	"slices"
	"strings"
	"testing"

	"interleave/helpers/lang"
)

func TestSteps(t *testing.T) {
	t.Setenv(lang.Env, "en")
	total, other, own := Shared("total", 0), Shared("other", 0), Own("own")
	mu, nu := Mutex("mu"), Mutex("nu")
	one := additions(total, own, 1)
	never := When("other > 9", func(m *Memory) bool { return m.Get(other) > 9 }, nil)
	for _, tt := range []struct {
		name  string
		p     Program
		order string
		row   int
		want  []string
	}{
		{"values before the first step", Program{Workers: []Worker{one, one}}, "ABABAB", 0, []string{"0", "", "", "", "", "0", "start"}},
		{"an operation stands below its worker", Program{Workers: []Worker{one, one}}, "ABABAB", 4, []string{"4", "", "own += 1", "1", "1", "0", ""}},
		{"the losing step", Program{Workers: []Worker{one, one}}, "BABABA", 6, []string{"6", "total = own", "", "1", "1", "1", "◀ overwrites B's 1"}},
		{"one of two values", Program{Workers: []Worker{append(one, other.Write(own)), one[:2]}}, "AAAABB", 6, []string{"6", "", "own += 1", "1", "2", "1", "1", ""}},
		{"the lost one of two values", Program{Workers: []Worker{append(one, other.Write(own)), one}}, "BBAAAAB", 7, []string{"7", "", "total = own", "1", "1", "1", "1", "◀ overwrites A's total = 1"}},
		{"a value that only a function uses", Program{Workers: []Worker{{Do("own = 7", func(m *Memory) { m.Set(own, 7) })}, {mu.Lock()}}}, "AB", 1, []string{"1", "own = 7", "", "", "7", ""}},
		{"who lost an update and writes again loses nothing more", Program{Workers: []Worker{{own.Read(total), total.Write(own), total.Write(own)}, {total.Write(own)}}}, "ABAA", 4, []string{"4", "total = own", "", "0", "0", "0", ""}},
		{"an invariant breaks once", Program{Workers: []Worker{one}, Always: func(m *Memory) bool { return m.Of("A", own) == 0 }}, "AAA", 2, []string{"2", "own += 1", "1", "0", "◀ invariant broken"}},
		{"and stays broken", Program{Workers: []Worker{one}, Always: func(m *Memory) bool { return m.Of("A", own) == 0 }}, "AAA", 3, []string{"3", "total = own", "1", "1", ""}},
		{"what must hold at the end", Program{Workers: []Worker{one}, AtEnd: func(m *Memory) bool { return m.Get(total) == 2 }}, "AAA", 3, []string{"3", "total = own", "1", "1", "◀ invariant broken"}},
		{"a holder", Program{Workers: []Worker{{mu.Lock(), mu.Unlock()}, {mu.Lock()}}}, "AAB", 3, []string{"3", "", "lock mu", "B", ""}},
		{"a deadlock", Program{Workers: []Worker{{mu.Lock(), nu.Lock()}, {nu.Lock(), mu.Lock()}}}, "AB", 3, []string{"", "(lock nu)", "(lock mu)", "A", "B", "◀ deadlock: A waits for nu, held by B; B waits for mu, held by A"}},
		{"a deadlock with itself", Program{Workers: []Worker{{mu.Lock(), mu.Lock()}}}, "A", 2, []string{"", "(lock mu)", "A", "◀ deadlock: A waits for mu, held by A itself"}},
		{"a condition without end", Program{Workers: []Worker{{never}}}, "", 1, []string{"", "(other > 9)", "0", "◀ deadlock: A waits for “other > 9”"}},
		{"a crash", Program{Workers: []Worker{{mu.Unlock(), mu.Lock()}}}, "A", 1, []string{"1", "unlock mu", "", "◀ crash: unlocks what is not locked"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, header, rows, err := tt.p.Play().table(tt.order)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(rows[tt.row], tt.want) || len(header) != len(tt.want) {
				t.Errorf("below %q\ngot  %q\nwant %q", header, rows[tt.row], tt.want)
			}
		})
	}
}

func TestStepsNamesParticles(t *testing.T) {
	got := deadlockText([]waiting{{worker: "L", mutex: "mu", holder: "B"}, {worker: "B", mutex: "nu", holder: "L"}, {worker: "C", condition: "free > 0"}}).Ko
	if want := "교착 상태: L은 B가 잡은 mu 락을, B는 L이 잡은 nu 락을, C는 “free > 0” 조건을 기다린다"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestStepsSaysWhatIsWrongWithAnOrder(t *testing.T) {
	total, own, mu := Shared("total", 0), Own("own"), Mutex("mu")
	one := additions(total, own, 1)
	locked := Play(Worker{mu.Lock(), own.Add(1), mu.Unlock(), mu.Unlock()}, Worker{mu.Lock(), mu.Unlock()})
	for _, tt := range []struct {
		name, order, want string
		r                 Result
	}{
		{"a letter of no worker", "ABC", `its letter 3 is 'C': write the workers as A and B`, Play(one, one)},
		{"a small letter", "ab", `its letter 1 is 'a': write the workers as A and B`, Play(one, one)},
		{"Hangul", "A가", `its letter 2 is '가'`, Play(one, one)},
		{"not even text", "A\xff", `its letter 2 is`, Play(one, one)},
		{"a letter too many", "AAABA", "its letter 5 is A once more, and A has only 3 operations", Play(one, one)},
		{"nothing", "", "it ends too early, after 0 operations: go on with A or B", Play(one, one)},
		{"too short", "AAABB", "after 5 operations: go on with B", Play(one, one)},
		{"a worker that waits", "AB", "its letter 2 is B, which waits: B waits for mu, held by A; let another worker go on there", locked},
		{"too short while one waits", "A", "go on with A", locked},
		{"after a crash", "AAAAB", "it ends with a crash at letter 4: leave out what follows", locked},
		{"of a program that was not played", "A", "give one or more", Play()},
		{"very long", strings.Repeat("A", 9999), "…", Play(one, one)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, _, err := tt.r.table(tt.order)
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 400 {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzSteps(f *testing.F) {
	total, own, mu := Shared("total", 0), Own("own"), Mutex("mu")
	one := additions(total, own, 1)
	r := Play(append(append(Worker{mu.Lock()}, one...), mu.Unlock(), mu.Unlock()), one, Worker{mu.Lock()})
	known := map[string]bool{}
	for _, v := range verdictNames {
		for order := range r.Orders(v.verdict) {
			known[order] = true
		}
	}
	for _, order := range []string{"", "AAAAAA", "ABABABAAC", "가", "\x00", "CABBB"} {
		f.Add(order)
	}
	f.Fuzz(func(t *testing.T, order string) {
		if _, _, _, err := r.table(order); (err == nil) != known[order] {
			t.Errorf("%q: %v; an order of the program: %t", order, err, known[order])
		}
	})
}
