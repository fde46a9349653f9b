package queue

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// pass has each of several producers put its share of n items, and as many consumers
// take them.
func pass(n, each int, put func(int), get func() bool, closeAll func()) {
	var producers, consumers sync.WaitGroup
	for range each {
		producers.Go(func() {
			for i := range n / each {
				put(i)
			}
		})
		consumers.Go(func() {
			for get() {
			}
		})
	}
	producers.Wait()
	closeAll()
	consumers.Wait()
}

func passChannel(n, each, capacity int) {
	c := make(chan int, capacity)
	pass(n, each, func(i int) { c <- i }, func() bool { _, ok := <-c; return ok }, func() { close(c) })
}

func passQueue(ctx context.Context, n, each, capacity int) {
	q := New[int](capacity)
	pass(n, each, func(i int) { q.Put(ctx, i) }, func() bool { _, err := q.Get(ctx); return err == nil }, q.Close)
}

// report gives how many times b's throughput is a's, round by round: the median of ten
// and its interval.
func report(b *testing.B, unit string, other, ours measure.Func) {
	b.Helper()
	samples, err := measure.Repeat{Runs: 10}.Alternate(b.Context(), measure.Seconds, other, ours)
	if err != nil {
		b.Fatal(err)
	}
	ratio, err := measure.Ratio(samples[0], samples[1])
	if err != nil {
		b.Fatal(err)
	}
	s := ratio.Summary()
	b.ReportMetric(s.Median, unit)
	b.ReportMetric(s.Lo, "lo")
	b.ReportMetric(s.Hi, "hi")
}

// BenchmarkQueueAgainstChannel gives the queue's throughput, with a context and counts, as
// a multiple of that of a bare channel.
func BenchmarkQueueAgainstChannel(b *testing.B) {
	const n = 2_000_000
	b.Setenv(measure.QuickEnv, "")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, capacity := range []int{1, 100, 1000} {
		for _, each := range []int{1, 4} {
			b.Run(fmt.Sprintf("capacity=%d/producers=%d", capacity, each), func(b *testing.B) {
				for b.Loop() {
					report(b, "×channel",
						measure.Timed(func(context.Context) error { passChannel(n, each, capacity); return nil }),
						measure.Timed(func(context.Context) error { passQueue(ctx, n, each, capacity); return nil }))
				}
			})
		}
	}
}

const pythonPass = `
import json, queue, sys, threading, time
n, each, capacity = map(int, sys.argv[1:])
q = queue.Queue(capacity)
def produce():
    for i in range(n // each):
        q.put(i)
def consume():
    for _ in range(n // each):
        q.get()
threads = [threading.Thread(target=f) for _ in range(each) for f in (produce, consume)]
begun = time.perf_counter()
for t in threads: t.start()
for t in threads: t.join()
print(json.dumps(time.perf_counter() - begun))
`

// BenchmarkQueueAgainstPython gives the queue's throughput as a multiple of that of
// queue.Queue on every CPython found, with as many items for both.
func BenchmarkQueueAgainstPython(b *testing.B) {
	const n = 100_000
	b.Setenv(measure.QuickEnv, "")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	found, err := python.Find(ctx)
	if err != nil {
		b.Skip(err)
	}
	for _, in := range found {
		for _, each := range []int{1, 4} {
			b.Run(fmt.Sprintf("python=%s/capacity=100/producers=%d", in.Version, each), func(b *testing.B) {
				for b.Loop() {
					report(b, "×python",
						func(ctx context.Context) (float64, error) {
							args := []string{fmt.Sprint(n), fmt.Sprint(each), "100"}
							took, err := python.Run[float64](ctx, in, python.Script{Source: pythonPass, Args: args})
							if err != nil {
								return 0, err
							}
							return took[0], nil
						},
						measure.Timed(func(context.Context) error { passQueue(ctx, n, each, 100); return nil }))
				}
			})
		}
	}
}

// BenchmarkPut is one item through the queue and out again, in one goroutine: allocations
// are counted.
func BenchmarkPut(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	q := New[int](100)
	b.ReportAllocs()
	for b.Loop() {
		q.Put(ctx, 1)
		q.Get(ctx)
	}
}
