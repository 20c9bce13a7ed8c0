package tape

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// The kinds of event that a time comment can hold, as JSON. A carried status was true already when the file began.
const (
	kindStatus  = "status"
	kindCarried = "carried"
	kindGap     = "gap"
	kindPulse   = "pulse"
	kindMessage = "message"
)

type pulseJSON struct {
	LastByte   time.Time `json:"last_byte,omitzero"`
	Duplicates uint64    `json:"duplicates,omitempty"`
}

// messageJSON is a message that an event stream cannot carry. Its parts are bytes (base64), since they need not be UTF-8.
type messageJSON struct {
	Type []byte `json:"type,omitempty"`
	ID   []byte `json:"id,omitempty"`
	Data []byte `json:"data,omitempty"`
	Err  string `json:"fault,omitempty"` // why the payload was not kept
}

func appendJSON(dst []byte, kind string, content any) ([]byte, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return dst, fmt.Errorf("%s: %w", kind, err)
	}
	return append(append(append(dst, kind...), ' '), text...), nil
}

// commentOf is the comment that holds e; kind is empty when e has no content.
func commentOf(e feed.Event) (kind string, content any) {
	switch {
	case e.Status != nil:
		return kindStatus, e.Status
	case e.Gap != nil:
		return kindGap, e.Gap
	case e.Pulse != nil:
		return kindPulse, pulseJSON{e.Pulse.LastByte.UTC(), e.Pulse.Duplicates}
	case e.Message != nil:
		return kindMessage, encodeMessage(e.Message)
	}
	return "", nil
}

func encodeMessage(m *feed.Message) messageJSON {
	n := messageJSON{Type: []byte(m.Type), ID: []byte(m.ID), Data: m.Data}
	if IsSkipped(m) {
		n.Err = m.Err.Error()
	}
	return n
}

func (n messageJSON) message() *feed.Message {
	m := &feed.Message{Type: string(n.Type), ID: string(n.ID), Data: n.Data}
	if n.Err != "" {
		m.Err = errors.New(market.PlainText(n.Err, maxText))
	}
	return m
}

func parseJSON(e *feed.Event, kind string, text []byte) (err error) {
	switch kind {
	case kindStatus, kindCarried:
		e.Status = new(feed.Status)
		err = json.Unmarshal(text, e.Status)
	case kindGap:
		e.Gap = new(feed.Gap)
		err = json.Unmarshal(text, e.Gap)
	case kindPulse:
		var n pulseJSON
		err = json.Unmarshal(text, &n)
		e.Pulse = &feed.Pulse{LastByte: n.LastByte.UTC(), Duplicates: n.Duplicates}
	case kindMessage:
		var n messageJSON
		err = json.Unmarshal(text, &n)
		e.Message = n.message()
	default:
		err = fmt.Errorf("unknown kind %q", kind)
	}
	return err
}
