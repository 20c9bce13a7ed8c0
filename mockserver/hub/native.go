package hub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"livetape/mockserver/fault"
)

// Native describes a stream in the format of the mock server itself.
type Native struct {
	Untyped     bool // all events are messages, for clients that read no others, with the type inside the JSON
	Filter      Filter
	LastEventID string        // to resume after; empty for none
	Retry       time.Duration // the reconnection time that the client is told
	Interval    time.Duration // of heartbeats

	// Snapshot is the data of a snapshot event with what the filter lets through, and the id of the newest event in it.
	Snapshot func(Filter) (data []byte, id string)

	// Resumed is called for every stream with a LastEventID: with nil if it resumes, otherwise with the error of Log.Read.
	Resumed func(error)
}

// NewEncoder returns the encoder of one stream.
func (n Native) NewEncoder() Encoder { return &nativeEncoder{Native: n} }

type nativeEncoder struct {
	Native
	ended bool // the stream cannot begin
}

func (n *nativeEncoder) SetHeader(h http.Header, _ Log) { h.Set("Content-Type", "text/event-stream") }
func (n *nativeEncoder) Heartbeat() Heartbeat           { return Heartbeat{Interval: n.Interval} }
func (n *nativeEncoder) Wants(e *Event) bool {
	return n.Filter.PassesFeed(e.Feed) && n.Filter.Passes(e.Type, e.Symbols)
}
func (n *nativeEncoder) CaughtUp(b []byte) []byte              { return b }
func (n *nativeEncoder) WakeAt() time.Time                     { return time.Time{} }
func (n *nativeEncoder) Wake(b []byte, _ time.Time) []byte     { return b }
func (n *nativeEncoder) AppendHeartbeat(b []byte) []byte       { return append(b, ": hb\n\n"...) }
func (n *nativeEncoder) Ended() bool                           { return n.ended }
func (n *nativeEncoder) AppendRetry(b []byte, ms int64) []byte { return AppendRetry(b, ms) }

func (n *nativeEncoder) Append(b []byte, e *Event) []byte {
	if n.Untyped {
		return appendUntypedFrame(b, e.Type, e.ID, e.Data())
	}
	return append(b, e.Frame...)
}

func (n *nativeEncoder) appendFrame(b []byte, event, id string, data []byte) []byte {
	if n.Untyped {
		return appendUntypedFrame(b, event, id, data)
	}
	return appendFrame(b, event, id, data)
}

// Open tells the client where the stream begins: after what it had, or with a snapshot.
func (n *nativeEncoder) Open(b []byte, log Log) (_ []byte, after string) {
	b = n.AppendRetry(b, n.Retry.Milliseconds())
	if n.LastEventID == "" {
		return n.appendSnapshot(b)
	}
	missed, replayed, err := countFollowing(log, n.LastEventID, n.Wants)
	if errors.Is(err, ErrUnavailable) { // to say that it resumes or not would be a guess
		n.ended = true
		return fmt.Appendf(b, ": %s; reconnect to resume\n\n", err), n.LastEventID
	}
	n.Resumed(err)
	from, _ := json.Marshal(ValidPrefix(n.LastEventID)) // a string cannot fail
	if err == nil {
		return n.appendFrame(b, "resume", "", fmt.Appendf(nil, `{"from":%s,"replayed":%d}`, from, replayed)), n.LastEventID
	}
	lost := "null"
	if errors.Is(err, ErrForgotten) && n.Filter.matchesAll() { // what a filter would have let through is forgotten, too
		lost = strconv.Itoa(missed)
	}
	return n.appendSnapshot(n.appendFrame(b, "reset", "", fmt.Appendf(nil, `{"from":%s,"missed":%s}`, from, lost)))
}

func (n *nativeEncoder) appendSnapshot(b []byte) (_ []byte, id string) {
	data, id := n.Snapshot(n.Filter)
	return n.appendFrame(b, "snapshot", id, data), id
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

func (n *nativeEncoder) AppendSlowClient(b []byte, behind int, id string) []byte {
	return fmt.Appendf(b, ": too slow: %d events behind; reconnect to resume from %s\n\n", behind, id)
}

// reconnectSpread is the time over which the clients of a server that stops come back, or Retry, if that is longer.
const reconnectSpread = 5 * time.Second

// AppendShutdown tells the client when to come back. Clients that all came back at once would overload the next server.
// The next stream begins with the usual time again.
func (n *nativeEncoder) AppendShutdown(b []byte) []byte {
	later := rand.N(max(n.Retry, reconnectSpread))
	return n.AppendRetry(b, (n.Retry + later).Milliseconds())
}

func (n *nativeEncoder) FaultSamples() fault.Samples {
	if n.Untyped {
		return fault.NewSamples(func(data string) string { return "data: " + data + "\n\n" })
	}
	return fault.NativeSamples()
}

// AppendHuge appends an event without an id. It is good: a client that has room for it may show it.
func (n *nativeEncoder) AppendHuge(b []byte, size int) []byte {
	const begin, end, around = `{"id":"huge","headline":"`, `"}`, len("event: news\ndata: \n\n")
	return n.appendFrame(b, "news", "", []byte(begin+fault.HugeText(size-len(begin)-len(end)-around)+end))
}

// HalfEvent ends within the id, or after it and within the data, where it may be in the middle of a character.
func (n *nativeEncoder) HalfEvent(events []*Event, id string, random func(int64) int64) []byte {
	id += "77"
	whole := n.appendFrame(nil, "price", id, []byte(fault.NeverSent))
	if len(events) > 0 {
		id, whole = events[0].ID, n.Append(nil, events[0])
	}
	withinID := bytes.Index(whole, []byte(id)) + len(id) - 1
	switch random(3) {
	case 0:
		return whole[:withinID]
	case 1:
		whole = n.appendFrame(nil, "news", id, []byte(`{"id":"half","headline":"Café`))
		return whole[:bytes.LastIndexByte(whole, 0xC3)+1] // the first of the two bytes of an é
	}
	return whole[:(withinID+len(whole))/2]
}

// appendUntypedFrame appends an event without a type, which is the first member of its data instead: a browser gives such
// events to onmessage. Data is a JSON object with members.
func appendUntypedFrame(b []byte, event, id string, data []byte) []byte {
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(append(append(b, `data: {"type":"`...), event...), `",`...)
	return append(append(b, data[1:]...), "\n\n"...)
}

// Data is what e says, as JSON. It must not be changed.
func (e *Event) Data() []byte {
	begin := len("event: \ndata: ") + len(e.Type)
	if e.ID != "" {
		begin += len("id: \n") + len(e.ID)
	}
	return e.Frame[begin : len(e.Frame)-len("\n\n")]
}

// appendFrame appends one event of an event stream. An empty id gets no id line. Data has no line ends: it is JSON.
func appendFrame(b []byte, event, id string, data []byte) []byte {
	b = append(append(b, "event: "...), event...)
	if id != "" {
		b = append(append(b, "\nid: "...), id...)
	}
	b = append(append(b, "\ndata: "...), data...)
	return append(b, "\n\n"...)
}

// AppendRetry appends the reconnection time that the client of an event stream is told.
func AppendRetry(b []byte, ms int64) []byte {
	return append(strconv.AppendInt(append(b, "retry: "...), ms, 10), "\n\n"...)
}
