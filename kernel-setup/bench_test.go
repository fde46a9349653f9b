package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"interleave/helpers/measure"
	"interleave/kernel-setup/jupyter"
)

// chartCell is a cell that shows a chart; each edit changes it, so that it is
// compiled, linked and run anew.
func chartCell(edit int) string {
	return fmt.Sprintf(`%%noautoget
import (
	"interleave/helpers/chart"
	"interleave/helpers/lang"
)
%%%%
var bars []chart.Bar
for i := range 8 {
	bars = append(bars, chart.Bar{Name: lang.Same(fmt.Sprint(i)), Value: chart.Value{Median: float64(i * %d)}})
}
chart.Show(chart.Bars(chart.Title{Text: lang.Same("edit %[1]d")}, chart.Axis{}, bars...))`, edit)
}

// chartProgram is the same as a program of its own.
func chartProgram(edit int) string {
	cell := strings.TrimPrefix(chartCell(edit), "%noautoget\n")
	head, body, _ := strings.Cut(cell, "%%\n")
	return "package main\n\nimport \"fmt\"\n" + head + "\nfunc main() {\n" + body + "\n}\n"
}

// BenchmarkChartCell compares a chart cell in the lab with go build and a run of
// the same program without its picture, and with GoNB as it comes. Each round
// edits and runs all three, in turn, so that a slow moment of the machine touches
// all of them.
//
//	go test -run '^$' -bench ChartCell -benchtime 1x ./kernel-setup
func BenchmarkChartCell(b *testing.B) {
	l := installedLab(b, 3)
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	s := startBothKernels(b, l)
	kernel := func(name string) *jupyter.Kernel {
		k, err := s.NewKernel(ctx, name)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = k.Close(context.Background()) })
		return k
	}
	run := func(k *jupyter.Kernel, code string) (float64, error) {
		reply, err := k.Run(ctx, code)
		if err == nil && (reply.Status != "ok" || len(reply.HTML) == 0) {
			err = fmt.Errorf("the cell replied %s: %s%s", reply.Status, reply.Text, reply.Errors)
		}
		return reply.Elapsed.Seconds(), err
	}
	ours, plain := kernel("gonb"), kernel("gonb-plain")
	// As it comes, GoNB has to be told where the module is.
	if _, err := plain.Run(ctx, "!*go mod edit -require=interleave@v0.0.0 -replace=interleave="+l.module+" && go mod tidy"); err != nil {
		b.Fatal(err)
	}
	program := programFolder(b, l)

	edit := 0
	var samples []measure.Sample
	var first measure.Sample
	for b.Loop() {
		var err error
		samples, err = measure.Repeat{Warmups: 2}.Alternate(ctx, measure.Seconds,
			func(context.Context) (float64, error) { edit++; return run(ours, chartCell(edit)) },
			func(context.Context) (float64, error) { edit++; return buildAndRun(ctx, program, edit) },
			func(context.Context) (float64, error) {
				edit++
				return run(plain, strings.TrimPrefix(chartCell(edit), "%noautoget\n"))
			},
		)
		if err != nil {
			b.Fatal(err)
		}
		first, err = measure.Repeat{Warmups: -1}.Run(ctx, measure.Seconds, func(context.Context) (float64, error) {
			k := kernel("gonb")
			edit++
			return run(k, chartCell(edit))
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	direct := samples[1]
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nwhat\tmedian (95 % interval)\t÷ go build and run")
	row := func(name string, s measure.Sample) {
		ratio, err := measure.Ratio(s, direct)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(table, "%s\t%v\t%v\n", name, s.Summary(), ratio.Summary())
	}
	row("chart cell, warm, edited", samples[0])
	row("go build and run, no picture", direct)
	row("chart cell, GoNB as it comes", samples[2])
	row("first chart cell of a fresh kernel", first)
	table.Flush()
	fmt.Printf("first ÷ warm (medians): %.2f\n", first.Summary().Median/samples[0].Summary().Median)
}

// startBothKernels starts the lab's Jupyter with the lab's kernel and, beside it,
// GoNB as it installs itself.
func startBothKernels(b *testing.B, l lab) *jupyter.Server {
	b.Helper()
	extra := b.TempDir()
	spec, err := json.Marshal(map[string]any{
		"argv":         []string{l.program("gonb"), "--kernel", "{connection_file}"},
		"display_name": "GoNB as it comes", "language": "go", "interrupt_mode": "message",
		"env": map[string]string{"PATH": l.path()},
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := writeFile(filepath.Join(extra, "kernels", "gonb-plain", "kernel.json"), spec); err != nil {
		b.Fatal(err)
	}
	port, err := jupyter.FreePort()
	if err != nil {
		b.Fatal(err)
	}
	argv := append(l.jupyterArgs(b.TempDir(), "", "", "127.0.0.1", port, false), "--KernelSpecManager.allowed_kernelspecs=gonb-plain")
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(append(os.Environ(), l.jupyterEnv()...), "JUPYTER_PATH="+extra)
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	s, err := jupyter.Start(ctx, port, cmd)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	return s
}

// programFolder makes a module of its own that uses ours, as a cell does.
func programFolder(b *testing.B, l lab) string {
	b.Helper()
	dir := b.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module program\n\ngo 1.26\n",
		"go.work": "go 1.26.0\n\nuse (\n\t.\n\t" + l.module + "\n)\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// buildAndRun compiles and runs the program, with the flags that cells have.
// Without a lab there is no picture.
func buildAndRun(ctx context.Context, dir string, edit int) (float64, error) {
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(chartProgram(edit)), 0o644); err != nil {
		return 0, err
	}
	env := append(os.Environ(), "GOFLAGS="+cellFlags(ctx), "INTERLEAVE_LAB="+dir)
	start := time.Now()
	for _, argv := range [][]string{{"go", "build", "-o", "program", "."}, {"./program"}} {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%s: %w\n%s", strings.Join(argv, " "), err, out)
		}
	}
	return time.Since(start).Seconds(), nil
}

// BenchmarkLabStart compares a start of the installed lab with a start of its
// JupyterLab alone, each from the command to the first answer.
//
//	go test -run '^$' -bench LabStart -benchtime 1x ./kernel-setup
func BenchmarkLabStart(b *testing.B) {
	l := installedLab(b, 3)
	ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
	defer cancel()
	work := b.TempDir()
	start := func(argv ...string) (float64, error) {
		port, err := jupyter.FreePort()
		if err != nil {
			return 0, err
		}
		for i := range argv {
			argv[i] = strings.ReplaceAll(argv[i], "PORT", strconv.Itoa(port))
		}
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir = l.module
		cmd.Env = append(os.Environ(), l.jupyterEnv()...)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		began := time.Now()
		s, err := jupyter.Start(ctx, port, cmd)
		if err != nil {
			return 0, err
		}
		took := time.Since(began).Seconds()
		// go run does not pass a signal on; its group gets it.
		_ = syscall.Kill(-s.PID, syscall.SIGTERM)
		s.Close()
		return took, nil
	}
	for b.Loop() {
		samples, err := measure.Repeat{}.Alternate(ctx, measure.Seconds,
			func(context.Context) (float64, error) {
				return start("go", "run", "./kernel-setup", "lab", "--no-browser", "--prefix", l.dir, "--dir", work, "--port", "PORT")
			},
			func(context.Context) (float64, error) {
				return start(l.venv("bin", "jupyter"), "lab", "--no-browser", "--allow-root", "--ServerApp.root_dir="+work, "--ServerApp.port=PORT")
			},
		)
		if err != nil {
			b.Fatal(err)
		}
		ratio, err := measure.Ratio(samples[0], samples[1])
		if err != nil {
			b.Fatal(err)
		}
		fmt.Printf("\ngo run ./kernel-setup lab  %v\njupyter lab alone          %v\nratio                      %v\n",
			samples[0].Summary(), samples[1].Summary(), ratio.Summary())
	}
}
