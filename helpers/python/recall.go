package python

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// places is where Find searches, and what its result depends on.
type places struct {
	Listed string // INTERLEAVE_PYTHONS
	Path   string // PATH
	Pyenv  string // pyenv's root
	UV     string // uv's interpreters
	GIL    string // PYTHON_GIL, which turns a free-threaded build's GIL on
}

func placesNow() places {
	home, _ := os.UserHomeDir() // none: the two places below do not exist
	return places{
		Listed: os.Getenv(ListEnv),
		Path:   os.Getenv("PATH"),
		Pyenv:  cmp.Or(os.Getenv("PYENV_ROOT"), filepath.Join(home, ".pyenv")),
		UV:     filepath.Join(home, ".local", "share", "uv", "python"),
		GIL:    os.Getenv("PYTHON_GIL"),
	}
}

// recalled holds what this process found.
var recalled struct {
	sync.Mutex
	finding
}

// A finding is the result of a search and where it searched.
type finding struct {
	Places places        `json:"places"`
	Found  []Interpreter `json:"found"`
}

func findingPath() string {
	dir := os.Getenv(protocol.GONB_TMP_DIR_ENV)
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "interleave-pythons.json")
}

// recall gives what was found in the same places, by this process or an
// earlier cell, or nil.
func (p places) recall() []Interpreter {
	recalled.Lock()
	defer recalled.Unlock()
	f := recalled.finding
	if path := findingPath(); path != "" {
		// What cannot be read is searched again and written anew.
		f = finding{}
		b, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(b, &f) != nil {
			return nil
		}
	}
	if f.Places != p || len(f.Found) == 0 {
		return nil
	}
	for _, in := range f.Found {
		if !executable(in.Path) {
			return nil
		}
	}
	found := slices.Clone(f.Found)
	label(found)
	return found
}

// remember keeps what was found. That it cannot is no reason to fail: the next
// cell searches again.
func (p places) remember(found []Interpreter) {
	recalled.Lock()
	defer recalled.Unlock()
	f := finding{p, slices.Clone(found)}
	path := findingPath()
	if path == "" {
		recalled.finding = f
		return
	}
	b, err := json.Marshal(f)
	if err != nil {
		return
	}
	// Renamed into place, so that no other cell reads half of it.
	tmp, err := os.CreateTemp(filepath.Dir(path), "interleave-pythons-*")
	if err != nil {
		return
	}
	_, err = tmp.Write(b)
	if tmp.Close() != nil || err != nil || os.Rename(tmp.Name(), path) != nil {
		os.Remove(tmp.Name())
	}
}
