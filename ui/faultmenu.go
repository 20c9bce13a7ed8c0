package ui

// viewFaults draws the demo's menu of faults.
func (m Model) viewFaults(height int) []string {
	f := frame{m.styles, m.now, m.width, height, true}
	pn := newPen(m.styles, m.width)
	lines := []string{rule(pn, f, "Inject a fault", place(m.menu), "enter injects, esc closes")}
	widest := 0
	for _, fault := range m.config.Faults {
		widest = max(widest, cells(fault.Name))
	}
	for i := m.menu.top; i < m.menu.end(); i++ {
		fault := m.config.Faults[i]
		pn.selected = i == m.menu.cursor
		cursorMark(pn)
		pn.left(strong, fault.Name, widest)
		pn.put(muted, "  "+fault.Help)
		lines = append(lines, pn.end())
	}
	return pad(lines, height)
}
