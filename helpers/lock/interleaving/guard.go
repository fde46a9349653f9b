package interleaving

import (
	"fmt"
	"os"
	"runtime/metrics"
	"time"
)

// stackLimit is how large the stacks of this process may grow, in bytes: far
// beyond any need, and well below where Go ends the program with a page of
// frames (1 GB, see [runtime/debug.SetMaxStack]).
const stackLimit = 192 << 20

// guarded plays and turns a panic in a function of the reader into an error.
func (e *engine) guarded(play func(*engine) error) (err error) {
	if e.program.calls {
		defer e.watch()()
	}
	defer func() {
		if e.running.Load() == nil {
			return // not the reader's: it goes on
		}
		switch why := recover(); {
		case e.memory.err != nil:
			err = e.failed(e.memory.err)
		case why != nil:
			err = e.failed(fmt.Sprintf("panic: %v; mend the function, or let it do nothing with such values", why))
		}
	}()
	return play(e)
}

// watch looks for a recursion without end until the function it gives is called.
// Go ends such a program and lets nobody recover, so all that can be done is to
// say first which function it was.
func (e *engine) watch() (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		stacks := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			metrics.Read(stacks)
			if place := e.running.Load(); place != nil && stacks[0].Value.Uint64() > stackLimit {
				fmt.Fprintf(os.Stderr, "play the orders: %s seems to call itself without end: its stack has grown beyond %d MiB; let the recursion end\n", *place, stackLimit>>20)
				os.Exit(2)
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
