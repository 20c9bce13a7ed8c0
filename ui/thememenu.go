package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// toggleThemes opens the list of themes at the one on screen, or closes it.
func (m Model) toggleThemes() Model {
	m = m.toggleOverlay(themesOverlay)
	names := m.themeNames()
	m.themeMenu = m.themeMenu.fit(len(names), len(names)).move(slices.Index(names, m.themeName) - m.themeMenu.cursor)
	return m
}

func (m Model) themeNames() []string { return ThemeNames(m.config.Themes) }

// previewTheme shows the theme under the cursor, or the chosen one when the list is closed.
func (m Model) previewTheme() Model {
	name := m.chosenTheme
	if m.overlay == themesOverlay {
		name = m.themeNames()[m.themeMenu.cursor]
	}
	if name != m.themeName {
		m = m.useTheme(name)
	}
	return m
}

func (m Model) chooseTheme() (Model, tea.Cmd) {
	m.overlay, m.chosenTheme = noOverlay, m.themeName
	m, keep := m.keepSetting("theme", settingKey(m.config.Theme, m.themeName))
	m, show := m.showToast(span{accent, "theme " + m.themeName})
	return m, tea.Batch(keep, show)
}

// applyKeptTheme takes the theme that was chosen on the screen, unless another has been configured since.
func (m Model) applyKeptTheme() Model {
	configured, chosen, kept := strings.Cut(m.settings.values["theme"], settingSeparator)
	if kept && configured == m.config.Theme && slices.Contains(m.themeNames(), chosen) {
		m.chosenTheme = chosen
		m = m.useTheme(chosen)
	}
	return m
}

func (m Model) viewThemeMenu(height int) []string {
	area := m.overlayArea(height)
	w := newLineWriter(m.theme, area.width)
	lines := []string{paneTitleLine(w, area, "Themes", positionText(m.themeMenu), keyLabel(m.keys.open)+" keeps, "+keyLabel(m.keys.back)+" takes back")}
	for i, name := range m.themeNames()[m.themeMenu.top:m.themeMenu.end()] {
		w.selected = m.themeMenu.top+i == m.themeMenu.cursor
		lines = append(lines, m.themeLine(w, name))
	}
	return padLines(lines, height)
}

const themeNameWidth = 22 // with the mark of the cursor

// themeLine is the name of a theme, and a sample in the colors that it has on this terminal.
func (m Model) themeLine(w *lineWriter, name string) string {
	own := newLook(m.config.theme(name), m.config.Renderer.ColorProfile(), m.config.Looks)
	left, right := newLineWriter(m.theme, min(themeNameWidth, w.width)), newLineWriter(own, max(w.width-themeNameWidth, 0))
	left.selected, right.selected, w.selected = w.selected, w.selected, false
	drawCursorMark(left)
	left.write(strong, name)
	left.writeBlanks(left.width - left.used)
	right.writeSpans([]span{
		{up, " ▲ +1.25%"}, {down, " ▼ -0.80%"}, {plain, "  181."}, {upFlash, "46"}, {plain, " 96,1"}, {downFlash, "93.28"},
		{stale, "  181.02 4m12s"}, {warn, "  ◌ QUIET "}, {banner, " ▲ 1 alert "},
	})
	return left.endLine() + right.endLine()
}
