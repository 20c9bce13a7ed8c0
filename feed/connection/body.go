package connection

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

var (
	errMidEvent    = errors.New("cut in mid-event")
	errNothingSent = errors.New("ended before anything was sent")
)

// networkBody is the body as it comes from the network. It tells the listener when it waits and receives, and ends with
// its context whatever the transport does.
type networkBody struct {
	io.ReadCloser
	waiting  func()
	received func(bytes bool) error
	over     atomic.Bool // the context has ended
	release  func()
}

func newNetworkBody(ctx context.Context, from io.ReadCloser, l Listener) *networkBody {
	b := &networkBody{ReadCloser: from, waiting: l.Waiting, received: func(bytes bool) error { return l.Received(ctx, bytes) }}
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		b.over.Store(true)
		_ = from.Close() // unblocks a Read; the context's end is the error that counts
		close(closed)
	})
	b.release = sync.OnceFunc(func() {
		if !stop() {
			<-closed
		}
	})
	return b
}

func (b *networkBody) Read(p []byte) (int, error) {
	if b.over.Load() {
		return 0, context.Canceled
	}
	b.waiting()
	n, err := b.ReadCloser.Read(p)
	if err := b.received(n > 0); err != nil {
		return 0, err
	}
	return n, err
}

// Close may be called more than once.
func (b *networkBody) Close() error {
	b.release()
	return b.ReadCloser.Close()
}

// errorKeeper remembers the error that a body ended with, which r3labs' client does not pass on.
type errorKeeper struct {
	io.Reader
	err error
}

func (k *errorKeeper) Read(p []byte) (int, error) {
	n, err := k.Reader.Read(p)
	if err != nil {
		k.err = err
	}
	return n, err
}

// endsByClosing reports whether the end of the body is marked by the end of the connection alone, so that a complete body
// cannot be told from a truncated one (RFC 9112 §6.3).
func endsByClosing(resp *http.Response) bool {
	return resp.ProtoMajor == 1 && resp.ContentLength < 0 && len(resp.TransferEncoding) == 0
}

var errBadGzip = errors.New("not gzip")

// Decompressed is the body of an answer without its compression.
func Decompressed(resp *http.Response) io.Reader {
	if ContentCoding(resp.Header) == "gzip" {
		return &lazyGzip{from: resp.Body}
	}
	return resp.Body
}

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
