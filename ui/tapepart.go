package ui

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// tapePane is time and sales: of the selected symbol, or of all.
type tapePane struct {
	list
	all     bool
	minimum market.Decimal // sizes below are not shown; absent for none
	of      rowKey         // for whose sizes the minimum was chosen
	held    []sale         // nil while the tape runs
	heldAt  time.Time
}

// rowKey names a row of the board.
type rowKey struct{ feed, symbol string }

// sale is a trade with its feed.
type sale struct {
	feed string
	market.Trade
}

const (
	minTapeLines  = 4 // with the title and the column heads
	wantTapeLines = 9
	maxHeld       = 2000 // sales of a tape that stands still
	maxSizeBar    = 24   // cells
)

func tapePart(r *market.Row) detailPart {
	return detailPart{pane: focusTape, second: true, minimum: minTapeLines, wanted: wantTapeLines, grows: true, view: func(m Model, area drawContext) []string {
		return m.drawn.tape.draw(m.stateOfTape(area, r), func() []string { return m.viewTape(area) })
	}}
}

// sales are the newest trades that the tape shows, newest first, at most so many.
func (m Model) sales(t *shownData, most int) []sale {
	if m.tape.held != nil {
		return m.tape.held
	}
	next := make([]int, len(t.trades))
	wanted := m.salesWanted(t)
	var found []sale
	for len(found) < most {
		newest := -1
		for i, trades := range t.trades {
			for next[i] < trades.Len() && !wanted.include(trades.Feed, trades.At(next[i])) {
				next[i]++
			}
			if next[i] < trades.Len() && (newest < 0 || trades.At(next[i]).At.After(t.trades[newest].At(next[newest]).At)) {
				newest = i
			}
		}
		if newest < 0 {
			return found
		}
		found = append(found, sale{t.trades[newest].Feed, *t.trades[newest].At(next[newest])})
		next[newest]++
	}
	return found
}

// tapeFeeds are the feeds of the selected row: several where rows fold.
func (m Model) tapeFeeds(t *shownData) []string {
	if r := m.selectedRow(t); r != nil {
		return feedNames(r, m.symbolOf(r))
	}
	return []string{m.selected.feed}
}

// saleFilter decides which trades are on the tape. Thousands of others are passed over in each frame.
type saleFilter struct {
	all     bool // symbols
	symbol  string
	feeds   []string // of the symbol
	minimum market.Decimal
}

func (m Model) salesWanted(t *shownData) *saleFilter {
	return &saleFilter{m.tape.all, m.selected.symbol, m.tapeFeeds(t), m.minimumSize()}
}

func (f *saleFilter) include(feed string, trade *market.Trade) bool {
	if !f.all && (trade.Symbol != f.symbol || !slices.Contains(f.feeds, feed)) {
		return false
	}
	return !f.minimum.IsSet() || trade.Size.Cmp(f.minimum) >= 0
}

// minimumSize holds for the symbol that it was chosen for: a large trade of one is a small one of another.
func (m Model) minimumSize() market.Decimal {
	if !m.tape.all && m.tape.of != m.selected {
		return market.Decimal{}
	}
	return m.tape.minimum
}

func (m Model) viewTape(area drawContext) []string {
	w := newLineWriter(area.theme, area.width)
	lines := []string{paneTitleLine(w, area, m.tapeName(), m.tapeState(), m.tapeHint(area))}
	all := m.sales(m.shownData(), area.height)
	if len(all) == 0 {
		return append(lines, w.wrapped([]span{{muted, m.noSalesText()}}, area.height-1)...)
	}
	all = all[min(m.tape.top, len(all)):]
	all = all[:min(len(all), area.height-2)]
	t := m.newTapeTable(w, area, all)
	lines = append(lines, t.heads())
	for i := range all {
		w.selected = area.focused && m.tape.held != nil && m.tape.top+i == m.tape.cursor
		lines = append(lines, t.line(&all[i]))
	}
	return lines
}

func (m Model) tapeName() string {
	if m.tape.all || m.selected.symbol == "" {
		return "Tape: all"
	}
	return "Tape: " + m.selected.symbol
}

func (m Model) tapeState() string {
	words := ""
	if size := m.minimumSize(); size.IsSet() {
		words = "· size ≥ " + fullNumber(size, 0)
	}
	if m.tape.held != nil {
		words += " · HELD"
		if d := elapsed(m.now, m.tape.heldAt); d >= time.Second {
			words += " " + humanize.Duration(d)
		}
	}
	return strings.TrimSpace(words)
}

func (m Model) tapeHint(area drawContext) string {
	if !area.focused {
		return keyLabel(m.keys.tape) + " " + m.keys.tape.Help().Desc
	}
	k, scope, hold := m.keys, "all", "holds"
	if m.tape.all {
		scope = "selected"
	}
	if m.tape.held != nil {
		hold = "goes on"
	}
	return keyLabel(k.tape) + " " + scope + " · " + keyLabel(k.minSize) + " size · " + keyLabel(k.hold) + " " + hold
}

func (m Model) noSalesText() string {
	switch {
	case m.minimumSize().IsSet():
		return "No trade of this size is kept. " + keyLabel(m.keys.minSize) + " shows smaller ones."
	case m.tape.all:
		return "No trade has come. A feed that sends only quotes has none."
	}
	return "No trade of " + m.selected.symbol + " is kept. A feed that sends only quotes has none."
}

// tapeTable is the columns of the tape.
type tapeTable struct {
	drawContext
	w                  *lineWriter
	label, price, size int // cells; label is zero where all sales are of one symbol and feed
	labelHead          string
	labelOf            func(*sale) string
	place, millis      bool
	short              bool // sizes are cut to three digits and their unit
	bar                int
	largest            float64
	decimals           func(sale) int
}

func (m Model) newTapeTable(w *lineWriter, area drawContext, all []sale) tapeTable {
	t := tapeTable{drawContext: area, w: w, price: len("PRICE"), size: len("SIZE")}
	switch several := len(m.tapeFeeds(m.shownData())) > 1; {
	case m.tape.all:
		t.labelHead, t.labelOf = "SYMBOL", func(s *sale) string { return s.Symbol }
	case several:
		t.labelHead, t.labelOf = "FEED", func(s *sale) string { return s.feed }
	}
	board := m.board
	t.decimals = func(s sale) int {
		if r := board.Row(s.feed, s.Symbol); r != nil {
			return r.Decimals()
		}
		return 0
	}
	for _, s := range all {
		t.price = max(t.price, cells(fullNumber(s.Price, t.decimals(s))))
		t.size = max(t.size, cells(t.sizeText(&s)))
		if v := s.Size.Approx(); v > t.largest {
			t.largest = v
		}
		if t.labelOf != nil {
			t.label = max(t.label, min(max(cells(t.labelOf(&s)), len(t.labelHead)), area.width/5))
		}
	}
	left := area.width - gutter - len(time.TimeOnly) - 3 - t.price - 2 - t.size
	if t.label > 0 {
		left -= t.label + 2
	}
	if left < 0 {
		t.short, t.size = true, len("SIZE")
		for i := range all {
			t.size = max(t.size, cells(t.sizeText(&all[i])))
		}
	}
	t.place = left >= 5
	t.millis = left >= 9
	if left -= 5 + 4; left >= 4 {
		t.bar = min(left-2, maxSizeBar)
	}
	return t
}

func (t tapeTable) sizeText(s *sale) string {
	text := fullNumber(s.Size, 0)
	if t.short {
		return humanize.Abbreviate(text)
	}
	return text
}

func (t tapeTable) timeWidth() int {
	if t.millis {
		return len("15:04:05.000")
	}
	return len(time.TimeOnly)
}

func (t tapeTable) heads() string {
	t.w.writeBlanks(gutter)
	t.w.writeLeft(title, "TIME", t.timeWidth()+3)
	if t.label > 0 {
		t.w.writeLeft(title, t.labelHead, t.label+2)
	}
	t.w.writeRight(title, "PRICE", t.price)
	t.w.writeRight(title, "SIZE", t.size+2)
	if t.place {
		t.w.write(title, "  AT")
	}
	return t.w.endLine()
}

func (t tapeTable) line(s *sale) string {
	at, form := s.Time, time.TimeOnly
	if at.IsZero() {
		at = s.At
	}
	if t.millis {
		form = "15:04:05.000"
	}
	arrow, st := [...]string{"▼", "=", "▲"}[s.Tick+1], [...]style{down, muted, up}[s.Tick+1]
	number := plain
	if s.Report != market.NewTrade {
		arrow, st, number = " ", muted, stale
	}
	drawCursorMark(t.w)
	t.w.writeLeft(muted, at.Local().Format(form), t.timeWidth()+1)
	t.w.write(st, arrow+" ")
	if t.label > 0 {
		t.w.writeLeft(tag, t.labelOf(s), t.label+2)
	}
	t.w.writeRight(number, fullNumber(s.Price, t.decimals(*s)), t.price)
	t.w.writeRight(number, orMissing(t.sizeText(s)), t.size+2)
	switch {
	case s.Report == market.Correction:
		t.w.write(warn, "  corrected")
	case s.Report == market.Cancel:
		t.w.write(bad, "  cancelled")
	case t.place:
		t.w.writeLeft(muted, "  "+[...]string{"", "bid", "mid", "ask"}[s.Place], 5)
		t.w.write(st, withSeparator("  ", t.sizeBar(s)))
	}
	return t.w.endLine()
}

// sizeBar is the size of a sale beside the largest on screen. Its signs leave gaps: bars of neighboring lines would grow together.
func (t tapeTable) sizeBar(s *sale) string {
	v := s.Size.Approx()
	if t.bar == 0 || !(v > 0) || t.largest <= 0 {
		return ""
	}
	return strings.Repeat("■", max(int(math.Round(v/t.largest*float64(t.bar))), 1))
}

// openTape gives the tape the keyboard; in it, the key shows the sales of all symbols, or of the selected one.
func (m Model) openTape() Model {
	switch {
	case m.focus == focusTape:
		m.tape.all = !m.tape.all
		return m.releaseTape()
	case m.overlay != detailOverlay && !m.showsDetailsUnasked(m.shownData()):
		m.overlay, m.zoomed = detailOverlay, false
	case m.overlay != detailOverlay:
		m.overlay = noOverlay
	}
	m.focus = focusTape
	return m
}

func (m Model) releaseTape() Model {
	m.tape.held, m.tape.list = nil, list{}
	return m
}

func (m Model) holdTape() Model {
	m.tape.heldAt = m.now
	if m.tape.held = m.sales(m.shownData(), maxHeld); m.tape.held == nil {
		m.tape.held = []sale{}
	}
	return m
}

// pressInTape handles a key of the tape; ok is false for another.
func (m Model) pressInTape(msg tea.KeyMsg) (_ Model, ok bool) {
	k := m.keys
	switch {
	case m.focus != focusTape:
		return m, false
	case key.Matches(msg, k.hold) && m.tape.held != nil:
		return m.releaseTape(), true
	case key.Matches(msg, k.hold):
		return m.holdTape(), true
	case key.Matches(msg, k.minSize):
		return m.nextMinimumSize(), true
	case m.tape.held == nil && k.movesRows(msg):
		return m.holdTape().layOut(), false // and move in what is held
	}
	return m, false
}

// nextMinimumSize goes from all sizes to those of at least the median, then to the largest tenth, and to all again.
func (m Model) nextMinimumSize() Model {
	before := m.minimumSize()
	m = m.releaseTape()
	m.tape.minimum, m.tape.of = market.Decimal{}, m.selected
	var sizes []market.Decimal
	for _, s := range m.sales(m.shownData(), maxHeld) {
		if s.Size.Sign() > 0 {
			sizes = append(sizes, s.Size)
		}
	}
	slices.SortFunc(sizes, market.Decimal.Cmp)
	for _, tenths := range []int{5, 9} {
		if len(sizes) == 0 {
			break
		}
		if size := sizes[len(sizes)*tenths/10]; before.Cmp(size) < 0 && size.Cmp(sizes[0]) > 0 {
			m.tape.minimum = size
			break
		}
	}
	return m
}
