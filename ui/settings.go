package ui

import (
	"cmp"
	"maps"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// settings are what the user has set up on the screen, by key. It is shared by copies of the model.
type settings struct {
	values  map[string]string
	unsaved map[string]string // an empty value removes the key
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
	if m.settings.values[key] == value {
		return m, nil
	}
	m.settings.values[key], m.settings.unsaved[key] = value, value
	return m, m.saveSettings()
}

func (m Model) saveSettings() tea.Cmd {
	s, save := m.settings, m.config.SaveSettings
	if save == nil || s.saving || len(s.unsaved) == 0 {
		return nil
	}
	changes := s.unsaved
	s.unsaved, s.saving = map[string]string{}, true
	return func() tea.Msg { return settingsSavedMsg{save(changes)} }
}

func (m Model) settingsSaved(msg settingsSavedMsg) (Model, tea.Cmd) {
	m.settings.saving = false
	next := m.saveSettings()
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
	return m.applyKeptTheme()
}
