package tape

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// The kinds of note that a time comment can carry. A carried status is one that was true already
// when the file began.
const (
	noteStatus  = "status"
	noteCarried = "carried"
	noteGap     = "gap"
	notePulse   = "pulse"
	noteMessage = "message"
)

// stateName are the states in the words of the format, which may not change when a constant does.
func stateNames() []string {
	return []string{
		feed.Connecting: "connecting", feed.Live: "live", feed.Silent: "silent",
		feed.Waiting: "waiting", feed.Closed: "closed", feed.Failed: "failed",
	}
}

func gapNames() []string {
	return []string{
		feed.Resumed: "resumed", feed.Reset: "reset",
		feed.Continued: "continued", feed.Unreplayed: "unreplayed",
	}
}

type statusNote struct {
	State       string    `json:"state"`
	Since       time.Time `json:"since,omitzero"`
	Attempt     int       `json:"attempt,omitempty"`
	RetryAt     time.Time `json:"retry_at,omitzero"`
	Cause       string    `json:"cause,omitempty"`
	Advice      string    `json:"advice,omitempty"`
	Stack       string    `json:"stack,omitempty"`
	Planned     bool      `json:"planned,omitempty"`
	LastByte    time.Time `json:"last_byte,omitzero"`
	Retry       span      `json:"retry,omitzero"`
	Connections int       `json:"connections,omitempty"`
	Duplicates  uint64    `json:"duplicates,omitempty"`
}

type gapNote struct {
	Kind     string    `json:"kind"`
	Lost     time.Time `json:"lost,omitzero"`
	Length   span      `json:"length,omitzero"`
	From     string    `json:"from,omitempty"`
	Replayed int       `json:"replayed,omitempty"`
	Missed   int       `json:"missed,omitempty"`
	Planned  bool      `json:"planned,omitempty"`
}

type pulseNote struct {
	LastByte   time.Time `json:"last_byte,omitzero"`
	Duplicates uint64    `json:"duplicates,omitempty"`
}

// messageNote is a message that an event stream cannot carry; its parts are bytes (base64) because they need not be
// UTF-8.
type messageNote struct {
	Type  []byte `json:"type,omitempty"`
	ID    []byte `json:"id,omitempty"`
	Data  []byte `json:"data,omitempty"`
	Fault string `json:"fault,omitempty"` // why the payload was not kept
}

// span is a duration written as in Go: "1m30s".
type span time.Duration

func (s span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

func (s *span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = span(d)
	return err
}

// appendNote appends what e has to say beside a plain message; false when that is nothing.
func appendNote(dst []byte, e feed.Event) ([]byte, bool, error) {
	kind, note, err := noteOf(e)
	if kind == "" || err != nil {
		return dst, false, err
	}
	text, err := json.Marshal(note)
	if err != nil {
		return dst, false, fmt.Errorf("%s of %s: %w", kind, e.Feed, err)
	}
	return append(append(append(dst, kind...), ' '), text...), true, nil
}

func noteOf(e feed.Event) (kind string, note any, err error) {
	switch {
	case e.Status != nil:
		note, err = newStatusNote(e.Status)
		return noteStatus, note, err
	case e.Gap != nil:
		note, err = newGapNote(e.Gap)
		return noteGap, note, err
	case e.Pulse != nil:
		return notePulse, pulseNote{e.Pulse.LastByte.UTC(), e.Pulse.Duplicates}, nil
	case e.Message != nil:
		return noteMessage, newMessageNote(e.Message), nil
	}
	return "", nil, nil
}

func newStatusNote(s *feed.Status) (statusNote, error) {
	name, err := nameOf(stateNames(), int(s.State))
	return statusNote{
		State: name, Since: s.Since.UTC(), Attempt: s.Attempt, RetryAt: s.RetryAt.UTC(),
		Cause: s.Cause, Advice: s.Advice, Stack: s.Stack, Planned: s.Planned, LastByte: s.LastByte.UTC(),
		Retry: span(s.Retry), Connections: s.Connections, Duplicates: s.Duplicates,
	}, err
}

func (n statusNote) status() (*feed.Status, error) {
	state, err := indexOf(stateNames(), n.State)
	return &feed.Status{
		State: feed.State(state), Since: n.Since.UTC(), Attempt: n.Attempt, RetryAt: n.RetryAt.UTC(),
		Cause: market.PlainText(n.Cause, textLimit), Advice: market.PlainText(n.Advice, textLimit), Stack: market.PlainText(n.Stack, textLimit),
		Planned: n.Planned, LastByte: n.LastByte.UTC(),
		Retry: time.Duration(n.Retry), Connections: n.Connections, Duplicates: n.Duplicates,
	}, err
}

func newGapNote(g *feed.Gap) (gapNote, error) {
	name, err := nameOf(gapNames(), int(g.Kind))
	return gapNote{
		Kind: name, Lost: g.Lost.UTC(), Length: span(g.Length), From: g.From,
		Replayed: g.Replayed, Missed: g.Missed, Planned: g.Planned,
	}, err
}

func (n gapNote) gap() (*feed.Gap, error) {
	kind, err := indexOf(gapNames(), n.Kind)
	return &feed.Gap{
		Kind: feed.GapKind(kind), Lost: n.Lost.UTC(), Length: time.Duration(n.Length), From: n.From,
		Replayed: n.Replayed, Missed: n.Missed, Planned: n.Planned,
	}, err
}

func newMessageNote(m *feed.Message) messageNote {
	n := messageNote{Type: []byte(m.Type), ID: []byte(m.ID), Data: m.Data}
	if IsSkipped(m) {
		n.Fault = m.Err.Error()
	}
	return n
}

func (n messageNote) message() *feed.Message {
	m := &feed.Message{Type: string(n.Type), ID: string(n.ID), Data: n.Data}
	if n.Fault != "" {
		m.Err = errors.New(market.PlainText(n.Fault, textLimit))
	}
	return m
}

// parseNote fills e with what a note says.
func parseNote(e *feed.Event, kind string, text []byte) (err error) {
	switch kind {
	case noteStatus, noteCarried:
		var n statusNote
		if err = json.Unmarshal(text, &n); err == nil {
			e.Status, err = n.status()
		}
	case noteGap:
		var n gapNote
		if err = json.Unmarshal(text, &n); err == nil {
			e.Gap, err = n.gap()
		}
	case notePulse:
		var n pulseNote
		err = json.Unmarshal(text, &n)
		e.Pulse = &feed.Pulse{LastByte: n.LastByte.UTC(), Duplicates: n.Duplicates}
	case noteMessage:
		var n messageNote
		err = json.Unmarshal(text, &n)
		e.Message = n.message()
	default:
		err = fmt.Errorf("unknown note %q", kind)
	}
	return err
}

func nameOf(names []string, i int) (string, error) {
	if i < 0 || i >= len(names) {
		return "", fmt.Errorf("no word for state %d", i)
	}
	return names[i], nil
}

func indexOf(names []string, name string) (int, error) {
	for i, n := range names {
		if n == name {
			return i, nil
		}
	}
	return 0, fmt.Errorf("unknown state %q", name)
}
