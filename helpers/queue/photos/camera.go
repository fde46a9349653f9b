package photos

import "net/http"

// A camera is the server that photos are fetched from.
type camera struct {
	names  []string
	photos map[string]answer
}

func newCamera(album []Photo) camera {
	c := camera{photos: make(map[string]answer, len(album))}
	for _, p := range album {
		c.names = append(c.names, p.Name)
		c.photos[p.Name] = answer{http.StatusOK, "image/jpeg", Digest(p.JPEG), p.JPEG}
	}
	return c
}

func (c camera) handler(g *gate) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(http.StatusOK, c.names).send(w)
	})
	mux.HandleFunc("GET /{name}", g.through(func(r *http.Request, _ []byte) (answer, error) {
		a, ok := c.photos[r.PathValue("name")]
		if !ok {
			return a, refuse(http.StatusNotFound, "the camera has no photo %q; GET / lists what it has", r.PathValue("name"))
		}
		return a, nil
	}))
	return mux
}
