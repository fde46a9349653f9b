// Command kernel-setup installs, checks and starts the lab, and guards its
// kernels. Run it from the project's folder:
//
//	go run ./kernel-setup lab
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// A command is one word of the command line.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string) error
}

var commands []command

func init() { // not a literal: usage, which the commands call, reads it
	commands = []command{
		{"lab", "install what is missing, then open JupyterLab on the notebooks", runLab},
		{"install", "install what is missing (--user: also offer the kernel to your own Jupyter and VS Code)", runInstall},
		{"doctor", "show what was found, and the mend for what is lacking", runDoctor},
		{"test", "install what the tests need, then run every test", runTest},
		{"uninstall", "remove the lab's folder, and its kernel from your own Jupyter", runUninstall},
	}
}

// errReported ends the command with status 1 after it has said everything itself.
var errReported = errors.New("reported")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := dispatch(ctx, os.Args[1:])
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errReported):
		os.Exit(1)
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "\nkernel-setup: interrupted; run the same command again to go on from here")
		os.Exit(130)
	default:
		fmt.Fprintf(os.Stderr, "kernel-setup: %v\n", err)
		os.Exit(1)
	}
}

func dispatch(ctx context.Context, args []string) error {
	if len(args) == 0 {
		usage()
		return errReported
	}
	switch args[0] {
	case "-h", "-help", "--help", "help":
		usage()
		return nil
	case "guard": // not in the usage: the kernelspec starts it
		return runGuard(args[1:])
	case "container": // nor this: the image starts it
		return runContainer(ctx, args[1:])
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(ctx, args[1:])
		}
	}
	return fmt.Errorf("there is no command %q; the commands are %s", args[0], commandNames())
}

func commandNames() string {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run ./kernel-setup COMMAND [flags]")
	fmt.Fprintln(os.Stderr)
	for _, c := range commands {
		fmt.Fprintf(os.Stderr, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprintln(os.Stderr, "\nEach command explains its flags with -h.")
}

// flags makes a command's flag set with the flag that every command has.
func flags(name, arguments string) (set *flag.FlagSet, prefix *string) {
	set = flag.NewFlagSet(name, flag.ContinueOnError)
	prefix = set.String("prefix", "", "the `folder` that the lab is installed in (default .lab beside go.mod)")
	set.Usage = func() {
		fmt.Fprintf(set.Output(), "usage: go run ./kernel-setup %s %s\n", name, arguments)
		set.PrintDefaults()
	}
	return set, prefix
}

// parse parses the flags of a command that takes no other arguments.
func parse(set *flag.FlagSet, args []string) error {
	names, err := parseNames(set, args)
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("%s takes flags only, not %q; see go run ./kernel-setup %s -h", set.Name(), names[0], set.Name())
	}
	return err
}

// parseNames parses a command's flags, and returns the arguments before, between and after
// them. What the flag package has to say it has printed by then.
func parseNames(set *flag.FlagSet, args []string) (names []string, err error) {
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errReported
		}
		if set.NArg() == 0 {
			return names, nil
		}
		names, args = append(names, set.Arg(0)), set.Args()[1:]
	}
}
