package photos

import (
	"bytes"
	"context"
	"errors"
	"log"
	"math/rand/v2"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestFailuresAreThoseOfTheSeed(t *testing.T) {
	const seed, share, requests = 7, 0.3, 60
	s := begin(t, Setup{Seed: seed, Camera: Server{Failures: share}, Gallery: Server{Failures: 1}})
	want, chance := 0, rand.New(rand.NewPCG(seed, 1))
	for range requests {
		if chance.Float64() < share {
			want++
		}
	}
	var failed atomic.Int64
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for range requests / 4 {
				resp, _, err := s.do(t.Context(), "GET", s.CameraURL+"/"+s.album[small].Name, nil)
				switch {
				case err != nil:
					t.Error(err)
				case resp.StatusCode == 503 && resp.Header.Get("Retry-After") == "0":
					failed.Add(1)
				case resp.StatusCode != 200:
					t.Error(resp.Status)
				}
			}
		})
	}
	workers.Wait()
	if got := s.Stats().Camera; int(failed.Load()) != want || got.Failed != want || got.Served != requests-want || want == 0 {
		t.Errorf("%d have failed, want %d: %+v", failed.Load(), want, got)
	}
	if status := s.put(t, s.album[0].Name, s.album[0].JPEG); status != 503 || s.Stats().Stored != 0 {
		t.Errorf("answered %d, %+v", status, s.Stats())
	}
	if status, _ := s.must(t, "GET", s.GalleryURL, nil); status != 200 {
		t.Errorf("a list has failed: %d", status)
	}
}

func TestRequestsWaitForTheirTurnAndEndWhenCut(t *testing.T) {
	var said bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&said)
	s := begin(t, Setup{Camera: Server{Delay: time.Hour, AtOnce: 2}, Gallery: Server{Delay: time.Hour}})
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for range 6 {
		clients.Go(func() {
			if _, _, err := s.do(ctx, "GET", s.CameraURL+"/"+s.album[0].Name, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
	clients.Go(func() {
		if _, _, err := s.do(ctx, "PUT", s.GalleryURL+"/"+s.album[0].Name, s.album[0].JPEG); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	until(t, "two are served and four wait", func() bool {
		got := s.Stats()
		return got.Gallery.Serving == 1 && got.Camera == Load{Requests: 6, Waiting: 4, Serving: 2, MostServing: 2}
	})
	cancel()
	clients.Wait()
	until(t, "the servers have seen that the clients gave up", func() bool {
		got := s.Stats()
		return got.Camera == Load{Requests: 6, Cut: 6, MostServing: 2} && got.Gallery == Load{Requests: 1, Cut: 1, MostServing: 1}
	})
	if err := s.Close(); err != nil || said.Len() > 0 || s.Stats().Stored > 0 {
		t.Errorf("%v; the log says %s; %+v", err, &said, s.Stats())
	}
}

func TestDelayIsForEachRequest(t *testing.T) {
	const delay, atOnce, requests = 5 * time.Millisecond, 2, 8
	s := begin(t, Setup{Camera: Server{Delay: delay, AtOnce: atOnce}})
	begun := time.Now()
	var clients sync.WaitGroup
	for range requests {
		clients.Go(func() { s.do(t.Context(), "GET", s.CameraURL+"/"+s.album[small].Name, nil) })
	}
	clients.Wait()
	if took := time.Since(begun); took < delay*requests/atOnce {
		t.Errorf("%d requests took %v", requests, took)
	}
	if got := s.Stats().Camera; got.Served != requests || got.MostServing > atOnce {
		t.Errorf("got %+v", got)
	}
}

func TestWorkersKeepTheirConnections(t *testing.T) {
	const workers = 20
	s := begin(t, Setup{Camera: Server{Delay: time.Millisecond}})
	var dialled atomic.Int64
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn: func(c httptrace.GotConnInfo) {
			if !c.Reused {
				dialled.Add(1)
			}
		},
	})
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range 4 {
				s.do(ctx, "GET", s.CameraURL+"/"+s.album[small].Name, nil)
			}
		})
	}
	all.Wait()
	if got := dialled.Load(); got > workers {
		t.Errorf("%d workers made %d connections", workers, got)
	}
}
