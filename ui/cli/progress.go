package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"livetape/feed"
)

// progress is a line at the foot of a terminal that says how far a recording is. What is written through it
// stands above that line. Where there is no terminal, there is no line.
type progress struct {
	out      io.Writer
	terminal term.File // nil: none
	name     string    // of the file, without its folder
	shown    bool      // the cursor stands on the line

	events int
	bytes  int64 // of data
	newest time.Time
}

func newProgress(out io.Writer, name string) *progress {
	p := &progress{out: out, name: filepath.Base(name)}
	if f := file(out); f != nil && term.IsTerminal(f.Fd()) {
		p.terminal = f
	}
	return p
}

// count counts an event that was recorded.
func (p *progress) count(ev feed.Event) {
	p.events++
	p.bytes += int64(len(ev.Message.Data))
	p.newest = ev.At
}

// clearLine brings the cursor to the begin of its line, and empties it.
const clearLine = "\r" + ansi.EraseLineRight

// Write implements io.Writer for what stands above the line.
func (p *progress) Write(b []byte) (int, error) {
	p.end()
	return p.out.Write(b)
}

// end takes the line away.
func (p *progress) end() {
	if p.shown {
		p.shown = false
		fmt.Fprint(p.out, clearLine)
	}
}

// show draws the line as it is now. That nobody sees it is no reason to stop.
func (p *progress) show(now time.Time) {
	if p.terminal == nil {
		return
	}
	line := p.line(now)
	if width, _, err := term.GetSize(p.terminal.Fd()); err == nil && width > 0 {
		line = ansi.Truncate(line, width-1, "…")
	}
	p.shown = true
	fmt.Fprint(p.out, clearLine+line)
}

func (p *progress) line(now time.Time) string {
	if p.events == 0 {
		return "recording " + p.name + " · no event yet"
	}
	age := max(0, now.Sub(p.newest)).Truncate(time.Second)
	return fmt.Sprintf("recording %s · %s · %s · the last %s ago", p.name, several(p.events, "event"), inBytes(p.bytes), age)
}

// several is a number and its noun.
func several(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// inBytes is a size as a reader wants it.
func inBytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
