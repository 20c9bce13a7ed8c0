package hub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/mockserver/fault"
)

// Native is the format of the mock server itself. It sends each event's Frame.
type Native struct {
	Filter      Filter
	LastEventID string        // to resume after; empty for none
	Retry       time.Duration // the reconnection time that the client is told
	Interval    time.Duration // of heartbeats

	// Snapshot is the data of a snapshot event with what the filter lets through, and the id of the newest event in it.
	Snapshot func(Filter) (data []byte, id string)

	// Resumed is told of every stream with a LastEventID: with nil if it resumes, otherwise with the error of Log.Read.
	Resumed func(error)
}

// SetHeader implements Encoder.
func (n *Native) SetHeader(h http.Header, _ Log) { h.Set("Content-Type", "text/event-stream") }

// Heartbeat implements Encoder.
func (n *Native) Heartbeat() Heartbeat { return Heartbeat{Interval: n.Interval} }

// Open tells the client where the stream begins: after what it had, or with a snapshot.
func (n *Native) Open(b []byte, log Log) (_ []byte, after string, err error) {
	b = n.AppendRetry(b, n.Retry.Milliseconds())
	if n.LastEventID == "" {
		b, after = n.appendSnapshot(b)
		return b, after, nil
	}
	missed, replayed, readErr := countFollowing(log, n.LastEventID, n.Wants)
	n.Resumed(readErr)
	if readErr == nil {
		b, err = appendJSONFrame(b, "resume", resumeData{n.LastEventID, replayed})
		return b, n.LastEventID, err
	}
	lost := resetData{From: ValidPrefix(n.LastEventID)}
	if errors.Is(readErr, ErrForgotten) && n.Filter.all() {
		lost.Missed = &missed // what a filter would have let through is forgotten, too
	}
	if b, err = appendJSONFrame(b, "reset", lost); err != nil {
		return b, "", err
	}
	b, after = n.appendSnapshot(b)
	return b, after, nil
}

type resumeData struct {
	From     string `json:"from"`
	Replayed int    `json:"replayed"`
}

type resetData struct {
	From   string `json:"from"`
	Missed *int   `json:"missed"`
}

func appendJSONFrame(b []byte, event string, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return b, fmt.Errorf("encode %s: %w", event, err)
	}
	return appendFrame(b, event, "", data), nil
}

func (n *Native) appendSnapshot(b []byte) (_ []byte, id string) {
	data, id := n.Snapshot(n.Filter)
	return appendFrame(b, "snapshot", id, data), id
}

// ValidPrefix is a text from outside, fit to be sent back or logged: valid UTF-8, and not too long.
func ValidPrefix(s string) string {
	const most = 128
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// Wants implements Encoder.
func (n *Native) Wants(e *Event) bool { return n.Filter.Passes(e.Type, e.Symbols) }

// Append implements Encoder.
func (n *Native) Append(b []byte, e *Event) []byte { return append(b, e.Frame...) }

// CaughtUp implements Encoder: the stream goes on.
func (n *Native) CaughtUp(b []byte) []byte { return b }

// WakeAt implements Encoder: never.
func (n *Native) WakeAt() time.Time { return time.Time{} }

// Wake implements Encoder.
func (n *Native) Wake(b []byte, _ time.Time) []byte { return b }

// AppendHeartbeat implements Encoder.
func (n *Native) AppendHeartbeat(b []byte) []byte { return append(b, ": hb\n\n"...) }

// Ended implements Encoder: the format never ends a stream.
func (n *Native) Ended() bool { return false }

// AppendSlowClient implements Encoder.
func (n *Native) AppendSlowClient(b []byte, behind int, id string) []byte {
	return fmt.Appendf(b, ": too slow: %d events behind; reconnect to resume from %s\n\n", behind, id)
}

// reconnectSpread is the time over which the clients of a server that stops come back, or Retry, if that is longer.
const reconnectSpread = 5 * time.Second

// AppendShutdown tells the client when to come back. Clients that all came back at once would overload the next server.
// The next stream begins with the usual time again.
func (n *Native) AppendShutdown(b []byte) []byte {
	later := rand.N(max(n.Retry, reconnectSpread))
	return n.AppendRetry(b, (n.Retry + later).Milliseconds())
}

// FaultSamples implements Encoder.
func (n *Native) FaultSamples() fault.Samples { return fault.NativeSamples() }

// AppendRetry implements Encoder.
func (n *Native) AppendRetry(b []byte, ms int64) []byte { return AppendRetry(b, ms) }

// AppendHuge appends an event without an id. It is good: a client that has room for it may show it.
func (n *Native) AppendHuge(b []byte, size int) []byte {
	const begin, end = "event: news\ndata: {\"id\":\"huge\",\"headline\":\"", "\"}\n\n"
	return append(append(append(b, begin...), fault.HugeText(size-len(begin)-len(end))...), end...)
}

// Half ends within the id, or after it and within the data, where it may be in the middle of a character.
func (n *Native) Half(events []*Event, id string, random func(int64) int64) []byte {
	next := &Event{ID: id + "77", Type: "price", Frame: appendFrame(nil, "price", id+"77", []byte(fault.NeverSent))}
	if len(events) > 0 {
		next = events[0]
	}
	withinID := len("event: ") + len(next.Type) + len("\nid: ") + len(next.ID) - 1
	switch random(3) {
	case 0:
		return next.Frame[:withinID]
	case 1:
		return appendHalfCharacter(nil, next.ID)
	}
	return next.Frame[:(withinID+len(next.Frame))/2]
}

// appendHalfCharacter appends an event up to the first of the two bytes of an é.
func appendHalfCharacter(b []byte, id string) []byte {
	whole := appendFrame(b, "news", id, []byte(`{"id":"half","headline":"Café`))
	return whole[:bytes.LastIndexByte(whole, 0xC3)+1]
}
