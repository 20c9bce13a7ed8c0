package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/redact"
	"livetape/ui"
)

// watching is what one screen shows.
type watching struct {
	feeds  []target
	banner string
	faults []ui.FaultMenuItem
	record recordFlags

	choice *choice // what the feeds follow while they run; nil for nothing
}

// watch runs the feeds and the screen until the user quits, ctx ends or the terminal goes away. When it
// returns, every connection is closed and the terminal is as it was.
func watch(ctx context.Context, cmd *cobra.Command, w watching) error {
	collectLess()
	roster, err := newRoster(w.feeds)
	if err != nil {
		return usageError{err, hint(cmd)}
	}
	ctx, stop := context.WithCancel(ctx)
	set, err := feed.Start(ctx, configs(w.feeds)...)
	if err != nil {
		stop()
		return usageError{err, hint(cmd)}
	}
	defer func() {
		stop()
		drain(set.Events())
	}()
	setups, err := follow(ctx, w, set, roster)
	if err != nil {
		return err
	}
	recording, err := w.record.record(ctx, cmd, roster, set.Events())
	if err != nil {
		return err
	}
	err = show(ctx, stop, cmd, ui.Config{
		Feeds:   sources(configs(w.feeds)),
		Events:  recording.events,
		Control: set,
		Origin:  w.choice.origin(),
		Banner:  w.record.banner(w.banner),
		Notices: recording.notices,
		Reloads: setups,
		Faults:  w.faults,
	})
	stop()
	drain(recording.events)
	for setups != nil {
		if _, open := <-setups; !open {
			break
		}
	}
	recording.sum(cmd.ErrOrStderr())
	return cmp.Or(err, recording.err())
}

// show draws the screen until the user quits, ctx ends or the terminal goes away, in which case it calls gone.
func show(ctx context.Context, gone func(), cmd *cobra.Command, config ui.Config) error {
	output := &watchedFile{File: file(cmd.OutOrStdout()), gone: gone}
	config.Renderer = lipgloss.NewRenderer(output.File)
	config.Renderer.HasDarkBackground() // asks the terminal now: later its answer would be taken for keys
	options := append(ui.Options(),
		tea.WithContext(ctx),
		tea.WithoutSignalHandler(), // signals end ctx
		tea.WithOutput(output),
	)
	if input := file(cmd.InOrStdin()); input != nil && term.IsTerminal(input.Fd()) {
		options = append(options, tea.WithInput(&watchedFile{File: input, gone: gone}))
	}
	_, err := tea.NewProgram(ui.New(config), options...).Run()
	if errors.Is(err, tea.ErrProgramPanic) || ctx.Err() == nil {
		return err
	}
	return nil // told to stop, or the terminal is gone: there is nobody to complain to
}

// collectLess trades some memory, of which a screen needs little, for a tenth of the processor time at a high
// rate of events. GOGC in the environment overrides it.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// drain waits for the feeds to end: the channel closes after the last of their goroutines.
func drain(events <-chan feed.Event) {
	for range events {
	}
}

func sources(feeds []feed.Config) []ui.Source {
	var out []ui.Source
	for _, f := range feeds {
		out = append(out, ui.Source{Name: f.Name, URL: redact.URL(f.URL)})
	}
	return out
}

// needTerminal refuses to draw a screen where there is none.
func needTerminal(cmd *cobra.Command) error {
	if out := file(cmd.OutOrStdout()); out != nil && term.IsTerminal(out.Fd()) {
		return nil
	}
	return misused(cmd, "standard output is not a terminal, so there is no screen to draw on; \"livetape stream URL\" writes to pipes and files")
}

// watchedFile is a terminal that says when it is gone: a closed window or a lost ssh session shows as a
// write error or as the end of input, neither of which ends a Bubble Tea program by itself.
type watchedFile struct {
	*os.File
	gone func()
}

func (f *watchedFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		f.gone()
		return n, fmt.Errorf("write to the terminal: %w", err)
	}
	return n, nil
}

func (f *watchedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if errors.Is(err, io.EOF) {
		f.gone()
	}
	return n, err
}
