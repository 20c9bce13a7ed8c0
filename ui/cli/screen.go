package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode/configerr"
	"livetape/feed/redact"
	"livetape/ui"
	"livetape/ui/cli/config"
	"livetape/ui/cli/notify"
	"livetape/ui/cli/painter"
	"livetape/ui/cli/process"
	"livetape/ui/cli/state"
	"livetape/ui/cli/terminal"
)

type screenOptions struct {
	targets []feedTarget
	banner  string
	faults  []ui.FaultMenuItem
	record  recordFlags
	looks   lookFlags
	state   string // file of last event ids; empty for none

	selection *targetSelection // it follows the configuration while the feeds run; nil: nothing to follow
}

// config is the configuration that the feeds are from, or else the one that is found; it may be nil.
func (o screenOptions) config(cmd *cobra.Command) *config.File {
	if o.selection != nil && o.selection.file != nil {
		return o.selection.file
	}
	return screenConfig(cmd, "")
}

// keepIDs has the last event ids of feeds kept where they are, or will be once the configuration says "resume: keep".
func (o screenOptions) keepIDs(ctx context.Context, feeds *runningFeeds, events <-chan feed.Event) <-chan feed.Event {
	if o.state == "" && (o.selection == nil || o.selection.file == nil) {
		return events
	}
	return feeds.withIDsKept(ctx, events)
}

// runScreen runs the feeds and the screen until the user quits, ctx ends or the terminal goes away. When it returns,
// every connection is closed and the terminal is as it was.
func runScreen(ctx context.Context, cmd *cobra.Command, options screenOptions) error {
	process.CollectGarbageSeldom()
	process.UseOneCore()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	file := options.config(cmd)
	looks, err := options.looks.looks(cmd, file)
	if err != nil {
		return err
	}
	feeds, err := startFeeds(ctx, cmd, options.targets, options.state)
	if err != nil {
		return err
	}
	defer feeds.stop()
	reloads, ask, err := followConfig(ctx, options, feeds)
	if err != nil {
		return err
	}
	alerts, err := options.selection.alerts()
	if err != nil {
		return err
	}
	recording, err := options.record.start(ctx, cmd, feeds)
	if err != nil {
		return err
	}
	events := options.keepIDs(ctx, feeds, recording.events)
	err = showScreen(ctx, stop, cmd, options.withConfig(file, ui.Config{
		Looks:    looks,
		Events:   events,
		Control:  feeds.set,
		Memory:   feeds.set.Memory,
		Banner:   options.banner,
		Records:  options.record.file != "",
		Recorded: recording.bytes,
		Notices:  recording.notices,
		Reloads:  reloads,
		Ask:      ask,
		Maps:     mapFiles{},
		Faults:   options.faults,
		Alerts:   alerts.Rules,
	}), alerts.Dir)
	stop()
	recording.awaitEnd(cmd, feeds, events)
	awaitEnd(reloads)
	recording.printSummary(cmd.ErrOrStderr())
	return cmp.Or(err, recording.err(), feeds.state.Close())
}

// awaitEnd waits until whoever sends has closed the channel; nil for nobody.
func awaitEnd[T any](in <-chan T) {
	if in == nil {
		return
	}
	for range in { // nobody reads it any more
	}
}

type runningFeeds struct {
	set      *feed.Set
	recorded *recordedFeeds
	state    *state.IDs
	cancel   context.CancelFunc
	awaited  sync.Once // their end
}

func startFeeds(ctx context.Context, cmd *cobra.Command, targets []feedTarget, stateFile string) (*runningFeeds, error) {
	recorded, err := newRecordedFeeds(targets)
	if err != nil {
		return nil, usageErrorf(cmd, "%w", err)
	}
	ids, err := state.NewIDs(stateFile)
	if err != nil {
		return nil, err
	}
	var configs []feed.Config
	for _, t := range targets {
		if err := ids.Apply(&t.config, t.idFile); err != nil {
			return nil, errors.Join(err, ids.Close())
		}
		configs = append(configs, t.config)
	}
	ctx, cancel := context.WithCancel(ctx)
	set, err := feed.Start(ctx, configs...)
	if err != nil {
		cancel()
		return nil, errors.Join(usageErrorf(cmd, "%w", err), ids.Close())
	}
	return &runningFeeds{set: set, recorded: recorded, state: ids, cancel: cancel}, nil
}

// withIDsKept passes events on until ctx ends, and has the ids of those that were taken kept. It closes its channel when
// events is closed.
func (f *runningFeeds) withIDsKept(ctx context.Context, events <-chan feed.Event) <-chan feed.Event {
	out := make(chan feed.Event)
	go func() {
		defer close(out)
		for ev := range events {
			if ctx.Err() != nil {
				continue // whoever takes it does not show it
			}
			select {
			case out <- ev:
				f.noteID(ev)
			case <-ctx.Done():
			}
		}
	}()
	return out
}

func (f *runningFeeds) noteID(ev feed.Event) {
	switch {
	case ev.Message != nil:
		f.state.Note(ev.Feed, ev.Message.ResumeID())
	case ev.Status != nil && ev.Status.State == feed.Connecting && ev.Status.Connections == 0:
		f.state.Started(ev.Feed)
	}
	f.state.Commit()
}

// stop ends the feeds. When it returns, every connection is closed, and so is the state file, if nobody has closed it yet.
func (f *runningFeeds) stop() {
	f.cancel()
	f.awaitEnd(f.set.Events())
	_ = f.state.Close() // an error that came before is the one to tell
}

// awaitEnd waits for the feeds to end, unless that has been done: what takes too long is not waited for twice. Events are theirs,
// or what passes theirs on.
func (f *runningFeeds) awaitEnd(events <-chan feed.Event) {
	f.awaited.Do(func() { awaitFeedsEnd(events) })
}

// startNotifier sends alerts until it is closed. What it cannot send is logged. The terminal may be nil.
func startNotifier(ctx context.Context, dir string, terminal io.Writer) *notify.Notifier {
	return notify.New(ctx, notify.Options{Terminal: terminal, Dir: dir, Failed: func(text string) { log.Print(text) }})
}

// showScreen draws the screen until the user quits, ctx ends or the terminal goes away, in which case it calls gone. The
// programs of alerts run in dir.
func showScreen(ctx context.Context, gone func(), cmd *cobra.Command, config ui.Config, dir string) error {
	output := &terminal.File{File: asTerminal(cmd.OutOrStdout()), Gone: gone, Left: ctx.Done()}
	input := asTerminal(cmd.InOrStdin())
	config.Renderer = lipgloss.NewRenderer(output.File)
	config.Renderer.SetColorProfile(terminal.ColorProfile(config.Renderer.ColorProfile()))
	background := terminal.DetectBackground(input, output.File)
	config.Renderer.SetHasDarkBackground(background != terminal.Light)
	config.UnknownBackground = background == terminal.Unknown
	var logged func()
	config.Diagnostics, logged = logToScreen()
	defer logged()
	notifier := startNotifier(ctx, dir, output)
	defer notifier.Close()
	config.SendAlert = notifier.Send
	config.OpenURL = terminal.OpenURL
	config.WriteFile = writeNumberedFile
	config.Copy = func(text string) error {
		_, err := io.WriteString(output, ansi.SetSystemClipboard(text))
		return err
	}
	defer keepSettings(&config)()
	if cmd.Flags().Changed("columns") {
		delete(config.Settings, "columns") // a flag goes over what was chosen on the screen
	}
	frames := painter.New(output, ui.FrameInterval(config.Looks))
	painting, stopPainting := context.WithCancel(ctx)
	var painted sync.WaitGroup
	painted.Go(func() { frames.Run(painting) })
	defer painted.Wait()
	defer stopPainting()
	options := append(ui.Options(),
		tea.WithoutSignalHandler(), // signals end ctx
		tea.WithOutput(paintedTerminal{output, frames}),
		tea.WithFilter(adaptToTerminal),
	)
	if input != nil {
		options = append(options, tea.WithInput(&terminal.File{File: input, Gone: gone, Output: output}))
	}
	model := ui.New(config)
	defer model.Close()
	program := tea.NewProgram(frames.Model(model), options...)
	defer context.AfterFunc(ctx, func() { // and not tea.WithContext, which leaves the reading of input behind
		process.Hurry()
		program.Quit()
	})()
	_, err := program.Run()
	if errors.Is(err, tea.ErrProgramPanic) || ctx.Err() == nil {
		return err
	}
	return nil // ctx has ended, or the terminal is gone: nobody reads an error
}

// adaptToTerminal takes a terminal that does not know its size, as a serial line, for one of 80×24. It comes back from a
// suspension that no shell ends: the system discards the signal that stops where no shell controls jobs, and Bubble Tea would
// wait for ever. To a process that goes on already, it does nothing.
func adaptToTerminal(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case tea.SuspendMsg:
		time.AfterFunc(time.Second, terminal.Continue)
	case tea.WindowSizeMsg:
		if msg.Width <= 0 || msg.Height <= 0 {
			return tea.WindowSizeMsg{Width: 80, Height: 24}
		}
	}
	return msg
}

// leaveTimeout is how long feeds, or the reading of a recording, may delay the end. Within a hostile event, which takes long to
// read, they take longer: the rest ends with the process, for nothing is written there.
const leaveTimeout = 50 * time.Millisecond

// awaitFeedsEnd waits for feeds to end: they close the channel when their last goroutine ends.
func awaitFeedsEnd(events <-chan feed.Event) {
	for late := time.After(leaveTimeout); ; {
		select {
		case _, open := <-events:
			if !open {
				return
			}
		case <-late:
			return
		}
	}
}

// screenSources are the feeds as the screen shows them; the selection may be nil.
func screenSources(targets []feedTarget, s *targetSelection) []ui.Source {
	var list []string
	if s != nil {
		list = s.symbols.Watchlist()
	}
	var sources []ui.Source
	for _, t := range targets {
		source := ui.Source{Name: t.config.Name, URL: redact.URL(t.config.URL), ReadBy: readBy(t.origin), Definition: definitionText(t), Symbols: list, AllComing: len(targets) == 1}
		if s != nil {
			source.CanAsk, source.Added = s.canAsk(t), s.asked.added(t.config.Name)
		}
		if list == nil {
			source.Symbols, source.AllComing = t.origin.Symbols, !t.origin.CanAskForSymbols() // else the answer may have other names
		}
		sources = append(sources, source)
	}
	return sources
}

// readBy says how the events of a feed are read; empty where that is found out from them.
func readBy(f config.Feed) string {
	switch {
	case f.Preset != "":
		return "the preset " + f.Preset
	case len(f.Map) > 0:
		return "the map in the configuration"
	case f.Decoder == "native":
		return "livetape's own format"
	}
	return ""
}

func requireTerminal(cmd *cobra.Command) error {
	switch {
	case asTerminal(cmd.OutOrStdout()) != nil && os.Getenv("TERM") != "dumb":
		return nil
	case asTerminal(cmd.OutOrStdout()) != nil:
		return usageErrorf(cmd, "TERM is dumb: such a terminal cannot draw a screen; \"livetape stream URL\" prints lines")
	}
	return usageErrorf(cmd, "standard output is not a terminal, so there is no screen to draw on; \"livetape stream URL\" writes to pipes and files")
}

// paintedTerminal is a terminal whose frames a painter draws.
type paintedTerminal struct {
	*terminal.File
	painter *painter.Painter
}

func (t paintedTerminal) Write(p []byte) (int, error) { return t.painter.Write(p) }

func (t paintedTerminal) WriteString(s string) (int, error) { return t.painter.Write([]byte(s)) }

// lookFlags say how a screen looks. Every command that has one has them.
type lookFlags struct {
	theme                string
	columns              []string // of the table of prices; none for the configuration's
	ascii, reducedMotion bool
}

func (f *lookFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.theme, "theme", "", "use the theme `NAME`: "+strings.Join(ui.ThemeNames(nil), ", ")+", or one from the configuration")
	flags.StringSliceVar(&f.columns, "columns", nil, "show these `COLUMNS` of prices, such as symbol,last,chg%,age")
	flags.BoolVar(&f.ascii, "ascii", false, "draw with ASCII only (the default where the locale is not UTF-8)")
	flags.BoolVar(&f.reducedMotion, "reduced-motion", false, "flash nothing, and redraw at most twice a second")
}

// looks are those of the configuration, with what the flags say over them.
func (f *lookFlags) looks(cmd *cobra.Command, file *config.File) (ui.Looks, error) {
	var l ui.Looks
	if file != nil {
		l = file.Looks()
	}
	if known := ui.ThemeNames(l.Themes); f.theme != "" && !slices.Contains(known, f.theme) {
		return l, usageErrorf(cmd, "there is no theme %q%s; there are %s", f.theme, configerr.DidYouMean(f.theme, known, nil), strings.Join(known, ", "))
	}
	for _, name := range f.columns {
		if known := ui.ColumnNames(); !slices.Contains(known, name) {
			return l, usageErrorf(cmd, "there is no column %q%s; there are %s", name, configerr.DidYouMean(name, known, nil), strings.Join(known, ", "))
		}
	}
	l.Theme = cmp.Or(f.theme, l.Theme)
	l.ASCII = f.ascii || l.ASCII || !terminal.HasUnicode() && !cmd.Flags().Changed("ascii")
	l.ReducedMotion = f.reducedMotion || l.ReducedMotion
	return l, nil
}

// screenConfig is the configuration of a screen whose feeds need none: the one that is asked for or found, or nil. One with
// mistakes is not used, and standard error says so.
func screenConfig(cmd *cobra.Command, asked string) *config.File {
	file, err := readConfig(cmd.Context(), asked)
	if err != nil && !errors.Is(err, config.ErrNotFound) {
		fmt.Fprintln(cmd.ErrOrStderr(), "livetape: the configuration has a mistake, so the screen ignores it: 'livetape config check' shows the mistake")
	}
	return file
}
