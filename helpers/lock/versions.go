package lock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// ByVersion shows what the races lost from one CPython to the next, a line for
// each counter, and one more for it on free-threaded builds.
func ByVersion(results ...Result) {
	if points := pointsOf(results); len(points) > 0 {
		chart.Show(lostByVersion(results, points))
	}
	for _, r := range results {
		if r.Err != nil {
			fmt.Fprintln(os.Stderr, r.Err)
		}
	}
}

// pointsOf returns the shares that the races lost on each CPython.
func pointsOf(results []Result) (points []versionPoint) {
	for _, r := range results {
		for _, g := range r.Groups {
			if g.Python == nil {
				continue
			}
			_, class, _ := strings.Cut(g.Name.En, ": ")
			points = append(points, versionPoint{*g.Python, class, measure.Sample{Values: r.LostShare(g)}.Summary()})
		}
	}
	return points
}

func lostByVersion(results []Result, points []versionPoint) chart.Chart {
	return byVersion(
		chart.Title{Text: lang.Text{Ko: "버전마다 잃어버린 갱신", En: "Lost updates, version by version"}, Note: note(results)},
		lang.Text{Ko: "잃어버린 갱신의 비율", En: "share of the updates lost"}, points)
}

// A versionPoint is a share in percent, of one counter on one CPython.
type versionPoint struct {
	python python.Interpreter
	class  string
	share  measure.Summary
}

func byVersion(title chart.Title, share lang.Text, points []versionPoint) chart.Chart {
	var lines []chart.Line
	versions := chart.Axis{Name: lang.Same("CPython")}
	for _, p := range points {
		name := lang.Same(p.class)
		if p.python.FreeThreaded {
			name = lang.Format(lang.Text{Ko: "%s, GIL 없는 빌드", En: "%s, free-threaded"}, p.class)
		}
		i := slices.IndexFunc(lines, func(l chart.Line) bool { return l.Name == name })
		if i < 0 {
			i = len(lines)
			lines = append(lines, chart.Line{Name: name})
		}
		version := strings.TrimPrefix(p.python.Name(), "CPython ")
		x := slices.Index(versions.Names, version)
		if x < 0 {
			x = len(versions.Names)
			versions.Names = append(versions.Names, version)
		}
		lines[i].Points = append(lines[i].Points, chart.Point{X: float64(x), Y: value(p.share)})
	}
	least := 0.0
	return chart.Lines(title, versions, chart.Axis{Name: share, Unit: "%", Min: &least}, lines...)
}

// Stops are the places where threads of CPython lost their turn.
type Stops struct {
	Counters []CounterStops
	Err      error // what did not run, and why
}

// CounterStops are the stops of a thread that increases one counter on one CPython:
// how often it stood where, a function and a bytecode in it.
type CounterStops struct {
	Python    python.Interpreter `json:"-"`
	Class     string             `json:"-"`
	Between   map[string]int     `json:"between"`   // the count was read and not yet written back
	Elsewhere map[string]int     `json:"elsewhere"` // all other stops
}

// total gives how often the thread was looked at.
func (c CounterStops) total() (between, all int) {
	for _, n := range c.Between {
		between += n
	}
	all = between
	for _, n := range c.Elsewhere {
		all += n
	}
	return between, all
}

// StopsPython looks where a thread of a script stands when it loses its turn, on
// every CPython found that has a GIL for it to lose. The script is called with the name of its counter's class
// and the number of looks, and prints the JSON of a [CounterStops]. Its path may
// hold ${GONB_TMP_DIR}, as in %%writefile.
func StopsPython(looks int, script string, classes ...string) Stops {
	var s Stops
	if looks < 1 {
		s.Err = fmt.Errorf("look %d times where a thread stops: look once or more", looks)
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
			if !in.GIL {
				continue // without a GIL no thread loses its turn
			}
			lines, err := python.Run[CounterStops](ctx, in, python.Script{Path: script, Args: []string{class, strconv.Itoa(looks)}})
			if err == nil {
				err = checkStops(lines, script)
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

func checkStops(lines []CounterStops, script string) error {
	if len(lines) == 1 {
		if _, all := lines[0].total(); all > 0 {
			return nil
		}
	}
	return fmt.Errorf(`read the results of %s: it should print one line, {"between": {"increment: LOAD_ATTR": N, …}, "elsewhere": {…}}`, filepath.Base(script))
}

// Chart shows how many of the stops lie between the read and the write, from one
// CPython to the next, and a table of where the others lie.
func (s Stops) Chart() {
	if len(s.Counters) > 0 {
		chart.Show(s.chart())
		var rows [][]string
		for _, c := range s.Counters {
			_, all := c.total()
			rows = append(rows, []string{c.Python.Name() + ": " + c.Class, places(c.Between, all), places(c.Elsewhere, all)})
		}
		chart.Table(lang.Text{Ko: "스레드가 멈춘 곳: 함수와 바이트코드", En: "Where the threads stopped: function and bytecode"}, []lang.Text{
			lang.Same(""),
			{Ko: "읽기와 쓰기 사이", En: "between read and write"},
			{Ko: "그 밖", En: "elsewhere"},
		}, rows)
	}
	if s.Err != nil {
		fmt.Fprintln(os.Stderr, s.Err)
	}
}

func (s Stops) chart() chart.Chart {
	var points []versionPoint
	looks := 0
	for _, c := range s.Counters {
		between, all := c.total()
		looks = max(looks, all)
		points = append(points, versionPoint{c.Python, c.Class, measure.Share(between, all)})
	}
	n := chart.Number(float64(looks))
	return byVersion(chart.Title{
		Text: lang.Text{Ko: "읽기와 쓰기 사이에서 멈춘 비율", En: "Stops between the read and the write"},
		Note: lang.Format(lang.Text{
			Ko: "차례를 내준 스레드가 어디에 멈추어 있는지 %s번씩 보았다.",
			En: "%s looks each at where a thread stood that had lost its turn.",
		}, n),
	}, lang.Text{Ko: "멈춘 곳 가운데 비율", En: "share of the stops"}, points)
}

// places gives the most frequent places with their share of all stops.
func places(at map[string]int, all int) string {
	const most = 3
	names := slices.SortedFunc(maps.Keys(at), func(a, b string) int {
		return cmp.Or(cmp.Compare(at[b], at[a]), cmp.Compare(a, b))
	})
	var text []string
	for _, name := range names[:min(most, len(names))] {
		text = append(text, fmt.Sprintf("%s %.0f%%", name, 100*float64(at[name])/float64(all)))
	}
	if len(names) > most {
		text = append(text, "…")
	}
	return cmp.Or(strings.Join(text, ", "), "0%")
}
