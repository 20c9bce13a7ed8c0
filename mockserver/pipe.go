package mockserver

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"slices"
	"time"

	"livetape/mockserver/fault"
)

// writeTime is how long a client may take for a piece of what is written to it; one that takes longer is gone.
const (
	writeTime  = 10 * time.Second
	writePiece = 64 << 10 // bytes
)

// pipe is the way to one client.
type pipe struct {
	w          http.ResponseWriter
	control    *http.ResponseController
	chunked    bool
	compressed *compressor // nil: not compressed
	until      time.Time   // when the time of the latest write is over
}

func newPipe(w http.ResponseWriter, r *http.Request) *pipe {
	return &pipe{w: w, control: http.NewResponseController(w), chunked: r.ProtoAtLeast(1, 1)}
}

// compressor turns what is sent into one gzip stream, whole with every piece that is sent.
type compressor struct {
	buf bytes.Buffer
	gz  *gzip.Writer
}

func newCompressor() *compressor {
	c := &compressor{}
	c.gz = gzip.NewWriter(&c.buf)
	return c
}

// pack compresses b; the result is valid until the next call. Writing to memory cannot fail.
func (c *compressor) pack(b []byte) []byte {
	c.buf.Reset()
	_, _ = c.gz.Write(b)
	_ = c.gz.Flush()
	return c.buf.Bytes()
}

// end is the end of the gzip stream.
func (c *compressor) end() []byte {
	c.buf.Reset()
	_ = c.gz.Close()
	return c.buf.Bytes()
}

// start sends the headers, at once.
func (p *pipe) start() error {
	h := p.w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/event-stream")
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // nginx: pass every event on as it comes
	if p.compressed != nil {
		h.Set("Content-Encoding", "gzip")
	}
	if err := p.limit(); err != nil {
		return err
	}
	p.w.WriteHeader(http.StatusOK)
	return p.control.Flush()
}

// send has b on its way when it returns.
func (p *pipe) send(b []byte) error {
	if p.compressed != nil {
		b = p.compressed.pack(b)
	}
	return p.write(b)
}

// write gives every piece its time: a client that is slow, but takes what it gets, gets all of it.
func (p *pipe) write(b []byte) error {
	for piece := range slices.Chunk(b, writePiece) {
		if err := p.limit(); err != nil {
			return err
		}
		if _, err := p.w.Write(piece); err != nil {
			return err
		}
	}
	return p.control.Flush()
}

// end completes a stream that ends well, which takes time of its own, however long ago the last write was. That its
// client may be gone is no matter by now.
func (p *pipe) end() {
	_ = p.limit()
	if p.compressed != nil {
		_ = p.write(p.compressed.end())
	}
}

// limit gives what is written next its time.
func (p *pipe) limit() error {
	p.until = time.Now().Add(writeTime)
	err := p.control.SetWriteDeadline(p.until)
	if errors.Is(err, http.ErrNotSupported) {
		return nil // a writer without a network behind it does not block
	}
	return err
}

// isLate reports whether the time of the latest write is over.
func (p *pipe) isLate() bool { return !time.Now().Before(p.until) }

// cut leaves half an event on the wire, and the connection in ruins. A stream that has no connection of its own
// (HTTP/2) is reset instead, in the way that net/http offers.
func (p *pipe) cut(half []byte) {
	if p.compressed != nil {
		half, p.compressed = p.compressed.pack(half), nil
	}
	fault.Cut(p.w, half, p.chunked)
}
