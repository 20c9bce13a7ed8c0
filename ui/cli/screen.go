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
	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/redact"
	"livetape/ui"
)

// screenOptions say what a screen shows.
type screenOptions struct {
	targets []target
	banner  string
	faults  []ui.FaultMenuItem
	record  recordFlags

	selection *targetSelection // it follows the configuration while the feeds run; nil: nothing to follow
}

// runScreen runs the feeds and the screen until the user quits, ctx ends or the terminal goes away. When it returns,
// every connection is closed and the terminal is as it was.
func runScreen(ctx context.Context, cmd *cobra.Command, options screenOptions) error {
	relaxGC()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	feeds, err := startFeeds(ctx, cmd, options.targets)
	if err != nil {
		return err
	}
	defer feeds.stop()
	reloads, err := followConfig(ctx, options, feeds)
	if err != nil {
		return err
	}
	recording, err := options.record.start(ctx, cmd, feeds)
	if err != nil {
		return err
	}
	err = showScreen(ctx, stop, cmd, ui.Config{
		Feeds:   screenSources(options.targets),
		Events:  recording.events,
		Control: feeds.set,
		Origin:  options.selection.localConfigName(),
		Banner:  options.record.banner(options.banner),
		Notices: recording.notices,
		Reloads: reloads,
		Maps:    mapFiles{},
		Faults:  options.faults,
	})
	stop()
	drainEvents(recording.events)
	for reloads != nil {
		if _, open := <-reloads; !open {
			break
		}
	}
	recording.printSummary(cmd.ErrOrStderr())
	return cmp.Or(err, recording.err())
}

// runningFeeds are feeds that have been started.
type runningFeeds struct {
	set      *feed.Set
	recorded *recordedFeeds
	cancel   context.CancelFunc
}

func startFeeds(ctx context.Context, cmd *cobra.Command, targets []target) (*runningFeeds, error) {
	recorded, err := newRecordedFeeds(targets)
	if err != nil {
		return nil, usageErrorf(cmd, "%w", err)
	}
	var configs []feed.Config
	for _, t := range targets {
		configs = append(configs, t.config)
	}
	ctx, cancel := context.WithCancel(ctx)
	set, err := feed.Start(ctx, configs...)
	if err != nil {
		cancel()
		return nil, usageErrorf(cmd, "%w", err)
	}
	return &runningFeeds{set, recorded, cancel}, nil
}

// stop ends the feeds. When it returns, every connection is closed.
func (f *runningFeeds) stop() {
	f.cancel()
	drainEvents(f.set.Events())
}

// showScreen draws the screen until the user quits, ctx ends or the terminal goes away, in which case it calls gone.
func showScreen(ctx context.Context, gone func(), cmd *cobra.Command, config ui.Config) error {
	output := &terminalFile{File: asTerminal(cmd.OutOrStdout()), gone: gone}
	config.Renderer = lipgloss.NewRenderer(output.File)
	config.Renderer.HasDarkBackground() // asks the terminal now: later its answer would be taken for keys
	var logged func()
	config.Diagnostics, logged = logToScreen()
	defer logged()
	options := append(ui.Options(),
		tea.WithContext(ctx),
		tea.WithoutSignalHandler(), // signals end ctx
		tea.WithOutput(output),
		tea.WithFilter(assumeSize),
	)
	if input := asTerminal(cmd.InOrStdin()); input != nil {
		options = append(options, tea.WithInput(&terminalFile{File: input, gone: gone}))
	}
	_, err := tea.NewProgram(ui.New(config), options...).Run()
	if errors.Is(err, tea.ErrProgramPanic) || ctx.Err() == nil {
		return err
	}
	return nil // ctx has ended, or the terminal is gone: nobody reads an error
}

// assumeSize takes a terminal that does not know its size, as a serial line, for one of 80×24.
func assumeSize(_ tea.Model, msg tea.Msg) tea.Msg {
	if size, ok := msg.(tea.WindowSizeMsg); ok && (size.Width <= 0 || size.Height <= 0) {
		return tea.WindowSizeMsg{Width: 80, Height: 24}
	}
	return msg
}

// relaxGC saves a tenth of the processor time at a high rate of events, for some memory, of which little is used. GOGC
// in the environment overrides it.
func relaxGC() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// drainEvents waits for feeds to end: they close the channel when their last goroutine ends.
func drainEvents(events <-chan feed.Event) {
	for range events {
	}
}

func screenSources(targets []target) []ui.Source {
	var sources []ui.Source
	for _, t := range targets {
		sources = append(sources, ui.Source{Name: t.config.Name, URL: redact.URL(t.config.URL)})
	}
	return sources
}

// requireTerminal refuses to draw a screen where there is no terminal.
func requireTerminal(cmd *cobra.Command) error {
	if asTerminal(cmd.OutOrStdout()) != nil {
		return nil
	}
	return usageErrorf(cmd, "standard output is not a terminal, so there is no screen to draw on; \"livetape stream URL\" writes to pipes and files")
}

// terminalFile is a terminal that says when it is gone: a closed window or a lost ssh session shows as a write error or
// as the end of input, neither of which ends a Bubble Tea program by itself.
type terminalFile struct {
	*os.File
	gone func()
}

func (f *terminalFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		f.gone()
		return n, fmt.Errorf("write to the terminal: %w", err)
	}
	return n, nil
}

func (f *terminalFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if errors.Is(err, io.EOF) {
		f.gone()
	}
	return n, err
}
