package ui

import (
	"cmp"
	"strings"

	"livetape/feed/market"
)

// readsText reports whether the details are those of a headline or of an event of the log.
func (m Model) readsText() bool { return m.focus == focusNews || m.focus == focusLog }

// viewText draws the headline or the event under the cursor in full.
func (m Model) viewText(t *shownData, height int) []string {
	area := m.overlayArea(height)
	w := newLineWriter(m.theme, area.width)
	if entries := t.log.entries; m.focus == focusLog && m.logPane.cursor < len(entries) {
		return m.viewEventDetail(w, area, &entries[m.logPane.cursor])
	}
	lines := newsLines(t.headlines, t.gapMarks, m.news.cursor, m.news.cursor+1)
	if len(lines) == 1 && lines[0].story != nil {
		return m.viewStoryDetail(w, area, lines[0].story)
	}
	return viewEmptyReason(area, []span{{muted, "No headline is selected: " + keyLabel(m.keys.up) + " and " + keyLabel(m.keys.down) + " choose one, " + keyLabel(m.keys.back) + " closes."}})
}

func (m Model) viewStoryDetail(w *lineWriter, area drawContext, s *market.Story) []string {
	lines := []string{paneTitleLine(w, area, cmp.Or(s.Source, "News"), strings.Join(s.Symbols, " "), keyLabel(m.keys.back)+" closes")}
	lines = append(lines, w.wrapped([]span{{strong, s.Title}, {plain, s.Summary}, {accent, s.URL}}, area.height)...)
	w.writeBlanks(gutter)
	if area.manyFeeds {
		w.write(muted, cmp.Or(m.news.folded.feedsOfStory(s), s.Feed)+" · ")
	}
	w.write(muted, storyTimesText(area, s))
	return padLines(append(lines, w.endLine()), area.height)
}

func storyTimesText(area drawContext, s *market.Story) string {
	words := "arrived " + timeText(s.At, area.now)
	if !s.Time.IsZero() {
		words = "published " + timeText(s.Time, area.now) + ", " + words
	}
	if s.Corrections > 0 {
		words += ", corrected " + timeText(s.Corrected, area.now)
	}
	return words
}

func (m Model) viewEventDetail(w *lineWriter, area drawContext, e *logEntry) []string {
	lines := []string{paneTitleLine(w, area, e.at.Local().Format("15:04:05.000"), e.feed, keyLabel(m.keys.back)+" closes")}
	return padLines(append(lines, w.wrapped(e.spans(maxData, true), area.height)...), area.height)
}
