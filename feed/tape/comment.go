package tape

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

// stateWords are the states in the words of the format, which may not change when a constant does.
func stateWords() []string {
	return []string{
		feed.Connecting: "connecting", feed.Live: "live", feed.Quiet: "quiet", feed.Silent: "silent",
		feed.Waiting: "waiting", feed.Closed: "closed", feed.Failed: "failed", feed.Finished: "finished",
	}
}

// gapWords are the kinds of gap in the words of the format.
func gapWords() []string {
	return []string{
		feed.Resumed: "resumed", feed.NotResumed: "reset",
		feed.Unconfirmed: "continued", feed.Unreplayed: "unreplayed", feed.Skipped: "skipped",
	}
}

type statusJSON struct {
	State       string     `json:"state"`
	Since       time.Time  `json:"since,omitzero"`
	Attempt     int        `json:"attempt,omitempty"`
	RetryAt     time.Time  `json:"retry_at,omitzero"`
	Cause       string     `json:"cause,omitempty"`
	Advice      string     `json:"advice,omitempty"`
	Stack       string     `json:"stack,omitempty"`
	Redirected  string     `json:"redirected,omitempty"`
	Protocol    string     `json:"protocol,omitempty"`
	Compression string     `json:"compression,omitempty"`
	Planned     bool       `json:"planned,omitempty"`
	LastByte    time.Time  `json:"last_byte,omitzero"`
	LastEvent   time.Time  `json:"last_event,omitzero"`
	UsualGap    goDuration `json:"usual_gap,omitzero"`
	Retry       goDuration `json:"retry,omitzero"`
	Connections int        `json:"connections,omitempty"`
	Duplicates  uint64     `json:"duplicates,omitempty"`
}

type gapJSON struct {
	Kind     string     `json:"kind"`
	Lost     time.Time  `json:"lost,omitzero"`
	Length   goDuration `json:"length,omitzero"`
	From     string     `json:"from,omitempty"`
	Next     string     `json:"next,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Replayed int        `json:"replayed,omitempty"`
	Missed   int        `json:"missed,omitempty"`
	Planned  bool       `json:"planned,omitempty"`
}

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

// goDuration is a duration that JSON has as Go writes it: "1m30s".
type goDuration time.Duration

func (s goDuration) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

func (s *goDuration) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = goDuration(d)
	return err
}

func appendJSON(dst []byte, kind string, content any) ([]byte, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return dst, fmt.Errorf("%s: %w", kind, err)
	}
	return append(append(append(dst, kind...), ' '), text...), nil
}

// commentOf is the comment that holds e; kind is empty when e has no content.
func commentOf(e feed.Event) (kind string, content any, err error) {
	switch {
	case e.Status != nil:
		content, err = encodeStatus(e.Status)
		return kindStatus, content, err
	case e.Gap != nil:
		content, err = encodeGap(e.Gap)
		return kindGap, content, err
	case e.Pulse != nil:
		return kindPulse, pulseJSON{e.Pulse.LastByte.UTC(), e.Pulse.Duplicates}, nil
	case e.Message != nil:
		return kindMessage, encodeMessage(e.Message), nil
	}
	return "", nil, nil
}

func encodeStatus(s *feed.Status) (statusJSON, error) {
	name, err := wordOf(stateWords(), int(s.State))
	return statusJSON{
		State: name, Since: s.Since.UTC(), Attempt: s.Attempt, RetryAt: s.RetryAt.UTC(),
		Cause: s.Cause, Advice: s.Advice, Stack: s.Stack, Redirected: s.Redirected, Protocol: s.Protocol, Compression: s.Compression,
		Planned: s.Planned, LastByte: s.LastByte.UTC(),
		LastEvent: s.LastEvent.UTC(), UsualGap: goDuration(s.UsualGap), Retry: goDuration(s.Retry), Connections: s.Connections, Duplicates: s.Duplicates,
	}, err
}

func (n statusJSON) status() (*feed.Status, error) {
	state, err := indexOfWord(stateWords(), n.State)
	return &feed.Status{
		State: feed.State(state), Since: n.Since.UTC(), Attempt: n.Attempt, RetryAt: n.RetryAt.UTC(),
		Cause: market.PlainText(n.Cause, maxText), Advice: market.PlainText(n.Advice, maxText), Stack: market.PlainText(n.Stack, maxText),
		Redirected: market.PlainText(n.Redirected, maxText), Protocol: market.PlainText(n.Protocol, maxText), Compression: market.PlainText(n.Compression, maxText),
		Planned: n.Planned, LastByte: n.LastByte.UTC(),
		LastEvent: n.LastEvent.UTC(), UsualGap: time.Duration(n.UsualGap), Retry: time.Duration(n.Retry), Connections: n.Connections, Duplicates: n.Duplicates,
	}, err
}

func encodeGap(g *feed.Gap) (gapJSON, error) {
	name, err := wordOf(gapWords(), int(g.Kind))
	return gapJSON{
		Kind: name, Lost: g.Lost.UTC(), Length: goDuration(g.Length), From: g.From, Next: g.Next, Reason: g.Reason,
		Replayed: g.Replayed, Missed: g.Missed, Planned: g.Planned,
	}, err
}

func (n gapJSON) gap() (*feed.Gap, error) {
	kind, err := indexOfWord(gapWords(), n.Kind)
	return &feed.Gap{
		Kind: feed.GapKind(kind), Lost: n.Lost.UTC(), Length: time.Duration(n.Length), From: n.From, Next: n.Next, Reason: market.PlainText(n.Reason, maxText),
		Replayed: n.Replayed, Missed: n.Missed, Planned: n.Planned,
	}, err
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
		var n statusJSON
		if err = json.Unmarshal(text, &n); err == nil {
			e.Status, err = n.status()
		}
	case kindGap:
		var n gapJSON
		if err = json.Unmarshal(text, &n); err == nil {
			e.Gap, err = n.gap()
		}
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

func wordOf(names []string, i int) (string, error) {
	if i < 0 || i >= len(names) {
		return "", fmt.Errorf("no word for state %d", i)
	}
	return names[i], nil
}

func indexOfWord(names []string, name string) (int, error) {
	if i := slices.Index(names, name); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("unknown state %q", name)
}
