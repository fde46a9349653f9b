package deadlock

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
)

var (
	// asleep is the runtime's verdict, in the words of its source, proc.go.
	asleep = regexp.MustCompile(`(?m)^fatal error: (all goroutines are asleep|no goroutines \(main called runtime\.Goexit\)) - deadlock!`)
	// reportStart is how the runtime's reports begin.
	reportStart = regexp.MustCompile(`(?m)^(fatal error: |panic: |runtime: |SIG[A-Z]+: |unexpected fault address )`)
	// fileLine is a frame's second line: a tab, the file, its line, an offset.
	fileLine = regexp.MustCompile(`(?m)^(\t)(.+):(\d+)(?: (\+0x[0-9a-f]+.*))?$`)
	// goroutineLine heads the frames of one goroutine.
	goroutineLine = regexp.MustCompile(`^goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[(.*)\]:$`)
)

// splitReport parts what the function wrote from the runtime's report after it.
func splitReport(s string) (before, report string) {
	if at := reportStart.FindStringIndex(s); at != nil {
		return s[:at[0]], s[at[0]:]
	}
	return s, ""
}

// withoutFolders leaves of each file its name: where files lie says something
// about a machine and its owner, and notebooks are passed on with their outputs.
func withoutFolders(report string) string {
	return fileLine.ReplaceAllStringFunc(report, func(line string) string {
		m := fileLine.FindStringSubmatch(line)
		return strings.TrimRight(m[1]+path.Base(m[2])+":"+m[3]+" "+m[4], " ")
	})
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// Short gives of the report its first line and the goroutines that wait for a
// lock, each with its functions, lines, and the source there, as far as it is at
// hand. The frames of Go's own packages and of this one are left out.
func (r Result) Short() string {
	if r.Raw == "" {
		return ""
	}
	names := map[int64]string{}
	for _, g := range r.Goroutines {
		names[g.ID] = g.Name
	}
	var b strings.Builder
	b.WriteString(firstLine(r.Raw) + "\n")
	for _, block := range strings.Split(r.Raw, "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		head := goroutineLine.FindStringSubmatch(lines[0])
		if head == nil || !strings.HasPrefix(head[2], "sync.Mutex.Lock") && !strings.HasPrefix(head[2], "sync.RWMutex.") {
			continue
		}
		id, _ := strconv.ParseInt(head[1], 10, 64)
		who := "goroutine " + head[1]
		if names[id] != "" {
			who += " (" + names[id] + ")"
		}
		fmt.Fprintf(&b, "\n%s [%s]:\n", who, head[2])
		writeFrames(&b, lines[1:])
	}
	return b.String()
}

// writeFrames writes a line for each frame that is the reader's own.
func writeFrames(b *strings.Builder, lines []string) {
	for i := 0; i+1 < len(lines); i++ {
		at := fileLine.FindStringSubmatch(lines[i+1])
		if at == nil || strings.HasPrefix(lines[i], "created by ") {
			continue
		}
		function := lines[i]
		if open := strings.LastIndex(function, "("); open > 0 {
			function = function[:open] // its arguments are addresses
		}
		if ours(function) {
			continue
		}
		line, _ := strconv.Atoi(at[3])
		fmt.Fprintf(b, "    %s  %s:%d", function[strings.LastIndex(function, "/")+1:], path.Base(at[2]), line)
		if source := sourceLine(at[2], line); source != "" {
			b.WriteString("  " + source)
		}
		b.WriteString("\n")
	}
}

// ours tells a frame of Go's library or of the recording lock from the reader's.
func ours(function string) bool {
	for _, own := range []string{"runtime.", "sync.", "internal/", "testing.", "interleave/helpers/lock/deadlock.(*Mutex)."} {
		if strings.HasPrefix(function, own) {
			return true
		}
	}
	return false
}

// sourceLine gives a line of a file that is still there.
func sourceLine(file string, line int) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	lines := bytes.Split(content, []byte("\n"))
	if line < 1 || line > len(lines) {
		return ""
	}
	return string(bytes.TrimSpace(lines[line-1]))
}
