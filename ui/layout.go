package ui

import (
	"livetape/feed"
	"livetape/ui/humanize"
)

// layout is how many lines every part of the screen has; zero for a part that is not shown.
type layout struct {
	header, status, footer             int
	help, prices, news, events, bottom int // bottom: the fault menu or the details
	pricesWidth, newsWidth             int
	side                               bool // prices and news stand side by side
}

const (
	newsBeside = 72 // columns that prices must leave for news to stand beside them
	shareFrom  = 9  // lines of body from which panes share it; below, the one with the keyboard has it
	threeFrom  = 26 // lines from which prices, news and the log are shown at once
	adviceMin  = 12 // cells that are enough to begin advice in
	titlesFrom = 14 // lines from which the price table has a title
)

// arrange lays the screen out anew and tells every pane its place.
func (m Model) arrange() Model {
	m.keys = m.relabel()
	if panes := m.panes(); !has(panes, m.focus) {
		m.focus = panes[0]
	}
	t := m.tape()
	m.layout = m.measure(t)
	l := m.layout
	m.prices = m.prices.arrange(l.prices, len(t.rows), l.body() >= titlesFrom)
	m.news = m.news.arrange(l.news, len(t.stories)+len(t.marks))
	m.logPane = m.logPane.arrange(l.events, t.log)
	m.menu = m.menu.fit(l.bottom-1, len(m.config.Faults))
	if m.overlay == helpOverlay {
		m.help = m.help.fit(l.help-1, len(m.helpText()))
	}
	return m
}

// relabel makes the help say what the keys would do now.
func (m Model) relabel() keyMap {
	k := m.keys
	k.connect.SetHelp("x", "disconnect")
	if h := m.target(); h != nil && h.down() {
		k.connect.SetHelp("x", "connect")
	}
	k.open.SetHelp("enter", "details")
	k.pause.SetHelp("p", "pause")
	if m.frozen != nil || m.deck.Paused {
		k.pause.SetHelp("p", "go on")
	}
	if m.overlay == faultsOverlay {
		k.open.SetHelp("enter", "inject")
	}
	return k
}

// panes are those that can have the keyboard, in the order of the tab key.
func (m Model) panes() []pane {
	b := m.height - 3
	switch {
	case !m.showLog:
		return []pane{pricesPane, newsPane}
	case b >= shareFrom && b < threeFrom:
		return []pane{pricesPane, eventsPane}
	}
	return []pane{pricesPane, newsPane, eventsPane}
}

func has(panes []pane, p pane) bool {
	for _, q := range panes {
		if p == q {
			return true
		}
	}
	return false
}

// measure shares the screen's lines: the badge first of all, then the rest as there is room.
func (m Model) measure(t *shown) layout {
	l := layout{pricesWidth: m.width, newsWidth: m.width}
	l.status = min(len(m.statusLines()), m.height)
	if m.height >= 4 {
		l.header = 1
	}
	if m.height >= 6 {
		l.footer = 1
	}
	body := max(m.height-l.header-l.status-l.footer, 0)
	switch m.overlay {
	case helpOverlay:
		l.help = body
		return l
	case faultsOverlay:
		return l.split(body, min(len(m.config.Faults)+1, max(body*3/5, shareFrom))) // what a fault does is to be seen
	case detailOverlay:
		want := detailLines
		if m.focus == pricesPane && m.prices.cursor < len(t.rows) {
			want = rowDetailLines(t.rows[m.prices.cursor], m.width)
		}
		return l.split(body, want)
	}
	if body < shareFrom {
		return l.only(m.focus, body)
	}
	if m.showLog {
		l.events = max(body/3, 6)
		body -= l.events
	}
	if has(m.panes(), newsPane) {
		return l.share(body, len(t.rows), m.width, m.prices.widths)
	}
	l.prices = body
	return l
}

// body is the number of lines between the status and the footer.
func (l layout) body() int {
	if l.side {
		return l.help + l.prices + l.events + l.bottom
	}
	return l.help + l.prices + l.news + l.events + l.bottom
}

// split puts something of some lines under the prices.
func (l layout) split(body, want int) layout {
	l.bottom = min(want, max(body-4, body/2))
	if body < shareFrom {
		l.bottom = body
	}
	l.prices = body - l.bottom
	return l
}

// only gives one pane all.
func (l layout) only(p pane, body int) layout {
	switch p {
	case newsPane:
		l.news = body
	case eventsPane:
		l.events = body
	default:
		l.prices = body
	}
	return l
}

// share parts the body between prices and news: side by side on a wide screen, else news has a third, and what
// the prices do not need.
func (l layout) share(body, rows, width int, w widths) layout {
	if natural := w.natural(); width-natural >= newsBeside && rows > 0 {
		l.side, l.prices, l.news = true, body, body
		l.pricesWidth = natural
		l.newsWidth = width - l.pricesWidth - 1
		return l
	}
	l.news = max(body*3/10, 4)
	l.prices = body - l.news
	if rows > 0 {
		l.prices = min(l.prices, max(rows+2, 6))
		l.news = body - l.prices
	}
	return l
}

const wide = 160 // a line on which nothing has to be cut

// natural is the width at which the price table has room for everything.
func (w *widths) natural() int {
	n := gutter
	for c := range columns {
		if need := w.need(c, wide); need > 0 && c != colFeed {
			n += need + 3
		}
	}
	return n + max(min(w.name, nameMax)-nameMin, 0) + max(w.vol.width()-volumeMin, 0) + w.low + w.high + 2
}

// statusLines are the badges and what goes with them, as many lines as they need and may have.
func (m Model) statusLines() [][]span {
	most := max(m.height/6, 1)
	if m.height >= 8 {
		most = max(most, 2)
	}
	var lines [][]span
	if m.config.Deck != nil {
		lines = append(lines, deckLine(m.deck, m.width-1))
	}
	snags := m.snags(most)
	lines, most = append(lines, snags...), most+len(snags)
	if len(m.feeds) == 1 {
		return append(lines, m.statusOf(m.feeds[0], most)...)
	}
	for i, h := range m.feeds {
		if len(lines) == most-1 && i < len(m.feeds)-1 {
			return append(lines, []span{m.feeds[i:].summary(m.now)})
		}
		lines = append(lines, m.statusOf(h, 1)...)
	}
	if len(lines) == 0 {
		lines = [][]span{{{muted, "no feed"}}}
	}
	return lines
}

// statusOf is all there is to say of one feed.
func (m Model) statusOf(h *health, most int) [][]span {
	var all []span
	if len(m.feeds) > 1 {
		all = append(all, span{strong, h.name + blanks(m.feeds.nameWidth()-cells(h.name)+2)})
	}
	all = append(all, m.badge(h)...)
	if words := marketWords(m.board.Market(h.name)); words != "" {
		all = append(all, span{warn, " · " + words})
	}
	if m.frozen != nil && h == m.feeds[0] {
		all = append(all, span{plain, "   "}, span{held, "PAUSED · " + humanize.Count(m.frozen.held) + " held"})
	}
	if g := h.note(m.now); g != nil && h.state(m.now) == feed.Live {
		s := gapWords(g, m.width-3)
		all = append(all, span{s.ink, "   " + s.text})
	}
	if words := h.word(m.now); words != "" {
		all = append(all, span{warn, "   " + words})
	}
	lines := flow(all, m.width-1, most)
	if h.state(m.now) == feed.Failed {
		return m.advise(lines, plainLine(h.status.Advice), most)
	}
	return lines
}

// advise adds advice below what is said of a feed, or else behind it as far as there is room.
func (m Model) advise(lines [][]span, advice string, most int) [][]span {
	last := len(lines) - 1
	if room := m.width - 1 - spanCells(lines[last]) - cells(" · "); len(lines) == most && advice != "" && room >= adviceMin {
		lines[last] = append(lines[last], span{warn, " · " + cut(advice, room)})
	}
	for _, line := range wrap(advice, m.width-3, most-len(lines)) {
		lines = append(lines, []span{{warn, "  " + line}})
	}
	return lines
}
