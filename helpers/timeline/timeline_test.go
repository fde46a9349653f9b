package timeline

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"interleave/helpers/lang"
)

func TestRecorder(t *testing.T) {
	for _, tt := range []struct {
		name string
		run  func(*Recorder)
		want []Span
	}{
		{"nothing recorded", func(*Recorder) {}, []Span{}},
		{"the first span begins the recording", func(r *Recorder) {
			time.Sleep(time.Second)
			end := r.Begin("w", Waiting)
			time.Sleep(2 * time.Second)
			end()
		}, []Span{{Row: "w", State: Waiting, From: 0, To: 2}}},
		{"Start begins it", func(r *Recorder) {
			r.Start()
			time.Sleep(time.Second)
			end := r.Begin("w", Waiting)
			time.Sleep(2 * time.Second)
			end()
		}, []Span{{Row: "w", State: Waiting, From: 1, To: 3}}},
		{"the note comes with the end", func(r *Recorder) {
			end := r.Begin("w", Holding)
			time.Sleep(time.Second)
			end("0 → 1", "twice")
		}, []Span{{Row: "w", State: Holding, To: 1, Note: "0 → 1 twice"}}},
		{"a second end does nothing", func(r *Recorder) {
			end := r.Begin("w", Running)
			time.Sleep(time.Second)
			end()
			time.Sleep(time.Second)
			end("late")
		}, []Span{{Row: "w", State: Running, To: 1}}},
		{"an open span ends now", func(r *Recorder) {
			end := r.Begin("a", Holding)
			time.Sleep(time.Second)
			r.Begin("b", Waiting)
			time.Sleep(time.Second)
			end()
			time.Sleep(time.Second)
		}, []Span{{Row: "a", State: Holding, To: 2}, {Row: "b", State: Waiting, From: 1, To: 3, Open: true}}},
		{"Start drops what was before it, ended or not", func(r *Recorder) {
			r.Begin("a", Holding)()
			end := r.Begin("a", Holding)
			r.Start()
			next := r.Begin("b", Running)
			time.Sleep(time.Second)
			end("of another recording")
			next()
		}, []Span{{Row: "b", State: Running, To: 1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var r Recorder
				tt.run(&r)
				if got := r.Spans(); !slices.Equal(got, tt.want) {
					t.Errorf("got %+v, want %+v", got, tt.want)
				}
			})
		})
	}
}

func TestRecorderInManyGoroutines(t *testing.T) {
	var r Recorder
	var mu sync.Mutex
	var workers sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		workers.Go(func() {
			for range 200 {
				end := r.Begin(name, Waiting)
				mu.Lock()
				end()
				end = r.Begin(name, Holding)
				r.Spans()
				end("done")
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	spans := r.Spans()
	if len(spans) != 1600 || spans[0].From != 0 {
		t.Fatalf("%d spans, the first from %v", len(spans), spans[0].From)
	}
	if !slices.IsSortedFunc(spans, func(a, b Span) int { return int(math.Copysign(1, a.From-b.From)) }) {
		t.Error("they are not in order of time")
	}
	held := 0.0
	for _, s := range spans {
		if s.Open || s.To < s.From {
			t.Errorf("%+v", s)
		}
		if s.State == Holding {
			if s.From < held {
				t.Errorf("%s holds the lock at %v, another one until %v", s.Row, s.From, held)
			}
			held = s.To
		}
	}
}

func TestSpanIsOneLineOfJSON(t *testing.T) {
	var s Span
	if err := json.Unmarshal([]byte(`{"row": "worker 1", "state": "running", "from": 0.25, "to": 1, "note": "0 → 1"}`), &s); err != nil {
		t.Fatal(err)
	}
	if want := (Span{Row: "worker 1", State: Running, From: 0.25, To: 1, Note: "0 → 1"}); s != want {
		t.Errorf("got %+v", s)
	}
}

func TestRows(t *testing.T) {
	for _, tt := range []struct {
		name        string
		given, want []string
	}{
		{"as they come", []string{"upload", "fetch", "upload", "resize"}, []string{"upload", "fetch", "resize"}},
		{"numbers in order", []string{"worker 2", "worker 10", "worker 1"}, []string{"worker 1", "worker 2", "worker 10"}},
		{"families as they come", []string{"b 2", "main", "a 1", "b 1"}, []string{"b 1", "b 2", "main", "a 1"}},
		{"numbers alone", []string{"2", "1", "99999999999999999999"}, []string{"1", "2", "99999999999999999999"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var spans []Span
			for _, row := range tt.given {
				spans = append(spans, Span{Row: row})
			}
			if got := workers(spans); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWrongSpansAreToldAndTheRestIsDrawn(t *testing.T) {
	sound := Span{Row: "w", State: Running, From: 1, To: 2}
	for _, tt := range []struct {
		name  string
		wrong Span
		says  string
	}{
		{"ends before it begins", Span{Row: "w", State: Running, From: 2, To: 1}, `of Go: span 2 (row "w", state "running", from 2 to 1) ends before it begins`},
		{"no number", Span{Row: "w", State: Running, From: math.NaN(), To: 1}, "is no number"},
		{"infinite", Span{Row: "w", State: Running, From: 1, To: math.Inf(1)}, "is no number"},
		{"negative", Span{Row: "w", State: Running, From: -1, To: 1}, "begins before the recording did"},
		{"no row", Span{State: Running, To: 1}, "names no worker"},
		{"no state", Span{Row: "w", To: 1}, "is in no state"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, rows, err := lay([]Part{{Name: lang.Same("Go"), Spans: []Span{sound, tt.wrong, sound}}})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v", err)
			}
			if len(rows) != 1 || len(rows[0].Spans) != 2 {
				t.Errorf("drawn: %+v", rows)
			}
		})
	}
	t.Run("many alike", func(t *testing.T) {
		_, _, err := lay([]Part{{Spans: slices.Repeat([]Span{{To: 1}}, 1000)}})
		if err == nil || !strings.Contains(err.Error(), "part 1") || !strings.Contains(err.Error(), "and 997 more") || len(err.Error()) > 500 {
			t.Errorf("got %v", err)
		}
	})
}

func BenchmarkSpan(b *testing.B) {
	var r Recorder
	b.ReportAllocs()
	for b.Loop() {
		r.Begin("worker 1", Waiting)()
	}
}

func BenchmarkSpanInParallel(b *testing.B) {
	var r Recorder
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r.Begin("worker 1", Waiting)()
		}
	})
}
