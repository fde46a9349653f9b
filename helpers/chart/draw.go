package chart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// labEnv names the environment variable with the absolute path of the lab's folder.
const labEnv = "INTERLEAVE_LAB"

// drawer turns a JavaScript expression for chart options into an SVG.
type drawer func(expression string, width, height int) ([]byte, error)

// drawLimit is far above what any chart within the size limit takes.
const drawLimit = 40 * time.Second

var moduleLine = regexp.MustCompile(`(?m)^module\s+interleave\s*$`)

// findLab gives the folder with the installed tools: the one that the environment
// names, else the one of the module that the working directory lies in.
func findLab() (string, error) {
	if lab := os.Getenv(labEnv); lab != "" {
		if !filepath.IsAbs(lab) {
			return "", fmt.Errorf("find the lab's folder: %s is %q, which is no absolute path", labEnv, lab)
		}
		return lab, nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the lab's folder: %w", err)
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && moduleLine.Match(mod) {
			return filepath.Join(dir, ".lab"), nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("find the lab's folder: %s is not set, and neither %s nor a folder above it has the go.mod of interleave; start the lab with: go run ./kernel-setup lab", labEnv, wd)
		}
	}
}

// drawInLab draws with the lab's own drawing program.
func drawInLab(expression string, width, height int) ([]byte, error) {
	lab, err := findLab()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), drawLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(lab, "bin", "chartsvg"), "draw",
		"-e", filepath.Join(lab, "echarts", "echarts.qbc"),
		"-width", strconv.Itoa(width), "-height", strconv.Itoa(height))
	cmd.Stdin = strings.NewReader(expression)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err = cmd.Run()
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("draw the chart: not done after %v; draw less", drawLimit)
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("draw the chart: %w; install the drawing program with: go run ./kernel-setup install", err)
	case complaint.Len() > 0:
		return nil, errors.New(strings.TrimSpace(complaint.String()))
	}
	return nil, fmt.Errorf("draw the chart with %s: %w", cmd.Path, err)
}
