package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// handleKeys handles a key, or keys that arrived together and come as one message, in turn.
func (m Model) handleKeys(msg tea.KeyMsg) (Model, tea.Cmd) {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		m, cmd := m.handleKey(msg)
		return m, tea.Batch(cmd, m.clock.readMsg)
	}
	cmds := []tea.Cmd{m.clock.readMsg}
	for _, r := range msg.Runes {
		one := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}
		quits := key.Matches(one, m.keys.quit) && m.overlay != commandsOverlay && m.prompt.kind == noPrompt
		next, cmd := m.handleKey(one)
		m, cmds = next.layOut(), append(cmds, cmd)
		if quits {
			break
		}
	}
	return m, tea.Batch(cmds...)
}

func (m Model) handleKey(msg tea.KeyMsg) (Model, tea.Cmd) {
	if m.prompt.kind != noPrompt && msg.Type != tea.KeyCtrlC && msg.Type != tea.KeyCtrlZ {
		return m.handlePromptKey(msg)
	}
	if !m.keys.has(msg) {
		msg = onLatinKeyboard(msg)
	}
	if m.overlay == commandsOverlay && msg.Type != tea.KeyCtrlC && msg.Type != tea.KeyCtrlZ && !isRun(msg) {
		return m.handlePaletteKey(msg)
	}
	if m.toast.style == muted { // of a key that did nothing
		m.toast.span = span{}
	}
	if next, ok := m.pressInChart(msg); ok {
		return next, nil
	}
	m, ok := m.pressInTape(msg)
	if ok {
		return m, nil
	}
	for _, handle := range []func(Model, tea.KeyMsg) (Model, tea.Cmd, bool){Model.handleTimeKey, Model.handleRowKey, Model.handleNewsKey, Model.handleProgramKey, Model.handlePaneKey} {
		if next, cmd, handled := handle(m, msg); handled {
			return next, cmd
		}
	}
	if call := m.deckCallFor(msg); call != nil {
		return m, callDeck(m.config.Deck, call)
	}
	if !m.keys.movesRows(msg) {
		return m.sayUnusedKey(msg.String())
	}
	return m.moveCursor(msg), nil
}

// handleProgramKey does what keys for the whole program, its feeds and its lists over the panes ask.
func (m Model) handleProgramKey(msg tea.KeyMsg) (next Model, cmd tea.Cmd, handled bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.quit):
		cmd = m.quit()
	case key.Matches(msg, k.suspend):
		cmd = tea.Suspend
	case key.Matches(msg, k.redraw):
		cmd = tea.ClearScreen
	case key.Matches(msg, k.help):
		m = m.toggleOverlay(helpOverlay)
	case key.Matches(msg, k.feeds):
		m.listedFeed = ""
		m = m.toggleOverlay(feedsOverlay)
	case key.Matches(msg, k.positions):
		m = m.toggleOverlay(positionsOverlay)
	case key.Matches(msg, k.alerts):
		m = m.toggleAlerts()
	case key.Matches(msg, k.removeAlert) && m.overlay == alertsOverlay:
		m, cmd = m.removeAlert()
	case key.Matches(msg, k.fault):
		m = m.toggleOverlay(faultsOverlay)
	case key.Matches(msg, k.mouse):
		m, cmd = m.toggleMouse()
	case key.Matches(msg, k.commands):
		m = m.search("").toggleOverlay(commandsOverlay)
	case key.Matches(msg, k.themes):
		m = m.toggleThemes()
	case key.Matches(msg, k.writeScreen):
		m = m.promptForFile()
	case key.Matches(msg, k.pause) && m.config.Deck == nil:
		m = m.togglePause()
	case key.Matches(msg, k.retry, k.retryAll, k.connect):
		m, cmd = m.controlFeeds(msg)
	default:
		return m, nil, false
	}
	return m, cmd, true
}

// handlePaneKey does what keys for panes ask.
func (m Model) handlePaneKey(msg tea.KeyMsg) (next Model, cmd tea.Cmd, handled bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.back):
		m, cmd = m.goBack()
	case key.Matches(msg, k.open):
		m, cmd = m.openSelected()
	case key.Matches(msg, k.tape):
		m = m.openTape()
	case key.Matches(msg, k.zoom):
		m = m.toggleZoom()
	case key.Matches(msg, k.focus):
		m = m.movePane(1)
	case key.Matches(msg, k.focusBack):
		m = m.movePane(-1)
	case key.Matches(msg, k.log):
		m = m.toggleLog()
	case key.Matches(msg, k.fewLog) && m.showLog:
		m.logPane.few = !m.logPane.few
		m.logPane.list = m.logPane.last()
	case key.Matches(msg, k.raw):
		m = m.toggleRaw()
	case key.Matches(msg, k.showMap):
		m, cmd = m.showMap()
	case key.Matches(msg, k.writeMap):
		m, cmd = m.writeMap()
	default:
		return m, nil, false
	}
	return m, cmd, true
}

// sayUnusedKey says for a second that a key does nothing.
func (m Model) sayUnusedKey(name string) (Model, tea.Cmd) {
	name = market.PlainText(strings.TrimPrefix(name, runPrefix), 20)
	hint := fmt.Sprintf("%s does nothing here, %s shows the keys", keyName(name), keyLabel(m.keys.help))
	if strings.IndexFunc(name, isBeyondASCII) >= 0 {
		hint = fmt.Sprintf("%s does nothing here: the keys are Latin letters, arrows, enter, tab and esc", name)
	}
	return m.showToastFor(time.Second, span{muted, hint})
}

func (k *keyMap) movesRows(msg tea.KeyMsg) bool {
	return key.Matches(msg, k.up, k.down, k.pageUp, k.pageDown, k.halfUp, k.halfDown, k.first, k.last)
}

func (m Model) moveCursor(msg tea.KeyMsg) Model {
	return m.moveCursorBy(m.keys.rowsToMove(msg, *m.focusedList()))
}

// moveCursorBy moves the cursor down by n rows, or up by -n.
func (m Model) moveCursorBy(n int) Model {
	l := m.focusedList()
	if l == &m.page {
		*l = l.scroll(n)
	} else {
		*l = l.move(n)
	}
	if l == &m.feedMenu && len(m.feeds) > 0 {
		m.listedFeed = m.atPresent().sickFirst()[l.cursor].name
	}
	if m.rewound == nil && (l == &m.prices.list || l == &m.readings.list) {
		m.view.heldUntil = m.now.Add(holdDuration)
	}
	return m
}

// rowsToMove is how many rows a key moves down a list; less than zero is up.
func (k *keyMap) rowsToMove(msg tea.KeyMsg, l list) int {
	switch {
	case key.Matches(msg, k.up):
		return -1
	case key.Matches(msg, k.down):
		return 1
	case key.Matches(msg, k.pageUp):
		return -l.fullPage()
	case key.Matches(msg, k.pageDown):
		return l.fullPage()
	case key.Matches(msg, k.halfUp):
		return -l.halfPage()
	case key.Matches(msg, k.halfDown):
		return l.halfPage()
	case key.Matches(msg, k.first):
		return -l.total
	case key.Matches(msg, k.last):
		return l.total
	}
	return 0
}

// focusedList is the list that has the keyboard, within this copy of the model.
func (m *Model) focusedList() *list {
	switch {
	case m.layout.page > 0:
		return &m.page
	case m.overlay == faultsOverlay:
		return &m.menu
	case m.overlay == themesOverlay:
		return &m.themeMenu
	case m.overlay == alertsOverlay:
		return &m.alerts.list
	case m.overlay == positionsOverlay:
		return &m.page
	case m.overlay == commandsOverlay:
		return &m.palette.list
	case m.overlay == feedsOverlay:
		return &m.feedMenu
	case m.overlay == columnsOverlay:
		return &m.columnList
	}
	return m.listOf(m.focus)
}

// listOf is the list of a pane, within this copy of the model.
func (m *Model) listOf(p paneID) *list {
	switch {
	case p == focusTape:
		return &m.tape.list
	case p == focusSource:
		return &m.source.list
	case p == focusReadings, p == focusChart && m.lastTable == focusReadings:
		return &m.readings.list
	case p == focusNews:
		return &m.news.list
	case p == focusLog:
		return &m.logPane.list
	case m.showsRaw(m.shownData()):
		return &m.rawPane.list
	}
	return &m.prices.list
}

// goBack undoes the last that was opened: a cross-hair, a held tape, the overlay, the log, or else the details that opened by
// themselves. It never ends the program.
func (m Model) goBack() (Model, tea.Cmd) {
	switch {
	case m.textSearch.text != "" && m.isTextFocused():
		m.textSearch = textSearch{}
		return m, nil
	case m.isLogFocused() && m.logPane.filter.text != "":
		return m.filterLog(""), nil
	case m.focus == focusChart && !m.chart.cross.IsZero():
		m.chart.cross = time.Time{}
		return m, nil
	case m.focus == focusTape && m.tape.held != nil:
		return m.releaseTape(), nil
	case m.overlay == noOverlay && m.focus >= focusChart:
		m.focus = m.lastTable
		return m, nil
	case m.overlay == noOverlay && m.focus == focusNews && m.focusOrder()[0] != focusNews:
		m.focus, m.news.ofSelected = m.lastTable, false
		return m, nil
	case m.overlay == detailOverlay && m.zoomed && m.width < minBeside && !m.readsText():
		return m.toggleZoom(), nil
	case m.overlay == feedOverlay:
		return m.toggleOverlay(feedsOverlay), nil
	case m.overlay != noOverlay:
		m.overlay = noOverlay
		return m, nil
	case m.showLog:
		return m.toggleLog(), nil
	case m.view.filter != nil:
		return m.setFilter(""), nil
	case m.rewound != nil:
		return m.goLive(), nil
	case m.layout.details.below:
		m.detailsClosed = true
		m.settings.keep("details", "closed")
		return m.showToast(span{accent, "details closed; " + keyLabel(m.keys.open) + " shows them again"})
	}
	return m.sayUnusedKey("esc")
}

func (m Model) toggleOverlay(o overlay) Model {
	if m.overlay == o {
		o = noOverlay
	}
	m.overlay, m.page, m.textSearch = o, list{}, textSearch{}
	return m
}

func (m Model) openSelected() (Model, tea.Cmd) {
	switch m.overlay {
	case feedsOverlay:
		return m.toggleOverlay(feedOverlay), nil
	case faultsOverlay:
		m.overlay = noOverlay
		return m, injectFault(m.config.Faults[m.menu.cursor])
	case themesOverlay:
		return m.chooseTheme()
	case commandsOverlay:
		return m.runCommand()
	case mapOverlay:
		return m.confirmMap()
	}
	if t := m.shownData(); m.overlay == noOverlay && m.focus == focusPrices && m.showsRaw(t) && t.raw.len() > 0 {
		m.rawEvent = *t.raw.at(m.rawPane.cursor)
		return m.toggleOverlay(eventOverlay), nil
	}
	if m.overlay == detailOverlay && !m.readsText() {
		return m.toggleZoom(), nil
	}
	if m.detailsClosed && !m.readsText() {
		m.detailsClosed = false
		m.settings.keep("details", "")
		m.toast.span = span{} // which says that they are closed
		if m.showsDetailsUnasked(m.shownData()) {
			return m, nil
		}
	}
	m.zoomed = !m.readsText() && m.showsDetailsUnasked(m.shownData()) // where the details of a row are shown already
	return m.toggleOverlay(detailOverlay), nil
}

// toggleZoom gives the details the whole screen, or takes it from them.
func (m Model) toggleZoom() Model {
	switch {
	case m.overlay != detailOverlay:
		m.overlay, m.zoomed = detailOverlay, true
	case m.width >= minBeside:
		m.overlay = noOverlay
	default:
		m.zoomed = !m.zoomed
	}
	return m
}

// movePane gives the keyboard to the pane that is by panes further.
func (m Model) movePane(by int) Model {
	order := m.focusOrder()
	m.focus = order[(slices.Index(order, m.focus)+by+len(order))%len(order)]
	return m
}

func (m Model) toggleLog() Model {
	m.showLog = !m.showLog
	switch {
	case m.showLog:
		m.focus, m.overlay = focusLog, noOverlay
		m.logPane.list = m.logPane.last()
	case m.focus == focusLog:
		m.focus = focusPrices
	}
	return m
}

func (m Model) toggleRaw() Model {
	m.showRaw, m.overlay, m.focus = !m.showRaw, noOverlay, focusPrices
	m.rawPane.list = list{}
	return m
}

// targetFeed is the feed that a key applies to: that of the selected row when there are several feeds, else the
// first that is not live.
func (m Model) targetFeed() *feedHealth {
	t := m.shownData()
	now := m.present()
	if r := m.selectedRow(t); len(now.feeds) > 1 && r != nil {
		return now.feeds.byName(r.Feed)
	}
	if len(now.feeds) > 1 && m.focus == focusPrices && m.showsRaw(t) && m.rawPane.cursor < t.raw.len() {
		return now.feeds.byName(t.raw.at(m.rawPane.cursor).feed)
	}
	return now.feeds.firstNotLive(now.now)
}

// selectedRow is the row that the details are of: the one under the cursor of the table that last had the keyboard.
func (m Model) selectedRow(t *shownData) *market.Row {
	switch {
	case m.showsRaw(t):
	case m.lastTable == focusReadings && m.readings.cursor < len(t.readings):
		return t.readings[m.readings.cursor]
	case m.lastTable == focusPrices && m.prices.cursor < len(t.rows):
		return t.rows[m.prices.cursor]
	}
	return nil
}

// controlledFeed is the feed that is retried or disconnected: that under the cursor of the list of feeds, else the first
// that is not live, else that of the selected row. Of a feed behind a relay, it is the relay: only that is connected to.
func (m Model) controlledFeed() *feedHealth {
	now := m.present()
	h := m.targetFeed()
	if listed := now.feeds.byName(m.listedFeed); (m.overlay == feedsOverlay || m.overlay == feedOverlay) && listed != nil {
		h = listed
	} else if now.feeds.notLive(now.now) > 0 {
		h = now.feeds.firstNotLive(now.now)
	}
	if h == nil {
		return nil
	}
	return now.feeds.byName(m.relays.Relay(h.name))
}

func (m Model) toggleConnection() (Model, tea.Cmd) {
	if h := m.controlledFeed(); h != nil && h.status.State.HasEnded() {
		return m.controlFeed("connecting %s", m.config.Control.Connect)
	}
	return m.controlFeed("disconnecting %s; x connects again", m.config.Control.Disconnect)
}

// controlFeeds does what a key for connections asks.
func (m Model) controlFeeds(msg tea.KeyMsg) (Model, tea.Cmd) {
	switch {
	case key.Matches(msg, m.keys.retryAll):
		return m.retryAll()
	case key.Matches(msg, m.keys.retry):
		return m.controlFeed("retrying %s now", m.config.Control.RetryNow)
	}
	return m.toggleConnection()
}

// retryAll retries the feeds that are not live, or else all.
func (m Model) retryAll() (Model, tea.Cmd) {
	now := m.present()
	all, down := now.feeds.notLive(now.now) == 0, 0
	var calls []tea.Cmd
	for _, h := range now.feeds {
		if isOwn := m.relays.Relay(h.name) == h.name; isOwn && (all || h.state(now.now) != feed.Live) {
			down++
			calls = append(calls, callFeed(m.config.Control.RetryNow, h.name))
		}
	}
	m, cmd := m.showToast(span{accent, "retrying " + humanize.Plural(down, "feed") + " now"})
	return m, tea.Batch(append(calls, cmd)...)
}

func (m Model) controlFeed(toast string, call func(feed string)) (Model, tea.Cmd) {
	h := m.controlledFeed()
	if h == nil {
		return m, nil
	}
	m, cmd := m.showToast(span{accent, fmt.Sprintf(toast, h.name)})
	return m, tea.Batch(cmd, callFeed(call, h.name))
}
