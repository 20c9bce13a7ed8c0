package ui

import (
	"time"

	"livetape/feed/market"
)

// partCache is the parts of the details as they were last drawn: at forty events a second, few of them are of the selected
// symbol. Copies of the model share it, and View fills it: what View draws is the same with it and without.
type partCache struct {
	quote drawnPart[quoteState]
	chart drawnPart[chartState]
	tape  drawnPart[tapeState]
}

// drawnPart is lines, and all that they were drawn from.
type drawnPart[S comparable] struct {
	from  S
	lines []string
}

// draw returns the lines, drawn anew if they are of another state. Nobody may change them.
func (p *drawnPart[S]) draw(from S, view func() []string) []string {
	if p.lines == nil || p.from != from {
		lines := view()
		*p = drawnPart[S]{from, lines[:len(lines):len(lines)]}
	}
	return p.lines
}

// partState is what all parts are drawn from: the row, its quotes so far, the place on screen, and the second.
type partState struct {
	row       *market.Row
	quotes    uint64
	feed      *feedHealth
	theme     *look
	keys      *keyMap
	manyFeeds bool
	focused   bool
	width     int
	second    time.Time
	frame     *frame // for which they are drawn, where rows fold: then they change with each feed of the symbol
}

func (m Model) partState(area drawContext, r *market.Row, h *feedHealth, at time.Time) partState {
	s := partState{r, r.Count, h, area.theme, m.allKeys, area.manyFeeds, area.focused, area.width, at.Truncate(time.Second), nil}
	if area.fold != nil {
		s.frame = m.frame
	}
	return s
}

type quoteState struct {
	partState
	brief bool
	times rowTimes
	halt  market.Halt
}

func (m Model) stateOfQuote(area drawContext, r *market.Row, h *feedHealth) quoteState {
	return quoteState{m.partState(area, r, h, area.now), m.areDetailsBrief(m.shownData()), newRowTimes(r, h), r.Halt}
}

type chartState struct {
	partState
	height     int
	brief      bool
	pane       chartPane
	usualDelay time.Duration
	outages    int
	lastOutage market.Outage
}

func (m Model) stateOfChart(area drawContext, r *market.Row, h *feedHealth) chartState {
	axis := area.sparkAxisFor(r, h)
	s := chartState{m.partState(area, r, h, area.until), area.height, m.areDetailsBrief(m.shownData()), m.chart, axis.usualDelay, len(axis.outages), market.Outage{}}
	if s.outages > 0 {
		s.lastOutage = axis.outages[s.outages-1]
	}
	return s
}

type tapeState struct {
	partState
	height      int
	board       *market.Board
	trades      uint64
	quotesOfAll uint64 // where the sales of all symbols are shown
	rowsOfAll   int    // the same: a feed that is read in another way begins without trades
	all, isHeld bool
	list        list
	minimum     market.Decimal
}

func (m Model) stateOfTape(area drawContext, r *market.Row) tapeState {
	s := tapeState{height: area.height, board: m.board, trades: r.Trades, all: m.tape.all, isHeld: m.tape.held != nil, list: m.tape.list, minimum: m.minimumSize()}
	s.partState = m.partState(area, r, nil, m.tape.heldAt)
	if s.isHeld {
		s.second = m.now.Truncate(time.Second) // it says for how long
	}
	if s.all {
		s.quotesOfAll, s.rowsOfAll = m.board.Counts().Quotes, len(m.board.Rows())
	}
	return s
}
