package ui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"

	"livetape/ui/humanize"
)

// frame is the screen after a message, once it has been drawn.
type frame struct {
	text  string
	drawn bool
}

// View implements tea.Model. Bubble Tea asks for it after every message, also after one that changes nothing.
func (m Model) View() string {
	if !m.frame.drawn {
		*m.frame = frame{m.draw(), true}
	}
	return m.frame.text
}

func (m Model) draw() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	l := m.layout
	lines := make([]string, 0, m.height)
	if l.header > 0 {
		lines = append(lines, m.header())
	}
	lines = append(lines, m.status()...)
	lines = append(lines, m.tabLines()[:l.tabs]...)
	lines = append(lines, m.body()...)
	if l.footer > 0 {
		lines = append(padLines(lines, m.height-1), m.footer())
	}
	return strings.Join(padLines(lines, m.height), "\n")
}

// header names the program and the feed, and shows the banner wherever it fits at all.
func (m Model) header() string {
	w := newLineWriter(m.theme, m.width)
	name, banners := " livetape ", m.config.Banner
	if m.config.Records {
		banners = strings.TrimPrefix(banners+" · REC", " · ")
		if m.recorded > 0 {
			banners += " " + humanize.Bytes(m.recorded)
		}
	}
	if banners != "" {
		banners = " " + banners + " "
	}
	if cells(name)+cells(banners) <= m.width {
		w.write(accent, name)
	}
	w.write(banner, banners)
	counters := m.present().feeds.counters(m.present().board.Counts().Refused)
	if words := m.alerts.headerText(); words != "" {
		counters = append([]span{{banner, " " + words + " "}, {plain, "  "}}, counters...)
	}
	right := spanCells(counters) + 1
	if w.used+right+2 > m.width {
		return w.endLine()
	}
	about := m.aboutFeeds()
	room := m.width - w.used - right - 4
	if clock := m.clockSpan(room - cells(about)); clock.text != "" {
		counters = append(counters, clock)
		right += cells(clock.text)
		room -= cells(clock.text)
	}
	if about != "" && room >= 12 {
		w.writeBlanks(2)
		w.write(muted, truncate(about, room))
	}
	w.writeBlanks(m.width - w.used - right)
	w.writeSpans(counters)
	return w.endLine()
}

// aboutFeeds says where the feeds are, or where they are configured.
func (m Model) aboutFeeds() string {
	if len(m.feeds) != 1 {
		return m.config.Origin
	}
	if isLocal := strings.HasPrefix(m.config.Origin, "./"); isLocal { // it may be somebody else's
		return m.config.Origin + " · " + m.feeds[0].url
	}
	return strings.TrimSuffix(m.feeds[0].url+" · "+m.config.Origin, " · ")
}

// clockSpan is the time on screen, in as many words as there is room for: the present, that of a recording, or that which
// the screen has gone back to. Where the screen is not drawn every second, there is none: a clock that stands is wrong.
func (m Model) clockSpan(room int) span {
	forms := []string{"15:04:05 MST", time.TimeOnly}
	if m.config.Deck != nil {
		forms = append([]string{"2 Jan 2006 15:04:05 MST"}, forms...)
	}
	if m.now.IsZero() || !m.ticks && m.config.Deck == nil && m.rewound == nil {
		return span{}
	}
	for _, form := range forms {
		if words := "   " + m.now.Local().Format(form); cells(words) <= room {
			return span{muted, words}
		}
	}
	return span{}
}

func (m Model) status() []string {
	w := newLineWriter(m.theme, m.width)
	var lines []string
	for _, spans := range m.statusLines()[:m.layout.status] {
		if m.width > 20 {
			w.writeBlanks(1)
		}
		w.writeSpans(spans)
		lines = append(lines, w.endLine())
	}
	return lines
}

func (m Model) body() []string {
	l, t := m.layout, m.shownData()
	if l.page > 0 {
		return m.viewPage(l.page)
	}
	lines := m.viewPanes(t)
	details := m.viewDetails(t)
	if l.details.beside {
		return joinColumns(m.theme, lines, details, l.width+1)
	}
	return append(lines, details...)
}

func (m Model) viewPanes(t *shownData) []string {
	l, lines := m.layout, m.viewTables(t)
	if l.news > 0 {
		lines = append(lines, m.news.view(m.areaOf(l.width, l.news, focusNews), t)...)
	}
	if l.log > 0 {
		lines = append(lines, m.markMatches(m.logPane.view(m.areaOf(l.width, l.log, focusLog), t.log))...)
	}
	if l.feeds > 0 {
		lines = append(lines, m.viewFeedTable(l.feeds)...)
	}
	switch {
	case l.bottom > 0 && m.overlay == faultsOverlay:
		lines = append(lines, m.viewFaultMenu(l.bottom)...)
	case l.bottom > 0 && m.overlay == commandsOverlay:
		lines = append(lines, m.viewCommands(l.bottom)...)
	case l.bottom > 0 && m.overlay == themesOverlay:
		lines = append(lines, m.viewThemeMenu(l.bottom)...)
	case l.bottom > 0 && m.overlay == positionsOverlay:
		lines = append(lines, m.viewPositions(l.bottom)...)
	case l.bottom > 0 && m.overlay == alertsOverlay:
		lines = append(lines, m.viewAlerts(l.bottom)...)
	case l.bottom > 0 && m.overlay == feedsOverlay:
		lines = append(lines, m.atPresent().viewFeedMenu(l.bottom)...)
	case l.bottom > 0 && m.overlay == columnsOverlay:
		lines = append(lines, m.viewColumnChooser(l.bottom)...)
	case l.bottom > 0:
		lines = append(lines, m.viewText(t, l.bottom)...)
	}
	return lines
}

// joinColumns puts lines beside each other, with a line between them.
func joinColumns(t *look, left, right []string, width int) []string {
	w := newLineWriter(t, 1)
	w.write(border, "│")
	separator := w.endLine()
	left = padLines(left, max(len(left), len(right)))
	right = padLines(right, len(left))
	for i := range left {
		left[i] += spaces(width-lineCells(left[i])) + separator + right[i]
	}
	return left
}

func (m Model) viewTables(t *shownData) []string {
	area := m.areaOf(m.layout.width, m.layout.prices, focusPrices)
	var lines []string
	switch {
	case area.height == 0:
	case m.showsRaw(t):
		lines = m.viewRaw(area, t)
	case len(t.rows) > 0 || len(m.feeds) == 0:
		lines = m.prices.view(area, t.rows, m.feeds)
	case t.priced:
		lines = viewEmptyReason(area, m.noRowsText())
	default:
		lines = viewEmptyReason(area, m.noPricesText())
	}
	if m.layout.readings > 0 {
		area = m.areaOf(m.layout.width, m.layout.readings, focusReadings)
		lines = append(lines, m.readings.view(area, t.readings, m.feeds)...)
	}
	return lines
}

func (m Model) footer() string {
	w := newLineWriter(m.theme, m.width)
	w.writeBlanks(1)
	if m.toast.text != "" {
		w.write(m.toast.style, m.toast.text)
		return w.endLine()
	}
	for i, h := range m.footerHints() {
		if i > 0 {
			w.write(stale, hintSeparator)
		}
		w.write(keyStyle, h.binding.Help().Key)
		w.write(muted, " "+h.binding.Help().Desc)
	}
	return w.endLine()
}

// hint is a key in the footer, and the cells where it stands.
type hint struct {
	binding  key.Binding
	from, to int
}

const hintSeparator = " · "

// footerHints are the keys that the footer has room for. That of the help is kept before others.
func (m Model) footerHints() []hint {
	var hints []hint
	all := enabledBindings(m.footerKeys())
	isHelp := func(b key.Binding) bool { return b.Help() == m.keys.help.Help() }
	at, reserved := 1, 0
	if slices.ContainsFunc(all, isHelp) {
		reserved = cells(hintSeparator) + hintCells(m.keys.help)
	}
	for _, b := range all {
		if isHelp(b) {
			reserved = 0
		}
		if end := at + hintCells(b); end+reserved <= m.width {
			hints = append(hints, hint{b, at, end})
			at = end + cells(hintSeparator)
		} else if reserved == 0 {
			break
		}
	}
	return hints
}

func hintCells(b key.Binding) int { return cells(b.Help().Key) + 1 + cells(b.Help().Desc) }

func (m Model) footerKeys() []key.Binding {
	k := m.keys
	if m.prompt.kind != noPrompt {
		return m.promptKeys()
	}
	switch m.overlay {
	case commandsOverlay:
		return []key.Binding{k.open, k.back, k.down, k.up}
	case faultsOverlay, themesOverlay:
		return k.withFirst(k.open, k.back, k.down, k.up)
	case feedsOverlay:
		return k.withFirst(k.back, k.retry, k.connect, k.open, k.retryAll, k.down, k.up)
	case feedOverlay:
		return k.withFirst(k.back, k.retry, k.connect, k.down, k.up, k.find)
	case helpOverlay, eventOverlay:
		return k.withFirst(k.back, k.down, k.up, k.pageDown, k.pageUp)
	case alertsOverlay:
		return k.withFirst(k.back, k.removeAlert, k.down, k.up)
	case positionsOverlay:
		return k.withFirst(k.back, k.down, k.up)
	case columnsOverlay:
		return k.withFirst(k.back, k.toggleColumn, k.columnLeft, k.columnRight, k.resetColumns, k.down, k.up)
	case mapOverlay:
		return k.withFirst(k.back, k.open, k.writeMap, k.down, k.up)
	}
	if m.rewound != nil {
		return k.withFirst(append(m.timeKeys(), m.paneKeys()...)...)
	}
	return k.withFirst(append(m.urgentKeys(), m.paneKeys()...)...)
}

// timeKeys are those of a screen of the past. In the chart, the arrows move the cross-hair.
func (m Model) timeKeys() []key.Binding {
	if m.focus == focusChart {
		return []key.Binding{m.keys.live}
	}
	return []key.Binding{m.keys.live, m.keys.backward, m.keys.forward}
}

// urgentKeys are those against a feed that is down, or that cannot be read.
func (m Model) urgentKeys() []key.Binding {
	k := m.keys
	switch down := m.feeds.notLive(m.now); {
	case down == 0 && !m.showRaw && m.showsRaw(m.shownData()) && k.writeMap.Enabled():
		return []key.Binding{k.showMap}
	case down == 0 || !k.retry.Enabled():
		return nil
	case down > 1:
		return []key.Binding{k.retry, k.retryAll, k.feeds}
	case m.controlledFeed().status.State.HasEnded():
		return []key.Binding{k.retry, k.connect}
	}
	return []key.Binding{k.retry}
}

// paneKeys are those of the pane that has the keyboard.
func (m Model) paneKeys() []key.Binding {
	k := m.keys
	switch {
	case m.focus == focusChart:
		return []key.Binding{k.chartKind, k.fasterPace, k.slowerPace, k.crossLeft, k.crossRight, k.back, k.zoom}
	case m.focus == focusTape:
		return []key.Binding{k.hold, k.minSize, k.tape, k.back, k.down, k.up}
	case m.isLogFocused():
		return []key.Binding{k.open, k.find, k.fewLog, k.filterLog, k.saveLog, k.back, k.down, k.up}
	case m.focus == focusNews && m.shownData().isOnlyNews():
		return []key.Binding{k.open, k.openURL, k.copyText, k.down, k.up}
	case m.focus == focusNews:
		return []key.Binding{k.open, k.openURL, k.copyText, k.newsOfSymbol, k.back, k.down, k.up}
	case m.overlay == detailOverlay:
		return []key.Binding{k.back, k.down, k.up, k.open, k.focus}
	case m.showRaw && m.canShowMap(m.targetFeed()):
		return []key.Binding{k.raw, k.showMap}
	case m.showRaw:
		return []key.Binding{k.raw}
	}
	return nil
}
