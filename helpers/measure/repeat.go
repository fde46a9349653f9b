package measure

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"time"

	"interleave/helpers/lang"
)

// A Func runs the thing to be measured once and returns its value: a time in
// seconds, a count, a rate.
type Func func(context.Context) (float64, error)

// Timed makes a Func of f that gives the wall time of one call in seconds.
func Timed(f func(context.Context) error) Func {
	return func(ctx context.Context) (float64, error) {
		start := time.Now()
		err := f(ctx)
		return time.Since(start).Seconds(), err
	}
}

// Repeat says how often to measure. The zero value is ready for use.
type Repeat struct {
	// Runs is the number of counted runs; 0 means 10. Six or more give a
	// confidence interval. Under [Quick] it is at most 3.
	Runs int
	// Warmups is the number of runs before those, which are not counted; 0
	// means 1, a negative number none. Under [Quick] it is at most 1.
	Warmups int
	// Progress labels the line that shows how far the runs are; without a
	// label none is shown. See [Progress].
	Progress lang.Text
}

func (r Repeat) counts() (runs, warmups int) {
	runs, warmups = r.Runs, r.Warmups
	if runs == 0 {
		runs = 10
	}
	if warmups == 0 {
		warmups = 1
	}
	if Quick() {
		runs, warmups = min(runs, 3), min(warmups, 1)
	}
	return runs, max(warmups, 0)
}

// Run measures f one run after the other. When f fails or ctx ends, it stops
// and gives the values measured until then together with an error that says
// which run it was.
func (r Repeat) Run(ctx context.Context, unit string, f Func) (Sample, error) {
	samples, err := r.Alternate(ctx, unit, f)
	return samples[0], err
}

// Alternate measures several things in turn, so that a drift of the machine
// touches all of them alike: each round runs every f once, and every other
// round runs them in the opposite order. The samples are in the order of fs,
// and their values with the same index come from the same round, as [Ratio]
// needs them. When one fails or ctx ends, it stops and gives the samples of
// the rounds completed until then with an error that says which run it was.
func (r Repeat) Alternate(ctx context.Context, unit string, fs ...Func) ([]Sample, error) {
	runs, warmups := r.counts()
	samples := make([]Sample, len(fs))
	for i := range samples {
		samples[i].Unit = unit
	}
	if runs < 0 {
		return samples, fmt.Errorf("measure%s: %d runs asked for: ask for 1 or more, or 0 for the default", r.quoted(), r.Runs)
	}
	progress := StartProgress(r.Progress, (warmups+runs)*len(fs))
	defer progress.Close()

	round := make([]float64, len(fs))
	for n := range warmups + runs {
		for k := range fs {
			i := k
			if n%2 == 1 {
				i = len(fs) - 1 - k
			}
			v, err := once(ctx, fs[i])
			if err != nil {
				return samples, r.failed(n, runs, warmups, err)
			}
			round[i] = v
			progress.Add(1)
		}
		if n < warmups {
			continue
		}
		for i, v := range round {
			samples[i].Values = append(samples[i].Values, v)
		}
	}
	return samples, nil
}

func once(ctx context.Context, f Func) (float64, error) {
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	// As package testing does before each benchmark: one run's garbage is
	// not the next one's to collect.
	runtime.GC()
	v, err := f(ctx)
	switch {
	case err != nil:
		return 0, err
	case ctx.Err() != nil:
		// What was measured while being stopped is no measurement.
		return 0, context.Cause(ctx)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Errorf("the value is %v, not a number to count with", v)
	}
	return v, nil
}

// failed says where in the repetition err came up; n counts from 0.
func (r Repeat) failed(n, runs, warmups int, err error) error {
	if n < warmups {
		return fmt.Errorf("measure%s: warm-up %d of %d: %w", r.quoted(), n+1, warmups, err)
	}
	n -= warmups
	return fmt.Errorf("measure%s: run %d of %d (%d measured before it): %w", r.quoted(), n+1, runs, n, err)
}

func (r Repeat) quoted() string {
	if r.Progress == (lang.Text{}) {
		return ""
	}
	return fmt.Sprintf(" %q", r.Progress.String())
}
