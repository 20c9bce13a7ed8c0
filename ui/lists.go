package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/market"
)

// List is a watchlist: the symbols of a name, in upper or lower case.
type List struct {
	Name    string
	Symbols []string
}

const pinSign = "★"

type listKind int8

const (
	allRows listKind = iota
	pinnedRows
	watchlist // by name
	movers
	alertedRows
	noList // where tabs have no room
)

// listID is a list of rows. Zero is that of all.
type listID struct {
	kind listKind
	name string // of a watchlist
}

func (id listID) title() string {
	if id.kind == watchlist {
		return plainLine(id.name)
	}
	return [...]string{allRows: "all", pinnedRows: "pinned", movers: "movers", alertedRows: "alerts"}[id.kind]
}

// listEdits are the symbols that the user has added to a list (true) or removed from it (false), in capitals.
type listEdits map[listID]map[string]bool

func (e listEdits) set(id listID, symbol string, added bool) {
	if e[id] == nil {
		e[id] = map[string]bool{}
	}
	e[id][symbol] = added
}

func (e listEdits) clone() listEdits {
	c := listEdits{}
	for id, symbols := range e {
		c[id] = maps.Clone(symbols)
	}
	return c
}

// listIDs are the lists in the order of their tabs.
func (v *rowView) listIDs() []listID {
	ids := []listID{{}, {kind: pinnedRows}}
	for _, l := range v.lists {
		ids = append(ids, listID{watchlist, l.Name})
	}
	ids = append(ids, listID{kind: movers})
	if v.counts[listID{kind: alertedRows}] > 0 || v.list.kind == alertedRows {
		ids = append(ids, listID{kind: alertedRows})
	}
	return ids
}

// symbolsOf is a watchlist as the user has edited it.
func (v *rowView) symbolsOf(l List) (symbols []string) {
	edits := v.edits[listID{watchlist, l.Name}]
	for _, s := range l.Symbols {
		if kept, edited := edits[strings.ToUpper(s)]; kept || !edited {
			symbols = append(symbols, s)
		}
	}
	for _, s := range slices.Sorted(maps.Keys(edits)) {
		if edits[s] && !hasSymbol(l.Symbols, s) {
			symbols = append(symbols, s)
		}
	}
	return symbols
}

// members are the rows of the list on screen, and how many rows each list has.
func (a *arrangement) members() (rows []*market.Row, counts map[listID]int) {
	counts = map[listID]int{}
	removed := a.edits[listID{}]
	var all []*market.Row
	bySymbol := map[string][]*market.Row{}
	for _, r := range a.base {
		symbol := strings.ToUpper(r.Symbol)
		bySymbol[symbol] = append(bySymbol[symbol], r)
		if kept, edited := removed[symbol]; kept || !edited {
			all = append(all, r)
		}
	}
	each := func(id listID, members []*market.Row) {
		counts[id] = len(members)
		if id == a.list {
			rows = members
		}
	}
	each(listID{}, all)
	each(listID{kind: pinnedRows}, slices.DeleteFunc(slices.Clone(all), func(r *market.Row) bool { return !a.isPinned(r) }))
	for _, l := range a.lists {
		each(listID{watchlist, l.Name}, a.watched(a.symbolsOf(l), bySymbol))
	}
	each(listID{kind: movers}, a.byMove(all))
	each(listID{kind: alertedRows}, slices.DeleteFunc(slices.Clone(all), func(r *market.Row) bool { return !a.alerted(r) }))
	return slices.Clone(rows), counts
}

// watched are the rows of symbols, and an empty one for each that no feed has a row for.
func (a *arrangement) watched(symbols []string, bySymbol map[string][]*market.Row) (rows []*market.Row) {
	for _, s := range symbols {
		key := strings.ToUpper(s)
		if known := bySymbol[key]; len(known) > 0 {
			rows = append(rows, known...)
			continue
		}
		if a.empty[key] == nil {
			if a.empty == nil {
				a.empty = map[string]*market.Row{}
			}
			a.empty[key] = &market.Row{Symbol: s}
		}
		rows = append(rows, a.empty[key])
	}
	return rows
}

func (m Model) showList(id listID) Model {
	m.view.list = id
	m.prices.list, m.readings.list = list{}, list{}
	m.overlay, m.showRaw = noOverlay, false
	if m.focus != focusReadings {
		m.focus = focusPrices
	}
	m = m.redefine()
	return m
}

// showListNumber shows the list of that number, from 1.
func (m Model) showListNumber(n int) (Model, tea.Cmd) {
	ids := m.view.listIDs()
	if n > len(ids) {
		return m.showToast(span{muted, fmt.Sprintf("there is no list %d", n)})
	}
	return m.showList(ids[n-1]), nil
}

// showListBeside shows the list by so many tabs to the right, or to the left.
func (m Model) showListBeside(by int) Model {
	ids := m.view.listIDs()
	return m.showList(ids[(slices.Index(ids, m.view.list)+by+len(ids))%len(ids)])
}

// togglePin pins the symbol of the selected row, or unpins it.
func (m Model) togglePin() (Model, tea.Cmd) {
	r := m.selectedRow(m.shownData())
	if r == nil {
		return m.sayUnusedKey(" ")
	}
	symbol := strings.ToUpper(r.Symbol)
	return m.pin(symbol, !m.view.pins[symbol])
}

func (m Model) pin(symbol string, pinned bool) (Model, tea.Cmd) {
	m.view.pins = maps.Clone(m.view.pins)
	value := ""
	if pinned {
		value = "1"
		m.view.pins[symbol] = true
	} else {
		delete(m.view.pins, symbol)
	}
	return m.redefine().keepSetting(settingKey("pin", symbol), value)
}

// noRowsText says why the list on screen has no row, and what to do.
func (m Model) noRowsText() []span {
	v := &m.view
	switch {
	case v.filter != nil && v.counts[v.list] > 0:
		return []span{
			{strong, "No row of " + v.list.title() + " matches " + plainLine(v.text) + "."},
			{muted, keyLabel(m.keys.back) + " clears the filter. Words are looked for in symbols and names; expressions compare fields: chg% > 2 and vol > 1m, age > 30s, news."},
		}
	case v.list.kind == pinnedRows:
		return []span{{strong, "No symbol is pinned."}, {muted, keyLabel(m.keys.pin) + " pins the selected one, in any list."}}
	case v.list.kind == movers:
		return []span{{strong, "No price has changed yet."}}
	case v.list.kind == watchlist:
		return []span{{strong, "There is no symbol in " + v.list.title() + "."}, {muted, keyLabel(m.keys.addSymbol) + " adds one."}}
	}
	return []span{{strong, "All rows are removed from this list."}, {muted, keyLabel(m.keys.addSymbol) + " adds a symbol."}}
}
