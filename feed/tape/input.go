package tape

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"livetape/feed/stream"
)

// inputFile is an open file, decompressed if its content is gzip, whatever its name.
type inputFile struct {
	io.Reader
	gzipped bool
	cut     bool // the gzip stream ended early: what came before is whole
}

var errCutGzip = fmt.Errorf("%w: it is a gzip file that was cut off at its beginning", ErrNotRecording)

func badGzip(err error) error {
	return fmt.Errorf("%w: it begins like a gzip file, but %w", ErrNotRecording, err)
}

func newInputFile(f *os.File) (*inputFile, error) {
	magic := make([]byte, 2)
	n, err := f.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if string(magic[:n]) != "\x1f\x8b" {
		return &inputFile{Reader: f}, nil
	}
	zip, err := gzip.NewReader(f)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errCutGzip
	case err != nil:
		return nil, badGzip(err)
	}
	return &inputFile{Reader: zip, gzipped: true}, nil
}

// Read ends a cut gzip stream like a whole one, and sets cut.
func (in *inputFile) Read(p []byte) (int, error) {
	n, err := in.Reader.Read(p)
	if in.gzipped && errors.Is(err, io.ErrUnexpectedEOF) {
		in.cut, err = true, io.EOF
	}
	return n, err
}

// explain is the error of a file whose first n bytes were not recognised: that of reading them, if there was one.
func (in *inputFile) explain(unrecognised, readErr error, n int) error {
	switch {
	case in.gzipped && in.cut && n == 0:
		return errCutGzip
	case in.gzipped && readErr != nil && !errors.Is(readErr, io.EOF):
		return badGzip(readErr)
	}
	return unrecognised
}

type lineReader struct {
	stream.Lines
	in  io.Reader
	buf []byte
	err error // of in, once it has come
}

// readSize is how many bytes are read at once, and looked at to tell what a file is.
const readSize = 64 << 10

func newLineReader(in io.Reader, limit int) *lineReader {
	return &lineReader{
		in: in, buf: make([]byte, readSize),
		Lines: stream.Lines{Limit: limit, All: true, Spare: 1 << 20},
	}
}

// restart reads another stream.
func (l *lineReader) restart(in io.Reader) {
	l.in, l.err = in, nil
	l.Restart()
}

// peek returns the first bytes, and whether they are all. It is called before any line is read.
func (l *lineReader) peek() (head []byte, whole bool) {
	n, err := io.ReadFull(l.in, l.buf)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	l.err = err
	l.Add(l.buf[:n])
	return l.buf[:n], err != nil
}

// next is the next line, valid until the call after. What has no line end is no line.
func (l *lineReader) next() (stream.Line, error) {
	for {
		if line, ok := l.Next(); ok {
			return line, nil
		}
		if l.err != nil {
			return stream.Line{}, l.err
		}
		n, err := l.in.Read(l.buf)
		l.Add(l.buf[:n])
		l.err = err
	}
}

// midLine reports whether bytes are left that no line end follows.
func (l *lineReader) midLine() bool { return len(l.Partial()) > 0 }
