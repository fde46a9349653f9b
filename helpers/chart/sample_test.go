package chart

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/lang"
)

func at(v float64) *float64 { return &v }

// The samples are what the lab's own notebooks show, with real figures.

func samplePoints() *charts.Scatter {
	return Points(Title{
		Text: lang.Text{Ko: "락 없이 센 값: 50만 번 가운데 얼마나 남았나", En: "Counting without a lock: how many of 500,000 updates survived"},
		Note: lang.Text{Ko: "빠른 모드: 10회", En: "quick mode: 10 runs"},
	}, Axis{
		Name:  lang.Text{Ko: "남은 업데이트", En: "updates that survived"},
		Lines: []Mark{{Name: lang.Text{Ko: "잃지 않았을 때", En: "none lost"}, At: 500000}},
	},
		Group{Name: lang.Same("CPython 3.8"), Values: []float64{268114, 301455, 311870, 288920, 345102, 299876, 322410, 276543, 330098, 305551}, Estimate: Value{303503, 276543, 330098}},
		Group{Name: lang.Same("CPython 3.9"), Values: []float64{401234, 388712, 412398, 395511, 420034, 379982, 405521, 398870, 391024, 410003}, Estimate: Value{400052, 388712, 412398}},
		Group{Name: lang.Same("CPython 3.13"), Values: []float64{500000, 500000, 500000, 500000, 500000, 500000, 500000, 500000, 500000, 500000}, Estimate: Value{500000, 500000, 500000}},
		Group{Name: lang.Text{Ko: "Go 고루틴", En: "Go goroutines"}, Values: []float64{340120, 396001, 372345, 361111, 355098, 380440, 366666, 349871, 390022, 358765}, Estimate: Value{363888, 349871, 390022}},
		Group{Name: lang.Text{Ko: "출처", En: "the sources"}, Values: []float64{311001, 404231, 428650}, Reference: true},
	)
}

func sampleBars() *charts.Bar {
	return Bars(Title{
		Text: lang.Text{Ko: "네 수를 인수분해하는 데 걸린 시간", En: "Time to factorise four numbers"},
	}, Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "ms"},
		Bar{Name: lang.Text{Ko: "CPython 3.13, 차례로", En: "CPython 3.13, one after another"}, Value: Value{152, 149.5, 158}},
		Bar{Name: lang.Text{Ko: "CPython 3.13, 스레드 넷", En: "CPython 3.13, four threads"}, Value: Value{159, 153, 171}},
		Bar{Name: lang.Text{Ko: "Go, 차례로", En: "Go, one after another"}, Value: Value{11.8, 11.6, 12.1}},
		Bar{Name: lang.Text{Ko: "Go, 고루틴 넷", En: "Go, four goroutines"}, Value: Value{5.8, 5.7, 6.4}},
		Bar{Name: lang.Text{Ko: "출처: 차례로", En: "the source: one after another"}, Value: Value{Median: 404.845}, Reference: true},
	)
}

func sampleColumns() *charts.Bar {
	return Columns(Title{Text: lang.Text{Ko: "큐와 채널", En: "Queues and channels"}},
		Axis{Name: lang.Text{Ko: "10만 개를 보내는 시간", En: "time for 100,000 items"}, Unit: "ms", Log: true},
		Bar{Name: lang.Same("queue.Queue"), Value: Value{237, 220, 260}},
		Bar{Name: lang.Same("queue.SimpleQueue"), Value: Value{7, 6.5, 8}},
		Bar{Name: lang.Text{Ko: "버퍼 없는 채널", En: "unbuffered channel"}, Value: Value{13.9, 13, 15}},
		Bar{Name: lang.Text{Ko: "용량 100 채널", En: "channel of 100"}, Value: Value{3.6, 3.4, 4}},
	)
}

func sampleLines() *charts.Line {
	line := func(ko, en string, ys ...Value) Line {
		l := Line{Name: lang.Text{Ko: ko, En: en}}
		for i, y := range ys {
			l.Points = append(l.Points, Point{X: float64(int(1) << i), Y: y})
		}
		return l
	}
	ideal := line("이상", "ideal", Value{Median: 1}, Value{Median: 2}, Value{Median: 2}, Value{Median: 2})
	ideal.Reference = true
	return Lines(Title{Text: lang.Text{Ko: "작업자 수와 속도 향상", En: "Speed-up against the number of workers"},
		Note: lang.Text{Ko: "코어 2개, 10회씩", En: "2 cores, 10 runs each"}},
		Axis{Name: lang.Text{Ko: "작업자", En: "workers"}, Log: true},
		Axis{Name: lang.Text{Ko: "한 작업자에 견준 속도 향상", En: "speed-up over one worker"}, Unit: "×", Min: at(0)},
		line("Go 고루틴", "Go goroutines", Value{1, 0.98, 1.02}, Value{1.94, 1.85, 1.97}, Value{1.95, 1.8, 1.99}, Value{1.93, 1.75, 1.98}),
		line("CPython 3.13 스레드", "CPython 3.13 threads", Value{1, 0.97, 1.03}, Value{0.96, 0.9, 0.99}, Value{0.93, 0.88, 0.97}, Value{0.9, 0.84, 0.95}),
		line("프로세스", "processes", Value{1, 0.95, 1.04}, Value{1.7, 1.55, 1.8}, Value{1.66, 1.5, 1.78}, Value{1.6, 1.41, 1.75}),
		ideal)
}

// samplePanels is what a notebook on queues shows: lengths above, throughput below.
func samplePanels(points int) *charts.Line {
	line := func(name lang.Text, f func(x float64) float64) Line {
		l := Line{Name: name}
		for i := range points {
			x := 0.0201234 * float64(i)
			l.Points = append(l.Points, Point{X: x, Y: Value{Median: f(x)}})
		}
		return l
	}
	var above, below []Line
	for i, name := range []lang.Text{{Ko: "차례로", En: "in turn"}, {Ko: "나란히", En: "side by side"}, {Ko: "묶음으로", En: "in batches"}} {
		n := float64(i + 1)
		above = append(above, line(name, func(x float64) float64 { return math.Round(40*n + 20*n*math.Sin(n*x)) }))
		below = append(below, line(name, func(x float64) float64 { return 12345.678 * (n + math.Cos(x*n)/3) }))
	}
	return Panels(Title{Text: lang.Text{Ko: "큐의 길이와 처리량", En: "Queue length and throughput"}},
		Axis{Name: lang.Text{Ko: "시간", En: "time"}, Unit: "s"},
		Panel{Axis{Name: lang.Text{Ko: "기다리는 항목", En: "items that wait"}, Lines: []Mark{{lang.Text{Ko: "용량", En: "capacity"}, 250}}}, above},
		Panel{Axis{Name: lang.Text{Ko: "처리량", En: "throughput"}, Unit: "1/s"}, below})
}

// sampleForeign is a chart that none of our builders made.
func sampleForeign() *charts.Bar {
	c := charts.NewBar()
	c.SetGlobalOptions(charts.WithTitleOpts(opts.Title{Title: "Sales", Subtitle: "two shops"}))
	c.SetXAxis([]string{"월", "화", "수"})
	c.AddSeries("north", []opts.BarData{{Value: 12}, {Value: 30}, {Value: 21000}})
	c.AddSeries("south", []opts.BarData{{Value: 5}, {Value: 8.25}})
	return c
}

func samplePie() *charts.Pie {
	c := charts.NewPie()
	c.SetGlobalOptions(charts.WithTitleOpts(opts.Title{Title: "Where the time goes"}))
	c.AddSeries("time", []opts.PieData{{Name: "running", Value: 70}, {Name: "waiting", Value: 20}, {Name: "system call", Value: 10}})
	return c
}

func samples() map[string]Chart {
	return map[string]Chart{"points": samplePoints(), "bars": sampleBars(), "columns": sampleColumns(), "lines": sampleLines(), "panels": samplePanels(30), "many points": samplePanels(100), "foreign": sampleForeign(), "pie": samplePie()}
}
