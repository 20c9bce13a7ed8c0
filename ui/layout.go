package ui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"

	"livetape/feed"
	"livetape/ui/humanize"
)

// layout is how many lines each part of the screen has; zero for a part that is not shown.
type layout struct {
	header, status, tabs, footer int // tabs: lists, order and filter
	page, prices, readings, news int // page: the help, a map or an event
	log, feeds, bottom           int // feeds: where there is room for all; bottom: the fault menu, the feeds, or a headline or an event in full
	width                        int // of the panes, in cells
	details                      detailLayout
}

const (
	minShared     = 9   // lines of body for several panes; with less, the one with the keyboard has it all
	minThreePanes = 26  // lines of body for prices, news and the log at once
	minPrices     = 6   // lines of the price table, with its heads
	minNews       = 4   // lines of news, with their title
	minTitled     = 14  // lines of body for the price table to have a title
	minAdvice     = 12  // cells left on a line for advice to begin on it
	minBeside     = 160 // columns for the details to stand beside the panes
)

// layOut fits the panes to the screen and to what they show. Each message that changes something ends with it.
func (m Model) layOut() Model {
	m.shown, m.frame = nil, &frame{}
	if order := m.focusOrder(); !slices.Contains(order, m.focus) {
		m.focus = order[0]
	}
	if m.focus == focusPrices || m.focus == focusReadings {
		m.lastTable = m.focus
	}
	if m.overlay == detailOverlay && !m.readsText() && !m.zoomed && m.showsDetailsUnasked(m.shownData()) {
		m.overlay = noOverlay // the details are there without it
	}
	m = m.followFold().arrangeRows()
	t := m.shownData()
	m = m.noteSelection(t)
	t.headlines = m.headlines(t.stories)
	m.shown = t
	m.keys = m.currentKeys()
	if r := m.selectedRow(t); r != nil && m.showsDetails(t) {
		area := m.areaOf(detailColumns(m.detailWidth())[0], 0, noPane)
		m.quote = m.quote.grow(m.areDetailsBrief(t), area, r, len(m.viewQuote(area, r, m.feeds.byName(r.Feed))))
	}
	m.layout = m.shareLines(t)
	l := m.layout
	titled := l.bodyHeight() >= minTitled || l.details.below && l.prices >= len(t.rows)+m.feeds.dividers(t.rows, m.now)+2
	m.prices = m.prices.arrange(m.areaOf(l.width, l.prices, focusPrices), t.rows, m.feeds, titled)
	m.readings = m.readings.arrange(m.areaOf(l.width, l.readings, focusReadings), t.readings, m.feeds, l.readings >= 3)
	m.news = m.arrangeNews(l.news, t)
	m.logPane = m.logPane.arrange(l.log, t.log)
	m.logPane.emptyText = m.noLogText()
	m.rawPane = m.rawPane.arrange(t.raw)
	m.tape.list = m.tape.fit(m.partArea(focusTape).height-2, len(m.tape.held))
	m = m.layOutOverlay()
	return m
}

// layOutOverlay fits what stands over the panes, and the source of the details, to their lines.
func (m Model) layOutOverlay() Model {
	l := m.layout
	if m.focus == focusSource {
		area := m.partArea(focusSource)
		m.source.list = m.source.fit(area.height-1, len(m.sourceContent(area, m.feeds.byName(m.selected.feed))))
	}
	switch m.overlay {
	case positionsOverlay:
		m.page = m.page.fit(l.bottom-2, m.positionLines())
	case alertsOverlay:
		m.alerts.list = m.alerts.list.fit(l.bottom-1, m.alerts.lines())
	case faultsOverlay:
		m.menu = m.menu.fit(l.bottom-1, len(m.config.Faults))
	case commandsOverlay:
		m.palette.list = m.palette.fit(l.bottom-1, len(m.commands()))
	case themesOverlay:
		m.themeMenu = m.themeMenu.fit(l.bottom-1, len(m.themeNames()))
	case feedsOverlay:
		m = m.keepOnFeed()
	case columnsOverlay:
		m.columnList = m.columnList.fit(l.bottom-1, len(m.columnChoices()))
	}
	if l.page > 0 {
		m.page = m.page.fit(l.page-1, len(m.pageContent()))
	}
	m = m.previewTheme()
	return m
}

func (m Model) currentKeys() *keyMap {
	copied := *m.allKeys
	k := &copied
	if h := m.controlledFeed(); h != nil && h.status.State.HasEnded() {
		relabel(&k.connect, "connect")
	}
	k.fewLog.SetEnabled(m.showLog)
	k.filterLog.SetEnabled(m.isLogFocused())
	k.saveLog.SetEnabled(m.isLogFocused() && k.saveLog.Enabled())
	if m.logPane.few {
		relabel(&k.fewLog, "whole log")
	}
	m.setDetailKeys(k)
	m.setOpenKeys(k)
	switch {
	case m.news.ofSelected:
		relabel(&k.newsOfSymbol, "all news")
	case m.selected.symbol != "":
		relabel(&k.newsOfSymbol, "news of "+truncate(m.selected.symbol, maxSymbolsWidth))
	}
	if m.showRaw {
		relabel(&k.raw, "prices")
	}
	m.setRowKeys(k)
	if m.fold != nil {
		relabel(&k.fold, "unfold feeds")
	}
	k.live.SetEnabled(m.rewound != nil)
	k.forward.SetEnabled(m.config.Deck != nil || m.rewound != nil)
	if m.paused != nil || m.deck.Paused || m.rewound != nil {
		relabel(&k.pause, "go on")
	}
	m.setOverlayKeys(k)
	k.nextMatch.SetEnabled(m.isTextFocused() && m.textSearch.text != "")
	k.previousMatch.SetEnabled(k.nextMatch.Enabled())
	if m.isTextFocused() {
		relabel(&k.find, "search")
	}
	k.focus.SetEnabled(len(m.focusOrder()) > 1)
	k.focusBack.SetEnabled(k.focus.Enabled())
	return k
}

// setOpenKeys labels the keys that open details, by how they are shown.
func (m Model) setOpenKeys(k *keyMap) {
	asked := m.overlay == detailOverlay && !m.readsText()
	if m.overlay == detailOverlay && !asked {
		relabel(&k.open, "close")
	}
	k.zoom.SetEnabled(asked || m.showsDetailsUnasked(m.shownData()))
	if asked {
		relabel(&k.open, "full screen")
		if m.zoomed {
			relabel(&k.open, "with the prices")
		}
	}
}

// setRowKeys enables the keys of rows where there can be rows and no list is open over them.
func (m Model) setRowKeys(k *keyMap) {
	t := m.shownData()
	onRows := !t.isOnlyNews() && len(m.baseRows()) > 0 && (m.overlay == noOverlay || m.overlay == detailOverlay)
	k.find.SetEnabled(onRows || m.isTextFocused())
	k.sort.SetEnabled(onRows)
	k.reverseSort.SetEnabled(onRows)
	k.fold.SetEnabled(onRows && m.manyFeeds)
	r := m.selectedRow(t)
	k.tape.SetEnabled(r != nil)
	if onTable := m.overlay == noOverlay && (m.focus == focusPrices || m.focus == focusReadings); onTable && r == nil && !m.showsRaw(t) {
		k.open.SetEnabled(false)
	}
	if r != nil && m.view.pins[strings.ToUpper(r.Symbol)] {
		relabel(&k.pin, "unpin")
	}
}

// setDetailKeys enables the keys of the chart and the tape where they have the keyboard.
func (m Model) setDetailKeys(k *keyMap) {
	for _, b := range []*key.Binding{&k.chartKind, &k.fasterPace, &k.slowerPace, &k.crossLeft, &k.crossRight} {
		b.SetEnabled(m.focus == focusChart)
	}
	for _, b := range []*key.Binding{&k.hold, &k.minSize} {
		b.SetEnabled(m.focus == focusTape)
	}
	if r := m.selectedRow(m.shownData()); r != nil && m.chart.drawsCandles(m.chart.paceIndex(r, m.now)) {
		relabel(&k.chartKind, "line")
	}
	if m.tape.held != nil {
		relabel(&k.hold, "go on")
	}
}

// setOverlayKeys says what the key that opens does in what stands over the panes.
func (m Model) setOverlayKeys(k *keyMap) {
	switch m.overlay {
	case alertsOverlay, positionsOverlay, feedOverlay:
		k.open.SetEnabled(false)
	case faultsOverlay:
		relabel(&k.open, "inject")
	case themesOverlay:
		relabel(&k.open, "keep")
	case commandsOverlay:
		relabel(&k.open, "run")
	case feedsOverlay:
		relabel(&k.open, "configuration")
		k.open.SetEnabled(len(m.feeds) > 0)
	case mapOverlay:
		relabel(&k.open, "confirm")
		h := m.present().feeds.byName(m.mapPage.feed)
		k.open.SetEnabled(h != nil && h.isGuessed())
	}
}

// focusOrder is the panes that can have the keyboard, in the order of the tab key.
func (m Model) focusOrder() []paneID {
	body, t := m.height-3, m.shownData()
	detailPanes := []paneID{focusChart, focusTape, focusSource}
	if r := m.selectedRow(t); r != nil && r.IsReading {
		detailPanes = []paneID{focusChart, focusSource}
	}
	raw, onlyNews := m.showsRaw(t), t.isOnlyNews()
	var order []paneID
	if raw || t.priced || !t.read && !onlyNews {
		order = append(order, focusPrices)
	}
	if !raw && t.read {
		order = append(order, focusReadings)
	}
	if m.showsDetails(t) {
		order = append(order, detailPanes...)
		if m.overlay == detailOverlay && m.zoomed {
			return order
		}
	}
	if noRoom := m.showLog && body >= minShared && body < minThreePanes; !noRoom && len(t.stories) > 0 {
		order = append(order, focusNews)
	}
	if m.showLog {
		order = append(order, focusLog)
	}
	return order
}

// linesAround are the lines around the panes, but for those of the feeds' state.
func (m Model) linesAround() layout {
	l := layout{width: m.width, tabs: m.tabHeight()}
	if m.height >= 4 {
		l.header = 1
	}
	if m.height >= 6 {
		l.footer = 1
	}
	return l
}

// shareLines shares the screen's lines: first the badges, then the rest as there is room.
func (m Model) shareLines(t *shownData) layout {
	l := m.linesAround()
	l.status = min(len(m.statusLines()), m.height)
	l.tabs = min(l.tabs, max(m.height-l.status, 0))
	body := max(m.height-l.header-l.status-l.tabs-l.footer, 0)
	if m.isPageFocused() {
		l.page = body
		return l
	}
	l, body = m.placeDetails(l, body, t)
	least := minShared
	if l.details.below {
		least = min(minSharedAbove, m.priceLines(t)+minNews)
		if len(t.stories) == 0 {
			least -= minNews
		}
	}
	if body < least && !m.showsBottom() {
		return l.giveAllTo(m.focus, body)
	}
	l.feeds = m.feedTableHeight(body)
	return m.sharePanes(l, body-l.feeds, t).addReadings(t, m.showsRaw(t))
}

// showsBottom reports whether a menu, a headline or an event stands below the panes.
func (m Model) showsBottom() bool {
	switch m.overlay {
	case faultsOverlay, feedsOverlay, themesOverlay, columnsOverlay, alertsOverlay, positionsOverlay, commandsOverlay:
		return true
	}
	return m.overlay == detailOverlay && m.readsText()
}

// sharePanes shares the lines that the details leave.
func (m Model) sharePanes(l layout, body int, t *shownData) layout {
	if m.showsBottom() {
		l = l.splitWithBottom(body, m.bottomLines(l, body), m.priceLines(t), slices.Contains(m.focusOrder(), focusNews))
		if t.isOnlyNews() && !m.showsRaw(t) {
			l.prices, l.news = 0, l.prices+l.news
		}
		return l
	}
	if m.showLog {
		l.log = max(body/3, 6, m.spareLines(t, body))
		body -= l.log
	}
	if slices.Contains(m.focusOrder(), focusNews) {
		return l.sharePricesAndNews(body, t, m.showsRaw(t), m.priceLines(t))
	}
	l.prices = body
	return l
}

// bottomLines is how many lines the menu, headline or event below the panes is to have.
func (m Model) bottomLines(l layout, body int) int {
	switch most := max(body*3/5, minShared); m.overlay { // leave room to see what it does
	case faultsOverlay:
		return min(len(m.config.Faults)+1, most)
	case commandsOverlay:
		return maxCommandLines
	case themesOverlay:
		return len(m.themeNames()) + 1
	case positionsOverlay:
		return min(m.positionLines()+2, most)
	case alertsOverlay:
		return min(m.alerts.lines()+1, most)
	case feedsOverlay:
		return m.feedMenuHeight(l, body)
	case columnsOverlay:
		return len(m.columnChoices()) + 1
	}
	return minDetailLines
}

// priceLines is how many lines the tables of prices and readings can fill; 0 where raw events stand there, which fill any.
func (m Model) priceLines(t *shownData) int {
	if m.showsRaw(t) {
		return 0
	}
	rows := t.size + m.feeds.dividers(t.rows, m.now)
	if t.priced && t.read {
		rows += 2
	}
	return max(rows+2, minPrices)
}

// spareLines are those that neither the tables nor news need.
func (m Model) spareLines(t *shownData, body int) int {
	if m.showsRaw(t) || t.isOnlyNews() {
		return 0
	}
	if slices.Contains(m.focusOrder(), focusNews) {
		body -= newsShare(body)
	}
	return body - m.priceLines(t)
}

func (l layout) addReadings(t *shownData, raw bool) layout {
	switch {
	case raw || !t.read:
	case !t.priced:
		l.prices, l.readings = 0, l.prices
	default:
		all := l.prices
		l.prices = min(len(t.rows)+2, all-min(len(t.readings)+2, all/2))
		l.readings = all - l.prices
	}
	return l
}

func (l layout) bodyHeight() int {
	return l.page + l.prices + l.readings + l.news + l.log + l.feeds + l.bottom
}

// splitWithBottom gives the bottom what it wants, as far as there is room, and the prices what they can fill. News have the
// rest, or else the bottom.
func (l layout) splitWithBottom(body, want, prices int, news bool) layout {
	l.bottom = min(want, max(body-4, body/2))
	if body < minShared {
		l.bottom = body
	}
	l.prices = body - l.bottom
	if prices == 0 || prices >= l.prices {
		return l
	}
	rest := l.prices - prices
	if l.prices = prices; news && rest >= minNews {
		l.news = rest
	} else {
		l.bottom += rest
	}
	return l
}

func (l layout) giveAllTo(p paneID, body int) layout {
	switch p {
	case focusReadings:
		l.readings = body
	case focusNews:
		l.news = body
	case focusLog:
		l.log = body
	default:
		l.prices = body
	}
	return l
}

// newsShare is how many lines of a body news have at least.
func newsShare(body int) int { return max(body*3/10, minNews) }

// sharePricesAndNews gives news a third of the lines, and those that prices do not need.
func (l layout) sharePricesAndNews(body int, t *shownData, raw bool, prices int) layout {
	l.news = newsShare(body)
	l.prices = body - l.news
	switch {
	case raw:
	case t.isOnlyNews():
		l.prices, l.news = 0, body
	case t.priced || t.read:
		l.prices = min(l.prices, prices)
		l.news = body - l.prices
	}
	return l
}

// statusLines are the badge of a feed and what belongs to it, in as many lines as they need and may have, or several feeds
// on one line.
func (m Model) statusLines() [][]span {
	most := max(m.height/6, 1)
	if m.height >= 8 {
		most = max(most, 2)
	}
	var lines [][]span
	if m.config.Deck != nil {
		lines = append(lines, deckStatusLine(m.deck, m.width-1))
	}
	if m.rewound != nil {
		return append(lines, m.rewoundLines()...)
	}
	problem := wrap(m.problem, m.width-3, most)
	for _, line := range problem {
		lines = append(lines, []span{{bad, line}})
	}
	most += len(problem)
	switch len(m.feeds) {
	case 0:
		return append(lines, []span{{muted, "no feed: add one to the configuration, under feeds:"}})
	case 1:
		return append(lines, m.feedStatusLines(m.feeds[0], most)...)
	}
	return append(lines, m.feedStrip())
}

func (m Model) feedStatusLines(h *feedHealth, most int) [][]span {
	all := m.badgeOf(h)
	if words := marketStateText(m.board.Market(h.name), m.now); words != "" {
		all = append(all, span{warn, " · " + words})
	}
	if m.paused != nil {
		all = append(all, span{plain, "   "}, span{held, "PAUSED · " + humanize.Count(m.paused.heldMessages) + " held"})
	}
	if g := h.recentGap(m.now); g != nil && h.state(m.now) == feed.Live {
		s := gapSpan(g, m.width-3)
		all = append(all, span{s.style, "   " + s.text})
	} else if words := h.account.text(m.now); words != "" {
		all = append(all, span{muted, "   " + words})
	}
	if words := h.recentNotice(m.now); words != "" {
		all = append(all, span{warn, "   " + words})
	}
	switch {
	case h.found.Problem != "":
		all = append(all, span{warn, "   " + plainLine(h.found.Problem)})
	case h.isGuessed():
		all = append(all, span{muted, "   " + guessSign + " guessed map"})
	}
	lines := wrapSpans(all, m.width-1, most)
	if h.state(m.now) == feed.Failed {
		return m.addAdvice(lines, plainLine(h.status.Advice), most)
	}
	return m.addAdvice(lines, h.mapAdvice(m.keys), most)
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
