package chart

import (
	"encoding/gob"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"interleave/helpers/lang"
)

// liveEnv makes the test binary a cell that shows a chart that changes.
const liveEnv = "CHART_TEST_LIVE"

func TestMain(m *testing.M) {
	if os.Getenv(liveEnv) != "" {
		liveCell()
		return
	}
	os.Exit(m.Run())
}

// liveCell updates two charts from several goroutines, and closes them from several.
func liveCell() {
	var one, other Live
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for end := time.Now().Add(5 * liveEvery / 2); time.Now().Before(end); time.Sleep(time.Millisecond) {
				one.Update(func() Chart { return samplePanels(20) })
				other.Update(func() Chart { return sampleBars() })
			}
			one.Close(samplePanels(30))
			other.Close(sampleBars())
			one.Update(func() Chart { panic("an update after the end") })
		})
	}
	wg.Wait()
}

// recorder gives a Live that notes what it shows when.
func recorder() (*Live, func() ([]output, []time.Duration)) {
	var mu sync.Mutex
	var shown []output
	var at []time.Duration
	start := time.Now()
	l := &Live{send: func(name string, o output) {
		mu.Lock()
		defer mu.Unlock()
		shown, at = append(shown, o), append(at, time.Since(start))
	}}
	return l, func() ([]output, []time.Duration) { mu.Lock(); defer mu.Unlock(); return shown, at }
}

func TestLiveShowsFiveASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, seen := recorder()
		var mu sync.Mutex
		drawn := 0
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 2000 {
					l.Update(func() Chart {
						mu.Lock()
						defer mu.Unlock()
						drawn++
						return sampleLines()
					})
					time.Sleep(time.Millisecond)
				}
			})
		}
		wg.Wait()
		shown, at := seen()
		if len(shown) != 10 || drawn != 10 || at[0] != 0 {
			t.Errorf("%d updates in two seconds, %d drawn: %v", len(shown), drawn, at)
		}
		for i := 1; i < len(at); i++ {
			if at[i]-at[i-1] < liveEvery {
				t.Errorf("updates at %v: too close", at)
			}
		}
	})
}

func TestUpdate(t *testing.T) {
	l, seen := recorder()
	l.Update(func() Chart { return samplePanels(100) })
	shown, _ := seen()
	if len(shown) != 1 {
		t.Fatalf("%d updates", len(shown))
	}
	o := shown[0]
	said := "큐의 길이와 처리량 · Queue length and throughput — 마지막 값 · latest values: 시간 · time = 1.992 s; " +
		"기다리는 항목 · items that wait: 차례로 · in turn = 58, 나란히 · side by side = 50, 묶음으로 · in batches = 102; " +
		"처리량 · throughput: 차례로 · in turn = "
	if !strings.HasPrefix(o.plain, said) || strings.Count(o.plain, "\n") != 1 {
		t.Errorf("the text is %q, not %q", o.plain, said)
	}
	if html := sanitise(o.html); !strings.Contains(html, said) || strings.Contains(html, "<img") || strings.Contains(html, "<table") {
		t.Errorf("without scripts there is %s", html)
	}
	if n := strings.Count(o.html, "</script"); n != 1 {
		t.Errorf("%d script ends", n)
	}
	script := unpacked(t, o.html)
	for _, part := range []string{`"animation":false`, `"` + l.name + `")`, "[1.99222,"} {
		if !strings.Contains(script, part) {
			t.Errorf("the script lacks %s", part)
		}
	}
	if last := buildLast(samplePanels(100), stub(10), l.name); !strings.Contains(last.html, `("`+l.name+`",550,document.currentScript`) {
		t.Error("the last output does not take the place of the updates")
	}
	class := regexp.MustCompile(`class="([^"]+)"`)
	if other := (&Live{name: "chart_other"}).update(samplePanels(100)); class.FindString(other.html) == class.FindString(o.html) {
		t.Error("equal charts of two outputs have one name: the script of one starts both")
	}
}

func TestUpdateIsSmall(t *testing.T) {
	many := charts.NewBar()
	var data []opts.BarData
	for i := range 20000 {
		data = append(data, opts.BarData{Value: i * i * i})
	}
	many.AddSeries("s", data)
	for _, tt := range []struct {
		name   string
		chart  Chart
		script bool
	}{
		{"one point", samplePanels(1), true},
		{"600 points", samplePanels(100), true},
		{"1,800 points", samplePanels(300), true},
		{"60,000 points", samplePanels(10000), true},
		{"a chart without data", Lines(Title{}, Axis{}, Axis{}), true},
		{"a foreign chart", sampleForeign(), true},
		{"bars that cannot be spared", many, false},
		{"a long text", Bars(Title{Text: lang.Same(strings.Repeat("길다 ", 3000))}, Axis{}), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := Live{name: "chart_x"}
			for range 2 {
				o := l.update(tt.chart)
				if o.size() > liveLimit {
					t.Errorf("%d bytes, more than %d", o.size(), liveLimit)
				}
				if strings.Contains(o.html, "<script") != tt.script || len(o.plain) < 20 {
					t.Errorf("got %.300s", o.html)
				}
			}
		})
	}
	if o := (&Live{name: "chart_x"}).update(samplePanels(300)); !strings.Contains(unpacked(t, o.html), "[6.0169,") {
		t.Error("1,800 points are thinned out")
	}
}

func TestUpdatesTextStaysText(t *testing.T) {
	const evil = `<b>x</b></script><script>alert(1)</script>`
	html := (&Live{name: "chart_x"}).update(Lines(Title{Text: lang.Same(evil)}, Axis{Name: lang.Same(evil)}, Axis{Unit: evil},
		Line{Name: lang.Same(evil), Points: []Point{{X: 1}}})).html
	if strings.Count(html, "<script") != 1 || strings.Count(html, "</script") != 1 || strings.Contains(html, "<b>") {
		t.Errorf("a label is markup: %.500s", html)
	}
}

func TestLiveOutsideANotebook(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), liveEnv+"=1", protocol.GONB_PIPE_ENV+"=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if s := string(out); strings.Count(s, "Queue length and throughput\n") != 1 || strings.Count(s, "149.5–158") != 1 || strings.Contains(s, "latest values") {
		t.Errorf("printed %s", s)
	}
}

// The test plays the kernel: it reads what a cell sends.
func TestLiveInANotebook(t *testing.T) {
	inLab(t)
	dir := t.TempDir()
	there, back := filepath.Join(dir, "there"), filepath.Join(dir, "back")
	for _, fifo := range []string{there, back} {
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), liveEnv+"=1", protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r, err := os.Open(there)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w, err := os.OpenFile(back, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()

	messages, answers := gob.NewDecoder(r), gob.NewEncoder(w)
	shown := make(map[string][]string)
	synced := 0
	for {
		var m protocol.DisplayData
		if err := messages.Decode(&m); err != nil {
			break
		}
		if sync, ok := m.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
			synced++
			if err := answers.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: sync.Value}); err != nil {
				t.Error(err)
			}
			continue
		}
		html, plain := fmt.Sprint(m.Data[protocol.MIMETextHTML]), fmt.Sprint(m.Data[protocol.MIMETextPlain])
		if len(m.Data) != 2 || plain == "" {
			t.Errorf("sent %v", m.Data)
		}
		shown[m.DisplayID] = append(shown[m.DisplayID], html)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if len(shown) != 2 || synced != 2 {
		t.Fatalf("%d outputs, %d waits for them", len(shown), synced)
	}
	for name, all := range shown {
		last := len(all) - 1
		if name == "" || last < 2 || last > 4 {
			t.Errorf("%q has %d updates", name, last)
		}
		if i := slices.IndexFunc(all, picture.MatchString); i != last || !strings.Contains(all[last], "<details>") {
			t.Errorf("of %d outputs, number %d has a picture", len(all), i)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	for _, points := range []int{20, 100, 300, 1000} {
		b.Run(fmt.Sprint(6*points), func(b *testing.B) {
			l, size := Live{name: "chart_x"}, 0
			for b.Loop() {
				size = l.update(samplePanels(points)).size()
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

func BenchmarkDroppedUpdate(b *testing.B) {
	l, _ := recorder()
	l.next = time.Now().Add(time.Hour)
	for b.Loop() {
		l.Update(nil)
	}
}
