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
	maxLog     = 500  // entries kept, and at most as many again until the old ones leave
	maxTurns   = 200  // of the old ones, changes of state and gaps
	maxMisfits = 100  // and events that could not be used
	maxData    = 2048 // bytes of a payload kept for the log
	maxType    = 64   // of an event's type
	maxID      = 256  // of its id
	maxLine    = 1024 // runes of a line

	tightLog = 60 // columns below which the log leaves out milliseconds and ids
)

// entry is one event of a feed as it came, for the log.
type entry struct {
	at     time.Time
	feed   string
	status *feed.Status
	gap    *feed.Gap
	typ    string
	id     string
	data   []byte
	reason string // why it is not, or not wholly, on the screen
	again  uint64 // how often that has come
	fault  bool
	notice bool // the server says it of the stream itself
}

// record makes an entry of an event; again is how often the reason why it was of no use has come.
func record(ev feed.Event, again uint64) entry {
	e := entry{at: ev.At, feed: ev.Feed, status: ev.Status, gap: ev.Gap}
	m := ev.Message
	if m == nil {
		return e
	}
	e.again = again
	e.typ, e.id, e.data, e.reason = head(m.Type, maxType), head(m.ID, maxID), m.Data, head(m.Unmapped, maxData)
	e.notice = m.Notice != ""
	if m.Fault != nil {
		e.reason, e.fault = head(m.Fault.Error(), maxData), true
	}
	if len(e.data) > maxData { // the whole would be kept alive otherwise
		e.data = append([]byte(nil), e.data[:maxData]...)
	}
	return e
}

// head is a copy of a text's first whole characters, in so many bytes at most: it keeps nothing else alive.
func head(text string, most int) string {
	if len(text) > most {
		for most > 0 && !utf8.RuneStart(text[most]) {
			most--
		}
		text = text[:most]
	}
	return strings.Clone(text)
}

// brief is a gap without the length of an id that no line has room for.
func brief(g *feed.Gap) *feed.Gap {
	short := *g
	short.From = head(g.From, maxID)
	return &short
}

// history is the last entries, oldest first. When the old ones leave, what says most stays longer: changes
// of state and gaps, then what could not be used. What was once read of it stays as it was.
type history struct {
	entries []entry
	dropped int // entries that have left
}

func (h history) add(e entry) history {
	if len(h.entries) == 2*maxLog {
		kept := thin(h.entries[:maxLog])
		h.dropped += maxLog - len(kept)
		h.entries = append(append(make([]entry, 0, 2*maxLog), kept...), h.entries[maxLog:]...)
	}
	h.entries = append(h.entries, e)
	return h
}

// thin keeps the newest of the entries that are more than a message like any other.
func thin(entries []entry) []entry {
	var kept []entry
	turns, misfits := maxTurns, maxMisfits
	for _, e := range slices.Backward(entries) {
		quota := &misfits
		if e.status != nil || e.gap != nil {
			quota = &turns
		} else if e.reason == "" && !e.notice {
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
	dropped   int // history.dropped when last arranged
	manyFeeds bool
	titled    bool
}

// arrange takes the pane's height and the history.
func (l logPane) arrange(height int, h history) logPane {
	following := l.atEnd()
	l.titled = height > 2
	if l.titled {
		height--
	}
	l.list = l.shift(l.dropped-h.dropped).fit(height, len(h.entries))
	l.dropped = h.dropped
	if following {
		l.list = l.last()
	}
	return l
}

// view draws the pane in exactly f.height lines.
func (l logPane) view(f frame, h history) []string {
	pn := newPen(f.styles, f.width)
	lines := make([]string, 0, f.height)
	if l.titled {
		right := "following"
		if !l.atEnd() {
			right = "scrolled back, G follows again"
		}
		lines = append(lines, rule(pn, f, "Event log", place(l.list), right))
	}
	for i := l.top; i < min(l.end(), len(h.entries)); i++ {
		pn.selected = f.focused && i == l.cursor
		lines = append(lines, l.row(pn, f, &h.entries[i]))
	}
	return pad(lines, f.height)
}

func (l logPane) row(pn *pen, f frame, e *entry) string {
	cursorMark(pn)
	if f.width < tightLog {
		pn.put(muted, e.at.Local().Format("15:04:05 "))
	} else {
		pn.put(muted, e.at.Local().Format("15:04:05.000 "))
	}
	if l.manyFeeds {
		pn.left(muted, e.feed, 8)
		pn.space(1)
	}
	for i, part := range e.parts(pn.width, f.width >= tightLog) {
		if i > 0 {
			pn.space(1)
		}
		pn.put(part.ink, part.text)
	}
	return pn.end()
}

// parts say an event: a message as it came, after the reason why it is not on the screen.
func (e *entry) parts(limit int, withID bool) []span {
	switch {
	case e.status != nil:
		s := turned(*e.status)
		return []span{{s.ink, "● " + s.text}}
	case e.gap != nil:
		s := gapWords(e.gap, limit)
		return []span{{s.ink, "┄ " + s.text}}
	}
	k, sign := plain, "  "
	switch {
	case e.fault:
		k, sign = bad, "✕ "
	case e.notice:
		k, sign = warn, "! "
	case e.reason != "":
		k, sign = warn, "? "
	}
	out := []span{{k, sign + market.PlainText(e.typ, 32)}}
	if e.id != "" && withID {
		out = append(out, span{muted, "#" + market.PlainText(e.id, 40)})
	}
	if e.reason != "" {
		out = append(out, span{k, "[" + plainLine(e.reason) + join(" · ", times(e.again)) + "]"})
	}
	return append(out, span{plain, market.PlainText(string(e.data), limit)})
}
