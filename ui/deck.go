package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/tape"
)

// Deck plays a recording, as tape.Player does. The calls do not block.
type Deck interface {
	Pause()
	Resume()
	Step()
	SetSpeed(x float64)
	Seek(offset time.Duration)
	Position() tape.Position
}

const (
	deckPollInterval = time.Second / 10 // between two looks at a tape that runs
	seekStep         = 10 * time.Second // that the arrow keys wind
)

// deckPositionMsg is where the tape stands.
type deckPositionMsg struct {
	tape.Position
	asked bool // by a key: the looks that go on by themselves are another's
}

// askDeckPosition asks at once where the tape stands.
func (m Model) askDeckPosition() tea.Cmd {
	deck := m.config.Deck
	if deck == nil {
		return nil
	}
	return func() tea.Msg { return deckPositionMsg{Position: deck.Position()} }
}

// applyDeckPosition takes the tape's position, and looks again while it runs.
func (m Model) applyDeckPosition(msg deckPositionMsg) (Model, tea.Cmd) {
	m.deck = msg.Position
	m = m.advanceClock(msg.Clock)
	if msg.asked {
		return m, nil
	}
	deck := m.config.Deck
	return m, tea.Tick(deckPollInterval, func(time.Time) tea.Msg { return deckPositionMsg{Position: deck.Position()} })
}

// callDeck makes a call to the deck and shows what has come of it.
func callDeck(deck Deck, call func()) tea.Cmd {
	return func() tea.Msg {
		call()
		return deckPositionMsg{deck.Position(), true}
	}
}

// lastReset is the place of the last reset among events, or -1: whatever stands before it is void.
func lastReset(events []feed.Event) int {
	for i, e := range slices.Backward(events) {
		if tape.IsReset(e) {
			return i
		}
	}
	return -1
}

// startOver forgets everything that came, for it comes again.
func (m Model) startOver() Model {
	fresh := New(m.config)
	m.board, m.feeds, m.marks, m.log, m.paused = fresh.board, fresh.feeds, nil, eventLog{}, nil
	return m
}

// speeds are the paces that the keys go through.
var speeds = []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 100, 300, 1000, tape.Unlimited}

// nextSpeed is the next speed in the direction of by.
func nextSpeed(now float64, by int) float64 {
	i, found := slices.BinarySearch(speeds, now)
	if !found && by > 0 {
		i--
	}
	return speeds[min(max(i+by, 0), len(speeds)-1)]
}

// badgeOf is how a feed is; on a tape that stands, none is live.
func (m Model) badgeOf(h *feedHealth) []span {
	if m.config.Deck == nil || h.state(m.now) != feed.Live {
		return h.badge(m.now)
	}
	switch {
	case m.deck.Ended || m.deck.Err != nil:
		return []span{{muted, "■ END"}}
	case m.deck.Paused:
		return []span{{muted, "‖ PAUSED"}}
	}
	return h.badge(m.now)
}

// deckStatusLine is where the tape stands, in words and as a bar.
func deckStatusLine(p tape.Position, width int) []span {
	sign := "▶ "
	switch {
	case p.Err != nil:
		return []span{{bad, "✕ " + plainLine(p.Err.Error())}}
	case p.Ended:
		sign = "■ end "
	case p.Seeking:
		sign = "» "
	case p.Paused:
		sign = "‖ "
	}
	at := sign + formatOffset(p.Offset)
	if p.Total > 0 {
		at += " / " + formatOffset(p.Total)
	}
	line := []span{{accent, at}, {plain, "  " + formatSpeed(p.Speed)}}
	if p.Ended && p.Note != "" {
		line = append(line, span{warn, "  " + plainLine(p.Note)})
	}
	if room := width - spanCells(line) - 2; p.Total > 0 && room >= 10 {
		line = append(line, span{muted, "  " + progressBar(float64(p.Offset)/float64(p.Total), room-2)})
	}
	return line
}

// progressBar is a line with a dot at a part of its length.
func progressBar(part float64, width int) string {
	at := int(min(max(part, 0), 1) * float64(width-1))
	return strings.Repeat("━", at) + "●" + strings.Repeat("─", width-1-at)
}

func formatOffset(d time.Duration) string {
	s := int(d / time.Second)
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

func formatSpeed(x float64) string {
	if x >= tape.Unlimited {
		return "max"
	}
	return strconv.FormatFloat(x, 'g', -1, 64) + "×"
}
