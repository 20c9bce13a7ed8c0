package ui

import (
	"github.com/charmbracelet/bubbles/key"
)

const (
	helpColumn = 28 // cells of one key and what it does
	helpName   = 8  // of these, the key's
)

// helpLines lays the bindings out in as many columns as the width has room for.
func (m Model) helpLines(width int) [][]key.Binding {
	columns := max(min((width-gutter)/helpColumn, 3), 1)
	groups := m.keys.FullHelp()
	if columns < len(groups) {
		groups = flatten(groups, columns)
	}
	var lines [][]key.Binding
	for row := 0; ; row++ {
		line := make([]key.Binding, len(groups))
		some := false
		for i, g := range groups {
			if g = enabled(g); row < len(g) {
				line[i], some = g[row], true
			}
		}
		if !some {
			return lines
		}
		lines = append(lines, line)
	}
}

// flatten deals the bindings of all groups out to so many columns.
func flatten(groups [][]key.Binding, columns int) [][]key.Binding {
	var all []key.Binding
	for _, g := range groups {
		all = append(all, enabled(g)...)
	}
	each := (len(all) + columns - 1) / columns
	var out [][]key.Binding
	for from := 0; from < len(all); from += each {
		out = append(out, all[from:min(from+each, len(all))])
	}
	return out
}

func enabled(group []key.Binding) []key.Binding {
	var out []key.Binding
	for _, b := range group {
		if b.Enabled() {
			out = append(out, b)
		}
	}
	return out
}

// viewHelp draws the part of the help that its list has on screen.
func (m Model) viewHelp(height int) []string {
	f := frame{m.styles, m.now, m.width, height, true}
	where := ""
	if m.help.total > m.help.height {
		where = place(m.help)
	}
	lines := []string{rule(newPen(m.styles, m.width), f, "Keys", where, press(m.keys.back)+" closes")}
	text := m.helpText()
	return pad(append(lines, text[min(m.help.top, len(text)):min(m.help.end(), len(text))]...), height)
}

// helpText is every key there is, and what the signs on screen mean.
func (m Model) helpText() []string {
	pn := newPen(m.styles, m.width)
	var lines []string
	for _, line := range m.helpLines(m.width) {
		pn.space(gutter)
		for _, b := range line {
			pn.right(keyName, b.Help().Key, helpName)
			pn.left(muted, "  "+b.Help().Desc, helpColumn-helpName)
		}
		lines = append(lines, pn.end())
	}
	lines = append(lines, "", rule(pn, frame{}, "Signs", "", ""))
	return append(lines, m.legend(pn)...)
}

// legend explains the signs of the tables.
func (m Model) legend(pn *pen) []string {
	var lines []string
	for _, s := range [...][2]string{
		{"▲▼", "direction of the last change of price"},
		{"≈", "middle of bid and ask: the feed gives no last price"},
		{missing, "the feed has not given this number"},
		{"VOL≈", "volume cut to three digits, K M B T: a wider screen has all of them"},
		{"AGE", "time since the feed last spoke of the symbol; older rows fade, all do when the feed is not live"},
		{"p o s f", "change from close, open, first price seen, or as the feed gives it"},
		{"┄┄", "a gap in the stream, and what is known to be missing"},
		{"▁▄█", "in the details, the course of the price: 1 s is a bar a second, 1 min is a bar a minute"},
		{"? ✕", "in the event log: not mapped to prices or news; not usable"},
	} {
		name := s[0]
		for _, words := range wrap(s[1], m.width-gutter-helpName-2, len(s[1])) {
			pn.space(gutter)
			pn.right(keyName, name, helpName)
			pn.put(muted, "  "+words)
			lines, name = append(lines, pn.end()), ""
		}
	}
	return lines
}
