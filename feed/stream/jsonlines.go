package stream

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// takeJSON makes an event of one JSON line. Whether it is JSON, the decoder finds out.
func (b *pendingEvent) takeJSON(l Line) []byte {
	if !l.Long && isBlank(l.Text) {
		b.comment()
		return nil
	}
	if b.fits(l) {
		b.data = appendDataLine(b.data, l.Text)
	}
	event := b.event()
	b.alive = true
	b.startAfresh()
	return event
}

// isBlank reports whether a line holds nothing but JSON's white space (RFC 8259 §2).
func isBlank(line []byte) bool { return len(bytes.Trim(line, " \t")) == 0 }

// lastLine is the event of a last line that a clean end of the body leaves without its end character: servers need
// not write one. Only what shows its own end counts, since a number may have lost digits.
func (r *Reader) lastLine() []byte {
	rest := r.lines.partial
	if !r.lines.All || r.err != io.EOF || r.lines.cut || !endsItself(rest) {
		return nil
	}
	r.lines.clearPartial()
	return r.event.takeJSON(Line{Text: rest})
}

// endsItself reports whether text is a whole JSON object, array or string: no beginning of one is valid.
func endsItself(text []byte) bool {
	first := bytes.TrimLeft(text, " \t")
	return len(first) > 0 && strings.IndexByte(`{["`, first[0]) >= 0 && json.Valid(text)
}

// MidLine reports whether the body, which has ended, did so within a line. It is for JSON lines only.
func (r *Reader) MidLine() bool { return r.lines.cut || !isBlank(r.lines.partial) }
