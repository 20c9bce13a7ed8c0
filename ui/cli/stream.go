package cli

import (
	"cmp"
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/ui/cli/output"
)

func streamCommand() *cobra.Command {
	var flags feedFlags
	var format formatFlags
	var selection selectionFlags
	var record recordFlags
	var quiet bool
	cmd := &cobra.Command{
		Use:     "stream [FEED|URL]...",
		Short:   "Print the updates of feeds, for pipes and files",
		Long:    streamHelp(),
		Example: streamExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := selection.complete(cmd); err != nil {
				return err
			}
			flags.symbols, flags.sifts = selection.Symbols, true
			choice, targets, err := flags.targets(cmd, args, false)
			if err != nil {
				return err
			}
			out := file(cmd.OutOrStdout())
			terminal := out != nil && term.IsTerminal(out.Fd())
			printed, err := format.format(cmd, terminal, len(targets) > 1)
			if err != nil {
				return err
			}
			choice.announce(targets)
			return runStream(cmd.Context(), cmd, streamOptions{targets, printed, selection.Selection, record, quiet})
		},
	}
	format.register(cmd)
	selection.register(cmd)
	flags.register(cmd)
	flags.registerList(cmd)
	record.register(cmd)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not tell on standard error that streams are well, only what goes wrong")
	return cmd
}

const streamExamples = `  livetape stream https://desk.example/events | jq .last
  livetape stream https://desk.example/events -o csv --events price --for 5m > prices.csv
  livetape stream https://desk.example/events --symbols NVDA -t '{{.Symbol}} {{.Last}}'
  livetape stream https://desk.example/events --once --symbols NVDA,AAPL
  livetape stream desk pyth -o json`

func streamHelp() string {
	return `stream prints every update of one or more feeds as one line, once and in order. Feeds are URLs,
those that the configuration names, a preset, or, without an argument, all of the configuration.
It waits for its reader, and makes the server wait in turn: nothing is dropped. Changes of the
connection, what a reconnect missed, and events that could not be used are told on standard error.

json prints an object a line with the fields that are present, csv all of them as columns below
a header, a template what it names. Numbers are digit for digit as the feed wrote them (in JSON
as strings), received and time are RFC 3339 in UTC, text has no control characters, and nothing
is padded. In a template every field is text, empty when it is missing, and {{date "15:04:05"
.Received}} is a local time. The fields:

` + output.FieldHelp() + `

csv does not change text: a headline that begins with =, +, - or @ is a formula to a spreadsheet,
so import such columns as text.

--once ends when each of the --symbols has had a price. Without --symbols it ends after the
snapshots that servers begin with, or after 10s; --for sets another time.

It exits with 0 when all that was asked for is printed, the time is up, the reader is gone or every
server has ended its stream for good (204); with 1 when a feed failed (the cause is told), or when
all end before --count, or --for before a price that --once asks for.

${NAME} in a header or in the URL is read from the environment.`
}

// streamOptions are what one stream command prints.
type streamOptions struct {
	feeds     []target
	format    output.Format
	selection output.Selection
	record    recordFlags
	quiet     bool
}

// lastWrite is how long output that a reader does not take may hold up the end after a signal.
const lastWrite = time.Second

// runStream runs the feeds and prints what they say. When it returns, every connection is closed, and so is the
// recording, if there is one.
func runStream(ctx context.Context, cmd *cobra.Command, s streamOptions) error {
	// Otherwise the runtime ends the process at a write to a closed pipe, before anyone can end well.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	collectLess()

	roster, err := newRoster(s.feeds)
	if err != nil {
		return usageError{err, hint(cmd)}
	}
	feeding, stop := context.WithCancel(ctx)
	defer stop()
	set, err := feed.Start(feeding, configs(s.feeds)...)
	if err != nil {
		return usageError{err, hint(cmd)}
	}
	recording, err := s.record.record(feeding, cmd, roster, set.Events())
	if err != nil {
		stop()
		drain(set.Events())
		return err
	}
	err = printUntilSignal(ctx, output.Options{
		Events:    recording.events,
		Recording: recording.notices,
		Out:       cmd.OutOrStdout(),
		Notices:   output.NewNotices(cmd.ErrOrStderr(), len(s.feeds), s.quiet),
		Format:    s.format,
		Select:    s.selection,
		Feeds:     printedFeeds(s.feeds),
	})
	stop()
	drain(recording.events)
	drain(set.Events())
	return cmp.Or(err, recording.err())
}

func printedFeeds(targets []target) []output.Feed {
	var feeds []output.Feed
	for _, t := range targets {
		feeds = append(feeds, output.Feed{Name: t.config.Name, ServerFilters: t.served})
	}
	return feeds
}

// printUntilSignal prints. After ctx has ended, it does not wait for a reader that has stopped reading: such a write
// ends with the process.
func printUntilSignal(ctx context.Context, options output.Options) error {
	ended := make(chan error, 1)
	go func() { ended <- output.Print(ctx, options) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(lastWrite):
		return nil
	}
}

// timer fires after d, or never.
func timer(d time.Duration) <-chan time.Time {
	if d <= 0 {
		return nil
	}
	return time.After(d)
}
