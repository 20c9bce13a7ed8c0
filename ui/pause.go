package ui

import (
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/fold"
)

type shownData struct {
	rows      []*market.Row // of prices
	readings  []*market.Row
	size      int  // of both; while a filter is typed, without it
	priced    bool // there are prices, on screen or not
	read      bool // the same of readings
	stories   []*market.Story
	headlines []*market.Story // of stories, those in the news pane

	newestStory uint64 // Story.Seq of the one that arrived last

	gapMarks []gapMark
	log      eventLog
	raw      *rawEvents
	trades   []*market.Trades
}

// pausedView is the content of the moment when the screen was paused, and the room that what arrives since will
// need in the columns when the screen goes on.
type pausedView struct {
	shownData
	base          []*market.Row
	at            time.Time
	heldMessages  uint64
	copies        map[*market.Row]*market.Row // of base, by row
	sharedBars    map[*market.Row]*market.Row // copies that still share their bars with the row, by row
	fold          *fold.Book                  // of base; nil while each feed has rows of its own
	priceWidths   columnWidths
	readingWidths columnWidths
	news          newsPane
}

// shownData is what the panes show. Once a message has been handled it is made once, for all that draws the screen.
func (m Model) shownData() *shownData {
	if m.shown != nil {
		return m.shown
	}
	c := shownData{stories: m.board.News(), newestStory: m.newestStory(), gapMarks: m.gapMarks, log: m.log, raw: m.raw, trades: m.board.Trades()}
	if m.paused != nil {
		c = m.paused.shownData
	}
	c.headlines = m.headlines(c.stories)
	if m.logPane.few {
		c.log = c.log.changesAndErrors()
	}
	c.log = m.logPane.filter.apply(c.log, m.logPane.few)
	base, mixed := m.baseRows(), m.board.Counts().Readings > 0
	c.rows, c.readings = splitReadings(base, mixed)
	c.size, c.priced, c.read = len(base), len(c.rows) > 0, len(c.readings) > 0
	if v := &m.view; v.applied {
		c.rows, c.readings = splitReadings(v.rows, mixed)
		c.size, c.read = v.counts[v.list], len(c.readings) > 0 || c.read && !c.priced
		if v.filter != nil && m.prompt.kind != filterPrompt {
			c.size = v.most
		}
	}
	if m.paused == nil || m.view.applied {
		c.rows, c.readings = m.feeds.liveFirst(c.rows, m.now), m.feeds.liveFirst(c.readings, m.now)
	}
	return &c
}

// baseRows are all rows of the board, or those of when the screen was paused.
func (m Model) baseRows() []*market.Row {
	switch base := m.allRows(); {
	case len(base) > 0 && m.shownFold() != nil:
		return m.shownFold().Rows()
	default:
		return base
	}
}

// allRows are baseRows before they are folded.
func (m Model) allRows() []*market.Row {
	switch c := m.board.Counts(); {
	case m.paused != nil:
		return m.paused.base
	case c.Quotes+c.Readings+c.Halts == 0: // rows that wait for symbols say less than why there is none
		return nil
	}
	return m.board.Rows()
}

func (c *shownData) isOnlyNews() bool { return len(c.stories) > 0 && !c.priced && !c.read }

func splitReadings(all []*market.Row, mixed bool) (rows, readings []*market.Row) {
	if !mixed {
		return all, nil
	}
	for _, r := range all {
		if r.IsReading {
			readings = append(readings, r)
		} else {
			rows = append(rows, r)
		}
	}
	return rows, readings
}

func (m Model) togglePause() Model {
	if m.paused != nil {
		return m.unpause()
	}
	now := m.shownData()
	p := &pausedView{at: m.now, shownData: shownData{newestStory: now.newestStory, gapMarks: now.gapMarks, log: eventLog{slices.Clone(m.log.entries), m.log.removed}, raw: shallowCopy(now.raw)}, copies: map[*market.Row]*market.Row{}, sharedBars: map[*market.Row]*market.Row{}, priceWidths: m.prices.widths, readingWidths: m.readings.widths, news: m.news}
	for _, trades := range now.trades {
		p.trades = append(p.trades, trades.Clone())
	}
	p.base = p.copyRows(m.feeds.liveFirst(m.allRows(), m.now))
	if m.fold != nil {
		p.fold = m.fold.Freeze(p.copies)
	}
	for _, story := range now.stories {
		p.stories = append(p.stories, shallowCopy(story))
	}
	m.paused = p
	return m
}

// unpause ends a pause. The cursor stays on its headline.
func (m Model) unpause() Model {
	p, before := m.paused, m.shownData()
	m.paused = nil
	now := m.shownData()
	price, reading := m.prices.rowAtCursor(before.rows), m.readings.rowAtCursor(before.readings)
	m.prices, m.readings = m.prices.keepOnRow(now.rows, price), m.readings.keepOnRow(now.readings, reading)
	m.prices.widths, m.readings.widths = p.priceWidths, p.readingWidths
	m.news.newsColumns = p.news.newsColumns
	m.news = m.news.keepOnLine(m.news.lineAtCursor(before), now)
	return m
}

// copyRows copies rows, apart from their bars.
func (p *pausedView) copyRows(rows []*market.Row) (held []*market.Row) {
	for _, r := range rows {
		c := shallowCopy(r)
		held, p.sharedBars[r], p.copies[r] = append(held, c), c, c
	}
	return held
}

// hold counts a message, and keeps what is on screen of the rows that it changes.
func (p *pausedView) hold(ev feed.Event, board *market.Board) {
	p.heldMessages++
	for _, u := range ev.Message.Updates {
		if symbol := rowSymbol(u); symbol != "" {
			p.unshareBars(board.Row(ev.Feed, symbol))
		}
	}
}

// unshareBars gives the held copy of a row its own bars, because the row is about to change them. Copying the bars
// of all rows at once would freeze the screen in a large market.
func (p *pausedView) unshareBars(r *market.Row) {
	if held := p.sharedBars[r]; held != nil {
		held.Seconds, held.Minutes = r.Seconds.Clone(), r.Minutes.Clone()
		delete(p.sharedBars, r)
		if p.fold != nil {
			p.fold.Refresh(held)
		}
	}
}

func shallowCopy[T market.Row | market.Story | rawEvents | feed.Gap](p *T) *T {
	v := *p
	return &v
}
