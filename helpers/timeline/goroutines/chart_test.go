package goroutines

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"interleave/helpers/lang"
	"interleave/helpers/timeline"
)

// made makes a recording of goroutines that run and wait in turn, n intervals each.
func made(goroutines, n int) Recording {
	r := Recording{Procs: 2, Length: time.Duration(n) * time.Millisecond}
	for g := range goroutines {
		one := Goroutine{Name: fmt.Sprint("worker ", g+1)}
		for i := range n {
			interval := Interval{State: timeline.Running, P: g % 2, From: time.Duration(i) * time.Millisecond, To: time.Duration(i+1) * time.Millisecond}
			switch {
			case i%100 == 99:
				interval.State, interval.P, interval.Where = timeline.Waiting, -1, "work, main.go:1: mu.Lock()" // rare
			case i%2 == 1:
				interval.State, interval.P = timeline.Runnable, -1
			}
			one.Intervals = append(one.Intervals, interval)
		}
		r.Goroutines = append(r.Goroutines, one)
	}
	return r
}

func TestStepsKeepEveryState(t *testing.T) {
	if step := made(2, 100).Step(); step != 0 {
		t.Errorf("200 intervals are drawn in steps of %v", step)
	}
	r := made(4, 10_000)
	if r.Step() == 0 {
		t.Fatal("40,000 intervals are drawn one by one")
	}
	spans := r.Part(lang.Same("part")).Spans
	if len(spans) > mostSpans+4*4 {
		t.Errorf("%d spans, want about %d", len(spans), mostSpans)
	}
	for _, g := range r.Goroutines {
		sums := make(map[timeline.State]float64)
		last := 0.0
		for _, s := range spans {
			if s.Row != g.Name {
				continue
			}
			if s.From < last-1e-9 {
				t.Errorf("%s: a span from %v begins before the one before it ends, at %v", g.Name, s.From, last)
			}
			last = s.To
			sums[s.State] += s.To - s.From
		}
		for _, state := range []timeline.State{timeline.Running, timeline.Runnable, timeline.Waiting} {
			if want := g.In(state).Seconds(); sums[state] < want-1e-6 || sums[state] > want+1e-6 {
				t.Errorf("%s: %v s in state %s, want %v", g.Name, sums[state], state, want)
			}
		}
	}
	notes := 0
	for _, s := range spans {
		if s.State == timeline.Waiting && s.Note == "work, main.go:1: mu.Lock()" || s.State == timeline.Running && s.Note != "" {
			notes++
		}
	}
	if notes == 0 {
		t.Error("no step tells a P or a place")
	}
	if said := r.said(lang.Text{}).En; !strings.Contains(said, "drawn in steps of") {
		t.Errorf("it says %q", said)
	}
}

func TestOfManyGoroutinesTheFirstAreDrawn(t *testing.T) {
	r := made(1000, 3)
	if rows := r.rows(); len(rows) != mostRows || rows[0].Name != "worker 1" {
		t.Errorf("%d rows", len(rows))
	}
	if said := r.said(lang.Same("r")).En; said != "r: the first 40 of 1,000 goroutines." {
		t.Errorf("it says %q", said)
	}
}

func ExampleRecording_ChartProcs() {
	made(2, 3).ChartProcs(lang.Same("Who ran where"))
	// Output:
	// Who ran where
	// A P is a place to run Go code. Where it is empty, none of the recorded goroutines ran.
	//
	// name  state     from (ms)   to (ms)  duration (ms)
	// ----  --------  ---------  --------  -------------
	// P0    worker 1   0.000000  1.000000              1
	// P0    worker 1   2.000000  3.000000              1
	// P1    worker 2   0.000000  1.000000              1
	// P1    worker 2   2.000000  3.000000              1
}

func ExampleRecording_ChartTotals() {
	r := Recording{Procs: 1, Length: 10 * time.Millisecond, Goroutines: []Goroutine{{Name: "main", Intervals: []Interval{
		{State: timeline.Running, From: 0, To: 2 * time.Millisecond},
		{State: timeline.Channel, From: 2 * time.Millisecond, To: 9 * time.Millisecond, P: -1},
		{State: timeline.Running, From: 9 * time.Millisecond, To: 10 * time.Millisecond},
	}}}}
	r.ChartTotals(lang.Same("Where the time went"))
	// Output:
	// Where the time went
	//
	// name  state                  from (ms)   to (ms)  duration (ms)  note
	// ----  ---------------------  ---------  --------  -------------  ----
	// main  running                  0.00000   3.00000              3  30%
	// main  waiting for a channel    3.00000  10.00000              7  70%
}

// BenchmarkRecord records and reads a program of about so many events.
func BenchmarkRecord(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n, " events"), func(b *testing.B) {
			b.ReportAllocs()
			var events, most float64
			var reading time.Duration
			for b.Loop() {
				runtime.GC()
				r := Record(func() { pingPong(n / 7) })
				if r.Err != nil {
					b.Fatal(r.Err)
				}
				events, reading = float64(r.Events), reading+r.reading
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, float64(m.HeapInuse)/1e6)
			}
			b.ReportMetric(events, "events")
			b.ReportMetric(float64(reading.Milliseconds())/float64(b.N), "ms-reading/op")
			b.ReportMetric(most, "MB-heap")
		})
	}
}

// pingPong has two goroutines wait for each other, n times.
func pingPong(n int) {
	ping, pong := make(chan bool), make(chan bool)
	go func() {
		for range ping {
			pong <- true
		}
		close(pong)
	}()
	for range n {
		ping <- true
		<-pong
	}
	close(ping)
	<-pong
}
