package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestImage builds the image from the Dockerfile and starts it as its user with the
// network off, and with nothing to write to but the home and the temporary folder. It
// needs root, buildah and debootstrap, and no container engine.
func TestImage(t *testing.T) {
	if os.Getenv(imageEnv) == "" {
		t.Skip("it takes minutes and is for: go run ./kernel-setup test --image")
	}
	image := buildImage(t)
	image.tellSize(t)
	c := image.start(t)

	t.Run("healthy", func(t *testing.T) {
		check := image.Healthcheck.Test[1:]
		for c.exec(t.Context(), check...) != nil {
			if time.Since(c.started) > time.Minute {
				t.Fatalf("the container is not healthy a minute after its start:\n%s", c.output.String())
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Logf("healthy %.1f s after its start", time.Since(c.started).Seconds())
	})
	t.Run("user", func(t *testing.T) {
		for pid, p := range c.processes(t) {
			if p.uid != "1000" {
				t.Errorf("process %d, %s, runs as user %s, not 1000", pid, p.name, p.uid)
			}
		}
		if out := c.out(t, "locale"); !strings.Contains(out, "LC_ALL=\n") || !strings.Contains(out, "LC_CTYPE=\"ko_KR.UTF-8\"") {
			t.Errorf("the locale is not Korean:\n%s", out)
		}
		for _, path := range []string{"/opt/interleave/x", "/usr/x", "/etc/x", "/opt/go/mod/x"} {
			if c.exec(t.Context(), "touch", path) == nil {
				t.Errorf("the user can write %s", path)
			}
		}
	})
	t.Run("trust", func(t *testing.T) {
		const signed = `
import glob, nbformat, sys
from nbformat.sign import NotebookNotary
notary = NotebookNotary(data_dir="/tmp/interleave/jupyter/data")
for name in glob.glob("work/**/*.ipynb", recursive=True):
    if not notary.check_signature(nbformat.read(name, as_version=4)):
        sys.exit(name + " is not trusted")`
		c.out(t, "python", "-c", signed)
	})
	t.Run("notebooks", func(t *testing.T) {
		t.Log(c.out(t, "sh", "-c", "mkdir /tmp/ran && INTERLEAVE_QUICK=1 nb run -o /tmp/ran/ >/tmp/ran.txt 2>&1 || { cat /tmp/ran.txt; exit 1; }; grep 'ran [0-9]' /tmp/ran.txt"))
		if out := c.out(t, "sh", "-c", "ls /tmp/ran/*.ipynb | wc -l"); strings.TrimSpace(out) != "5" {
			t.Errorf("not all notebooks were run: %s", out)
		}
		t.Log(c.out(t, "nb", "reset", "54"))
		c.noneLeft(t)
	})
	t.Run("interrupt", func(t *testing.T) {
		const endless = `{"nbformat":4,"nbformat_minor":5,"metadata":{"kernelspec":{"name":"gonb","display_name":"Go"}},"cells":[
{"id":"a","cell_type":"code","metadata":{},"execution_count":null,"outputs":[],"source":"import \"os/exec\"\n\n%%\nexec.Command(\"sleep\", \"1234\").Run()"}]}`
		c.out(t, "sh", "-c", `printf %s "$0" >/tmp/endless.ipynb`, endless)
		run := c.command(t.Context(), "nb", "run", "/tmp/endless.ipynb")
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		c.until(t, "a cell that sleeps", func(all map[int]process) bool { return has(all, "sleep") })
		for pid, p := range c.processes(t) {
			if p.name == "nb" {
				_ = syscall.Kill(pid, syscall.SIGINT)
			}
		}
		_ = run.Wait()
		c.noneLeft(t)
	})
	t.Run("stop", func(t *testing.T) {
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
}

// An image is what was built: its files, and what it says of itself.
type image struct {
	root        string
	Env         []string
	Entrypoint  []string
	Cmd         []string
	User        string
	WorkingDir  string
	Healthcheck struct{ Test []string }
}

// The images that the Dockerfile builds on.
const (
	debianImage = "debian"
	goImage     = "golang"
)

// buildImage builds the Dockerfile with buildah. Where the images that it builds on
// cannot be had, others take their place: a Debian made from its packages, and this
// machine's Go.
func buildImage(t *testing.T) image {
	t.Helper()
	dir, err := os.MkdirTemp("", "interleave-image-")
	if err != nil {
		t.Fatal(err)
	}
	buildah := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("buildah", append([]string{"--root", filepath.Join(dir, "storage"), "--runroot", filepath.Join(dir, "run")}, args...)...)
		cmd.Env = append(os.Environ(), "BUILDAH_ISOLATION=chroot")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("buildah %s: %v\n%s", args[0], err, lastLines(out, stderr.Bytes()))
		}
		return strings.TrimSpace(string(out))
	}
	t.Cleanup(func() {
		buildah("rm", "--all")
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	dockerfile, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{debianImage, goImage} {
		m := regexp.MustCompile(`FROM ` + base + `:(\S+)`).FindSubmatch(dockerfile)
		if m == nil {
			t.Fatalf("the Dockerfile does not build on %s", base)
		}
		name := base + ":" + string(m[1])
		pull := exec.Command("timeout", "30", "buildah", "--root", filepath.Join(dir, "storage"), "--runroot", filepath.Join(dir, "run"), "pull", "--quiet", name)
		if pull.Run() == nil {
			continue
		}
		t.Logf("%s cannot be had; another takes its place", name)
		container := buildah("from", "scratch")
		standIn(t, base, buildah("mount", container))
		buildah("umount", container)
		buildah("commit", "--quiet", "--rm", container, name)
	}
	begun := time.Now()
	buildah("bud", "--format", "docker", "--pull-never", "--network", "host", "--tag", "interleave", "..")
	t.Logf("built in %.0f s", time.Since(begun).Seconds())
	var described struct{ Docker struct{ Config image } }
	if err := json.Unmarshal([]byte(buildah("inspect", "--type", "image", "interleave")), &described); err != nil {
		t.Fatal(err)
	}
	built := described.Docker.Config
	built.root = buildah("mount", buildah("from", "--pull-never", "interleave"))
	return built
}

// standIn fills a folder with what the image would have.
func standIn(t *testing.T, base, root string) {
	t.Helper()
	sh := func(script string) {
		t.Helper()
		cmd := exec.Command("sh", "-ec", script)
		cmd.Env = append(os.Environ(), "ROOT="+root, "GO="+runtime.GOROOT())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make a stand-in for %s: %v\n%s", base, err, lastLines(out))
		}
	}
	if base == goImage {
		sh(`mkdir -p "$ROOT/usr/local"; cp -a "$GO" "$ROOT/usr/local/go"`)
		return
	}
	// This machine's certificates are those that its network needs.
	sh(`debootstrap --variant=minbase --include=ca-certificates trixie "$ROOT"
rm -rf "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/var/lib/apt/lists/* "$ROOT"/usr/share/doc/* "$ROOT"/usr/share/man/* "$ROOT"/usr/share/locale/*
cp /etc/ssl/certs/ca-certificates.crt "$ROOT/etc/ssl/certs/"
printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$ROOT/etc/pip.conf"
echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >"$ROOT/root/.npmrc"`)
}

// tellSize tells what takes the image's space, in MB.
func (i image) tellSize(t *testing.T) {
	t.Helper()
	parts := []string{"usr/local/go", "usr", "opt/go", "opt/interleave/.lab/bin", "opt/interleave/.lab/venv", "opt/interleave/.lab/caches", "opt", "."}
	for _, part := range parts {
		cmd := exec.Command("du", "-smx", part)
		cmd.Dir = i.root
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		size, _, _ := strings.Cut(string(out), "\t")
		t.Logf("%5s MB %s", size, part)
	}
}

// A container is an image that runs in namespaces of its own.
type container struct {
	image
	started time.Time
	pid     int // of its first process
	output  *bytes.Buffer
	ended   chan struct{}
}

func (i image) start(t *testing.T) *container {
	t.Helper()
	const script = `ip link set lo up
mount --make-rprivate /
mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount -t tmpfs -o mode=1777 tmpfs "$0/tmp"
mount -t tmpfs -o mode=755,uid=1000,gid=1000 tmpfs "$0$1"
echo $$ >&3
exec 3>&-
home=$1
shift
exec chroot "$0" env -i HOME="$home" "$@"`
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	argv := []string{"--net", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc", "sh", "-ec", script, i.root, i.WorkingDir}
	argv = append(argv, i.Env...)
	argv = append(argv, asUser(i.User)...)
	argv = append(argv, "sh", "-c", `cd "$HOME" && exec "$@"`, "sh")
	argv = append(append(argv, i.Entrypoint...), i.Cmd...)
	c := &container{image: i, started: time.Now(), output: new(bytes.Buffer), ended: make(chan struct{})}
	cmd := exec.Command("unshare", argv...)
	cmd.Stdout, cmd.Stderr = c.output, c.output
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		_ = cmd.Wait()
		close(c.ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-c.ended
	})
	// Its first process is the child of unshare.
	if _, err := r.Read(make([]byte, 16)); err != nil {
		<-c.ended
		t.Fatalf("start the container: %v\n%s", err, c.output.String())
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if c.pid, err = strconv.Atoi(strings.TrimSpace(string(children))); err != nil {
		t.Fatal(err)
	}
	return c
}

func asUser(uid string) []string {
	return []string{"setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "--no-new-privs"}
}

// command is one that runs in the container, as its user.
func (c *container) command(ctx context.Context, argv ...string) *exec.Cmd {
	in := []string{"--target", strconv.Itoa(c.pid), "--net", "--pid", "--mount", "--uts", "--ipc", "--root", "--wd=" + filepath.Join("/proc", strconv.Itoa(c.pid), "root", c.WorkingDir), "env", "-i", "HOME=" + c.WorkingDir}
	in = append(append(append(in, c.Env...), asUser(c.User)...), argv...)
	return exec.CommandContext(ctx, "nsenter", in...)
}

func (c *container) exec(ctx context.Context, argv ...string) error {
	return c.command(ctx, argv...).Run()
}

func (c *container) out(t *testing.T, argv ...string) string {
	t.Helper()
	out, err := c.command(t.Context(), argv...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", argv[0], err, lastLines(out))
	}
	return string(out)
}

type process struct{ name, state, uid string }

// processes gives those that run in the container, by their ids here.
func (c *container) processes(t *testing.T) map[int]process {
	t.Helper()
	namespace, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", c.pid))
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]process{}
	statuses, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, status := range statuses {
		pid, _ := strconv.Atoi(strings.Split(status, "/")[2])
		if ns, _ := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", pid)); ns != namespace {
			continue
		}
		data, _ := os.ReadFile(status)
		field := func(name string) string {
			m := regexp.MustCompile(`(?m)^` + name + `:\s+(\S+)`).FindSubmatch(data)
			if m == nil {
				return ""
			}
			return string(m[1])
		}
		all[pid] = process{field("Name"), field("State"), field("Uid")}
	}
	return all
}

func has(all map[int]process, name string) bool {
	for _, p := range all {
		if p.name == name {
			return true
		}
	}
	return false
}

// until waits for the container's processes to be as they should.
func (c *container) until(t *testing.T, what string, ok func(map[int]process) bool) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		all := c.processes(t)
		if ok(all) {
			return
		}
		if time.Since(begun) > time.Minute {
			t.Fatalf("after a minute there is not %s, but %v", what, all)
		}
	}
}

// noneLeft wants nothing but the server, and no zombie.
func (c *container) noneLeft(t *testing.T) {
	t.Helper()
	c.until(t, "the server alone", func(all map[int]process) bool {
		for _, p := range all {
			if p.state == "Z" || !slices.Contains([]string{"tini", "jupyter-lab"}, p.name) {
				return false
			}
		}
		return len(all) == 2
	})
}

// lastLines gives the end of what a program printed.
func lastLines(outputs ...[]byte) string {
	lines := strings.Split(strings.TrimSpace(string(bytes.Join(outputs, []byte("\n")))), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}
