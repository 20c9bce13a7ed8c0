package jetstream

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
)

// headerName is the header with what a message says besides its data.
const headerName = "Livetape"

type header struct {
	Type    string   `json:"type"`
	Symbols []string `json:"symbols"`
	Feed    string   `json:"feed,omitempty"`
	FeedID  string   `json:"id,omitempty"`
	More    bool     `json:"more,omitempty"` // of the same event of the feed follows
}

// newMessage is a message of a draft. NATS keeps only one with an id.
func newMessage(subject, id string, d hub.Draft, data []byte, more bool) (*nats.Msg, error) {
	h, err := json.Marshal(header{d.Type, d.Symbols, d.Feed, d.FeedID, more})
	if err != nil {
		return nil, fmt.Errorf("describe an event of type %s: %w", d.Type, err)
	}
	m := nats.NewMsg(subject)
	m.Data = append([]byte(nil), data...)
	m.Header.Set(headerName, string(h))
	m.Header.Set(jetstream.MsgIDHeader, id)
	return m, nil
}

// message is one of the stream.
type message struct {
	sequence uint64
	time     time.Time
	draft    hub.Draft
	more     bool // of the same event of the feed follows
	data     []byte
}

// readMessage reads what newMessage wrote. What others wrote becomes an event of the type "message".
func readMessage(m jetstream.Msg) (message, error) {
	meta, err := m.Metadata()
	if err != nil {
		return message{}, fmt.Errorf("read a message of the stream: %w", err)
	}
	var h header
	data := m.Data()
	if err := json.Unmarshal([]byte(m.Headers().Get(headerName)), &h); err != nil || h.Type == "" || !json.Valid(data) {
		h, data = header{Type: "message", Symbols: []string{""}}, []byte(`{}`)
	}
	draft := hub.Draft{Type: h.Type, Symbols: h.Symbols, Feed: h.Feed, FeedID: h.FeedID, Size: len(data)}
	return message{meta.Sequence.Stream, meta.Timestamp, draft, h.More, data}, nil
}
