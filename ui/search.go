package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// textSearch is what is looked for in a pane of text.
type textSearch struct {
	text string // in lower case; empty for nothing
	line int    // of the match that was gone to
}

// isTextFocused reports whether a pane of text has the keyboard: the log, or a page.
func (m Model) isTextFocused() bool {
	return m.isPageFocused() || m.isLogFocused()
}

func (m Model) isLogFocused() bool { return m.overlay == noOverlay && m.focus == focusLog }

func (m Model) isPageFocused() bool {
	switch m.overlay {
	case helpOverlay, mapOverlay, eventOverlay, feedOverlay:
		return true
	}
	return false
}

// textLines are the lines of the pane of text that has the keyboard.
func (m Model) textLines() (lines []string) {
	if m.isPageFocused() {
		lines = slices.Clone(m.pageContent())
	} else {
		w, area := newLineWriter(m.theme, m.width), m.areaOf(m.width, m.layout.log, focusLog)
		entries := m.shownData().log.entries
		for i := range entries {
			lines = append(lines, m.logPane.row(w, area, &entries[i]))
		}
	}
	for i, line := range lines {
		lines[i] = strings.ToLower(ansi.Strip(line))
	}
	return lines
}

// matchingLines are the lines that have what is looked for.
func (m Model) matchingLines() (at []int) {
	if m.textSearch.text == "" {
		return nil
	}
	for i, line := range m.textLines() {
		if strings.Contains(line, m.textSearch.text) {
			at = append(at, i)
		}
	}
	return at
}

// searchFor looks for a text from the line on screen, as it is typed.
func (m Model) searchFor(text string) Model {
	m.textSearch.text = strings.ToLower(text)
	at := m.matchingLines()
	if len(at) == 0 {
		return m
	}
	from := m.focusedList().cursor
	i := slices.IndexFunc(at, func(line int) bool { return line >= from })
	return m.goToLine(at[max(i, 0)])
}

func (m Model) goToLine(line int) Model {
	m.textSearch.line = line
	l := m.focusedList()
	if l == &m.page {
		*l = l.scroll(line - l.top)
	} else {
		*l = l.move(line - l.cursor)
	}
	return m
}

// goToMatch goes to the next match, or by -1 to the one before, and round at the ends.
func (m Model) goToMatch(by int) (Model, tea.Cmd) {
	at := m.matchingLines()
	if len(at) == 0 {
		return m.showToast(span{muted, fmt.Sprintf("nothing is found; %s searches", keyLabel(m.keys.find))})
	}
	i, exact := slices.BinarySearch(at, m.textSearch.line)
	if !exact && by > 0 {
		i--
	}
	moved := m.goToLine(at[(i+by+len(at))%len(at)])
	return moved.showToast(span{accent, plainLine(moved.textSearch.text) + ": " + moved.matchesText()})
}

func (m Model) matchesText() string {
	at := m.matchingLines()
	if len(at) == 0 {
		if m.textSearch.text == "" {
			return ""
		}
		return "nothing found"
	}
	i, _ := slices.BinarySearch(at, m.textSearch.line)
	return fmt.Sprintf("%d of %d", i+1, len(at))
}

// markMatches marks what is looked for in lines that are drawn.
func (m Model) markMatches(lines []string) []string {
	if m.textSearch.text == "" {
		return lines
	}
	for i, line := range lines {
		lines[i] = markIn(m.theme, line, m.textSearch.text)
	}
	return lines
}

func markIn(t *look, line, text string) string {
	shown := ansi.Strip(line)
	lower := strings.ToLower(shown)
	if len(lower) != len(shown) { // the places are others
		return line
	}
	for at := strings.LastIndex(lower, text); at >= 0; at = strings.LastIndex(lower[:at], text) {
		begin, end := ansi.StringWidth(shown[:at]), ansi.StringWidth(shown[:at+len(text)])
		before, after := ansi.Cut(line, 0, begin), ansi.Cut(line, end, ansi.StringWidth(line))
		line = before + resetSequence + t.normal[held] + shown[at:at+len(text)] + resetSequence + after
	}
	return line
}
