package tape

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// input is an open file, decompressed if its content is gzip, whatever its name says.
type input struct {
	io.Reader
	zipped bool
	cut    bool // a gzip stream ended early: what came before is whole
}

var errCutGzip = fmt.Errorf("%w: it is a gzip file that was cut off at its begin", ErrNotRecording)

func badGzip(err error) error {
	return fmt.Errorf("%w: it begins like a gzip file, but %w", ErrNotRecording, err)
}

// newInput reads f from its begin.
func newInput(f *os.File) (*input, error) {
	magic := make([]byte, 2)
	n, err := f.ReadAt(magic, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if string(magic[:n]) != "\x1f\x8b" {
		return &input{Reader: f}, nil
	}
	zip, err := gzip.NewReader(f)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errCutGzip
	case err != nil:
		return nil, badGzip(err)
	}
	return &input{Reader: zip, zipped: true}, nil
}

// Read ends a cut gzip stream like a whole one, and remembers.
func (in *input) Read(p []byte) (int, error) {
	n, err := in.Reader.Read(p)
	if in.zipped && err == io.ErrUnexpectedEOF {
		in.cut, err = true, io.EOF
	}
	return n, err
}

// explain says why nothing was recognised in the first n bytes, when that is the fault of reading them.
func (in *input) explain(unknown, readErr error, n int) error {
	switch {
	case in.zipped && in.cut && n == 0:
		return errCutGzip
	case in.zipped && readErr != nil && readErr != io.EOF:
		return badGzip(readErr)
	}
	return unknown
}
