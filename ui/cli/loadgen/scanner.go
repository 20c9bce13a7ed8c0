package loadgen

import (
	"bytes"
	"strconv"
	"time"
)

const (
	firstBuffer = 4 << 10
	maxLine     = 64 << 10 // what is longer is counted, and not kept
)

// scanner cuts the body of an event stream into events by the rules of the WHATWG HTML Standard, §9.2.6. It is told
// what was read, and keeps no more of it than the event that it is in: thousands of them read side by side.
type scanner struct {
	buf        []byte
	start, end int // what is not looked at yet
	nextCR     int // where the next CR is, as far as was looked; from end on, nobody looked

	begun    bool // a byte order mark can come no more
	afterCR  bool // a LF that follows belongs to the line before
	skipping bool // the rest of a line that is too long

	event   event
	inBlock block
	id      []byte // the last event id
}

// reset makes the scanner ready for another body. The last event id stays.
func (s *scanner) reset() {
	*s = scanner{buf: s.buf, id: s.id, inBlock: block{retry: s.inBlock.retry}}
}

// event is one event of a stream. It is valid until the scanner is used again.
type event struct {
	kind  []byte // empty for "message"
	data  []byte
	id    []byte // the last event id
	own   bool   // the id is in the event itself
	whole bool   // data is all there is
}

// block is the event that is being read.
type block struct {
	kind, id    []byte // own copies
	data        []byte // of buf, or of joined
	joined      []byte
	hasID       bool
	hasData     bool
	cut         bool
	borrowsData bool // data is of buf
	retry       time.Duration
}

// Bounds on the time before a client comes back; the server says which.
const (
	usualRetry = time.Second
	leastRetry = 10 * time.Millisecond
	mostRetry  = 30 * time.Second
)

// reconnectionTime is the server's, within bounds.
func (s *scanner) reconnectionTime() time.Duration {
	if s.inBlock.retry == 0 {
		return usualRetry
	}
	return s.inBlock.retry
}

// room is where to read to. What was read before must have been scanned.
func (s *scanner) room() []byte {
	if s.buf == nil {
		s.buf = make([]byte, firstBuffer)
	}
	s.keepData()
	s.nextCR = max(s.start, s.nextCR) - s.start
	s.end = copy(s.buf, s.buf[s.start:s.end])
	s.start = 0
	switch {
	case s.end == 0 && len(s.buf) > firstBuffer:
		s.buf = make([]byte, firstBuffer) // a long line must not cost for ever
	case s.end == len(s.buf) && s.end < maxLine:
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	case s.end == len(s.buf):
		s.skipLine()
	}
	return s.buf[s.end:]
}

// keepData copies data out of the buffer, which is about to be overwritten.
func (s *scanner) keepData() {
	if b := &s.inBlock; b.borrowsData {
		b.joined = append(b.joined[:0], b.data...)
		b.data, b.borrowsData = b.joined, false
	}
}

// skipLine gives up a line that is too long: that it is one of data counts.
func (s *scanner) skipLine() {
	if line := s.buf[:s.end]; !s.skipping && bytes.HasPrefix(line, []byte("data:")) {
		s.inBlock.lose()
	}
	s.skipping, s.begun = true, true
	s.end, s.nextCR = 0, 0
}

// wrote says how many bytes were read to room.
func (s *scanner) wrote(n int) { s.end += n }

// next finds the next event in what was read.
func (s *scanner) next() bool {
	for {
		line, ok := s.line()
		if !ok {
			return false
		}
		switch {
		case s.skipping:
			s.skipping = false
		case len(line) > 0:
			s.inBlock.take(line)
		case s.dispatch():
			return true
		}
	}
}

// line takes the next whole line.
func (s *scanner) line() ([]byte, bool) {
	if s.afterCR && s.start < s.end {
		if s.afterCR = false; s.buf[s.start] == '\n' {
			s.start++
		}
	}
	rest := s.buf[s.start:s.end]
	n := bytes.IndexByte(rest, '\n')
	if s.nextCR < s.start {
		s.nextCR = s.start
	}
	limit := len(rest)
	if n >= 0 {
		limit = n
	}
	if from := s.nextCR - s.start; from < limit {
		if cr := bytes.IndexByte(rest[from:limit], '\r'); cr >= 0 {
			n, s.nextCR = from+cr, s.start+from+cr
			s.afterCR = true
		} else {
			s.nextCR = s.start + limit
		}
	}
	if n < 0 {
		return nil, false
	}
	line := rest[:n]
	s.start += n + 1
	if !s.begun {
		s.begun = true
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return line, true
}

// take reads one line of a block.
func (b *block) take(line []byte) {
	name, value := line, []byte(nil)
	if colon := bytes.IndexByte(line, ':'); colon >= 0 {
		name, value = line[:colon], line[colon+1:]
		if len(value) > 0 && value[0] == ' ' {
			value = value[1:]
		}
	}
	switch string(name) {
	case "data":
		b.addData(value)
	case "event":
		b.kind = append(b.kind[:0], value...)
	case "id":
		if bytes.IndexByte(value, 0) < 0 {
			b.id, b.hasID = append(b.id[:0], value...), true
		}
	case "retry":
		if ms, err := strconv.ParseUint(string(value), 10, 31); err == nil {
			b.retry = min(max(time.Duration(ms)*time.Millisecond, leastRetry), mostRetry)
		}
	}
}

// lose notes a line of data that cannot be kept.
func (b *block) lose() {
	if !b.hasData {
		b.joined = b.joined[:0]
		b.data = b.joined
	}
	b.hasData, b.cut = true, true
}

func (b *block) addData(value []byte) {
	switch {
	case !b.hasData:
		b.data, b.borrowsData = value, true
	case len(b.data)+1+len(value) > maxLine:
		b.cut = true
	default:
		if b.borrowsData {
			b.joined = append(b.joined[:0], b.data...)
		}
		b.joined = append(append(b.joined, '\n'), value...)
		b.data, b.borrowsData = b.joined, false
	}
	b.hasData = true
}

// dispatch ends a block, and reports whether it is an event.
func (s *scanner) dispatch() bool {
	b := &s.inBlock
	if b.hasID {
		s.id, b.id = b.id, s.id
	}
	is := b.hasData
	if is {
		s.event = event{kind: b.kind, data: b.data, id: s.id, own: b.hasID, whole: !b.cut}
	}
	b.kind = b.kind[:0] // an event keeps its view of it
	b.data, b.hasID, b.hasData, b.cut, b.borrowsData = nil, false, false, false, false
	return is
}
