package photos

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"
)

const (
	cellSide = 96 // pixels
	gap      = 2  // around each photo
	columns  = 8
)

// Sheet gives one picture, a JPEG, of what is at the gallery: all photos in the order
// of the album, 96 pixels each, 8 side by side, and a grey square for each one that is
// missing. Of 32 photos it has some 40 KB: show
// it as image/jpeg.
func (s *Service) Sheet() ([]byte, error) {
	wide := min(columns, len(s.album))
	high := (len(s.album) + wide - 1) / wide
	sheet := image.NewRGBA(image.Rect(0, 0, wide*cellSide, high*cellSide))
	fill(sheet, sheet.Bounds(), color.White)
	for i, p := range s.album {
		corner := image.Pt(i%wide*cellSide, i/wide*cellSide)
		cell := image.Rect(0, 0, cellSide, cellSide).Add(corner).Inset(gap)
		s.gallery.mu.Lock()
		got, ok := s.gallery.stored[p.Name]
		s.gallery.mu.Unlock()
		if !ok {
			fill(sheet, cell, color.Gray{0xd8})
			continue
		}
		picture, err := jpeg.Decode(bytes.NewReader(got.jpeg))
		if err != nil {
			return nil, fmt.Errorf("draw the sheet: %s: %w", p.Name, err)
		}
		draw.BiLinear.Scale(sheet, fit(cell, got.Width, got.Height), picture, picture.Bounds(), draw.Src, nil)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, sheet, &jpeg.Options{Quality: 50}); err != nil {
		return nil, fmt.Errorf("draw the sheet: %w", err)
	}
	return b.Bytes(), nil
}

func fill(picture draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(picture, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// fit gives the largest rectangle with the proportions of width by height in the
// middle of a cell.
func fit(cell image.Rectangle, width, height int) image.Rectangle {
	side, long := cell.Dx(), max(width, height)
	w, h := max(side*width/long, 1), max(side*height/long, 1)
	corner := cell.Min.Add(image.Pt((side-w)/2, (side-h)/2))
	return image.Rect(0, 0, w, h).Add(corner)
}
