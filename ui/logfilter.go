package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// logFilterSyntax says how a filter of the log is typed.
const logFilterSyntax = "words, feed:NAME, kind:state|gap|peers|error|notice|unmapped|event|program"

// logFilter says which entries of the log are shown: those of one of the feeds, of one of the kinds, with all words.
type logFilter struct {
	text                string // as it was typed; empty for all entries
	feeds, kinds, words []string
	found               *filteredLog
}

// filteredLog is what a filter left of a log, so that a frame need not look through it again.
type filteredLog struct {
	of      logVersion
	entries []logEntry
}

// logVersion differs between two states of a log.
type logVersion struct {
	length, removed int
	folded          uint64
	last            time.Time
	few             bool
}

func newLogFilter(text string) logFilter {
	f := logFilter{text: strings.TrimSpace(text), found: &filteredLog{}}
	for word := range strings.FieldsSeq(strings.ToLower(f.text)) {
		if name, ok := strings.CutPrefix(word, "feed:"); ok {
			f.feeds = append(f.feeds, name)
		} else if kind, ok := strings.CutPrefix(word, "kind:"); ok {
			f.kinds = append(f.kinds, strings.FieldsFunc(kind, func(r rune) bool { return r == ',' || r == '|' })...)
		} else {
			f.words = append(f.words, word)
		}
	}
	return f
}

// apply leaves the entries that are shown.
func (f logFilter) apply(l eventLog, few bool) eventLog {
	if f.text == "" || len(l.entries) == 0 {
		return l
	}
	last := &l.entries[len(l.entries)-1]
	if v := (logVersion{len(l.entries), l.removed, last.folded, last.at, few}); f.found.of != v {
		*f.found = filteredLog{of: v}
		for i := range l.entries {
			if f.shows(&l.entries[i]) {
				f.found.entries = append(f.found.entries, l.entries[i])
			}
		}
	}
	l.entries = f.found.entries
	return l
}

func (f logFilter) shows(e *logEntry) bool {
	if len(f.feeds) > 0 && !slices.Contains(f.feeds, strings.ToLower(e.feed)) || len(f.kinds) > 0 && !slices.Contains(f.kinds, e.kind()) {
		return false
	}
	if len(f.words) == 0 {
		return true
	}
	text := strings.ToLower(e.feed + " " + e.text(maxData))
	return !slices.ContainsFunc(f.words, func(word string) bool { return !strings.Contains(text, word) })
}

// kind is what the filter calls an entry.
func (e *logEntry) kind() string {
	switch {
	case e.status != nil:
		return "state"
	case e.gap != nil:
		return "gap"
	case e.peers != "":
		return "peers"
	case e.isDecodeError:
		return "error"
	case e.isNotice:
		return "notice"
	case e.typ == diagnosticType:
		return "program"
	case e.reason != "":
		return "unmapped"
	}
	return "event"
}

// text is an entry as plain text, its payload in so many cells.
func (e *logEntry) text(limit int) string {
	var words []string
	for _, s := range e.spans(limit, true) {
		words = append(words, s.text)
	}
	return strings.Join(words, " ")
}

// filterLog shows only what matches. The newest of it is on screen.
func (m Model) filterLog(text string) Model {
	m.logPane.filter = newLogFilter(text)
	m.logPane.list = m.logPane.fit(m.logPane.height, len(m.shownData().log.entries)).last()
	return m
}

// logSavedMsg says that the log was written to a file, or why not.
type logSavedMsg struct {
	path  string
	lines int
	err   error
}

// saveLog writes the entries that are shown to a file.
func (m Model) saveLog() (Model, tea.Cmd) {
	entries := m.shownData().log.entries
	if m.config.WriteFile == nil || len(entries) == 0 {
		return m.showToast(span{accent, "There is nothing to write."})
	}
	var out strings.Builder
	for i := range entries {
		e := &entries[i]
		fmt.Fprintf(&out, "%s\t%s\t%s\t%s\n", e.at.UTC().Format("2006-01-02T15:04:05.000Z"), market.PlainText(e.feed, maxLine), e.kind(), strings.TrimSpace(e.text(maxData)))
	}
	write, text, n := m.config.WriteFile, out.String(), len(entries)
	return m, func() tea.Msg {
		path, err := write("livetape-events", ".log", text)
		return logSavedMsg{path, n, err}
	}
}

func (m Model) showLogSaved(msg logSavedMsg) (Model, tea.Cmd) {
	if msg.err != nil {
		return m.showToast(span{bad, "the log was not written: " + plainLine(msg.err.Error())})
	}
	return m.showToast(span{accent, humanize.Plural(msg.lines, "line") + " of the log written to " + plainLine(msg.path) + m.asOfText()})
}
