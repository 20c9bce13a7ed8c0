package ui

// Looks is how the screen looks and which keys it takes.
type Looks struct {
	Theme         string              // the name of a built-in one or of one of Themes; empty or "auto": as the background is
	Themes        []Theme             // the user's
	Keys          map[string][]string // by the names of [ActionNames]; those not in it keep their own
	ASCII         bool                // draw with ASCII alone
	ReducedMotion bool                // nothing flashes, and there are two frames a second at most
}

// useLooks draws everything so from now on.
func (m Model) useLooks(l Looks) Model {
	m.config.Looks = l
	keys := newKeys(m.config)
	m.allKeys, m.keys = keys, keys
	m = m.useTheme(l.Theme)
	m.chosenTheme = m.themeName
	return m
}

// changeLooks is useLooks for a configuration that has changed.
func (m Model) changeLooks(l Looks) Model {
	chosen, configured := m.chosenTheme, m.config.Theme
	m = m.useLooks(l)
	if l.Theme == configured {
		m.chosenTheme = chosen
	}
	m = m.foldZeros(!l.ASCII)
	return m
}

// foldZeros shows the zeros of small numbers as one small digit, or all of them: ASCII has no small digits.
func (m Model) foldZeros(folds bool) Model {
	widths := []*columnWidths{&m.prices.widths, &m.readings.widths}
	if m.paused != nil {
		held := *m.paused
		m.paused = &held
		widths = append(widths, &held.priceWidths, &held.readingWidths)
	}
	for _, w := range widths {
		w.format.unfolded = !folds
	}
	m = m.widenFolded()
	return m
}
