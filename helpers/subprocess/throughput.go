package subprocess

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"interleave/helpers/lang"
	"interleave/helpers/measure"
)

// A Program makes a child that reads a file to its end, such as one that hashes
// it. What it prints is thrown away.
type Program func(file string) *exec.Cmd

// Throughput is how many bytes children read in a second, measured in turn within
// one run.
type Throughput struct {
	Command string // of a child, without its file
	Cores   int    // cores that this process may use
	Points  []ThroughputPoint
	// One is the throughput of a single child in MB/s.
	One measure.Summary
	// Start is the time that a child takes of a core when its file is empty, in
	// seconds: the price of starting a program and waiting for it. Only of
	// [MeasureSizes].
	Start measure.Summary
	Err   error // what was not measured, and why
}

// A ThroughputPoint is one way to share out the bytes.
type ThroughputPoint struct {
	Children int             // that run at the same time
	Size     int64           // bytes that each child reads
	Rate     measure.Summary // bytes of all children together, in MB (10⁶ bytes) per second
}

const (
	// scaleSize is large enough that starting a child is little beside it.
	scaleSize = 64 << 20
	// leastSize and mostSize bound what one child reads in MeasureSizes.
	leastSize, mostSize = 4 << 10, 64 << 20
	// runSize is how many bytes the children of one run of MeasureSizes read
	// together, and runChildren how many children there are at the most: see
	// childrenOf.
	runSize, runChildren = 64 << 20, 40
)

// childLimit is how long a child may take. Tests shorten it.
var childLimit = Limit{Time: 10 * time.Second, Grace: time.Second}

// MeasureChildren measures the throughput of a program with 1 to four times as
// many children at the same time as there are cores. Each reads 64 MiB, all of them
// the same file.
func MeasureChildren(program Program) Throughput {
	var work []share
	for _, n := range childCounts(runtime.GOMAXPROCS(0)) {
		work = append(work, share{atOnce: n, children: n, size: scaleSize})
	}
	t := measureShares(program, work)
	if len(t.Points) > 0 {
		t.One = t.Points[0].Rate // the counts begin with 1
	}
	return t
}

// childCounts gives 1, 2, 4 and so on below the number of cores, and that once to
// four times.
func childCounts(cores int) (counts []int) {
	for n := 1; n < cores; n *= 2 {
		counts = append(counts, n)
	}
	return append(counts, cores, 2*cores, 3*cores, 4*cores)
}

// MeasureSizes measures the throughput of a program with a child on every core at
// a time, from 4 KiB for each child to 64 MiB.
func MeasureSizes(program Program) Throughput {
	cores := runtime.GOMAXPROCS(0)
	work := []share{
		{atOnce: cores, children: childrenOf(0, cores)},
		{atOnce: 1, children: 1, size: mostSize},
	}
	for size := int64(leastSize); size <= mostSize; size *= 4 {
		work = append(work, share{atOnce: cores, children: childrenOf(size, cores), size: size})
	}
	t := measureShares(program, work)
	if len(t.Points) > 0 {
		t.Start, t.One, t.Points = t.Points[0].Rate, t.Points[1].Rate, t.Points[2:]
	}
	return t
}

// childrenOf gives how many children of a size one run has: two rounds of all cores
// or more, and no round in which a core has none.
func childrenOf(size int64, cores int) int {
	n := runChildren
	if size > 0 {
		n = int(min(runSize/size, runChildren))
	}
	rounds := max(2, (n+cores-1)/cores)
	return rounds * cores
}

// A share is how the bytes are shared out in one run.
type share struct {
	atOnce   int // children that run at the same time
	children int // of the whole run
	size     int64
}

func measureShares(program Program, work []share) Throughput {
	t := Throughput{Command: strings.TrimSpace(strings.Join(program("").Args, " ")), Cores: runtime.GOMAXPROCS(0)}
	dir, err := os.MkdirTemp("", "interleave-throughput-")
	if err != nil {
		t.Err = fmt.Errorf("make files for children to read: %w", err)
		return t
	}
	defer os.RemoveAll(dir)
	var runs []measure.Func
	for _, s := range work {
		file := filepath.Join(dir, fmt.Sprint(s.size))
		if t.Err = write(file, s.size); t.Err != nil {
			return t
		}
		if t.Err = childLimit.Run(context.Background(), program(file)); t.Err != nil {
			t.Err = fmt.Errorf("run %s on %d bytes: %w", filepath.Base(program(file).Path), s.size, t.Err)
			return t
		}
		runs = append(runs, func(ctx context.Context) (float64, error) { return s.run(ctx, program, file) })
	}
	progress := lang.Text{Ko: "처리량", En: "throughput"}
	samples, err := measure.Repeat{Progress: progress}.Alternate(context.Background(), "MB/s", runs...)
	t.Err = err
	for i, s := range work {
		if len(samples[i].Values) == 0 {
			continue
		}
		if s.size == 0 {
			samples[i].Unit = measure.Seconds
		}
		t.Points = append(t.Points, ThroughputPoint{Children: s.atOnce, Size: s.size, Rate: samples[i].Summary()})
	}
	return t
}

// write makes a file of so many bytes. Which bytes they are makes no difference.
func write(file string, size int64) error {
	f, err := os.Create(file)
	if err == nil {
		block := make([]byte, 1<<20)
		for err == nil && size > 0 {
			var n int
			n, err = f.Write(block[:min(size, int64(len(block)))])
			size -= int64(n)
		}
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("make a file for children to read: %w", err)
	}
	return nil
}

// run lets the children read the file and gives their rate in MB/s or, where there
// is nothing to read, the time in seconds that one child takes of a core.
func (s share) run(ctx context.Context, program Program, file string) (float64, error) {
	next := make(chan bool, s.children)
	for range s.children {
		next <- true
	}
	close(next)
	errs := make([]error, s.atOnce)
	var workers sync.WaitGroup
	begun := time.Now()
	for i := range s.atOnce {
		workers.Go(func() {
			for range next {
				if err := childLimit.Run(ctx, program(file)); err != nil {
					errs[i] = err
					return
				}
			}
		})
	}
	workers.Wait()
	took := time.Since(begun).Seconds()
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	if s.size == 0 {
		return took * float64(s.atOnce) / float64(s.children), nil
	}
	return float64(s.children) * float64(s.size) / 1e6 / took, nil
}
