package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"livetape/ui/alert"
)

const minTabsHeight = 8 // lines of a screen that has one for the lists, unless the user types there

// tabHeight is how many lines tabLines are.
func (m Model) tabHeight() int {
	switch {
	case m.prompt.kind == filterPrompt && m.view.mistake != nil:
		return 2
	case m.prompt.kind != noPrompt, m.view.isShown() && m.height >= minTabsHeight:
		return 1
	}
	return 0
}

// tabLines are the lines of lists, order and filter.
func (m Model) tabLines() []string {
	w := newLineWriter(m.theme, m.width)
	if m.prompt.kind != noPrompt {
		return m.promptLines(w)
	}
	if m.tabHeight() == 0 {
		return nil
	}
	right := m.shortViewSpans()
	w.writeBlanks(1)
	for _, t := range m.shownTabs() {
		w.writeSpans(t.spans)
	}
	w.writeBlanks(m.width - w.used - spanCells(right) - 1)
	w.writeSpans(right)
	return []string{w.endLine()}
}

// shownTabs are the tabs that the line has room for.
func (m Model) shownTabs() []tab {
	if m.prompt.kind != noPrompt {
		return nil
	}
	return m.tabsWithin(m.width - 1 - spanCells(m.shortViewSpans()) - 2)
}

// shortViewSpans are viewSpans as far as they leave room for tabs.
func (m Model) shortViewSpans() []span {
	right := m.viewSpans()
	for len(right) > 2 && spanCells(right) > (m.width-1)*2/3 {
		right = right[2:] // what is said first, and the separator
	}
	return right
}

// tab is a list's tab on screen.
type tab struct {
	listID
	spans []span
}

// tabsWithin are the tabs that fit into so many cells, among them that of the list on screen.
func (m Model) tabsWithin(room int) []tab {
	var all []tab
	chosen := 0
	for i, id := range m.view.listIDs() {
		number, count := strconv.Itoa(i+1)+" ", " "+strconv.Itoa(m.view.counts[id])
		t := tab{id, []span{{keyStyle, " " + number}, {plain, id.title()}, {muted, count + " "}}}
		if id == m.view.list {
			chosen = i
			t.spans = []span{{accent, "▐" + number + id.title() + count + "▌"}}
		}
		all = append(all, t)
	}
	for from := range all {
		used := 0
		fits := slices.IndexFunc(all[from:], func(t tab) bool {
			used += spanCells(t.spans)
			return used > room-1
		})
		if fits < 0 {
			return all[from:]
		}
		if from+fits > chosen {
			return append(all[from:from+fits], tab{listID{kind: noList}, []span{{muted, "…"}}})
		}
	}
	return all[chosen : chosen+1]
}

// viewSpans say how many rows are shown, in which order, and by which filter.
func (m Model) viewSpans() []span {
	v := &m.view
	var parts [][]span
	if v.filter != nil {
		parts = append(parts, []span{{muted, fmt.Sprintf("%d of %d", len(v.rows), v.counts[v.list])}})
	}
	if v.order.sorted {
		words := "sort " + strings.ToUpper(v.order.column.String()) + " " + v.order.sign()
		if v.isHeld(m.now) {
			words += " held"
		}
		parts = append(parts, []span{{muted, words}})
	}
	if v.filter != nil {
		parts = append(parts, []span{{accent, "/ " + truncate(v.text, max(m.width/3, 10))}, {muted, " · " + keyLabel(m.keys.back) + " clears"}})
	} else {
		parts = append(parts, []span{{keyStyle, keyLabel(m.keys.find)}, {muted, " filter"}})
	}
	var all []span
	for i, p := range parts {
		if i > 0 {
			all = append(all, span{muted, " · "})
		}
		all = append(all, p...)
	}
	return all
}

// promptLines are the line in which the user types and, below it, what is wrong.
func (m Model) promptLines(w *lineWriter) []string {
	head, right := m.promptTexts()
	w.writeBlanks(1)
	w.write(keyStyle, head)
	room := m.width - w.used - 1
	if rest := room - cells(right) - 2; rest >= min(len(m.prompt.text)+1, 20) {
		room = rest
	} else {
		right = ""
	}
	cellOf := m.prompt.draw(w, max(room, 1))
	w.writeBlanks(m.width - w.used - cells(right) - 1)
	w.write(muted, right)
	lines := []string{w.endLine()}
	if mistake := m.view.mistake; m.prompt.kind == filterPrompt && mistake != nil {
		lines = append(lines, caretLine(w, cellOf(mistake.At), mistake.Problem))
	}
	return lines
}

func (m Model) promptTexts() (head, right string) {
	switch m.prompt.kind {
	case searchPrompt:
		return "search: ", m.matchesText()
	case logPrompt:
		return "show only: ", logFilterSyntax
	case alertPrompt:
		return "alert on " + m.alertedSymbol() + ": ", alert.Syntax
	case filePrompt:
		return "write the screen to: ", ".svg is a picture, others text · " + keyLabel(m.keys.back) + " cancels"
	case removalPrompt:
		return "stop asking for: ", keyLabel(m.keys.back) + " cancels"
	case symbolPrompt:
		return m.addingText() + ": ", keyLabel(m.keys.back) + " cancels"
	}
	right = keyLabel(m.keys.back) + " clears"
	if m.view.filter != nil {
		right = fmt.Sprintf("%d of %d · ", len(m.view.rows), m.view.counts[m.view.list]) + right
	}
	return "/ ", right
}

// caretLine points at a cell of the line above, and says what is wrong there: behind the caret, or before it where there
// is more room.
func caretLine(w *lineWriter, at int, problem string) string {
	if cells(problem)+at+2 > w.width && at > w.width/2 {
		problem = truncate(problem, at-1)
		w.writeBlanks(at - cells(problem) - 1)
		w.write(bad, problem+" ^")
		return w.endLine()
	}
	w.writeBlanks(at)
	w.write(bad, "^ "+problem)
	return w.endLine()
}
