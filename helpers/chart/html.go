package chart

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"html"
	"strings"
	"sync"

	"github.com/dustin/go-humanize"

	"interleave/helpers/lang"
)

var (
	//go:embed layout.js
	layoutSource string
	//go:embed live.js
	liveSource string
	//go:embed adopt.js
	adoptSource string

	layoutScript = strip(layoutSource)
	adoptScript  = strip(adoptSource)
	liveScript   = strings.NewReplacer("CDN", `"`+cdn+`"`, "INTEGRITY", `"`+integrity+`"`, "INKS", liveInks).Replace(strip(liveSource))
)

// Where no Jupyter server has ECharts, it comes from here, and only these bytes do.
const (
	cdn       = "https://cdn.jsdelivr.net/npm/echarts@5.6.0/dist/echarts.min.js"
	integrity = "sha384-pPi0zxBAoDu6+JXW/C68UZLvBUUtU+7zonhif43rqj7pxsGyqyqzcian2Rj37Rss"
)

// unpackScript runs what pack has packed, piece after piece, with the element that
// it stands in as interleaveBox. Where a browser cannot (one from before 2023) or a
// page's policy forbids it, the picture stays.
const unpackScript = `(function(){` +
	`var own=document.currentScript&&document.currentScript.parentNode;` +
	`Promise.all(Array.from(arguments,function(packed){` +
	`var bytes=Uint8Array.from(atob(packed),function(c){return c.charCodeAt(0)});` +
	`return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text()` +
	`})).then(function(code){new Function("interleaveBox",code.join("\n"))(own)})` +
	`.catch(function(e){console.warn("interleave: the picture stays:",e)})})`

// commonScript is the same in all outputs, and packed once.
var commonScript = sync.OnceValue(func() string {
	return pack("var interleaveLay=" + layoutScript + ",interleaveShow=" + liveScript + ";")
})

// pack makes a script small: it weighs as much as the picture otherwise, in each
// output of a notebook.
func pack(script string) string {
	var b bytes.Buffer
	// Writes to a Buffer do not fail, and the level exists.
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write([]byte(script))
	_ = z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// strip leaves comments and indentation out of our scripts: each output carries them.
func strip(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

// build makes c's output of limit bytes at most.
func build(c Chart, draw drawer) output { return buildLast(c, draw, "") }

// buildLast makes c's output for where the updates of a [Live] have been.
func buildLast(c Chart, draw drawer, live string) output {
	p, o := tabulate(c)
	p.live = live
	if o == nil {
		return p.output()
	}
	return p.fit(o, draw)
}

// tabulate gives c's page with its tables, and the options to draw; none where they
// cannot be read, which the page then says.
func tabulate(c Chart) (page, options) {
	p, o, d, err := open(c)
	switch {
	case err != nil:
		p.problems = []string{problem(err)}
		if d != nil {
			p.tables = []table{d.table}
		}
		return p, nil
	case d == nil:
		p.tables = []table{o.deriveTable(o.series())}
	default:
		p.tables = []table{d.table}
		if s := o.series(); len(s) > d.series {
			p.tables = append(p.tables, o.deriveTable(s[d.series:]))
		}
	}
	return p, o
}

// open gives c's options ready to be drawn, what its builder said about it, or nil,
// and its page without the content.
func open(c Chart) (page, options, *details, error) {
	o, d, width, height, err := readOptions(c)
	if err != nil {
		return page{title: fmt.Sprintf("%T", c)}, nil, d, err
	}
	o.complete(d == nil)
	if d != nil && d.powers {
		for _, axis := range o.list("xAxis") {
			axis.(map[string]any)["logBase"] = 2
		}
	}
	p := page{alt: o.alt(d), height: height, width: width}
	p.title, p.below = o.title()
	o.sayIfEmpty()
	return p, o, d, nil
}

// problem puts an error before a reader. Errors themselves are in English.
func problem(err error) string {
	return lang.Text{Ko: "그림을 그리지 못했다", En: "there is no picture"}.String() + ": " + err.Error()
}

// sayIfEmpty keeps a chart without data from looking like a broken one.
func (o options) sayIfEmpty() {
	for _, s := range o.series() {
		if len(items(s)) > 0 {
			return
		}
	}
	if o["dataset"] == nil && o["graphic"] == nil {
		o["graphic"] = map[string]any{"type": "text", "left": "center", "top": "middle", "style": map[string]any{
			"text": lang.Text{Ko: "데이터 없음", En: "no data"}.String(), "fontSize": 14, "fill": "#797979"}}
	}
}

// page is what goes into one output.
type page struct {
	title, below  string
	alt           string
	tables        []table
	problems      []string
	svg           []byte // nil: no picture
	options       string // empty: no live chart
	width, height int
	elements      int
	live          string // the name of the [Live] whose output it is; empty: nobody's
}

// scriptRoom is how many bytes of options can pass at all, with a picture of them
// beside: no need to draw what is larger.
const scriptRoom = 64 << 10

// fit draws o, all of it or what fits, and says what it leaves out.
func (p page) fit(o options, draw drawer) output {
	for k := 1; ; k += max(1, k/2) {
		q, now, kept, of := p, o, 0, 0
		if k > 1 {
			now, kept, of = o.thin(k)
			q.say(lang.Format(lang.Text{
				Ko: "크기 제한 때문에 그림에는 점 %[2]s개 가운데 %[1]s개만 있다",
				En: "to stay within the size limit the picture shows %s of %s points",
			}, humanize.Comma(int64(kept)), humanize.Comma(int64(of))))
		}
		_, less, _ := o.thin(2 * k)
		_, least, _ := o.thin(k)
		spare := less < least
		q.options = now.expression()
		if len(q.options) > scriptRoom && spare {
			continue
		}
		q.elements = now.elements()
		svg, err := draw(fmt.Sprintf("(%s)(%s,%d,%s,echarts,%d).option", layoutScript, q.options, p.width, stillInk, p.height), p.width, p.height)
		if err != nil {
			q.problems = append(q.problems, problem(err))
		}
		q.svg = svg
		out := q.output()
		if out.size() <= limit {
			return out
		}
		if !spare {
			return q.drop()
		}
	}
}

// elements is how many of them a chart's points become in a page: a line without
// symbols and gaps is one.
func (o options) elements() int {
	n := 0
	for _, s := range o.series() {
		data, _ := s["data"].([]any)
		if s["type"] == "line" && s["symbol"] == "none" && len(split(data)) < 2 {
			n++
			continue
		}
		n += len(data)
	}
	return n
}

func (o output) size() int { return len(o.html) + len(o.plain) }

// drop leaves out the live chart, then the picture.
func (p page) drop() output {
	p.options = ""
	p.say(lang.Text{Ko: "차트가 너무 커서 움직이지 않는 그림만 있다", En: "the chart is too large for more than a still picture"})
	if out := p.output(); p.svg != nil && out.size() <= limit {
		return out
	}
	p.svg = nil
	p.problems = p.problems[:len(p.problems)-1]
	p.say(lang.Text{Ko: "차트가 너무 커서 표만 있다; 더 적은 데이터를 그려 보라", En: "the chart is too large for more than its table; draw less data"})
	return p.output()
}

func (p *page) say(t lang.Text) {
	p.problems = append(p.problems[:len(p.problems):len(p.problems)], t.String())
}

func (p page) output() output {
	var plain, body strings.Builder
	plain.WriteString(oneLine(p.title) + "\n")
	for line := range strings.Lines(p.below) {
		plain.WriteString(oneLine(line) + "\n")
	}
	if p.svg != nil {
		fmt.Fprintf(&body, `<img src="data:image/svg+xml;base64,%s" width="%d" height="%d" style="max-width:100%%;height:auto" alt="%s">`+"\n",
			base64.StdEncoding.EncodeToString(p.svg), p.width, p.height, html.EscapeString(p.alt))
	} else {
		fmt.Fprintf(&body, "<p><b>%s</b></p>\n", html.EscapeString(oneLine(p.title)))
	}
	for _, problem := range p.problems {
		said := clip(problem, 2000)
		fmt.Fprintf(&body, "<p>⚠ %s</p>\n", html.EscapeString(said))
		plain.WriteString("! " + said + "\n")
	}
	open := ""
	if p.svg == nil {
		open = " open"
	}
	fmt.Fprintf(&body, "<details%s><summary>%s</summary>\n", open, lang.Text{Ko: "데이터", En: "data"})
	for _, t := range p.tables {
		plain.WriteString("\n" + t.text(t.room()/len(p.tables)))
		body.WriteString(t.html(t.room()/len(p.tables)) + "\n")
	}
	body.WriteString("</details>\n")
	return output{html: p.wrap(body.String()), plain: plain.String()}
}

// wrap puts a page's body into its element, and the script that brings it to life.
func (p page) wrap(body string) string {
	if p.options == "" {
		return "<div>\n" + body + "</div>"
	}
	renderer := "svg"
	if p.elements > 1500 {
		// So many elements make a page slow.
		renderer = "canvas"
	}
	// Equal charts have equal names, but for those of different Lives: each script
	// starts all that bear its own.
	sum := fnv.New64a()
	sum.Write([]byte(p.live + body + p.options))
	name, adopt := fmt.Sprintf("interleave-chart-%016x", sum.Sum64()), ""
	if p.live != "" {
		adopt = fmt.Sprintf("%s(%q,%d,document.currentScript&&document.currentScript.parentNode);", adoptScript, p.live, p.height)
	}
	return fmt.Sprintf("<div class=\"%s\">\n%s<script>%s%s(%q,%q)</script>\n</div>", name, body, adopt, unpackScript, commonScript(),
		pack(fmt.Sprintf("interleaveShow(%q,function(){return %s;},interleaveLay,%d,%q,interleaveBox,%q)", name, p.options, p.height, renderer, p.live)))
}
