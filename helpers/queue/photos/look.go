package photos

import (
	"image"
	"image/color"
)

const lookSide = 8

// A look is what a picture looks like from afar, whatever its size: how bright it is
// in each of 8 by 8 fields.
type look [lookSide * lookSide]uint8

func lookOf(picture image.Image) (l look) {
	const samples = 16 // along each side of a field
	const side = lookSide * samples
	b := picture.Bounds()
	var sums [len(l)]int
	for j := range side {
		y := b.Min.Y + (2*j+1)*b.Dy()/(2*side)
		for i := range side {
			x := b.Min.X + (2*i+1)*b.Dx()/(2*side)
			bright := color.GrayModel.Convert(picture.At(x, y)).(color.Gray)
			sums[j/samples*lookSide+i/samples] += int(bright.Y)
		}
	}
	for i, sum := range sums {
		l[i] = uint8(sum / (samples * samples))
	}
	return l
}

// difference is how far two looks are apart on average, from 0 to 255.
func (l look) difference(other look) float64 {
	sum := 0
	for i := range l {
		sum += max(int(l[i])-int(other[i]), int(other[i])-int(l[i]))
	}
	return float64(sum) / float64(len(l))
}

// alike tells whether both are looks of one picture. Scaling and encoding change a
// look by less than 2, and two photos of an album differ by more than 4.
func (l look) alike(other look) bool { return l.difference(other) < 3 }
