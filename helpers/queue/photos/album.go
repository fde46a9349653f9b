package photos

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// A Photo is one JPEG of an album.
type Photo struct {
	Name          string // such as photo-07.jpg
	Width, Height int    // in pixels
	JPEG          []byte // shared by all who have the photo: not to be changed

	look look
}

const (
	defaultPhotos = 24
	mostPhotos    = 200
	quality       = 75
)

// sizes are those that photos have in turn. There are as many as have no divisor in
// common with the number of moods, so that each mood comes in each size.
var sizes = [...]struct{ width, height int }{
	{1600, 1200}, {1200, 1800}, {800, 600}, {1920, 1280}, {1080, 1350},
	{1600, 900}, {900, 1200}, {2000, 1500}, {1280, 960},
}

// Album gives the first n photos, 1 to 200, or 24 for 0: landscapes that a program
// draws, always the same, of 0.5 to 3 megapixels and 45 to 280 KB each. Those that
// are not there yet are made, on all cores, some 15 a second on each.
// They are kept for later cells of the same kernel, in its temporary directory
// (GONB_TMP_DIR); outside a kernel, for this process.
func Album(n int) ([]Photo, error) {
	if n == 0 {
		n = defaultPhotos
	}
	if n < 1 || n > mostPhotos {
		return nil, fmt.Errorf("make an album of %d photos: give 1 to %d, or 0 for %d", n, mostPhotos, defaultPhotos)
	}
	album := make([]Photo, n)
	var makers errgroup.Group
	makers.SetLimit(min(runtime.GOMAXPROCS(0), 8)) // each takes 20 MB
	for i := range album {
		makers.Go(func() (err error) {
			album[i], err = photo(i)
			return err
		})
	}
	if err := makers.Wait(); err != nil {
		return nil, err
	}
	return album, nil
}

// photo gives the photo at place i of an album.
func photo(i int) (Photo, error) {
	size := sizes[i%len(sizes)]
	p := Photo{Name: fmt.Sprintf("photo-%02d.jpg", i+1), Width: size.width, Height: size.height}
	if p.recall() {
		return p, nil
	}
	picture := landscape(i, p.Width, p.Height)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: quality}); err != nil {
		return p, fmt.Errorf("make %s: %w", p.Name, err)
	}
	p.JPEG, p.look = b.Bytes(), lookOf(picture)
	p.remember()
	return p, nil
}
