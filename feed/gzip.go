package feed

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

var errBadGzip = errors.New("not gzip")

// lazyGzip decompresses as it is read, holding no more than the format's window. The header is
// only read with the first byte asked for, since a stream may send it long after the response began.
type lazyGzip struct {
	from io.Reader
	gzip *gzip.Reader
}

func (z *lazyGzip) Read(p []byte) (int, error) {
	if z.gzip == nil {
		reader, err := gzip.NewReader(z.from)
		if err != nil {
			return 0, badGzip(err)
		}
		z.gzip = reader
	}
	n, err := z.gzip.Read(p)
	return n, badGzip(err)
}

// badGzip marks the errors of the format and leaves those of the connection alone.
func badGzip(err error) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt) {
		return fmt.Errorf("%w: %w", errBadGzip, err)
	}
	return err
}
