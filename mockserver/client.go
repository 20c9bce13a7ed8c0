package mockserver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const (
	batchEvents  = 256              // events written at once
	writeTimeout = 10 * time.Second // for one batch
)

// client is one stream.
type client struct {
	server *Server
	w      http.ResponseWriter
	rc     *http.ResponseController
	filter filter

	next    uint64 // number of the event to send next
	current bool   // it has once caught up: from then on it may lag by the queue only
	batch   []event
	out     []byte
	struck  uint64 // faults that have struck it already
	garbled int    // malformed events sent
}

func newClient(s *Server, w http.ResponseWriter, f filter) *client {
	return &client{
		server: s,
		w:      w,
		rc:     http.NewResponseController(w),
		filter: f,
		batch:  make([]event, 0, batchEvents),
		struck: s.faults.count(),
	}
}

// serve writes the stream until the client or the server leaves.
func (c *client) serve(ctx context.Context, from string) {
	c.out = fmt.Appendf(c.out, "retry: %d\n\n", c.server.config.Retry.Milliseconds())
	c.begin(from)
	heartbeat := time.NewTimer(c.server.config.Heartbeat)
	defer heartbeat.Stop()
	for {
		if !c.misbehave(ctx) || !c.flush() {
			return
		}
		more, ok := c.gather()
		if !ok {
			c.flush()
			return
		}
		if len(c.out) > 0 {
			heartbeat.Reset(c.server.config.Heartbeat)
			continue
		}
		select {
		case <-more:
		case <-heartbeat.C:
			c.out = append(c.out, ": heartbeat\n\n"...)
			heartbeat.Reset(c.server.config.Heartbeat)
		case <-c.server.ending:
			c.drain()
			return
		case <-ctx.Done():
			return
		}
	}
}

// begin says where the stream starts: behind the event that the client had last, or at a snapshot.
func (c *client) begin(from string) {
	if from == "" {
		c.snapshot()
		return
	}
	n, missed, ok := c.server.log.find(from)
	if !ok {
		c.control("reset", map[string]any{"from": bounded(from), "missed": orNull(missed)})
		c.snapshot()
		return
	}
	c.next = n + 1
	replayed, kept := c.passing(n+1, c.server.log.newest())
	if !kept { // it left the memory just now
		c.control("reset", map[string]any{"from": from, "missed": nil})
		c.snapshot()
		return
	}
	c.control("resume", map[string]any{"from": from, "replayed": replayed})
}

func (c *client) snapshot() {
	data, after := c.server.snapshot(c.filter)
	c.next = after + 1
	c.out = append(c.out, "event: snapshot\n"...)
	if after > 0 {
		c.out = fmt.Appendf(c.out, "id: %s\n", c.server.log.id(after))
	}
	c.out = append(c.out, "data: "...)
	c.out = append(c.out, data...)
	c.out = append(c.out, "\n\n"...)
}

// control appends an event about the stream itself, without an id.
func (c *client) control(kind string, data map[string]any) {
	text, err := json.Marshal(data)
	if err != nil { // cannot happen: strings and numbers
		text = []byte("{}")
	}
	c.out = fmt.Appendf(c.out, "event: %s\ndata: %s\n\n", kind, text)
}

// passing counts the events that the client would get of those from first to last.
func (c *client) passing(first, last uint64) (n int, ok bool) {
	for first <= last {
		events, _, ok := c.server.log.read(first, c.batch[:0])
		if !ok {
			return 0, false
		}
		for _, e := range events {
			if first <= last && c.filter.passes(e.kind, e.symbols) {
				n++
			}
			first++
		}
	}
	return n, true
}

// gather takes the next events from the log. It returns false when the client is too slow, and says so to it.
func (c *client) gather() (more <-chan struct{}, ok bool) {
	log := c.server.log
	events, more, kept := log.read(c.next, c.batch[:0])
	behind := log.newest() + 1 - c.next
	if !kept || c.current && behind > uint64(c.server.config.Queue) {
		c.out = fmt.Appendf(c.out, ": too slow: %d events behind; connect again to resume from %s\n\n", behind, log.id(c.next-1))
		return nil, false
	}
	for _, e := range events {
		if c.filter.passes(e.kind, e.symbols) {
			c.out = append(c.out, e.wire...)
		}
	}
	c.next += uint64(len(events))
	c.current = c.current || len(events) < cap(c.batch)
	return more, true
}

// drain sends what there is when the server ends, so that the stream ends behind a whole event.
func (c *client) drain() {
	if _, ok := c.gather(); ok {
		c.flush()
	}
}

// flush writes what is gathered. It returns false when the client is gone, or does not take it in time.
func (c *client) flush() bool {
	if len(c.out) == 0 {
		return true
	}
	if err := c.rc.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return false
	}
	_, err := c.w.Write(c.out)
	c.out = c.out[:0]
	return err == nil && c.rc.Flush() == nil
}

// bounded is a text from outside that is echoed: not all of it, if it is long.
func bounded(s string) string {
	const most = 256
	if len(s) > most {
		return s[:most]
	}
	return s
}

func orNull(n int64) any {
	if n == unknown {
		return nil
	}
	return n
}
