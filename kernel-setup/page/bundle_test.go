package page

import (
	"bytes"
	"compress/gzip"
	"regexp"
	"strings"
	"testing"
)

func TestBundle(t *testing.T) {
	files, err := Bundle(".")
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for name, content := range files {
		if _, err := z.Write(content); err != nil {
			t.Fatal(err)
		}
		// What a page could ask another machine for. SVG's namespace is a name.
		for _, address := range regexp.MustCompile(`(?:https?|wss?)://[^"'\s]+`).FindAllString(string(content), -1) {
			if address != "http://www.w3.org/2000/svg" {
				t.Errorf("%s has an address in it: %s", name, address)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if most := 60 << 10; packed.Len() > most {
		t.Errorf("the extension is %d bytes packed, more than %d", packed.Len(), most)
	}
	entry := string(files["static/remoteEntry.js"])
	for _, word := range []string{"NAME", "SHARED", "STYLE"} {
		if regexp.MustCompile(`\b` + word + `\b`).MatchString(entry) {
			t.Errorf("remoteEntry.js still has %s in it", word)
		}
	}
	if !strings.Contains(entry, `"@jupyterlab/notebook"`) {
		t.Error("remoteEntry.js does not look up JupyterLab's notebook")
	}
}

func TestBundleFails(t *testing.T) {
	if _, err := Bundle(t.TempDir()); err == nil || !strings.Contains(err.Error(), "style.css") {
		t.Errorf("without sources: %v", err)
	}
}
