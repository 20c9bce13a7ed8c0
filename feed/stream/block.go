package stream

import (
	"bytes"
	"math"
	"time"
	"unicode/utf8"
)

// block gathers the fields of one event until its blank line (WHATWG HTML §9.2.6, "interpreting an event
// stream").
type block struct {
	config Config

	kind    []byte // the event type; empty for "message"
	data    []byte // canonical data: lines
	hasData bool
	size    int  // bytes of the lines so far
	skip    bool // over the bound: nothing more is gathered

	id     string // the last event id buffer, which outlives the block
	own    bool   // it was set in this block
	lastID string // the last event id string: id as of the last blank line
	alive  bool

	out []byte
}

// take interprets one line and returns the canonical event that it completes, if it does.
func (b *block) take(l line) []byte {
	if len(l.text) == 0 {
		return b.dispatch()
	}
	name, value, colon := bytes.Cut(l.text, []byte(":"))
	if colon && len(name) == 0 {
		b.comment()
		return nil
	}
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	switch string(name) {
	case "data", "event", "id":
		if b.fits(l) {
			b.field(name[0], value)
		}
	case "retry":
		b.retry(value)
	}
	return nil
}

// fits counts a line against the bound.
func (b *block) fits(l line) bool {
	b.size += len(l.text)
	if l.long || b.size > b.config.MaxEvent {
		b.skip = true
	}
	return !b.skip || l.text[0] == 'i' && !l.long // the id of a skipped event counts: a resume must not bring it back
}

func (b *block) field(initial byte, value []byte) {
	switch initial {
	case 'd':
		b.hasData = true
		b.data = append(b.data, "data: "...)
		b.data = appendUTF8(b.data, value)
		b.data = append(b.data, '\n')
	case 'e':
		b.kind = appendUTF8(b.kind[:0], value)
	case 'i':
		if len(value) <= maxID && bytes.IndexByte(value, 0) < 0 {
			b.id, b.own = string(appendUTF8(nil, value)), true
		}
	}
}

func (b *block) comment() {
	b.alive = true
	if b.config.OnComment != nil {
		b.config.OnComment()
	}
}

// retry takes a reconnection time in ms. Only ASCII digits count; what is too long to be a duration is the
// longest one.
func (b *block) retry(value []byte) {
	if len(value) == 0 {
		return
	}
	const most = int64(math.MaxInt64 / time.Millisecond)
	var ms int64
	for _, c := range value {
		if c < '0' || c > '9' {
			return
		}
		if ms = ms*10 + int64(c-'0'); ms > most/10 {
			ms = most / 10
		}
	}
	b.alive = true
	if b.config.OnRetry != nil {
		b.config.OnRetry(time.Duration(ms) * time.Millisecond)
	}
}

// dispatch ends the block. An event without a data field is none, but its id counts.
func (b *block) dispatch() []byte {
	b.lastID = b.id
	var event []byte
	switch {
	case b.skip:
		event = b.canonical(Skipped, nil, appendLine(nil, "data: ", skippedReason(b.config.MaxEvent)))
	case b.hasData && b.own:
		event = b.canonical(Own, b.kind, b.data)
	case b.hasData:
		event = b.canonical(Inherited, b.kind, b.data)
	}
	b.startAfresh()
	return event
}

// canonical is the event as the parser is given it. It is valid until the next one.
func (b *block) canonical(m Mark, kind, data []byte) []byte {
	b.alive = true
	if cap(b.out) > keepBuffer {
		b.out = nil
	}
	b.out = append(b.out[:0], "event: "...)
	if len(kind) > 0 {
		b.out = append(b.out, kind...)
	} else {
		b.out = append(b.out, "message"...)
	}
	b.out = append(b.out, "\nid: "...)
	b.out = append(b.out, byte(m))
	b.out = append(b.out, b.id...)
	b.out = append(b.out, '\n')
	b.out = append(b.out, data...)
	b.out = append(b.out, '\n')
	return b.out
}

func appendLine(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, value...)
	return append(b, '\n')
}

func (b *block) startAfresh() {
	if cap(b.data) > keepBuffer {
		b.data = nil
	}
	if cap(b.kind) > keepBuffer {
		b.kind = nil
	}
	b.kind, b.data = b.kind[:0], b.data[:0]
	b.hasData, b.own, b.skip, b.size = false, false, false, 0
}

// appendUTF8 appends text with each maximal part of an ill-formed sequence replaced by U+FFFD (WHATWG
// Encoding, "UTF-8 decode").
func appendUTF8(b, text []byte) []byte {
	for !utf8.Valid(text) {
		n := 0
		for n < len(text) {
			r, size := utf8.DecodeRune(text[n:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			n += size
		}
		b = append(b, text[:n]...)
		b = utf8.AppendRune(b, utf8.RuneError)
		text = text[n+illFormed(text[n:]):]
	}
	return append(b, text...)
}

// illFormed is the length of the maximal part of a well-formed sequence that text, which begins with an
// ill-formed one, begins with; at least 1 (Unicode Standard, table 3-7).
func illFormed(text []byte) int {
	low, high, more := byte(0x80), byte(0xBF), 0
	switch c := text[0]; {
	case c >= 0xC2 && c <= 0xDF:
		more = 1
	case c >= 0xE0 && c <= 0xEF:
		more = 2
	case c >= 0xF0 && c <= 0xF4:
		more = 3
	}
	switch text[0] {
	case 0xE0:
		low = 0xA0
	case 0xED:
		high = 0x9F
	case 0xF0:
		low = 0x90
	case 0xF4:
		high = 0x8F
	}
	n := 1
	for n <= more && n < len(text) && text[n] >= low && text[n] <= high {
		low, high = 0x80, 0xBF
		n++
	}
	return n
}
