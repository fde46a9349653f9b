package lock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// ByVersion shows what the races lost from one CPython to the next, a line for
// each counter, and one more for it on free-threaded builds.
func ByVersion(results ...Result) {
	var points []versionPoint
	for _, r := range results {
		for _, g := range r.Groups {
			if g.Python == nil {
				continue
			}
			_, class, _ := strings.Cut(g.Name.En, ": ")
			points = append(points, versionPoint{*g.Python, class, measure.Sample{Values: r.LostShare(g)}.Summary()})
		}
	}
	showByVersion(
		chart.Title{Text: lang.Text{Ko: "버전마다 잃어버린 갱신", En: "Lost updates, version by version"}, Note: note(results)},
		lang.Text{Ko: "잃어버린 갱신의 비율", En: "share of the updates lost"}, points)
	for _, r := range results {
		if r.Err != nil {
			fmt.Fprintln(os.Stderr, r.Err)
		}
	}
}

// A versionPoint is a share in percent, of one counter on one CPython.
type versionPoint struct {
	python python.Interpreter
	class  string
	share  measure.Summary
}

func showByVersion(title chart.Title, share lang.Text, points []versionPoint) {
	var lines []chart.Line
	for _, p := range points {
		name := lang.Same(p.class)
		if p.python.FreeThreaded {
			name = lang.Text{Ko: p.class + ", GIL 없는 빌드", En: p.class + ", free-threaded"}
		}
		i := slices.IndexFunc(lines, func(l chart.Line) bool { return l.Name == name })
		if i < 0 {
			i = len(lines)
			lines = append(lines, chart.Line{Name: name})
		}
		x := float64(p.python.Minor)
		if slices.ContainsFunc(points, func(o versionPoint) bool { return o.python.Minor == p.python.Minor && o.python.Path != p.python.Path }) {
			x += float64(p.python.Micro) / 100 // 3.11.2 beside 3.11.7
		}
		lines[i].Points = append(lines[i].Points, chart.Point{X: x, Y: value(p.share)})
	}
	if len(lines) == 0 {
		return
	}
	least := 0.0
	c := chart.Lines(title, chart.Axis{Name: lang.Same("CPython 3.x")},
		chart.Axis{Name: share, Unit: "%", Min: &least}, lines...)
	x := &c.XAxisList[0]
	x.MinInterval, x.Scale = 1, opts.Bool(true)
	x.AxisLabel = &opts.AxisLabel{Formatter: "3.{value}"}
	chart.Show(c)
}

// Stops are the places where threads of CPython lost their turn.
type Stops struct {
	Counters []CounterStops
	Err      error // what did not run, and why
}

// CounterStops are the stops of a thread that increases one counter on one CPython.
type CounterStops struct {
	Python  python.Interpreter
	Class   string
	Samples int            `json:"samples"` // how often the thread was looked at
	Between int            `json:"between"` // how often it stood between the read of the count and the write
	At      map[string]int `json:"at"`      // how often it stood in which function at which bytecode
}

// StopsPython looks where a thread of a script stands when it loses its turn, on
// every CPython found. The script is called with the name of its counter's class
// and the number of looks, and prints the JSON of a [CounterStops]. Its path may
// hold ${GONB_TMP_DIR}, as in %%writefile.
func StopsPython(samples int, script string, classes ...string) Stops {
	var s Stops
	if samples < 1 {
		s.Err = fmt.Errorf("look %d times where a thread stops: look once or more", samples)
		return s
	}
	ctx := context.Background()
	found, err := python.Find(ctx)
	if err != nil {
		s.Err = fmt.Errorf("run %s: %w", filepath.Base(script), err)
	}
	progress := measure.StartProgress(lang.Text{Ko: "스레드가 멈춘 곳", En: "where threads stop"}, len(found)*len(classes))
	defer progress.Close()
	for _, class := range classes {
		for _, in := range found {
			lines, err := python.Run[CounterStops](ctx, in, python.Script{Path: script, Args: []string{class, strconv.Itoa(samples)}})
			if err == nil && (len(lines) != 1 || lines[0].Samples < 1) {
				err = fmt.Errorf(`read the results of %s: it should print one line, {"samples": N, "between": N, "at": {...}}`, filepath.Base(script))
			}
			if err != nil {
				s.Err = errors.Join(s.Err, fmt.Errorf("%s: %s: %w", in.Name(), class, err))
				if errors.Is(err, os.ErrNotExist) {
					return s // the script is missing for all
				}
				continue
			}
			c := lines[0]
			c.Python, c.Class = in, class
			s.Counters = append(s.Counters, c)
			progress.Add(1)
		}
	}
	return s
}

// Chart shows how many of the stops lie between the read and the write, from one
// CPython to the next, and a table of where the others lie.
func (s Stops) Chart() {
	var points []versionPoint
	var rows [][]string
	for _, c := range s.Counters {
		share := measure.Share(c.Between, c.Samples)
		points = append(points, versionPoint{c.Python, c.Class, share})
		rows = append(rows, []string{c.Python.Name() + ": " + c.Class, fmt.Sprintf("%.0f %%", share.Median), c.places(4)})
	}
	if len(points) > 0 {
		n := s.Counters[0].Samples
		showByVersion(chart.Title{
			Text: lang.Text{Ko: "읽기와 쓰기 사이에서 멈춘 비율", En: "Stops between the read and the write"},
			Note: lang.Text{
				Ko: fmt.Sprintf("차례를 빼앗긴 스레드를 %s번씩 들여다보았다.", chart.Number(float64(n))),
				En: fmt.Sprintf("%s looks each at a thread that had lost its turn.", chart.Number(float64(n))),
			},
		}, lang.Text{Ko: "멈춘 곳 가운데 비율", En: "share of the stops"}, points)
		chart.Table(lang.Text{Ko: "스레드가 멈춘 곳", En: "Where the threads stopped"}, []lang.Text{
			lang.Same(""),
			{Ko: "읽기와 쓰기 사이", En: "between read and write"},
			{Ko: "함수와 바이트코드", En: "function and bytecode"},
		}, rows)
	}
	if s.Err != nil {
		fmt.Fprintln(os.Stderr, s.Err)
	}
}

// places gives the most frequent places with their shares.
func (c CounterStops) places(most int) string {
	var places []string
	for place := range c.At {
		places = append(places, place)
	}
	slices.SortFunc(places, func(a, b string) int {
		return cmp.Or(cmp.Compare(c.At[b], c.At[a]), cmp.Compare(a, b))
	})
	var text []string
	for _, place := range places[:min(most, len(places))] {
		text = append(text, fmt.Sprintf("%s %.0f %%", place, 100*float64(c.At[place])/float64(c.Samples)))
	}
	return strings.Join(text, ", ")
}
