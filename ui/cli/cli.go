// Package cli is livetape's command line: it reads arguments, connects feeds, mock server and screen, and reports the
// result as an exit code.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"livetape/feed/decode/configerr"
	"livetape/feed/market"
	"livetape/feed/redact"
	"livetape/mockserver/scenario"
	"livetape/ui/cli/buildinfo"
	"livetape/ui/cli/complete"
	"livetape/ui/cli/config"
	"livetape/ui/cli/exitcode"
	"livetape/ui/cli/flags"
	"livetape/ui/cli/help"
)

// The exit codes.
const (
	ExitOK         = exitcode.OK
	ExitError      = exitcode.Error
	ExitUsage      = exitcode.Usage
	ExitUnmapped   = exitcode.Unmapped
	ExitNotAStream = exitcode.NotAStream
	ExitRefused    = exitcode.Refused
)

// Run executes one command line and returns the exit code. It returns soon after ctx ends; a signal that ended it, an
// [exitcode.Signal], is its cause.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := Command()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(plainWriter{stdout, keptBetween(args)})
	stderr = plainWriter{stderr, "\n"}
	root.SetErr(stderr)

	cmd, err := root.ExecuteContextC(ctx)
	if ctx.Err() != nil && !errors.As(err, new(incompleteRecording)) {
		return endedBy(context.Cause(ctx), cmd)
	}
	if err != nil {
		return report(stderr, err)
	}
	return ExitOK
}

// endsByInterrupt marks the commands that ctrl+c ends as they should end.
const endsByInterrupt = "ends by interrupt"

// endedBy is the exit code of a command that a signal ended, or whoever called it.
func endedBy(cause error, cmd *cobra.Command) int {
	var signal exitcode.Signal
	if !errors.As(cause, &signal) || signal.Signal == os.Interrupt && cmd.Annotations[endsByInterrupt] != "" {
		return ExitOK
	}
	return exitcode.OfSignal(signal.Signal)
}

// report prints an error, and returns its exit code.
func report(stderr io.Writer, err error) int {
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

// Command is the tree of all commands.
func Command() *cobra.Command {
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

		Version: buildinfo.Read().Version,
	}
	root.Flags().Bool("version", false, "print the version")
	root.SetVersionTemplate(buildinfo.Read().String() + "\n")
	demo := demoCommand()
	root.RunE = demo.RunE
	root.Flags().AddFlagSet(demo.Flags())
	root.AddCommand(demo, watchCommand(), streamCommand(), recordCommand(), checkCommand(), configCommand(), presetsCommand(),
		replayCommand(), relayCommand(), mockCommand(), scenariosCommand(), benchCommand(), tapeCommand(), versionCommand(),
		exitCodesTopic())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{flags.Explain(cmd, err), helpHint(cmd)}
	})
	refuseUnknownTopics(root)
	help.Install(root)
	complete.Register(root)
	return root
}

// refuseUnknownTopics has the commands that cobra brings along refuse what they do not know, as the others do.
func refuseUnknownTopics(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion":
			cmd.Args = noArgs
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case "help":
			show := cmd.Run
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				topic, rest, err := root.Find(args)
				if err == nil && len(rest) == 0 {
					show(cmd, args)
					return nil
				}
				unknown := args[len(args)-max(len(rest), 1)]
				return usageErrorf(topic, "there is no command %q%s", unknown, configerr.DidYouMean(unknown, commandNames(topic), nil))
			}
		}
	}
}

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: "Exit codes:\n" + exitcode.Text("")}
}

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
	if near := configerr.DidYouMean(args[0], commandNames(cmd), nil); near != "" {
		return usageErrorf(cmd, "there is no command %q%s", args[0], near)
	}
	return usageErrorf(cmd, "%s takes no arguments, but got %q", cmd.CommandPath(), args[0])
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
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
type plainWriter struct {
	to   io.Writer
	keep string // the characters that stand between texts
}

// keptBetween is what stands between texts on standard output: line breaks, and for a shell that completes a command line
// also the tab before each description.
func keptBetween(args []string) string {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return "\n\t"
	}
	return "\n"
}

func (w plainWriter) Write(p []byte) (int, error) {
	var plain strings.Builder
	for text := string(p); text != ""; {
		end := strings.IndexAny(text, w.keep)
		if end < 0 {
			plain.WriteString(market.PlainText(text, len(text)))
			break
		}
		plain.WriteString(market.PlainText(text[:end], end))
		plain.WriteByte(text[end])
		text = text[end+1:]
	}
	if _, err := io.WriteString(w.to, plain.String()); err != nil {
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

func versionCommand() *cobra.Command {
	var format *flags.Text
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, its commit and its date",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return printAs(cmd, format, buildinfo.Read(), func(out io.Writer) error {
				_, err := fmt.Fprintln(out, buildinfo.Read())
				return err
			})
		},
	}
	format = reportFormat(cmd)
	return cmd
}

// reportFormat gives a command the flag that says how it reports.
func reportFormat(cmd *cobra.Command) *flags.Text {
	format := flags.NewText("text", "text", "json")
	cmd.Flags().VarP(format, "output", "o", outputUsage+"text or json")
	return format
}

const outputUsage = "the `FORMAT` of what is printed: "

// printAs prints v as JSON, or by the function as text.
func printAs(cmd *cobra.Command, format *flags.Text, v any, text func(io.Writer) error) error {
	if format.String() != "json" {
		return text(cmd.OutOrStdout())
	}
	enc := json.NewEncoder(rawOutput(cmd))
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print as JSON: %w", err)
	}
	return nil
}
