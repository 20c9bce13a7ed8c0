package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/x/ansi"
)

// View implements tea.Model.
func (m Model) View() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	l := m.layout
	lines := make([]string, 0, m.height)
	if l.header > 0 {
		lines = append(lines, m.header())
	}
	lines = append(lines, m.status()...)
	lines = append(lines, m.body()...)
	if l.footer > 0 {
		lines = append(pad(lines, m.height-1), m.footer())
	}
	return strings.Join(pad(lines, m.height), "\n")
}

// header names the program, the feed and, in plain sight, what is not real.
func (m Model) header() string {
	pn := newPen(m.styles, m.width)
	name, banners := " livetape ", ""
	if m.config.Banner != "" {
		banners = " " + m.config.Banner + " "
	}
	if cells(name)+cells(banners) <= m.width {
		pn.put(accent, name)
	}
	pn.put(banner, banners)
	counters := m.feeds.counters(m.board.Counts().Refused)
	right := spanCells(counters) + 1
	if pn.used+right+2 > m.width {
		return pn.end()
	}
	about := m.config.Origin
	if len(m.feeds) == 1 {
		about = strings.TrimPrefix(about+" · "+m.feeds[0].url, " · ")
	}
	if room := m.width - pn.used - right - 4; about != "" && room >= 12 {
		pn.space(2)
		pn.put(muted, cut(about, room))
	}
	pn.space(m.width - pn.used - right)
	for _, s := range counters {
		pn.put(s.ink, s.text)
	}
	return pn.end()
}

// status draws the badges.
func (m Model) status() []string {
	pn := newPen(m.styles, m.width)
	var lines []string
	for _, spans := range m.statusLines()[:m.layout.status] {
		if m.width > 20 {
			pn.space(1)
		}
		for _, s := range spans {
			pn.put(s.ink, s.text)
		}
		lines = append(lines, pn.end())
	}
	return lines
}

// body draws the panes.
func (m Model) body() []string {
	l, t := m.layout, m.tape()
	switch {
	case l.help > 0:
		return m.viewHelp(l.help)
	case l.side:
		return append(m.sideBySide(t), m.logPane.view(m.frame(m.width, l.events, eventsPane), t.log)...)
	}
	lines := m.viewPrices(t)
	if l.news > 0 {
		lines = append(lines, m.news.view(m.frame(l.newsWidth, l.news, newsPane), t)...)
	}
	if l.events > 0 {
		lines = append(lines, m.logPane.view(m.frame(m.width, l.events, eventsPane), t.log)...)
	}
	switch {
	case l.bottom > 0 && m.overlay == faultsOverlay:
		lines = append(lines, m.viewFaults(l.bottom)...)
	case l.bottom > 0:
		lines = append(lines, m.viewDetail(t, l.bottom)...)
	}
	return lines
}

func (m Model) frame(width, height int, p pane) frame {
	return frame{m.styles, m.now, width, height, m.focus == p && m.overlay == noOverlay || m.overlay == detailOverlay && m.focus == p}
}

// viewPrices draws the price table, or why there is none.
func (m Model) viewPrices(t *shown) []string {
	f := m.frame(m.layout.pricesWidth, m.layout.prices, pricesPane)
	if f.height == 0 {
		return nil
	}
	if len(t.rows) > 0 || len(m.feeds) == 0 {
		return m.prices.view(f, t.rows, m.feeds.isLive(m.now))
	}
	return explain(f, m.feeds.troubled(m.now).noPrices(m.now, m.keys))
}

// explain fills a pane that has nothing to show with the reason.
func explain(f frame, words []span) []string {
	pn := newPen(f.styles, f.width)
	var lines []string
	for _, s := range words {
		for _, line := range wrap(s.text, f.width-4, f.height) {
			pn.space(gutter)
			pn.put(s.ink, line)
			lines = append(lines, pn.end())
		}
	}
	if len(lines)+2 <= f.height {
		lines = append([]string{rule(pn, f, "Prices", "", ""), ""}, lines...)
	}
	return pad(lines, f.height)
}

// sideBySide draws prices and news next to each other.
func (m Model) sideBySide(t *shown) []string {
	left := m.viewPrices(t)
	right := m.news.view(m.frame(m.layout.newsWidth, m.layout.news, newsPane), t)
	for i := range left {
		left[i] += blanks(m.layout.pricesWidth+1-cells(ansi.Strip(left[i]))) + right[i]
	}
	return left
}

// footer is the help of the keys most needed, or a toast.
func (m Model) footer() string {
	pn := newPen(m.styles, m.width)
	pn.space(1)
	if m.toast.text != "" {
		pn.put(m.toast.ink, m.toast.text)
		return pn.end()
	}
	for i, b := range m.footerKeys() {
		if !b.Enabled() {
			continue
		}
		if !fits(pn, b, i) {
			break
		}
		if i > 0 {
			pn.put(stale, " · ")
		}
		pn.put(keyName, b.Help().Key)
		pn.put(muted, " "+b.Help().Desc)
	}
	return pn.end()
}

// footerKeys are the keys of what stands over the panes, before all others.
func (m Model) footerKeys() []key.Binding {
	k := m.keys
	switch m.overlay {
	case faultsOverlay:
		return k.over(k.open, k.back, k.down, k.up)
	case helpOverlay:
		return k.over(k.back, k.down, k.up, k.pageDown, k.pageUp)
	case detailOverlay:
		return k.over(k.back, k.down, k.up)
	}
	return k.ShortHelp()
}

func fits(pn *pen, b key.Binding, i int) bool {
	return pn.used+min(i, 1)*3+cells(b.Help().Key)+1+cells(b.Help().Desc) <= pn.width
}

func spanCells(spans []span) int {
	n := 0
	for _, s := range spans {
		n += cells(s.text)
	}
	return n
}

// flow breaks spans into lines: before a span that begins with a sign or a gap and fits the next line whole, else
// between the words of a span that begins with a blank.
func flow(spans []span, width, most int) [][]span {
	lines, used := [][]span{nil}, 0
	for _, s := range spans {
		last := len(lines) - 1
		text := strings.TrimLeft(s.text, " ·")
		lead := s.text[:len(s.text)-len(text)]
		if used == 0 || used+cells(s.text) <= width || lead == "" || len(lines) == most {
			lines[last] = append(lines[last], s)
			used += cells(s.text)
			continue
		}
		first := width - used - cells(lead)
		if lead != " " && cells(text) <= width-2 {
			first = 0
		}
		for i, part := range wrapFrom(text, first, width-2, most-last) {
			if i > 0 {
				lines, used, lead = append(lines, nil), 0, "  "
			}
			if part != "" {
				lines[last+i] = append(lines[last+i], span{s.ink, lead + part})
				used += cells(lead + part)
			}
		}
	}
	return lines
}
