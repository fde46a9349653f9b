// Package photos is what the notebook on queues moves through a pipeline: a camera
// that photos are fetched from and a gallery that small ones are uploaded to, both
// real HTTP servers of this process on 127.0.0.1. They can be made slow, unreliable
// and narrow, and they count, so that a cell sees what its pipeline does to them.
// The gallery trusts nobody: it checks each photo against its Content-Digest, and
// [Service.Check] that no photo is missing, mixed up or distorted.
//
// The photos are landscapes that a program draws: see [Album].
package photos

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Setup says what the servers are like. The zero value is 24 photos and two
// servers that answer at once and never fail.
type Setup struct {
	Photos  int    // how many the camera has, see [Album]; 0 means 24
	Camera  Server // what fetching a photo is like
	Gallery Server // what uploading is like
	MaxSide int    // the longest side that the gallery takes, in pixels; 0 means any
	Seed    uint64 // of the failures: the same seed fails the same requests, by the order in which they come
}

// A Server says what one server is like. It is about photos alone: lists are given
// at once, never fail and are not counted.
type Server struct {
	Delay    time.Duration // how long each request is served, whatever is in it
	Failures float64       // which share of requests, 0 to 1, is answered 503 Service Unavailable
	AtOnce   int           // how many requests are served at once, others wait; 0 means any number
}

func (s Server) check(name string) error {
	switch {
	case s.Delay < 0:
		return fmt.Errorf("the %s's delay is %v: give 0 or more", name, s.Delay)
	case !(s.Failures >= 0 && s.Failures <= 1): // nor NaN
		return fmt.Errorf("the %s's share of failures is %v: give 0 (none) to 1 (all)", name, s.Failures)
	case s.AtOnce < 0:
		return fmt.Errorf("the %s serves %d requests at once: give 1 or more, or 0 for any number", name, s.AtOnce)
	}
	return nil
}

// A Service is a camera and a gallery that run. Close it in the end. Its methods may
// be called from any number of goroutines; Stats, Check and Sheet also after Close.
//
// The camera answers
//
//	GET /          the names of its photos, a JSON list
//	GET /{name}    the photo, image/jpeg, with its Content-Digest
//
// and the gallery
//
//	GET /          what it has, a JSON list of [Item]
//	PUT /{name}    takes a JPEG by the camera's name for it; needs a Content-Digest
//	POST /         takes several in a multipart body, each part with a filename and a
//	               Content-Digest; answers a JSON list of [Receipt]
//
// The gallery answers 201 to what is new, and 200 to what it has, which it keeps once,
// or replaces if it differs. It refuses a photo without the right digest (400), with a
// name that the camera does not know (404), and one that is no JPEG or is too large
// (422); the body of the answer says what is wrong. What fails with 503 has stored
// nothing and may be sent again at once, as its Retry-After: 0 says.
type Service struct {
	CameraURL, GalleryURL string // such as http://127.0.0.1:40123, with no slash at the end

	album       []Photo
	gallery     *gallery
	cameraGate  *gate
	galleryGate *gate
	client      *http.Client
	servers     []*http.Server
	running     errgroup.Group // the servers and their connections
	cut         context.CancelFunc
	close       func() error
}

// Start starts a camera and a gallery, each on a free port that only this machine
// reaches. The photos are made first, if they are not there yet.
func Start(setup Setup) (*Service, error) {
	s, err := setup.start()
	if err != nil {
		return nil, fmt.Errorf("start the photo service: %w", err)
	}
	return s, nil
}

func (setup Setup) start() (*Service, error) {
	if setup.MaxSide < 0 {
		return nil, fmt.Errorf("the gallery takes photos of %d pixels at most: give 1 or more, or 0 for any", setup.MaxSide)
	}
	if err := errors.Join(setup.Camera.check("camera"), setup.Gallery.check("gallery")); err != nil {
		return nil, err
	}
	album, err := Album(setup.Photos)
	if err != nil {
		return nil, err
	}
	ctx, cut := context.WithCancel(context.Background())
	s := &Service{
		album:       album,
		gallery:     newGallery(album, setup.MaxSide),
		cameraGate:  newGate(setup.Camera, setup.Seed, 1),
		galleryGate: newGate(setup.Gallery, setup.Seed, 2),
		client:      newClient(),
		cut:         cut,
	}
	s.close = sync.OnceValue(s.shutDown)
	s.CameraURL, err = s.serve(ctx, newCamera(album).handler(s.cameraGate))
	if err == nil {
		s.GalleryURL, err = s.serve(ctx, s.gallery.handler(s.galleryGate))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// serve starts a server and gives its address. Cancelling ctx ends what it serves.
func (s *Service) serve(ctx context.Context, h http.Handler) (url string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	// A connection is one more that runs until the server has closed it, so that
	// Close can wait for its goroutine.
	var connections sync.WaitGroup
	server := &http.Server{
		Handler:     h,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				connections.Add(1)
			case http.StateClosed:
				connections.Done()
			}
		},
	}
	s.servers = append(s.servers, server)
	s.running.Go(func() error {
		err := server.Serve(l)
		connections.Wait()
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("serve photos on %v: %w", l.Addr(), err)
	})
	return "http://" + l.Addr().String(), nil
}

// newClient makes a client for many workers at once: a connection of each is kept for
// its next request, and no proxy comes between.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 1024,
		DisableCompression:  true, // there is nothing to gain with JPEGs
	}}
}

// Client gives an HTTP client for both servers. However many workers share it, each
// finds a connection left from its last request, if that one's answer was read to the
// end and closed. It has no time limit: give requests a context.
func (s *Service) Client() *http.Client { return s.client }

// grace is how long requests have to end once the service is closed.
const grace = 250 * time.Millisecond

// Close stops both servers and waits until nothing of them runs. Requests that take
// longer than 0.25 s are cut off. A second call does nothing and gives the same error:
// why a server has ended before, if one has.
func (s *Service) Close() error { return s.close() }

func (s *Service) shutDown() error {
	s.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	var closing sync.WaitGroup
	for _, server := range s.servers {
		closing.Go(func() {
			if server.Shutdown(ctx) != nil {
				server.Close()
			}
		})
	}
	closing.Wait()
	s.cut()
	err := s.running.Wait()
	s.client.CloseIdleConnections() // of requests that have ended within the grace
	return err
}
