package painter

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// terminal is an emulator, and what was written to it.
type terminal struct {
	*vt.Emulator
	written bytes.Buffer
}

func newTerminal(width, height int) *terminal {
	return &terminal{Emulator: vt.NewEmulator(width, height)}
}

func (t *terminal) Write(b []byte) (int, error) {
	t.written.Write(b)
	return t.Emulator.Write(b)
}

// onAlternateScreen is a painter on a terminal of which Bubble Tea has entered the alternate screen.
func onAlternateScreen(t testing.TB, term *terminal) *Painter {
	t.Helper()
	p := New(term, 0)
	for _, s := range []string{ansi.SetModeAltScreenSaveCursor, ansi.EraseEntireScreen, ansi.CursorHomePosition} {
		if _, err := io.WriteString(p, s); err != nil {
			t.Fatal(err)
		}
	}
	term.written.Reset()
	return p
}

func (p *Painter) show(frame string) {
	p.draw(frame)
	p.paint()
}

func requireSameCells(t testing.TB, got, want *terminal) {
	t.Helper()
	for y := range want.Height() {
		for x := range want.Width() {
			if g, w := got.CellAt(x, y), want.CellAt(x, y); !reflect.DeepEqual(g, w) {
				t.Fatalf("line %d, column %d is %+v, want %+v\n%s\nwant\n%s", y, x, g, w, got, want)
			}
		}
	}
}

func TestOnlyTheCellsThatChangedAreWritten(t *testing.T) {
	t.Parallel()
	const red = "\x1b[31m"
	for _, c := range []struct{ name, from, to, written string }{
		{"nothing", "AAPL 181.46\n", "AAPL 181.46\n", ""},
		{"a digit", "AAPL 181.46\nMSFT", "AAPL 181.47\nMSFT", "\x1b[1;11H7"},
		{"a digit in its style", red + "181.46" + ansi.ResetStyle, red + "181.47" + ansi.ResetStyle, "\x1b[1;6H" + red + "7" + ansi.ResetStyle},
		{"the style of a digit", "46", "4" + red + "6" + ansi.ResetStyle, "\x1b[1;2H" + red + "6" + ansi.ResetStyle},
		{"two digits and what is between", "1a2", "3a4", "\x1b[1;1H3a4"},
		{"two digits far from each other", "1abcdefgh2", "3abcdefgh4", "\x1b[1;1H3\x1b[1;10H4"},
		{"a longer line", "AB", "ABC", "\x1b[1;3HC"},
		{"a shorter line", "ABC", "A", "\x1b[1;2H\x1b[K"},
		{"characters of an unsure width", "日本 1", "日本 2", "\x1b[1;1H\x1b[K日本 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			term := newTerminal(20, 2)
			p := onAlternateScreen(t, term)
			p.show(c.from)
			term.written.Reset()
			p.show(c.to)
			if got := term.written.String(); got != c.written {
				t.Errorf("it writes %q, want %q", got, c.written)
			}
		})
	}
}

// randomFrame is a frame of styled words, some of them of wide characters.
func randomFrame(r *rand.Rand, width, height int) string {
	words := []string{"181.46", "AAPL", "▲", "┄┄", "⠉⠒", "日本", "é", "", "   ", "🇩🇪"}
	styles := []string{"", "\x1b[1m", "\x1b[31;44m", "\x1b[38;2;1;2;3m"}
	var lines []string
	for range height {
		var line strings.Builder
		for range r.IntN(8) {
			style, word := styles[r.IntN(len(styles))], words[r.IntN(len(words))]
			line.WriteString(style + word)
			if style != "" {
				line.WriteString(ansi.ResetStyle)
			}
		}
		lines = append(lines, ansi.Truncate(line.String(), width, ""))
	}
	return strings.Join(lines, "\n")
}

func FuzzChangesLeadToTheSameScreenAsANewOne(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		const width, height = 30, 6
		changed := newTerminal(width, height)
		p := onAlternateScreen(t, changed)
		frame := ""
		for range 6 {
			frame = randomFrame(r, width, height)
			p.show(frame)
		}
		fresh := newTerminal(width, height)
		onAlternateScreen(t, fresh).show(frame)
		requireSameCells(t, changed, fresh)
	})
}

func TestFramesOfBubbleTeaAreLeftOutAndTheRestPasses(t *testing.T) {
	t.Parallel()
	term := newTerminal(20, 2)
	p := onAlternateScreen(t, term)
	for _, s := range []string{ansi.CursorHomePosition + "\r ", ansi.HideCursor, "\x1b]9;alert\a"} {
		if n, err := io.WriteString(p, s); n != len(s) || err != nil {
			t.Errorf("%q: %d bytes, %v", s, n, err)
		}
	}
	if got, want := term.written.String(), ansi.HideCursor+"\x1b]9;alert\a"; got != want {
		t.Errorf("%q passes, want %q", got, want)
	}
}

func TestNothingIsDrawnBesideTheAlternateScreen(t *testing.T) {
	t.Parallel()
	term := newTerminal(20, 2)
	p := onAlternateScreen(t, term)
	p.show("before")
	if _, err := io.WriteString(p, ansi.ResetModeAltScreenSaveCursor); err != nil {
		t.Fatal(err)
	}
	term.written.Reset()
	p.show("suspended")
	if got := term.written.String(); got != "" {
		t.Errorf("%q is written", got)
	}
	if _, err := io.WriteString(p, ansi.SetModeAltScreenSaveCursor); err != nil {
		t.Fatal(err)
	}
	if p.paint(); !strings.Contains(term.String(), "suspended") {
		t.Errorf("back again, it shows %q", term)
	}
}

func TestAClearedOrResizedScreenIsDrawnWhole(t *testing.T) {
	t.Parallel()
	for name, clearIt := range map[string]func(p *Painter){
		"cleared": func(p *Painter) { _, _ = io.WriteString(p, ansi.EraseEntireScreen) },
		"resized": func(p *Painter) {
			m, _ := p.Model(still("AAPL 181.46\n")).Update(tea.WindowSizeMsg{Width: 20, Height: 2})
			m.View()
		},
	} {
		t.Run(name, func(t *testing.T) {
			term := newTerminal(20, 2)
			p := onAlternateScreen(t, term)
			p.show("AAPL 181.46\n")
			clearIt(p)
			term.written.Reset()
			if p.paint(); !strings.Contains(term.written.String(), "AAPL 181.46") {
				t.Errorf("it writes %q", term.written.String())
			}
		})
	}
}

func TestAFrameOfAnotherSizeIsNotDrawnAfterAResize(t *testing.T) {
	t.Parallel()
	term := newTerminal(20, 2)
	p := onAlternateScreen(t, term)
	p.show("a line of 20 columns\nanother of 20 columns")
	term.Resize(10, 2)
	m, _ := p.Model(still("ten\ncolumns")).Update(tea.WindowSizeMsg{Width: 10, Height: 2})
	term.written.Reset()
	if p.paint(); term.written.Len() > 0 { // its lines would wrap, and the last would scroll the screen
		t.Errorf("before there is a new frame, it writes %q", term.written.String())
	}
	m.View()
	p.paint()
	fresh := newTerminal(10, 2)
	onAlternateScreen(t, fresh).show("ten\ncolumns")
	requireSameCells(t, term, fresh)
}

// still is a model that never changes.
type still string

func (m still) Init() tea.Cmd                       { return nil }
func (m still) Update(tea.Msg) (tea.Model, tea.Cmd) { return m, nil }
func (m still) View() string                        { return string(m) }

func TestFramesThatComeTooFastAreDrawnOnceAnInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		term := newTerminal(20, 1)
		p := onAlternateScreen(t, term)
		p.interval.Store(int64(time.Second / 10))
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { p.Run(ctx) })
		for i := range 100 {
			p.Model(still(fmt.Sprintf("%04d", i*1111))).View()
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
		running.Wait()
		if frames := strings.Count(term.written.String(), "\x1b[1;"); frames < 9 || frames > 11 {
			t.Errorf("%d frames in a second", frames)
		}
	})
}

func TestAFrameIsGoneAfterwardsAlsoWhereThereIsNoAlternateScreen(t *testing.T) {
	t.Parallel()
	term := newTerminal(20, 2)
	p := onAlternateScreen(t, term)
	p.show("AAPL 181.46\nMSFT")
	term.written.Reset()
	if n, err := io.WriteString(p, ansi.ResetModeAltScreenSaveCursor); err != nil || n != len(ansi.ResetModeAltScreenSaveCursor) {
		t.Fatal(n, err)
	}
	without := newTerminal(20, 2)
	for _, b := range []string{"AAPL 181.46\r\nMSFT", strings.ReplaceAll(term.written.String(), ansi.ResetModeAltScreenSaveCursor, ""), "$"} {
		if _, err := io.WriteString(without, b); err != nil {
			t.Fatal(err)
		}
	}
	want := newTerminal(20, 2)
	if _, err := io.WriteString(want, "$"); err != nil {
		t.Fatal(err)
	}
	requireSameCells(t, without, want)
}

// pacedModel takes over the interval of the last message.
type pacedModel struct {
	still
	interval time.Duration
}

func (m pacedModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.interval, _ = msg.(time.Duration)
	return m, nil
}

func (m pacedModel) FrameInterval() time.Duration { return m.interval }

func TestAModelChangesTheIntervalWhileItRuns(t *testing.T) {
	t.Parallel()
	p := New(io.Discard, time.Second/60)
	var model tea.Model = p.Model(pacedModel{still: "1"})
	for _, want := range []time.Duration{time.Second / 2, time.Second / 60} {
		if model, _ = model.Update(want); time.Duration(p.interval.Load()) != want {
			t.Errorf("the interval is %v, not %v", time.Duration(p.interval.Load()), want)
		}
	}
}

func BenchmarkChange(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	frames := []string{randomFrame(r, 120, 40), randomFrame(r, 120, 40)}
	p := New(io.Discard, 0)
	p.active = true
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p.show(frames[i%2])
	}
}
