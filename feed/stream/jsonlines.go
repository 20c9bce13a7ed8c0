package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// takeJSON makes an event of one JSON line, unless it is blank. Whether it is valid JSON is for the decoder to find out.
func (e *pendingEvent) takeJSON(l Line) bool {
	if !l.Long && isBlank(l.Text) {
		e.comment()
		return false
	}
	e.addData(l, l.Text)
	e.complete()
	return true
}

// isBlank reports whether a line holds nothing but JSON's white space (RFC 8259 §2).
func isBlank(line []byte) bool { return len(bytes.Trim(line, " \t")) == 0 }

// lastLine is a last line without an end character, at a clean end of the body: servers need not write one. Only a line that
// shows its own end counts, since a number may have lost digits.
func (r *Reader) lastLine() (Line, bool) {
	rest := r.lines.partial
	if !r.lines.All || !errors.Is(r.err, io.EOF) || r.lines.cut || !isSelfDelimited(rest) {
		return Line{}, false
	}
	r.lines.clearPartial()
	return Line{Text: rest}, true
}

// isSelfDelimited reports whether text is a whole JSON object, array or string: no beginning of one is valid.
func isSelfDelimited(text []byte) bool {
	first := bytes.TrimLeft(text, " \t")
	return len(first) > 0 && strings.IndexByte(`{["`, first[0]) >= 0 && json.Valid(text)
}

// MidLine reports whether the body, which has ended, did so within a line. It is for JSON lines only.
func (r *Reader) MidLine() bool { return r.lines.cut || !isBlank(r.lines.partial) }
