package stream

import (
	"bytes"
	"math"
	"time"
)

// pendingEvent gathers the fields of one event until its blank line (WHATWG HTML §9.2.6, "interpreting an event
// stream").
type pendingEvent struct {
	config Config

	kind    []byte // the event type; empty for "message"
	data    []byte // canonical data: lines; the whole canonical event once it is complete
	hasData bool
	size    int  // bytes of the lines so far
	skip    bool // over the bound: no more type and data are gathered

	id     []byte // the last event id buffer, which outlives the block
	spare  []byte // room for the next one
	own    bool   // it was set in this block
	lastID []byte // the last event id string: id as of the last blank line
	alive  bool
}

func newBlock(c Config) pendingEvent {
	b := pendingEvent{config: c}
	if isID(c.LastEventID) {
		b.id, b.lastID = []byte(c.LastEventID), []byte(c.LastEventID)
	}
	return b
}

// take interprets one line and returns the canonical event that it completes, if it does. The event is
// valid until the next line is taken.
func (b *pendingEvent) take(l Line) []byte {
	if b.config.JSONLines {
		return b.takeJSON(l)
	}
	if len(l.Text) == 0 {
		return b.dispatch()
	}
	name, value := l.Field()
	switch string(name) {
	case "": // the line begins with a colon
		b.comment()
	case "data":
		b.addData(l, value)
	case "event":
		b.setKind(l, value)
	case "id":
		b.setID(l, value)
	case "retry":
		if !l.Long {
			b.retry(value)
		}
	}
	return nil
}

func (b *pendingEvent) addData(l Line, value []byte) {
	b.hasData = true
	if b.fits(l) {
		b.data = appendDataLine(b.data, value)
	}
}

func (b *pendingEvent) setKind(l Line, value []byte) {
	if b.fits(l) {
		b.kind = AppendUTF8(b.kind[:0], value)
	}
}

// setID takes an id, also that of an event over the bound: a resume must not bring it back for ever.
func (b *pendingEvent) setID(l Line, value []byte) {
	b.fits(l)
	if len(value) > maxID || bytes.IndexByte(value, 0) >= 0 {
		return
	}
	id := AppendUTF8(b.spare[:0], value)
	if len(id) > maxID {
		return
	}
	b.id, b.spare, b.own = id, b.id, true
}

// fits counts a line against the bound.
func (b *pendingEvent) fits(l Line) bool {
	b.size += len(l.Text)
	b.skip = b.skip || l.Long || b.size > b.config.MaxEvent
	return !b.skip
}

// begun reports whether a line of an event was read since the last blank line.
func (b *pendingEvent) begun() bool { return b.size > 0 }

func (b *pendingEvent) comment() {
	b.alive = true
	if b.config.OnComment != nil {
		b.config.OnComment()
	}
}

// retry takes a reconnection time in ms. Only ASCII digits count; what is too long to be a duration is the
// longest one.
func (b *pendingEvent) retry(value []byte) {
	if len(value) == 0 {
		return
	}
	const most = int64(math.MaxInt64 / time.Millisecond)
	var ms int64
	for _, c := range value {
		if c < '0' || c > '9' {
			return
		}
		ms = min(ms*10+int64(c-'0'), most)
	}
	b.alive = true
	if b.config.OnRetry != nil {
		b.config.OnRetry(time.Duration(ms) * time.Millisecond)
	}
}

// dispatch ends the block. A block without a data field is no event, but its id counts.
func (b *pendingEvent) dispatch() []byte {
	if b.own {
		b.lastID = append(b.lastID[:0], b.id...)
	}
	var event []byte
	if b.hasData {
		event = b.event()
		b.alive = true
	}
	b.startAfresh()
	return event
}

func (b *pendingEvent) event() []byte {
	switch {
	case b.skip:
		b.data = canonical(appendSkipped(b.data[:0], b.config.MaxEvent), nil, b.id, Skipped)
	case b.own:
		b.data = canonical(b.data, b.kind, b.id, OwnID)
	default:
		b.data = canonical(b.data, b.kind, b.id, InheritedID)
	}
	return b.data
}

func (b *pendingEvent) startAfresh() {
	b.kind, b.data = emptied(b.kind, spareBuffer), emptied(b.data, spareBuffer)
	b.hasData, b.own, b.skip, b.size = false, false, false, 0
}

// isID reports whether a stream could have given the id.
func isID(id string) bool {
	for i := range len(id) {
		if c := id[i]; c == '\n' || c == '\r' || c == 0 {
			return false
		}
	}
	return len(id) <= maxID
}

// spareBuffer is the largest buffer that is kept for the next event.
const spareBuffer = 256 << 10
