package notebook

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Digests gives for every code cell, in the notebook's order, a short digest of
// its code and of all code above it: what a cell shows depends on the
// declarations of the cells before it.
func (nb *Notebook) Digests() []string {
	var digests []string
	h := sha256.New()
	for _, c := range nb.Cells {
		if c.Type != Code {
			continue
		}
		// The length first, so that moving a line from one cell to the next
		// counts as a change.
		binary.Write(h, binary.BigEndian, uint64(len(c.Source)))
		h.Write([]byte(c.Source))
		digests = append(digests, "sha256:"+hex.EncodeToString(h.Sum(nil)[:8]))
	}
	return digests
}

// Ran gives the digest stored when the cell's outputs were made by Run, or "".
func (c *Cell) Ran() string {
	ours, _ := c.Metadata["interleave"].(map[string]any)
	digest, _ := ours["ran"].(string)
	return digest
}
