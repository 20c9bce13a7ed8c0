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
		m, cmd = m.pressAll(msg)
		cmd = tea.Batch(cmd, m.clock.read)
	case feedBatchMsg:
		m, cmd = m.take(msg), listen(m.config.Events, m.clock)
	case deckMsg:
		m, cmd = m.follow(msg)
	case feedClosedMsg:
		m = m.at(msg.now).disconnect()
	case wakeMsg:
		if msg.generation != m.generation {
			return m, nil
		}
		m.wake = time.Time{}
		m = m.at(msg.now)
	case clockMsg:
		m = m.at(msg.now)
	case faultDoneMsg:
		m, cmd = m.report(msg)
	case noticeMsg:
		m, cmd = m.say(span{bad, plainLine(msg.text)})
		cmd = tea.Batch(cmd, hear(m.config.Notices))
	case setupMsg:
		m, cmd = m.setUp(msg.setup).tell(msg.setup.Notice)
		cmd = tea.Batch(cmd, learn(m.config.Reloads))
	case toastGoneMsg:
		m = m.endToast(msg.id)
	case tea.ResumeMsg: // back in the foreground
		cmd = tea.Batch(tea.ClearScreen, m.clock.read)
	default:
		return m, nil
	}
	m, next := m.arrange().schedule()
	return m, tea.Batch(cmd, next)
}

// at moves the screen's time on. Messages can overtake each other, which moves nothing back; a clock that was
// set back does.
func (m Model) at(now time.Time) Model {
	if now.After(m.now) || m.now.Sub(now) > clockStep {
		m.now = now
	}
	return m
}

// take brings a message's events in.
func (m Model) take(msg feedBatchMsg) Model {
	m = m.at(msg.now)
	if i := lastReset(msg.events); i >= 0 {
		m, msg.events = m.rewind(), msg.events[i+1:]
	}
	newest, marks := m.newest(), len(m.marks)
	touched := make(map[*market.Row]struct{}, len(msg.events))
	for _, ev := range msg.events {
		m = m.receive(ev, touched)
	}
	room, newsRoom := &m.prices.widths, &m.news
	if m.frozen != nil {
		room, newsRoom = &m.frozen.widths, &m.frozen.news
	}
	for r := range touched {
		room.grow(r)
	}
	stories := m.board.News() // of what came at once, the oldest may have left already
	for _, s := range slices.Backward(stories[:min(m.newest()-newest, uint64(len(stories)))]) {
		newsRoom.grow(s)
		m = m.liftMark(s)
	}
	if added := int(m.newest()-newest) + len(m.marks) - marks; m.frozen == nil && added > 0 && m.news.cursor > 0 {
		m.news.list = m.news.shift(added)
	}
	return m
}

// receive brings one event in.
func (m Model) receive(ev feed.Event, touched map[*market.Row]struct{}) Model {
	if m.former[ev.Feed] {
		return m
	}
	h := m.feeds.of(ev.Feed)
	if h == nil {
		h = newHealth(Source{Name: ev.Feed})
		m.feeds = append(m.feeds, h)
		m.prices.manyFeeds = len(m.feeds) > 1
		m.logPane.manyFeeds = m.prices.manyFeeds
	}
	if ev.Gap != nil {
		ev.Gap = brief(ev.Gap)
	}
	h.take(ev)
	if ev.Pulse == nil {
		m.log = m.log.add(record(ev, h.again))
	}
	switch {
	case ev.Gap != nil && (!quiet(ev.Gap) || ev.Gap.Kind == feed.Unreplayed):
		m = m.markGap(ev)
	case ev.Message != nil:
		h.rate.add(ev.At, 1)
		if !m.deck.Untimed {
			h.time(ev.Message, ev.At)
		}
		m.apply(ev, touched)
	}
	return m
}

// apply gives a message's updates to the board.
func (m Model) apply(ev feed.Event, touched map[*market.Row]struct{}) {
	if m.frozen != nil {
		m.frozen.held++
	}
	for _, u := range ev.Message.Updates {
		q, isQuote := u.(market.Quote)
		if isQuote && m.frozen != nil {
			m.frozen.part(m.board.Row(ev.Feed, q.Symbol))
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

// markGap puts a line between the headlines before and after a gap; gaps of a feed without a headline between
// them share it.
func (m Model) markGap(ev feed.Event) Model {
	k := mark{feed: ev.Feed, named: m.prices.manyFeeds, after: m.newest()}
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
	m.marks = append(marks[max(len(marks)-maxMarks+1, 0):], k.add(ev.Gap))
	return m
}

// liftMark puts the last gap above a headline that came behind it and is older, as those of a snapshot are: the
// line stands where the stream was lost.
func (m Model) liftMark(s *market.Story) Model {
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

// newest is the number of the last headline so far.
func (m Model) newest() uint64 {
	if stories := m.board.News(); len(stories) > 0 {
		return stories[0].Seq
	}
	return 0
}

// disconnect says of every feed that nothing will come any more.
func (m Model) disconnect() Model {
	for _, h := range m.feeds {
		if h.status.State != feed.Closed && h.status.State != feed.Failed {
			h.turn(feed.Status{State: feed.Closed, Since: m.now, Cause: "livetape has stopped watching"})
		}
	}
	return m
}

// report tells how a fault went.
func (m Model) report(msg faultDoneMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.say(span{bad, plainLine(msg.err.Error())})
	}
	return m.say(span{warn, "fault injected: " + msg.name})
}

// tell says a warning, if there is one.
func (m Model) tell(warning string) (Model, tea.Cmd) {
	if warning == "" {
		return m, nil
	}
	return m.say(span{warn, plainLine(warning)})
}

// say puts a toast up for some seconds.
func (m Model) say(s span) (Model, tea.Cmd) {
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

// schedule asks to be woken when something on screen changes by time alone.
func (m Model) schedule() (Model, tea.Cmd) {
	next := m.changes()
	if next.IsZero() || (!m.wake.IsZero() && !next.Before(m.wake)) {
		return m, nil // what is pending comes soon enough, and looks again
	}
	m.generation++
	m.wake = next
	return m, wake(m.generation, max(next.Sub(m.now), time.Millisecond), m.clock)
}

// changes is the time of the next such change; zero for never.
func (m Model) changes() time.Time {
	if m.now.IsZero() {
		return time.Time{}
	}
	next := m.feeds.changes(m.now)
	if m.layout.prices > 0 {
		next = earlier(next, m.prices.changes(m.tape().rows, m.now))
	}
	if m.overlay == detailOverlay {
		next = earlier(next, m.now.Truncate(time.Second).Add(time.Second))
	}
	return next
}
