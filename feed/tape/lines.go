package tape

import (
	"bytes"
	"io"
)

// lineReader cuts a stream into lines, which end in LF, CR or CRLF (WHATWG HTML §9.2.5). Memory is
// bounded by limit, whatever the lines are like.
type lineReader struct {
	in      io.Reader
	buf     []byte
	from    int   // buf[from:to] was not read yet
	to      int   //
	pos     int64 // of buf[from] in the stream
	limit   int   // bytes of a line that are kept
	afterCR bool  // a LF that follows belongs to the line end before
	err     error // of in, once it has come
}

const readSize = 64 << 10

func newLineReader(in io.Reader, limit int) *lineReader {
	return &lineReader{in: in, buf: make([]byte, readSize), limit: limit}
}

// restart goes on with another stream, which begins at pos.
func (l *lineReader) restart(in io.Reader, pos int64) {
	l.in, l.pos = in, pos
	l.from, l.to, l.afterCR, l.err = 0, 0, false, nil
}

// peek shows up to readSize bytes of what comes next, and whether that is all there is.
func (l *lineReader) peek() (head []byte, all bool) {
	for l.to-l.from < readSize && l.err == nil {
		l.fill()
	}
	head = l.buf[l.from:l.to]
	return head[:min(len(head), readSize)], l.err != nil && len(head) <= readSize
}

// skip passes over n bytes that peek has shown.
func (l *lineReader) skip(n int) {
	l.from += n
	l.pos += int64(n)
}

// next is the next line without its end, valid until the call after; of a line longer than the limit
// it is the begin, and cut is true. What has no line end is no line.
func (l *lineReader) next() (line []byte, cut bool, err error) {
	for scanned := 0; ; l.fill() {
		if l.afterCR && l.from < l.to {
			l.afterCR = false
			if l.buf[l.from] == '\n' {
				l.skip(1)
			}
		}
		window := l.buf[l.from:l.to]
		if i := lineEnd(window[scanned:]); i >= 0 {
			i += scanned
			l.afterCR = window[i] == '\r'
			l.skip(i + 1)
			return window[:i], false, nil
		}
		if scanned = len(window); scanned > l.limit {
			return l.cutLine(window[:l.limit])
		}
		if l.err != nil {
			return nil, false, l.err
		}
	}
}

// cutLine passes over the rest of a long line.
func (l *lineReader) cutLine(begin []byte) ([]byte, bool, error) {
	begin = bytes.Clone(begin[:min(len(begin), 1<<10)]) // the field's name will do
	for {
		l.skip(l.to - l.from)
		l.fill()
		if i := lineEnd(l.buf[l.from:l.to]); i >= 0 {
			l.afterCR = l.buf[l.from+i] == '\r'
			l.skip(i + 1)
			return begin, true, nil
		}
		if l.err != nil {
			return nil, false, l.err
		}
	}
}

// left reports whether bytes are left that no line end follows.
func (l *lineReader) left() bool { return l.to > l.from }

// lineEnd is where the first line end of p begins, or -1.
func lineEnd(p []byte) int {
	lf := bytes.IndexByte(p, '\n')
	if lf >= 0 {
		p = p[:lf]
	}
	if cr := bytes.IndexByte(p, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// fill reads once more, and makes room for it first. It does nothing after an error.
func (l *lineReader) fill() {
	if l.err != nil {
		return
	}
	if l.from > 0 {
		kept := l.buf
		if len(kept) > 16*readSize && l.to-l.from < readSize { // after a huge line
			kept = make([]byte, readSize)
		}
		copy(kept, l.buf[l.from:l.to])
		l.buf, l.from, l.to = kept, 0, l.to-l.from
	}
	if l.to == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.in.Read(l.buf[l.to:])
	l.to += n
	l.err = err
}
