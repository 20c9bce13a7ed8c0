package loadgen

import (
	"bytes"
	"cmp"
	"io"
	"strconv"
	"time"

	"livetape/feed/stream"
)

const (
	readSize = 4 << 10
	maxData  = 64 << 10 // a longer line, or longer data, is counted and not kept
)

// scanner cuts the body of an event stream into events by the rules of the WHATWG HTML Standard, §9.2.6, or JSON lines into
// one event each. It is told
// what was read, and keeps no more of it than the event that it is in: thousands of them read side by side.
type scanner struct {
	buf       []byte
	lines     stream.Lines
	jsonLines bool // each line is an event

	event   event // the one that next found
	pending pendingEvent
	id      []byte // the last event id
	retry   time.Duration
}

// event is one event of a stream. It is valid until the scanner is used again.
type event struct {
	kind  []byte // empty for "message"
	data  []byte
	id    []byte // the last event id
	own   bool   // the id is in the event itself
	whole bool   // data is all there is
}

type pendingEvent struct {
	kind, id, data []byte
	hasID, hasData bool
	cut            bool // some of the data was too long to keep
}

// Bounds on the time before a client comes back; the server says which.
const (
	usualRetry = time.Second
	leastRetry = 10 * time.Millisecond
	mostRetry  = 30 * time.Second
)

func newScanner(lastEventID string) scanner {
	return scanner{
		buf:   make([]byte, readSize),
		lines: stream.Lines{Limit: maxData, Spare: readSize},
		id:    []byte(lastEventID),
	}
}

// reset makes the scanner ready for another body. The last event id and the reconnection time stay.
func (s *scanner) reset(jsonLines bool) {
	s.jsonLines = jsonLines
	s.lines.Restart()
	s.pending.clear()
}

func (s *scanner) readFrom(body io.Reader) error {
	n, err := body.Read(s.buf)
	s.lines.Add(s.buf[:n])
	return err
}

// reconnectionTime is the server's, within bounds.
func (s *scanner) reconnectionTime() time.Duration {
	return cmp.Or(s.retry, usualRetry)
}

func (s *scanner) next() bool {
	for {
		line, ok := s.lines.Next()
		if !ok {
			return false
		}
		if s.jsonLines {
			if s.event = (event{data: line.Text, id: s.id, whole: !line.Long}); len(bytes.TrimSpace(line.Text)) > 0 {
				return true
			}
			continue
		}
		if len(line.Text) > 0 {
			s.addField(line)
		} else if s.dispatch() {
			return true
		}
	}
}

// addField reads one line of a block. A line that is too long counts only if it is one of data.
func (s *scanner) addField(line stream.Line) {
	b := &s.pending
	switch name, value := line.Field(); string(name) {
	case "data":
		b.addData(value, line.Long)
	case "event":
		if !line.Long {
			b.kind = append(b.kind[:0], value...)
		}
	case "id":
		if !line.Long && bytes.IndexByte(value, 0) < 0 {
			b.id, b.hasID = append(b.id[:0], value...), true
		}
	case "retry":
		if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
			s.retry = min(max(time.Duration(ms)*time.Millisecond, leastRetry), mostRetry)
		}
	}
}

func (b *pendingEvent) addData(value []byte, long bool) {
	switch {
	case long, len(b.data)+1+len(value) > maxData:
		b.cut = true
	case b.hasData:
		b.data = append(append(b.data, '\n'), value...)
	default:
		b.data = append(b.data, value...)
	}
	b.hasData = true
}

func (s *scanner) dispatch() bool {
	b := &s.pending
	if b.hasID {
		s.id, b.id = b.id, s.id
	}
	defer b.clear() // the event keeps its view of it
	s.event = event{kind: b.kind, data: b.data, id: s.id, own: b.hasID, whole: !b.cut}
	return b.hasData
}

// clear forgets the fields. A buffer that long data has made large is given back.
func (b *pendingEvent) clear() {
	if cap(b.data) > readSize {
		b.data = nil
	}
	b.kind, b.data = b.kind[:0], b.data[:0]
	b.hasID, b.hasData, b.cut = false, false, false
}
