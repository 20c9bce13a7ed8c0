package ui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// handleRowKey handles the keys of rows and lists, of the column chooser, and of searches in text. It reports whether it
// was one.
func (m Model) handleRowKey(msg tea.KeyMsg) (Model, tea.Cmd, bool) {
	k := m.keys
	switch {
	case m.overlay == columnsOverlay:
		if m, cmd, handled := m.handleColumnKey(msg); handled {
			return m, cmd, true
		}
	case m.isTextFocused():
		if m, cmd, handled := m.handleTextKey(msg); handled {
			return m, cmd, true
		}
	}
	var cmd tea.Cmd
	switch {
	case key.Matches(msg, k.fewLog) && m.showLog && m.overlay == noOverlay && m.focus == focusLog:
		return m, nil, false
	case m.overlay != noOverlay && m.overlay != detailOverlay && m.overlay != columnsOverlay:
		return m, nil, false
	case key.Matches(msg, k.columns):
		m = m.toggleColumnChooser()
	case m.overlay == columnsOverlay:
		return m, nil, false
	case key.Matches(msg, k.find):
		m.prompt = newPrompt(filterPrompt, m.view.text)
	case key.Matches(msg, k.sort):
		m, cmd = m.sortNext()
	case key.Matches(msg, k.reverseSort):
		m, cmd = m.reverseSort()
	case key.Matches(msg, k.fold):
		m, cmd = m.forPresentAndPast(Model.toggleFold)
	case key.Matches(msg, k.pin):
		m, cmd = m.togglePin()
	case key.Matches(msg, k.listByNumber):
		m, cmd = m.showListNumber(slices.Index(k.listByNumber.Keys(), msg.String()) + 1)
	case key.Matches(msg, k.previousList):
		m = m.showListBeside(-1)
	case key.Matches(msg, k.nextList):
		m = m.showListBeside(1)
	case key.Matches(msg, k.addAlert) && m.alertedSymbol() != "":
		m.prompt = newPrompt(alertPrompt, "")
	case key.Matches(msg, k.addSymbol):
		m.prompt = newPrompt(symbolPrompt, "")
	case key.Matches(msg, k.removeSymbol):
		m, cmd = m.removeSymbol()
	default:
		return m, nil, false
	}
	return m, cmd, true
}

func (m Model) handleTextKey(msg tea.KeyMsg) (Model, tea.Cmd, bool) {
	switch {
	case key.Matches(msg, m.keys.find):
		m.prompt = newPrompt(searchPrompt, "")
		return m, nil, true
	case key.Matches(msg, m.keys.filterLog):
		m.prompt = newPrompt(logPrompt, m.logPane.filter.text)
		return m, nil, true
	case key.Matches(msg, m.keys.saveLog):
		m, cmd := m.saveLog()
		return m, cmd, true
	case key.Matches(msg, m.keys.nextMatch):
		m, cmd := m.goToMatch(1)
		return m, cmd, true
	case key.Matches(msg, m.keys.previousMatch):
		m, cmd := m.goToMatch(-1)
		return m, cmd, true
	}
	return m, nil, false
}
