package ui

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/feed"
	"livetape/feed/market"
)

const (
	maxLog         = 500  // entries kept, and at most as many again until the old ones leave
	maxOldStates   = 200  // of the old ones, changes of state and gaps
	maxOldUnusable = 100  // and events that could not be used
	maxData        = 2048 // bytes of a payload kept for the log
	maxType        = 64   // of an event's type
	maxID          = 256  // of its id
	maxLine        = 1024 // runes of a line

	narrowLog = 60 // columns below which the log leaves out milliseconds and ids
)

// logEntry is one event of a feed as it came, for the log.
type logEntry struct {
	at            time.Time
	feed          string
	status        *feed.Status
	gap           *feed.Gap
	typ           string
	id            string
	data          []byte
	reason        string // why it is not, or not wholly, on the screen
	repeats       uint64 // how often that has come
	isDecodeError bool
	isNotice      bool // the server says it of the stream itself
}

// newLogEntry makes an entry of an event; again is how often the reason why it was of no use has come.
func newLogEntry(ev feed.Event, again uint64) logEntry {
	e := logEntry{at: ev.At, feed: ev.Feed, status: ev.Status, gap: ev.Gap}
	m := ev.Message
	if m == nil {
		return e
	}
	e.repeats = again
	e.typ, e.id, e.data, e.reason = copyPrefix(m.Type, maxType), copyPrefix(m.ID, maxID), m.Data, copyPrefix(m.Unmapped, maxData)
	e.isNotice = m.Notice != ""
	if m.Err != nil {
		e.reason, e.isDecodeError = copyPrefix(m.Err.Error(), maxData), true
	}
	if len(e.data) > maxData { // the whole would be kept alive otherwise
		e.data = append([]byte(nil), e.data[:maxData]...)
	}
	return e
}

// copyPrefix is a copy of a text's first whole characters, in so many bytes at most: it keeps nothing else alive.
func copyPrefix(text string, most int) string {
	if len(text) > most {
		for most > 0 && !utf8.RuneStart(text[most]) {
			most--
		}
		text = text[:most]
	}
	return strings.Clone(text)
}

// shortenGap is a gap without the length of an id that no line has room for.
func shortenGap(g *feed.Gap) *feed.Gap {
	short := *g
	short.From = copyPrefix(g.From, maxID)
	return &short
}

// eventLog is the last entries, oldest first. When the old ones leave, what says most stays longer: changes
// of state and gaps, then what could not be used. What was once read of it stays as it was.
type eventLog struct {
	entries []logEntry
	removed int // entries that have left
}

func (h eventLog) add(e logEntry) eventLog {
	if len(h.entries) == 2*maxLog {
		kept := keepImportant(h.entries[:maxLog])
		h.removed += maxLog - len(kept)
		h.entries = append(append(make([]logEntry, 0, 2*maxLog), kept...), h.entries[maxLog:]...)
	}
	h.entries = append(h.entries, e)
	return h
}

// keepImportant keeps the newest of the entries that are more than a message like any other.
func keepImportant(entries []logEntry) []logEntry {
	var kept []logEntry
	turns, misfits := maxOldStates, maxOldUnusable
	for _, e := range slices.Backward(entries) {
		quota := &misfits
		if e.status != nil || e.gap != nil {
			quota = &turns
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

// logPane shows the history. With its cursor on the last line it follows what comes.
type logPane struct {
	list
	dropped int // history.dropped when last arranged
	titled  bool
}

// arrange takes the pane's height and the history.
func (l logPane) arrange(height int, h eventLog) logPane {
	following := l.atEnd()
	l.titled = height > 2
	if l.titled {
		height--
	}
	l.list = l.shift(l.dropped-h.removed).fit(height, len(h.entries))
	l.dropped = h.removed
	if following {
		l.list = l.last()
	}
	return l
}

// view draws the pane in exactly f.height lines.
func (l logPane) view(area drawArea, h eventLog) []string {
	w := newLineWriter(area.theme, area.width)
	lines := make([]string, 0, area.height)
	if l.titled {
		right := "following"
		if !l.atEnd() {
			right = "scrolled back, G follows again"
		}
		lines = append(lines, titleLine(w, area, "Event log", positionText(l.list), right))
	}
	for i := l.top; i < min(l.end(), len(h.entries)); i++ {
		w.selected = area.focused && i == l.cursor
		lines = append(lines, l.row(w, area, &h.entries[i]))
	}
	return padLines(lines, area.height)
}

func (l logPane) row(w *lineWriter, area drawArea, e *logEntry) string {
	drawCursorMark(w)
	if area.width < narrowLog {
		w.write(muted, e.at.Local().Format("15:04:05 "))
	} else {
		w.write(muted, e.at.Local().Format("15:04:05.000 "))
	}
	if area.manyFeeds {
		w.writeLeft(muted, e.feed, 8)
		w.writeBlanks(1)
	}
	for i, part := range e.spans(w.width, area.width >= narrowLog) {
		if i > 0 {
			w.writeBlanks(1)
		}
		w.write(part.style, part.text)
	}
	return w.endLine()
}

// spans say an event: a message as it came, after the reason why it is not on the screen.
func (e *logEntry) spans(limit int, withID bool) []span {
	switch {
	case e.status != nil:
		s := statusSpan(*e.status)
		return []span{{s.style, "● " + s.text}}
	case e.gap != nil:
		s := gapSpan(e.gap, limit)
		return []span{{s.style, "┄ " + s.text}}
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
		out = append(out, span{st, "[" + plainLine(e.reason) + prefixed(" · ", timesText(e.repeats)) + "]"})
	}
	return append(out, span{plain, market.PlainText(string(e.data), limit)})
}
