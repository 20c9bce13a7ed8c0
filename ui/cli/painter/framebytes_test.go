package painter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/mockserver"
	"livetape/ui"
	"livetape/ui/cli/fakenet"
)

func TestTheBytesOfAFrameAreFew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rate          float64
		symbols       int
		width, height int
		frames, bytes int64 // at most, a second and a frame
	}{
		{rate: 40, symbols: 24, width: 120, height: 40, frames: 16, bytes: 600},
		{rate: 40, symbols: 24, width: 200, height: 60, frames: 16, bytes: 1000},
		{rate: 10_000, symbols: 200, width: 120, height: 40, frames: 33, bytes: 2800},
	} {
		t.Run(fmt.Sprintf("%g events/s of %d symbols at %d×%d", c.rate, c.symbols, c.width, c.height), func(t *testing.T) {
			t.Parallel()
			const seconds = 2
			frames, written := watchMarket(t, mockserver.Config{Rate: c.rate, Symbols: c.symbols}, tea.WindowSizeMsg{Width: c.width, Height: c.height}, seconds*time.Second)
			t.Logf("%d frames a second of %d bytes", frames/seconds, written/frames)
			if frames < 10*seconds || frames > c.frames*seconds {
				t.Errorf("%d frames in %d s, want at most %d a second", frames, seconds, c.frames)
			}
			if written > c.bytes*frames {
				t.Errorf("a frame has %d bytes, want at most %d", written/frames, c.bytes)
			}
		})
	}
}

// watchMarket shows a simulated market on a screen, and counts the frames and their bytes over a while, once it is on.
func watchMarket(t *testing.T, market mockserver.Config, size tea.WindowSizeMsg, while time.Duration) (frames, written int64) {
	var mock *mockserver.Server
	fakenet.Run(t, func(w http.ResponseWriter, r *http.Request) { mock.Handler().ServeHTTP(w, r) }, func(t *testing.T, n *fakenet.Network) {
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		var err error
		if mock, err = mockserver.New(market); err != nil {
			t.Fatal(err)
		}
		running.Go(func() { err = mock.Run(ctx) })
		transport := &http.Transport{DialContext: n.Dial, DisableCompression: true}
		set, startErr := feed.Start(ctx, feed.Config{Name: "desk", URL: "http://desk.example/events", Decoder: decode.Native{}, Client: &http.Client{Transport: transport}})
		if startErr != nil {
			t.Fatal(startErr)
		}
		out := &frameCounter{}
		p := New(out, ui.FrameInterval(ui.Looks{}))
		running.Go(func() { p.Run(ctx) })
		program := tea.NewProgram(p.Model(ui.New(ui.Config{Feeds: []ui.Source{{Name: "desk"}}, Events: set.Events(), Renderer: colorRenderer()})),
			append(ui.Options(), tea.WithInput(nil), tea.WithOutput(p), tea.WithoutSignalHandler())...)
		var programErr error
		running.Go(func() { _, programErr = program.Run() })
		program.Send(size)

		time.Sleep(2 * time.Second)
		framesBefore, writtenBefore := out.frames.Load(), out.written.Load()
		time.Sleep(while)
		frames, written = out.frames.Load()-framesBefore, out.written.Load()-writtenBefore

		program.Quit()
		cancel()
		running.Wait()
		transport.CloseIdleConnections()
		time.Sleep(time.Hour) // the last timer of the screen, which Bubble Tea leaves behind
		if err := errors.Join(err, programErr); err != nil {
			t.Error(err)
		}
	})
	return frames, written
}

func colorRenderer() *lipgloss.Renderer {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	r.SetHasDarkBackground(true)
	return r
}

// frameCounter is a terminal that counts what is written to it. Once a screen is on, those are its frames.
type frameCounter struct{ frames, written atomic.Int64 }

// Write never fails.
func (c *frameCounter) Write(b []byte) (int, error) {
	c.frames.Add(1)
	c.written.Add(int64(len(b)))
	return len(b), nil
}
