package ui

// viewFaultMenu draws the demo's menu of faults.
func (m Model) viewFaultMenu(height int) []string {
	f := drawArea{m.styles, m.now, m.width, height, true}
	pn := newLineWriter(m.styles, m.width)
	lines := []string{drawTitle(pn, f, "Inject a fault", positionText(m.menu), "enter injects, esc closes")}
	widest := 0
	for _, fault := range m.config.Faults {
		widest = max(widest, cells(fault.Name))
	}
	for i := m.menu.top; i < m.menu.end(); i++ {
		fault := m.config.Faults[i]
		pn.selected = i == m.menu.cursor
		drawCursorMark(pn)
		pn.writeLeft(strong, fault.Name, widest)
		pn.write(muted, "  "+fault.Help)
		lines = append(lines, pn.endLine())
	}
	return padLines(lines, height)
}
