package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/view"
	"interleave/notebooks/nb/work"
)

// viewAs is the command view: it writes copies of notebooks in other languages.
func viewAs(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("view", flag.ContinueOnError)
	list := flags.String("lang", "", "the `languages` to show: ko, en, one with translations in notebooks/po, or several with commas")
	out := flags.String("o", "", "write to this `file or folder` (default: a file such as 54-lock.ko.ipynb among your copies, or beside the file that you name)")
	dir := flags.String("dir", "", "the `folder` with your copies of the notebooks (default work beside go.mod)")
	names, err := parse(flags, args)
	if err != nil {
		return err
	}
	if *list == "" {
		return fmt.Errorf("viewing notebooks: no language given; name it with --lang, as in --lang ko")
	}
	languages, err := view.ParseLanguages(*list)
	if err != nil {
		return err
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	if err := view.CheckTranslations(p.notebooks(), languages); err != nil {
		return err
	}
	lessons, err := p.lessons(names)
	if err != nil {
		return err
	}
	var parts []part
	for _, l := range lessons {
		parts = append(parts, l.parts...)
	}
	intoFolder := *out == "" || len(parts) > 1 || strings.HasSuffix(*out, string(filepath.Separator))
	if info, err := os.Stat(*out); err == nil && info.IsDir() {
		intoFolder = true
	} else if err == nil && intoFolder {
		return fmt.Errorf("viewing %d notebooks: %s is a file, not a folder; name a folder", len(parts), *out)
	}
	for _, part := range parts {
		path := *out
		if intoFolder {
			name := filepath.FromSlash(part.name) + "." + strings.Join(languages, "-") + ".ipynb"
			switch {
			case *out != "":
				path = filepath.Join(*out, name)
			case part.shipped:
				path = filepath.Join(copies{p, *dir}.folder(), name)
			default:
				path = filepath.Join(filepath.Dir(part.path), filepath.Base(name))
			}
		}
		if err := viewPart(p, part, languages, shown(path)); err != nil {
			return err
		}
	}
	return nil
}

func viewPart(p project, part part, languages []string, path string) error {
	if to := p.file(path); to.shipped {
		return fmt.Errorf("viewing %s: %s is one of the project's own notebooks; write to another file", part.path, path)
	}
	if same, err := sameFile(part.path, path); err != nil || same {
		return fmt.Errorf("viewing %s: it would be overwritten; write to another file with -o", part.path)
	}
	prose := func(c *notebook.Cell) bool { return notebook.ParseID(c.ID).Prose() }
	had := slices.ContainsFunc(part.nb.Cells, prose)
	if err := view.ShowIn(part.nb, part.name, languages, p.notebooks()); err != nil {
		return err
	}
	if had && !slices.ContainsFunc(part.nb.Cells, prose) {
		return fmt.Errorf("viewing %s: it has no text in %s, since it is itself a copy in another language; make the copy from the project's notebook: go run ./notebooks/nb view --lang %s %s",
			part.path, strings.Join(languages, " or "), strings.Join(languages, ","), part.number)
	}
	backup, err := work.Replace(path, part.nb.Marshal(), time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "nb: wrote "+path+kept(backup))
	return nil
}

func kept(backup string) string {
	if backup == "" {
		return ""
	}
	return "; what was there is in " + shown(backup) + ", and your own cells are in both"
}

func sameFile(a, b string) (bool, error) {
	x, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y), nil
}

// reset is the command reset: it makes the reader's copies as they are shipped.
func reset(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("reset", flag.ContinueOnError)
	dir := flags.String("dir", "", "the `folder` with your copies of the notebooks (default work beside go.mod)")
	names, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("resetting notebooks: none named; name them by their numbers, as in: go run ./notebooks/nb reset 54")
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	for _, name := range names {
		if !bareNumber.MatchString(name) {
			return fmt.Errorf("resetting %s: not the number of a notebook; give one such as 54", name)
		}
	}
	files, err := p.files(names)
	if err != nil {
		return err
	}
	folder := work.Folder{Path: copies{p, *dir}.folder(), Notebooks: p.notebooks()}
	for _, f := range files {
		name := filepath.Base(f.path)
		if f.solution {
			name = filepath.Join("solutions", name)
		}
		backup, err := folder.Reset(name, time.Now())
		if err != nil {
			return err
		}
		path := shown(filepath.Join(folder.Path, name))
		switch backup {
		case "":
			fmt.Fprintf(os.Stderr, "nb: %s is as it was shipped\n", path)
		default:
			fmt.Fprintf(os.Stderr, "nb: reset %s%s; if it is open in JupyterLab, choose File, Reload Notebook from Disk\n", path, kept(backup))
		}
	}
	return nil
}
