package ui

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed"
	"livetape/feed/market"
)

const (
	maxLog         = 500  // newest entries; as many older ones are kept until they are sorted out
	maxOldStates   = 200  // older changes of state and gaps that remain
	maxOldUnusable = 100  // older events that could not be used that remain
	maxData        = 2048 // bytes of a payload
	maxType        = 64   // bytes of an event's type
	maxID          = 256  // bytes of its id
	maxLine        = 1024 // runes of a line

	diagnosticType = "log" // of an entry that a library made

	minFullLog = 60 // columns from which the log has milliseconds and ids
)

type logEntry struct {
	at            time.Time
	feed          string
	status        *feed.Status
	gap           *feed.Gap
	typ           string
	id            string
	data          []byte
	reason        string // why it is not, or not wholly, on the screen
	repeats       uint64 // how often that has happened
	isDecodeError bool
	isNotice      bool   // the server says something of the stream itself
	peers         string // what a feed's peers say of it
	agrees        bool   // and that is well
	folded        uint64 // entries with the same reason before it that it stands for
}

func newLogEntry(ev feed.Event, repeats uint64) logEntry {
	e := logEntry{at: ev.At, feed: ev.Feed, status: ev.Status, gap: ev.Gap}
	m := ev.Message
	if m == nil {
		return e
	}
	e.repeats = repeats
	e.typ, e.id, e.data, e.reason = copyPrefix(m.Type, maxType), copyPrefix(m.ID, maxID), bytes.Clone(m.Data[:min(len(m.Data), maxData)]), copyPrefix(m.Unmapped, maxData)
	e.isNotice = m.Notice != ""
	if e.isNotice {
		e.reason = "the server says: " + copyPrefix(m.Notice, maxData)
	}
	if m.Err != nil {
		e.reason, e.isDecodeError = copyPrefix(m.Err.Error(), maxData), true
	}
	return e
}

// copyPrefix is a copy of a text's first whole characters, at most so many bytes. It does not keep the text in memory.
func copyPrefix(text string, most int) string {
	if len(text) > most {
		for most > 0 && !utf8.RuneStart(text[most]) {
			most--
		}
		text = text[:most]
	}
	return strings.Clone(text)
}

// eventLog is the last entries, oldest first. Of the older ones, those that say most stay longer: changes of state and
// gaps, then events that could not be used.
type eventLog struct {
	entries []logEntry
	removed int // entries so far
}

// add adds an entry. One that could not be used for the same reason as the last takes its place.
func (l eventLog) add(e logEntry) eventLog {
	if last := len(l.entries) - 1; last >= 0 && e.repeatsLast(&l.entries[last]) {
		e.folded = l.entries[last].folded + 1
		l.entries[last] = e
		return l
	}
	if len(l.entries) == 2*maxLog {
		kept := keepImportant(l.entries[:maxLog])
		l.removed += maxLog - len(kept)
		l.entries = append(append(make([]logEntry, 0, 2*maxLog), kept...), l.entries[maxLog:]...)
	}
	l.entries = append(l.entries, e)
	return l
}

// until is a copy of the entries up to a time.
func (l eventLog) until(then time.Time) eventLog {
	n := len(l.entries)
	for n > 0 && l.entries[n-1].at.After(then) {
		n--
	}
	return eventLog{slices.Clone(l.entries[:n]), l.removed}
}

func (e *logEntry) repeatsLast(last *logEntry) bool {
	return e.reason != "" && e.reason == last.reason && e.feed == last.feed && e.typ == last.typ
}

// keepImportant keeps the newest of the entries that are not ordinary messages.
func keepImportant(entries []logEntry) []logEntry {
	var kept []logEntry
	states, unusable := maxOldStates, maxOldUnusable
	for _, e := range slices.Backward(entries) {
		quota := &unusable
		if e.status != nil || e.gap != nil || e.peers != "" {
			quota = &states
		} else if e.reason == "" && !e.isNotice {
			continue
		}
		if *quota > 0 {
			*quota--
			kept = append(kept, e)
		}
	}
	slices.Reverse(kept)
	return kept
}

// changesAndErrors are the entries that are not ordinary messages, nor merely not mapped.
func (l eventLog) changesAndErrors() eventLog {
	kept := eventLog{}
	for _, e := range l.entries {
		if e.status != nil || e.gap != nil || e.peers != "" || e.isDecodeError || e.isNotice || e.typ == diagnosticType {
			kept.entries = append(kept.entries, e)
		}
	}
	return kept
}

// logPane shows the event log. With the cursor on the last entry, it follows the newest.
type logPane struct {
	list
	removed   int // eventLog.removed when last arranged
	titled    bool
	few       bool // only changes and errors
	filter    logFilter
	emptyText string
}

func (l logPane) arrange(height int, h eventLog) logPane {
	following := l.atEnd()
	l.titled = height > 2
	if l.titled {
		height--
	}
	l.list = l.shift(l.removed-h.removed).fit(height, len(h.entries))
	l.removed = h.removed
	if following {
		l.list = l.last()
	}
	return l
}

// view draws the pane in exactly area.height lines.
func (l logPane) view(area drawContext, h eventLog) []string {
	w := newLineWriter(area.theme, area.width)
	lines := make([]string, 0, area.height)
	if l.titled {
		right := "following"
		if !l.atEnd() {
			right = "scrolled back, G follows again"
		}
		name := "Event log"
		if l.few {
			name = "Changes and errors"
		}
		where := positionText(l.list)
		if l.filter.text != "" {
			where += " · only " + l.filter.text
		}
		lines = append(lines, paneTitleLine(w, area, name, where, right))
	}
	for i := l.top; i < min(l.end(), len(h.entries)); i++ {
		w.selected = area.focused && i == l.cursor
		lines = append(lines, l.row(w, area, &h.entries[i]))
	}
	if len(h.entries) == 0 {
		lines = append(lines, w.wrapped([]span{{muted, l.emptyText}}, area.height-len(lines))...)
	}
	return padLines(lines, area.height)
}

func (m Model) noLogText() string {
	if m.logPane.filter.text != "" {
		return "No entry matches: " + keyLabel(m.keys.filterLog) + " takes " + logFilterSyntax + "; " + keyLabel(m.keys.back) + " shows all."
	}
	if m.logPane.few {
		return "No change or error yet. " + keyLabel(m.keys.fewLog) + " shows the whole log."
	}
	return "Nothing has happened yet. States of feeds, gaps and events are listed here as they come."
}

func (l logPane) row(w *lineWriter, area drawContext, e *logEntry) string {
	drawCursorMark(w)
	layout := "15:04:05.000 "
	if area.width < minFullLog {
		layout = "15:04:05 "
	}
	w.write(muted, e.at.Local().Format(layout))
	if area.manyFeeds {
		w.writeLeft(muted, e.feed, 8)
		w.writeBlanks(1)
	}
	for i, part := range e.spans(w.width, area.width >= minFullLog) {
		if i > 0 {
			w.writeBlanks(1)
		}
		w.write(part.style, part.text)
	}
	return w.endLine()
}

// spans say what an entry is. A message is shown as it arrived, after the reason why it is not on the screen.
func (e *logEntry) spans(limit int, withID bool) []span {
	switch {
	case e.status != nil:
		s := statusSpan(*e.status)
		return []span{{s.style, "● " + s.text}}
	case e.gap != nil:
		s := gapSpan(e.gap, limit)
		return []span{{s.style, "┄ " + s.text}}
	case e.peers != "" && e.agrees:
		return []span{{good, "= " + plainLine(e.peers)}}
	case e.peers != "":
		return []span{{warn, apartSign + " " + plainLine(e.peers)}}
	}
	st, sign := plain, "  "
	switch {
	case e.isDecodeError:
		st, sign = bad, "✕ "
	case e.isNotice:
		st, sign = warn, "! "
	case e.reason != "":
		st, sign = warn, "? "
	}
	out := []span{{st, sign + market.PlainText(e.typ, 32)}}
	if e.id != "" && withID {
		out = append(out, span{muted, "#" + market.PlainText(e.id, 40)})
	}
	if e.reason != "" {
		out = append(out, span{st, "[" + plainLine(e.reason) + withSeparator(" · ", repeatsText(max(e.repeats, e.folded+1))) + "]"})
	}
	return append(out, span{plain, market.PlainText(string(e.data), limit)})
}
