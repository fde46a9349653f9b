// Package machine tells what a notebook's figures were measured on.
package machine

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"interleave/helpers/chart"
	"interleave/helpers/lang"
	"interleave/helpers/measure"
	"interleave/helpers/python"
)

// Show shows a table of this machine: its cores, Go, GoNB, every CPython with
// its GIL, and openssl. What is missing is named with what needs it.
func Show() {
	chart.Table(lang.Text{Ko: "이 노트북을 실행하는 컴퓨터", En: "The machine this notebook runs on"},
		[]lang.Text{{Ko: "항목", En: "What"}, {Ko: "값", En: "Found"}}, rows(context.Background()))
}

func rows(ctx context.Context) [][]string {
	cores := fmt.Sprint(runtime.NumCPU())
	if p := runtime.GOMAXPROCS(0); p != runtime.NumCPU() {
		cores += fmt.Sprintf(" (GOMAXPROCS %d)", p)
	}
	row := func(what lang.Text, value string) []string { return []string{what.String(), value} }
	table := [][]string{
		row(lang.Text{Ko: "코어", En: "Cores"}, cores),
		row(lang.Text{Ko: "프로세서", En: "Processor"}, cmp.Or(processor(), runtime.GOARCH)),
		{"Go", strings.TrimPrefix(runtime.Version(), "go") + " " + runtime.GOOS + "/" + runtime.GOARCH},
		{"GoNB", module("github.com/janpfeifer/gonb")},
	}
	found, err := python.Find(ctx)
	for _, in := range found {
		table = append(table, []string{in.Name(), in.Version + ", " + gil(in)})
	}
	if err != nil { // it says that there are none, or which one does not run
		table = append(table, []string{"CPython", err.Error()})
	}
	table = append(table, []string{"OpenSSL", openssl(ctx)})
	if measure.Quick() {
		table = append(table, row(lang.Text{Ko: "빠른 모드", En: "Quick mode"},
			lang.Format(lang.Text{Ko: "%s=1: 실행 횟수를 줄였다", En: "%s=1: fewer runs"}, measure.QuickEnv).String()))
	}
	return table
}

func gil(in python.Interpreter) string {
	switch {
	case in.GIL && in.FreeThreaded:
		return lang.Text{Ko: "GIL을 켠 프리 스레드 빌드", En: "free-threaded build with its GIL on"}.String()
	case in.GIL:
		return lang.Text{Ko: "GIL 있음", En: "with the GIL"}.String()
	}
	return lang.Text{Ko: "GIL 없음", En: "without the GIL"}.String()
}

// module is the version of a module that this very program was built with.
func module(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == path {
				return dep.Version
			}
		}
	}
	return "?"
}

func openssl(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "openssl", "version").Output()
	if err != nil {
		return lang.Text{
			Ko: "없음: 암호화 예제는 건너뛴다",
			En: "none: the examples that encrypt are left out",
		}.String()
	}
	// "OpenSSL 3.0.19 27 Jan 2026 (Library: …)"
	if fields := strings.Fields(string(out)); len(fields) > 1 {
		return fields[1]
	}
	return strings.TrimSpace(string(out))
}
