package ui

import (
	"slices"

	"livetape/feed"
	"livetape/ui/humanize"
)

// layout is how many lines each part of the screen has; zero for a part that is not shown.
type layout struct {
	header, status, footer          int
	help, prices, news, log, bottom int // bottom: the fault menu or the details
	pricesWidth, newsWidth          int
	sideBySide                      bool // prices and news
}

const (
	minNewsBeside = 72 // columns that prices must leave for news beside them
	minShared     = 9  // lines of body for several panes; with less, the one with the keyboard has it all
	minThreePanes = 26 // lines of body for prices, news and the log at once
	minTitled     = 14 // lines of body for the price table to have a title
	minAdvice     = 12 // cells left on a line for advice to begin on it
)

// layOut shares the screen anew and gives every pane its size.
func (m Model) layOut() Model {
	m.keys = m.keysForNow()
	if order := m.focusOrder(); !slices.Contains(order, m.focus) {
		m.focus = order[0]
	}
	t := m.content()
	m.layout = m.measure(t)
	l := m.layout
	m.prices = m.prices.arrange(l.prices, len(t.rows), l.body() >= minTitled)
	m.news = m.news.arrange(l.news, len(t.stories)+len(t.gapMarks))
	m.logPane = m.logPane.arrange(l.log, t.log)
	m.menu = m.menu.fit(l.bottom-1, len(m.config.Faults))
	if m.overlay == helpOverlay {
		m.help = m.help.fit(l.help-1, len(m.helpContent()))
	}
	return m
}

// keysForNow are the keys with help that says what they would do now.
func (m Model) keysForNow() keyMap {
	k := m.keys
	k.connect.SetHelp("x", "disconnect")
	if h := m.targetFeed(); h != nil && h.hasEnded() {
		k.connect.SetHelp("x", "connect")
	}
	k.open.SetHelp("enter", "details")
	k.pause.SetHelp("p", "pause")
	if m.paused != nil || m.deck.Paused {
		k.pause.SetHelp("p", "go on")
	}
	if m.overlay == faultsOverlay {
		k.open.SetHelp("enter", "inject")
	}
	return k
}

// focusOrder is the panes that can have the keyboard, in the order of the tab key.
func (m Model) focusOrder() []focus {
	body := m.height - 3
	switch {
	case !m.showLog:
		return []focus{focusPrices, focusNews}
	case body >= minShared && body < minThreePanes:
		return []focus{focusPrices, focusLog}
	}
	return []focus{focusPrices, focusNews, focusLog}
}

// measure shares the screen's lines: first the badges, then the rest as there is room.
func (m Model) measure(t *content) layout {
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
		return l.splitWithBottom(body, min(len(m.config.Faults)+1, max(body*3/5, minShared))) // leave room to see what a fault does
	case detailOverlay:
		want := minDetailLines
		if m.focus == focusPrices && m.prices.cursor < len(t.rows) {
			want = rowDetailHeight(t.rows[m.prices.cursor], m.width)
		}
		return l.splitWithBottom(body, want)
	}
	if body < minShared {
		return l.giveAllTo(m.focus, body)
	}
	if m.showLog {
		l.log = max(body/3, 6)
		body -= l.log
	}
	if slices.Contains(m.focusOrder(), focusNews) {
		return l.sharePricesAndNews(body, len(t.rows), m.width, m.prices.widths)
	}
	l.prices = body
	return l
}

// body is the number of lines between the status and the footer.
func (l layout) body() int {
	if l.sideBySide {
		return l.help + l.prices + l.log + l.bottom
	}
	return l.help + l.prices + l.news + l.log + l.bottom
}

// splitWithBottom puts a bottom part of the wanted lines, or less, below the prices.
func (l layout) splitWithBottom(body, want int) layout {
	l.bottom = min(want, max(body-4, body/2))
	if body < minShared {
		l.bottom = body
	}
	l.prices = body - l.bottom
	return l
}

// giveAllTo gives one pane the whole body.
func (l layout) giveAllTo(p focus, body int) layout {
	switch p {
	case focusNews:
		l.news = body
	case focusLog:
		l.log = body
	default:
		l.prices = body
	}
	return l
}

// sharePricesAndNews puts prices and news side by side on a wide screen. Else news has a third of the lines, and those
// that prices do not need.
func (l layout) sharePricesAndNews(body, rows, width int, w columnWidths) layout {
	if natural := w.natural(); width-natural >= minNewsBeside && rows > 0 {
		l.sideBySide, l.prices, l.news = true, body, body
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

const unlimitedWidth = 160 // a line on which nothing has to be cut

// natural is the width at which the price table cuts nothing.
func (w *columnWidths) natural() int {
	n := gutter
	for c := range columns {
		if need := w.widthFor(c, unlimitedWidth); need > 0 && c != colFeed {
			n += need + 3
		}
	}
	return n + max(min(w.name, maxNameWidth)-minNameWidth, 0) + max(w.numbers[colVolume].total()-minVolumeWidth, 0) + w.numbers[colRange].total() + 2
}

// statusLines are the badges and what belongs to them, in as many lines as they need and may have.
func (m Model) statusLines() [][]span {
	most := max(m.height/6, 1)
	if m.height >= 8 {
		most = max(most, 2)
	}
	var lines [][]span
	if m.config.Deck != nil {
		lines = append(lines, deckStatusLine(m.deck, m.width-1))
	}
	problem := wrap(m.problem, m.width-3, most)
	for _, line := range problem {
		lines = append(lines, []span{{bad, line}})
	}
	most += len(problem)
	if len(m.feeds) == 1 {
		return append(lines, m.feedStatusLines(m.feeds[0], most)...)
	}
	for i, h := range m.feeds {
		if len(lines) == most-1 && i < len(m.feeds)-1 {
			return append(lines, []span{m.feeds[i:].summaryOfRest(m.now)})
		}
		lines = append(lines, m.feedStatusLines(h, 1)...)
	}
	if len(lines) == 0 {
		lines = [][]span{{{muted, "no feed"}}}
	}
	return lines
}

// feedStatusLines is all there is to say of one feed, in at most so many lines.
func (m Model) feedStatusLines(h *feedHealth, most int) [][]span {
	var all []span
	if len(m.feeds) > 1 {
		all = append(all, span{strong, h.name + spaces(m.feeds.nameWidth()-cells(h.name)+2)})
	}
	all = append(all, m.badgeOf(h)...)
	if words := marketStateText(m.board.Market(h.name)); words != "" {
		all = append(all, span{warn, " · " + words})
	}
	if m.paused != nil && h == m.feeds[0] {
		all = append(all, span{plain, "   "}, span{held, "PAUSED · " + humanize.Count(m.paused.heldMessages) + " held"})
	}
	if g := h.recentGap(m.now); g != nil && h.state(m.now) == feed.Live {
		s := gapSpan(g, m.width-3)
		all = append(all, span{s.style, "   " + s.text})
	}
	if words := h.recentNotice(m.now); words != "" {
		all = append(all, span{warn, "   " + words})
	}
	lines := flowSpans(all, m.width-1, most)
	if h.state(m.now) == feed.Failed {
		return m.addAdvice(lines, plainLine(h.status.Advice), most)
	}
	return lines
}

// addAdvice adds advice below the lines of a feed, or behind the last where there are no more lines.
func (m Model) addAdvice(lines [][]span, advice string, most int) [][]span {
	last := len(lines) - 1
	if room := m.width - 1 - spanCells(lines[last]) - cells(" · "); len(lines) == most && advice != "" && room >= minAdvice {
		lines[last] = append(lines[last], span{warn, " · " + truncate(advice, room)})
	}
	for _, line := range wrap(advice, m.width-3, most-len(lines)) {
		lines = append(lines, []span{{warn, "  " + line}})
	}
	return lines
}
