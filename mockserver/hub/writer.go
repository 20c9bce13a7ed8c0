package hub

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"slices"
	"time"

	"livetape/mockserver/fault"
)

// A client may take writeTime, or up to deadlineReuse less, for each writePiece; one that takes longer is disconnected.
const (
	writeTime     = 10 * time.Second
	deadlineReuse = time.Second // for which writes share a deadline: setting one costs a sixth of a write
	writePiece    = 64 << 10    // bytes
)

// clientWriter writes to one client, each piece with a deadline.
type clientWriter struct {
	w          http.ResponseWriter
	control    *http.ResponseController
	proto      int // major version of HTTP
	chunked    bool
	compressor *compressor // nil: not compressed
	deadline   time.Time   // of the latest write
}

func newClientWriter(w http.ResponseWriter, r *http.Request) *clientWriter {
	return &clientWriter{w: w, control: http.NewResponseController(w), proto: r.ProtoMajor, chunked: r.ProtoAtLeast(1, 1)}
}

// compressor turns what is sent into one gzip stream, flushed after every piece.
type compressor struct {
	buf bytes.Buffer
	gz  *gzip.Writer
}

func (c *clientWriter) compress() {
	c.compressor = &compressor{}
	c.compressor.gz = gzip.NewWriter(&c.compressor.buf)
}

// pack compresses b; the result is valid until the next call. Writing to memory cannot fail.
func (c *compressor) pack(b []byte) []byte {
	c.buf.Reset()
	_, _ = c.gz.Write(b)
	_ = c.gz.Flush()
	return c.buf.Bytes()
}

func (c *compressor) end() []byte {
	c.buf.Reset()
	_ = c.gz.Close()
	return c.buf.Bytes()
}

func (c *clientWriter) start() error {
	h := c.w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no") // nginx: pass every event on as it comes
	if c.compressor != nil {
		h.Set("Content-Encoding", "gzip")
	}
	if err := c.setDeadline(); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusOK)
	return c.flush()
}

// send has b on its way when it returns.
func (c *clientWriter) send(b []byte) error {
	if c.compressor != nil {
		b = c.compressor.pack(b)
	}
	return c.write(b)
}

// write gives every piece a deadline of its own: a client that is slow, but takes what it gets, gets all of it.
func (c *clientWriter) write(b []byte) error {
	for piece := range slices.Chunk(b, writePiece) {
		if err := c.setDeadline(); err != nil {
			return err
		}
		if _, err := c.w.Write(piece); err != nil {
			return err
		}
	}
	return c.flush()
}

// flush returns when the server has passed on what was written. After the deadline of an HTTP/2 stream, net/http would
// end it even if nothing is being written.
func (c *clientWriter) flush() error {
	err := c.control.Flush()
	if err == nil && c.proto >= 2 {
		c.deadline = time.Time{}
		err = c.control.SetWriteDeadline(c.deadline)
	}
	return err
}

// end completes a stream. It sets a new deadline, as the last write may be long ago. The client may be gone by now.
func (c *clientWriter) end() {
	_ = c.setDeadline()
	if c.compressor != nil {
		_ = c.write(c.compressor.end())
	}
}

func (c *clientWriter) setDeadline() error {
	now := time.Now()
	if c.deadline.Sub(now) > writeTime-deadlineReuse {
		return nil
	}
	c.deadline = now.Add(writeTime)
	err := c.control.SetWriteDeadline(c.deadline)
	if errors.Is(err, http.ErrNotSupported) {
		return nil // a writer without a network behind it does not block
	}
	return err
}

func (c *clientWriter) isLate() bool { return isDue(c.deadline, time.Now()) }

func (c *clientWriter) sendHalfAndCut(half []byte) {
	if c.compressor != nil {
		half, c.compressor = c.compressor.pack(half), nil
	}
	fault.CutConnection(c.w, half, c.chunked)
}
