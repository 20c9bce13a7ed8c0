package ui

import (
	"maps"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/ui/fold"
)

// Update implements tea.Model.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if wake, ok := msg.(wakeMsg); ok && wake.generation != m.generation {
		return m, nil // a later wake-up has replaced this one
	}
	m.shown = nil
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case feedBatchMsg:
		m, cmd = m.applyBatch(msg), listenEvents(m.config.Events, m.pace, m.clock)
	case feedClosedMsg:
		m = m.advanceClock(msg.now).inPresent(Model.markAllClosed)
	case tea.KeyMsg:
		m, cmd = m.handleKeys(msg)
	case tea.MouseMsg:
		m, cmd = m.handleMouse(msg)
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.ResumeMsg: // back in the foreground
		cmd = tea.Batch(tea.ClearScreen, m.clock.readMsg, m.mouseMode())
	case reloadMsg:
		m, cmd = m.applyReload(msg.reload)
	case noticeMsg:
		m.config.Records = m.config.Records && !msg.RecordingEnded
		m, cmd = m.showNotice(msg.Text)
	case diagnosticMsg:
		m, cmd = m.logDiagnostic(msg.text), listen(m.config.Diagnostics, newDiagnosticMsg)
	case deckPositionMsg:
		m, cmd = m.applyDeckPosition(msg)
	case wakeMsg:
		m = m.wakeUp(msg)
	case clockMsg:
		m = m.advanceClock(msg.now)
	default:
		var known bool
		if m, cmd, known = m.applyResult(msg); !known {
			return m, nil
		}
	}
	m.alerts = m.alerts.advance(m.present().now)
	m, told := m.tellAlerts()
	m, wake := m.layOut().scheduleWake()
	return m, tea.Batch(cmd, told, wake, m.saveDue())
}

// applyResult applies the message of a command that has done its work; it reports false for other messages.
func (m Model) applyResult(msg tea.Msg) (_ Model, cmd tea.Cmd, known bool) {
	switch msg := msg.(type) {
	case mapProposedMsg:
		m, cmd = m.showProposal(msg)
	case mapWrittenMsg:
		m, cmd = m.showMapWritten(msg)
	case settingsSavedMsg:
		m, cmd = m.settingsSaved(msg)
	case logSavedMsg:
		m, cmd = m.showLogSaved(msg)
	case screenWrittenMsg:
		m, cmd = m.showScreenWritten(msg)
	case linkDoneMsg:
		m, cmd = m.showLinkDone(msg)
	case faultDoneMsg:
		m, cmd = m.showFaultResult(msg)
	case toastGoneMsg:
		m = m.hideToast(msg.id)
	default:
		return m, nil, false
	}
	return m, cmd, true
}

// advanceClock moves the screen's time on. Messages can overtake each other: a late one moves nothing back. A clock
// that was set back does, and ends the rewind: nothing is kept by the new clock that the screen could go back over.
func (m Model) advanceClock(now time.Time) Model {
	if m.rewound != nil && m.rewound.present.now.Sub(now) > clockSetBack {
		return m.goLive().setClock(now)
	}
	return m.inPresent(func(p Model) Model { return p.setClock(now) })
}

func (m Model) setClock(now time.Time) Model {
	switch back := m.now.Sub(now); {
	case back > clockSetBack:
		for _, h := range m.feeds {
			h.shiftBack(back)
		}
		m.board.ShiftBack(back)
		if m.fold != nil { // what it has measured was by another clock
			m.fold = fold.NewBook()
		}
		m.now = now
		m.recent.startOver(&m.moment)
	case back < 0:
		m.now = now
	}
	m.shown = nil
	return m
}

func (m Model) markAllClosed() Model {
	for _, h := range m.feeds {
		if !h.status.State.HasEnded() {
			h.changeState(feed.Status{State: feed.Closed, Since: m.now, Cause: "livetape has stopped watching"})
		}
	}
	return m
}

// applyReload shows other feeds from now on. The health of those that stay is kept. The prices of those that go stay
// on screen and grow old; what still arrives from them is dropped.
func (m Model) applyReload(r Reload) (Model, tea.Cmd) {
	m.problem = plainLine(r.Problem)
	if r.Looks != nil {
		m = m.changeLooks(*r.Looks)
	}
	if r.Feeds != nil {
		m = m.inPresent(func(p Model) Model { return p.changeFeeds(r) })
	}
	if r.Notice == "" {
		return m, listen(m.config.Reloads, newReloadMsg)
	}
	m, cmd := m.showToast(span{warn, plainLine(r.Notice)})
	return m, tea.Batch(cmd, listen(m.config.Reloads, newReloadMsg))
}

func (m Model) changeFeeds(r Reload) Model {
	removed := map[string]bool{}
	maps.Copy(removed, m.removedFeeds)
	for _, h := range m.feeds {
		removed[h.name] = true
	}
	next := newFeeds(r.Feeds)
	for i, h := range next {
		delete(removed, h.name)
		if known := m.feeds.byName(h.name); known != nil {
			known.configureAs(h)
			next[i] = known
		}
	}
	for _, h := range m.feeds {
		if relay := m.relays.Relay(h.name); relay != h.name && !removed[relay] {
			delete(removed, h.name)
			next = append(next, h)
		}
	}
	for name := range removed {
		m.board.Await(name, nil)
	}
	m.config.Positions = r.Positions
	m.alerts.replace(r.Alerts)
	m.removedFeeds, m.view.lists = removed, r.Lists
	if !slices.Contains(m.view.listIDs(), m.view.list) {
		m.view.list = listID{}
	}
	m = m.redefine().withFeeds(next)
	return m
}

func (m Model) showNotice(text string) (Model, tea.Cmd) {
	m, cmd := m.showToast(span{bad, plainLine(text)})
	return m, tea.Batch(cmd, listen(m.config.Notices, newNoticeMsg))
}

func (m Model) logDiagnostic(text string) Model {
	m.log = m.log.add(logEntry{at: m.now, typ: diagnosticType, reason: text})
	return m
}

func (m Model) showFaultResult(msg faultDoneMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.showToast(span{bad, plainLine(msg.err.Error())})
	}
	return m.showToast(span{warn, "fault injected: " + msg.name})
}

func (m Model) showToast(s span) (Model, tea.Cmd) { return m.showToastFor(toastDuration, s) }

func (m Model) showToastFor(d time.Duration, s span) (Model, tea.Cmd) {
	id := m.toast.id + 1
	m.toast = toast{id, s}
	return m, tea.Tick(d, func(time.Time) tea.Msg { return toastGoneMsg{id} })
}

// hideToast hides the toast of that id, unless another has replaced it.
func (m Model) hideToast(id int) Model {
	if id == m.toast.id {
		m.toast.span = span{}
	}
	return m
}

func (m Model) wakeUp(msg wakeMsg) Model {
	m.wake = time.Time{}
	m = m.advanceClock(msg.now)
	return m
}

// scheduleWake has the screen drawn again when something on it changes by time alone, but not as long as messages have it
// drawn anyway: such a change waits for slowLimit, and each message begins that anew.
func (m Model) scheduleWake() (Model, tea.Cmd) {
	next, now := m.nextChange(), m.present().now
	m.ticks = !next.IsZero() && !next.After(now.Truncate(time.Second).Add(time.Second))
	if next.IsZero() || !m.wake.Before(now.Add(slowLimit)) && !next.Before(m.wake) {
		return m, nil // the pending wake-up is early enough, and schedules again
	}
	m.generation++
	m.wake = next
	return m, m.alarm.set(m.generation, min(max(next.Sub(now), slowLimit), longestWait), m.clock)
}

// longestWait bounds a timer: a recording may say that something changes in a thousand years.
const longestWait = time.Hour

// nextChange is when the screen next changes by time alone; zero for never.
func (m Model) nextChange() time.Time {
	if m.now.IsZero() {
		return time.Time{}
	}
	if m.rewound != nil {
		now := m.rewound.present.now
		return earliest(now.Truncate(time.Second).Add(time.Second), earliest(m.rewound.present.feeds.nextChange(now), m.alerts.engine.NextCheck()))
	}
	next := earliest(m.feeds.nextChange(m.now), earliest(m.view.nextChange(m.now), m.alerts.engine.NextCheck()))
	if m.fold != nil {
		next = earliest(next, m.fold.NextCheck())
	}
	if m.layout.prices > 0 {
		next = earliest(next, m.prices.nextChange(m.shownData().rows, m.feeds, m.now))
	}
	if m.layout.readings > 0 {
		next = earliest(next, m.readings.nextChange(m.shownData().readings, m.feeds, m.now))
	}
	switch {
	case m.layout.details.height > 0:
		next = earliest(next, m.detailsNextChange(m.now))
	case m.overlay == detailOverlay:
		next = earliest(next, m.now.Truncate(time.Second).Add(time.Second))
	}
	return next
}
