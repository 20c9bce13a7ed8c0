package mockserver

import (
	"context"
	"fmt"
	"net"
	"time"
)

// misbehave does to a client what the faults of the moment say. It returns false when its stream is over.
func (c *client) misbehave(ctx context.Context) bool {
	switch c.server.faults.strike(c.struck) {
	case "drop":
		c.reset()
		return false
	case "eof":
		return false
	}
	switch fault, _ := c.server.faults.lasting(); fault {
	case "stall":
		return c.stall(ctx)
	case "503", "204":
		return false
	case "garbage":
		c.garble()
	}
	return true
}

// stall holds the client until the fault is over, whatever else it becomes.
func (c *client) stall(ctx context.Context) bool {
	for {
		fault, left, changed := c.server.faults.watch()
		if fault != "stall" {
			return c.misbehave(ctx)
		}
		over := time.NewTimer(left)
		select {
		case <-over.C:
		case <-changed:
		case <-ctx.Done():
			over.Stop()
			return false
		case <-c.server.ending:
			over.Stop()
			return false
		}
		over.Stop()
	}
}

// reset sends half an event, down to half an id, and cuts the connection so that the client sees a reset.
func (c *client) reset() {
	half := fmt.Sprintf("event: price\ndata: {\"symbol\":\"CUT\",\"last\":\"1\"}\nid: %s-", c.server.config.Epoch)
	c.out = append(c.out, half...)
	c.flush()
	conn, _, err := c.rc.Hijack()
	if err != nil {
		return // HTTP/2 has no connection to give away: the stream just ends
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset instead of a goodbye
	}
	_ = conn.Close()
}

// malformed are events that a client must survive. They have no id, so that the good ones' stay in order.
var malformed = []string{
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":\n\n",
	"event: price\ndata: {\"symbol\":42,\"last\":true}\n\n",
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":\"NaN\"}\n\n",
	"event: price\ndata: {\"last\":\"1.00\"}\n\n",
	"event: price\ndata: {\"symbol\":\"NVDA\",\"last\":\"ten\"}\n\n",
	"event: news\ndata: {\"id\":\"x\"}\n\n",
	"event: status\ndata: [\"halted\"]\n\n",
	"event: price\ndata: \x00\xff\xfe not even JSON\n\n",
	"event: horoscope\ndata: {\"sign\":\"taurus\"}\n\n",
	"data: an untyped line\n\n",
}

// garble adds one malformed event to what is about to be written.
func (c *client) garble() {
	if len(c.out) == 0 {
		return
	}
	c.out = append(c.out, malformed[c.garbled%len(malformed)]...)
	c.garbled++
}
