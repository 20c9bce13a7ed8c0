package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// statusLine is the last line on a terminal, drawn again and again. What is written through it goes above that line.
// Without a terminal there is no line.
type statusLine struct {
	out      io.Writer
	terminal term.File // nil: none
	shown    bool      // the cursor stands on the line
}

func newStatusLine(out io.Writer) statusLine {
	if f := asTerminal(out); f != nil {
		return statusLine{out: out, terminal: f}
	}
	return statusLine{out: out}
}

// clearLine moves the cursor to the start of its line, and empties the line.
const clearLine = "\r" + ansi.EraseLineRight

// Write implements io.Writer for what stands above the line.
func (l *statusLine) Write(b []byte) (int, error) {
	l.clear()
	return l.out.Write(b)
}

func (l *statusLine) clear() {
	if l.shown {
		l.shown = false
		fmt.Fprint(l.terminal, clearLine)
	}
}

// draw makes text the line. A write error is no reason to stop.
func (l *statusLine) draw(text string) {
	if l.terminal == nil {
		return
	}
	if width, _, err := term.GetSize(l.terminal.Fd()); err == nil && width > 0 {
		text = ansi.Truncate(text, width-1, "…")
	}
	l.shown = true
	fmt.Fprint(l.terminal, clearLine+market.PlainText(text, len(text)))
}

type recordProgress struct {
	statusLine
	name string // of the file, without its folder

	events int
	bytes  int64 // of data
	newest time.Time
}

func newRecordProgress(out io.Writer, name string) *recordProgress {
	return &recordProgress{statusLine: newStatusLine(out), name: filepath.Base(name)}
}

func (p *recordProgress) count(ev feed.Event) {
	p.events++
	p.bytes += int64(len(ev.Message.Data))
	p.newest = ev.At
}

func (p *recordProgress) show(now time.Time) {
	if p.events == 0 {
		p.draw("recording " + p.name + " · no event yet")
		return
	}
	age := max(0, now.Sub(p.newest)).Truncate(time.Second)
	p.draw(fmt.Sprintf("recording %s · %s · %s · the last %s ago", p.name, humanize.Plural(p.events, "event"), humanize.Bytes(p.bytes), age))
}
