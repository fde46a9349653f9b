package photos

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// folder is where the photos of one kernel are, each a file. After the JPEG, where
// programs that show it do not look, come its look and the SHA-256 of all before.
const folder = "interleave-photos"

// ownPhotos holds, by name, what such files would while there is no kernel.
var ownPhotos sync.Map // of []byte

func folderPath() string {
	dir := os.Getenv(protocol.GONB_TMP_DIR_ENV)
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, folder)
}

// recall fills in what was kept of the photo, by this process or an earlier cell.
// What cannot be read is as good as not kept: it is made anew.
func (p *Photo) recall() bool {
	var b []byte
	if dir := folderPath(); dir == "" {
		kept, _ := ownPhotos.Load(p.Name)
		b, _ = kept.([]byte)
	} else {
		b, _ = os.ReadFile(filepath.Join(dir, p.Name))
	}
	end := len(b) - sha256.Size
	if end < len(p.look) {
		return false
	}
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return false
	}
	start := end - len(p.look)
	copy(p.look[:], b[start:end])
	p.JPEG = b[:start:start]
	return true
}

// remember keeps the photo. That it cannot is no reason to fail: the next cell makes
// it again.
func (p *Photo) remember() {
	b := slices.Concat(p.JPEG, p.look[:])
	sum := sha256.Sum256(b)
	b = append(b, sum[:]...)
	dir := folderPath()
	if dir == "" {
		ownPhotos.Store(p.Name, b)
		return
	}
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	// Renamed into place, so that no other cell reads half of it.
	tmp, err := os.CreateTemp(dir, p.Name+"-*")
	if err != nil {
		return
	}
	_, err = tmp.Write(b)
	if tmp.Close() != nil || err != nil || os.Rename(tmp.Name(), filepath.Join(dir, p.Name)) != nil {
		os.Remove(tmp.Name())
	}
}
