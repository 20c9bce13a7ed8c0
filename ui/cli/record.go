package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/tape"
	"livetape/ui/cli/output"
	"livetape/ui/humanize"
)

func recordCommand() *cobra.Command {
	var flags feedFlags
	var until tapeEnd
	var record recordFlags
	cmd := &cobra.Command{
		Use:   "record [FEED|URL]... --output FILE",
		Short: "Record feeds in a file, without a screen",
		Long: `record writes the raw stream of one or more feeds to a file, each event with the time when it came,
until it is told to stop: by --for, --count, ctrl+c or a signal, which leave the file whole. Feeds are
URLs, those that the configuration names, a preset, or, without an argument, all of the
configuration. Changes of the connection and what a reconnect missed are in the recording, and are
told on standard error.

'livetape replay FILE' plays it, and any reader of event streams can read it: it is one, with the
times in comments. A FILE that ends in .gz is compressed. A recording that has the name already is
kept under a number, FILE-0001; anything else of that name is left alone, and an error. Headers are not
in it, and credentials of 8 characters or more are masked wherever the server repeats them.

It exits with 0 when it has recorded what was asked for, the time is up or every server has ended its
stream for good (204); with 1 when a feed failed (the cause is told), when all end before --count, or
when the file cannot be written.`,
		Example: `  livetape record https://desk.example/events -o desk.tape
  livetape record https://desk.example/events -o desk.tape.gz --record-size 100 --for 24h
  livetape record desk pyth -o both.tape`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := until.check(cmd); err != nil {
				return err
			}
			if record.file == "" {
				return misused(cmd, "say where to record: --output FILE")
			}
			choice, targets, err := flags.targets(cmd, args, false)
			if err != nil {
				return err
			}
			choice.announce(targets)
			return runRecord(cmd.Context(), cmd, targets, record, until)
		},
	}
	cmd.Flags().StringVarP(&record.file, "output", "o", "", "the `FILE` to record in; compressed if that ends in .gz")
	record.registerSize(cmd)
	until.register(cmd)
	flags.register(cmd)
	flags.registerSymbols(cmd)
	return cmd
}

// tapeEnd says when to stop a recording; zero values for never.
type tapeEnd struct {
	count   int // events
	lasting time.Duration
}

func (e *tapeEnd) register(cmd *cobra.Command) {
	cmd.Flags().IntVar(&e.count, "count", 0, "stop after so many events")
	cmd.Flags().DurationVar(&e.lasting, "for", 0, "stop after so long, such as 10s or 24h")
}

func (e *tapeEnd) check(cmd *cobra.Command) error {
	switch changed := cmd.Flags().Changed; {
	case changed("count") && e.count < 1:
		return misused(cmd, "--count is %d; it must be at least 1", e.count)
	case changed("for") && e.lasting <= 0:
		return misused(cmd, "--for is %s; it must be over 0", e.lasting)
	}
	return nil
}

// runRecord records the feeds. When it returns, every connection and the file are closed.
func runRecord(ctx context.Context, cmd *cobra.Command, feeds []target, flags recordFlags, until tapeEnd) error {
	roster, err := newRoster(feeds)
	if err != nil {
		return usageError{err, hint(cmd)}
	}
	feeding, stop := context.WithCancel(ctx)
	defer stop()
	set, err := feed.Start(feeding, configs(feeds)...)
	if err != nil {
		return usageError{err, hint(cmd)}
	}
	defer func() {
		stop()
		drain(set.Events())
	}()
	recorder, err := flags.create(cmd, roster)
	if err != nil {
		return err
	}
	progress := newProgress(cmd.ErrOrStderr(), flags.file)
	t := taping{
		recorder: recorder, notices: output.NewNotices(progress, len(feeds), false), progress: progress, count: until.count,
	}
	err = t.run(ctx, set.Events(), timer(until.lasting))
	closeErr := lacks(recorder.Close())
	progress.end()
	t.notices.Summarize()
	t.notices.Say(flags.file, humanize.Plural(progress.events, "event")+" recorded")
	return cmp.Or(closeErr, err) // the first knows how much is lost
}

// taping takes events from feeds to a file, and tells how the feeds are. One goroutine runs it.
type taping struct {
	recorder *tape.Recorder
	notices  *output.Notices
	progress *progress
	count    int // events to record; 0 for no end
}

// run records until there is enough, the time is up, the feeds have ended or ctx ends. None of these is an error,
// unless something is lacking that was asked for.
func (t *taping) run(ctx context.Context, events <-chan feed.Event, timeUp <-chan time.Time) error {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timeUp:
			return nil
		case now := <-second.C:
			t.progress.show(now)
			if err := t.recorder.Flush(); err != nil {
				return err
			}
		case ev, ok := <-events:
			if !ok {
				return nil
			}
			if done, err := t.take(ev); done || err != nil {
				return err
			}
		}
	}
}

// take records an event, and reports whether it is the last one.
func (t *taping) take(ev feed.Event) (done bool, err error) {
	if err := t.recorder.Write(ev); err != nil {
		return true, err
	}
	switch {
	case ev.Message != nil:
		t.progress.count(ev)
		if tape.IsSkipped(ev.Message) {
			t.notices.Unusable(ev.Feed, ev.Message)
		}
		return t.progress.events == t.count, nil
	case ev.Gap != nil:
		t.notices.Gap(ev.Feed, ev.Gap)
	case ev.Status != nil:
		if t.notices.Status(ev.Feed, *ev.Status) {
			return true, cmp.Or(t.notices.Failure(), t.cutShort())
		}
	}
	return false, nil
}

// cutShort is what to say when the streams have ended for good; nil when no more was asked for.
func (t *taping) cutShort() error {
	if t.count == 0 {
		return nil
	}
	return fmt.Errorf("the stream ended after %d of %d events", t.progress.events, t.count)
}
