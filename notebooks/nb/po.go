package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"interleave/helpers/lang/po"
	"interleave/notebooks/nb/notebook"
	"interleave/notebooks/nb/translation"
	"interleave/notebooks/nb/view"
)

// poFiles is the command po: it hands out what is to be translated, and takes in
// translations.
func poFiles(ctx context.Context, args []string) error {
	return choose(ctx, args, map[string]subcommand{"export": exportPO, "import": importPO, "status": status, "agree": agree})
}

// labelsName is what to type for the labels of charts and tables.
const labelsName = "labels"

// translatables gives the lessons that the names mean, and whether they mean the
// labels too. No name means all.
func (p project) translatables(names []string) (lessons []*lesson, withLabels bool, err error) {
	rest := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == labelsName })
	withLabels = len(names) == 0 || len(rest) < len(names)
	if len(names) > 0 && len(rest) == 0 {
		return nil, withLabels, nil
	}
	if lessons, err = p.lessons(rest); err != nil {
		return nil, false, err
	}
	for _, l := range lessons {
		if err := l.split(); err != nil {
			return nil, false, err
		}
	}
	return lessons, withLabels, nil
}

func exportPO(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("po export", flag.ContinueOnError)
	language := flags.String("lang", "", "the `language` to translate into, such as ja")
	from := flags.String("from", "", "the `language` to translate from: en or ko (default en, or what was used so far)")
	names, err := parse(flags, args)
	if err != nil {
		return err
	}
	if err := checkLanguage(*language, *from); err != nil {
		return fmt.Errorf("exporting a PO file: %w", err)
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	f, err := p.export(*language, *from, names)
	if err != nil {
		return err
	}
	if _, err := os.Stdout.Write(f.Marshal()); err != nil {
		return fmt.Errorf("exporting a PO file: %w", err)
	}
	return nil
}

// export gives one file with the messages of all that the names mean.
func (p project) export(language, from string, names []string) (*po.File, error) {
	lessons, withLabels, err := p.translatables(names)
	if err != nil {
		return nil, err
	}
	all := new(po.File)
	add := func(f *po.File) {
		if len(all.Entries) > 0 {
			f.Entries = withoutHeader(f.Entries)
		}
		all.Entries = append(all.Entries, f.Entries...)
		all.Trailing = append(all.Trailing, f.Trailing...)
	}
	for _, l := range lessons {
		if isOriginal(language) {
			add(translation.Original(l.slots(), language, source(language, from, nil)))
			continue
		}
		kept, err := p.readCatalog(l.name, language)
		if err != nil {
			return nil, err
		}
		from = source(language, from, kept) // the first lesson's goes for all
		if kept == nil {
			kept = translation.New(language, from)
		}
		kept = translation.Convert(kept, l.slots(), from)
		add(translation.Merge(kept, translation.Messages(l.slots(), from)))
	}
	switch {
	case !withLabels:
	case isOriginal(language) && len(names) > 0:
		return nil, fmt.Errorf("exporting the labels in %s: they are written in the Go code, in both languages; change them there, or export another language", language)
	case from == "ko" && len(names) > 0:
		return nil, errors.New("exporting the labels from ko: catalogs know labels by their English; export them without --from ko")
	case !isOriginal(language) && from != "ko":
		f, err := p.labels(language)
		if err != nil {
			return nil, err
		}
		add(f)
	}
	return all, nil
}

// labels gives the PO file of the labels as it should be now.
func (p project) labels(language string) (*po.File, error) {
	messages, err := p.labelMessages()
	if err != nil {
		return nil, err
	}
	kept, err := p.readCatalog(labelsName, language)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		kept = translation.New(language, "en")
	}
	return translation.Merge(kept, messages), nil
}

func isOriginal(language string) bool { return slices.Contains(view.Originals, language) }

func isHeader(e *po.Entry) bool { return !e.Obsolete && e.Context == "" && e.ID == "" }

func withoutHeader(entries []*po.Entry) []*po.Entry {
	return slices.DeleteFunc(slices.Clone(entries), isHeader)
}

func importPO(_ context.Context, args []string) error {
	flags := flag.NewFlagSet("po import", flag.ContinueOnError)
	language := flags.String("lang", "", "the `language` that the file translates into")
	names, err := parse(flags, args)
	if err != nil {
		return err
	}
	if err := checkLanguage(*language, ""); err != nil {
		return fmt.Errorf("importing a PO file: %w", err)
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		return fmt.Errorf("importing a PO file: %w", err)
	}
	f, err := po.Parse(data)
	if err != nil {
		return fmt.Errorf("importing the PO file on standard input: %w", err)
	}
	files, said, err := p.take(f, *language, names)
	if err != nil {
		return fmt.Errorf("importing the PO file on standard input; nothing was changed:\n%w", err)
	}
	if err := writeAll(files); err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, said)
	if _, err := notebook.Python(p.lab()); err == nil && !isOriginal(*language) {
		fmt.Fprintln(os.Stderr, "nb: the lab shows it when it is started the next time; to see it in one that is running, run go run ./kernel-setup install, and load its page again")
	}
	return nil
}

// take gives what files should hold when a translator's file is taken in, and what
// to tell the translator.
func (p project) take(f *po.File, language string, names []string) (files map[string][]byte, said string, err error) {
	if is := f.Header("Language"); is != "" && is != language {
		return nil, "", fmt.Errorf("it is in the language %s, says its header, not %s; give --lang %s", is, language, is)
	}
	if from := translation.From(f); from == language {
		return nil, "", fmt.Errorf("it translates from %s, says its header; export again with --lang %s", from, language)
	}
	lessons, withLabels, err := p.translatables(names)
	if err != nil {
		return nil, "", err
	}
	known := map[string]bool{"": withLabels && !isOriginal(language)}
	for _, l := range lessons {
		for _, part := range l.parts {
			known[part.name] = true
		}
	}
	var faults []error
	for _, e := range withoutHeader(f.Entries) {
		if !e.Obsolete && !known[translation.LessonOf(e.Context)] {
			faults = append(faults, fmt.Errorf("line %d: the message is not of what was named, but of %s; name that too, or remove the message",
				e.Line, cmp.Or(translation.LessonOf(e.Context), "the "+labelsName)))
		}
	}
	files = map[string][]byte{}
	var b strings.Builder
	for _, l := range lessons {
		var err error
		if isOriginal(language) {
			err = l.edit(f, language, files, &b)
		} else {
			err = p.takeLesson(l, f, language, files, &b)
		}
		faults = append(faults, err)
	}
	if known[""] {
		faults = append(faults, p.takeLabels(f, language, files, &b))
	}
	return files, b.String(), errors.Join(faults...)
}

// of gives the part of a file that is about notebooks of these names.
func of(f *po.File, names ...string) *po.File {
	return &po.File{Entries: slices.DeleteFunc(slices.Clone(f.Entries), func(e *po.Entry) bool {
		return !isHeader(e) && (e.Obsolete || !slices.Contains(names, translation.LessonOf(e.Context)))
	})}
}

// edit changes the prose of one of the two original languages.
func (l *lesson) edit(f *po.File, language string, files map[string][]byte, said *strings.Builder) error {
	for _, part := range l.parts {
		entries := withoutHeader(of(f, part.name).Entries)
		if len(entries) == 0 {
			continue
		}
		ids, err := translation.Edit(part.nb, part.slots, language, entries, translation.From(f))
		if err != nil {
			return err
		}
		files[part.path] = part.nb.Marshal()
		fmt.Fprintf(said, "nb: %s: changed %d cells\n", part.path, len(ids))
	}
	return nil
}

// takeLesson takes a translation into the PO file of a lesson.
func (p project) takeLesson(l *lesson, f *po.File, language string, files map[string][]byte, said *strings.Builder) error {
	var names []string
	for _, part := range l.parts {
		names = append(names, part.name)
	}
	own := of(f, names...)
	if len(withoutHeader(own.Entries)) == 0 {
		return nil
	}
	kept, err := p.readCatalog(l.name, language)
	if err != nil {
		return err
	}
	if kept == nil {
		kept = translation.New(language, translation.From(f))
	}
	result, err := translation.Import(kept, own, l.slots())
	if err != nil {
		return err
	}
	p.keep(l.name, language, result, files, said)
	return nil
}

// takeLabels takes a translation into the PO file of the labels.
func (p project) takeLabels(f *po.File, language string, files map[string][]byte, said *strings.Builder) error {
	own := of(f, "")
	if len(withoutHeader(own.Entries)) == 0 {
		return nil
	}
	if translation.From(f) != "en" {
		return errors.New("the labels are not from the English; catalogs know them by it, so export them without --from ko")
	}
	kept, err := p.readCatalog(labelsName, language)
	if err != nil {
		return err
	}
	if kept == nil {
		kept = translation.New(language, "en")
	}
	messages, err := p.labelMessages()
	if err != nil {
		return err
	}
	result, err := translation.ImportLabels(kept, own, messages)
	if err != nil {
		return err
	}
	p.keep(labelsName, language, result, files, said)
	return nil
}

// keep puts a file with translations among those to write.
func (p project) keep(name, language string, f *po.File, files map[string][]byte, said *strings.Builder) {
	path := shown(p.catalog(name, language))
	n := count(f)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && n.translated+n.fuzzy == 0 {
		fmt.Fprintf(said, "nb: nothing of %s is translated yet, and no %s was made\n", name, path)
		return
	}
	f.SetHeader("Language", language)
	files[path] = f.Marshal()
	fmt.Fprintf(said, "nb: %s: %s\n", path, n)
}

// A tally counts the messages of a file by their state.
type tally struct{ translated, fuzzy, missing int }

func count(f *po.File) (n tally) {
	for _, e := range withoutHeader(f.Entries) {
		switch {
		case e.Obsolete:
		case translation.StateOf(e) == translation.Translated:
			n.translated++
		case translation.StateOf(e) == translation.Fuzzy:
			n.fuzzy++
		default:
			n.missing++
		}
	}
	return n
}

func (n tally) String() string {
	return fmt.Sprintf("%d translated, %d fuzzy, %d missing", n.translated, n.fuzzy, n.missing)
}

// status is the command po status: it tells how far translations are, and which of
// the two originals was changed alone.
func status(_ context.Context, args []string) error {
	names, err := parse(flag.NewFlagSet("po status", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	lessons, withLabels, err := p.translatables(names)
	if err != nil {
		return err
	}
	languages, err := view.Translations(p.notebooks())
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, language := range languages {
		for _, l := range lessons {
			kept, err := p.readCatalog(l.name, language)
			if err != nil {
				return err
			}
			if kept == nil {
				kept = translation.New(language, "en")
			}
			from := translation.From(kept)
			fmt.Fprintf(table, "%s\t%s\t%s\n", language, l.name, count(translation.Merge(kept, translation.Messages(l.slots(), from))))
		}
		if withLabels {
			f, err := p.labels(language)
			if err != nil {
				return err
			}
			fmt.Fprintf(table, "%s\t%s\t%s\n", language, labelsName, count(f))
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("showing the state of translations: %w", err)
	}
	agreed, err := p.readAgreed()
	if err != nil {
		return err
	}
	for _, l := range lessons {
		var never []translation.Change
		for _, c := range agreed.Alone(l.slots()) {
			if c.Language == "" {
				never = append(never, c)
				continue
			}
			other := map[string]string{"ko": "en", "en": "ko"}[c.Language]
			fmt.Printf("%s: cell %s: changed alone: %q; %s still says %q\n", c.Lesson, c.Cell(c.Language), c.Text(c.Language), c.Cell(other), c.Text(other))
		}
		if n := len(never); n > 0 {
			fmt.Printf("%s: cells %s to %s: nobody has agreed them yet\n", never[0].Lesson, never[0].Cell("ko"), never[n-1].Cell("en"))
		}
	}
	return nil
}

// agree is the command po agree: it notes that Korean and English say the same.
func agree(_ context.Context, args []string) error {
	names, err := parse(flag.NewFlagSet("po agree", flag.ContinueOnError), args)
	if err != nil {
		return err
	}
	p, err := findProject()
	if err != nil {
		return err
	}
	lessons, err := p.lessons(names)
	if err != nil {
		return err
	}
	agreed, err := p.readAgreed()
	if err != nil {
		return err
	}
	for _, l := range lessons {
		if err := l.split(); err != nil {
			return err
		}
		for _, part := range l.parts {
			if !part.shipped {
				return fmt.Errorf("agreeing %s: it is not one of the project's notebooks; name one by its number", part.path)
			}
			agreed.Agree(part.name, part.slots)
		}
	}
	return writeAll(map[string][]byte{p.agreed(): agreed.Marshal()})
}

// agreed is the file with what both languages said when they were agreed last.
func (p project) agreed() string { return shown(filepath.Join(p.catalogs(), "agreed.tsv")) }

func (p project) readAgreed() (translation.Agreed, error) {
	data, err := os.ReadFile(p.agreed())
	if errors.Is(err, fs.ErrNotExist) {
		return translation.Agreed{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what both languages said: %w", err)
	}
	agreed, err := translation.ParseAgreed(data)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w; restore it, or remove it and run: go run ./notebooks/nb po agree", p.agreed(), err)
	}
	return agreed, nil
}
