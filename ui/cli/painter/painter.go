// Package painter draws the frames of a Bubble Tea program on a terminal, in place of Bubble Tea's own renderer. That one
// wakes up for every frame that it might have to draw, and writes whole lines. A [Painter] sleeps until there is a frame, and
// writes the cells that changed.
package painter

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// Painter stands between Bubble Tea and the terminal: all that Bubble Tea writes passes through, but for its frames. Its
// methods may be called from any goroutine.
type Painter struct {
	out      io.Writer
	interval atomic.Int64  // nanoseconds
	drawn    chan struct{} // a frame waits

	mu     sync.Mutex
	next   string   // the newest frame; empty before there is one
	shown  []string // the lines on the terminal; nil when those are not known
	active bool     // the terminal shows its alternate screen
	writer cellWriter
}

// New returns a Painter that draws a frame at most once in an interval.
func New(out io.Writer, interval time.Duration) *Painter {
	p := &Painter{out: out, drawn: make(chan struct{}, 1)}
	p.interval.Store(int64(interval))
	return p
}

// paced is a model that says, after each message, how long there is to be between two frames.
type paced interface{ FrameInterval() time.Duration }

// Model is a Bubble Tea model whose frames p draws. Bubble Tea itself gets none. If the model has a method FrameInterval, that
// decides how often p draws.
func (p *Painter) Model(m tea.Model) tea.Model { return painted{m, p} }

type painted struct {
	tea.Model
	painter *Painter
}

func (m painted) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.WindowSizeMsg); ok {
		m.painter.forget()
	}
	model, cmd := m.Model.Update(msg)
	if p, ok := model.(paced); ok {
		m.painter.interval.Store(int64(p.FrameInterval()))
	}
	return painted{model, m.painter}, cmd
}

func (m painted) View() string {
	m.painter.draw(m.Model.View())
	return ""
}

// Run draws frames until ctx ends. An error of the terminal is for its writer to notice.
func (p *Painter) Run(ctx context.Context) {
	var painted time.Time
	for {
		select {
		case <-p.drawn:
		case <-ctx.Done():
			return
		}
		if early := time.Duration(p.interval.Load()) - time.Since(painted); early > 0 { // only now: a timer for each frame would wake the program up
			select {
			case <-time.After(early):
			case <-ctx.Done():
				return
			}
		}
		p.paint()
		painted = time.Now()
	}
}

func (p *Painter) draw(frame string) {
	p.mu.Lock()
	p.next = frame
	p.mu.Unlock()
	p.wake()
}

// wake never blocks.
func (p *Painter) wake() {
	select {
	case p.drawn <- struct{}{}:
	default:
	}
}

// forget has the next frame drawn whole, and the one before not any more: a terminal of another size has moved and cut what it
// shows, and lines that are too long for it would scroll it.
func (p *Painter) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next, p.shown = "", nil
}

// Write passes on what Bubble Tea and others write. A frame of Bubble Tea's, which is that of an empty view, is left out.
func (p *Painter) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	const home = ansi.CursorHomePosition
	if p.active && len(b) > len(home) && bytes.HasPrefix(b, []byte(home)) {
		return len(b), nil
	}
	switch string(b) {
	case ansi.SetModeAltScreenSaveCursor:
		p.active, p.shown = true, nil
	case ansi.ResetModeAltScreenSaveCursor:
		p.active = false
		// A Linux console, and GNU screen by itself, have no other screen to go back to: the frame would stay.
		_, err := p.out.Write([]byte(ansi.EraseEntireScreen + home + ansi.ResetModeAltScreenSaveCursor))
		return len(b), err
	case ansi.EraseEntireScreen:
		p.shown = nil
	default:
		return p.out.Write(b)
	}
	p.wake()
	return p.out.Write(b)
}

func (p *Painter) paint() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.active || p.next == "" {
		return
	}
	lines := strings.Split(p.next, "\n")
	if p.drawLines(lines); len(p.writer.b) == 0 {
		return
	}
	if _, err := p.out.Write(p.writer.b); err == nil {
		p.shown = lines
	}
}

// drawLines leaves what the terminal needs for lines in p.writer.
func (p *Painter) drawLines(lines []string) {
	w := &p.writer
	w.b = w.b[:0]
	if len(p.shown) != len(lines) {
		w.b = append(w.b, ansi.EraseEntireScreen...)
	}
	for i, line := range lines {
		switch {
		case len(p.shown) != len(lines):
			w.writeLine(i, line)
		case p.shown[i] != line:
			w.changeLine(i, p.shown[i], line)
		}
	}
	w.switchStyle("")
}
