package subprocess

import (
	"context"
	"errors"
	"math"
	"os/exec"
	"runtime"
	"slices"
	"testing"
	"time"

	"interleave/helpers/measure"
)

func cat(file string) *exec.Cmd { return exec.Command("cat", file) }

func TestChildCounts(t *testing.T) {
	for cores, want := range map[int][]int{
		1: {1, 2, 3, 4}, 2: {1, 2, 4, 6, 8}, 3: {1, 2, 3, 6, 9, 12}, 4: {1, 2, 4, 8, 12, 16}, 6: {1, 2, 4, 6, 12, 18, 24},
	} {
		if got := childCounts(cores); !slices.Equal(got, want) {
			t.Errorf("on %d cores %v, want %v", cores, got, want)
		}
	}
}

func TestMeasureThroughput(t *testing.T) {
	t.Setenv(measure.QuickEnv, "1")
	cores := runtime.GOMAXPROCS(0)
	children := MeasureChildren(cat)
	if children.Err != nil || len(children.Points) != len(childCounts(cores)) || children.One.Median <= 0 {
		t.Errorf("by the number of children: %+v", children)
	}
	sizes := MeasureSizes(cat)
	if sizes.Err != nil || len(sizes.Points) != 8 || sizes.One.Median <= 0 || sizes.Start.Median <= 0 || sizes.Start.Unit != measure.Seconds {
		t.Fatalf("by size: %+v", sizes)
	}
	for _, p := range sizes.Points {
		if p.Children != cores || p.Rate.Median <= 0 {
			t.Errorf("%+v", p)
		}
	}
	if first, last := sizes.Points[0], sizes.Points[7]; first.Size != 4<<10 || last.Size != 64<<20 || first.Rate.Median >= last.Rate.Median {
		t.Errorf("a child for every 4 KiB is as quick as one for 64 MiB: %+v, %+v", first, last)
	}
}

func TestChildrenFillEveryRound(t *testing.T) {
	for cores := 1; cores <= 130; cores++ {
		for _, size := range []int64{0, leastSize, 1 << 20, 4 << 20, 16 << 20, mostSize} {
			n := childrenOf(size, cores)
			if n%cores != 0 || n < 2*cores || n > max(runChildren+cores-1, 2*cores) {
				t.Errorf("%d children of %d bytes on %d cores", n, size, cores)
			}
		}
	}
}

// TestThroughputIsThatOfAllChildren measures children that take 50 ms whatever they
// have to read.
func TestThroughputIsThatOfAllChildren(t *testing.T) {
	t.Setenv(measure.QuickEnv, "1")
	got := measureShares(func(string) *exec.Cmd { return exec.Command("sleep", "0.05") }, []share{
		{atOnce: 2, children: 4, size: 1e6},
		{atOnce: 2, children: 4},
	})
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	// On a busy machine they take longer, never less; and both kinds do.
	rate, start := got.Points[0].Rate.Median, got.Points[1].Rate.Median
	if rate > 40 {
		t.Errorf("two at a time that read 1 MB in 50 ms: %v MB/s, want 40 at the most", rate)
	}
	if start < 0.05 {
		t.Errorf("a child that reads nothing takes %v s of a core, want 0.05 at the least", start)
	}
	if both := rate * start; both < 0.6 || both > 6.6 {
		t.Errorf("%v MB/s, and %v s of a core for a child: want one as slow as the other, 2 MB in that time", rate, start)
	}
}

func TestThroughputTellsErrorsOfLaterRuns(t *testing.T) {
	n := 0
	got := measureShares(func(string) *exec.Cmd {
		if n++; n > 1 {
			return exec.Command("false")
		}
		return exec.Command("true")
	}, []share{{atOnce: 1, children: 1, size: 1}})
	if _, ok := errors.AsType[*exec.ExitError](got.Err); !ok || len(got.Points) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestThroughputTellsWhatFails(t *testing.T) {
	defer func(l Limit) { childLimit = l }(childLimit)
	childLimit = Limit{Time: 50 * time.Millisecond}
	for _, tt := range []struct {
		name    string
		program Program
		want    func(error) bool
	}{
		{"a program that is missing", func(string) *exec.Cmd { return exec.Command("no-such-program") }, func(err error) bool { return errors.Is(err, exec.ErrNotFound) }},
		{"one that fails", func(string) *exec.Cmd { return exec.Command("false") }, func(err error) bool { _, ok := errors.AsType[*exec.ExitError](err); return ok }},
		{"one that never ends", func(string) *exec.Cmd { return exec.Command("sleep", "60") }, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := MeasureChildren(tt.program); !tt.want(got.Err) || len(got.Points) != 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestPredictedThroughput(t *testing.T) {
	// A child starts in 10 ms and then reads 1 GB/s: its 64 MiB take 77.1 ms.
	const start, rate = 0.01, 1e9
	one := mostSize / (start + mostSize/rate) / 1e6
	p := Throughput{Cores: 2, One: measure.Summary{Median: one}, Start: measure.Summary{Median: start}}
	if got := p.rate(); math.Abs(got/rate-1) > 1e-9 {
		t.Errorf("reads %v bytes a second, want %v", got, rate)
	}
	if got, want := p.predict(mostSize), 2*one; math.Abs(got/want-1) > 1e-9 {
		t.Errorf("64 MiB each: %v MB/s, want %v", got, want)
	}
	if got, want := p.even(), 10e6; math.Abs(got/want-1) > 1e-9 {
		t.Errorf("starting takes as long as reading %v bytes, want %v", got, want)
	}
}
