package deadlock

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// childEnv tells a child which call of Run it is for, as JSON.
const childEnv = "INTERLEAVE_DEADLOCK"

// A call is one call of Run, in the parent and in the child alike.
type call struct {
	Call  string // function, line and how many times it has come by, such as "main.main, line 30, call 1"
	Token string // stands in the mark around what the function prints
	test  string // the test that makes the call; empty: none
}

// comeBy counts the calls by their place.
var comeBy struct {
	sync.Mutex
	count map[string]int
}

// findCall gives the call of Run that is being made, and the file that makes it.
func findCall() (c call, file string) {
	var stack [64]uintptr
	// Above are runtime.Callers, findCall, run, and Run or RunFor.
	frames := runtime.CallersFrames(stack[:runtime.Callers(4, stack[:])])
	f, more := frames.Next()
	file = f.File
	place := fmt.Sprintf("%s, line %d", f.Function, f.Line)
	for ; more && f.Function != "testing.tRunner"; f, more = frames.Next() {
		// The last one before tRunner is the test's, or a function in it.
		if _, name, ok := strings.Cut(f.Function[strings.LastIndex(f.Function, "/")+1:], ".Test"); ok {
			name, _, _ = strings.Cut(name, ".")
			c.test = "Test" + name
		}
	}
	comeBy.Lock()
	defer comeBy.Unlock()
	if comeBy.count == nil {
		comeBy.count = map[string]int{}
	}
	comeBy.count[place]++
	c.Call = fmt.Sprintf("%s, call %d", place, comeBy.count[place])
	return c, file
}

// mark begins with a byte that text does not hold.
func (c call) mark() string { return "\x00deadlock " + c.Token + "\x00" }

// args are the child's arguments: in a test those that make it come to the same
// call, and not those that have it write files, or that give it a time limit,
// whose timer would keep the runtime from seeing a deadlock.
func (c call) args() []string {
	if flag.Lookup("test.v") == nil {
		return os.Args[1:]
	}
	var args []string
	for _, name := range []string{"test.run", "test.count", "test.cpu", "test.short"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != f.DefValue {
			args = append(args, "-"+name+"="+f.Value.String())
		}
	}
	if c.test != "" {
		args = append(args, "-test.run=^"+c.test+"$")
	}
	return append(args, flag.Args()...)
}

// environ is the child's environment: no display reaches the notebook from it,
// and its reports are of all goroutines, whatever the reader has set.
func (c call) environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == protocol.GONB_PIPE_ENV || name == protocol.GONB_PIPE_BACK_ENV
	})
	content, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings
	}
	return append(env, childEnv+"="+string(content), "GOTRACEBACK=all")
}

// A child is this process, when it was started by a call of Run.
type child struct {
	call
	records io.Writer
	past    func() ([]pastCall, error)
}

// asked is nil in a process that nobody's Run has started.
var asked = readAsked()

func readAsked() *child {
	content := os.Getenv(childEnv)
	if content == "" {
		return nil
	}
	// What the function starts is no child of Run.
	os.Unsetenv(childEnv)
	c := new(child)
	if err := json.Unmarshal([]byte(content), &c.call); err != nil {
		fmt.Fprintf(os.Stderr, "read %s, which only deadlock.Run sets: %v; unset it\n", childEnv, err)
		os.Exit(1)
	}
	const records, past = 3, 4 // the order of the parent's ExtraFiles
	syscall.CloseOnExec(records)
	syscall.CloseOnExec(past)
	c.records = os.NewFile(records, "records")
	c.past = sync.OnceValues(func() (all []pastCall, err error) {
		err = json.NewDecoder(os.NewFile(past, "past")).Decode(&all)
		return all, err
	})
	return c
}

// run calls f where this is the call that the child is for, and ends the process.
// Earlier calls give what they gave in the parent.
func (c *child) run(here call, f func()) Result {
	if listening.Load() != nil {
		return Result{Err: errors.New("run a function in a child process: the function of one Run calls Run again; call them one after the other")}
	}
	if here.Call != c.Call {
		past, err := c.past()
		if err != nil {
			return Result{Err: fmt.Errorf("read the results of earlier calls of Run: %w", err)}
		}
		for _, p := range past {
			if p.Call == here.Call {
				if p.Err != "" {
					p.Result.Err = errors.New(p.Err)
				}
				return p.Result
			}
		}
		return Result{}
	}
	// A timer that has been stopped stays with the runtime until it next looks at
	// its timers, and while there is one it reports no deadlock. It looks now.
	time.Sleep(time.Millisecond)
	os.Stdout.WriteString(c.mark())
	os.Stderr.WriteString(c.mark())
	r := &recorder{start: time.Now(), out: c.records}
	r.add(event{Do: begun})
	listening.Store(r)
	// After a panic or an early end of a test, the testing package prints a
	// verdict, which is not the verdict on the parent's test.
	defer os.Stdout.WriteString(c.mark())
	f()
	r.add(event{Do: returned})
	os.Exit(0)
	panic("unreachable")
}

// withoutC gives the program for the child: this one, or where it may hold C code
// one built anew from the folder of file. With C in it a program has a thread
// ready for calls from C, which the runtime takes for one that runs.
func withoutC(file string) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "CGO_ENABLED", Value: "0"}) {
		return program, nil
	}
	rebuilt.Do(func() { rebuilt.program, rebuilt.err = rebuild(program, filepath.Dir(file), info) })
	return rebuilt.program, rebuilt.err
}

// rebuilt is built once for all calls of Run in a process.
var rebuilt struct {
	sync.Once
	program string
	err     error
}

func rebuild(program, folder string, info *debug.BuildInfo) (string, error) {
	to := program + ".without-c"
	// The race detector holds C code.
	args := []string{"build", "-race=false", "-o", to}
	if flag.Lookup("test.v") != nil {
		args = []string{"test", "-c", "-race=false", "-vet=off", "-o", to}
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" {
			args = append(args, "-tags", s.Value)
		}
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build this program again without C code, in which Go looks for no deadlock: %w\n%s\n  mend: call Run from the package of main or of the test, and leave C out of it", err, strings.TrimSpace(string(out)))
	}
	return to, nil
}
