// Package work keeps a reader's folder: copies of the lab's notebooks, which hold all
// languages that they are written in. What the reader wrote is never lost.
package work

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/view"
)

// RecordName is the file in the folder that tells how each notebook was when it was
// last copied there.
const RecordName = ".interleave.json"

// Default is the reader's folder where they ask for no other: work in the project, or
// what INTERLEAVE_WORK names, for a project that they cannot write to.
func Default(project string) string {
	return cmp.Or(os.Getenv("INTERLEAVE_WORK"), filepath.Join(project, "work"))
}

// A Folder is a reader's folder.
type Folder struct {
	Path      string
	Notebooks string // the folder of the lab's notebooks
}

// copied tells how a notebook was when it was copied.
type copied struct {
	Digest string `json:"digest"`
	// Languages are those of a copy that an earlier version made, which could be of other
	// languages than the originals; none otherwise.
	Languages []string `json:"languages,omitempty"`
	Reset     bool     `json:"reset,omitempty"` // Jupyter has not been told to trust it
}

// UnmarshalJSON also reads the form of earlier versions, the digest alone.
func (c *copied) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &c.Digest)
	}
	type plain copied
	return json.Unmarshal(data, (*plain)(c))
}

func (c copied) languages() []string {
	if len(c.Languages) == 0 {
		return view.Originals
	}
	return c.Languages
}

// record gives what is known of the copies. Of a damaged one nothing is known: what
// differs from the lab's notebook counts as changed.
func (f Folder) record() map[string]copied {
	var record map[string]copied
	data, err := os.ReadFile(filepath.Join(f.Path, RecordName))
	if err != nil || json.Unmarshal(data, &record) != nil || record == nil {
		return map[string]copied{}
	}
	return record
}

func (f Folder) save(record map[string]copied) error {
	data, err := json.MarshalIndent(record, "", " ")
	if err != nil {
		return fmt.Errorf("noting what was copied: %w", err)
	}
	return notebook.WriteFile(filepath.Join(f.Path, RecordName), append(data, '\n'))
}

// names gives the lab's notebooks, solutions last, as paths in its folder.
func (f Folder) names() (names []string, err error) {
	for _, pattern := range []string{"*.ipynb", filepath.Join("solutions", "*.ipynb")} {
		found, err := filepath.Glob(filepath.Join(f.Notebooks, pattern))
		if err != nil {
			return nil, fmt.Errorf("looking for notebooks: %w", err)
		}
		for _, path := range found {
			name, err := filepath.Rel(f.Notebooks, path)
			if err != nil {
				return nil, fmt.Errorf("looking for notebooks: %w", err)
			}
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("looking for notebooks: there are none in %s; restore them, for example with git checkout notebooks", f.Notebooks)
	}
	return names, nil
}

// shipped gives one of the lab's notebooks in some languages.
func (f Folder) shipped(name string, languages []string) ([]byte, error) {
	path := filepath.Join(f.Notebooks, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("copying a notebook: %w", err)
	}
	if slices.Equal(languages, view.Originals) {
		return data, nil
	}
	nb, err := notebook.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("copying notebook %s: %w", path, err)
	}
	lesson := filepath.ToSlash(strings.TrimSuffix(name, ".ipynb"))
	if err := view.ShowIn(nb, lesson, languages, f.Notebooks); err != nil {
		return nil, fmt.Errorf("copying notebook %s: %w", path, err)
	}
	return nb.Marshal(), nil
}

// Filled tells what Fill did.
type Filled struct {
	First string   // the notebook to begin with
	Fresh []string // the copies that hold no output but the lab's, or the reader's own
	Kept  []string // the notebooks of which there is a new version that was not copied
	save  func() error
}

// Save notes what was copied, so that the next Fill knows. Until then the folder's
// copies count as what they were.
func (f Filled) Save() error { return f.save() }

// Fill copies the notebooks that the folder lacks, and the solutions to their
// exercises, and renews those that are as they were copied. A new version of a copy that
// the reader changed waits for the reader, see [Folder.Reset]. A copy that an earlier
// version made in other languages gets the originals back, beside what the reader changed.
// The reader's own cells stay beside their neighbours. If forgotten, nothing that is there
// is trusted any more, and what is unchanged counts as fresh.
func (f Folder) Fill(forgotten bool) (Filled, error) {
	names, err := f.names()
	if err != nil {
		return Filled{}, err
	}
	record := f.record()
	filled := Filled{First: names[0], save: func() error { return f.save(record) }}
	for _, name := range names {
		path := filepath.Join(f.Path, name)
		ship, err := f.shipped(name, view.Originals)
		if err != nil {
			return Filled{}, err
		}
		was, is := record[name], copied{Digest: digestOf(ship)}
		mine, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Filled{}, fmt.Errorf("looking at your copy of %s: %w", name, err)
		}
		text, fresh := ship, true
		switch have := digestOf(mine); {
		case err != nil: // there is none
		case have == is.Digest:
			record[name] = is
			if (was.Digest != is.Digest || was.Reset || forgotten) && noOutputsOfOwnCells(mine) {
				filled.Fresh = append(filled.Fresh, path)
			}
			continue
		default:
			base, err := f.shipped(name, was.languages())
			switch {
			case err == nil && digestOf(base) == was.Digest && was.Digest != is.Digest:
				text, err = switched(mine, base, ship)
			case have == was.Digest:
				text, err = restored(ship, mine)
			default:
				text, err = nil, nil
			}
			if err != nil || text == nil {
				if was.Digest != is.Digest {
					filled.Kept = append(filled.Kept, name)
				}
				continue
			}
			fresh = digestOf(text) == is.Digest && noOutputsOfOwnCells(text)
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return Filled{}, fmt.Errorf("making the folder for your copies of the notebooks: %w", err)
		}
		if err := notebook.WriteFile(path, text); err != nil {
			return Filled{}, err
		}
		record[name] = is
		if fresh {
			filled.Fresh = append(filled.Fresh, path)
		}
	}
	return filled, nil
}

// switched gives the reader's copy of one text as a copy of another.
func switched(mine, from, to []byte) ([]byte, error) {
	nb, err := notebook.Parse(mine)
	if err != nil {
		return nil, err
	}
	base, err := notebook.Parse(from)
	if err != nil {
		return nil, err
	}
	target, err := notebook.Parse(to)
	if err != nil {
		return nil, err
	}
	view.Switch(nb, base, target)
	return nb.Marshal(), nil
}

// restored gives the text as it is shipped, with the own cells of the reader's copy.
func restored(ship, mine []byte) ([]byte, error) {
	old, err := notebook.Parse(mine)
	if err != nil || !slices.ContainsFunc(old.Cells, own) {
		return ship, nil
	}
	nb, err := notebook.Parse(ship)
	if err != nil {
		return nil, err
	}
	view.Restore(nb, old)
	return nb.Marshal(), nil
}

func own(c *notebook.Cell) bool { return notebook.ParseID(c.ID).Own() }

// noOutputsOfOwnCells tells whether a notebook shows nothing that code from elsewhere
// may have left.
func noOutputsOfOwnCells(data []byte) bool {
	nb, err := notebook.Parse(data)
	return err != nil || !slices.ContainsFunc(nb.Cells, func(c *notebook.Cell) bool { return own(c) && len(c.Outputs) > 0 })
}

// digestOf sums up what a notebook says in the cells that belong to the lesson, but for
// their outputs: neither to look at it nor to run it nor to write beside it changes it.
func digestOf(data []byte) string {
	var nb struct{ Cells []map[string]any }
	if json.Unmarshal(data, &nb) == nil && nb.Cells != nil {
		nb.Cells = slices.DeleteFunc(nb.Cells, func(c map[string]any) bool {
			id, _ := c["id"].(string)
			return notebook.ParseID(id).Own()
		})
		for _, c := range nb.Cells {
			for _, key := range []string{"outputs", "execution_count", "metadata"} {
				delete(c, key)
			}
		}
		if same, err := json.Marshal(nb.Cells); err == nil {
			data = same
		}
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Reset makes the reader's copy of a notebook as it is shipped, with the reader's own
// cells. It gives the name of the file in which the copy is kept as it was, or "" if it
// was so already.
func (f Folder) Reset(name string, now time.Time) (backup string, err error) {
	ship, err := f.shipped(name, view.Originals)
	if err != nil {
		return "", err
	}
	backup, err = Replace(filepath.Join(f.Path, name), ship, now)
	if err != nil {
		return "", err
	}
	record := f.record()
	record[name] = copied{Digest: digestOf(ship), Reset: true}
	return backup, f.save(record)
}

// Replace writes a notebook to a file. A notebook that is there gives its own cells to
// the new one; if it had anything else, it is kept in a file whose name is given.
func Replace(path string, text []byte, now time.Time) (backup string, err error) {
	mine, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", fmt.Errorf("making the folder for notebook %s: %w", path, err)
		}
		return "", notebook.WriteFile(path, text)
	case err != nil:
		return "", fmt.Errorf("looking at notebook %s: %w", path, err)
	}
	if text, err = restored(text, mine); err != nil {
		return "", fmt.Errorf("replacing notebook %s: %w", path, err)
	}
	if bytes.Equal(text, mine) {
		return "", nil
	}
	backup, err = spare(path, now)
	if err != nil {
		return "", err
	}
	if err := notebook.WriteFile(backup, mine); err != nil {
		return "", err
	}
	return backup, notebook.WriteFile(path, text)
}

// spare gives a name with the time that no file has yet.
func spare(path string, now time.Time) (string, error) {
	base := strings.TrimSuffix(path, ".ipynb") + ".backup-" + now.Format("2006-01-02-150405")
	for i := 1; ; i++ {
		name := base + ".ipynb"
		if i > 1 {
			name = fmt.Sprintf("%s-%d.ipynb", base, i)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		} else if err != nil {
			return "", fmt.Errorf("looking for a name for the backup: %w", err)
		}
	}
}
