package ui

import "livetape/feed/market"

// content is what the panes show.
type content struct {
	rows     []*market.Row
	stories  []*market.Story
	gapMarks []gapMark
	log      eventLog
}

// pausedView is the content of the moment when the screen was paused, and the room that what arrives since will
// need in the columns when the screen goes on.
type pausedView struct {
	content
	heldMessages uint64
	sharedBars   map[*market.Row]*market.Row // copies that still share their bars with the row, by row
	widths       columnWidths
	news         newsPane
}

// content is the board, or while paused what it was.
func (m Model) content() *content {
	if m.paused != nil {
		return &m.paused.content
	}
	return &content{m.board.Rows(), m.board.News(), m.gapMarks, m.log}
}

// togglePause holds the screen still, or lets it go on with what arrived meanwhile.
func (m Model) togglePause() Model {
	if m.paused != nil {
		return m.unpause()
	}
	now := m.content()
	p := &pausedView{content: content{gapMarks: now.gapMarks, log: now.log}, sharedBars: map[*market.Row]*market.Row{}, widths: m.prices.widths, news: m.news}
	for _, r := range now.rows {
		held := shallowCopy(r)
		p.rows, p.sharedBars[r] = append(p.rows, held), held
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
	m.prices.widths = p.widths
	m.news.sourceWidth, m.news.symbolsWidth = p.news.sourceWidth, p.news.symbolsWidth
	if m.news.cursor > 0 && len(p.stories) > 0 {
		m.news.list = m.news.shift(int(m.newestStory() - p.stories[0].Seq))
	}
	return m
}

// unshareBars gives the held copy of a row its own bars, because the row is about to change them. Copying the bars
// of all rows at once would freeze the screen in a large market.
func (p *pausedView) unshareBars(r *market.Row) {
	if held := p.sharedBars[r]; held != nil {
		held.Seconds, held.Minutes = r.Seconds.Clone(), r.Minutes.Clone()
		delete(p.sharedBars, r)
	}
}

func shallowCopy[T market.Row | market.Story](p *T) *T {
	v := *p
	return &v
}
