package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/tape"
	"livetape/ui/fold"
)

// Deck plays a recording, as tape.Player does. Its methods do not block.
type Deck interface {
	Pause()
	Resume()
	Step()
	SetSpeed(x float64)
	Seek(offset time.Duration)
	Position() tape.Position
}

const (
	deckPollInterval = time.Second / 10
	seekStep         = 10 * time.Second // of the arrow keys
)

type deckPositionMsg struct {
	tape.Position
	byKey bool // the answer to a key, not to the polling, which goes on by itself
}

// askDeckPosition asks at once where the deck stands, which begins the polling.
func (m Model) askDeckPosition() tea.Cmd {
	deck := m.config.Deck
	if deck == nil {
		return nil
	}
	return func() tea.Msg { return deckPositionMsg{Position: deck.Position()} }
}

func (m Model) applyDeckPosition(msg deckPositionMsg) (Model, tea.Cmd) {
	m.deck = msg.Position
	m = m.advanceClock(msg.Clock)
	if msg.byKey {
		return m, nil
	}
	deck := m.config.Deck
	return m, tea.Tick(deckPollInterval, func(time.Time) tea.Msg { return deckPositionMsg{Position: deck.Position()} })
}

func (m Model) deckCallFor(msg tea.KeyMsg) func() {
	k, deck, p := m.keys, m.config.Deck, m.deck
	switch {
	case deck == nil:
		return nil
	case key.Matches(msg, k.pause) && p.Paused:
		return deck.Resume
	case key.Matches(msg, k.pause):
		return deck.Pause
	case key.Matches(msg, k.step):
		return deck.Step
	case key.Matches(msg, k.faster):
		return func() { deck.SetSpeed(nextSpeed(p.Speed, 1)) }
	case key.Matches(msg, k.slower):
		return func() { deck.SetSpeed(nextSpeed(p.Speed, -1)) }
	case key.Matches(msg, k.forward):
		return func() { deck.Seek(p.Offset + seekStep) }
	case key.Matches(msg, k.backward):
		return func() { deck.Seek(max(p.Offset-seekStep, 0)) }
	}
	return nil
}

func callDeck(deck Deck, call func()) tea.Cmd {
	return func() tea.Msg {
		call()
		return deckPositionMsg{deck.Position(), true}
	}
}

// lastReplayReset is the index of the last reset among events, or -1. Everything before a reset is void.
func lastReplayReset(events []feed.Event) int {
	for i, e := range slices.Backward(events) {
		if tape.IsReset(e) {
			return i
		}
	}
	return -1
}

// startOver forgets all events, because the recording plays them again.
func (m Model) startOver() Model {
	fresh := New(m.config)
	m.board, m.feeds, m.gapMarks, m.log, m.raw, m.alerts, m.paused = fresh.board, fresh.feeds, nil, eventLog{}, fresh.raw, m.alerts.startOver(), nil
	if m.fold != nil {
		m.fold = fold.NewBook()
	}
	return m
}

var speeds = []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 100, 300, 1000, tape.Unlimited}

// nextSpeed is the next of the speeds, up (by 1) or down (by -1).
func nextSpeed(now float64, by int) float64 {
	i, found := slices.BinarySearch(speeds, now)
	if !found && by > 0 {
		i--
	}
	return speeds[min(max(i+by, 0), len(speeds)-1)]
}

// badgeOf is the badge of a feed. None is live while a recording stands still.
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

func progressBar(fraction float64, width int) string {
	at := int(min(max(fraction, 0), 1) * float64(width-1))
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
