package ui

// applyReload makes the screen one of other feeds. What is known of those that stay, stays; the prices of those that go
// are left, and grow old.
func (m Model) applyReload(s Reload) Model {
	m.problem = plainLine(s.Problem)
	if s.Feeds == nil {
		return m
	}
	next, former := newFeeds(s.Feeds), map[string]bool{}
	for _, before := range m.feeds {
		former[before.name] = true
	}
	for name := range m.removedFeeds {
		former[name] = true
	}
	for i, h := range next {
		delete(former, h.name)
		if known := m.feeds.byName(h.name); known != nil {
			known.url = h.url
			next[i] = known
		}
	}
	m.feeds, m.removedFeeds = next, former
	m.prices.manyFeeds = m.prices.manyFeeds || len(next) > 1 // a row of a feed that went still needs its name
	m.logPane.manyFeeds = m.prices.manyFeeds
	return m
}

// problemLines is what stands in the way, in lines above the badges.
func (m Model) problemLines(most int) [][]span {
	var lines [][]span
	for _, line := range wrap(m.problem, m.width-3, most) {
		lines = append(lines, []span{{bad, line}})
	}
	return lines
}
