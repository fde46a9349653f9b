package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"time"

	"modernc.org/quickjs"
)

var (
	//go:embed stubs.js
	stubs string
	//go:embed draw.js
	drawer string
)

// mend is what puts the drawer and its bytecode right.
const mend = "mend it with: go run ./kernel-setup install"

// drawLimit ends a chart whose own functions never return.
const drawLimit = 30 * time.Second

// header opens every bytecode file. The engine runs bytecode unchecked, so that a
// file of another engine or a damaged one must be refused before it gets there.
func header(code []byte) []byte {
	return fmt.Appendf(nil, "chartsvg 1, QuickJS %s, %d bytes, crc32 %08x\n",
		quickjs.Version(), len(code), crc32.ChecksumIEEE(code))
}

// compile turns ECharts, with what it needs around it, into a bytecode file's content.
func compile(echarts string) ([]byte, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("start the JavaScript engine: %w", err)
	}
	defer vm.Close()
	code, err := vm.Compile(stubs+"\n"+echarts+"\n;\n"+drawer, quickjs.EvalGlobal)
	if err != nil {
		return nil, fmt.Errorf("the JavaScript engine refuses it: %w", err)
	}
	// Run it once: what cannot be loaded must fail at install, not in a cell.
	if err := load(vm, code); err != nil {
		return nil, err
	}
	return append(header(code), code...), nil
}

func readBytecode(file string) ([]byte, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("open the compiled ECharts: %w; %s", err, mend)
	}
	head, code, _ := bytes.Cut(content, []byte("\n"))
	if want := header(code); !bytes.Equal(append(head, '\n'), want) {
		return nil, fmt.Errorf("read the compiled ECharts in %s: it was made for another engine or is damaged (it says %.80q, this program needs %q); %s",
			file, head, bytes.TrimSpace(want), mend)
	}
	return code, nil
}

func load(vm *quickjs.VM, code []byte) error {
	if _, err := vm.EvalBytecode(code); err != nil {
		return fmt.Errorf("load ECharts: %w; %s", err, mend)
	}
	is, err := vm.Eval("typeof echarts === 'object' && typeof echarts.init", quickjs.EvalGlobal)
	if err != nil || is != "function" {
		return errors.New("load ECharts: it ran, and there is no echarts.init after it: not an ECharts build")
	}
	return nil
}

// draw gives the SVG of options, a JavaScript expression, at a size in CSS pixels.
// Each picture has an engine of its own: ids count up within one.
func draw(code []byte, options string, width, height int) (string, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return "", fmt.Errorf("start the JavaScript engine: %w", err)
	}
	defer vm.Close()
	if err := vm.SetEvalTimeout(drawLimit); err != nil {
		return "", fmt.Errorf("limit the JavaScript engine's time: %w", err)
	}
	if err := load(vm, code); err != nil {
		return "", err
	}
	svg, err := vm.Eval(fmt.Sprintf("chartsvg((%s\n), %d, %d)", options, width, height), quickjs.EvalGlobal)
	if err != nil {
		return "", fmt.Errorf("draw %d bytes of chart options: %w", len(options), err)
	}
	s, ok := svg.(string)
	if !ok {
		return "", fmt.Errorf("draw %d bytes of chart options: ECharts gave %T, not SVG text", len(options), svg)
	}
	return s, nil
}
