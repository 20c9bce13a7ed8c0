package feed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

var (
	errMidEvent    = errors.New("cut in mid-event")
	errNothingSent = errors.New("ended before anything was sent")
)

// wireBody is the body as it comes from the network. It keeps the line's times, has a silent line
// declared live again before any byte passes, and ends with its context whatever the transport does.
type wireBody struct {
	io.ReadCloser
	line    *line
	revive  func() error
	over    atomic.Bool // the context has ended
	release func()
}

func newWireBody(ctx context.Context, from io.ReadCloser, l *line, revive func() error) *wireBody {
	b := &wireBody{ReadCloser: from, line: l, revive: revive}
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

func (b *wireBody) Read(p []byte) (int, error) {
	if b.over.Load() {
		return 0, context.Canceled
	}
	b.line.mention()
	b.line.wait(wallClock())
	n, err := b.ReadCloser.Read(p)
	if silent := b.line.arrive(wallClock(), n > 0); silent && n > 0 {
		if err := b.revive(); err != nil {
			return 0, err
		}
	}
	return n, err
}

// Close may be called more than once.
func (b *wireBody) Close() error {
	b.release()
	return b.ReadCloser.Close()
}

// tail remembers the error that a body ended with, which the client above does not pass on.
type tail struct {
	io.Reader
	err error
}

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.Reader.Read(p)
	if err != nil {
		t.err = err
	}
	return n, err
}

// endsByClosing reports whether the end of the body is marked by the end of the connection alone, so that a clean
// end looks like a crash (RFC 9112 §6.3).
func endsByClosing(resp *http.Response) bool {
	return resp.ProtoMajor == 1 && resp.ContentLength < 0 && len(resp.TransferEncoding) == 0
}
