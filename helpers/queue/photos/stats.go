package photos

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Stats are counts at one moment.
type Stats struct {
	Photos     int      // that the camera has
	Stored     int      // of them, at the gallery
	Missing    []string // of them, the others, in the album's order
	Duplicates int      // how often the gallery got again what it had
	Replaced   int      // how often it got something else by the same name

	Camera, Gallery Load
}

// A Load is what has become of the requests for photos, those that a server got. Each
// is in one of the numbers from Waiting to Cut.
type Load struct {
	Requests int // all; a batch is one

	Waiting int // until they may be served, now
	Serving int // being served, now
	Served  int // answered 200 or 201
	Failed  int // answered 503, as [Server].Failures wants it
	Refused int // answered 4xx, as what they ask is wrong
	Cut     int // without an answer, as the client gave up or the service was closed

	MostServing int // the most that were served at the same time
}

// Stats gives the counts of now. A request is counted before its answer is sent.
func (s *Service) Stats() Stats {
	stats := Stats{Photos: len(s.album), Camera: s.cameraGate.snapshot(), Gallery: s.galleryGate.snapshot()}
	s.gallery.mu.Lock()
	defer s.gallery.mu.Unlock()
	stats.Stored, stats.Duplicates, stats.Replaced = len(s.gallery.stored), s.gallery.duplicates, s.gallery.replaced
	for _, p := range s.album {
		if _, ok := s.gallery.stored[p.Name]; !ok {
			stats.Missing = append(stats.Missing, p.Name)
		}
	}
	return stats
}

// Check tells what is wrong with the gallery, if anything is: photos of the camera's
// that are missing, that show another photo, or that are stretched. It compares how
// bright the photos are in each of 8 by 8 fields, and their proportions to the pixel.
func (s *Service) Check() error {
	if err := errors.Join(s.problems()...); err != nil {
		return fmt.Errorf("check the gallery: %w", err)
	}
	return nil
}

func (s *Service) problems() (all []error) {
	if missing := s.Stats().Missing; len(missing) > 0 {
		const most = 5
		names := strings.Join(missing[:min(most, len(missing))], ", ")
		if more := len(missing) - most; more > 0 {
			names += fmt.Sprintf(" and %d more", more)
		}
		all = append(all, fmt.Errorf("%d of %d photos are missing: %s", len(missing), len(s.album), names))
	}
	s.gallery.mu.Lock()
	defer s.gallery.mu.Unlock()
	for _, p := range s.album {
		got, ok := s.gallery.stored[p.Name]
		switch {
		case !ok:
		case !got.look.alike(p.look):
			shows := "something else"
			if i := slices.IndexFunc(s.album, func(p Photo) bool { return got.look.alike(p.look) }); i >= 0 {
				shows = s.album[i].Name
			}
			all = append(all, fmt.Errorf("%s shows %s", p.Name, shows))
		case stretched(p, got.Item):
			all = append(all, fmt.Errorf("%s is stretched: %d by %d pixels, the camera's %d by %d", p.Name, got.Width, got.Height, p.Width, p.Height))
		}
	}
	return all
}

// stretched tells whether the proportions differ by more than a pixel on each side,
// which rounding explains.
func stretched(p Photo, i Item) bool {
	off := i.Width*p.Height - i.Height*p.Width
	return max(off, -off) > p.Width+p.Height
}
