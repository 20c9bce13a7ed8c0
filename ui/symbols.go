package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/market"
)

// Values of settings of symbols.
const (
	symbolAdded   = "added"
	symbolRemoved = "removed"

	maxSymbol = 64 // characters
)

// addingText says what becomes of a symbol that the user types.
func (m Model) addingText() string {
	words := "pin symbol"
	if m.view.list.kind != pinnedRows {
		words = "add to " + m.editedList().title()
	}
	if h := m.askedFeed(); h != nil {
		words += ", asking " + h.name + " if no feed has it"
	}
	return words
}

// editedList is the list that symbols are added to: lists that are made from prices have none.
func (m Model) editedList() listID {
	if m.view.list.kind == movers || m.view.list.kind == alertedRows {
		return listID{}
	}
	return m.view.list
}

// askedFeed is the feed that is asked for a symbol: that of the selected row, else the first that can be asked; nil for
// none.
func (m Model) askedFeed() *feedHealth {
	if m.config.Ask == nil {
		return nil
	}
	if r := m.selectedRow(m.shownData()); r != nil {
		if h := m.feeds.byName(r.Feed); h != nil && h.canAsk {
			return h
		}
	}
	for _, h := range m.feeds {
		if h.canAsk {
			return h
		}
	}
	return nil
}

// addSymbol adds a symbol to the list on screen, and asks a feed for it where one can be asked and none has it.
func (m Model) addSymbol(text string) (Model, tea.Cmd) {
	symbol := market.PlainText(strings.TrimSpace(text), maxSymbol)
	if symbol == "" {
		return m, nil
	}
	var asked, kept, shown tea.Cmd
	said := span{accent, symbol + " added to " + m.editedList().title()}
	switch h := m.askedFeed(); {
	case m.hasRow(symbol):
	case h != nil:
		m, asked = m.ask(h, symbol, true)
		said.text += ", asking " + h.name + " for it"
	default:
		said = span{warn, "no feed can be asked for " + symbol + ": its row gets a price once a feed sends one"}
	}
	if m.view.list.kind == pinnedRows {
		m, kept = m.pin(strings.ToUpper(symbol), true)
	} else {
		m, kept = m.editList(m.editedList(), symbol, true)
	}
	m, shown = m.showToast(said)
	return m, tea.Batch(asked, kept, shown)
}

// hasSymbol reports whether a symbol is among others, in upper or lower case.
func hasSymbol(all []string, symbol string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, symbol) })
}

func (m Model) hasRow(symbol string) bool {
	for _, r := range m.board.Rows() {
		if strings.EqualFold(r.Symbol, symbol) {
			return true
		}
	}
	return false
}

// removeSymbol removes the symbol of the selected row from the list on screen. From the list of all, it is no longer asked
// for.
func (m Model) removeSymbol() (Model, tea.Cmd) {
	r := m.selectedRow(m.shownData())
	id := m.view.list
	switch {
	case r == nil && m.lastAdded() != "": // as when a feed refuses what was added to it
		m.prompt = newPrompt(removalPrompt, m.lastAdded())
		return m, nil
	case r == nil:
		return m.sayUnusedKey("-")
	case id.kind == pinnedRows:
		return m.pin(strings.ToUpper(r.Symbol), false)
	case id.kind == movers || id.kind == alertedRows:
		return m.showToast(span{muted, fmt.Sprintf("%s is made from prices: nothing is removed from it", id.title())})
	}
	var asked, kept, shown tea.Cmd
	for _, name := range feedNames(r, m.symbolOf(r)) {
		if h := m.feeds.byName(name); id == (listID{}) && h != nil && h.canAsk && m.config.Ask != nil {
			var one tea.Cmd
			m, one = m.ask(h, r.Symbol, false)
			asked = tea.Batch(asked, one)
		}
	}
	m, kept = m.editList(id, r.Symbol, false)
	m, shown = m.showToast(span{accent, fmt.Sprintf("%s removed from %s; %s adds it again", r.Symbol, id.title(), keyLabel(m.keys.addSymbol))})
	return m, tea.Batch(asked, kept, shown)
}

// lastAdded is a symbol that the user has added to what a feed is asked for; empty for none.
func (m Model) lastAdded() string {
	for _, h := range m.feeds {
		if n := len(h.added); n > 0 {
			return h.added[n-1]
		}
	}
	return ""
}

// takeBack has no feed asked for a symbol that the user has added.
func (m Model) takeBack(symbol string) (Model, tea.Cmd) {
	for _, h := range m.feeds {
		if hasSymbol(h.added, symbol) {
			return m.ask(h, symbol, false)
		}
	}
	return m.showToast(span{muted, "no feed is asked for " + plainLine(symbol)})
}

// ask changes what a feed is asked for.
func (m Model) ask(h *feedHealth, symbol string, wanted bool) (Model, tea.Cmd) {
	ask, name := m.config.Ask, h.name
	value := symbolRemoved
	if wanted {
		value = symbolAdded
	}
	m, kept := m.keepSetting(settingKey("feed", name, symbol), value)
	return m, tea.Batch(kept, func() tea.Msg { ask(name, symbol, wanted); return nil })
}

// editList adds a symbol to a list, or removes it. What is as the configuration has it is not kept.
func (m Model) editList(id listID, symbol string, added bool) (Model, tea.Cmd) {
	key, value := settingKey("all", strings.ToUpper(symbol)), symbolRemoved
	if id.kind == watchlist {
		key = settingKey("list", id.name, strings.ToUpper(symbol))
	}
	if added {
		value = symbolAdded
	}
	edits := m.view.edits.clone()
	edits.set(id, strings.ToUpper(symbol), added)
	if added == m.view.isConfigured(id, symbol) {
		delete(edits[id], strings.ToUpper(symbol))
		value = ""
	}
	m.view.edits = edits
	return m.redefine().keepSetting(key, value)
}

// isConfigured reports whether a symbol is in a list before the user edits it. All rows are in the list of all.
func (v *rowView) isConfigured(id listID, symbol string) bool {
	if id.kind != watchlist {
		return true
	}
	for _, l := range v.lists {
		if l.Name == id.name {
			return hasSymbol(l.Symbols, symbol)
		}
	}
	return false
}
