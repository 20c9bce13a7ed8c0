package stream

import (
	"bytes"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// pendingEvent gathers the fields of one event until its blank line (WHATWG HTML §9.2.6, "interpreting an event
// stream").
type pendingEvent struct {
	config Config

	kind  []byte // the event type; empty for "message"
	data  []byte // canonical data: lines; the whole canonical event once it is complete
	large []byte // the only data: line so far, in place of data: the buffer that it was read into, for Config.OnLarge
	lines int    // data: lines so far
	size  int    // bytes of the lines so far
	skip  bool   // over the bound: no more of type and data is gathered

	id     []byte // the last event id buffer, which outlives the event
	spare  []byte // the buffer for the next one
	own    bool   // id was set by this event
	lastID []byte // the last event id string: id as of the last blank line
	alive  bool
}

func newPendingEvent(c Config) pendingEvent {
	e := pendingEvent{config: c}
	if isID(c.LastEventID) {
		e.id, e.lastID = []byte(c.LastEventID), []byte(c.LastEventID)
	}
	return e
}

// takeLine interprets one line and reports whether it completes an event, which then has to be cleared.
func (e *pendingEvent) takeLine(l Line) bool {
	if e.config.JSONLines {
		return e.takeJSON(l)
	}
	if len(l.Text) == 0 {
		return e.dispatch()
	}
	name, value := l.Field()
	switch string(name) {
	case "": // the line begins with a colon
		e.comment()
	case "data":
		e.addData(l, value)
	case "event":
		e.setKind(l, value)
	case "id":
		e.setID(l, value)
	case "retry":
		if !l.Long {
			e.retry(value)
		}
	}
	return false
}

func (e *pendingEvent) addData(l Line, value []byte) {
	e.lines++
	if !e.fits(l) {
		return
	}
	if e.lines == 1 && l.Owned && e.isLarge(value) && utf8.Valid(value) {
		e.large = value
		return
	}
	if e.large != nil {
		e.data, e.large = appendDataLine(e.data, e.large), nil
	}
	e.data = appendDataLine(e.data, value)
}

func (e *pendingEvent) isLarge(data []byte) bool {
	return e.config.Bundle && len(data) > LargeData
}

func (e *pendingEvent) setKind(l Line, value []byte) {
	if e.fits(l) {
		e.kind = AppendUTF8(e.kind[:0], value)
	}
}

// setID takes an id, also that of an event over the bound: otherwise each resume would bring that event again.
func (e *pendingEvent) setID(l Line, value []byte) {
	e.fits(l)
	if len(value) > maxID || bytes.IndexByte(value, 0) >= 0 {
		return
	}
	id := AppendUTF8(e.spare[:0], value)
	if len(id) > maxID {
		return
	}
	e.id, e.spare, e.own = id, e.id, true
}

func (e *pendingEvent) fits(l Line) bool {
	e.size += len(l.Text)
	e.skip = e.skip || l.Long || e.size > e.config.MaxEvent
	return !e.skip
}

func (e *pendingEvent) hasBegun() bool { return e.size > 0 }

func (e *pendingEvent) comment() {
	e.alive = true
	if e.config.OnComment != nil {
		e.config.OnComment()
	}
}

// retry takes a reconnection time in ms. Only ASCII digits count; a number too large for a duration means the longest
// one.
func (e *pendingEvent) retry(value []byte) {
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
	e.alive = true
	if e.config.OnRetry != nil {
		e.config.OnRetry(time.Duration(ms) * time.Millisecond)
	}
}

// dispatch ends the event, and reports whether there is one. Without a data field there is none, but its id counts.
func (e *pendingEvent) dispatch() bool {
	if e.own {
		e.lastID = append(e.lastID[:0], e.id...)
	}
	if e.lines == 0 {
		e.clear()
		return false
	}
	e.complete()
	return true
}

// complete makes of what was gathered an event.
func (e *pendingEvent) complete() {
	e.alive = true
	if e.skip {
		e.data, e.kind, e.large, e.lines = appendSkipped(e.data[:0], e.config.MaxEvent), e.kind[:0], nil, 1
	}
	if len(e.kind) == 0 {
		e.kind = append(e.kind, "message"...)
	}
}

func (e *pendingEvent) mark() Mark {
	switch {
	case e.skip:
		return Skipped
	case e.own:
		return OwnID
	}
	return InheritedID
}

// takeLarge is the data of an event that has more than LargeData bytes of them, in a buffer that the event no longer has.
func (e *pendingEvent) takeLarge() (data []byte) {
	if data = e.large; data == nil && e.isLarge(e.data) {
		data, e.data = plainData(e.data), nil
	}
	return data
}

func (e *pendingEvent) clear() {
	e.kind, e.data = reusableBuffer(e.kind, spareBuffer), reusableBuffer(e.data, spareBuffer)
	e.large, e.lines, e.own, e.skip, e.size = nil, 0, false, false, 0
}

// isID reports whether a stream could have sent the id.
func isID(id string) bool { return len(id) <= maxID && !strings.ContainsAny(id, "\n\r\x00") }

// LargeData is the size in bytes over which data goes to Config.OnLarge.
const LargeData = 64 << 10

// spareBuffer is the largest buffer that is kept for the next event.
const spareBuffer = 256 << 10
