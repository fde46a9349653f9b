package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"interleave/helpers/labtest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

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

// A builder builds the Dockerfile with buildah, in a storage of its own.
type builder struct{ dir string }

func (b builder) command(ctx context.Context, args ...string) *exec.Cmd {
	storage := []string{"--root", filepath.Join(b.dir, "storage"), "--runroot", filepath.Join(b.dir, "run")}
	cmd := exec.CommandContext(ctx, "buildah", append(storage, args...)...)
	cmd.Env = append(os.Environ(), "BUILDAH_ISOLATION=chroot")
	return cmd
}

func (b builder) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := b.command(context.Background(), args...) // in the cleanup too
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("buildah %s: %v\n%s", args[0], err, lastLines(out, stderr.Bytes()))
	}
	return strings.TrimSpace(string(out))
}

// newBuilder readies the images that the Dockerfile builds on. Where one cannot be had,
// another takes its place: a Debian made from its packages, and this machine's Go.
func newBuilder(t *testing.T) builder {
	t.Helper()
	dir, err := os.MkdirTemp("", "interleave-image-")
	if err != nil {
		t.Fatal(err)
	}
	b := builder{dir}
	t.Cleanup(func() {
		b.run(t, "rm", "--all")
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	dockerfile, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	from := "scratch"
	for _, base := range []string{debianImage, goImage} {
		m := regexp.MustCompile(`FROM ` + base + `:(\S+)`).FindSubmatch(dockerfile)
		if m == nil {
			t.Fatalf("the Dockerfile does not build on %s", base)
		}
		name := base + ":" + string(m[1])
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		err := b.command(ctx, "pull", "--quiet", name).Run()
		cancel()
		if err != nil {
			t.Logf("%s cannot be had; another takes its place", name)
			container := b.run(t, "from", "--pull-never", from)
			standIn(t, base, b.run(t, "mount", container))
			b.run(t, "umount", container)
			b.run(t, "commit", "--quiet", "--rm", container, name)
		}
		from = name // Go's image is a Debian too
	}
	return b
}

// build builds the image with build arguments such as NB_UID=1234. Whatever does not
// depend on them is built once.
func (b builder) build(t *testing.T, args ...string) image {
	t.Helper()
	argv := []string{"bud", "--format", "docker", "--layers", "--pull-never", "--network", "host", "--tag", "interleave"}
	for _, arg := range args {
		argv = append(argv, "--build-arg", arg)
	}
	begun := time.Now()
	b.run(t, append(argv, "..")...)
	t.Logf("built in %.0f s %s", time.Since(begun).Seconds(), strings.Join(args, " "))
	var described struct{ Docker struct{ Config image } }
	if err := json.Unmarshal([]byte(b.run(t, "inspect", "--type", "image", "interleave")), &described); err != nil {
		t.Fatal(err)
	}
	built := described.Docker.Config
	built.root = b.run(t, "mount", b.run(t, "from", "--pull-never", "interleave"))
	return built
}

// standIn fills a folder with what the image would have.
func standIn(t *testing.T, base, root string) {
	t.Helper()
	sh := func(script string) {
		t.Helper()
		cmd := exec.Command("sh", "-ec", script)
		cmd.Env = append(os.Environ(), "ROOT="+root, "GO="+labtest.GOROOT(t))
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

// start starts a container with the image's own command, or with another one.
func (i image) start(t *testing.T, command ...string) *container {
	t.Helper()
	if len(command) == 0 {
		command = i.Cmd
	}
	const script = `ip link set lo up
mount --make-rprivate /
mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount -t tmpfs -o mode=1777 tmpfs "$0/tmp"
mount -t tmpfs -o "mode=755,uid=$2,gid=$2" tmpfs "$0$1"
echo $$ >&3
exec 3>&-
home=$1
shift 2
exec chroot "$0" env -i HOME="$home" "$@"`
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	argv := []string{"--net", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc", "sh", "-ec", script, i.root, i.WorkingDir, i.User}
	argv = append(argv, i.Env...)
	argv = append(argv, asUser(i.User)...)
	argv = append(argv, "sh", "-c", `cd "$HOME" && exec "$@"`, "sh")
	argv = append(append(argv, i.Entrypoint...), command...)
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
	t.Cleanup(c.kill)
	return c
}

// kill ends the container's first process, and with it all of them.
func (c *container) kill() {
	select {
	case <-c.ended: // its id may be another's by now
	default:
		_ = syscall.Kill(c.pid, syscall.SIGKILL)
		<-c.ended
	}
}

// healthy waits until the health check says so.
func (c *container) healthy(t *testing.T) {
	t.Helper()
	for check := c.Healthcheck.Test[1:]; c.exec(t.Context(), check...) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Since(c.started) > time.Minute {
			t.Fatalf("the container is not healthy a minute after its start:\n%s", c.output.String())
		}
	}
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

// allOf wants all processes to be of one user.
func (c *container) allOf(t *testing.T, uid string) {
	t.Helper()
	for pid, p := range c.processes(t) {
		if p.uid != uid {
			t.Errorf("process %d, %s, runs as user %s, not %s", pid, p.name, p.uid, uid)
		}
	}
}

// trusted wants the reader's copies to be trusted.
func (c *container) trusted(t *testing.T) {
	t.Helper()
	c.out(t, "python", "-c", `
import glob, nbformat, sys
from nbformat.sign import NotebookNotary
notary = NotebookNotary(data_dir="/tmp/interleave/jupyter/data")
names = glob.glob("work/**/*.ipynb", recursive=True)
for name in names:
    if not notary.check_signature(nbformat.read(name, as_version=4)):
        sys.exit(name + " is not trusted")
if not names:
    sys.exit("there are no notebooks")`)
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
