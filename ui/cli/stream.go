package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"livetape/ui/cli/notify"
	"livetape/ui/cli/output"
	"livetape/ui/cli/process"
)

func streamCommand() *cobra.Command {
	var flags feedFlags
	var format formatFlags
	var selection selectionFlags
	var record recordFlags
	var quiet bool
	var stateFile string
	var alerts bool
	cmd := &cobra.Command{
		Use:     "stream [FEED|URL]...",
		Short:   "Print the updates of feeds, for pipes and files",
		Long:    streamHelp(),
		Example: streamExamples,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := selection.checkAndFillIn(cmd); err != nil {
				return err
			}
			flags.symbols, flags.keepsSymbols = selection.Symbols, true
			chosen, targets, err := flags.selectTargets(cmd, args, false)
			if err != nil {
				return err
			}
			printed, err := format.format(cmd, asTerminal(cmd.OutOrStdout()) != nil, len(targets) > 1)
			if err != nil {
				return err
			}
			chosen.warnLocalConfig(targets)
			options := streamOptions{targets: targets, format: printed, selection: selection.Selection, raw: format.raw, record: record, quiet: quiet, state: stateFile}
			if alerts {
				if options.alerts, err = chosen.alerts(); err != nil {
					return err
				}
				if len(options.alerts.Rules) == 0 {
					return usageErrorf(cmd, "--alerts finds none: add them to the configuration, under alerts:, and name it with --config if feeds are given as URLs")
				}
			}
			return runStream(cmd.Context(), cmd, options)
		},
	}
	format.register(cmd)
	selection.register(cmd)
	flags.register(cmd)
	flags.registerList(cmd)
	record.register(cmd)
	registerState(cmd, &stateFile)
	cmd.Flags().BoolVar(&alerts, "alerts", false, "run the alerts of the configuration, and print them on standard error")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print on standard error only what goes wrong")
	return cmd
}

const streamExamples = `  livetape stream https://desk.example/events | jq .last
  livetape stream https://desk.example/events -o csv --for 5m > prices.csv
  livetape stream https://desk.example/events -t '{{.Symbol}} {{.Last}}'
  livetape stream https://desk.example/events --once --symbols NVDA,AAPL
  livetape stream https://desk.example/events --raw | jq '.data | fromjson'
  livetape stream desk pyth -o json
  livetape stream --alerts > /dev/null`

func streamHelp() string {
	return `stream prints every update of one or more feeds as one line, once and in order. Feeds are URLs,
names in the configuration, a preset, or, without an argument, all of the configuration. It waits
for its reader, and makes the server wait in turn: nothing is dropped. Connection changes, what a
reconnect missed, and events that could not be used are printed on standard error.

json prints one object per line with the fields that are present; csv prints all fields as columns
below a header; a template prints what it names. Numbers are digit for digit as the feed wrote them (in JSON as
strings), received and time are RFC 3339 in UTC, text has no control characters, and nothing is
padded. In a template every field is text, empty when it is missing, and {{date "15:04:05"
.Received}} is a local time. The fields:

` + output.FieldHelp() + `

csv does not change text. A spreadsheet treats a headline that starts with =, +, - or @ as a formula,
so import such columns as text.

--raw prints every event as one object per line, whether livetape can read it or not: feed, type, id,
data (a string, as it came) and received.

--once ends when each of the --symbols has had a price. Without --symbols it ends after the
snapshots that servers send first, or after 10s; --for sets another time.

It exits with 0 when everything that was asked for is printed, the time is up, the reader is gone or every
server has ended its stream for good (204); with 1 when a feed failed (the cause is printed), or when
all end before --count, or --for before a price that --once asks for.

${NAME} in a header or in the URL is read from the environment.`
}

type streamOptions struct {
	targets   []feedTarget
	format    output.Format
	selection output.Selection
	raw       bool
	record    recordFlags
	quiet     bool
	state     string // file of last event ids; empty for none
	alerts    notify.Alerts
}

// lastWriteTimeout is how long a reader that does not read may delay the end after a signal.
const lastWriteTimeout = time.Second

// runStream runs the feeds and prints their updates. When it returns, every connection is closed, and so is the
// recording, if there is one.
func runStream(ctx context.Context, cmd *cobra.Command, options streamOptions) error {
	// Otherwise the Go runtime ends the process at a write to a closed pipe, and the recording would be cut.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	process.CollectGarbageSeldom()

	feeding, stop := context.WithCancel(ctx)
	defer stop()
	feeds, err := startFeeds(feeding, cmd, options.targets, options.state)
	if err != nil {
		return err
	}
	defer feeds.stop()
	recording, err := options.record.start(feeding, cmd, feeds)
	if err != nil {
		return err
	}
	var terminal io.Writer
	if f := asTerminal(cmd.ErrOrStderr()); f != nil {
		terminal = f
	}
	notifier := startNotifier(ctx, options.alerts.Dir, terminal)
	defer notifier.Close()
	err = printUntilSignal(ctx, output.Options{
		Alerts:    options.alerts.Engine(),
		Send:      notifier.Send,
		Events:    recording.events,
		Recording: recording.notices,
		Out:       rawOutput(cmd),
		Notices:   output.NewNotices(cmd.ErrOrStderr(), len(options.targets), options.quiet),
		Format:    options.format,
		Select:    options.selection,
		Raw:       options.raw,
		Feeds:     printedFeeds(options.targets),
		State:     feeds.state,
	})
	if ctx.Err() == nil {
		notifier.Wait()
	}
	stop()
	recording.awaitEnd(cmd, feeds, recording.events)
	return cmp.Or(err, recording.err(), feeds.state.Close())
}

func printedFeeds(targets []feedTarget) []output.Feed {
	var feeds []output.Feed
	for _, t := range targets {
		feeds = append(feeds, output.Feed{Name: t.config.Name, ServerFilters: t.serverFilters, Memory: t.config.Memory})
	}
	return feeds
}

// printUntilSignal prints. After ctx has ended or the time is up, it does not wait for a reader that has stopped reading:
// such a write ends with the process.
func printUntilSignal(ctx context.Context, options output.Options) error {
	ended := make(chan error, 1)
	go func() { ended <- output.Print(ctx, options) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	case <-timeout(options.Select.For):
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(lastWriteTimeout):
		return nil
	}
}

// timeout fires after d, or never.
func timeout(d time.Duration) <-chan time.Time {
	if d <= 0 {
		return nil
	}
	return time.After(d)
}
