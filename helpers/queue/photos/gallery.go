package photos

import (
	"bytes"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"sync"
)

// An Item is a photo of the gallery's list.
type Item struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // as its Content-Digest
	Width  int    `json:"width"`  // in pixels
	Height int    `json:"height"`
}

// A Receipt says what became of one photo of a batch.
type Receipt struct {
	Name   string `json:"name"`
	Status int    `json:"status"` // what a PUT of the photo alone would have been answered
	Error  string `json:"error,omitempty"`
}

// A gallery is the server that photos are uploaded to.
type gallery struct {
	maxSide int
	known   map[string]bool

	mu                   sync.Mutex
	stored               map[string]stored
	duplicates, replaced int
}

// stored is a photo in the gallery.
type stored struct {
	Item
	jpeg []byte
	look look
}

func newGallery(album []Photo, maxSide int) *gallery {
	g := &gallery{maxSide: maxSide, known: make(map[string]bool), stored: make(map[string]stored)}
	for _, p := range album {
		g.known[p.Name] = true
	}
	return g
}

func (g *gallery) handler(gate *gate) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(http.StatusOK, g.list()).send(w)
	})
	mux.HandleFunc("PUT /{name}", gate.through(func(r *http.Request, body []byte) (answer, error) {
		status, err := g.put(upload{r.PathValue("name"), textproto.MIMEHeader(r.Header), body})
		return answer{status: status, kind: "text/plain; charset=utf-8"}, err
	}))
	mux.HandleFunc("POST /{$}", gate.through(func(r *http.Request, body []byte) (answer, error) {
		receipts, err := g.batch(r, body)
		return answerJSON(http.StatusOK, receipts), err
	}))
	return mux
}

// An upload is a photo that is sent, alone or in a batch.
type upload struct {
	name   string
	header textproto.MIMEHeader
	body   []byte
}

// put checks a photo and stores it.
func (g *gallery) put(u upload) (status int, err error) {
	if !g.known[u.name] {
		return 0, refuse(http.StatusNotFound, "the camera has no photo %q; keep its names", u.name)
	}
	if err := verify(u.header.Values("Content-Digest"), u.body); err != nil {
		return 0, refuse(http.StatusBadRequest, "%s: %v", u.name, err)
	}
	// The size first: a few bytes can claim to be a picture that fills the memory.
	size, err := jpeg.DecodeConfig(bytes.NewReader(u.body))
	if err != nil {
		return 0, refuse(http.StatusUnprocessableEntity, "%s is no JPEG: %v; encode it as one", u.name, err)
	}
	if g.maxSide > 0 && max(size.Width, size.Height) > g.maxSide {
		return 0, refuse(http.StatusUnprocessableEntity, "%s has %d by %d pixels; resize it to %d on its longer side", u.name, size.Width, size.Height, g.maxSide)
	}
	if size.Width*size.Height > mostPixels {
		return 0, refuse(http.StatusUnprocessableEntity, "%s has %d by %d pixels; send %d in all at most", u.name, size.Width, size.Height, mostPixels)
	}
	picture, err := jpeg.Decode(bytes.NewReader(u.body))
	if err != nil {
		return 0, refuse(http.StatusUnprocessableEntity, "%s is a damaged JPEG: %v; send all of it", u.name, err)
	}
	s := stored{Item{u.name, Digest(u.body), size.Width, size.Height}, u.body, lookOf(picture)}

	g.mu.Lock()
	defer g.mu.Unlock()
	old, ok := g.stored[u.name]
	g.stored[u.name] = s
	switch {
	case !ok:
		return http.StatusCreated, nil
	case old.Digest == s.Digest:
		g.duplicates++
	default:
		g.replaced++
	}
	return http.StatusOK, nil
}

// mostPixels is more than any photo of an album has.
const mostPixels = 8 << 20

// batch stores the photos of a multipart body. One that is refused does not keep the
// others out, but a body that cannot be read to its end does.
func (g *gallery) batch(r *http.Request, body []byte) ([]Receipt, error) {
	r.Body = io.NopCloser(bytes.NewReader(body))
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "a batch is multipart/form-data or multipart/mixed: %v", err)
	}
	uploads, err := readParts(parts)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "read the batch: %v", err)
	}
	receipts := make([]Receipt, len(uploads))
	for i, u := range uploads {
		status, err := g.put(u)
		receipts[i] = Receipt{Name: u.name, Status: status}
		if no, ok := errors.AsType[refusal](err); ok {
			receipts[i].Status, receipts[i].Error = no.status, no.reason
		}
	}
	return receipts, nil
}

func readParts(parts *multipart.Reader) (uploads []upload, err error) {
	for {
		part, err := parts.NextPart()
		switch {
		case err == io.EOF && len(uploads) == 0:
			return nil, errors.New("it has no part; send a part for each photo")
		case err == io.EOF:
			return uploads, nil
		case err != nil:
			return nil, fmt.Errorf("after %d parts: %w", len(uploads), err)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return nil, fmt.Errorf("after %d parts: %w", len(uploads), err)
		}
		name := part.FileName()
		if name == "" {
			return nil, fmt.Errorf("part %d has no filename in its Content-Disposition; give the photo's name", len(uploads)+1)
		}
		uploads = append(uploads, upload{name, part.Header, body})
	}
}

// list gives what is stored, in the order of the names.
func (g *gallery) list() []Item {
	g.mu.Lock()
	defer g.mu.Unlock()
	items := []Item{} // a list in JSON even if it is empty
	for _, name := range slices.Sorted(maps.Keys(g.stored)) {
		items = append(items, g.stored[name].Item)
	}
	return items
}
