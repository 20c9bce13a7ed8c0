package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/ui"
)

const (
	tapeInterval = time.Second      // between two lines, at least
	tapePatience = 10 * time.Second // with --once, for feeds that say nothing
	maxTapeWidth = 1000
)

func tapeCommand() *cobra.Command {
	var flags feedFlags
	var width int
	var once bool
	cmd := &cobra.Command{
		Use:   "tape [FEED|URL]...",
		Short: "Print feeds and prices in one line, for a status bar",
		Long: `tape prints one line for a status bar such as tmux's or waybar: how many feeds are in each state, the
worst first, then as many prices as there is room for. It prints a new line when something has changed,
at most once a second. Prices of feeds that are not live come last, with their ages.

  ✕  failed
  ■  ended
  ↻  connecting, or waiting for the next try
  ◌  quiet or silent
  ●  live`,
		Example: `  livetape tape --width 80
  livetape tape --once --symbols NVDA,BTC/USD https://desk.example/events`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if width < 1 || width > maxTapeWidth {
				return usageErrorf(cmd, "--width is %d; it must be from 1 to %d", width, maxTapeWidth)
			}
			selection, targets, err := flags.selectTargets(cmd, args, true)
			if err != nil {
				return err
			}
			selection.warnLocalConfig(targets)
			return runTape(cmd.Context(), cmd, targets, screenSources(targets, selection), width, once)
		},
	}
	cmd.Flags().IntVar(&width, "width", 80, "print at most `N` cells")
	registerOnce(cmd, &once)
	flags.register(cmd)
	flags.registerSymbols(cmd)
	flags.registerList(cmd)
	return cmd
}

// runTape prints lines until ctx ends or nobody reads them.
func runTape(ctx context.Context, cmd *cobra.Command, targets []feedTarget, sources []ui.Source, width int, once bool) error {
	feeds, err := startFeeds(ctx, cmd, targets, "")
	if err != nil {
		return err
	}
	defer feeds.stop()
	if once {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, tapePatience)
		defer cancel()
	}
	t := tapePrinter{line: ui.NewTapeLine(sources), out: cmd.OutOrStdout(), width: width}
	ticker := time.NewTicker(tapeInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			if once {
				return t.print(time.Now().UTC())
			}
			return nil
		case now := <-ticker.C:
			if once {
				continue
			}
			if err := t.print(now.UTC()); err != nil {
				return err
			}
		case ev, ok := <-feeds.set.Events():
			if !ok {
				return t.print(time.Now().UTC())
			}
			t.line.Apply([]feed.Event{ev}, ev.At)
			if once && t.line.IsComplete() {
				return t.print(ev.At)
			}
		}
	}
}

// tapePrinter prints a line when it is another than the last.
type tapePrinter struct {
	line  *ui.TapeLine
	out   io.Writer
	width int
	last  string
}

func (t *tapePrinter) print(now time.Time) error {
	t.line.Apply(nil, now)
	text := t.line.Text(t.width)
	if text == t.last || text == "" {
		return nil
	}
	t.last = text
	if _, err := fmt.Fprintln(t.out, text); err != nil {
		return fmt.Errorf("print the line: %w", err)
	}
	return nil
}
