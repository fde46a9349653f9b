package interleaving

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"interleave/helpers/lang"
)

func Example() {
	os.Setenv(lang.Env, "en")
	defer os.Unsetenv(lang.Env)

	total := Shared("total", 0)
	own := Own("own")
	increment := Worker{
		own.Read(total),  // own = total
		own.Add(1),       // own += 1
		total.Write(own), // total = own
	}
	r := Play(increment, increment)
	fmt.Println(r)
	r.Steps("ABABAB")
	// Output:
	// How all 20 orders end
	// 2 ok, 18 lost update. In brackets: one such order.
	// total = 2: ok (AAABBB): 2 / 20
	// total = 1: lost update (AABABB): 18 / 20
	// Order ABABAB: lost update
	//
	// #  A            B            A: own  B: own  total  remark
	// -  -----------  -----------  ------  ------  -----  ------------------
	// 0                                                0  start
	// 1  own = total                    0              0
	// 2               own = total       0       0      0
	// 3  own += 1                       1       0      0
	// 4               own += 1          1       1      0
	// 5  total = own                    1       1      1
	// 6               total = own       1       1      1  ◀ overwrites A's 1
}

func ExampleProgram() {
	os.Setenv(lang.Env, "en")
	defer os.Unsetenv(lang.Env)

	// Two workers take from a stock of one, each if it sees that there is one.
	stock := Shared("stock", 1)
	saw := Own("saw")
	take := Worker{
		saw.Read(stock),
		Do("if saw > 0: stock -= 1", func(m *Memory) {
			if m.Get(saw) > 0 {
				m.Add(stock, -1)
			}
		}),
	}
	fmt.Println(Program{
		Workers: []Worker{take, take},
		Always:  func(m *Memory) bool { return m.Get(stock) >= 0 },
	}.Play())
	// Output:
	// How all 6 orders end
	// 2 ok, 4 invariant broken. In brackets: one such order.
	// stock = 0: ok (AABB): 2 / 6
	// stock = -1: invariant broken (ABAB): 4 / 6
}

func TestPlay(t *testing.T) {
	total, own, seen := Shared("total", 0), Own("own"), Own("seen")
	mu, nu := Mutex("mu"), Mutex("nu")
	free := Shared("free", 1)
	increment := additions(total, own, 1)
	inside := func(before, after Operation, ops Worker) Worker {
		return append(append(Worker{before}, ops...), after)
	}
	acquire := When("acquire", func(m *Memory) bool { return m.Get(free) > 0 }, func(m *Memory) { m.Add(free, -1) })
	release := Do("release", func(m *Memory) { m.Add(free, 1) })
	set := func(to int) Operation { return Do("set", func(m *Memory) { m.Set(total, to) }) }
	for _, tt := range []struct {
		name    string
		workers []Worker
		want    map[Verdict]int
	}{
		{"two workers without a lock lose in 18 of 20", []Worker{increment, increment}, map[Verdict]int{OK: 2, LostUpdate: 18}},
		{"three workers lose in all but 6 of 1,680", []Worker{increment, increment, increment}, map[Verdict]int{OK: 6, LostUpdate: 1674}},
		{"with a lock only whole workers change places", []Worker{inside(mu.Lock(), mu.Unlock(), increment), inside(mu.Lock(), mu.Unlock(), increment)}, map[Verdict]int{OK: 2}},
		{"three workers with a lock", []Worker{inside(mu.Lock(), mu.Unlock(), increment), inside(mu.Lock(), mu.Unlock(), increment), inside(mu.Lock(), mu.Unlock(), increment)}, map[Verdict]int{OK: 6}},
		{"a lock for each guards nothing", []Worker{inside(mu.Lock(), mu.Unlock(), increment), inside(nu.Lock(), nu.Unlock(), increment)}, map[Verdict]int{OK: 52, LostUpdate: 200}},
		{"a semaphore of one is a lock", []Worker{inside(acquire, release, increment), inside(acquire, release, increment)}, map[Verdict]int{OK: 2}},
		{"two locks in opposite order", []Worker{{mu.Lock(), nu.Lock(), nu.Unlock(), mu.Unlock()}, {nu.Lock(), mu.Lock(), mu.Unlock(), nu.Unlock()}}, map[Verdict]int{OK: 4, Deadlock: 2}},
		{"two locks in one order", []Worker{{mu.Lock(), nu.Lock(), nu.Unlock(), mu.Unlock()}, {mu.Lock(), nu.Lock(), nu.Unlock(), mu.Unlock()}}, map[Verdict]int{OK: 2}},
		{"a lock locked twice waits for itself", []Worker{{mu.Lock(), mu.Lock()}}, map[Verdict]int{Deadlock: 1}},
		{"what nobody locked cannot be unlocked", []Worker{{mu.Unlock(), own.Add(1)}}, map[Verdict]int{Crash: 1}},
		{"any worker may unlock", []Worker{{mu.Lock()}, {mu.Unlock()}}, map[Verdict]int{OK: 1, Crash: 1}},
		{"a condition that never holds", []Worker{{When("never", func(*Memory) bool { return false }, nil)}, {own.Add(1)}}, map[Verdict]int{Deadlock: 1}},
		{"a wait without a deed", []Worker{{When("total > 0", func(m *Memory) bool { return m.Get(total) > 0 }, nil)}, {set(1)}}, map[Verdict]int{OK: 1}},
		{"one atomic operation loses nothing", []Worker{{Do("total += 1", func(m *Memory) { m.Add(total, 1) })}, {Do("total += 1", func(m *Memory) { m.Add(total, 1) })}}, map[Verdict]int{OK: 2}},
		{"blind writes lose nothing", []Worker{{set(1), set(2)}, {set(3)}}, map[Verdict]int{OK: 3}},
		{"what is read anew is not lost", []Worker{{seen.Read(total), seen.Read(total), total.Write(seen)}, {set(3)}}, map[Verdict]int{OK: 3, LostUpdate: 1}},
		{"who overwrites its own value loses no other's", []Worker{{seen.Read(total), total.Write(seen), total.Write(seen)}}, map[Verdict]int{OK: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Play(tt.workers...)
			if r.Err != nil || r.Sampled {
				t.Fatal(r)
			}
			sum := 0
			for _, v := range verdictNames {
				sum += tt.want[v.verdict]
				if r.Count(v.verdict) != tt.want[v.verdict] {
					t.Errorf("%d orders: %v, want %d", r.Count(v.verdict), v.name.En, tt.want[v.verdict])
				}
			}
			if r.Played != sum {
				t.Errorf("%d orders, want %d", r.Played, sum)
			}
		})
	}
}

func TestInvariants(t *testing.T) {
	total, own := Shared("total", 0), Own("own")
	increment := additions(total, own, 1)
	r := Program{
		Workers: []Worker{increment, increment},
		Always:  func(m *Memory) bool { return m.Of("A", own) < 2 },
		AtEnd:   func(m *Memory) bool { return m.Get(total) == 2 },
	}.Play()
	if r.Err != nil || r.Count(InvariantBroken) != 19 || r.Count(OK) != 1 || r.Count(LostUpdate) != 18 || r.Count(LostUpdate|InvariantBroken) != 18 {
		t.Errorf("%v\nwant only AAABBB to be ok", r)
	}
	if got := slices.Collect(r.Orders(OK)); !slices.Equal(got, []string{"AAABBB"}) {
		t.Errorf("ok are %v", got)
	}
}

func TestPlaySaysWhatIsWrong(t *testing.T) {
	total, own := Shared("total", 0), Own("own")
	var noShared *SharedInt
	var noOwn *OwnInt
	var noMutex *SharedMutex
	do := func(f func(*Memory)) []Worker { return []Worker{{own.Add(1), Do("mine", f)}} }
	runaway := 0
	for _, tt := range []struct {
		name string
		p    Program
		want string
	}{
		{"no workers", Program{}, "give one or more"},
		{"27 workers", Program{Workers: slices.Repeat([]Worker{{own.Add(1)}}, 27)}, "give 26 at most"},
		{"a worker without operations", Program{Workers: []Worker{{own.Add(1)}, {}}}, "worker B has no operations"},
		{"too many operations", Program{Workers: []Worker{slices.Repeat(Worker{own.Add(1)}, 1001)}}, "1000 at most"},
		{"a negative limit", Program{Workers: []Worker{{own.Add(1)}}, Limit: -1}, "limit is -1"},
		{"an empty operation", Program{Workers: []Worker{{own.Add(1), {}}}}, "worker A's operation 2"},
		{"no shared value", Program{Workers: []Worker{{own.Read(noShared)}}}, `declare it with Shared("name", 0)`},
		{"no own value", Program{Workers: []Worker{{total.Write(noOwn)}}}, `declare it with Own("name")`},
		{"no own value to add to", Program{Workers: []Worker{{noOwn.Add(1)}}}, `declare it with Own("name")`},
		{"no mutex", Program{Workers: []Worker{{noMutex.Lock()}}}, `declare it with Mutex("mu")`},
		{"no name", Program{Workers: []Worker{{Own(" ").Add(1)}}}, "has no name"},
		{"no label", Program{Workers: []Worker{{Do("", func(*Memory) {})}}}, "has no label"},
		{"no function", Program{Workers: []Worker{{Do("nothing", nil)}}}, "give Do a function"},
		{"no condition", Program{Workers: []Worker{{When("nothing", nil, nil)}}}, "give When a function"},
		{"two values of one name", Program{Workers: []Worker{{own.Add(1)}, {Own("own").Add(1)}}}, `two values are called "own"`},
		{"a value of one name with a mutex", Program{Workers: []Worker{{own.Add(1), Mutex("own").Lock()}}}, `two values are called "own"`},
		{"two values of one name in functions", Program{Workers: do(func(m *Memory) { m.Get(Shared("new", 0)) })}, `two values are called "new"`},
		{"values without end", Program{Workers: do(func(m *Memory) { runaway++; m.Get(Shared(fmt.Sprint(runaway), 0)) })}, "one value more than 64"},
		{"a nil value in a function", Program{Workers: do(func(m *Memory) { m.Get(noShared) })}, `"mine" failed: it uses a value that is nil`},
		{"nothing at all in a function", Program{Workers: do(func(m *Memory) { m.Set(nil, 1) })}, "it uses a value that is nil"},
		{"a mutex in a function", Program{Workers: do(func(m *Memory) { m.Get(Mutex("mu")) })}, `it uses the mutex "mu", which has no value`},
		{"a panic", Program{Workers: do(func(m *Memory) { fmt.Fprint(nil, 1/m.Get(total)) })}, `play the order "AA": worker A's operation 2, "mine" failed: panic: runtime error: integer divide by zero`},
		{"a hidden panic", Program{Workers: do(func(m *Memory) { defer func() { recover() }(); m.Get(nil) })}, "it uses a value that is nil"},
		{"a panic in a check", Program{Workers: do(func(*Memory) {}), AtEnd: func(*Memory) bool { panic("no") }}, "the check AtEnd failed: panic: no"},
		{"a condition that writes", Program{Workers: []Worker{{When("mine", func(m *Memory) bool { m.Set(total, 1); return true }, nil)}}}, "may only read"},
		{"a check that writes", Program{Workers: do(func(*Memory) {}), Always: func(m *Memory) bool { m.Set(total, 1); return true }}, "may only read"},
		{"nobody's own value", Program{Workers: do(func(*Memory) {}), Always: func(m *Memory) bool { return m.Get(own) == 0 }}, `m.Of("A", own)`},
		{"no such worker", Program{Workers: do(func(*Memory) {}), Always: func(m *Memory) bool { return m.Of("B", own) == 0 }}, `worker "B": the workers are A`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.p.Play()
			if r.Err == nil || !strings.Contains(r.Err.Error(), tt.want) || r.Played != 0 {
				t.Errorf("got error %v, want one with %q", r.Err, tt.want)
			}
			if n := len(slices.Collect(r.Orders(OK))); n != 0 {
				t.Errorf("%d orders of a program that was not played", n)
			}
		})
	}
}

func TestZeroResultIsEmpty(t *testing.T) {
	var r Result
	if _, _, _, err := r.table(""); err == nil || r.String() != "" {
		t.Errorf("got %q, %v; want nothing and an error that says so", r, err)
	}
}
