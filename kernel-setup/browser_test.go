package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"interleave/kernel-setup/jupyter"
	"interleave/notebooks/nb/notebook"
)

// A reader is a person at a real browser with the lab open. When the test ends,
// what the browser complained of and what it asked other machines for fails it.
type reader struct {
	t      *testing.T
	ctx    context.Context
	server *jupyter.Server
	dir    string // holds the reader's copies of the notebooks
	path   string // of the notebook that is open, below dir

	mu       sync.Mutex
	abroad   []string // requests to other machines
	requests int
	channels map[network.RequestID]bool // WebSockets to a kernel
	answers  int                        // messages from a kernel
	messages []string                   // errors and warnings of ours on the console, exceptions
}

// installedBrowser is the Chromium that the doctor found.
func installedBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range browsers {
		if firstLine(t.Context(), name, "--version") == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium or Chrome on the PATH: go run ./kernel-setup test installs it or says how")
	return ""
}

// openLab opens a notebook of the shared server in a window of its own. Without content the
// notebook is the shipped one of that name.
func openLab(t *testing.T, name string, content *notebook.Notebook) *reader {
	t.Helper()
	server, work := sharedServer(t, installedLab(t, 2))
	// A folder of its own keeps its notebooks from those of other tests.
	folder := strings.ReplaceAll(t.Name(), "/", "-")
	if content == nil {
		var err error
		if content, err = notebook.ReadFile(filepath.Join(work, name)); err != nil {
			t.Fatal(err)
		}
	}
	return openOn(t, server, work, filepath.Join(folder, name), content)
}

// openOwnLab starts a lab of the test's own for a reader whose settings are in a folder, as
// what they choose is kept there, and opens a notebook in a window.
func openOwnLab(t *testing.T, settings, name string, content *notebook.Notebook, args ...string) *reader {
	t.Helper()
	work := t.TempDir()
	server := ownServer(t, installedLab(t, 2), work, settingsIn(settings), args...)
	if content == nil {
		var err error
		if content, err = notebook.ReadFile(filepath.Join(work, name)); err != nil {
			t.Fatal(err)
		}
	}
	return openOn(t, server, work, name, content)
}

// openOn opens a notebook, below the folder of a server, in a window of its own.
func openOn(t *testing.T, server *jupyter.Server, work, path string, content *notebook.Notebook) *reader {
	t.Helper()
	r := &reader{t: t, server: server, dir: work, channels: make(map[network.RequestID]bool)}
	if err := os.MkdirAll(filepath.Dir(filepath.Join(work, path)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := notebook.WriteFile(filepath.Join(work, path), content.Marshal()); err != nil {
		t.Fatal(err)
	}
	browser := sharedBrowser(t)
	// A window, not a tab, which would stand still behind the others.
	window, err := target.CreateTarget("about:blank").WithNewWindow(true).Do(cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser))
	if err != nil {
		t.Fatalf("open a window of the browser: %v", err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(window))
	t.Cleanup(cancel)
	r.ctx = ctx
	t.Cleanup(r.complain)
	chromedp.ListenTarget(ctx, r.listen)
	// Several windows at once, and each behaves as the one in front.
	if err := chromedp.Run(ctx, emulation.SetFocusEmulationEnabled(true)); err != nil {
		t.Fatalf("open a window of the browser: %v", err)
	}
	r.open(path)
	return r
}

// theBrowser is started by the first test that needs it.
var theBrowser struct {
	once sync.Once
	ctx  context.Context
	err  error
}

// sharedBrowser returns the context of a running Chromium, which tests open windows of.
func sharedBrowser(t *testing.T) context.Context {
	t.Helper()
	path := installedBrowser(t)
	theBrowser.once.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path),
			chromedp.Flag("disable-component-update", true),
			// What would leave the machine does not get far, and is in abroad.
			chromedp.Flag("no-proxy-server", true),
			chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
			chromedp.Flag("lang", "en-US"),
			chromedp.Flag("no-sandbox", os.Geteuid() == 0),
			chromedp.WSURLReadTimeout(time.Minute), // a busy machine starts it slowly
			chromedp.WindowSize(1280, 900))
		allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
		theBrowser.ctx, _ = chromedp.NewContext(allocator)
		if theBrowser.err = chromedp.Run(theBrowser.ctx); theBrowser.err != nil {
			theBrowser.err = fmt.Errorf("start %s: %w", path, theBrowser.err)
		}
	})
	if theBrowser.err != nil {
		t.Fatal(theBrowser.err)
	}
	return theBrowser.ctx
}

// open goes to a notebook of the folder and waits until it can be used.
func (r *reader) open(name string) {
	r.t.Helper()
	r.path = name
	// Each window has a workspace of its own: the notebooks that it has open.
	workspace := regexp.MustCompile(`[^a-zA-Z0-9]+`).ReplaceAllString(r.t.Name(), "-")
	address := r.server.URL + "lab/workspaces/" + workspace + "/tree/" + filepath.ToSlash(name) + "?token=" + url.QueryEscape(r.server.Token)
	if err := chromedp.Run(r.ctx, chromedp.Navigate(address)); err != nil {
		r.t.Fatalf("open %s: %v", address, err)
	}
	r.until("the notebook's cells to be there", fmt.Sprintf(`document.querySelectorAll(".jp-Notebook .jp-Cell").length >= %d`, len(r.saved().Cells)))
	r.until("the splash screen to go", `!document.querySelector("#jupyterlab-splash")`)
	r.wait("the kernel to answer", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.answers > 0
	})
}

// listen notes what the browser asks for and complains of.
func (r *reader) listen(event any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		r.request(e.Request.URL)
	case *network.EventWebSocketCreated:
		r.request(e.URL)
		r.channels[e.RequestID] = strings.Contains(e.URL, "/api/kernels/")
	case *network.EventWebSocketFrameReceived:
		if r.channels[e.RequestID] {
			r.answers++
		}
	case *target.EventAttachedToTarget:
		if e.TargetInfo.URL != "" { // a worker; what it asks for itself would not be seen here
			r.request(e.TargetInfo.URL)
		}
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, arg := range e.Args {
			words = append(words, strings.Trim(string(arg.Value), `"`)+arg.Description)
		}
		text := strings.Join(words, " ")
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeAssert || strings.HasPrefix(text, "interleave:") {
			r.messages = append(r.messages, fmt.Sprintf("console.%s: %s", e.Type, text))
		}
	case *runtime.EventExceptionThrown:
		r.messages = append(r.messages, "uncaught: "+e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError {
			r.messages = append(r.messages, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	}
}

func (r *reader) request(address string) {
	r.requests++
	u, err := url.Parse(address)
	if err != nil || u.Host != "" && u.Hostname() != "127.0.0.1" {
		r.abroad = append(r.abroad, address)
	}
}

// complaints is what a lab in order gives no cause for.
func (r *reader) complaints() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, address := range r.abroad {
		all = append(all, "a request left the machine: "+address)
	}
	return append(all, r.messages...)
}

func (r *reader) complain() {
	if r.requests == 0 {
		r.t.Error("no request of the browser was seen: this test can prove nothing")
	}
	for _, c := range r.complaints() {
		r.t.Error(c)
	}
}

// fatal ends the test with a picture of what the reader sees.
func (r *reader) fatal(format string, args ...any) {
	r.t.Helper()
	said := fmt.Sprintf(format, args...)
	for _, c := range r.complaints() {
		said += "\n  " + c
	}
	server := strings.Split(strings.TrimSpace(r.server.Log()), "\n")
	r.t.Fatalf("%s\n  screenshot: %s\n  the server's last lines:\n    %s", said, r.screenshot(),
		strings.Join(server[max(0, len(server)-15):], "\n    "))
}

// screenshot gives the path of a picture of the page that outlives the test.
func (r *reader) screenshot() string {
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	var picture []byte
	if err := chromedp.Run(ctx, chromedp.CaptureScreenshot(&picture)); err != nil {
		return err.Error()
	}
	folder := os.TempDir()
	if f := flag.Lookup("test.artifacts"); f != nil && f.Value.String() == "true" {
		folder = r.t.ArtifactDir() // without the flag it goes with the test
	}
	file, err := os.CreateTemp(folder, strings.ReplaceAll(r.t.Name(), "/", "-")+"-*.png")
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	if _, err := file.Write(picture); err != nil {
		return err.Error()
	}
	return file.Name()
}

// try evaluates JavaScript in the page, into v.
func (r *reader) try(js string, v any) error {
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate(js, v))
}

// value is what an expression of JavaScript gives in the page.
func value[T any](r *reader, js string) T {
	r.t.Helper()
	var v T
	if err := r.try(js, &v); err != nil {
		r.fatal("evaluate %s: %v", js, err)
	}
	return v
}

// until waits for an expression to become true in the page.
func (r *reader) until(what, js string) {
	r.t.Helper()
	r.wait(what+": "+js, func() (ok bool) { return r.try("!!("+js+")", &ok) == nil && ok })
}

// wait waits for something to become true.
func (r *reader) wait(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.fatal("waited %v for %s", patience, what)
		}
	}
}

// click waits for the element that an expression gives to stand still where it
// can be reached, and clicks into its middle, or twice.
func (r *reader) click(what, js string, options ...chromedp.MouseOption) {
	r.t.Helper()
	box := fmt.Sprintf(`(e => {
		if (!e) return null;
		const b = e.getBoundingClientRect(), x = b.x + b.width / 2, y = b.y + b.height / 2;
		const hit = document.elementFromPoint(x, y), own = e.nodeType ? e : e.startContainer.parentElement;
		return b.width && hit && (own.contains(hit) || hit.contains(own)) ? [x, y] : null;
	})(%s)`, js)
	var was []float64
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		var now []float64
		_ = r.try(box, &now)
		if len(now) == 2 && len(was) == 2 && now[0] == was[0] && now[1] == was[1] {
			break
		}
		if was = now; time.Now().After(deadline) {
			r.fatal("waited %v for %s to be there to click: %s", patience, what, js)
		}
	}
	// A menu's item is taken by the pointer that has moved over it.
	if err := chromedp.Run(r.ctx, chromedp.MouseEvent(input.MouseMoved, was[0], was[1]),
		chromedp.MouseClickXY(was[0], was[1], options...)); err != nil {
		r.fatal("click %s: %v", what, err)
	}
}

// menu chooses from JupyterLab's menu, one name for each level.
func (r *reader) menu(names ...string) {
	r.t.Helper()
	for i, name := range names {
		class := ".lm-Menu-item .lm-Menu-itemLabel"
		if i == 0 {
			class = ".lm-MenuBar-itemLabel"
		}
		r.click("the menu "+strings.Join(names[:i+1], " → "),
			fmt.Sprintf(`[...document.querySelectorAll(%q)].find(e => e.textContent === %q)`, class, name))
	}
}

// keys types on the keyboard.
func (r *reader) keys(text string, options ...chromedp.KeyOption) {
	r.t.Helper()
	if err := chromedp.Run(r.ctx, chromedp.KeyEvent(text, options...)); err != nil {
		r.fatal("type %q: %v", text, err)
	}
}

// cell is JavaScript for the element of a cell, by the cell's id.
func (r *reader) cell(id string) string {
	r.t.Helper()
	for i, c := range r.saved().Cells {
		if c.ID == id {
			return fmt.Sprintf(`document.querySelector(".jp-Notebook .jp-Cell[data-windowed-list-index='%d']")`, i)
		}
	}
	r.t.Fatalf("%s has no cell %s", r.path, id)
	return ""
}

// saved is the notebook as it is on the disk.
func (r *reader) saved() *notebook.Notebook {
	r.t.Helper()
	nb, err := notebook.ReadFile(filepath.Join(r.dir, r.path))
	if err != nil {
		r.t.Fatal(err)
	}
	return nb
}

// chart is JavaScript for the live chart in a cell: an ECharts instance with a
// drawing in it, in the place of the picture; otherwise null.
func (r *reader) chart(id string) string {
	r.t.Helper()
	return fmt.Sprintf(`(cell => {
		const picture = cell.querySelector("[class^=interleave-chart-] > img");
		const stage = cell.querySelector("[class^=interleave-chart-] > [_echarts_instance_]");
		const drawing = stage && stage.querySelector("svg, canvas");
		if (!picture || picture.offsetWidth || !drawing || drawing.getBoundingClientRect().height < 200) return null;
		return window.interleaveCharts.lib.getInstanceByDom(stage) || null;
	})(%s)`, r.cell(id))
}

// look scrolls a cell's output to the top of the window, as far as that goes.
func (r *reader) look(id string) {
	r.t.Helper()
	value[bool](r, fmt.Sprintf(`(cell => { (cell.querySelector(".jp-OutputArea-output") || cell).scrollIntoView({block: "start"}); return true; })(%s)`, r.cell(id)))
}

// live looks at a cell and waits for its live chart.
func (r *reader) live(id string) {
	r.t.Helper()
	r.until(id+" to be there", r.cell(id))
	r.look(id)
	r.until("the live chart of "+id, r.chart(id))
}

// ran waits until a cell has its number, which it gets when its run is over.
func (r *reader) ran(id string, least int) {
	r.t.Helper()
	r.until(fmt.Sprintf("%s to have run as number %d or later", id, least),
		fmt.Sprintf(`parseInt(%s.querySelector(".jp-InputPrompt").textContent.slice(1)) >= %d`, r.cell(id), least))
}

// output is the text of a cell's outputs.
func (r *reader) output(id string) string {
	r.t.Helper()
	return value[string](r, fmt.Sprintf(`(area => {
		const copy = area.cloneNode(true);
		copy.querySelectorAll("script").forEach(script => script.remove());
		return copy.textContent;
	})(%s.querySelector(".jp-OutputArea"))`, r.cell(id)))
}
