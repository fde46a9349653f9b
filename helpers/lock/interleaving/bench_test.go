package interleaving

import "testing"

// additions is a worker that adds 1 to total so many times, in three operations each.
func additions(total *SharedInt, own *OwnInt, times int) (w Worker) {
	for range times {
		w = append(w, own.Read(total), own.Add(1), total.Write(own))
	}
	return w
}

func BenchmarkPlay(b *testing.B) {
	total, own, mu := Shared("total", 0), Own("own"), Mutex("mu")
	once, four := additions(total, own, 1), additions(total, own, 4)
	holds := func(m *Memory) bool { return m.Get(total) >= 0 }
	plus := Do("total += 1", func(m *Memory) { m.Add(total, 1) })
	tick := Worker{plus, plus, plus, plus, plus, plus, plus, plus, plus, plus, plus}
	locked := Worker{own.Add(1), own.Add(1), own.Add(1), own.Add(1), mu.Lock(), own.Read(total), total.Write(own), mu.Unlock(), own.Add(1), own.Add(1), own.Add(1), own.Add(1)}
	for _, bb := range []struct {
		name string
		p    Program
	}{
		{"3 workers of 3", Program{Workers: []Worker{once, once, once}}},
		{"2 workers of 11", Program{Workers: []Worker{four[:11], four[:11]}}},
		{"2 workers of 11 and 12", Program{Workers: []Worker{four[:11], four}, Limit: 2_000_000}},
		{"2 workers of 11 with Always", Program{Workers: []Worker{four[:11], four[:11]}, Always: holds}},
		{"2 workers of 11 functions", Program{Workers: []Worker{tick, tick}}},
		{"2 workers of 12 with a lock", Program{Workers: []Worker{locked, locked}}},
		{"2 workers of 12, drawn", Program{Workers: []Worker{four, four}, Seed: 1}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			var r Result
			for b.Loop() {
				r = bb.p.Play()
			}
			if r.Err != nil {
				b.Fatal(r.Err)
			}
			b.ReportMetric(float64(r.Played), "orders")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(r.Played), "ns/order")
		})
	}
}
