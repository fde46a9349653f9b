package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"interleave/helpers/labtest"
	"interleave/notebooks/nb/notebook"
)

// shippedNotebook is the one that the tests read and take cells from.
const shippedNotebook = "54-lock.ipynb"

func shipped(t *testing.T) *notebook.Notebook {
	t.Helper()
	nb, err := notebook.ReadFile(filepath.Join("..", "notebooks", shippedNotebook))
	if err != nil {
		t.Fatal(err)
	}
	return nb
}

// excerpt is a notebook of some of the shipped one's cells, none of them run.
func excerpt(t *testing.T, ids ...string) *notebook.Notebook {
	t.Helper()
	nb := shipped(t)
	cells := nb.Cells
	nb.Cells = nil
	for _, id := range ids {
		i := slices.IndexFunc(cells, func(c *notebook.Cell) bool { return c.ID == id })
		if i < 0 {
			t.Fatalf("%s has no cell %s", shippedNotebook, id)
		}
		cells[i].Outputs, cells[i].Count = nil, nil
		nb.Cells = append(nb.Cells, cells[i])
	}
	return nb
}

// raceCells are two cells as a reader writes them below the shipped ones: a race of
// Counter with a constant to change, and its chart.
func raceCells() []*notebook.Cell {
	const race = `import "interleave/helpers/lock"

var mine = lock.Setup{Workers: 5, Increments: 100_000}

%%
fmt.Println(lock.Race(mine, func() lock.Incrementer { return new(Counter) }))`
	const chart = `%%
lock.Race(mine, func() lock.Incrementer { return new(Counter) }).Chart()`
	return []*notebook.Cell{{ID: "race", Type: notebook.Code, Source: race}, {ID: "chart", Type: notebook.Code, Source: chart}}
}

// charted are the cells of a notebook that were saved with a chart.
func charted(t *testing.T, nb *notebook.Notebook) (ids []string) {
	t.Helper()
	for _, c := range nb.Cells {
		if strings.Contains(fmt.Sprint(c.Outputs), "interleave-chart-") {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		t.Fatalf("%s was saved without a chart", shippedNotebook)
	}
	return ids
}

// TestBrowser does what a reader does, in a real browser, one thing after the other.
func TestBrowser(t *testing.T) {
	labtest.Need(t, 2)
	t.Parallel()
	for _, tt := range []struct {
		name string
		ring int
		run  func(t *testing.T)
	}{
		{"RunsAndEdits", 2, browserRunsAndEdits},
		{"Reads", 3, browserReads},
		{"Live", 3, browserLive},
		{"Untrusted", 3, browserUntrusted},
		{"Dark", 3, browserDark},
		{"Language", 3, browserLanguage},
		{"NoNetwork", 3, browserNoNetwork},
	} {
		t.Run(tt.name, func(t *testing.T) {
			labtest.Need(t, tt.ring)
			tt.run(t)
		})
	}
}

// browserReads opens a notebook as it is shipped: its charts are live though
// nothing was run, and nothing is asked for elsewhere.
func browserReads(t *testing.T) {
	r := openLab(t, shippedNotebook, nil)
	for _, id := range charted(t, shipped(t)) {
		r.live(id)
	}
}

// browserRunsAndEdits does what a reader does: run all, change a constant,
// run that cell and the chart's again.
func browserRunsAndEdits(t *testing.T) {
	nb := excerpt(t, "54-00-go", "54-02-py", "54-02-go")
	nb.Cells = append(nb.Cells, raceCells()...)
	last := len(nb.Cells)
	r := openLab(t, "mine.ipynb", nb)

	r.menu("Run", "Run All Cells")
	for i, c := range nb.Cells {
		r.ran(c.ID, i+1)
	}
	r.live("chart")
	// Its points too may be the same: with another program at work, none is lost.
	drawn := `(o => JSON.stringify([o.title, o.series]))(` + r.chart("chart") + `.getOption())`
	before := value[string](r, drawn)
	if text := r.output("chart"); !strings.Contains(text, "100,000") {
		r.fatal("the chart of 5 × 100,000 increments does not say how many: %s", text)
	}

	value[bool](r, fmt.Sprintf(`(%s.scrollIntoView(), true)`, r.cell("race")))
	r.click("the constant 100_000", fmt.Sprintf(`(cell => {
		const walker = document.createTreeWalker(cell.querySelector(".cm-content"), NodeFilter.SHOW_TEXT);
		for (let n; n = walker.nextNode();) {
			const at = n.data.indexOf("100"); // the editor may draw a number in parts
			if (at >= 0) { const range = new Range(); range.setStart(n, at); range.setEnd(n, at + 3); return range; }
		}
	})(%s)`, r.cell("race")), chromedp.ClickCount(2))
	r.until("the constant to be selected", `getSelection().toString() === "100_000"`)
	r.keys("1_000")
	r.keys(kb.Enter, chromedp.KeyModifiers(input.ModifierShift))
	r.ran("race", last+1)
	counts := regexp.MustCompile(`\d[\d,]*`).FindAllString(r.output("race"), -1)
	if len(counts) == 0 {
		r.fatal("the race printed no counts: %s", r.output("race"))
	}
	for _, n := range counts {
		if len(n) > len("5,000") {
			r.fatal("the race was changed to 5 × 1,000 increments and counted %s", n)
		}
	}

	r.keys(kb.Enter, chromedp.KeyModifiers(input.ModifierShift)) // the chart's cell has the focus now
	r.ran("chart", last+2)
	r.live("chart")
	after := value[string](r, drawn)
	if text := r.output("chart"); after == before || !strings.Contains(text, "1,000") || strings.Contains(text, "100,000") {
		r.fatal("the chart of 5 × 1,000 increments is that of 5 × 100,000: %s", text)
	}
}

// browserLive watches a chart that changes while its cell runs: it is one and the
// same to the end, is never gone for a moment, and does not change its height.
func browserLive(t *testing.T) {
	nb := excerpt(t, "54-00-go")
	nb.Cells = append(nb.Cells, &notebook.Cell{ID: "live", Type: notebook.Code, Source: `import (
	"interleave/helpers/chart"
	"interleave/helpers/lang"
)

%%
var live chart.Live
var points []chart.Point
draw := func() chart.Chart {
	return chart.Panels(chart.Title{Text: lang.Same("growing")}, chart.Axis{},
		chart.Panel{Lines: []chart.Line{{Name: lang.Same("a"), Points: points}}},
		chart.Panel{Lines: []chart.Line{{Name: lang.Same("b"), Points: points}}})
}
for i := range 60 {
	points = append(points, chart.Point{X: float64(i), Y: chart.Value{Median: float64(i)}})
	live.Update(draw)
	time.Sleep(50 * time.Millisecond)
}
live.Close(draw())`})
	r := openLab(t, "live.ipynb", nb)
	// Looks at each frame from the first with a chart on.
	value[bool](r, `(() => {
		const seen = window.seenLive = {frames: 0, gone: 0, charts: new Set(), points: new Set(), heights: new Set()};
		const look = () => {
			const stage = document.querySelector(".jp-Notebook [class^=interleave-chart-] > [_echarts_instance_]");
			if (stage) {
				seen.frames++;
				seen.charts.add(stage.getAttribute("_echarts_instance_"));
				seen.heights.add(stage.clientHeight);
				seen.points.add(window.interleaveCharts.lib.getInstanceByDom(stage).getOption().series[0].data.length);
			} else if (seen.frames) seen.gone++;
			requestAnimationFrame(look);
		};
		look();
		return true;
	})()`)
	r.menu("Run", "Run All Cells")
	r.ran("live", 2)
	r.live("live")
	type seen struct{ Frames, Gone, Charts, Points, Heights int }
	got := value[seen](r, `(s => ({frames: s.frames, gone: s.gone, charts: s.charts.size, points: s.points.size, heights: s.heights.size}))(window.seenLive)`)
	// 3 s have room for 15 updates; a busy machine shows fewer.
	if got.Gone > 0 || got.Charts != 1 || got.Heights != 1 || got.Points < 4 || got.Points > 20 {
		r.fatal("while the cell ran the page showed %+v; want one chart of one height, never gone, in 5 to 15 states", got)
	}
	r.until("all 60 points in the end", r.chart("live")+`?.getOption().series[0].data.length === 60`)
}

// browserUntrusted opens a notebook that came from elsewhere: no script of it
// runs, and each chart is a picture with its data.
func browserUntrusted(t *testing.T) {
	nb := shipped(t)
	// Trust goes by content, and nobody has trusted this one.
	nb.Cells[0].Source += "\n\n" + time.Now().Format(time.RFC3339Nano)
	r := openLab(t, "received.ipynb", nb)
	for _, id := range charted(t, nb) {
		r.look(id)
		in := r.cell(id) + ".querySelector('.jp-OutputArea')"
		r.until("the picture of "+id, in+`.querySelector("img[src^='data:image/svg+xml']")?.naturalWidth > 0`)
		for what, js := range map[string]string{
			"is shown":                       `.querySelector("img").getBoundingClientRect().height > 200`,
			"has a text in its place":        `.querySelector("img").alt.trim().length > 20`,
			"has its data in a folded table": `.querySelectorAll("details:not([open]) > summary ~ table tr").length > 2`,
			"is of an untrusted notebook":    `.querySelector(".jp-mod-trusted, script, [_echarts_instance_]") === null`,
		} {
			if !value[bool](r, in+js) {
				t.Errorf("the picture of %s: not true that it %s", id, what)
			}
		}
	}
	if value[bool](r, `window.interleaveCharts !== undefined`) {
		r.fatal("a script of an untrusted notebook ran")
	}
	if t.Failed() {
		t.Log(r.screenshot())
	}
}

// contrast is JavaScript for the smallest contrast that a text of a live chart has
// with the page behind it, as WCAG 2 reckons it.
func (r *reader) contrast(id string) string {
	return fmt.Sprintf(`(chart => {
		if (!chart) return 0;
		const parts = color => color.match(/[\d.]+/g).map(Number);
		const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
			.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		let behind = chart.getDom();
		while (behind.parentElement && parts(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
		const page = light(parts(getComputedStyle(behind).backgroundColor));
		return Math.min(...[...chart.getDom().querySelectorAll("svg text")].map(text => light(parts(getComputedStyle(text).fill)))
			.map(ink => (Math.max(ink, page) + 0.05) / (Math.min(ink, page) + 0.05)));
	})(%s)`, r.chart(id))
}

// browserDark changes the theme: charts on the page follow, and so do those
// that come into sight later.
func browserDark(t *testing.T) {
	r := openLab(t, shippedNotebook, nil)
	ids := charted(t, shipped(t))
	first, second := ids[0], ids[len(ids)-1]
	r.live(first)
	r.until("dark text on the light page", r.contrast(first)+" >= 4.5")
	drawn := value[string](r, r.chart(first)+".id")

	r.menu("Settings", "Theme", "JupyterLab Dark")
	r.until("the dark theme", `document.body.dataset.jpThemeLight === "false"`)
	r.until("light text on the dark page", r.contrast(first)+" >= 4.5")
	if now := value[string](r, r.chart(first)+".id"); now != drawn {
		t.Errorf("the chart on the page was drawn anew (%s was %s): what the reader had folded out or hidden in it is lost", now, drawn)
	}
	r.live(second)
	r.until("light text in a chart that comes into sight", r.contrast(second)+" >= 4.5")

	r.menu("Settings", "Theme", "JupyterLab Light")
	r.look(first)
	r.until("dark text again", `document.body.dataset.jpThemeLight === "true" && `+r.contrast(first)+" >= 4.5")
}

// browserLanguage asks for Korean: JupyterLab's menus and the charts of cells
// run then are in Korean, and in nothing else.
func browserLanguage(t *testing.T) {
	nb := excerpt(t, "54-00-go", "54-02-go")
	nb.Cells = append(nb.Cells, raceCells()...)
	dir := t.TempDir()
	work := filepath.Join(dir, "work")
	r := openOn(t, ownServer(t, installedLab(t, 3), work, settingsIn(dir), "--lang", "ko"), work, "mine.ipynb", nb)
	r.menu("실행", "모든 셀 실행")
	r.ran("chart", len(nb.Cells))
	r.live("chart")
	for what, text := range map[string]string{
		"what is seen":       r.output("chart"),
		"what is read aloud": value[string](r, r.chart("chart")+`.getDom().ariaLabel`),
	} {
		// Where both languages stand, " · " divides them.
		if !strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Hangul, c) }) || strings.Contains(text, " · ") {
			r.fatal("%s of the chart is not in Korean only: %s", what, text)
		}
	}
}

// offlineEnv marks the process in which TestBrowserOffline runs other tests.
const offlineEnv = "INTERLEAVE_TEST_OFFLINE"

// TestBrowserOffline runs two of the tests above where there is no network at
// all: what is shown, drawn and compiled needs none.
func TestBrowserOffline(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	unshare := labtest.Namespaces(t, "--net")
	const up = "ip link set lo up && "
	cmd := exec.CommandContext(t.Context(), unshare[0], append(unshare[1:], "sh", "-c", up+`exec "$@"`, "sh",
		os.Args[0], "-test.run=^TestBrowser$/^(Reads|RunsAndEdits|NoNetwork)$", "-test.v", "-test.timeout=10m")...)
	cmd.Env = append(os.Environ(), offlineEnv+"=1")
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if passed := strings.Count(string(out), "    --- PASS"); err != nil || passed != 3 {
		t.Fatalf("%d of 3 tests passed without a network, %v:\n%s", passed, err, out)
	}
}

// browserNoNetwork is part of TestBrowserOffline: it would prove nothing if
// there were a network.
func browserNoNetwork(t *testing.T) {
	if os.Getenv(offlineEnv) == "" {
		t.Skip("a part of TestBrowserOffline")
	}
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback == 0 && i.Flags&net.FlagUp != 0 {
			t.Errorf("%s is up", i.Name)
		}
	}
}
