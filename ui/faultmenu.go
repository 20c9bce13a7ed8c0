package ui

func (m Model) viewFaultMenu(height int) []string {
	area := m.overlayArea(height)
	w := newLineWriter(m.theme, area.width)
	lines := []string{paneTitleLine(w, area, "Inject a fault", positionText(m.menu), keyLabel(m.keys.open)+" injects, "+keyLabel(m.keys.back)+" closes")}
	widest := 0
	for _, fault := range m.config.Faults {
		widest = max(widest, cells(fault.Name))
	}
	for i := m.menu.top; i < m.menu.end(); i++ {
		fault := m.config.Faults[i]
		w.selected = i == m.menu.cursor
		drawCursorMark(w)
		w.writeLeft(strong, fault.Name, widest)
		w.write(muted, "  "+fault.Help)
		lines = append(lines, w.endLine())
	}
	return padLines(lines, height)
}
