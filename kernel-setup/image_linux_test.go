package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"interleave/helpers/measure"
)

// TestImage builds the image from the Dockerfile and starts it as its user with the
// network off, and with nothing to write to but the home and the temporary folder. It
// needs root, buildah and debootstrap, and no container engine.
func TestImage(t *testing.T) {
	if os.Getenv(imageEnv) == "" {
		t.Skip("it takes minutes and is for: go run ./kernel-setup test --image --run TestImage")
	}
	b := newBuilder(t)
	image := b.build(t)
	image.tellSize(t)
	c := image.start(t)

	t.Run("healthy", func(t *testing.T) {
		c.healthy(t)
		t.Logf("healthy %.1f s after its start", time.Since(c.started).Seconds())
	})
	t.Run("user", func(t *testing.T) {
		c.allOf(t, "1000")
		if out := c.out(t, "locale"); !strings.Contains(out, "LC_ALL=\n") || !strings.Contains(out, "LC_CTYPE=\"ko_KR.UTF-8\"") {
			t.Errorf("the locale is not Korean:\n%s", out)
		}
		for _, path := range []string{"/opt/interleave/x", "/usr/x", "/etc/x", "/opt/go/mod/x"} {
			if c.exec(t.Context(), "touch", path) == nil {
				t.Errorf("the user can write %s", path)
			}
		}
	})
	t.Run("trust", func(t *testing.T) { c.trusted(t) })
	t.Run("doctor", func(t *testing.T) {
		found := c.out(t, "kernel-setup", "doctor")
		if strings.Contains(found, "MISSING") || !strings.Contains(found, "ok  page ") {
			t.Errorf("not all was found:\n%s", found)
		}
		t.Log("\n" + found)
	})
	t.Run("notebooks", func(t *testing.T) {
		t.Log("\n" + c.out(t, "sh", "-c", "mkdir /tmp/ran && INTERLEAVE_QUICK=1 nb run -o /tmp/ran/ >/tmp/ran.txt 2>&1 || { cat /tmp/ran.txt; exit 1; }; grep 'ran [0-9]' /tmp/ran.txt"))
		if out := c.out(t, "sh", "-c", "ls /tmp/ran/*.ipynb | wc -l"); strings.TrimSpace(out) != "5" {
			t.Errorf("not all notebooks were run: %s", out)
		}
		t.Log(c.out(t, "nb", "reset", "54"))
		c.noneLeft(t)
	})
	t.Run("interrupt", func(t *testing.T) {
		c.sleep(t)
		c.out(t, "python", "-c", serverKernel, "interrupt")
		c.until(t, "a kernel alone", func(all map[int]process) bool { return has(all, "gonb") && !has(all, "sleep") })
		c.out(t, "python", "-c", serverKernel, "end")
		c.noneLeft(t)
	})
	t.Run("stop", func(t *testing.T) {
		c.sleep(t)
		begun := time.Now()
		if err := syscall.Kill(c.pid, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		select {
		case <-c.ended:
			t.Logf("ended %.1f s after SIGTERM", time.Since(begun).Seconds())
		case <-time.After(10 * time.Second): // then an engine would kill it
			t.Error("it did not end within 10 s of SIGTERM")
		}
	})
	t.Run("first chart", func(t *testing.T) { image.firstChart(t) })
	t.Run("Binder", func(t *testing.T) {
		// It builds with a user of its own, and starts Jupyter by itself.
		image := b.build(t, "NB_USER=jovyan", "NB_UID=1234")
		c := image.start(t, "python3", "-c", `import os, sys, jupyterlab; os.execvp("jupyter-lab", sys.argv)`, "--ip=0.0.0.0", "--port=8888")
		c.healthy(t)
		c.allOf(t, "1234")
		c.trusted(t)
		if out := c.out(t, "sh", "-c", "pwd; ls work"); !strings.HasPrefix(out, "/home/jovyan\n") || !strings.Contains(out, "54-lock.ipynb") {
			t.Errorf("its home has no notebooks: %s", out)
		}
		c.out(t, "python", "-c", firstChart, chartCell(1))
		if out := c.out(t, "python", "-c", completions, "import \"interleave/helpers/chart\"\n%%\nchart.Ba"); !strings.Contains(out, "'Bars'") {
			t.Errorf("chart.Ba is completed to %s", out)
		}
		c.noneLeft(t)
	})
}

// serverKernel has the server start a kernel that runs a cell, or has it interrupt or end
// its kernels.
const serverKernel = `
import json, glob, sys, time, urllib.request
from jupyter_client import BlockingKernelClient
runtime = "/tmp/interleave/jupyter/runtime/"
token = json.load(open(glob.glob(runtime + "jpserver-*.json")[0]))["token"]
def ask(method, path="", body=b""):
    request = urllib.request.Request("http://127.0.0.1:8888/api/kernels" + path, body, method=method, headers={"Authorization": "token " + token})
    return json.loads(urllib.request.urlopen(request).read() or "null")
def until(kernel, state):
    while ask("GET", "/" + kernel)["execution_state"] != state:
        time.sleep(0.05)
if sys.argv[1] == "run":
    kernel = ask("POST", body=b'{"name": "gonb"}')["id"]
    client = BlockingKernelClient(connection_file=runtime + "kernel-%s.json" % kernel)
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(60)
    client.execute(sys.argv[2])
    until(kernel, "busy")
    client.stop_channels()
for kernel in ask("GET"):
    if sys.argv[1] == "interrupt":
        ask("POST", "/%s/interrupt" % kernel["id"])
        until(kernel["id"], "idle")
    elif sys.argv[1] == "end":
        ask("DELETE", "/" + kernel["id"])
`

// sleepingCell waits for a child that sleeps.
const sleepingCell = `import "os/exec"

%%
exec.Command("sleep", "1234").Run()`

// firstChart runs a cell in a new kernel, sees that it shows a chart, and prints how
// many seconds it took.
const firstChart = `
import sys, time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="gonb")
try:
    shown = []
    begun = time.monotonic()
    client.execute_interactive(sys.argv[1], timeout=120, output_hook=lambda message: shown.append(message["content"]))
    took = time.monotonic() - begun
    if not any("text/html" in content.get("data", {}) for content in shown):
        sys.exit("no chart: %s" % shown)
    print(took)
finally:
    client.stop_channels()
    manager.shutdown_kernel()`

// sleep has a cell sleep in a kernel of the server's.
func (c *container) sleep(t *testing.T) {
	t.Helper()
	c.out(t, "python", "-c", serverKernel, "run", sleepingCell)
	c.until(t, "a cell that sleeps", func(all map[int]process) bool { return has(all, "sleep") })
}

// completions prints what a new kernel completes a cell with.
const completions = `
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="gonb")
try:
    print(client.complete(sys.argv[1], reply=True, timeout=60)["content"]["matches"])
finally:
    client.stop_channels()
    manager.shutdown_kernel()`

// firstChart compares the first chart cell of a new container with the first one of a
// new kernel of this machine's lab.
func (i image) firstChart(t *testing.T) {
	l := installedLab(t, 3)
	edit := 0
	seconds := func(command func(argv ...string) *exec.Cmd) (float64, error) {
		edit++ // every cell is another, so that it is compiled
		out, err := command("python", "-c", firstChart, chartCell(edit)).Output()
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			return 0, fmt.Errorf("%w\n%s", err, lastLines(failed.Stderr))
		} else if err != nil {
			return 0, err
		}
		return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	}
	samples, err := measure.Repeat{}.Alternate(t.Context(), measure.Seconds,
		func(ctx context.Context) (float64, error) {
			c := i.start(t)
			defer c.kill()
			c.healthy(t)
			return seconds(func(argv ...string) *exec.Cmd { return c.command(ctx, argv...) })
		},
		func(ctx context.Context) (float64, error) {
			return seconds(func(argv ...string) *exec.Cmd {
				cmd := exec.CommandContext(ctx, l.venv("bin", argv[0]), argv[1:]...)
				cmd.Env = append(os.Environ(), l.jupyterEnv()...)
				return cmd
			})
		})
	if err != nil {
		t.Fatal(err)
	}
	ratio, err := measure.Ratio(samples[0], samples[1])
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("container %v, this machine %v: %v", samples[0].Summary(), samples[1].Summary(), ratio.Summary())
	if ratio.Summary().Lo > 1.2 {
		t.Error("the first chart takes more than 1.2 times as long in the container")
	}
}
