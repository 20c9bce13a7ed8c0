package ui

import (
	"slices"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"

	"livetape/feed/market"
)

const (
	maxCommandLines = 12
	maxQuery        = 40 // characters
)

// commandPalette is the list of all actions, of which the user types a few letters.
type commandPalette struct {
	list
	query string
}

// command is an action that the query matches, and which bytes of its text do.
type command struct {
	action
	enabled bool // it does something now
	matched []int
}

// commands are the actions of this run that the query matches, the best first; without a query all, in the order of the help.
func (m Model) commands() []command {
	var all []command
	var texts []string
	closed := m
	closed.overlay = noOverlay
	keys := closed.currentKeys()
	now := keys.actions()
	for i, a := range m.allKeys.actions() {
		if a.binding.Enabled() {
			all = append(all, command{action: now[i], enabled: now[i].binding.Enabled()})
			texts = append(texts, now[i].binding.Help().Desc)
		}
	}
	if m.palette.query == "" {
		return all
	}
	var found []command
	for _, match := range fuzzy.Find(m.palette.query, texts) {
		c := all[match.Index]
		c.matched = match.MatchedIndexes
		found = append(found, c)
	}
	return found
}

// handlePaletteKey edits the query, moves over the commands, and runs one.
func (m Model) handlePaletteKey(msg tea.KeyMsg) (Model, tea.Cmd) {
	p := &m.palette
	switch msg.Type {
	case tea.KeyEsc:
		m.overlay = noOverlay
		return m, nil
	case tea.KeyEnter:
		return m.runCommand()
	case tea.KeyUp, tea.KeyCtrlP, tea.KeyShiftTab:
		p.list = p.move(-1)
	case tea.KeyDown, tea.KeyCtrlN, tea.KeyTab:
		p.list = p.move(1)
	case tea.KeyPgUp:
		p.list = p.move(-p.fullPage())
	case tea.KeyPgDown:
		p.list = p.move(p.fullPage())
	case tea.KeyBackspace:
		_, size := utf8.DecodeLastRuneInString(p.query)
		return m.search(p.query[:len(p.query)-size]), nil
	case tea.KeyCtrlU:
		return m.search(""), nil
	case tea.KeyRunes, tea.KeySpace:
		return m.search(p.query + string(msg.Runes)), nil
	}
	return m, nil
}

func (m Model) search(query string) Model {
	m.palette = commandPalette{query: market.PlainText(query, maxQuery)}
	return m
}

func (m Model) runCommand() (Model, tea.Cmd) {
	all := m.commands()
	if m.overlay = noOverlay; len(all) == 0 {
		return m, nil
	}
	chosen := all[m.palette.cursor]
	if m = m.layOut(); !chosen.binding.Enabled() {
		return m.showToast(span{muted, chosen.binding.Help().Desc + " does nothing here"})
	}
	return m.handleKey(runs(*chosen.binding))
}

func (m Model) viewCommands(height int) []string {
	area := m.overlayArea(height)
	w := newLineWriter(m.theme, area.width)
	all := m.commands()
	lines := []string{paneTitleLine(w, area, keyLabel(m.keys.commands)+" "+m.palette.query+"▌", positionText(m.palette.list), "enter runs, esc closes")}
	for i := m.palette.top; i < min(m.palette.end(), len(all)); i++ {
		w.selected = i == m.palette.cursor
		drawCursorMark(w)
		all[i].draw(w)
		lines = append(lines, w.endLine())
	}
	if len(all) == 0 {
		w.write(muted, "  no action matches; esc closes")
		lines = append(lines, w.endLine())
	}
	return padLines(lines, height)
}

// draw writes what the command does, the letters that match in bold, and its keys.
func (c command) draw(w *lineWriter) {
	text, usual := c.binding.Help().Desc, plain
	if !c.enabled {
		usual = stale
	}
	for i, r := range text {
		st := usual
		if slices.Contains(c.matched, i) {
			st = accent
		}
		w.write(st, string(r))
	}
	w.writeBlanks(helpColumn - cells(text))
	w.write(muted, string(c.place))
	keys := keyNamesOf(*c.binding)
	w.writeBlanks(w.width - w.used - cells(keys) - 1)
	w.write(keyStyle, keys)
}
