package connection

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

var (
	errMidEvent    = errors.New("cut in mid-event")
	errNothingSent = errors.New("ended before anything was sent")
	errNoBlankLine = errors.New("ended before the blank line of the first event")
)

// networkBody is the body as it comes from the network. It tells the listener when it waits and receives, and ends with
// its context whatever the transport does.
type networkBody struct {
	io.ReadCloser
	ctx      context.Context
	pacer    *readPacer // nil: it reads at once
	waiting  func()
	received func(bytes bool) error
	over     atomic.Bool // the context has ended
	release  func()
}

func newNetworkBody(ctx context.Context, from io.ReadCloser, l Listener) *networkBody {
	b := &networkBody{ReadCloser: from, ctx: ctx, waiting: l.Waiting, received: func(bytes bool) error { return l.Received(ctx, bytes) }}
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
	b.pacer.wait(b.ctx)
	b.waiting()
	asked := time.Now()
	n, err := b.ReadCloser.Read(p)
	b.pacer.note(n, len(p), asked, time.Now())
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
	network *networkBody
	err     error
}

func (k *errorKeeper) Read(p []byte) (int, error) {
	if k.network.over.Load() { // some bytes that came before may become millions by decompression
		return 0, context.Canceled
	}
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
		return &gzipBody{from: bufio.NewReader(resp.Body)}
	}
	return &plainBody{from: resp.Body}
}

// errUndeclaredGzip is the error of a body that is gzip, of which the answer does not say so.
var errUndeclaredGzip = errors.New("gzip that no header tells of")

// plainBody is a body without compression.
type plainBody struct {
	from  io.Reader
	first []byte // of the body, as many as the magic number of gzip has
}

var gzipMagic = []byte{0x1f, 0x8b}

func (b *plainBody) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if missing := len(gzipMagic) - len(b.first); missing > 0 {
		b.first = append(b.first, p[:min(n, missing)]...)
		if bytes.Equal(b.first, gzipMagic) {
			return 0, errUndeclaredGzip
		}
	}
	return n, err
}

// gzipBody decompresses as it is read, holding no more than the format's window. The header of a member is only read
// when all of the one before has been handed on, since a stream may send it long after: some servers make a member of
// each event (RFC 1952 §2.2).
type gzipBody struct {
	from   *bufio.Reader
	gzip   *gzip.Reader
	inside bool // a member
}

func (z *gzipBody) Read(p []byte) (int, error) {
	for {
		if !z.inside {
			if err := z.nextMember(); err != nil {
				return 0, err
			}
		}
		n, err := z.gzip.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, badGzip(err)
		}
		if z.inside = false; n > 0 {
			return n, nil
		}
	}
}

// nextMember waits for the header of a member. The body may end before it, but for the first.
func (z *gzipBody) nextMember() (err error) {
	if z.gzip == nil {
		z.gzip, err = gzip.NewReader(z.from)
	} else {
		err = z.gzip.Reset(z.from)
	}
	if err != nil {
		return badGzip(err)
	}
	z.gzip.Multistream(false)
	z.inside = true
	return nil
}

// badGzip marks the errors of the format and leaves those of the connection alone.
func badGzip(err error) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt) {
		return fmt.Errorf("%w: %w", errBadGzip, err)
	}
	return err
}
