package ui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/fold"
	"livetape/ui/humanize"
)

// minPeersLines is how many lines the feeds of a symbol need, which then may be without the heads and what follows.
const minPeersLines = 6

// peersPart is what each feed says of the selected symbol, where rows fold.
func (m Model) peersPart(s *fold.Symbol) detailPart {
	lines := len(s.Feeds) + 3 // with the title, the heads and what follows
	return detailPart{pane: noPane, minimum: min(lines, minPeersLines), wanted: lines, view: func(m Model, area drawContext) []string {
		area.focused = false
		return m.viewPeers(area, s)
	}}
}

func (m Model) viewPeers(area drawContext, s *fold.Symbol) []string {
	w := newLineWriter(area.theme, area.width)
	lines := []string{paneTitleLine(w, area, "Feeds", fmt.Sprintf("%d of %d count", s.Count(), len(s.Feeds)), leadText(s))}
	columns, gap := fitPeersColumns(m.peersColumns(s), area.width-gutter)
	if area.height > len(s.Feeds)+1 {
		w.writeBlanks(gutter)
		for _, c := range columns {
			c.draw(w, title, c.head, gap)
		}
		lines = append(lines, w.endLine())
	}
	shown, rest := s.Feeds, 0
	if room := max(area.height-len(lines), 1); len(shown) > room {
		shown, rest = shown[:room-1], len(shown)-room+1
	}
	for _, f := range shown {
		words := m.peerWords(f)
		w.writeBlanks(gutter)
		for _, c := range columns {
			if c.compares && words != "" { // there is nothing to compare
				w.writeBlanks(gap)
				w.write(warn, words)
				break
			}
			c.draw(w, c.style(f), c.text(f), gap)
		}
		lines = append(lines, w.endLine())
	}
	last := m.peersVerdict(s)
	if rest > 0 {
		last = span{muted, fmt.Sprintf("+ %d more", rest)}
	}
	w.writeBlanks(gutter)
	w.write(last.style, last.text)
	return append(lines, w.endLine())
}

// peersVerdict is what follows from the feeds of a symbol.
func (m Model) peersVerdict(s *fold.Symbol) span {
	price := func(d market.Decimal) string { return fullNumber(d, s.Row.Decimals()) }
	switch off := worstOff(s); {
	case s.Crossed() > 0:
		return span{warn, fmt.Sprintf("%s crossed %s: %s bids %s, %s asks %s", crossedSign, basisPointsText(s.Crossed(), ""), s.BestBid.Row.Feed, price(s.Row.Bid.Value), s.BestAsk.Row.Feed, price(s.Row.Ask.Value))}
	case off != nil && s.Compared() == 2:
		return span{warn, fmt.Sprintf("%s %s apart: which is right is not known", apartSign, basisPointsText(math.Abs(off.Off), ""))}
	case off != nil:
		return span{warn, fmt.Sprintf("%s %s disagrees, by more than the spread", apartSign, off.Row.Feed)}
	}
	return span{muted, "Bid and ask are the best of the feeds that count."}
}

// peersColumn is a column of the feeds of a symbol.
type peersColumn struct {
	head     string
	text     func(*fold.Feed) string
	style    func(*fold.Feed) style
	compares bool // the feed with its peers
	width    int
}

func (c *peersColumn) draw(w *lineWriter, st style, text string, gap int) {
	if c.head == "FEED" {
		w.writeLeft(st, text, c.width)
		return
	}
	w.writeBlanks(gap)
	w.writeRight(st, text, c.width)
}

// fitPeersColumns leaves out columns until the others fit.
func fitPeersColumns(all []peersColumn, width int) (fitting []peersColumn, gap int) {
	for _, dropped := range []string{"", "AGE", "LAST", "BID", "ASK", "LAG"} {
		all = slices.DeleteFunc(all, func(c peersColumn) bool { return c.head == dropped })
		need := 0
		for _, c := range all {
			need += c.width
		}
		for gap := columnGap; gap > 0; gap-- {
			if need+gap*(len(all)-1) <= width {
				return all, gap
			}
		}
	}
	return all, 1
}

// peersColumns are those from left to right.
func (m Model) peersColumns(s *fold.Symbol) []peersColumn {
	price := func(of func(*market.Row) market.Decimal) func(*fold.Feed) string {
		return func(f *fold.Feed) string { return orMissing(fullNumber(of(f.Row), s.Row.Decimals())) }
	}
	quiet := func(*fold.Feed) style { return muted }
	best := func(b *fold.Feed) func(*fold.Feed) style {
		return func(f *fold.Feed) style {
			switch {
			case f == b:
				return strong
			case !f.Live || !f.Behind.IsZero():
				return stale
			}
			return plain
		}
	}
	columns := []peersColumn{
		{"FEED", func(f *fold.Feed) string { return m.feedSign(f) + " " + truncate(f.Row.Feed, stripCut) }, best(s.First), false, 0},
		{"LAST", price(func(r *market.Row) market.Decimal { return r.Last.Value }), best(s.First), false, 0},
		{"BID", price(func(r *market.Row) market.Decimal { return r.Bid.Value }), best(s.BestBid), false, 0},
		{"ASK", price(func(r *market.Row) market.Decimal { return r.Ask.Value }), best(s.BestAsk), false, 0},
		{"AGE", m.peerAge, quiet, false, 0},
		{"LAG", lagText, quiet, true, 0},
		{"OFF", offText, func(f *fold.Feed) style { return map[bool]style{false: muted, true: warn}[f.IsOff] }, true, 0},
	}
	for i := range columns {
		c := &columns[i]
		c.width = len(c.head)
		for _, f := range s.Feeds {
			c.width = max(c.width, cells(c.text(f)))
		}
	}
	return columns
}

// peerAge is the age of a feed's price, or of its bid and ask where those are newer.
func (m Model) peerAge(f *fold.Feed) string {
	since := newRowTimes(f.Row, m.feeds.byName(f.Row.Feed))
	if since.quote.After(since.price) {
		since.price = since.quote
	}
	return since.ageText(m.now)
}

// feedSign is how a feed is, for the symbol.
func (m Model) feedSign(f *fold.Feed) string {
	h := m.feeds.byName(f.Row.Feed)
	switch {
	case h == nil:
		return notLiveSign
	case h.state(m.now) == feed.Live && !f.Behind.IsZero():
		return behindSign
	}
	sign, _, _ := strings.Cut(m.badgeOf(h)[0].text, " ")
	return sign
}

// peerWords say why a feed does not count; empty if it does.
func (m Model) peerWords(f *fold.Feed) string {
	h := m.feeds.byName(f.Row.Feed)
	switch {
	case h == nil:
		return "no longer watched"
	case h.state(m.now) != feed.Live:
		_, words, _ := strings.Cut(m.badgeOf(h)[0].text, " ")
		return words
	case !f.Behind.IsZero():
		return humanize.Duration(elapsed(m.now, f.Behind)) + " behind"
	}
	return ""
}

// lagText is by how much a feed is behind the first with prices that both have.
func lagText(f *fold.Feed) string {
	switch lag, known := f.Lag(); {
	case !known:
		return missing
	case lag == 0:
		return "first"
	case lag < time.Millisecond:
		return humanize.Delay(lag)
	default:
		return "+" + humanize.Delay(lag)
	}
}

func offText(f *fold.Feed) string {
	if math.IsNaN(f.Off) {
		return missing
	}
	return basisPointsText(f.Off, "+")
}
