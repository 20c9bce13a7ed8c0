package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
)

// handleKeys takes keys that arrived together, which come as one, in turn.
func (m Model) handleKeys(msg tea.KeyMsg) (Model, tea.Cmd) {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		return m.handleKey(msg)
	}
	var all []tea.Cmd
	for _, r := range msg.Runes {
		one := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}
		next, cmd := m.handleKey(one)
		m, all = next.layOut(), append(all, cmd)
		if key.Matches(one, m.keys.quit) {
			break
		}
	}
	return m, tea.Batch(all...)
}

// handleKey does what a key asks for.
func (m Model) handleKey(msg tea.KeyMsg) (Model, tea.Cmd) {
	k := m.keys
	switch {
	case key.Matches(msg, k.quit):
		return m, tea.Quit
	case key.Matches(msg, k.suspend):
		return m, tea.Suspend
	case key.Matches(msg, k.back):
		return m.goBack(), nil
	case key.Matches(msg, k.help):
		return m.toggleOverlay(helpOverlay), nil
	case key.Matches(msg, k.fault):
		return m.toggleOverlay(faultsOverlay), nil
	case key.Matches(msg, k.open):
		return m.openSelected()
	case key.Matches(msg, k.focus):
		return m.nextPane(), nil
	case key.Matches(msg, k.log):
		return m.toggleLog(), nil
	case key.Matches(msg, k.pause) && m.config.Deck == nil:
		return m.togglePause(), nil
	case key.Matches(msg, k.retry):
		return m.retryNow()
	case key.Matches(msg, k.connect):
		return m.toggleConnection()
	}
	if m.config.Deck != nil {
		if call := m.deckCallFor(msg); call != nil {
			return m, callDeck(m.config.Deck, call)
		}
	}
	return m.moveCursor(msg), nil
}

// deckCallFor is what a key asks of the tape; nil when it asks nothing.
func (m Model) deckCallFor(msg tea.KeyMsg) func() {
	k, deck, p := m.keys, m.config.Deck, m.deck
	switch {
	case key.Matches(msg, k.pause) && p.Paused:
		return deck.Resume
	case key.Matches(msg, k.pause):
		return deck.Pause
	case key.Matches(msg, k.step):
		return deck.Step
	case key.Matches(msg, k.faster):
		return func() { deck.SetSpeed(nextSpeed(p.Speed, 1)) }
	case key.Matches(msg, k.slower):
		return func() { deck.SetSpeed(nextSpeed(p.Speed, -1)) }
	case key.Matches(msg, k.forward):
		return func() { deck.Seek(p.Offset + seekStep) }
	case key.Matches(msg, k.backward):
		return func() { deck.Seek(max(p.Offset-seekStep, 0)) }
	}
	return nil
}

// moveCursor moves the cursor of the pane that has the keyboard, or the text of the help.
func (m Model) moveCursor(msg tea.KeyMsg) Model {
	l := m.focusedList()
	n := m.keys.rowsToMove(msg, *l)
	if m.overlay == helpOverlay {
		*l = l.scroll(n)
	} else {
		*l = l.move(n)
	}
	return m
}

// rowsToMove is how far down a key moves on a list, or up by less than zero.
func (k keyMap) rowsToMove(msg tea.KeyMsg, l list) int {
	switch {
	case key.Matches(msg, k.up):
		return -1
	case key.Matches(msg, k.down):
		return 1
	case key.Matches(msg, k.pageUp):
		return -l.page()
	case key.Matches(msg, k.pageDown):
		return l.page()
	case key.Matches(msg, k.halfUp):
		return -l.half()
	case key.Matches(msg, k.halfDown):
		return l.half()
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
	case m.overlay == helpOverlay:
		return &m.help
	case m.overlay == faultsOverlay:
		return &m.menu
	case m.focus == focusNews:
		return &m.news.list
	case m.focus == focusLog:
		return &m.logPane.list
	}
	return &m.prices.list
}

// goBack takes away what stands over the panes, then the log; it never ends the program.
func (m Model) goBack() Model {
	switch {
	case m.overlay != noOverlay:
		m.overlay = noOverlay
	case m.showLog:
		return m.toggleLog()
	}
	return m
}

func (m Model) toggleOverlay(o overlay) Model {
	if m.overlay == o {
		o = noOverlay
	}
	m.overlay, m.help = o, list{}
	return m
}

// openSelected opens the details of the selected row, or injects the selected fault.
func (m Model) openSelected() (Model, tea.Cmd) {
	if m.overlay == faultsOverlay {
		m.overlay = noOverlay
		return m, injectFault(m.config.Faults[m.menu.cursor])
	}
	return m.toggleOverlay(detailOverlay), nil
}

// nextPane gives the keyboard to the next pane there is.
func (m Model) nextPane() Model {
	panes := m.focusOrder()
	for i, p := range panes {
		if p == m.focus {
			m.focus = panes[(i+1)%len(panes)]
			return m
		}
	}
	m.focus = panes[0]
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

// togglePause holds the screen still, or lets it go on with what came meanwhile.
func (m Model) togglePause() Model {
	if m.paused != nil {
		return m.unpause()
	}
	now := m.content()
	s := &pausedView{content: content{marks: now.marks, log: now.log}, shared: map[*market.Row]*market.Row{}, widths: m.prices.widths, news: m.news}
	for _, r := range now.rows {
		held := shallowCopy(r)
		s.rows, s.shared[r] = append(s.rows, held), held
	}
	for _, story := range now.stories {
		s.stories = append(s.stories, shallowCopy(story))
	}
	m.paused = s
	return m
}

// unpause ends a pause; the cursor stays on its headline.
func (m Model) unpause() Model {
	held, grown := m.paused.stories, m.paused
	m.paused = nil
	m.prices.widths = grown.widths
	m.news.source, m.news.symbols = grown.news.source, grown.news.symbols
	if m.news.cursor > 0 && len(held) > 0 {
		m.news.list = m.news.shift(int(m.newestStory() - held[0].Seq))
	}
	return m
}

func shallowCopy[T market.Row | market.Story](p *T) *T {
	v := *p
	return &v
}

// targetFeed is the feed that a key speaks of: that of the selected row where there are several, else the one
// that needs help most.
func (m Model) targetFeed() *feedHealth {
	if t := m.content(); len(m.feeds) > 1 && m.focus == focusPrices && m.prices.cursor < len(t.rows) {
		return m.feeds.byName(t.rows[m.prices.cursor].Feed)
	}
	return m.feeds.neediest(m.now)
}

func (m Model) retryNow() (Model, tea.Cmd) {
	h := m.targetFeed()
	if h == nil {
		return m, nil
	}
	m, cmd := m.showToast(span{accent, "retrying " + h.name + " now"})
	return m, tea.Batch(cmd, callFeed(m.config.Control.RetryNow, h.name))
}

// toggleConnection closes a connection for good, or opens one that is closed.
func (m Model) toggleConnection() (Model, tea.Cmd) {
	h := m.targetFeed()
	if h == nil {
		return m, nil
	}
	if h.hasEnded() {
		m, cmd := m.showToast(span{accent, "connecting " + h.name})
		return m, tea.Batch(cmd, callFeed(m.config.Control.Connect, h.name))
	}
	m, cmd := m.showToast(span{accent, "disconnecting " + h.name})
	return m, tea.Batch(cmd, callFeed(m.config.Control.Disconnect, h.name))
}

// hasEnded reports whether the feed has ended, until it is asked to connect again.
func (h *feedHealth) hasEnded() bool {
	return h.status.State == feed.Closed || h.status.State == feed.Failed
}
