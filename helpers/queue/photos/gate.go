package photos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// mostBody is how much a request may send, in bytes.
const mostBody = 64 << 20

// A gate lets requests through to a server's handlers in the way that its settings
// say, and counts.
type gate struct {
	Server
	slots chan struct{} // one in it for each request that is served; nil for any number

	mu     sync.Mutex
	chance *rand.Rand
	load   Load
}

func newGate(s Server, seed, stream uint64) *gate {
	g := &gate{Server: s, chance: rand.New(rand.NewPCG(seed, stream))}
	if s.AtOnce > 0 {
		g.slots = make(chan struct{}, s.AtOnce)
	}
	return g
}

// An answer is what a handler gives back. The gate sends it once the request has been
// counted, so that a client that has the answer sees it in the counts.
type answer struct {
	status int
	kind   string // its Content-Type
	digest string // its Content-Digest, or ""
	body   []byte
}

func (a answer) send(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	if a.digest != "" {
		h.Set("Content-Digest", a.digest)
	}
	w.WriteHeader(a.status)
	w.Write(a.body) // if it fails, nobody is there to be told
}

func answerJSON(status int, v any) answer {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // all that is sent are plain structs and strings
	}
	return answer{status: status, kind: "application/json", body: b}
}

// A refusal is an error of the client's.
type refusal struct {
	status int
	reason string
}

func (r refusal) Error() string { return r.reason }

func refuse(status int, format string, args ...any) error {
	return refusal{status, fmt.Sprintf(format, args...)}
}

// errOnPurpose is why a request fails that the settings make fail.
var errOnPurpose = errors.New("this request was made to fail; send it again")

// through makes a handler that the gate stands before.
func (g *gate) through(h func(r *http.Request, body []byte) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fails := g.arrive()
		var a answer
		// A server sees that its client has gone only when it has read the body.
		body, err := readBody(w, r, mostBody)
		served := false
		if err == nil {
			served, err = g.begin(r.Context())
		}
		if served {
			switch err = sleep(r.Context(), g.Delay); {
			case err != nil:
			case fails:
				err = errOnPurpose
			default:
				a, err = h(r, body)
			}
		}
		g.end(served, err)
		no, refused := errors.AsType[refusal](err)
		switch {
		case err == nil:
			a.send(w)
		case errors.Is(err, errOnPurpose):
			w.Header().Set("Retry-After", "0")
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		case refused:
			http.Error(w, no.reason, no.status)
		default:
			panic(http.ErrAbortHandler) // the client has gone: no answer, no log
		}
	}
}

func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the request has more than %d bytes; send smaller batches", most)
	}
	return body, err
}

// arrive counts a request that comes, and tells whether it is to fail.
func (g *gate) arrive() (fails bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.load.Requests++
	g.load.Waiting++
	return g.chance.Float64() < g.Failures
}

// begin waits until a request may be served.
func (g *gate) begin(ctx context.Context) (served bool, err error) {
	if g.slots != nil {
		select {
		case g.slots <- struct{}{}:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.load.Waiting--
	g.load.Serving++
	g.load.MostServing = max(g.load.MostServing, g.load.Serving)
	return true, nil
}

// end counts what became of a request.
func (g *gate) end(served bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if served {
		g.load.Serving--
		// Only now, or the next one would be counted beside this one.
		if g.slots != nil {
			<-g.slots
		}
	} else {
		g.load.Waiting--
	}
	_, refused := errors.AsType[refusal](err)
	switch {
	case err == nil:
		g.load.Served++
	case errors.Is(err, errOnPurpose):
		g.load.Failed++
	case refused:
		g.load.Refused++
	default:
		g.load.Cut++
	}
}

func (g *gate) snapshot() Load {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.load
}

// sleep waits for the time to pass, or gives the error of ctx if that ends before.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
