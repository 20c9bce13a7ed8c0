package ui

import (
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

type shownData struct {
	rows     []*market.Row // of prices
	readings []*market.Row
	stories  []*market.Story
	gapMarks []gapMark
	log      eventLog
	raw      *rawEvents
	trades   []*market.Trades
}

// pausedView is the content of the moment when the screen was paused, and the room that what arrives since will
// need in the columns when the screen goes on.
type pausedView struct {
	shownData
	at            time.Time
	heldMessages  uint64
	sharedBars    map[*market.Row]*market.Row // copies that still share their bars with the row, by row
	priceWidths   columnWidths
	readingWidths columnWidths
	news          newsPane
}

func (m Model) shownData() *shownData {
	var c shownData
	if m.paused != nil {
		c = m.paused.shownData
	} else {
		rows, readings := splitReadings(m.board)
		c = shownData{m.feeds.liveFirst(rows, m.now), m.feeds.liveFirst(readings, m.now), m.board.News(), m.gapMarks, m.log, m.raw, m.board.Trades()}
	}
	if m.logPane.few {
		c.log = c.log.changesAndErrors()
	}
	return &c
}

func (c *shownData) isOnlyNews() bool { return len(c.stories) > 0 && len(c.rows)+len(c.readings) == 0 }

func splitReadings(b *market.Board) (rows, readings []*market.Row) {
	switch c := b.Counts(); {
	case c.Quotes+c.Readings+c.Halts == 0: // rows that wait for symbols say less than why there is none
		return nil, nil
	case c.Readings == 0:
		return b.Rows(), nil
	}
	for _, r := range b.Rows() {
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
	p := &pausedView{at: m.now, shownData: shownData{gapMarks: now.gapMarks, log: eventLog{slices.Clone(m.log.entries), m.log.removed}, raw: shallowCopy(now.raw)}, sharedBars: map[*market.Row]*market.Row{}, priceWidths: m.prices.widths, readingWidths: m.readings.widths, news: m.news}
	p.rows, p.readings = p.copyRows(now.rows), p.copyRows(now.readings)
	for _, trades := range now.trades {
		p.trades = append(p.trades, trades.Clone())
	}
	for _, story := range now.stories {
		p.stories = append(p.stories, shallowCopy(story))
	}
	m.paused = p
	return m
}

// unpause ends a pause. The cursor stays on its headline.
func (m Model) unpause() Model {
	p := m.paused
	m.paused = nil
	now := m.shownData()
	price, reading := m.prices.rowAtCursor(p.rows), m.readings.rowAtCursor(p.readings)
	m.prices, m.readings = m.prices.keepOnRow(now.rows, price), m.readings.keepOnRow(now.readings, reading)
	m.prices.widths, m.readings.widths = p.priceWidths, p.readingWidths
	m.news.sourceWidth, m.news.symbolsWidth = p.news.sourceWidth, p.news.symbolsWidth
	if m.news.cursor > 0 && len(p.stories) > 0 {
		m.news.list = m.news.shift(int(m.newestStory() - p.stories[0].Seq))
	}
	return m
}

// copyRows copies rows, apart from their bars.
func (p *pausedView) copyRows(rows []*market.Row) (held []*market.Row) {
	for _, r := range rows {
		c := shallowCopy(r)
		held, p.sharedBars[r] = append(held, c), c
	}
	return held
}

// unshareBars gives the held copy of a row its own bars, because the row is about to change them. Copying the bars
// of all rows at once would freeze the screen in a large market.
func (p *pausedView) unshareBars(r *market.Row) {
	if held := p.sharedBars[r]; held != nil {
		held.Seconds, held.Minutes = r.Seconds.Clone(), r.Minutes.Clone()
		delete(p.sharedBars, r)
	}
}

func shallowCopy[T market.Row | market.Story | rawEvents | feed.Gap](p *T) *T {
	v := *p
	return &v
}
