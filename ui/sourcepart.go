package ui

import (
	"cmp"
	"slices"
)

// sourcePane says where the numbers of a row come from: the last event as it arrived, and how it is read.
type sourcePane struct {
	list
	event rawEvent // the last of the selected row; without a time: none is known
}

const (
	minSourceLines  = 5 // with the title
	wantSourceLines = 12
)

func (m Model) sourcePart(h *feedHealth) detailPart {
	minimum := minSourceLines
	asked := m.overlay == detailOverlay && !m.zoomed
	if (asked || m.areDetailsBrief(m.shownData())) && m.focus != focusSource {
		minimum = m.height // below the table there is room for it only when it has the keyboard
	}
	return detailPart{pane: focusSource, second: true, minimum: minimum, wanted: wantSourceLines, view: func(m Model, area drawContext) []string {
		w := newLineWriter(area.theme, area.width)
		content := m.sourceContent(area, h)
		where := ""
		if area.focused && len(content) > area.height-1 {
			where = positionText(m.source.list)
		}
		name := "Source: " + m.selected.feed
		lines := []string{paneTitleLine(w, area, name, where, "")}
		top := min(m.source.top, len(content))
		return append(lines, content[top:min(top+area.height-1, len(content))]...)
	}}
}

func (m Model) sourceContent(area drawContext, h *feedHealth) []string {
	w := newLineWriter(area.theme, area.width)
	var lines []string
	if h != nil && h.url != "" {
		lines = w.wrapped([]span{{muted, h.url}}, 2)
	}
	if e := &m.source.event; !e.At.IsZero() {
		lines = append(lines, rawHead(w, area, e))
		lines = append(lines, rawBody(w, e, maxRawData)...)
	} else {
		lines = append(lines, w.wrapped([]span{{muted, "Its last event is no longer kept; the next one will be shown here."}}, 2)...)
	}
	if h == nil {
		return lines
	}
	if h.found.YAML == "" {
		by := cmp.Or(h.readBy, "livetape's own format, or a map that was given to it")
		return append(lines, w.wrapped([]span{{muted, "Read by " + by + "."}}, 2)...)
	}
	return append(lines, mapLines(w, h)...)
}

// noteSelection takes over which row the details are of. Its last event may be among those kept.
func (m Model) noteSelection(t *shownData) Model {
	var now rowKey
	if r := m.selectedRow(t); r != nil {
		now = rowKey{r.Feed, r.Symbol}
	}
	if now == m.selected {
		return m
	}
	m.selected, m.source = now, sourcePane{}
	m = m.releaseTape()
	for i := range t.raw.len() {
		if e := t.raw.at(i); e.isOf(now) {
			m.source.event = *e
			break
		}
	}
	return m
}

func (e *rawEvent) isOf(row rowKey) bool {
	return e.feed == row.feed && slices.Contains(e.symbols, row.symbol)
}

// noteRawEvent keeps an event of the selected row, unless the screen stands still.
func (m *Model) noteRawEvent() {
	if e := m.raw.at(0); m.paused == nil && m.rewound == nil && e.isOf(m.selected) {
		m.source.event = *e
	}
}
