// Package cli is livetape's command line: it reads arguments, wires feeds, mock server and screen
// together, and says in an exit code how it went.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"livetape/feed/redact"
	"livetape/mockserver"
	"livetape/ui/cli/config"
)

// The exit codes of livetape. A process ended by a signal exits with 128 plus its number.
const (
	ExitOK    = 0
	ExitError = 1 // it started, and something went wrong
	ExitUsage = 2 // the command line cannot be understood, or does not fit where it runs
)

// Run executes one command line and returns the exit code. It returns soon after ctx ends.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)

	err := root.ExecuteContext(ctx)
	var lacking incomplete
	if err == nil || ctx.Err() != nil && !errors.As(err, &lacking) {
		return ExitOK
	}
	var quiet quietExit
	if errors.As(err, &quiet) {
		return int(quiet)
	}
	var faults *config.Error
	if errors.As(err, &faults) {
		fmt.Fprintln(stderr, err) // as compilers do: every line begins with the place
		return ExitError
	}
	var scenario *mockserver.ScenarioError
	if errors.As(err, &scenario) {
		fmt.Fprintln(stderr, scenario)
		return ExitError
	}
	fmt.Fprintf(stderr, "livetape: %v\n", err)
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(stderr, usage.hint)
		return ExitUsage
	}
	return ExitError
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "livetape",
		Short: "A live ticker tape for any Server-Sent Events feed of prices and news",
		Long: `livetape shows prices and news from any Server-Sent Events feed, and never lies about
the feed: the age of every number, the state of the stream and its cause, the countdown
to the next try, and what was missed.

Without a command it runs the demo.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,

		SuggestionsMinimumDistance: 2,

		Version: version(),
	}
	root.Flags().Bool("version", false, "print the version")
	root.SetVersionTemplate(versionLine())
	demo := demoCommand()
	root.RunE = demo.RunE
	root.Flags().AddFlagSet(demo.Flags())
	root.AddCommand(demo, watchCommand(), streamCommand(), recordCommand(), checkCommand(), configCommand(), presetsCommand(),
		replayCommand(), mockCommand(), scenariosCommand(), benchCommand(), versionCommand())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{plainly(err), hint(cmd)}
	})
	root.SetUsageTemplate(root.UsageTemplate() + exitCodes)
	return root
}

const exitCodes = `
Exit codes:
  0  quit, or done as asked     2  the command line does not fit
  1  something went wrong   128+n  ended by signal n
`

// usageError is a mistake in the command line; hint says where to read more.
type usageError struct {
	error
	hint string
}

func (e usageError) Unwrap() error { return e.error }

// misused makes a usage error of cmd from a message.
func misused(cmd *cobra.Command, format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...), hint(cmd)}
}

func hint(cmd *cobra.Command) string {
	return fmt.Sprintf("Run '%s --help' for usage.", cmd.CommandPath())
}

// noArguments refuses positional arguments; on the root they are mistyped commands, or a URL
// whose "watch" was forgotten.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if strings.Contains(args[0], "://") {
		return misused(cmd, "to watch a feed, say: livetape watch %s", redact.URL(args[0]))
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return misused(cmd, "there is no command %q; did you mean %q?", args[0], near[0])
	}
	return misused(cmd, "%s takes no argument, but got %q", cmd.CommandPath(), args[0])
}

// file is w as a file, or nil when it is something else (in tests).
func file(w any) *os.File {
	f, _ := w.(*os.File)
	return f
}

// plainly says in plain words what is wrong with the value of a flag; other errors are plain already.
func plainly(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	var wanted string
	switch bad.GetFlag().Value.Type() {
	case "int", "int64":
		wanted = "not a whole number"
	case "uint64":
		wanted = "not a whole number of 0 or more"
	case "float64":
		wanted = "not a number"
	case "duration":
		wanted = "not a time such as 10s or 5m"
	case "bool":
		wanted = "neither true nor false"
	default:
		return err
	}
	if errors.Is(err, strconv.ErrRange) {
		wanted = "too large a number"
	}
	return fmt.Errorf("--%s %s: %s", bad.GetFlag().Name, bad.GetValue(), wanted)
}
