// Package page makes the extension that lays out the lab's lessons in JupyterLab and
// Notebook 7: two languages side by side, Python as Python, what is the reader's own.
//
// The extension is written in TypeScript, in src, against JupyterLab's published
// packages. At run time JupyterLab itself has all of those: what its page shares with
// extensions is looked up there, and so there is nothing to install but our own files.
// JupyterLab's own way to build an extension is webpack under Node.js, with hundreds of
// packages, only to make the few lines of container.js below that look things up.
// esbuild is a Go library, and builds the same in less than a second with no Node.js at
// all. Types, style and units are checked by Node.js, in a test.
package page

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Name is what JupyterLab knows the extension by, and the name of its folder.
const Name = "interleave-page"

// container is what JupyterLab loads: it hands out the extension.
//
//go:embed container.js
var container string

// Bundle builds the extension from its sources in a folder, this package's own. It
// returns the files of the extension's folder by their paths there.
func Bundle(dir string) (map[string][]byte, error) {
	dir, err := filepath.Abs(dir) // esbuild takes no other
	if err != nil {
		return nil, fmt.Errorf("build the extension: %w", err)
	}
	style, err := build(dir, "src/style.css", nil)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(string(style.OutputFiles[0].Contents))
	if err != nil {
		return nil, err
	}
	code, err := build(dir, "src/index.ts", map[string]string{"STYLE": string(text)})
	if err != nil {
		return nil, err
	}
	shared, err := lookedUp(code.Metafile)
	if err != nil {
		return nil, err
	}
	names, err := json.Marshal(shared)
	if err != nil {
		return nil, err
	}
	entry := strings.NewReplacer("NAME", `"`+Name+`"`, "SHARED", string(names),
		"CODE", string(bytes.TrimSpace(code.OutputFiles[0].Contents))).Replace(container)
	var own struct {
		Version     string `json:"version"`
		Description string `json:"description"`
		License     string `json:"license"`
	}
	data, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return nil, fmt.Errorf("build the extension: %w", err)
	}
	if err := json.Unmarshal(data, &own); err != nil {
		return nil, fmt.Errorf("build the extension: package.json: %w", err)
	}
	description, err := json.MarshalIndent(map[string]any{
		"name": Name, "version": own.Version, "description": own.Description, "license": own.License,
		"jupyterlab": map[string]any{
			"extension": true,
			"schemaDir": "schemas",
			"_build":    map[string]string{"load": "static/remoteEntry.js", "extension": "./extension"},
		},
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	schema, err := os.ReadFile(filepath.Join(dir, "schema", "plugin.json"))
	if err != nil {
		return nil, fmt.Errorf("build the extension: %w", err)
	}
	return map[string][]byte{
		"package.json":                     append(description, '\n'),
		"static/remoteEntry.js":            []byte(entry),
		"schemas/" + Name + "/plugin.json": schema,
	}, nil
}

// build bundles one source with what it imports of ours.
func build(dir, entry string, define map[string]string) (api.BuildResult, error) {
	result := api.Build(api.BuildOptions{
		AbsWorkingDir:     dir,
		EntryPoints:       []string{entry},
		Outfile:           "out" + filepath.Ext(entry), // named only; nothing is written
		Bundle:            true,
		Metafile:          true,
		Format:            api.FormatCommonJS,
		Target:            api.ES2022,
		External:          []string{"@jupyterlab/*", "@lumino/*", "@codemirror/*"},
		Define:            define,
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Charset:           api.CharsetUTF8,
	})
	var problems []error
	for _, m := range result.Errors {
		at := ""
		if m.Location != nil {
			at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
		}
		problems = append(problems, errors.New(at+m.Text))
	}
	if len(problems) > 0 {
		return result, fmt.Errorf("build the extension: %w", errors.Join(problems...))
	}
	return result, nil
}

// lookedUp returns the packages that the bundle takes from JupyterLab's page.
func lookedUp(metafile string) ([]string, error) {
	var meta struct {
		Outputs map[string]struct {
			Imports []struct {
				Path     string `json:"path"`
				External bool   `json:"external"`
			} `json:"imports"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("build the extension: esbuild's own account of it: %w", err)
	}
	var names []string
	for _, out := range meta.Outputs {
		for _, i := range out.Imports {
			if i.External {
				names = append(names, i.Path)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
