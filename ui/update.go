package ui

import (
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
)

// Update implements tea.Model.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.KeyMsg:
		m, cmd = m.handleKeys(msg)
		cmd = tea.Batch(cmd, m.clock.readMsg)
	case feedBatchMsg:
		m, cmd = m.applyBatch(msg), listenEvents(m.config.Events, m.clock)
	case deckPositionMsg:
		m, cmd = m.applyDeckPosition(msg)
	case feedClosedMsg:
		m = m.advanceClock(msg.now).markAllClosed()
	case wakeMsg:
		if msg.generation != m.generation {
			return m, nil
		}
		m.wake = time.Time{}
		m = m.advanceClock(msg.now)
	case clockMsg:
		m = m.advanceClock(msg.now)
	case faultDoneMsg:
		m, cmd = m.showFaultResult(msg)
	case noticeMsg:
		m, cmd = m.showToast(span{bad, plainLine(msg.text)})
		cmd = tea.Batch(cmd, listenNotices(m.config.Notices))
	case reloadMsg:
		m, cmd = m.applyReload(msg.reload).showWarning(msg.reload.Notice)
		cmd = tea.Batch(cmd, listenReloads(m.config.Reloads))
	case toastGoneMsg:
		m = m.endToast(msg.id)
	case tea.ResumeMsg: // back in the foreground
		cmd = tea.Batch(tea.ClearScreen, m.clock.readMsg)
	default:
		return m, nil
	}
	m, next := m.layOut().scheduleWake()
	return m, tea.Batch(cmd, next)
}

// advanceClock moves the screen's time on. Messages can overtake each other, which moves nothing back; a clock that was
// set back does.
func (m Model) advanceClock(now time.Time) Model {
	if now.After(m.now) || m.now.Sub(now) > clockSetBack {
		m.now = now
	}
	return m
}

// applyBatch brings a message's events in.
func (m Model) applyBatch(msg feedBatchMsg) Model {
	m = m.advanceClock(msg.now)
	if i := lastReset(msg.events); i >= 0 {
		m, msg.events = m.startOver(), msg.events[i+1:]
	}
	newest, marks := m.newestStory(), len(m.marks)
	touched := make(map[*market.Row]struct{}, len(msg.events))
	for _, ev := range msg.events {
		m = m.applyEvent(ev, touched)
	}
	room, newsRoom := &m.prices.widths, &m.news
	if m.paused != nil {
		room, newsRoom = &m.paused.widths, &m.paused.news
	}
	for r := range touched {
		room.grow(r)
	}
	stories := m.board.News() // of what came at once, the oldest may have left already
	for _, s := range slices.Backward(stories[:min(m.newestStory()-newest, uint64(len(stories)))]) {
		newsRoom.grow(s)
		m = m.moveGapMarkUp(s)
	}
	if added := int(m.newestStory()-newest) + len(m.marks) - marks; m.paused == nil && added > 0 && m.news.cursor > 0 {
		m.news.list = m.news.shift(added)
	}
	return m
}

// applyEvent brings one event in.
func (m Model) applyEvent(ev feed.Event, touched map[*market.Row]struct{}) Model {
	if m.removedFeeds[ev.Feed] {
		return m
	}
	h := m.feeds.byName(ev.Feed)
	if h == nil {
		h = newHealth(Source{Name: ev.Feed})
		m.feeds = append(m.feeds, h)
		m.prices.manyFeeds = len(m.feeds) > 1
		m.logPane.manyFeeds = m.prices.manyFeeds
	}
	if ev.Gap != nil {
		ev.Gap = shortenGap(ev.Gap)
	}
	h.receive(ev)
	if ev.Pulse == nil {
		m.log = m.log.add(newLogEntry(ev, h.repeats))
	}
	switch {
	case ev.Gap != nil && (!isRoutineGap(ev.Gap) || ev.Gap.Kind == feed.Unreplayed):
		m = m.addGapMark(ev)
	case ev.Message != nil:
		h.rate.add(ev.At, 1)
		if !m.deck.Untimed {
			h.measureDelay(ev.Message, ev.At)
		}
		m.applyUpdates(ev, touched)
	}
	return m
}

// applyUpdates gives a message's updates to the board.
func (m Model) applyUpdates(ev feed.Event, touched map[*market.Row]struct{}) {
	if m.paused != nil {
		m.paused.heldMessages++
	}
	for _, u := range ev.Message.Updates {
		q, isQuote := u.(market.Quote)
		if isQuote && m.paused != nil {
			m.paused.unshareBars(m.board.Row(ev.Feed, q.Symbol))
		}
		m.board.Apply(ev.Feed, u, ev.At)
		if !isQuote {
			continue
		}
		if r := m.board.Row(ev.Feed, q.Symbol); r != nil {
			touched[r] = struct{}{}
		}
	}
}

// addGapMark puts a line between the headlines before and after a gap; gaps of a feed without a headline between
// them share it.
func (m Model) addGapMark(ev feed.Event) Model {
	k := gapMark{feed: ev.Feed, withFeed: m.prices.manyFeeds, after: m.newestStory()}
	marks := slices.Clone(m.marks) // a paused screen may still show the old ones
	for i, old := range slices.Backward(marks) {
		if old.after != k.after {
			break
		}
		if old.feed == k.feed {
			k, marks = old, slices.Delete(marks, i, i+1)
			break
		}
	}
	m.marks = append(marks[max(len(marks)-maxGapMarks+1, 0):], k.add(ev.Gap))
	return m
}

// moveGapMarkUp puts the last gap above a headline that came behind it and is older, as those of a snapshot are: the
// line stands where the stream was lost.
func (m Model) moveGapMarkUp(s *market.Story) Model {
	last := len(m.marks) - 1
	if last < 0 {
		return m
	}
	k := m.marks[last]
	if s.Feed != k.feed || s.Time.IsZero() || !s.Time.Before(k.gap.Lost) || s.Seq != k.after+1 {
		return m
	}
	k.after = s.Seq
	m.marks = append(m.marks[:last:last], k)
	return m
}

// newestStory is the number of the last headline so far.
func (m Model) newestStory() uint64 {
	if stories := m.board.News(); len(stories) > 0 {
		return stories[0].Seq
	}
	return 0
}

// markAllClosed says of every feed that nothing will come any more.
func (m Model) markAllClosed() Model {
	for _, h := range m.feeds {
		if h.status.State != feed.Closed && h.status.State != feed.Failed {
			h.changeState(feed.Status{State: feed.Closed, Since: m.now, Cause: "livetape has stopped watching"})
		}
	}
	return m
}

// showFaultResult tells how a fault went.
func (m Model) showFaultResult(msg faultDoneMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.showToast(span{bad, plainLine(msg.err.Error())})
	}
	return m.showToast(span{warn, "fault injected: " + msg.name})
}

// showWarning says a warning, if there is one.
func (m Model) showWarning(warning string) (Model, tea.Cmd) {
	if warning == "" {
		return m, nil
	}
	return m.showToast(span{warn, plainLine(warning)})
}

// showToast puts a toast up for some seconds.
func (m Model) showToast(s span) (Model, tea.Cmd) {
	m.toast = toast{m.toast.id + 1, s}
	return m, hideToast(m.toast.id)
}

// endToast takes the toast down, unless another one has come up since.
func (m Model) endToast(id int) Model {
	if id == m.toast.id {
		m.toast.span = span{}
	}
	return m
}

// scheduleWake asks to be woken when something on screen changes by time alone.
func (m Model) scheduleWake() (Model, tea.Cmd) {
	next := m.nextChange()
	if next.IsZero() || (!m.wake.IsZero() && !next.Before(m.wake)) {
		return m, nil // what is pending comes soon enough, and looks again
	}
	m.generation++
	m.wake = next
	return m, wakeAfter(m.generation, max(next.Sub(m.now), time.Millisecond), m.clock)
}

// nextChange is the time of the next such change; zero for never.
func (m Model) nextChange() time.Time {
	if m.now.IsZero() {
		return time.Time{}
	}
	next := m.feeds.nextChange(m.now)
	if m.layout.prices > 0 {
		next = earlier(next, m.prices.nextChange(m.content().rows, m.now))
	}
	if m.overlay == detailOverlay {
		next = earlier(next, m.now.Truncate(time.Second).Add(time.Second))
	}
	return next
}
