package ui

import (
	"fmt"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/ui/humanize"
)

// rewound is what goes on while the screen shows the past.
type rewound struct {
	present  moment
	messages uint64 // recentEvents.messages when the screen left the present
}

// present is what is known now, within this copy of the model.
func (m *Model) present() *moment {
	if m.rewound != nil {
		return &m.rewound.present
	}
	return &m.moment
}

// atPresent is the model with the present on screen.
func (m Model) atPresent() Model {
	if m.rewound != nil {
		m.moment, m.rewound, m.shown = m.rewound.present, nil, nil
	}
	return m
}

// inPresent changes what is known now, and leaves the past on screen.
func (m Model) inPresent(change func(Model) Model) Model {
	if m.rewound == nil {
		return change(m)
	}
	past := m.moment
	m.moment, m.shown = m.rewound.present, nil
	m = change(m)
	m.rewound = &rewound{m.moment, m.rewound.messages}
	m.moment, m.shown = past, nil
	return m
}

// handleTimeKey goes back in time and on again; it reports false for other keys.
func (m Model) handleTimeKey(msg tea.KeyMsg) (Model, tea.Cmd, bool) {
	k := m.keys
	switch {
	case m.config.Deck != nil || m.layout.page > 0:
		return m, nil, false
	case key.Matches(msg, k.backward):
		m, cmd := m.rewind(-seekStep)
		return m, cmd, true
	case key.Matches(msg, k.forward):
		m, cmd := m.rewind(seekStep)
		return m, cmd, true
	case m.rewound != nil && key.Matches(msg, k.live, k.pause):
		return m.goLive(), nil, true
	}
	return m, nil, false
}

// rewind shows what the screen showed so much later than the time on it, or earlier, as far as the events reach.
func (m Model) rewind(by time.Duration) (Model, tea.Cmd) {
	shown, begin := m.now, m.recent.begin()
	if m.paused != nil {
		shown = m.paused.at
	}
	then := shown.Add(by)
	switch {
	case m.recent.limit == 0:
		return m.showToast(span{warn, "there is nothing to go back to: rewind is 0 in the configuration"})
	case begin.IsZero():
		return m.showToast(span{warn, "there is nothing to go back to"})
	case !then.Before(m.present().now):
		return m.goLive(), nil
	case then.Before(begin):
		m, cmd := m.showToast(span{warn, "the events that are kept begin at " + timeText(begin, m.present().now)})
		if by < 0 && m.rewound != nil && !shown.After(begin) {
			return m, cmd // what is on screen could no longer be shown
		}
		return m.showPast(begin), cmd
	}
	return m.showPast(then), nil
}

// showPast shows what the screen showed at a time.
func (m Model) showPast(then time.Time) Model {
	if m.paused != nil {
		m = m.unpause()
	}
	away := m.rewound
	if away == nil {
		away = &rewound{m.moment, m.recent.messages}
	}
	m = m.showMoment(m.recent.momentAt(then, &away.present))
	m.rewound = away
	m = m.findSource()
	return m
}

// findSource takes over the last event of the selected row, as of the time on screen.
func (m Model) findSource() Model {
	if e := m.recent.lastOf(m.selected, m.now); !e.At.IsZero() || m.source.event.At.After(m.now) {
		m.source.event = e
	}
	return m
}

// goLive shows the present again.
func (m Model) goLive() Model {
	switch {
	case m.paused != nil:
		return m.unpause()
	case m.rewound == nil:
		return m
	}
	next := m.rewound.present
	m.rewound = nil
	return m.showMoment(next).findSource()
}

// forPresentAndPast does something in the present, and shows the past anew, in which it holds too.
func (m Model) forPresentAndPast(do func(Model) (Model, tea.Cmd)) (Model, tea.Cmd) {
	if m.rewound == nil {
		return do(m)
	}
	then, since := m.now, m.rewound.messages
	m, cmd := do(m.goLive())
	if begin := m.recent.begin(); then.Before(begin) {
		then = begin
	}
	m = m.showPast(then)
	m.rewound.messages = since
	return m, cmd
}

// showMoment puts a moment on screen. The cursors stay on their rows and headlines.
func (m Model) showMoment(next moment) Model {
	before := m.shownData()
	price, reading := m.prices.rowAtCursor(before.rows), m.readings.rowAtCursor(before.readings)
	m.moment, m.shown = next, nil
	m = m.redefine().arrangeRows()
	after := m.shownData()
	m.prices, m.readings = m.prices.keepOnRow(after.rows, price), m.readings.keepOnRow(after.readings, reading)
	m.news = m.news.keepOnLine(m.news.lineAtCursor(before), after)
	return m
}

// asOfText says of what is taken from the screen that it is of the past; empty if it is not.
func (m Model) asOfText() string {
	if m.rewound == nil {
		return ""
	}
	return ", as of " + timeText(m.now, m.present().now)
}

// rewoundLines are rewindLine and, as they are now, the feeds.
func (m Model) rewoundLines() [][]span {
	const now = "now "
	line, p := m.rewindLine(m.width-1), m.atPresent()
	p.width -= cells(now)
	lines := p.statusLines()
	lines[0] = append([]span{{strong, now}}, lines[0]...)
	return append([][]span{line}, lines...)
}

// rewindLine says which time is on screen, where that is among the events that are kept, and how to leave it.
func (m Model) rewindLine(width int) []span {
	now, begin := m.present().now, m.recent.begin()
	line := []span{{held, "◀ REWIND −" + formatBehind(elapsed(now, m.now))}, {strong, "  " + timeText(m.now, now)}}
	for _, more := range []span{
		{plain, "  " + humanize.Plural(m.recent.messages-m.rewound.messages, "event") + " since"},
		{muted, " · " + keyLabel(m.keys.live) + " goes live"},
	} {
		if spanCells(line)+cells(more.text) <= width {
			line = append(line, more)
		}
	}
	log := span{muted, "  from " + timeText(begin, now)}
	if room := width - spanCells(line) - cells(log.text) - 2; room >= 10 {
		line = append(line, log, span{muted, " " + progressBar(float64(elapsed(m.now, begin))/float64(max(elapsed(now, begin), 1)), room)})
	}
	return line
}

// formatBehind is a time in the past to the second: "2m13s".
func formatBehind(d time.Duration) string {
	s := int(d / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	}
	return fmt.Sprintf("%dh%02dm%02ds", s/3600, s/60%60, s%60)
}
