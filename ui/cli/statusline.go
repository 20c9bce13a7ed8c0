package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"livetape/feed"
	"livetape/ui/humanize"
)

// footline is a line at the foot of a terminal, drawn anew as often as one likes. What is written through it stands
// above that line. Where there is no terminal, there is no line.
type footline struct {
	out      io.Writer
	terminal term.File // nil: none
	shown    bool      // the cursor stands on the line
}

func newFootline(out io.Writer) footline {
	if f := file(out); f != nil && term.IsTerminal(f.Fd()) {
		return footline{out: out, terminal: f}
	}
	return footline{out: out}
}

// clearLine brings the cursor to the begin of its line, and empties it.
const clearLine = "\r" + ansi.EraseLineRight

// Write implements io.Writer for what stands above the line.
func (l *footline) Write(b []byte) (int, error) {
	l.end()
	return l.out.Write(b)
}

// end takes the line away.
func (l *footline) end() {
	if l.shown {
		l.shown = false
		fmt.Fprint(l.out, clearLine)
	}
}

// draw makes text the line. That nobody sees it is no reason to stop.
func (l *footline) draw(text string) {
	if l.terminal == nil {
		return
	}
	if width, _, err := term.GetSize(l.terminal.Fd()); err == nil && width > 0 {
		text = ansi.Truncate(text, width-1, "…")
	}
	l.shown = true
	fmt.Fprint(l.out, clearLine+text)
}

// progress says at the foot of a terminal how far a recording is.
type progress struct {
	footline
	name string // of the file, without its folder

	events int
	bytes  int64 // of data
	newest time.Time
}

func newProgress(out io.Writer, name string) *progress {
	return &progress{footline: newFootline(out), name: filepath.Base(name)}
}

// count counts an event that was recorded.
func (p *progress) count(ev feed.Event) {
	p.events++
	p.bytes += int64(len(ev.Message.Data))
	p.newest = ev.At
}

func (p *progress) show(now time.Time) { p.draw(p.line(now)) }

func (p *progress) line(now time.Time) string {
	if p.events == 0 {
		return "recording " + p.name + " · no event yet"
	}
	age := max(0, now.Sub(p.newest)).Truncate(time.Second)
	return fmt.Sprintf("recording %s · %s · %s · the last %s ago", p.name, humanize.Plural(p.events, "event"), humanize.Bytes(p.bytes), age)
}
