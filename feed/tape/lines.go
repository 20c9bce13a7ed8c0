package tape

import (
	"bytes"
	"io"

	"livetape/feed/stream"
)

// lineReader reads the lines of a file.
type lineReader struct {
	in    io.Reader
	lines stream.Lines
	buf   []byte
	err   error // of in, once it has come
}

const readSize = 64 << 10

// newLineReader reads lines of which at most limit bytes are kept.
func newLineReader(in io.Reader, limit int) *lineReader {
	return &lineReader{
		in: in, buf: make([]byte, readSize),
		lines: stream.Lines{Limit: limit, All: true, Spare: 1 << 20},
	}
}

// restart goes on with another stream, which begins at offset.
func (l *lineReader) restart(in io.Reader, offset int64) {
	l.in, l.err = in, nil
	l.lines.Restart(offset)
}

// peek shows the first bytes, and whether that is all there is. It is called before anything is read.
func (l *lineReader) peek() (head []byte, all bool) {
	n, err := io.ReadFull(l.in, l.buf)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	l.err = err
	l.lines.Add(l.buf[:n])
	return l.buf[:n], err != nil
}

// next is the next line, valid until the call after. What has no line end is no line.
func (l *lineReader) next() (stream.Line, error) {
	for {
		if line, ok := l.lines.Next(); ok {
			return line, nil
		}
		if l.err != nil {
			return stream.Line{}, l.err
		}
		n, err := l.in.Read(l.buf)
		l.lines.Add(l.buf[:n])
		l.err = err
	}
}

// left reports whether bytes are left that no line end follows.
func (l *lineReader) left() bool { return len(l.lines.Partial()) > 0 }

func (l *lineReader) offset() int64 { return l.lines.Offset() }

// lineEnd is where the first line end of p begins, or -1.
func lineEnd(p []byte) int { return bytes.IndexAny(p, "\r\n") }
