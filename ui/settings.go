package ui

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// settings are what the user has set up on the screen, by key. It is shared by copies of the model.
type settings struct {
	values  map[string]string
	unsaved map[string]string // an empty value removes the key
	due     bool              // unsaved is to be saved now
	saving  bool              // one save at a time, so that the last one holds
}

func newSettings(kept map[string]string) *settings {
	s := &settings{values: map[string]string{}, unsaved: map[string]string{}}
	maps.Copy(s.values, kept)
	return s
}

const settingSeparator = "\t" // no symbol has one

func settingKey(parts ...string) string { return strings.Join(parts, settingSeparator) }

// withPrefix are the settings whose keys begin so, by the rest of the key.
func (s *settings) withPrefix(prefix string) map[string]string {
	found := map[string]string{}
	for key, value := range s.values {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			found[rest] = value
		}
	}
	return found
}

type settingsSavedMsg struct{ err error }

// keepSetting has a setting kept from run to run; an empty value removes it.
func (m Model) keepSetting(key, value string) (Model, tea.Cmd) {
	if !m.settings.note(key, value) {
		return m, nil
	}
	return m, m.saveSettings()
}

// keep has a setting saved once the message that changes it is handled.
func (s *settings) keep(key, value string) {
	s.due = s.note(key, value) || s.due
}

// saveDue saves what is due.
func (m Model) saveDue() tea.Cmd {
	if !m.settings.due {
		return nil
	}
	return m.saveSettings()
}

// note has a setting saved with the next, at the end of the program at the latest. It reports whether it has changed.
func (s *settings) note(key, value string) (changed bool) {
	if s.values[key] == value {
		return false
	}
	s.values[key], s.unsaved[key] = value, value
	if value == "" {
		delete(s.values, key)
	}
	return true
}

func (m Model) saveSettings() tea.Cmd {
	s, save := m.settings, m.config.SaveSettings
	if save == nil || len(s.unsaved) == 0 {
		return nil
	}
	if s.saving {
		s.due = true
		return nil
	}
	changes := s.unsaved
	s.unsaved, s.saving, s.due = map[string]string{}, true, false
	return func() tea.Msg { return settingsSavedMsg{save(changes)} }
}

func (m Model) settingsSaved(msg settingsSavedMsg) (Model, tea.Cmd) {
	m.settings.saving = false
	next := m.saveDue()
	if msg.err == nil {
		return m, next
	}
	m, cmd := m.showToast(span{bad, "not kept for the next run: " + plainLine(msg.err.Error())})
	return m, tea.Batch(cmd, next)
}

// quit ends the program once everything is kept.
func (m Model) quit() tea.Cmd {
	m.settings.saving = false
	if save := m.saveSettings(); save != nil {
		return tea.Sequence(save, tea.Quit)
	}
	return tea.Quit
}

// applySettings sets up the screen as it was left.
func (m Model) applySettings() Model {
	v := &m.view
	v.pins, v.edits = map[string]bool{}, listEdits{}
	for symbol := range m.settings.withPrefix(settingKey("pin", "")) {
		v.pins[symbol] = true
	}
	for symbol, value := range m.settings.withPrefix(settingKey("all", "")) {
		v.edits.set(listID{}, symbol, value == symbolAdded)
	}
	for key, value := range m.settings.withPrefix(settingKey("list", "")) {
		name, symbol, _ := strings.Cut(key, settingSeparator)
		v.edits.set(listID{watchlist, name}, symbol, value == symbolAdded)
	}
	m = m.applyFold()
	v = &m.view
	v.order = parseSortOrder(cmp.Or(m.settings.values["sort"], m.config.Sort))
	m.prices.columns = m.configuredColumns()
	if columns := parseColumns(strings.Fields(m.settings.values["columns"])); len(columns) > 0 {
		m.prices.columns = columns
	}
	v.redefined = true
	m.detailsClosed = m.settings.values["details"] == "closed"
	m.chart = parseChart(m.settings.values["chart"])
	read := newReadHeadlines()
	for key := range m.settings.withPrefix(settingKey("read", "")) {
		read.keys[key] = true
	}
	m.news.readBefore = read
	for _, key := range slices.Sorted(maps.Keys(m.settings.withPrefix(settingKey("alert", "")))) {
		symbol, text, _ := strings.Cut(key, settingSeparator)
		m.alerts, _ = m.alerts.add(symbol, text) // one that a later version wrote may not be understood
	}
	m = m.applyKeptTheme()
	return m
}
