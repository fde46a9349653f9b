package photos

import (
	"bytes"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"interleave/helpers/racedetector"
)

// small is the place of the smallest photo, which is made soonest.
const small = 2

func TestAlbum(t *testing.T) {
	n := 0
	if racedetector.Enabled {
		n = 3 // each takes ten times as long
	}
	album, err := Album(n)
	if err != nil {
		t.Fatal(err)
	}
	total, tall := 0, 0
	for i, p := range album {
		picture, err := jpeg.Decode(bytes.NewReader(p.JPEG))
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		if size := picture.Bounds().Size(); size.X != p.Width || size.Y != p.Height {
			t.Errorf("%s says %d by %d, and is %v", p.Name, p.Width, p.Height, size)
		}
		if !p.look.alike(lookOf(picture)) {
			t.Errorf("%s does not show what was drawn", p.Name)
		}
		for _, other := range album[:i] {
			if p.Name == other.Name || p.look.alike(other.look) {
				t.Errorf("%s and %s are one", p.Name, other.Name)
			}
		}
		if len(p.JPEG) < 30_000 || len(p.JPEG) > 350_000 {
			t.Errorf("%s has %d bytes", p.Name, len(p.JPEG))
		}
		total += len(p.JPEG)
		if p.Height > p.Width {
			tall++
		}
	}
	if tall == 0 || tall == len(album) {
		t.Errorf("%d of %d photos are portraits", tall, len(album))
	}
	if n == 0 && (total < 1e6 || total > 8e6) {
		t.Errorf("the album has %d bytes, want a few million", total)
	}
}

func TestAlbumOfAWrongSize(t *testing.T) {
	for _, n := range []int{-1, mostPhotos + 1} {
		if album, err := Album(n); err == nil {
			t.Errorf("%d photos: got %d", n, len(album))
		}
	}
}

// makeSmall gives a photo that was made in a folder of its own, and the file.
func makeSmall(t *testing.T) (p Photo, file string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("GONB_TMP_DIR", dir)
	p, err := photo(small)
	if err != nil {
		t.Fatal(err)
	}
	return p, filepath.Join(dir, folder, p.Name)
}

func TestPhotoIsAlwaysTheSame(t *testing.T) {
	one, _ := makeSmall(t)
	other, _ := makeSmall(t)
	if !bytes.Equal(one.JPEG, other.JPEG) || one.look != other.look {
		t.Error("made twice, it differs")
	}
}

func TestPhotoIsKept(t *testing.T) {
	p, file := makeSmall(t)
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := photo(small)
	if err != nil || !bytes.Equal(again.JPEG, p.JPEG) || again.look != p.look {
		t.Errorf("the kept photo differs, %v", err)
	}
	if after, _ := os.Stat(file); !os.SameFile(before, after) {
		t.Error("it was made again")
	}
	if files, _ := os.ReadDir(filepath.Dir(file)); len(files) != 1 {
		t.Errorf("the folder has %v", files)
	}
	content, _ := os.ReadFile(file)
	if _, err := jpeg.Decode(bytes.NewReader(content)); err != nil {
		t.Errorf("the file cannot be shown: %v", err)
	}
}

func TestDamagedPhotoIsMadeAnew(t *testing.T) {
	p, file := makeSmall(t)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, content := range map[string][]byte{
		"empty": nil, "cut off": good[:len(good)-1000], "a bit flipped": flipped,
	} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := photo(small)
		if err != nil || !bytes.Equal(again.JPEG, p.JPEG) {
			t.Errorf("%s: another photo, %v", name, err)
		}
		if mended, _ := os.ReadFile(file); !bytes.Equal(mended, good) {
			t.Errorf("%s: the file is not mended", name)
		}
	}
}

func TestPhotoThatCannotBeKept(t *testing.T) {
	p, file := makeSmall(t)
	t.Setenv("GONB_TMP_DIR", filepath.Join(file, "no folder"))
	again, err := photo(small)
	if err != nil || !bytes.Equal(again.JPEG, p.JPEG) {
		t.Errorf("another photo, %v", err)
	}
}

func BenchmarkAlbum(b *testing.B) {
	for b.Loop() {
		b.Setenv("GONB_TMP_DIR", b.TempDir())
		if _, err := Album(0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAlbumKept(b *testing.B) {
	b.Setenv("GONB_TMP_DIR", b.TempDir())
	Album(0)
	for b.Loop() {
		if _, err := Album(0); err != nil {
			b.Fatal(err)
		}
	}
}
