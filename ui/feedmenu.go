package ui

import (
	"cmp"
	"fmt"
	"slices"
)

// feedMenuHeight is how many lines the list of feeds needs: its title, the feeds, and the selected one in full.
func (m Model) feedMenuHeight(body int) int {
	return min(len(m.feeds)+1+3, max(body*3/5, minShared))
}

// keepOnFeed keeps the cursor on its feed, since the sick come first.
func (m Model) keepOnFeed() Model {
	sorted := m.feeds.worstFirst(m.now)
	m.feedMenu = m.feedMenu.fit(min(m.layout.bottom-1, len(sorted)), len(sorted))
	if i := slices.IndexFunc(sorted, func(h *feedHealth) bool { return h.name == m.listedFeed }); i >= 0 {
		m.feedMenu = m.feedMenu.move(i - m.feedMenu.cursor)
	} else if len(sorted) > 0 {
		m.listedFeed = sorted[m.feedMenu.cursor].name
	}
	return m
}

func (m Model) viewFeedMenu(height int) []string {
	area, sorted := m.overlayArea(height), m.feeds.worstFirst(m.now)
	w := newLineWriter(m.theme, area.width)
	where := positionText(m.feedMenu)
	if down := sorted.notLive(m.now); down > 0 {
		where += fmt.Sprintf(" · %d not live", down)
	}
	lines := []string{paneTitleLine(w, area, "Feeds", where, "r retries, x cuts, R retries all, esc closes")}
	for i := m.feedMenu.top; i < min(m.feedMenu.end(), len(sorted)); i++ {
		h := sorted[i]
		w.selected = i == m.feedMenu.cursor
		drawCursorMark(w)
		w.writeLeft(strong, h.name, m.feeds.nameWidth()+2)
		account := h.account.text(m.now)
		badge := wrapSpans(m.badgeOf(h), w.width-w.used-cells(account)-3, 1)
		if len(badge) > 0 {
			w.writeSpans(badge[0])
		}
		w.writeBlanks(w.width - w.used - cells(account) - 1)
		w.write(muted, account)
		lines = append(lines, w.endLine())
	}
	if h := m.feeds.byName(m.listedFeed); h != nil && len(lines) < height {
		words := []span{{muted, h.url}}
		if !isConnected(h.status.State) {
			words = append(words, span{plain, cmp.Or(plainLine(h.status.Cause), h.lostCause)}, span{warn, cmp.Or(plainLine(h.status.Advice), h.lostAdvice)})
		}
		lines = append(lines, w.wrapped(words, height-len(lines))...)
	}
	return padLines(lines, height)
}
