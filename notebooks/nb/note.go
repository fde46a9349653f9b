package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"interleave/notebooks/nb/note"
	"interleave/notebooks/nb/notebook"
)

// notes is the command note: it takes a reader's study note into their copies of
// the notebooks, and gives it back.
func notes(ctx context.Context, args []string) error {
	return choose(ctx, args, map[string]subcommand{"import": importNote, "export": exportNote})
}

func importNote(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("note import", flag.ContinueOnError)
	at := flags.String("at", "", "the `notebook` to import into: its number, such as 54, or a file")
	dir := flags.String("dir", "", "the `folder` with your copies of the notebooks (default work beside go.mod)")
	names, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(names) != 1 || *at == "" {
		return fmt.Errorf("importing a note: %d notes and --at %q given; name one note and one notebook, as in: note import notes.md --at 54", len(names), *at)
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	c := copies{p, *dir}
	data, err := os.ReadFile(names[0])
	if err != nil {
		return fmt.Errorf("reading note: %w", err)
	}
	n, err := note.Split(names[0], data)
	if err != nil {
		return err
	}
	f, err := c.find(*at)
	if err != nil {
		return err
	}
	return c.importInto(f, n)
}

func (c copies) importInto(f file, n *note.Note) error {
	old, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("reading notebook: %w", err)
	}
	nb, err := notebook.Parse(old)
	if err != nil {
		return fmt.Errorf("reading notebook %s: %w", f.path, err)
	}
	guide, err := c.guide(f, nb)
	if err != nil {
		return err
	}
	all, changed, err := note.Import(note.Copy{Name: f.path, Notebook: nb}, n, guide, f.number, c.others(f))
	if different, ok := errors.AsType[*note.DifferentError](err); ok {
		return fmt.Errorf("importing %s into %s: %w; nothing was changed. To keep what the notebook has, run: nb note export --note %s -o FILE %s. To take in the file instead, then remove the note's cells in JupyterLab and import again. If it is another note, give it another name",
			n.Name, f.path, different, n.Name, f.path)
	} else if err != nil {
		return fmt.Errorf("importing %s into %s: %w", n.Name, f.path, err)
	}
	if changed {
		if now, err := os.ReadFile(f.path); err != nil || !bytes.Equal(now, old) {
			return fmt.Errorf("importing %s into %s: the notebook was saved meanwhile and is left as it is; run it again", n.Name, f.path)
		}
		if err := notebook.WriteFile(f.path, nb.Marshal()); err != nil {
			return err
		}
	}
	report(f, n, all)
	return nil
}

// report tells where the sections went.
func report(f file, n *note.Note, all []note.Placement) {
	placed, unsure := 0, 0
	for i := 0; i < len(all); i++ {
		p := all[i]
		heading := fmt.Sprintf("%s:%d: %s", n.Name, p.Section.Line, cmp.Or(p.Section.Heading, "the text before the first heading"))
		switch {
		case p.Item != "":
			first := i
			for i+1 < len(all) && all[i+1].Item == p.Item {
				i++
			}
			if i > first {
				heading += fmt.Sprintf(" (and %d more down to line %d)", i-first, all[i].Section.Line)
			}
			fmt.Printf("%s: belongs to %s; %s\n", heading, p.Item, elsewhere(p.Item))
		case p.There != "":
			fmt.Printf("%s: is in %s already\n", heading, p.There)
		case p.Step != "":
			placed++
			fmt.Printf("%s: beside %s %s\n", heading, p.Step, p.Title)
		default:
			placed++
			unsure++
			fmt.Printf("%s: unsure%s; it is at the end\n", heading, doubts(p))
		}
	}
	switch {
	case placed == 0:
		fmt.Printf("%s: nothing new of %s; it was not changed\n", f.path, n.Name)
	case unsure == 0:
		fmt.Printf("%s: placed %d sections; if it is open in JupyterLab, choose File, Reload Notebook from Disk\n", f.path, placed)
	default:
		fmt.Printf("%s: placed %d sections, %d of them at the end for you to drag to their place; if it is open in JupyterLab, choose File, Reload Notebook from Disk\n", f.path, placed, unsure)
	}
}

func elsewhere(item string) string {
	if len(item) == 2 && slices.ContainsFunc(steps, func(s step) bool { return s.name[:2] == item }) {
		return "import it with --at " + item
	}
	return "there is no notebook for it"
}

// doubts tells why a section's place is unsure, and where it may belong.
func doubts(p note.Placement) string {
	var perhaps []string
	for _, s := range p.Perhaps {
		perhaps = append(perhaps, strings.TrimSpace(s.Name+" "+s.Title))
	}
	text := ""
	if p.Why != "" {
		text = ", as " + p.Why
	}
	if len(perhaps) > 0 {
		text += "; perhaps " + strings.Join(perhaps, ", or ")
	}
	return text
}

func exportNote(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("note export", flag.ContinueOnError)
	name := flags.String("note", "", "the `name` of the note, where there are several")
	out := flags.String("o", "", "write to this `file`, not to standard output")
	dir := flags.String("dir", "", "the `folder` with your copies of the notebooks (default work beside go.mod)")
	names, err := parse(flags, args)
	if err != nil {
		return err
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	nbs, err := copies{p, *dir}.read(names)
	if err != nil {
		return err
	}
	there := note.Names(nbs...)
	switch {
	case len(there) == 0:
		return errors.New("exporting a note: the notebooks have none; import one first, as in: note import notes.md --at 54")
	case *name == "" && len(there) > 1:
		return fmt.Errorf("exporting a note: the notebooks have several: %s; choose one with --note", strings.Join(there, ", "))
	case *name != "" && !slices.Contains(there, note.NameOf(*name)):
		return fmt.Errorf("exporting the note %s: the notebooks do not have it, but %s; choose one with --note", *name, strings.Join(there, ", "))
	}
	chosen := note.NameOf(cmp.Or(*name, there[0]))
	e := note.Export(chosen, nbs...)
	if *out == "" {
		if _, err := os.Stdout.WriteString(e.Text); err != nil {
			return fmt.Errorf("exporting the note %s: %w", chosen, err)
		}
	}
	lacks := ""
	if len(e.Missing) > 0 {
		lacks = fmt.Sprintf("%d of its %d sections are not in these notebooks (%s)", len(e.Missing), e.Of, ranges(e.Missing))
	}
	if *out != "" {
		if _, err := os.Stat(*out); err == nil && lacks != "" {
			return fmt.Errorf("exporting the note %s to %s: %s, and the file may have them; name all notebooks that have the note, or another file", chosen, *out, lacks)
		}
		if err := notebook.WriteFile(*out, []byte(e.Text)); err != nil {
			return fmt.Errorf("exporting the note %s: %w", chosen, err)
		}
	}
	if lacks != "" {
		fmt.Fprintf(os.Stderr, "nb: %s: %s\n", chosen, lacks)
	}
	return nil
}

// ranges lists numbers, a run of them by its ends.
func ranges(list []int) string {
	var runs []string
	for i := 0; i < len(list); i++ {
		first := i
		for i+1 < len(list) && list[i+1] == list[i]+1 {
			i++
		}
		run := strconv.Itoa(list[first])
		if i > first {
			run += "–" + strconv.Itoa(list[i])
		}
		runs = append(runs, run)
	}
	return strings.Join(runs, ", ")
}
