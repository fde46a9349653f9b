// Package chart shows charts and tables in a notebook. Any go-echarts chart
// becomes one output: a picture drawn by ECharts itself, with alternative text,
// the data as a folded table and a script that puts the live chart in the
// picture's place; and the data as plain text. So it is interactive where scripts
// run, a picture where they do not, and readable in a terminal.
package chart

import (
	"fmt"
	"io"
	"os"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"interleave/helpers/lang"
)

// Chart is what go-echarts' charts have in common.
type Chart interface {
	// Validate puts the data that the chart was given in their place.
	Validate()
	// JSON gives the options for ECharts.
	JSON() map[string]any
}

// limit is the size of one output in bytes, HTML and text together: a notebook
// with thirty charts must stay a file that GitHub shows.
const limit = 120 << 10

// Show shows c as one notebook output of 120 KiB at most, or outside a notebook
// prints its data. It never fails: where there is no picture, or not all of one,
// the output says why and what mends it, and still holds the data.
func Show(c Chart) { showLast(os.Stdout, c, "") }

// showLast shows c in place of what a [Live] of that name has shown. Where there is no
// notebook nobody sees a picture, and none is drawn.
func showLast(w io.Writer, c Chart, live string) {
	if !gonbui.IsNotebook {
		p, _ := tabulate(c)
		fmt.Fprintln(w, p.output().plain)
		return
	}
	show(w, live, buildLast(c, drawInLab, live))
}

// Table shows rows below header in the way that Show shows a chart's data. Rows
// may be shorter than the header. Columns of numbers are aligned to the right.
func Table(title lang.Text, header []lang.Text, rows [][]string) {
	t := table{rows: rows}
	for _, h := range header {
		t.header = append(t.header, h.String())
	}
	show(os.Stdout, "", tableOutput(title.String(), t))
}

// output is one display: the same content twice.
type output struct{ html, plain string }

// show shows o, in place of what has that name, if any.
func show(w io.Writer, name string, o output) {
	if !gonbui.IsNotebook {
		fmt.Fprintln(w, o.plain)
		return
	}
	send(name, o)
	// A cell's program that ends before GoNB has read the output loses it.
	gonbui.Sync()
	if err := gonbui.Error(); err != nil {
		fmt.Fprintf(w, "show a chart in the notebook: %v; restart the kernel\n%s\n", err, o.plain)
	}
}

func send(name string, o output) {
	gonbui.SendData(&protocol.DisplayData{DisplayID: name, Data: map[protocol.MIMEType]any{
		protocol.MIMETextHTML:  o.html,
		protocol.MIMETextPlain: o.plain,
	}})
}
