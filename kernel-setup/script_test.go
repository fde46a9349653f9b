package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/rogpeppe/go-internal/txtar"

	"interleave/helpers/labtest"
)

var update = flag.Bool("update", false, "write what commands print into the scripts that compare it by cmp")

// gonbStandIn takes GoNB's place where the doctor is to find one: a shell script, which
// does elsewhere, cannot be asked what it was built from.
func gonbStandIn() {
	if slices.Contains(os.Args, "--install") {
		spec := filepath.Join(os.Getenv("JUPYTER_DATA_DIR"), "kernels", "gonb", "kernel.json")
		if err := writeFile(spec, []byte("{}\n")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// TestScripts runs the sessions in testdata/script: each at a terminal of a machine of
// stand-ins, testdata/machine.txtar, in the project's folder, which is $WORK.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup:              newMachine,
		Condition: func(cond string) (bool, error) {
			if cond != "root" {
				return false, fmt.Errorf("there is no condition %s", cond)
			}
			return os.Geteuid() == 0, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits,
			"holds": holds,
			"needs": needs,
			"taken": taken,
		},
	})
}

// testKey finds the test among a script's values.
type testKey struct{}

// newMachine makes the machine around a script's own files, which come first.
func newMachine(env *testscript.Env) error {
	machine, err := txtar.ParseFile("testdata/machine.txtar")
	if err != nil {
		return err
	}
	for _, f := range machine.Files {
		path := filepath.Join(env.WorkDir, f.Name)
		if exists(path) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return err
		}
	}
	if err := makeExecutable(env.WorkDir); err != nil {
		return err
	}
	bin, home := filepath.Join(env.WorkDir, "bin"), filepath.Join(env.WorkDir, "home")
	// What stand-ins and scripts are written with; a script says what it cannot do without.
	for _, name := range []string{"sh", "cat", "cp", "id", "ls", "mkdir", "mount", "setpriv", "sleep", "unshare"} {
		if program, err := exec.LookPath(name); err == nil {
			if err := os.Symlink(program, filepath.Join(bin, name)); err != nil {
				return err
			}
		}
	}
	if err := os.Symlink(filepath.Join(programs, "kernel-setup"), filepath.Join(bin, "kernel-setup")); err != nil {
		return err
	}
	if err := os.Mkdir(home, 0o755); err != nil {
		return err
	}
	env.Setenv("PATH", bin)
	env.Setenv("HOME", home)
	env.Setenv("programs", programs)
	env.Values[testKey{}] = env.T()
	if env.Getenv("GORACE") == "" {
		env.Setenv("GORACE", "atexit_sleep_ms=0") // a second for each command otherwise
	}
	return nil
}

// makeExecutable makes programs of the files that begin as scripts do.
func makeExecutable(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || !strings.HasPrefix(string(data), "#!") {
			return err
		}
		return os.Chmod(path, 0o755)
	})
}

// exits runs a command that must end with that status.
//
//	exits STATUS COMMAND [ARGUMENT...]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	status := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		status = exit.ExitCode()
	}
	if status != want {
		ts.Fatalf("%s ended with status %d, want %d", strings.Join(args[1:], " "), status, want)
	}
}

// holds checks what is in a folder, hidden files too: these names and no other.
//
//	holds FOLDER [NAME...]
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: holds FOLDER [NAME...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(args[1:])
	if !slices.Equal(names, args[1:]) {
		ts.Fatalf("%s holds %q, want %q", args[0], names, args[1:])
	}
}

// needs ends the script, as [labtest.Lacking] does, where the machine's programs mounted
// or unprivileged cannot work.
//
//	needs mounted|unprivileged
func needs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: needs mounted|unprivileged")
	}
	tb := ts.Value(testKey{}).(testing.TB)
	switch args[0] {
	case "mounted":
		ts.Setenv("namespace", strings.Join(labtest.Namespaces(tb, "--mount"), " "))
	case "unprivileged":
		err := exec.Command("setpriv", "--bounding-set=-all", "--inh-caps=-all", "true").Run()
		if err != nil && os.Geteuid() == 0 {
			labtest.Lacking(tb, "needs setpriv, to give up root's power over permissions: %v; install util-linux", err)
		}
	default:
		ts.Fatalf("there is no program %s", args[0])
	}
}

// taken takes a port until the script ends, and sets a variable to its number.
//
//	taken VARIABLE
func taken(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: taken VARIABLE")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { l.Close() })
	ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}
