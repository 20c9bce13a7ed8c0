// Package cli is livetape's command line: it reads arguments, connects feeds, mock server and screen, and reports the
// result as an exit code.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"livetape/feed/market"
	"livetape/feed/redact"
	"livetape/mockserver/scenario"
	"livetape/ui/cli/config"
)

// The exit codes of livetape. A process ended by a signal exits with 128 plus its number.
const (
	ExitOK    = 0
	ExitError = 1 // it started, and something went wrong
	ExitUsage = 2 // usage error: the command line cannot be understood, or cannot work where it runs
)

// Run executes one command line and returns the exit code. It returns soon after ctx ends.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(plainWriter{stdout})
	stderr = plainWriter{stderr}
	root.SetErr(stderr)

	err := root.ExecuteContext(ctx)
	var incompleteRecording incompleteRecording
	if err == nil || ctx.Err() != nil && !errors.As(err, &incompleteRecording) {
		return ExitOK
	}
	var code exitCodeError
	if errors.As(err, &code) {
		return int(code)
	}
	if errors.As(err, new(*config.Error)) || errors.As(err, new(*scenario.Error)) {
		fmt.Fprintln(stderr, err) // as compilers do: every line begins with the place
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
		Args:          noArgs,

		SuggestionsMinimumDistance: 2,

		Version: version(),
	}
	root.Flags().Bool("version", false, "print the version")
	root.SetVersionTemplate(versionLine())
	demo := demoCommand()
	root.RunE = demo.RunE
	root.Flags().AddFlagSet(demo.Flags())
	root.AddCommand(demo, watchCommand(), streamCommand(), recordCommand(), checkCommand(), configCommand(), presetsCommand(),
		replayCommand(), relayCommand(), mockCommand(), scenariosCommand(), benchCommand(), tapeCommand(), versionCommand())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{plainFlagError(err), helpHint(cmd)}
	})
	root.SetUsageTemplate(root.UsageTemplate() + exitCodes)
	return root
}

const exitCodes = `
Exit codes:
  0  quit, or done as asked     2  usage error
  1  something went wrong   128+n  ended by signal n
`

// usageError is a mistake in the command line; hint says where to read more.
type usageError struct {
	error
	hint string
}

func (e usageError) Unwrap() error { return e.error }

func usageErrorf(cmd *cobra.Command, format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...), helpHint(cmd)}
}

func helpHint(cmd *cobra.Command) string {
	return fmt.Sprintf("Run '%s --help' for usage.", cmd.CommandPath())
}

// noArgs refuses positional arguments. On the root command they are mistyped commands, or a URL without "watch".
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if strings.Contains(args[0], "://") {
		return usageErrorf(cmd, "to watch a feed, run: livetape watch %s", redact.URL(args[0]))
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usageErrorf(cmd, "there is no command %q; did you mean %q?", args[0], near[0])
	}
	return usageErrorf(cmd, "%s takes no arguments, but got %q", cmd.CommandPath(), args[0])
}

// asTerminal is an input or output as a file; nil when it is not a terminal.
func asTerminal(v any) *os.File {
	if w, ok := v.(plainWriter); ok {
		v = w.to
	}
	if f, ok := v.(*os.File); ok && term.IsTerminal(f.Fd()) {
		return f
	}
	return nil
}

// plainWriter is the last step before an output: it cleans what is printed, since arguments, files and servers may hold
// what steers a terminal. What cleans its text itself writes to the output below, by [rawOutput].
type plainWriter struct{ to io.Writer }

func (w plainWriter) Write(p []byte) (int, error) {
	lines := strings.Split(string(p), "\n")
	for i, line := range lines {
		lines[i] = market.PlainText(line, len(line))
	}
	if _, err := io.WriteString(w.to, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}

// rawOutput is standard output for colours, and for data in a format that escapes.
func rawOutput(cmd *cobra.Command) io.Writer {
	if w, ok := cmd.OutOrStdout().(plainWriter); ok {
		return w.to
	}
	return cmd.OutOrStdout()
}

func atMostOne(noun string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usageErrorf(cmd, "%s takes one %s, but got %d arguments", cmd.CommandPath(), noun, len(args))
		}
		return nil
	}
}

// plainFlagError says in plain words what is wrong with the value of a flag. Other errors are plain already.
func plainFlagError(err error) error {
	var bad *pflag.InvalidValueError
	if !errors.As(err, &bad) {
		return err
	}
	wanted, known := map[string]string{
		"int": "not a whole number", "int64": "not a whole number", "uint64": "not a whole number of 0 or more",
		"float64": "not a number", "duration": "not a time such as 10s or 5m", "bool": "neither true nor false",
	}[bad.GetFlag().Value.Type()]
	if !known {
		return err
	}
	if errors.Is(err, strconv.ErrRange) {
		wanted = "too large a number"
	}
	return fmt.Errorf("--%s %s: %s", bad.GetFlag().Name, bad.GetValue(), wanted)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), versionLine())
			return err
		},
	}
}

func versionLine() string {
	return fmt.Sprintf("livetape %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// version is the module's version, which names the commit where that has no tag; "dev" where the build knows neither.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}
