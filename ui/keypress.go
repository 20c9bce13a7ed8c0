package ui

import (
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed"
	"livetape/feed/market"
)

// pressAll takes keys that arrived together, which come as one, in turn.
func (m Model) pressAll(msg tea.KeyMsg) (Model, tea.Cmd) {
	if msg.Type != tea.KeyRunes || msg.Paste || len(msg.Runes) < 2 {
		return m.press(msg)
	}
	var all []tea.Cmd
	for _, r := range msg.Runes {
		one := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}
		next, cmd := m.press(one)
		m, all = next.arrange(), append(all, cmd)
		if key.Matches(one, m.keys.quit) {
			break
		}
	}
	return m, tea.Batch(all...)
}

// press does what a key asks for.
func (m Model) press(msg tea.KeyMsg) (Model, tea.Cmd) {
	k := m.keys
	switch {
	case key.Matches(msg, k.quit):
		return m, tea.Quit
	case key.Matches(msg, k.suspend):
		return m, tea.Suspend
	case key.Matches(msg, k.back):
		return m.close(), nil
	case key.Matches(msg, k.help):
		return m.toggle(helpOverlay), nil
	case key.Matches(msg, k.fault):
		return m.toggle(faultsOverlay), nil
	case key.Matches(msg, k.open):
		return m.enter()
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
		if call := m.wind(msg); call != nil {
			return m, command(m.config.Deck, call)
		}
	}
	return m.walk(msg), nil
}

// wind is what a key asks of the tape; nil when it asks nothing.
func (m Model) wind(msg tea.KeyMsg) func() {
	k, deck, p := m.keys, m.config.Deck, m.deck
	switch {
	case key.Matches(msg, k.pause) && p.Paused:
		return deck.Resume
	case key.Matches(msg, k.pause):
		return deck.Pause
	case key.Matches(msg, k.step):
		return deck.Step
	case key.Matches(msg, k.faster):
		return func() { deck.SetSpeed(pace(p.Speed, 1)) }
	case key.Matches(msg, k.slower):
		return func() { deck.SetSpeed(pace(p.Speed, -1)) }
	case key.Matches(msg, k.forward):
		return func() { deck.Seek(p.Offset + skip) }
	case key.Matches(msg, k.backward):
		return func() { deck.Seek(max(p.Offset-skip, 0)) }
	}
	return nil
}

// walk moves the cursor of the pane that has the keyboard, or the text of the help.
func (m Model) walk(msg tea.KeyMsg) Model {
	l := m.focused()
	n := m.keys.rows(msg, *l)
	if m.overlay == helpOverlay {
		*l = l.scroll(n)
	} else {
		*l = l.move(n)
	}
	return m
}

// rows is how far down a key moves on a list, or up by less than zero.
func (k keyMap) rows(msg tea.KeyMsg, l list) int {
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

// focused is the list that has the keyboard, within this copy of the model.
func (m *Model) focused() *list {
	switch {
	case m.overlay == helpOverlay:
		return &m.help
	case m.overlay == faultsOverlay:
		return &m.menu
	case m.focus == newsPane:
		return &m.news.list
	case m.focus == eventsPane:
		return &m.logPane.list
	}
	return &m.prices.list
}

// close takes away what stands over the panes, then the log; it never ends the program.
func (m Model) close() Model {
	switch {
	case m.overlay != noOverlay:
		m.overlay = noOverlay
	case m.showLog:
		return m.toggleLog()
	}
	return m
}

func (m Model) toggle(o overlay) Model {
	if m.overlay == o {
		o = noOverlay
	}
	m.overlay, m.help = o, list{}
	return m
}

// enter opens the details of the selected row, or injects the selected fault.
func (m Model) enter() (Model, tea.Cmd) {
	if m.overlay == faultsOverlay {
		m.overlay = noOverlay
		return m, inject(m.config.Faults[m.menu.cursor])
	}
	return m.toggle(detailOverlay), nil
}

// nextPane gives the keyboard to the next pane there is.
func (m Model) nextPane() Model {
	panes := m.panes()
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
		m.focus, m.overlay = eventsPane, noOverlay
		m.logPane.list = m.logPane.last()
	case m.focus == eventsPane:
		m.focus = pricesPane
	}
	return m
}

// togglePause holds the screen still, or lets it go on with what came meanwhile.
func (m Model) togglePause() Model {
	if m.frozen != nil {
		return m.goOn()
	}
	now := m.tape()
	s := &still{shown: shown{marks: now.marks, log: now.log}, shared: map[*market.Row]*market.Row{}, widths: m.prices.widths, news: m.news}
	for _, r := range now.rows {
		held := copyOf(r)
		s.rows, s.shared[r] = append(s.rows, held), held
	}
	for _, story := range now.stories {
		s.stories = append(s.stories, copyOf(story))
	}
	m.frozen = s
	return m
}

// goOn ends a pause; the cursor stays on its headline.
func (m Model) goOn() Model {
	held, grown := m.frozen.stories, m.frozen
	m.frozen = nil
	m.prices.widths = grown.widths
	m.news.source, m.news.symbols = grown.news.source, grown.news.symbols
	if m.news.cursor > 0 && len(held) > 0 {
		m.news.list = m.news.shift(int(m.newest() - held[0].Seq))
	}
	return m
}

func copyOf[T market.Row | market.Story](p *T) *T {
	v := *p
	return &v
}

// target is the feed that a key speaks of: that of the selected row where there are several, else the one
// that needs help most.
func (m Model) target() *health {
	if t := m.tape(); len(m.feeds) > 1 && m.focus == pricesPane && m.prices.cursor < len(t.rows) {
		return m.feeds.of(t.rows[m.prices.cursor].Feed)
	}
	return m.feeds.troubled(m.now)
}

func (m Model) retryNow() (Model, tea.Cmd) {
	h := m.target()
	if h == nil {
		return m, nil
	}
	m, cmd := m.say(span{accent, "retrying " + h.name + " now"})
	return m, tea.Batch(cmd, ask(m.config.Control.RetryNow, h.name))
}

// toggleConnection closes a connection for good, or opens one that is closed.
func (m Model) toggleConnection() (Model, tea.Cmd) {
	h := m.target()
	if h == nil {
		return m, nil
	}
	if h.down() {
		m, cmd := m.say(span{accent, "connecting " + h.name})
		return m, tea.Batch(cmd, ask(m.config.Control.Connect, h.name))
	}
	m, cmd := m.say(span{accent, "disconnecting " + h.name})
	return m, tea.Batch(cmd, ask(m.config.Control.Disconnect, h.name))
}

// down reports whether the feed has ended, until it is asked to connect again.
func (h *health) down() bool {
	return h.status.State == feed.Closed || h.status.State == feed.Failed
}
