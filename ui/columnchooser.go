package ui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// ColumnNames are the columns of the table of prices, from left to right.
func ColumnNames() []string {
	var names []string
	for _, c := range defaultColumns() {
		names = append(names, c.String())
	}
	return names
}

// SortNames are the columns that rows can be sorted by.
func SortNames() []string {
	return slices.DeleteFunc(ColumnNames(), func(name string) bool { return !parseSortOrder(name).sorted })
}

func parseColumns(names []string) (chosen []column) {
	for _, name := range names {
		if i := slices.Index(columnNames[:], name); i >= 0 && !slices.Contains(chosen, column(i)) {
			chosen = append(chosen, column(i))
		}
	}
	if len(chosen) > 0 && !slices.Contains(chosen, colSymbol) { // the symbol column cannot be hidden
		chosen = slices.Insert(chosen, 0, colSymbol)
	}
	return chosen
}

// columnChoices are the columns in the order of the chooser: one that is not wanted stands behind the one before it in
// the default order.
func (m Model) columnChoices() []column {
	all := slices.Clone(m.prices.columns)
	for i, c := range defaultColumns() {
		if !slices.Contains(all, c) {
			at := 0
			if i > 0 {
				at = slices.Index(all, defaultColumns()[i-1]) + 1
			}
			all = slices.Insert(all, at, c)
		}
	}
	return all
}

func (m Model) toggleColumnChooser() Model {
	m = m.toggleOverlay(columnsOverlay)
	m.columnList = list{}
	return m
}

// handleColumnKey handles a key of the column chooser. It reports whether it was one.
func (m Model) handleColumnKey(msg tea.KeyMsg) (Model, tea.Cmd, bool) {
	k := m.keys
	chosen := m.columnChoices()[m.columnList.cursor]
	switch {
	case key.Matches(msg, k.toggleColumn):
		m, cmd := m.toggleColumn(chosen)
		return m, cmd, true
	case key.Matches(msg, k.columnLeft):
		m, cmd := m.moveColumn(chosen, -1)
		return m, cmd, true
	case key.Matches(msg, k.columnRight):
		m, cmd := m.moveColumn(chosen, 1)
		return m, cmd, true
	case key.Matches(msg, k.resetColumns):
		m, cmd := m.setColumns(m.configuredColumns())
		return m, cmd, true
	}
	return m, nil, false
}

func (m Model) toggleColumn(c column) (Model, tea.Cmd) {
	if c == colSymbol {
		return m.showToast(span{muted, "the symbol column cannot be hidden"})
	}
	shown := slices.Contains(m.prices.columns, c)
	m, cmd := m.setColumns(slices.DeleteFunc(m.columnChoices(), func(other column) bool {
		return other == c && shown || other != c && !slices.Contains(m.prices.columns, other)
	}))
	m.columnList = m.columnList.move(slices.Index(m.columnChoices(), c) - m.columnList.cursor)
	return m, cmd
}

// moveColumn moves a column by one place. The cursor goes with it.
func (m Model) moveColumn(c column, by int) (Model, tea.Cmd) {
	at := slices.Index(m.prices.columns, c)
	to := at + by
	if at < 0 || to < 0 || to >= len(m.prices.columns) {
		return m, nil
	}
	columns := slices.Clone(m.prices.columns)
	columns[at], columns[to] = columns[to], columns[at]
	m, cmd := m.setColumns(columns)
	m.columnList = m.columnList.move(slices.Index(m.columnChoices(), c) - m.columnList.cursor)
	return m, cmd
}

func (m Model) configuredColumns() []column {
	if columns := parseColumns(m.config.Columns); len(columns) > 0 {
		return columns
	}
	return defaultColumns()
}

func (m Model) setColumns(columns []column) (Model, tea.Cmd) {
	m.prices.columns = columns
	if slices.Equal(columns, m.configuredColumns()) {
		return m.keepSetting("columns", "")
	}
	var names []string
	for _, c := range columns {
		names = append(names, c.String())
	}
	return m.keepSetting("columns", strings.Join(names, " "))
}

func (m Model) viewColumnChooser(height int) []string {
	area := m.overlayArea(height)
	w := newLineWriter(m.theme, area.width)
	choices, shown := m.columnChoices(), m.prices.widths.layOut(m.prices.planned).slots
	right := fmt.Sprintf("%s shows or hides, %s %s move, %s as before", keyLabel(m.keys.toggleColumn), keyLabel(m.keys.columnLeft), keyLabel(m.keys.columnRight), keyLabel(m.keys.resetColumns))
	lines := []string{paneTitleLine(w, area, "Columns", fmt.Sprintf("%d of %d", len(m.prices.columns), len(choices)), right)}
	for i := m.columnList.top; i < min(m.columnList.end(), len(choices)); i++ {
		c := choices[i]
		wanted := slices.Contains(m.prices.columns, c)
		drawn := slices.ContainsFunc(shown, func(s columnSlot) bool { return s.col == c })
		w.selected = i == m.columnList.cursor
		drawCursorMark(w)
		st, box, note := muted, "[ ] ", ""
		if wanted {
			st, box = strong, "[x] "
		}
		if wanted && !drawn {
			note = "nothing to show in it, or no room"
		}
		w.write(st, box)
		w.writeLeft(st, strings.ToUpper(c.String()), 10)
		w.write(muted, note)
		lines = append(lines, w.endLine())
	}
	return padLines(lines, height)
}
