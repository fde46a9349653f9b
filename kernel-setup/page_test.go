package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"interleave/helpers/labtest"
	"interleave/notebooks/nb/notebook"
)

// language presses a button of the toolbar's control: ko, en, both, or a translation's
// place among them.
func (r *reader) language(place int) {
	r.t.Helper()
	r.click("the language's button", fmt.Sprintf(`document.querySelector(".il-languages button:nth-child(%d)")`, place))
	r.until("the button to be pressed", fmt.Sprintf(`document.querySelector(".il-languages button:nth-child(%d)").ariaPressed === "true"`, place))
}

const korean, english, both, japanese = 1, 2, 3, 4

// shown tells whether a cell is on the page, as JavaScript.
func (r *reader) shown(id string) string { return r.cell(id) + ".getBoundingClientRect().height > 0" }

// changedFile tells, as JavaScript, whether the notebook counts as changed.
const changedFile = `!!document.querySelector(".lm-DockPanel-tabBar .lm-mod-current.jp-mod-dirty")`

// seen is what can be read on the page of the elements that a selector finds.
func (r *reader) seen(selector string) []string {
	r.t.Helper()
	return value[[]string](r, fmt.Sprintf(`[...document.querySelectorAll(%q)].filter(e => e.offsetParent).map(e => e.innerText)`, selector))
}

// TestPageLanguages switches languages at three widths: prose, labels, charts and the
// outline follow, and the file stays as it was.
func TestPageLanguages(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	r := openOwnLab(t, t.TempDir(), shippedNotebook, nil)
	r.until("the languages' control", `document.querySelector(".il-languages button").offsetParent`)
	for _, width := range []int64{700, 1250, 1900} {
		if err := chromedp.Run(r.ctx, chromedp.EmulateViewport(width, 900)); err != nil {
			t.Fatal(err)
		}
		r.language(both)
		r.until("both languages", r.shown("54-01-ko")+" && "+r.shown("54-01-en"))
		beside := fmt.Sprintf(`(([ko, en]) => Math.abs(ko.top - en.top) < 2 && ko.right <= en.left)([%s, %s].map(c => c.getBoundingClientRect()))`,
			r.cell("54-01-ko"), r.cell("54-01-en"))
		if got, want := value[bool](r, beside), width > 1000; got != want {
			r.fatal("at %d pixels side by side is %v", width, got)
		}
		r.language(korean)
		r.until("Korean alone", r.shown("54-01-ko")+" && !("+r.shown("54-01-en")+")")
		r.language(english)
		r.until("English alone", r.shown("54-01-en")+" && !("+r.shown("54-01-ko")+")")
	}
	if cells := r.seen(".jp-Notebook th"); slices.ContainsFunc(cells, func(s string) bool { return strings.Contains(s, "항목") }) {
		r.fatal("the tables in English have Korean heads: %q", cells)
	}
	chart := charted(t, shipped(t))[0]
	r.live(chart)
	title := r.chart(chart) + `.getOption().title[0].text`
	r.until("the chart in English", fmt.Sprintf(`(s => !/[가-힣]| · /.test(s))(%s)`, title))
	r.language(korean)
	r.until("the chart in Korean", fmt.Sprintf(`(s => /[가-힣]/.test(s) && !s.includes(" · "))(%s)`, title))
	r.language(both)
	r.until("the chart in both", title+`.includes(" · ")`)

	r.click("the outline", `document.querySelector("[data-id=table-of-contents]")`)
	const entries = `[...document.querySelectorAll(".jp-TableOfContents-content .jp-tocItem-heading")].map(e => e.innerText)`
	r.until("the outline in both languages", entries+`[1].includes(" · ")`)
	all := len(value[[]string](r, entries))
	r.language(english)
	r.until("the outline in English", entries+`.every(s => !/[가-힣]/.test(s))`)
	if n := len(value[[]string](r, entries)); n != all {
		t.Errorf("the outline has %d entries in English, and %d in both languages", n, all)
	}
	if value[bool](r, changedFile) {
		t.Error("reading in several languages changed the notebook")
	}

	// It is the reader's for good.
	r.open(shippedNotebook)
	r.until("English after the page was loaded again", `document.querySelector(".il-languages button:nth-child(2)").ariaPressed === "true"`)
	r.until("English alone again", r.shown("54-01-en")+" && !("+r.shown("54-01-ko")+")")
}

// TestPageTranslation reads in Japanese: what is translated, and the rest in English.
func TestPageTranslation(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	r := openOwnLab(t, t.TempDir(), "00-concurrency.ipynb", nil)
	r.until("the translation to be offered", `/日本語 \d+%/.test(document.querySelector(".il-languages")?.innerText)`)
	r.language(japanese)
	r.until("the title in Japanese", r.cell("00-00-en")+`.innerText.includes("並行性と並列性")`)
	r.until("a paragraph that is not translated", r.cell("00-05-en")+`.innerText.includes("⟨en⟩")`)
	r.language(english)
	r.until("the title in English", r.cell("00-00-en")+`.innerText.startsWith("Concurrency")`)
	if value[bool](r, changedFile) {
		t.Error("reading a translation changed the notebook")
	}
}

// TestPageTellsKernel runs cells after a switch: labels are in the reader's language,
// and neither the cells' numbers nor the file tell that the kernel was told.
func TestPageTellsKernel(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	nb := excerpt(t, "54-00-go", "54-02-ko", "54-02-en")
	nb.Cells = append(nb.Cells, &notebook.Cell{ID: "lang", Type: notebook.Code,
		Source: "import \"os\"\n\n%%\nfmt.Printf(\"<%s>\\n\", os.Getenv(\"INTERLEAVE_LANG\"))"})
	r := openOwnLab(t, t.TempDir(), "mine.ipynb", nb)
	for i, place := range []int{korean, english, both} {
		r.language(place)
		r.until("the file to be unchanged by the switch", fmt.Sprintf("%v || !(%s)", i > 0, changedFile))
		r.click("the cell", r.cell("lang")+`.querySelector(".cm-content")`)
		r.keys(kb.Enter, chromedp.KeyModifiers(input.ModifierCtrl))
		r.ran("lang", i+1)
		want := []string{"<ko>", "<en>", "<>"}[i]
		r.until("the cell to print "+want, fmt.Sprintf(`%s.querySelector(".jp-OutputArea").innerText.trim() === %q`, r.cell("lang"), want))
		if got := value[string](r, r.cell("lang")+`.querySelector(".jp-InputPrompt").textContent`); got != fmt.Sprintf("[%d]:", i+1) {
			t.Errorf("the cell has the number %s, and is run for the %d. time", got, i+1)
		}
	}
}

// TestPageWhileCellsRun switches in the middle of Run All: every cell runs, in its order, and
// what it shows is in the language chosen last.
func TestPageWhileCellsRun(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	nb := excerpt(t, "54-00-go", "54-02-ko", "54-02-en", "54-02-py", "54-02-go")
	nb.Cells = append(nb.Cells, raceCells()...)
	r := openOwnLab(t, t.TempDir(), "mine.ipynb", nb)
	r.menu("Run", "Run All Cells")
	r.language(korean)
	r.ran("54-00-go", 1)
	r.language(both)
	r.language(english)
	n := 0
	for _, c := range nb.Cells {
		if c.Type == notebook.Code {
			n++
			r.until(fmt.Sprintf("%s to have run as number %d", c.ID, n),
				fmt.Sprintf(`%s.querySelector(".jp-InputPrompt").textContent === "[%d]:"`, r.cell(c.ID), n))
		}
	}
	r.live("chart")
	r.until("the chart in English", fmt.Sprintf(`(s => !/[가-힣]| · /.test(s))(%s.getOption().title[0].text)`, r.chart("chart")))
}

// TestPageCode edits Python in a notebook whose kernel speaks Go.
func TestPageCode(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	nb := excerpt(t, "54-02-ko", "54-02-en", "54-02-py", "54-02-go")
	r := openOwnLab(t, t.TempDir(), "mine.ipynb", nb)
	py := r.cell("54-02-py")
	r.until("Python's colours", py+`.classList.contains("il-python")`)
	r.until("the line for the kernel to be set apart", py+`.querySelector(".cm-line.il-magic").innerText === "%%script python3"`)
	r.click("the Python cell", py+`.querySelector(".cm-content")`)
	r.keys(kb.End, chromedp.KeyModifiers(input.ModifierCtrl))
	r.keys("\r\rwhile True:\rcoun")
	r.until("Python's indentation", py+`.querySelector(".cm-content").innerText.includes("\n    coun")`)
	r.keys("\t")
	r.until("the cell's own words", `[...document.querySelectorAll(".jp-Completer-item, .jp-Notebook .cm-content")].some(e => e.innerText.includes("counter"))`)
	r.click("the Python cell", py+`.querySelector(".cm-content")`) // which closes what completes
	r.keys(kb.Home, chromedp.KeyModifiers(input.ModifierCtrl))
	r.keys("//")
	r.until("Go's colours once the line is no longer Python's", "!"+py+`.classList.contains("il-python")`)

	// Side by side, if the reader wants.
	if err := chromedp.Run(r.ctx, chromedp.EmulateViewport(1900, 900)); err != nil {
		t.Fatal(err)
	}
	r.click("the switch", `document.querySelector("[data-jp-item-name=interleave-pairs] button")`)
	r.until("the two side by side", fmt.Sprintf(`(([py, go]) => Math.abs(py.top - go.top) < 2 && py.right <= go.left)([%s, %s].map(c => c.getBoundingClientRect()))`,
		py, r.cell("54-02-go")))
}

// TestPageCalm opens each notebook: none counts as changed, also after its kernel has
// said what it is, and a saved script is no error.
func TestPageCalm(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	r := openOwnLab(t, t.TempDir(), shippedNotebook, nil)
	r.until("the kernel to be idle", `document.querySelector(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator")?.dataset.status === "idle"`)
	time.Sleep(2 * time.Second)
	if value[bool](r, changedFile) {
		t.Error("opening the notebook changed it")
	}
	r.look("54-04-py")
	r.until("the quiet line", r.cell("54-04-py")+`.querySelector(".il-saved").innerText.includes("counter.py")`)
	if background := value[string](r, `getComputedStyle(`+r.cell("54-04-py")+`.querySelector(".il-saved")).backgroundColor`); background != "rgba(0, 0, 0, 0)" {
		t.Errorf("the message of a saved script has the background %s", background)
	}
	// A long table shows its beginning.
	r.until("a folded table", `document.querySelector("table.il-long")`)
	value[bool](r, `(document.querySelector("table.il-long + .il-unfold").scrollIntoView({block: "center"}), true)`)
	r.click("what unfolds it", `document.querySelector("table.il-long + .il-unfold")`)
	r.until("all of the table", `[...document.querySelectorAll(".il-unfold[aria-expanded=true]")].length === 1`)
}

// TestPageWindowing scrolls from end to end in each of JupyterLab's modes: every cell
// comes into sight, and what is read moves with the scrolling alone.
func TestPageWindowing(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	for _, mode := range []string{"contentVisibility", "full", "defer", "none"} {
		t.Run(mode, func(t *testing.T) {
			settings := filepath.Join(t.TempDir(), "settings")
			data, err := json.Marshal(map[string]string{"windowingMode": mode})
			if err != nil {
				t.Fatal(err)
			}
			if err := writeFile(filepath.Join(settings, "@jupyterlab", "notebook-extension", "tracker.jupyterlab-settings"), data); err != nil {
				t.Fatal(err)
			}
			r := openOwnLab(t, settings, shippedNotebook, nil)
			if err := chromedp.Run(r.ctx, chromedp.EmulateViewport(1500, 900)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second) // cells are put on the page when there is time
			value[bool](r, `(window.scrolled = null, (async () => {
				const outer = document.querySelector(".jp-WindowedPanel-outer"), top = outer.getBoundingClientRect().top;
				const pause = () => new Promise(r => requestAnimationFrame(() => setTimeout(r, 80)));
				const cells = () => [...document.querySelectorAll(".jp-Notebook .jp-Cell")]
					.filter(c => c.getBoundingClientRect().height > 0 && getComputedStyle(c).opacity !== "0");
				const seen = new Set(), jumps = [];
				outer.scrollTop = 0;
				await pause();
				for (let last = -1; outer.scrollTop !== last;) {
					last = outer.scrollTop;
					for (const c of cells()) seen.add(c.dataset.windowedListIndex);
					const read = cells().find(c => c.getBoundingClientRect().bottom > top + 700) ?? cells().at(-1), was = read.getBoundingClientRect().top;
					outer.scrollTop += 600;
					await pause();
					const by = was - (outer.scrollTop - last) - read.getBoundingClientRect().top;
					if (read.isConnected && read.getBoundingClientRect().height > 0 && Math.abs(by) > 3) jumps.push(read.dataset.windowedListIndex + ": " + by);
				}
				window.scrolled = {seen: seen.size, jumps};
			})(), true)`)
			r.wait("the end of the scrolling", func() (ok bool) { return r.try("!!window.scrolled", &ok) == nil && ok })
			got := value[struct {
				Seen  int
				Jumps []string
			}](r, "window.scrolled")
			if want := len(r.saved().Cells); got.Seen != want {
				t.Errorf("%d of %d cells came into sight", got.Seen, want)
			}
			if len(got.Jumps) > 0 {
				t.Errorf("the text moved by itself: %q", got.Jumps)
			}
		})
	}
}

// TestPageWhatIsWhose changes a cell, looks at the difference, and puts it back.
func TestPageWhatIsWhose(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	r := openOwnLab(t, t.TempDir(), shippedNotebook, nil)
	r.language(english)
	r.until("outputs of another machine", r.cell("54-02-go")+`.querySelector(".il-origin")?.textContent === "elsewhere"`)
	r.until("an exercise that is open", r.cell("54-17-test")+`.querySelector(".il-origin")?.textContent.startsWith("open")`)
	value[bool](r, `(`+r.cell("54-02-go")+`.scrollIntoView({block: "center"}), true)`)
	r.click("the Go cell", r.cell("54-02-go")+`.querySelector(".cm-content")`)
	r.keys(kb.Home, chromedp.KeyModifiers(input.ModifierCtrl))
	r.keys("// mine\r")
	r.until("the mark", r.cell("54-02-go")+`.querySelector(".il-changes")`)
	r.until("the output to be of the old code", r.cell("54-02-go")+`.querySelector(".il-origin").innerText === "old code"`)
	r.click("what changed", r.cell("54-02-go")+`.querySelector(".il-changes button")`)
	r.until("the difference", r.cell("54-02-go")+`.querySelector(".il-line-new").innerText === "+ // mine"`)
	r.keys(kb.Escape)
	r.click("as shipped", r.cell("54-02-go")+`.querySelector(".il-changes button + button")`)
	r.until("the mark to go", "!"+r.cell("54-02-go")+`.querySelector(".il-changes")`)

	r.click("the steps", `document.querySelector("[data-id=interleave-steps]")`)
	r.until("the steps in English", `document.querySelector(".il-steps li:nth-child(3)").innerText.startsWith("A counter")`)
	r.click("a step", `document.querySelector(".il-steps li:nth-child(7) button")`)
	r.until("that step to be in sight", `(b => b.top > 0 && b.top < innerHeight)(`+r.cell("54-06-en")+`.getBoundingClientRect())`)
	r.until("that step to be the current one", `document.querySelector(".il-steps li:nth-child(7) [aria-current=step]")`)
	r.keys("s", chromedp.KeyModifiers(input.ModifierCtrl)) // else the browser asks before it leaves the page
	r.until("the notebook to be saved", "!"+changedFile)
	r.open(shippedNotebook)
	r.until("where the reader stopped", `document.querySelector(".il-go-on")?.innerText.startsWith("Continue: An order")`)
}

// TestPageNotes folds a reader's note, and translates it beside it.
func TestPageNotes(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	nb := excerpt(t, "54-02-ko", "54-02-en", "54-02-py", "54-02-go")
	note := &notebook.Cell{ID: "note-1", Type: notebook.Markdown, Source: "### 카운터\n\n센서의 값을 더한다.",
		Metadata: map[string]any{"interleave": map[string]any{"note": "notes.md", "part": json.Number("1"), "of": json.Number("1")}}}
	nb.Cells = slices.Insert(nb.Cells, 2, note)
	r := openOwnLab(t, t.TempDir(), "mine.ipynb", nb)
	if err := chromedp.Run(r.ctx, chromedp.EmulateViewport(1900, 900)); err != nil {
		t.Fatal(err)
	}
	r.until("the note in a column of its own", fmt.Sprintf(`(([en, note]) => Math.abs(en.top - note.top) < 2 && en.right <= note.left)([%s, %s].map(c => c.getBoundingClientRect()))`,
		r.cell("54-02-en"), r.cell("note-1")))
	r.click("the note's fold", r.cell("note-1")+`.querySelector(".il-own-bar button")`)
	r.until("the note to be folded", r.cell("note-1")+`.getBoundingClientRect().height < 60`)
	r.click("the note's fold", r.cell("note-1")+`.querySelector(".il-own-bar button")`)
	r.click("a translation", r.cell("note-1")+`.querySelector(".il-own-bar button:nth-of-type(2)")`)
	r.until("the cursor to be in a new cell", `document.activeElement.closest(".il-own.jp-MarkdownCell")?.dataset.windowedListIndex === "3"`)
	r.keys("### A counter")
	r.until("the translation beside the note", `(([note, mine]) => Math.abs(note.top - mine.top) < 2 && note.right <= mine.left)(
		[2, 3].map(i => document.querySelector(".jp-Notebook .jp-Cell[data-windowed-list-index='" + i + "']").getBoundingClientRect()))`)
}

// TestPageAccessible has axe-core look at all that the extension adds, in both themes.
func TestPageAccessible(t *testing.T) {
	labtest.Need(t, 3)
	t.Parallel()
	_, dir := nodeModules(t)
	axe, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	r := openOwnLab(t, t.TempDir(), shippedNotebook, nil)
	if err := chromedp.Run(r.ctx, chromedp.EmulateViewport(1900, 900)); err != nil {
		t.Fatal(err)
	}
	r.click("the steps", `document.querySelector("[data-id=interleave-steps]")`)
	r.until("the steps", `document.querySelectorAll(".il-steps li").length > 5`)
	r.click("the Go cell", r.cell("54-00-go")+`.querySelector(".cm-content")`)
	r.keys("// mine")
	r.until("a changed cell", `document.querySelector(".il-changes")`)
	r.keys(kb.Escape)
	value[bool](r, string(axe)+"\ntrue")
	for _, theme := range []string{"Light", "Dark"} {
		r.menu("Settings", "Theme", "JupyterLab "+theme)
		r.until("the theme", fmt.Sprintf(`document.body.dataset.jpThemeLight === "%v"`, theme == "Light"))
		value[bool](r, `(window.faults = null, axe.run({include: [".il-languages", ".il-steps", ".il-changes", ".il-origin", ".il-unfold", ".il-saved"]
			.filter(s => document.querySelector(s)).map(s => [s])}).then(found => {
				window.faults = found.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 160) + " " + n.failureSummary));
			}), true)`)
		r.until("axe's findings", `window.faults`)
		for _, fault := range value[[]string](r, "window.faults") {
			t.Errorf("%s: %s", theme, fault)
		}
	}
}
