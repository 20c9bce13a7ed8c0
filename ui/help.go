package ui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"
)

const (
	helpColumn = 28 // cells for a key and what it does
	helpName   = 8  // of these, for the key
)

func (m Model) helpLines(width int) [][]key.Binding {
	columns := max(min((width-gutter)/helpColumn, 3), 1)
	groups := m.keys.FullHelp()
	if columns < len(groups) {
		groups = distributeToColumns(groups, columns)
	}
	var lines [][]key.Binding
	for row := 0; ; row++ {
		line := make([]key.Binding, len(groups))
		some := false
		for i, g := range groups {
			if g = enabledBindings(g); row < len(g) {
				line[i], some = g[row], true
			}
		}
		if !some {
			return lines
		}
		lines = append(lines, line)
	}
}

func distributeToColumns(groups [][]key.Binding, columns int) [][]key.Binding {
	var all []key.Binding
	for _, g := range groups {
		all = append(all, enabledBindings(g)...)
	}
	return slices.Collect(slices.Chunk(all, (len(all)+columns-1)/columns))
}

func enabledBindings(group []key.Binding) []key.Binding {
	return slices.DeleteFunc(slices.Clone(group), func(b key.Binding) bool { return !b.Enabled() })
}

func (m Model) viewPage(height int) []string {
	area := m.overlayArea(height)
	where := ""
	if m.page.total > m.page.height {
		where = positionText(m.page)
	}
	name := map[overlay]string{helpOverlay: "Keys", mapOverlay: "Map of " + m.mapPage.feed, eventOverlay: "Raw event"}[m.overlay]
	lines := []string{paneTitleLine(newLineWriter(m.theme, m.width), area, name, where, keyLabel(m.keys.back)+" closes")}
	text := m.pageContent()
	return padLines(append(lines, text[min(m.page.top, len(text)):min(m.page.end(), len(text))]...), height)
}

func (m Model) pageContent() []string {
	switch m.overlay {
	case mapOverlay:
		return m.mapContent()
	case eventOverlay:
		return m.eventContent()
	}
	return m.helpContent()
}

func (m Model) helpContent() []string {
	w := newLineWriter(m.theme, m.width)
	var lines []string
	for _, line := range m.helpLines(m.width) {
		w.writeBlanks(gutter)
		for _, b := range line {
			w.writeRight(keyStyle, b.Help().Key, helpName)
			w.writeLeft(muted, "  "+b.Help().Desc, helpColumn-helpName)
		}
		lines = append(lines, w.endLine())
	}
	lines = append(lines, "", paneTitleLine(w, drawContext{}, "Signs", "", ""))
	return append(lines, m.legend(w)...)
}

func (m Model) legend(w *lineWriter) []string {
	var lines []string
	for _, s := range [...][2]string{
		{"▲▼", "direction of the last change of price"},
		{"≈", "middle of bid and ask: the feed gives no last price"},
		{missing, "the feed has not given this number"},
		{"VOL≈", "volume cut to three digits, K M B T: a wider screen has all of them"},
		{outsideSign, "the last price is outside bid and ask: one of them is old"},
		{".0₅1", "five zeros behind the point, then 1; the details have all digits of every number"},
		{"AGE", "age of the price, by its own time where that is older than usual for the feed; cells fade by their age, all do when the feed is not live"},
		{"p o s f", "change from close, open, first price seen, or as the feed gives it"},
		{"◌", "QUIET: bytes come, but no events for far longer than is usual for the feed; SILENT: nothing comes"},
		{"┄┄", "a gap in the stream, and what is known to be missing"},
		{"▁▄█", "the course of the price: 1 s is a bar a second, 1 min is a bar a minute; thin where no price came, ┄ where no stream was"},
		{"? ✕", "in the event log: not mapped to prices or news; not usable"},
		{guessSign, "read by a map that was guessed from the first events, until you confirm it: m shows it"},
	} {
		name := s[0]
		for _, words := range wrap(s[1], m.width-gutter-helpName-2, len(s[1])) {
			w.writeBlanks(gutter)
			w.writeRight(keyStyle, name, helpName)
			w.write(muted, "  "+words)
			lines, name = append(lines, w.endLine()), ""
		}
	}
	return lines
}
