package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/fold"
	"livetape/ui/humanize"
)

const (
	apartSign   = "≠" // of a feed that disagrees with its peers
	crossedSign = "×" // of a best bid above the best ask
	behindSign  = "◌" // of a feed whose price stands still while its peers' move
)

// shownFold is what folds the rows on screen; nil while they stand one by one.
func (m Model) shownFold() *fold.Book {
	if m.paused != nil {
		return m.paused.fold
	}
	return m.fold
}

// applyFold begins with the rows folded, if that was kept, or is configured.
func (m Model) applyFold() Model {
	m.fold = nil
	if kept := m.settings.values["fold"]; kept == "on" || kept == "" && m.config.Fold {
		m.fold = fold.NewBook()
	}
	return m
}

// toggleFold has the rows of a symbol from several feeds stand as one, or one by one again. The cursor stays on its symbol.
func (m Model) toggleFold() (Model, tea.Cmd) {
	r := m.prices.rowAtCursor(m.shownData().rows)
	said := span{accent, "each feed has a row of its own; " + keyLabel(m.keys.fold) + " folds those of one symbol"}
	if m.fold != nil {
		m.fold = nil
	} else {
		m.fold = fold.NewBook()
		m = m.followFold()
		said.text = fmt.Sprintf("rows of one symbol from several feeds are folded; %s shows each feed's own", keyLabel(m.keys.fold))
	}
	if p := m.paused; p != nil {
		held := *p
		held.fold = nil
		if m.fold != nil {
			held.fold = m.fold.Freeze(p.copies)
		}
		m.paused = &held
	}
	m = m.widenFolded().redefine().arrangeRows()
	if r != nil {
		m.prices = m.prices.keepOnSymbol(m.shownData().rows, m.shownFold().RowOf(r))
	}
	value := map[bool]string{true: "on", false: "off"}[m.fold != nil]
	if (m.fold != nil) == m.config.Fold {
		value = ""
	}
	m, kept := m.keepSetting("fold", value)
	m, shown := m.showToast(said)
	return m, tea.Batch(kept, shown)
}

// widenFolded has room in the table for rows that are folded, or are no longer.
func (m Model) widenFolded() Model {
	rows := m.baseRows()
	m.prices.widths.widenForFold(rows, m.shownFold())
	if m.paused != nil {
		m.paused.priceWidths.widenForFold(rows, m.shownFold())
	}
	return m
}

// keepOnSymbol moves the cursor to a row, or to another of its symbol.
func (p tablePane) keepOnSymbol(rows []*market.Row, r *market.Row) tablePane {
	p.list.total = len(rows)
	for i, other := range rows {
		if other == r || other.Symbol == r.Symbol && other.Feed == r.Feed {
			p.list = p.move(i - p.cursor)
			return p
		}
	}
	return p
}

// followFold brings the folded rows up to date with the board, the states of feeds and the time, and logs what came out.
func (m Model) followFold() Model {
	m.updateFold(m.removedFeeds)
	if m.fold != nil && m.manyFeeds && m.paused == nil { // from the beginning, so that the column is planned for
		m.prices.widths.fit(colPeers, peersCells)
	}
	return m
}

// updateFold is followFold with feeds that are no longer watched.
func (m *moment) updateFold(removed map[string]bool) {
	if m.fold == nil {
		return
	}
	for _, h := range m.feeds {
		m.fold.SetLive(h.name, h.state(m.now) == feed.Live, m.now)
	}
	for name := range removed {
		m.fold.SetLive(name, false, m.now)
	}
	m.fold.SetRows(m.board.Rows(), m.now)
	m.fold.Advance(m.now)
	for _, n := range m.fold.TakeNotes() {
		m.log = m.log.add(logEntry{at: n.At, feed: n.Feed, peers: n.Text, agrees: n.IsWell})
	}
}

// symbolOf is what is known of the symbol of a row over several feeds; nil where rows do not fold, or one feed alone has it.
func (m Model) symbolOf(r *market.Row) *fold.Symbol { return m.shownFold().Symbol(r) }

// anyFeed reports whether something is true of one of the feeds that a row is of.
func anyFeed(r *market.Row, s *fold.Symbol, is func(feed string) bool) bool {
	if s == nil {
		return is(r.Feed)
	}
	return slices.ContainsFunc(s.Feeds, func(f *fold.Feed) bool { return is(f.Row.Feed) })
}

// feedNames are those of the feeds that a row is of.
func feedNames(r *market.Row, s *fold.Symbol) (names []string) {
	if s == nil {
		return []string{r.Feed}
	}
	for _, f := range s.Feeds {
		names = append(names, f.Row.Feed)
	}
	return names
}

// feedsText is the feed that gives a row's price, and how many others count beside it.
func feedsText(r *market.Row, s *fold.Symbol, width int) string {
	if s == nil {
		return r.Feed
	}
	others := s.Count()
	if s.First.Live && s.First.Behind.IsZero() {
		others--
	}
	count := fmt.Sprintf(" +%d", others)
	if others <= 0 {
		count = ""
	}
	return truncate(r.Feed, max(width-cells(count), 1)) + count
}

// peersSpan is what a row says of its feeds: the worst first, or who leads. It begins with a sign if it is bad.
func peersSpan(s *fold.Symbol, area drawContext) span {
	sign, off := apartSign, worstOff(s)
	crossed := s.Crossed()
	if crossed > 0 {
		sign = crossedSign
	}
	switch behind := s.MostBehind(); {
	case off != nil && s.Compared() == 2:
		return span{warn, fmt.Sprintf("%s %s apart", sign, basisPointsText(math.Abs(off.Off), ""))}
	case off != nil:
		return span{warn, sign + " " + withNumber(off.Row.Feed, basisPointsText(off.Off, "+"))}
	case crossed > 0:
		return span{warn, fmt.Sprintf("%s by %s", sign, basisPointsText(crossed, ""))}
	case behind != nil:
		return span{warn, behindSign + " " + withNumber(behind.Row.Feed, humanize.Age(elapsed(area.now, behind.Behind)))}
	}
	if down := s.NotLive(); len(down) > 0 {
		return span{muted, withNumber(strings.Join(down, ", "), "down")}
	}
	if leader, by, _ := s.Leader(); leader != nil {
		return span{muted, withNumber(leader.Row.Feed, "+"+humanize.Delay(by))}
	}
	return span{muted, missing}
}

// withNumber is a feed's name with what is said of it, which is not cut.
func withNumber(name, words string) string {
	return truncate(name, peersCells-cells("≠ ")-1-cells(words)) + " " + words
}

// worstOff is the feed that disagrees most; nil where none is marked.
func worstOff(s *fold.Symbol) (worst *fold.Feed) {
	for _, f := range s.Feeds {
		if f.IsOff && (worst == nil || math.Abs(f.Off) > math.Abs(worst.Off)) {
			worst = f
		}
	}
	return worst
}

// basisPointsText is a number of hundredths of a percent, those above zero behind a sign.
func basisPointsText(bp float64, plus string) string {
	if bp = math.Round(bp*10) / 10; bp <= 0 {
		plus = ""
	}
	return plus + fmt.Sprintf("%.1f", bp+0) + " bp" // + 0: without the sign of zero
}

// leadText says who is first with the prices of a symbol, and what it is known by.
func leadText(s *fold.Symbol) string {
	leader, by, known := s.Leader()
	switch {
	case leader != nil:
		return fmt.Sprintf("%s leads by %s", leader.Row.Feed, humanize.Delay(by))
	case known:
		return "none leads"
	}
	return fmt.Sprintf("who leads is not known: %d of %d prices", s.Shared(), fold.MinShared)
}

// peersTrouble is what a feed's peers say against it.
type peersTrouble struct{ sign, brief, words string }

// troubleOf is what the peers of a feed say against it; without a sign for nothing.
func (m Model) troubleOf(h *feedHealth) peersTrouble {
	book := m.shownFold()
	if behind, since := book.Behind(h.name); behind > 0 {
		by := humanize.Duration(elapsed(m.now, since))
		return peersTrouble{behindSign, by + " behind", "behind its peers by " + by + " on " + humanize.Plural(behind, "symbol")}
	}
	if off := book.Off(h.name); off > 0 {
		return peersTrouble{apartSign, "disagrees", "disagrees with its peers on " + humanize.Plural(off, "symbol")}
	}
	return peersTrouble{}
}

// sickFirst is the feeds in the order in which they need attention. Of those that are live, the first are those that their
// peers say something against.
func (m Model) sickFirst() feedList {
	return m.feeds.worstFirst(m.now, func(h *feedHealth) bool { return m.troubleOf(h).sign != "" })
}

// apart is how far the feeds of a symbol are from their peers at most, in hundredths of a percent; NaN where none is
// compared.
func apart(s *fold.Symbol) float64 {
	most := math.NaN()
	if s == nil {
		return most
	}
	for _, f := range s.Feeds {
		if off := math.Abs(f.Off); !(off <= most) && !math.IsNaN(off) {
			most = off
		}
	}
	return most
}
