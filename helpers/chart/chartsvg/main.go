// Command chartsvg draws charts with Apache ECharts, without a browser: chart
// options in, SVG out. It is a program of its own so that a notebook cell never
// links a JavaScript engine.
//
//	chartsvg compile -o echarts.qbc echarts.min.js   # once, at install
//	chartsvg draw -e echarts.qbc <options >chart.svg # for every chart
//
// The options are a JavaScript expression: JSON, or JSON with functions in it.
// Equal options give equal bytes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

const usage = `usage: chartsvg compile -o FILE.qbc ECHARTS.js
       chartsvg draw [-e FILE.qbc] [-width PIXELS] [-height PIXELS] <OPTIONS >SVG
`

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(os.Stderr, usage)
			os.Exit(2)
		}
		fmt.Fprintln(os.Stderr, "chartsvg:", err)
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) == 0 {
		return flag.ErrHelp
	}
	switch args[0] {
	case "compile":
		return runCompile(args[1:])
	case "draw":
		return runDraw(args[1:], in, out)
	case "-h", "-help", "--help", "help":
		return flag.ErrHelp
	}
	return fmt.Errorf("run %q: there is no such command; the commands are compile and draw", args[0])
}

func runCompile(args []string) error {
	flags := flag.NewFlagSet("compile", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	to := flags.String("o", "", "where the bytecode goes")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("read the arguments of compile: %w; try chartsvg help", err)
	}
	if *to == "" || flags.NArg() != 1 {
		return errors.New("compile: -o FILE.qbc and one ECharts file are needed; try chartsvg help")
	}
	source, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		return fmt.Errorf("compile ECharts: %w; it comes from the npm package echarts, as dist/echarts.min.js", err)
	}
	code, err := compile(string(source))
	if err != nil {
		return fmt.Errorf("compile %s: %w", flags.Arg(0), err)
	}
	// Renamed into place, so that a cell that draws meanwhile never sees half a file.
	tmp := *to + ".part"
	if err := os.WriteFile(tmp, code, 0o644); err != nil {
		return fmt.Errorf("compile %s: %w", flags.Arg(0), err)
	}
	return os.Rename(tmp, *to)
}

func runDraw(args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("draw", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	from := flags.String("e", "", "the compiled ECharts; default ../echarts/echarts.qbc beside this program's folder")
	width := flags.Int("width", 760, "in CSS pixels")
	height := flags.Int("height", 420, "in CSS pixels")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("read the arguments of draw: %w; try chartsvg help", err)
	}
	if *width < 1 || *height < 1 || *width > 10_000 || *height > 10_000 {
		return fmt.Errorf("draw %d by %d pixels: width and height must lie between 1 and 10000", *width, *height)
	}
	if *from == "" {
		exe, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find the compiled ECharts beside this program: %w; name it with -e", err)
		}
		*from = filepath.Join(filepath.Dir(exe), "..", "echarts", "echarts.qbc")
	}
	code, err := readBytecode(*from)
	if err != nil {
		return err
	}
	options, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read the chart options from standard input: %w", err)
	}
	svg, err := draw(code, string(options), *width, *height)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, shrink(svg))
	return err
}
