package photos

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/image/draw"
)

// begin starts a service of a few photos, which ends with the test.
func begin(t testing.TB, setup Setup) *Service {
	t.Helper()
	setup.Photos = cmp.Or(setup.Photos, 3)
	s, err := Start(setup)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// do sends a request and gives the answer, read to its end.
func (s *Service) do(ctx context.Context, method, url string, body []byte, header ...string) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp, got, err
}

// must is do where an answer is sure to come.
func (s *Service) must(t testing.TB, method, url string, body []byte, header ...string) (status int, got []byte) {
	t.Helper()
	resp, got, err := s.do(t.Context(), method, url, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, got
}

// put uploads a photo with its digest.
func (s *Service) put(t testing.TB, name string, photo []byte) (status int) {
	t.Helper()
	status, _ = s.must(t, "PUT", s.GalleryURL+"/"+name, photo, "Content-Digest", Digest(photo))
	return status
}

// resize gives a JPEG of the size.
func resize(t testing.TB, photo []byte, width, height int) []byte {
	t.Helper()
	picture, err := jpeg.Decode(bytes.NewReader(photo))
	if err != nil {
		t.Fatal(err)
	}
	to := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.ApproxBiLinear.Scale(to, to.Rect, picture, picture.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, to, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// until waits for what comes sooner or later.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestPipeline(t *testing.T) {
	s := begin(t, Setup{MaxSide: 200})
	var names []string
	if _, list := s.must(t, "GET", s.CameraURL, nil); json.Unmarshal(list, &names) != nil || len(names) != 3 {
		t.Fatalf("the camera lists %s", list)
	}
	if status, list := s.must(t, "GET", s.GalleryURL, nil); status != 200 || string(list) != "[]" {
		t.Errorf("an empty gallery answers %d %s", status, list)
	}
	var want []Item
	for i, name := range names {
		resp, photo, err := s.do(t.Context(), "GET", s.CameraURL+"/"+name, nil)
		if err != nil || resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "image/jpeg" || resp.Header.Get("Content-Digest") != Digest(photo) {
			t.Fatalf("%s: %v, %v", name, resp, err)
		}
		width, height := 200, 200*s.album[i].Height/s.album[i].Width
		if height > 200 {
			width, height = 200*s.album[i].Width/s.album[i].Height, 200
		}
		thumb := resize(t, photo, width, height)
		if i == 0 {
			if got := s.put(t, name, resize(t, photo, width, height+1)); got != 201 {
				t.Errorf("new: %d", got)
			}
		}
		if got, want := s.put(t, name, thumb), map[bool]int{true: 200, false: 201}[i == 0]; got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
		if got := s.put(t, name, thumb); got != 200 {
			t.Errorf("again: %d", got)
		}
		want = append(want, Item{name, Digest(thumb), width, height})
	}
	var items []Item
	if _, list := s.must(t, "GET", s.GalleryURL, nil); json.Unmarshal(list, &items) != nil || len(items) != 3 {
		t.Fatalf("the gallery lists %s", list)
	}
	for i := range items {
		if items[i] != want[i] {
			t.Errorf("got %v, want %v", items[i], want[i])
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	got := s.Stats()
	if got.Stored != 3 || got.Missing != nil || got.Duplicates != 3 || got.Replaced != 1 ||
		got.Camera != (Load{Requests: 3, Served: 3, MostServing: 1}) || got.Gallery != (Load{Requests: 7, Served: 7, MostServing: 1}) {
		t.Errorf("got %+v", got)
	}
}

func TestCheckAndSheet(t *testing.T) {
	s := begin(t, Setup{})
	sheet := func() image.Image {
		t.Helper()
		b, err := s.Sheet()
		if err != nil {
			t.Fatal(err)
		}
		picture, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil || picture.Bounds() != image.Rect(0, 0, 3*cellSide, cellSide) {
			t.Fatalf("the sheet is %v, %v", picture.Bounds(), err)
		}
		return picture
	}
	empty := lookOf(sheet())
	s.put(t, s.album[0].Name, resize(t, s.album[1].JPEG, 100, 150))
	s.put(t, s.album[1].Name, resize(t, s.album[1].JPEG, 100, 100))
	want := "check the gallery: 1 of 3 photos are missing: photo-03.jpg\n" +
		"photo-01.jpg shows photo-02.jpg\n" +
		"photo-02.jpg is stretched: 100 by 100 pixels, the camera's 1200 by 1800"
	if err := s.Check(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if lookOf(sheet()).alike(empty) {
		t.Error("the sheet does not show the photos")
	}
}

func TestGalleryRefuses(t *testing.T) {
	s := begin(t, Setup{MaxSide: 100})
	name := s.album[0].Name
	good := resize(t, s.album[0].JPEG, 100, 75)
	large := resize(t, s.album[0].JPEG, 101, 76)
	for _, tt := range []struct {
		what, name string
		body       []byte
		digest     string
		status     int
		reason     string
	}{
		{"no digest", name, good, "", 400, "there is no Content-Digest"},
		{"another's digest", name, good, Digest(large), 400, "and that of the"},
		{"a digest that is none", name, good, "sha-256=:!:", 400, "cannot be read"},
		{"a digest without its end", name, good, strings.TrimSuffix(Digest(good), ":"), 400, "cannot be read"},
		{"another algorithm", name, good, "sha-512=:AAAA:", 400, "no SHA-256"},
		{"an unknown name", "cat.jpg", good, Digest(good), 404, `no photo "cat.jpg"`},
		{"nothing", name, nil, Digest(nil), 422, "no JPEG"},
		{"text", name, []byte("hello"), Digest([]byte("hello")), 422, "no JPEG"},
		{"half a photo", name, good[:len(good)/2], Digest(good[:len(good)/2]), 422, "damaged"},
		{"too large", name, large, Digest(large), 422, "resize it to 100"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			var header []string
			if tt.digest != "" {
				header = []string{"Content-Digest", tt.digest}
			}
			status, reason := s.must(t, "PUT", s.GalleryURL+"/"+tt.name, tt.body, header...)
			if status != tt.status || !strings.Contains(string(reason), tt.reason) {
				t.Errorf("got %d %s, want %d %s", status, reason, tt.status, tt.reason)
			}
		})
	}
	if got := s.Stats(); got.Stored != 0 || got.Gallery.Refused != got.Gallery.Requests {
		t.Errorf("got %+v", got)
	}
	// Among other digests, the right one is found.
	if status, reason := s.must(t, "PUT", s.GalleryURL+"/"+name, good, "Content-Digest", "sha-512=:AAAA:, "+Digest(good), "Content-Digest", "x=:AA:"); status != 201 {
		t.Errorf("got %d %s", status, reason)
	}
	if status, _ := s.must(t, "GET", s.CameraURL+"/cat.jpg", nil); status != 404 || s.Stats().Camera.Refused != 1 {
		t.Errorf("a photo that the camera has not: %d, %+v", status, s.Stats().Camera)
	}
	if status, _ := s.must(t, "DELETE", s.GalleryURL+"/"+name, nil); status != 405 {
		t.Errorf("another method: %d", status)
	}
	_, err := readBody(httptest.NewRecorder(), httptest.NewRequest("PUT", "/", strings.NewReader("12345")), 4)
	if no, _ := errors.AsType[refusal](err); no.status != 413 {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestCloseCutsWhatTakesTooLong(t *testing.T) {
	s := begin(t, Setup{Camera: Server{Delay: time.Hour}})
	failed := make(chan error, 1)
	go func() {
		_, _, err := s.do(t.Context(), "GET", s.CameraURL+"/"+s.album[0].Name, nil)
		failed <- err
	}()
	until(t, "it is served", func() bool { return s.Stats().Camera.Serving == 1 })
	var closers sync.WaitGroup
	for range 2 {
		closers.Go(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if got := s.Stats().Camera; got.Cut != 1 || got.Serving != 0 {
				t.Errorf("got %+v", got)
			}
		})
	}
	if err := <-failed; err == nil {
		t.Error("it was answered")
	}
	closers.Wait()
	if _, _, err := s.do(t.Context(), "GET", s.CameraURL, nil); err == nil {
		t.Error("the camera still answers")
	}
	if _, err := s.Sheet(); err != nil {
		t.Error(err)
	}
}

func TestServersAreOnTheLoopbackOnly(t *testing.T) {
	s := begin(t, Setup{})
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{s.CameraURL, s.GalleryURL} {
		host, port, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
		if err != nil || host != "127.0.0.1" {
			t.Errorf("%s, %v", url, err)
		}
		for _, a := range addrs {
			ip, _, _ := net.ParseCIDR(a.String())
			if ip == nil || ip.IsLoopback() || ip.To4() == nil {
				continue
			}
			if c, err := net.DialTimeout("tcp", net.JoinHostPort(ip.String(), port), time.Second); err == nil {
				c.Close()
				t.Errorf("%s can be reached from %v", url, ip)
			}
		}
	}
}

func TestStartRefuses(t *testing.T) {
	for _, tt := range []struct {
		setup Setup
		want  string
	}{
		{Setup{Photos: -1}, "-1 photos"},
		{Setup{Photos: 1000}, "give 1 to 200"},
		{Setup{MaxSide: -1}, "-1 pixels"},
		{Setup{Camera: Server{Delay: -1}}, "the camera's delay is -1ns"},
		{Setup{Gallery: Server{Failures: 1.1}}, "the gallery's share of failures is 1.1"},
		{Setup{Gallery: Server{Failures: -0.1}}, "-0.1"},
		{Setup{Camera: Server{Failures: math.NaN()}}, "NaN"},
		{Setup{Camera: Server{AtOnce: -2}}, "-2 requests at once"},
	} {
		s, err := Start(tt.setup)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, %v, want an error with %q", s, err, tt.want)
		}
	}
}

func BenchmarkFetch(b *testing.B) {
	s := begin(b, Setup{})
	b.SetBytes(int64(len(s.album[0].JPEG)))
	for b.Loop() {
		if status, _ := s.must(b, "GET", s.CameraURL+"/"+s.album[0].Name, nil); status != 200 {
			b.Fatal(status)
		}
	}
}
