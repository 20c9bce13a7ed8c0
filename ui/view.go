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
		lines = append(padLines(lines, m.height-1), m.footer())
	}
	return strings.Join(padLines(lines, m.height), "\n")
}

// header names the program, the feed and, in plain sight, what is not real.
func (m Model) header() string {
	pn := newLineWriter(m.styles, m.width)
	name, banners := " livetape ", ""
	if m.config.Banner != "" {
		banners = " " + m.config.Banner + " "
	}
	if cells(name)+cells(banners) <= m.width {
		pn.write(accent, name)
	}
	pn.write(banner, banners)
	counters := m.feeds.counters(m.board.Counts().Refused)
	right := spanCells(counters) + 1
	if pn.used+right+2 > m.width {
		return pn.endLine()
	}
	about := m.config.Origin
	if len(m.feeds) == 1 {
		about = strings.TrimPrefix(about+" · "+m.feeds[0].url, " · ")
	}
	if room := m.width - pn.used - right - 4; about != "" && room >= 12 {
		pn.writeBlanks(2)
		pn.write(muted, truncate(about, room))
	}
	pn.writeBlanks(m.width - pn.used - right)
	for _, s := range counters {
		pn.write(s.ink, s.text)
	}
	return pn.endLine()
}

// status draws the badges.
func (m Model) status() []string {
	pn := newLineWriter(m.styles, m.width)
	var lines []string
	for _, spans := range m.statusLines()[:m.layout.status] {
		if m.width > 20 {
			pn.writeBlanks(1)
		}
		for _, s := range spans {
			pn.write(s.ink, s.text)
		}
		lines = append(lines, pn.endLine())
	}
	return lines
}

// body draws the panes.
func (m Model) body() []string {
	l, t := m.layout, m.content()
	switch {
	case l.help > 0:
		return m.viewHelp(l.help)
	case l.side:
		return append(m.sideBySide(t), m.logPane.view(m.areaOf(m.width, l.events, focusLog), t.log)...)
	}
	lines := m.viewPrices(t)
	if l.news > 0 {
		lines = append(lines, m.news.view(m.areaOf(l.newsWidth, l.news, focusNews), t)...)
	}
	if l.events > 0 {
		lines = append(lines, m.logPane.view(m.areaOf(m.width, l.events, focusLog), t.log)...)
	}
	switch {
	case l.bottom > 0 && m.overlay == faultsOverlay:
		lines = append(lines, m.viewFaultMenu(l.bottom)...)
	case l.bottom > 0:
		lines = append(lines, m.viewDetail(t, l.bottom)...)
	}
	return lines
}

func (m Model) areaOf(width, height int, p focus) drawArea {
	return drawArea{m.styles, m.now, width, height, m.focus == p && m.overlay == noOverlay || m.overlay == detailOverlay && m.focus == p}
}

// viewPrices draws the price table, or why there is none.
func (m Model) viewPrices(t *content) []string {
	f := m.areaOf(m.layout.pricesWidth, m.layout.prices, focusPrices)
	if f.height == 0 {
		return nil
	}
	if len(t.rows) > 0 || len(m.feeds) == 0 {
		return m.prices.view(f, t.rows, m.feeds.isLive(m.now))
	}
	return viewExplanation(f, m.feeds.neediest(m.now).noPricesText(m.now, m.keys))
}

// viewExplanation fills a pane that has nothing to show with the reason.
func viewExplanation(f drawArea, words []span) []string {
	pn := newLineWriter(f.styles, f.width)
	var lines []string
	for _, s := range words {
		for _, line := range wrap(s.text, f.width-4, f.height) {
			pn.writeBlanks(gutter)
			pn.write(s.ink, line)
			lines = append(lines, pn.endLine())
		}
	}
	if len(lines)+2 <= f.height {
		lines = append([]string{drawTitle(pn, f, "Prices", "", ""), ""}, lines...)
	}
	return padLines(lines, f.height)
}

// sideBySide draws prices and news next to each other.
func (m Model) sideBySide(t *content) []string {
	left := m.viewPrices(t)
	right := m.news.view(m.areaOf(m.layout.newsWidth, m.layout.news, focusNews), t)
	for i := range left {
		left[i] += spaces(m.layout.pricesWidth+1-cells(ansi.Strip(left[i]))) + right[i]
	}
	return left
}

// footer is the help of the keys most needed, or a toast.
func (m Model) footer() string {
	pn := newLineWriter(m.styles, m.width)
	pn.writeBlanks(1)
	if m.toast.text != "" {
		pn.write(m.toast.ink, m.toast.text)
		return pn.endLine()
	}
	for i, b := range m.footerKeys() {
		if !b.Enabled() {
			continue
		}
		if !bindingFits(pn, b, i) {
			break
		}
		if i > 0 {
			pn.write(stale, " · ")
		}
		pn.write(keyStyle, b.Help().Key)
		pn.write(muted, " "+b.Help().Desc)
	}
	return pn.endLine()
}

// footerKeys are the keys of what stands over the panes, before all others.
func (m Model) footerKeys() []key.Binding {
	k := m.keys
	switch m.overlay {
	case faultsOverlay:
		return k.withFirst(k.open, k.back, k.down, k.up)
	case helpOverlay:
		return k.withFirst(k.back, k.down, k.up, k.pageDown, k.pageUp)
	case detailOverlay:
		return k.withFirst(k.back, k.down, k.up)
	}
	return k.ShortHelp()
}

func bindingFits(pn *lineWriter, b key.Binding, i int) bool {
	return pn.used+min(i, 1)*3+cells(b.Help().Key)+1+cells(b.Help().Desc) <= pn.width
}

func spanCells(spans []span) int {
	n := 0
	for _, s := range spans {
		n += cells(s.text)
	}
	return n
}

// flowSpans breaks spans into lines: before a span that begins with a sign or a gap and fits the next line whole, else
// between the words of a span that begins with a blank.
func flowSpans(spans []span, width, most int) [][]span {
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
		for i, part := range wrapWithFirst(text, first, width-2, most-last) {
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
