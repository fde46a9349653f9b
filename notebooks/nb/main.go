// Nb checks, runs and translates the lab's notebooks.
//
//	go run ./notebooks/nb check [54 | FILE]...
//	go run ./notebooks/nb fmt   [54 | FILE]...
//	go run ./notebooks/nb run   [-o FILE|FOLDER] [-timeout 180s] [54 | FILE]...
//	go run ./notebooks/nb view  --lang ko|en|ja|ko,ja [-o FILE|FOLDER] [--dir FOLDER] [54 | FILE]...
//	go run ./notebooks/nb reset [--dir FOLDER] 54...
//	go run ./notebooks/nb note import --at 54|FILE [--dir FOLDER] NOTE.md
//	go run ./notebooks/nb note export [--note NOTE.md] [-o FILE] [--dir FOLDER] [54 | FILE]...
//	go run ./notebooks/nb po export --lang ja [--from en|ko] [54 | FILE | labels]... > FILE.po
//	go run ./notebooks/nb po import --lang ja [54 | FILE | labels]... < FILE.po
//	go run ./notebooks/nb po status [54 | labels]...
//	go run ./notebooks/nb po agree  [54]...
//
// A number means the notebook that begins with it; no name at all means every
// notebook in the notebooks folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const usage = `nb checks, runs and translates the lab's notebooks.

usage: go run ./notebooks/nb check [54 | FILE]...
       go run ./notebooks/nb fmt   [54 | FILE]...
       go run ./notebooks/nb run   [-o FILE|FOLDER] [-timeout 180s] [54 | FILE]...
       go run ./notebooks/nb view  --lang ko|en|ja|ko,ja [-o FILE|FOLDER] [--dir FOLDER] [54 | FILE]...
       go run ./notebooks/nb reset [--dir FOLDER] 54...
       go run ./notebooks/nb note import --at 54|FILE [--dir FOLDER] NOTE.md
       go run ./notebooks/nb note export [--note NOTE.md] [-o FILE] [--dir FOLDER] [54 | FILE]...
       go run ./notebooks/nb po export --lang ja [--from en|ko] [54 | FILE | labels]... > FILE.po
       go run ./notebooks/nb po import --lang ja [54 | FILE | labels]... < FILE.po
       go run ./notebooks/nb po status [54 | labels]...
       go run ./notebooks/nb po agree  [54]...

  check  tell what is wrong with notebooks, one line for each problem
  fmt    lay out their Go cells as gofmt does
  run    run them and save their outputs
  view   write copies that show the languages you choose
  reset  make your copies as they were shipped, keeping the cells that you added
         and a backup
  note   put the sections of your own Markdown note beside the steps of your
         copies that they are about, and give the note back
  po     translate with gettext PO files: hand out what is to be translated, take
         translations in, and tell how far they are; the Korean and English of
         the notebooks too, and which of them was changed alone since agree

A number means the notebook that begins with it; no name at all means every
notebook in the notebooks folder.
`

// errFound is the error of a command that has told its findings already.
var errFound = errors.New("problems found")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := nb(ctx, os.Args[1:])
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case errors.Is(err, errFound):
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "nb:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage")

// A subcommand does what its name says, with the arguments that follow it.
type subcommand func(context.Context, []string) error

// nb is the whole command, with its arguments.
func nb(ctx context.Context, args []string) error {
	return choose(ctx, args, map[string]subcommand{
		"check": check,
		"fmt":   reformat,
		"note":  notes,
		"po":    poFiles,
		"reset": reset,
		"run":   run,
		"view":  viewAs,
	})
}

// choose runs the subcommand that the first argument names.
func choose(ctx context.Context, args []string, all map[string]subcommand) error {
	if len(args) == 0 || all[args[0]] == nil {
		return errUsage
	}
	return all[args[0]](ctx, args[1:])
}

// parse reads a command's flags, which may stand before and after names, and
// gives the names.
func parse(flags *flag.FlagSet, args []string) (names []string, err error) {
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage, "\nflags of ", flags.Name(), ":\n")
		flags.PrintDefaults()
	}
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() == 0 {
			return names, nil
		}
		names = append(names, flags.Arg(0))
		args = flags.Args()[1:]
	}
}
