package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"
)

const wheelRows = 3 // that one step of the wheel scrolls

// toggleMouse gives the mouse back to the terminal, which selects text with it, or takes it.
func (m Model) toggleMouse() (Model, tea.Cmd) {
	m.mouseReleased = !m.mouseReleased
	words := "the mouse is livetape's again"
	if m.mouseReleased {
		words = "the mouse selects text; " + keyLabel(m.keys.mouse) + " takes it back"
	}
	m, cmd := m.showToast(span{accent, words})
	return m, tea.Batch(cmd, m.mouseMode())
}

// mouseMode tells the terminal whose the mouse is.
func (m Model) mouseMode() tea.Cmd {
	if m.mouseReleased {
		return tea.DisableMouse
	}
	return tea.EnableMouseCellMotion
}

func (m Model) handleMouse(msg tea.MouseMsg) (Model, tea.Cmd) {
	switch {
	case msg.Button == tea.MouseButtonWheelUp:
		return m.turnWheel(msg, -wheelRows), nil
	case msg.Button == tea.MouseButtonWheelDown:
		return m.turnWheel(msg, wheelRows), nil
	case msg.Button != tea.MouseButtonLeft || msg.Action != tea.MouseActionPress:
		return m, nil
	case m.layout.footer > 0 && msg.Y == m.height-1:
		return m.clickFooter(msg.X)
	case m.isOnStrip(msg.Y):
		return m.handleKey(runs(m.keys.feeds))
	case m.layout.tabs > 0 && msg.Y == m.layout.header+m.layout.status:
		return m.clickTabLine(msg.X)
	}
	if part, found := m.detailPartAt(msg.X, msg.Y); found {
		return m.clickDetails(part), nil
	}
	return m.click(m.placeAt(msg.X, msg.Y))
}

// click chooses a row; a row that is chosen already is opened.
func (m Model) click(p mousePlace) (Model, tea.Cmd) {
	if !p.found {
		return m, nil
	}
	before := m.focus
	m = m.focusPane(p.pane)
	l := m.focusedList()
	switch {
	case p.row < 0 && p.isHead && m.overlay == noOverlay:
		return m.clickHead(p.x)
	case p.row < 0 || m.layout.page > 0:
		return m, nil
	case p.row == l.cursor && m.focus == before:
		return m.openSelected()
	}
	return m.moveCursorBy(p.row - l.cursor), nil
}

// isOnStrip reports whether the strip of feeds is on this line.
func (m Model) isOnStrip(y int) bool {
	return m.prompt.kind == noPrompt && len(m.feeds) > 1 && m.rewound == nil && m.layout.status > 0 && y == m.layout.header+m.layout.status-1
}

// clickTabLine shows the list whose tab is there, or asks for a filter where the line names its key, at its end.
func (m Model) clickTabLine(x int) (Model, tea.Cmd) {
	right := m.shortViewSpans()
	if hint := right[len(right)-2:]; m.prompt.kind == noPrompt && m.view.filter == nil && x >= m.width-1-spanCells(hint) {
		return m.handleKey(runs(m.keys.find))
	}
	return m.clickTab(x), nil
}

// clickTab shows the list whose tab is there.
func (m Model) clickTab(x int) Model {
	at := 1
	for _, t := range m.shownTabs() {
		end := at + spanCells(t.spans)
		if x >= at && x < end && slices.Contains(m.view.listIDs(), t.listID) {
			return m.showList(t.listID)
		}
		at = end
	}
	return m
}

// clickHead sorts by the column whose head is there.
func (m Model) clickHead(x int) (Model, tea.Cmd) {
	layout, end := m.focusedColumns(), gutter
	for _, s := range layout.slots {
		end += s.width + layout.gap
		if x < end && s.col.isSortable() {
			return m.sortByHead(s.col)
		}
	}
	return m, nil
}

func (m Model) focusPane(p paneID) Model {
	if m.overlay == noOverlay && slices.Contains(m.focusOrder(), p) {
		m.focus = p
	}
	return m
}

func (m Model) clickFooter(x int) (Model, tea.Cmd) {
	for _, h := range m.footerHints() {
		if x >= h.from && x < h.to {
			return m.handleKey(runs(h.binding))
		}
	}
	return m, nil
}

func (m Model) turnWheel(msg tea.MouseMsg, rows int) Model {
	p := m.placeAt(msg.X, msg.Y)
	if part, found := m.detailPartAt(msg.X, msg.Y); found && (part.pane == focusTape || part.pane == focusSource) {
		m.focus = part.pane
		if m.focus == focusTape && m.tape.held == nil {
			m = m.holdTape()
		}
		p, m = mousePlace{found: true, pane: part.pane}, m.layOut()
	}
	if !p.found {
		return m
	}
	l := m.listOf(p.pane)
	if p.inOverlay {
		l = m.focusedList()
	}
	*l = l.turn(rows)
	return m
}

// mousePlace is what is under the mouse.
type mousePlace struct {
	found     bool
	pane      paneID
	inOverlay bool // in the list of what covers the panes or stands below them
	row       int  // of the list; less than zero for what stands above, between and below the rows
	isHead    bool // of the columns
	x         int
}

// bottomHeads is how many lines what stands below the panes has above its list.
func (m Model) bottomHeads() int {
	if m.overlay == feedsOverlay {
		return feedHeads(m.layout.width)
	}
	return 1
}

// placeAt is the place of a cell of the screen.
func (m Model) placeAt(x, y int) mousePlace {
	l := m.layout
	if l.details.beside && x >= l.width {
		return mousePlace{}
	}
	top := l.header + l.status + l.tabs
	for _, part := range []struct {
		lines, heads int
		list         list
		pane         paneID
		inOverlay    bool
	}{
		{l.page, 1, m.page, m.focus, true},
		{l.prices, m.prices.headLines(l.prices), m.prices.list, focusPrices, false},
		{l.readings, m.readings.headLines(l.readings), m.readings.list, focusReadings, false},
		{l.news, l.news - m.news.height, m.news.list, focusNews, false},
		{l.log, l.log - m.logPane.height, m.logPane.list, focusLog, false},
		{l.bottom, m.bottomHeads(), *m.focusedList(), m.focus, true},
	} {
		if y < top || y >= top+part.lines {
			top += part.lines
			continue
		}
		place := mousePlace{found: true, pane: part.pane, inOverlay: part.inOverlay, row: -1, x: x}
		line, t := y-top-part.heads, m.shownData()
		isTable := !part.inOverlay && !m.showsRaw(t) && (part.pane == focusPrices || part.pane == focusReadings)
		switch {
		case isTable && line < 0:
			place.isHead = line == -1 && part.heads > 0
		case isTable && part.pane == focusReadings:
			place.row = m.readings.rowAt(line, t.readings, m.feeds, m.now)
		case isTable:
			place.row = m.prices.rowAt(line, t.rows, m.feeds, m.now)
		case line >= 0 && line < part.list.height && part.list.top+line < part.list.total:
			place.row = part.list.top + line
		}
		return place
	}
	return mousePlace{}
}
