package ui

import (
	"slices"

	"livetape/feed"
	"livetape/feed/market"
)

func (m Model) applyBatch(msg feedBatchMsg) Model {
	m = m.advanceClock(msg.now)
	if i := lastReplayReset(msg.events); i >= 0 {
		m, msg.events = m.startOver(), msg.events[i+1:]
	}
	newest, gapMarks := m.newestStory(), len(m.gapMarks)
	before := m.shownData()
	price, reading := m.prices.rowAtCursor(before.rows), m.readings.rowAtCursor(before.readings)
	changed := make(map[*market.Row]struct{}, len(msg.events))
	for _, ev := range msg.events {
		m.applyEvent(ev, changed)
	}
	stories := m.board.News() // the oldest of a large batch may have left the board already
	stories = stories[:min(m.newestStory()-newest, uint64(len(stories)))]
	m = m.followFold().widenColumns(changed, stories)
	for _, s := range slices.Backward(stories) {
		m = m.moveGapMarkUp(s)
	}
	if added := newerThan(newest, m.headlines(m.board.News())) + len(m.gapMarks) - gapMarks; m.paused == nil && added > 0 && m.news.cursor > 0 {
		m.news.list = m.news.shift(added)
	}
	m.view.dirty = true
	if m.paused == nil {
		now := m.shownData()
		m.prices, m.readings = m.prices.keepOnRow(now.rows, price), m.readings.keepOnRow(now.readings, reading)
	}
	return m
}

// applyEvent applies one event, and adds the rows that it changes to changed.
func (m *Model) applyEvent(ev feed.Event, changed map[*market.Row]struct{}) {
	if m.removedFeeds[ev.Feed] {
		return
	}
	h := m.feeds.byName(ev.Feed)
	if h == nil {
		h = newFeedHealth(Source{Name: ev.Feed})
		*m = m.withFeeds(append(m.feeds, h))
	}
	if ev.Gap != nil {
		ev.Gap = shallowCopy(ev.Gap)
		ev.Gap.From = copyPrefix(ev.Gap.From, maxID)
	}
	if ev.Status != nil {
		m.noteStream(ev.Feed, h.status.State, ev.Status)
		if ev.Status.State == feed.Connecting && ev.Status.Connections == 0 {
			m.board.Restart(ev.Feed)
		}
	}
	h.receive(ev)
	m.alerts = m.alerts.apply(ev)
	if ev.Pulse == nil {
		m.log = m.log.add(newLogEntry(ev, h.repeats))
	}
	switch {
	case ev.Gap != nil && (!isRoutineGap(ev.Gap) || ev.Gap.Kind == feed.Unreplayed):
		*m = m.addGapMark(ev)
	case ev.Message != nil:
		m.raw.add(ev)
		m.noteRawEvent()
		h.rate.add(ev.At, 1)
		h.history.slot(slotNumber(ev.At)).events++
		if h.untimed = m.deck.Untimed; !h.untimed {
			h.measureDelay(ev.Message, ev.At)
		}
		if found := ev.Message.Map; found != nil && h.setMap(*found) {
			m.board.Forget(ev.Feed)
			m.awaitSymbols(h)
		}
		m.applyUpdates(ev, changed, h.found.Problem != "")
	}
}

// noteStream notes on the board since when there is a stream, or none: after a silence, since its last byte.
func (m *Model) noteStream(name string, was feed.State, s *feed.Status) {
	switch {
	case s.State.IsConnected():
		m.board.StreamBack(name, s.Since)
	case was == feed.Silent && !s.LastByte.IsZero():
		m.board.StreamLost(name, s.LastByte)
	default:
		m.board.StreamLost(name, s.Since)
	}
}

// applyUpdates applies a message's updates to the board, without prices if nothing tells its rows apart.
func (m *Model) applyUpdates(ev feed.Event, changed map[*market.Row]struct{}, noPrices bool) {
	if m.paused != nil {
		m.paused.heldMessages++
	}
	for _, u := range ev.Message.Updates {
		if _, isQuote := u.(market.Quote); isQuote && noPrices {
			continue
		}
		symbol := rowSymbol(u)
		if symbol != "" && m.paused != nil {
			m.paused.unshareBars(m.board.Row(ev.Feed, symbol))
		}
		m.board.Apply(ev.Feed, u, ev.At)
		if halt, ok := u.(market.Halt); ok && m.fold != nil {
			m.fold.Refresh(m.board.Row(ev.Feed, halt.Symbol))
		}
		if symbol == "" {
			continue
		}
		if r := m.board.Row(ev.Feed, symbol); r != nil {
			changed[r] = struct{}{}
			if m.fold != nil {
				m.fold.Apply(r, ev.At)
			}
		}
	}
}

func rowSymbol(u market.Update) string {
	switch u := u.(type) {
	case market.Quote:
		return u.Symbol
	case market.Reading:
		return u.Name
	}
	return ""
}

// widenColumns makes room in the tables for rows and headlines; while paused, for when the screen goes on.
func (m Model) widenColumns(rows map[*market.Row]struct{}, stories []*market.Story) Model {
	prices, readings, news := &m.prices.widths, &m.readings.widths, &m.news
	if m.paused != nil {
		prices, readings, news = &m.paused.priceWidths, &m.paused.readingWidths, &m.paused.news
	}
	for r := range rows {
		if r.IsReading {
			readings.widenFor(r)
		} else {
			prices.widenFor(m.fold.RowOf(r))
			prices.widenForFeeds(m.fold.Symbol(r))
		}
	}
	for _, s := range stories {
		news.widenFor(s)
	}
	return m
}

// newestStory is the number of the last headline so far; zero before the first.
func (m Model) newestStory() uint64 {
	if stories := m.board.News(); len(stories) > 0 {
		return stories[0].Seq
	}
	return 0
}
