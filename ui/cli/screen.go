package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image/color"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"
	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/redact"
	"livetape/ui"
	"livetape/ui/cli/state"
)

type screenOptions struct {
	targets []feedTarget
	banner  string
	faults  []ui.FaultMenuItem
	record  recordFlags
	state   string // file of last event ids; empty for none

	selection *targetSelection // it follows the configuration while the feeds run; nil: nothing to follow
}

// runScreen runs the feeds and the screen until the user quits, ctx ends or the terminal goes away. When it returns,
// every connection is closed and the terminal is as it was.
func runScreen(ctx context.Context, cmd *cobra.Command, options screenOptions) error {
	collectGarbageLess()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	feeds, err := startFeeds(ctx, cmd, options.targets, options.state)
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
	events := feeds.withIDsKept(ctx, recording.events)
	err = showScreen(ctx, stop, cmd, ui.Config{
		Feeds:   screenSources(options.targets, options.selection),
		Events:  events,
		Control: feeds.set,
		Origin:  options.selection.localConfigName(),
		Banner:  options.banner,
		Records: options.record.file != "",
		Notices: recording.notices,
		Reloads: reloads,
		Maps:    mapFiles{},
		Faults:  options.faults,
	})
	stop()
	recording.awaitEnd(events)
	for reloads != nil {
		if _, open := <-reloads; !open {
			break
		}
	}
	recording.printSummary(cmd.ErrOrStderr())
	return cmp.Or(err, recording.err(), feeds.state.Close())
}

type runningFeeds struct {
	set      *feed.Set
	recorded *recordedFeeds
	state    *state.File // nil: ids are not kept
	cancel   context.CancelFunc
}

func startFeeds(ctx context.Context, cmd *cobra.Command, targets []feedTarget, stateFile string) (*runningFeeds, error) {
	recorded, err := newRecordedFeeds(targets)
	if err != nil {
		return nil, usageErrorf(cmd, "%w", err)
	}
	var ids *state.File
	if stateFile != "" {
		if ids, err = state.Open(stateFile); err != nil {
			return nil, err
		}
	}
	var configs []feed.Config
	for _, t := range targets {
		ids.Apply(&t.config)
		configs = append(configs, t.config)
	}
	ctx, cancel := context.WithCancel(ctx)
	set, err := feed.Start(ctx, configs...)
	if err != nil {
		cancel()
		return nil, errors.Join(usageErrorf(cmd, "%w", err), ids.Close())
	}
	return &runningFeeds{set, recorded, ids, cancel}, nil
}

// withIDsKept passes events on until ctx ends, and has the ids of those that were taken kept. It closes its channel when
// events is closed.
func (f *runningFeeds) withIDsKept(ctx context.Context, events <-chan feed.Event) <-chan feed.Event {
	if f.state == nil {
		return events
	}
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
	awaitFeedsEnd(f.set.Events())
	_ = f.state.Close() // an error that came before is the one to tell
}

// showScreen draws the screen until the user quits, ctx ends or the terminal goes away, in which case it calls gone.
func showScreen(ctx context.Context, gone func(), cmd *cobra.Command, config ui.Config) error {
	output := &terminalFile{File: asTerminal(cmd.OutOrStdout()), gone: gone}
	input := asTerminal(cmd.InOrStdin())
	config.Renderer = lipgloss.NewRenderer(output.File)
	detectBackground(config.Renderer, input, output.File)
	var logged func()
	config.Diagnostics, logged = logToScreen()
	defer logged()
	options := append(ui.Options(),
		tea.WithContext(ctx),
		tea.WithoutSignalHandler(), // signals end ctx
		tea.WithOutput(output),
		tea.WithFilter(defaultTerminalSize),
	)
	if input != nil {
		options = append(options, tea.WithInput(&terminalFile{File: input, gone: gone}))
	}
	_, err := tea.NewProgram(ui.New(config), options...).Run()
	if errors.Is(err, tea.ErrProgramPanic) || ctx.Err() == nil {
		return err
	}
	return nil // ctx has ended, or the terminal is gone: nobody reads an error
}

// defaultTerminalSize takes a terminal that does not know its size, as a serial line, for one of 80×24.
func defaultTerminalSize(_ tea.Model, msg tea.Msg) tea.Msg {
	if size, ok := msg.(tea.WindowSizeMsg); ok && (size.Width <= 0 || size.Height <= 0) {
		return tea.WindowSizeMsg{Width: 80, Height: 24}
	}
	return msg
}

// collectGarbageLess saves a tenth of the processor time at a high rate of events, for some memory, of which little is used. GOGC
// in the environment overrides it.
func collectGarbageLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
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
		source := ui.Source{Name: t.config.Name, URL: redact.URL(t.config.URL), Symbols: list, AllComing: len(targets) == 1}
		if list == nil {
			source.Symbols, source.AllComing = t.origin.Symbols, !t.origin.CanAskForSymbols() // else the answer may have other names
		}
		sources = append(sources, source)
	}
	return sources
}

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
	gone    func()
	answers answerFilter
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
	return len(f.answers.filter(p[:n])), err
}

// answerTimeout is how long a terminal may take to say what its background is.
const answerTimeout = 100 * time.Millisecond

// detectBackground tells the renderer whether the terminal is dark: by its own answer, else by COLORFGBG, else it is.
func detectBackground(r *lipgloss.Renderer, input, output *os.File) {
	if background := askBackground(input, output); background != nil {
		r.SetHasDarkBackground(isDark(background))
		return
	}
	fields := strings.Split(os.Getenv("COLORFGBG"), ";")
	number, err := strconv.Atoi(fields[len(fields)-1])
	isLight := len(fields) > 1 && err == nil && (number == 7 || number > 8) // of the 16 colours
	r.SetHasDarkBackground(!isLight)
}

// askBackground asks the terminal for its background; nil for no answer. Then it asks for the terminal's attributes, which
// nearly every one answers, so that one which does not know the first question costs no time.
func askBackground(input, output *os.File) color.Color {
	kind := os.Getenv("TERM")
	if input == nil || strings.HasPrefix(kind, "dumb") || strings.HasPrefix(kind, "screen") || strings.HasPrefix(kind, "tmux") {
		return nil // the latter two may be on several terminals at once
	}
	state, err := term.MakeRaw(input.Fd())
	if err != nil {
		return nil
	}
	defer term.Restore(input.Fd(), state)
	reader, err := cancelreader.NewReader(input)
	if err != nil {
		return nil
	}
	defer reader.Close()
	timer := time.AfterFunc(answerTimeout, func() { reader.Cancel() })
	defer timer.Stop()
	fmt.Fprint(output, ansi.RequestBackgroundColor+ansi.RequestPrimaryDeviceAttributes)
	var answer []byte
	for buf := make([]byte, 256); len(answer) < maxAnswer && !attributesAnswer.Match(answer); {
		n, err := reader.Read(buf)
		if err != nil {
			break
		}
		answer = append(answer, buf[:n]...)
	}
	found := backgroundAnswer.FindSubmatch(answer)
	if found == nil {
		return nil
	}
	return ansi.XParseColor(string(found[1]))
}

const maxAnswer = 4096 // bytes

var (
	backgroundAnswer = regexp.MustCompile(`\x1b\]11;(rgba?:[0-9a-fA-F/]+)(?:\x07|\x1b\\)`)
	attributesAnswer = regexp.MustCompile(`\x1b\[\?[0-9;]*c`)
)

// isDark reports whether a colour's lightness is under a half.
func isDark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return max(r, g, b)+min(r, g, b) < 0xffff
}

// answerFilter takes late answers to the questions of [askBackground] out of what is typed: they would be taken for keys.
type answerFilter struct {
	inside byte // the second byte of the answer that has begun and not ended; 0: none
}

// filter takes answers out of p, in place.
func (f *answerFilter) filter(p []byte) []byte {
	kept := p[:0]
	for i := 0; i < len(p); i++ {
		switch {
		case f.inside == ']' && (p[i] == '\a' || p[i] == '\\'), f.inside == '[' && p[i] >= '@':
			f.inside = 0
		case f.inside != 0:
		case bytes.HasPrefix(p[i:], []byte("\x1b]11;")), bytes.HasPrefix(p[i:], []byte("\x1b[?")):
			f.inside = p[i+1]
			i++
		default:
			kept = append(kept, p[i])
		}
	}
	return kept
}
