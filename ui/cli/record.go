package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/tape"
	"livetape/ui/cli/flags"
	"livetape/ui/cli/output"
	"livetape/ui/cli/state"
	"livetape/ui/humanize"
)

const recordHelp = `record writes the raw stream of one or more feeds to a file, each event with the time it was
received, until --for, --count, ctrl+c or a signal ends it, and leaves a complete file. Feeds are
URLs, names in the configuration, a preset, or, without an argument, all of the configuration.
Connection changes and what a reconnect missed are in the recording, and are printed on standard
error.

'livetape replay FILE' plays it. It is itself an event stream, with the times in comments, which any
reader of event streams can read. A FILE that ends in .gz is compressed. An older recording of that
name is kept as FILE-0001; any other file of that name is left alone, and is an error. Headers are
not recorded, and credentials of 8 characters or more are masked wherever the server repeats them.

It exits with 0 when it has recorded what was asked for, the time is up or every server has ended its
stream for good (204), and after ctrl+c; with 1 when a feed failed (the cause is printed), when all end before --count,
or when the file cannot be written.`

func recordCommand() *cobra.Command {
	var feeds feedFlags
	var limits recordLimits
	var record recordFlags
	var stateFile string
	cmd := &cobra.Command{
		Use:   "record [FEED|URL]... --record FILE",
		Short: "Record feeds in a file, without a screen",

		Annotations: map[string]string{endsByInterrupt: "yes"},

		Long: recordHelp,
		Example: `  livetape record https://desk.example/events --record desk.tape
  livetape record desk --record desk.tape.gz --record-size 100MiB --for 24h
  livetape record desk pyth -r both.tape`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkLimits(cmd, limits.count, limits.duration); err != nil {
				return err
			}
			if record.file == "" {
				return usageErrorf(cmd, "--record FILE is missing: it says where to record")
			}
			feeds.keepsSymbols = true
			selection, targets, err := feeds.selectTargets(cmd, args, false)
			if err != nil {
				return err
			}
			selection.warnLocalConfig(targets)
			return runRecord(cmd.Context(), cmd, recordOptions{targets, feeds.symbols, record, limits, stateFile})
		},
	}
	record.register(cmd)
	flags.Rename(cmd, "output", "o", "record", nil)
	limits.register(cmd)
	registerState(cmd, &stateFile)
	feeds.register(cmd)
	feeds.registerSymbols(cmd)
	return cmd
}

// recordLimits say when to stop a recording; zero values for never.
type recordLimits struct {
	count    int // events
	duration time.Duration
}

func (l *recordLimits) register(cmd *cobra.Command) {
	registerCount(cmd, &l.count)
	registerFor(cmd, &l.duration, 0)
}

func registerCount(cmd *cobra.Command, count *int) {
	cmd.Flags().IntVar(count, "count", 0, "stop after `N` events, or with stream, after N updates")
}

func registerFor(cmd *cobra.Command, duration *time.Duration, usual time.Duration) {
	cmd.Flags().DurationVar(duration, "for", usual, "stop after `DURATION`, such as 10s, 5m or 24h")
}

func registerOnce(cmd *cobra.Command, once *bool) {
	cmd.Flags().BoolVar(once, "once", false, "print what there is once each feed or symbol has a price, and stop")
}

func checkCount(cmd *cobra.Command, count int) error {
	if cmd.Flags().Changed("count") && count < 1 {
		return usageErrorf(cmd, "--count is %d; it must be at least 1", count)
	}
	return nil
}

// checkLimits checks --count and --for.
func checkLimits(cmd *cobra.Command, count int, duration time.Duration) error {
	if cmd.Flags().Changed("for") && duration <= 0 {
		return usageErrorf(cmd, "--for is %s; it must be over 0", duration)
	}
	return checkCount(cmd, count)
}

type recordOptions struct {
	targets []feedTarget
	symbols []string
	file    recordFlags
	limits  recordLimits
	state   string // file of last event ids; empty for none
}

// runRecord records the feeds. When it returns, every connection and the file are closed.
func runRecord(ctx context.Context, cmd *cobra.Command, options recordOptions) error {
	feeds, err := startFeeds(ctx, cmd, options.targets, options.state)
	if err != nil {
		return err
	}
	defer feeds.stop()
	recorder, err := options.file.createFile(cmd, feeds.recorded)
	if err != nil {
		return err
	}
	progress := newRecordProgress(cmd.ErrOrStderr(), options.file.file)
	l := recordLoop{
		recorder: recorder, notices: output.NewNotices(progress, len(options.targets), false), progress: progress, count: options.limits.count,
		state:   feeds.state,
		symbols: output.NewSymbolFilter(options.symbols, printedFeeds(options.targets)),
	}
	err = l.run(ctx, feeds.set.Events(), timeout(options.limits.duration))
	closeErr := recorder.Close()
	if closeErr == nil {
		feeds.state.Commit()
	}
	closeErr = asIncomplete(closeErr)
	progress.clear()
	l.notices.Summarize()
	l.notices.Say(options.file.file, humanize.Plural(recorder.Messages(), "event")+" recorded")
	return cmp.Or(closeErr, err, feeds.state.Close()) // the first knows how much is lost
}

// recordLoop writes events of feeds to a file, and prints how the feeds are. One goroutine runs it.
type recordLoop struct {
	recorder *tape.Recorder
	notices  *output.Notices
	progress *recordProgress
	count    int // events to record; 0 for no end
	symbols  *output.SymbolFilter
	state    *state.IDs
}

// run records until there are enough events, the time is up, the feeds have ended or ctx ends. None of these is an
// error, unless something is missing that was asked for.
func (l *recordLoop) run(ctx context.Context, events <-chan feed.Event, timeUp <-chan time.Time) error {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timeUp:
			return nil
		case now := <-second.C:
			l.progress.show(now)
			if err := l.recorder.Flush(); err != nil {
				return err
			}
			l.state.Commit()
		case ev, ok := <-events:
			if !ok {
				return nil
			}
			if done, err := l.takeEvent(ev); done || err != nil {
				return err
			}
		}
	}
}

func (l *recordLoop) takeEvent(ev feed.Event) (done bool, err error) {
	if ev.Message != nil && !l.symbols.KeepsEvent(ev.Feed, ev.Message) {
		l.state.Note(ev.Feed, ev.Message.ResumeID())
		return false, nil
	}
	if err := l.recorder.Write(ev); err != nil {
		return true, err
	}
	switch {
	case ev.Message != nil:
		l.state.Note(ev.Feed, ev.Message.ResumeID())
		l.progress.count(ev)
		if tape.IsSkipped(ev.Message) {
			l.notices.Unusable(ev.Feed, ev.Message)
		}
		return l.progress.events == l.count, nil
	case ev.Pulse != nil:
		l.notices.Duplicates(ev.Feed, ev.Pulse.Duplicates)
	case ev.Gap != nil:
		l.notices.Gap(ev.Feed, ev.Gap)
	case ev.Status != nil:
		if l.notices.Status(ev.Feed, *ev.Status) {
			return true, cmp.Or(l.notices.Failure(), l.endedEarly())
		}
	}
	return false, nil
}

func (l *recordLoop) endedEarly() error {
	if l.count == 0 {
		return nil
	}
	return fmt.Errorf("the stream ended after %d of %d events", l.progress.events, l.count)
}
