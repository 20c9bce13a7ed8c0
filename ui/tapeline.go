package ui

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// TapeLine is the feeds and their prices in one line of plain text, for the status bar of another program.
type TapeLine struct{ m Model }

// NewTapeLine makes a line about feeds of which nothing is known yet.
func NewTapeLine(feeds []Source) *TapeLine {
	return &TapeLine{New(Config{Feeds: feeds, Renderer: lipgloss.NewRenderer(io.Discard)})}
}

// Apply takes what the feeds gave, in order, and the time.
func (l *TapeLine) Apply(events []feed.Event, now time.Time) {
	l.m = l.m.applyBatch(feedBatchMsg{events, now})
}

// IsComplete reports whether each feed has given a price, or is known not to be live.
func (l *TapeLine) IsComplete() bool {
	priced := map[string]bool{}
	for _, r := range l.m.board.Rows() {
		priced[r.Feed] = priced[r.Feed] || hasData(r)
	}
	for _, h := range l.m.feeds {
		if s := h.state(l.m.now); s == feed.Connecting || s.IsConnected() && !priced[h.name] {
			return false
		}
	}
	return true
}

// Text is the line, at most so many cells wide: how many feeds are in which state, the worst first, then the prices in the
// order of the screen, and at the end those of feeds that are not live, with their ages.
func (l *TapeLine) Text(width int) string {
	words := []string{l.states()}
	var old []string
	for _, r := range l.m.board.Rows() {
		h := l.m.feeds.byName(r.Feed)
		switch {
		case !hasData(r):
		case h == nil || h.state(l.m.now) != feed.Live:
			old = append(old, notLiveSign+plainLine(r.Symbol)+" "+humanize.Age(elapsed(l.m.now, newRowTimes(r, h).price)))
		default:
			words = append(words, tapeText(r))
		}
	}
	line := ""
	for i, word := range append(words, old...) {
		next := line + withSeparator(map[bool]string{true: "  "}[i > 0], word)
		if cells(next) > width {
			break
		}
		line = next
	}
	return line
}

func (l *TapeLine) states() string {
	signs := []struct {
		sign   string
		states []feed.State
	}{
		{"✕", []feed.State{feed.Failed}},
		{"■", []feed.State{feed.Closed, feed.Finished}},
		{"↻", []feed.State{feed.Waiting, feed.Connecting}},
		{"◌", []feed.State{feed.Quiet, feed.Silent}},
		{"●", []feed.State{feed.Live}},
	}
	var parts []string
	for _, s := range signs {
		n := 0
		for _, h := range l.m.feeds {
			for _, state := range s.states {
				if h.state(l.m.now) == state {
					n++
				}
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s%d", s.sign, n))
		}
	}
	return strings.Join(parts, " ")
}

// tapeText is a row in a few words: "NVDA 181.46 ▲3.43%". A halt stands in place of the change.
func tapeText(r *market.Row) string {
	text := newRowText(r, priceFormat{})
	words := plainLine(r.Symbol) + " " + text.number(colLast)
	switch {
	case text.tag != "":
		return words + " " + text.tag
	case text.percent.Sign() > 0:
		return words + " ▲" + strings.TrimPrefix(text.number(colPercent), "+")
	case text.percent.Sign() < 0:
		return words + " ▼" + strings.TrimPrefix(text.number(colPercent), "-")
	}
	return words
}
