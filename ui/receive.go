package ui

import (
	"livetape/feed"
	"livetape/feed/market"
)

func (m Model) applyBatch(msg feedBatchMsg) Model {
	m = m.advanceClock(msg.now)
	if i := lastReplayReset(msg.events); i >= 0 {
		m, msg.events = m.startOver(), msg.events[i+1:]
	}
	if m.rewound != nil {
		return m.inPresent(func(p Model) Model { return p.takeEvents(msg.events) })
	}
	before := m.shownData()
	story := m.news.lineAtCursor(before)
	price, reading := m.prices.rowAtCursor(before.rows), m.readings.rowAtCursor(before.readings)
	m = m.takeEvents(msg.events)
	m.view.dirty = true
	if m.paused == nil {
		now := m.shownData()
		m.prices, m.readings = m.prices.keepOnRow(now.rows, price), m.readings.keepOnRow(now.readings, reading)
		m.news = m.news.keepOnLine(story, now)
	}
	return m
}

// takeEvents applies events in turn.
func (m Model) takeEvents(events []feed.Event) Model {
	newest := m.newestStory()
	changed := make(map[*market.Row]struct{}, len(events))
	for _, ev := range events {
		m.takeEvent(ev, changed)
	}
	stories := m.storiesAfter(newest)
	m = m.followFold().widenColumns(changed, stories)
	for _, s := range stories {
		m.moveGapMarkUp(s)
	}
	if m.config.Recorded != nil {
		m.recorded = m.config.Recorded()
	}
	return m
}

// takeEvent applies one event, of a relay as those of the feeds behind it, and adds the rows that it changes to changed.
func (m *Model) takeEvent(ev feed.Event, changed map[*market.Row]struct{}) {
	if m.removedFeeds[ev.Feed] {
		return
	}
	for _, part := range m.relays.Split(ev) {
		m.takeOwnEvent(part, changed)
	}
}

func (m *Model) takeOwnEvent(ev feed.Event, changed map[*market.Row]struct{}) {
	h := m.feeds.byName(ev.Feed)
	if h == nil {
		h = newFeedHealth(Source{Name: ev.Feed})
		*m = m.withFeeds(append(m.feeds, h))
	}
	if ev.Gap != nil {
		ev.Gap = shallowCopy(ev.Gap)
		ev.Gap.From = copyPrefix(ev.Gap.From, maxID)
	}
	if m.paused != nil && ev.Message != nil {
		m.paused.hold(ev, m.board)
	}
	m.take(ev, h, changed)
	if isStart(ev) {
		m.recent.restart(ev.Feed)
	}
	m.recent.add(ev)
	m.alerts = m.alerts.apply(ev)
	if ev.Pulse == nil {
		m.log = m.log.add(newLogEntry(ev, h.repeats))
	}
	if ev.Message != nil {
		m.raw.add(ev)
		m.noteRawEvent()
		h.rate.add(ev.At, 1)
		h.history.slot(slotNumber(ev.At)).events++
		if h.untimed = m.deck.Untimed; !h.untimed {
			h.measureDelay(ev.Message, ev.At)
		}
	}
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
