package health

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"livetape/feed/market"
)

// maxText bounds a cause, an advice or an id that was read, in characters.
const maxText = 1000

// stateWords are the states in the words of the format, which may not change when a constant does.
func stateWords() []string {
	return []string{
		Connecting: "connecting", Live: "live", Quiet: "quiet", Silent: "silent",
		Waiting: "waiting", Closed: "closed", Failed: "failed", Finished: "finished",
	}
}

// String is the state in the words of the format.
func (s State) String() string {
	word, err := wordOf(stateWords(), int(s))
	if err != nil {
		return strconv.Itoa(int(s))
	}
	return word
}

// gapWords are the kinds of gap in the words of the format.
func gapWords() []string {
	return []string{
		Resumed: "resumed", NotResumed: "reset",
		Unconfirmed: "continued", Unreplayed: "unreplayed", Skipped: "skipped",
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

// reportJSON is a status with the feed's name, and the gap before it, if there was one.
type reportJSON struct {
	Feed string `json:"feed"`
	statusJSON
	Gap *Gap `json:"gap,omitempty"`
}

// goDuration is a duration that JSON has as Go writes it: "1m30s".
type goDuration time.Duration

func (s goDuration) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

func (s *goDuration) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = goDuration(d)
	return err
}

func newStatusJSON(s *Status) (statusJSON, error) {
	name, err := wordOf(stateWords(), int(s.State))
	return statusJSON{
		State: name, Since: s.Since.UTC(), Attempt: s.Attempt, RetryAt: s.RetryAt.UTC(),
		Cause: s.Cause, Advice: s.Advice, Stack: s.Stack, Redirected: s.Redirected, Protocol: s.Protocol, Compression: s.Compression,
		Planned: s.Planned, LastByte: s.LastByte.UTC(),
		LastEvent: s.LastEvent.UTC(), UsualGap: goDuration(s.UsualGap), Retry: goDuration(s.Retry), Connections: s.Connections, Duplicates: s.Duplicates,
	}, err
}

func (n statusJSON) status() (Status, error) {
	state, err := indexOfWord(stateWords(), n.State)
	return Status{
		State: State(state), Since: n.Since.UTC(), Attempt: n.Attempt, RetryAt: n.RetryAt.UTC(),
		Cause: market.PlainText(n.Cause, maxText), Advice: market.PlainText(n.Advice, maxText), Stack: market.PlainText(n.Stack, maxText),
		Redirected: market.PlainText(n.Redirected, maxText), Protocol: market.PlainText(n.Protocol, maxText), Compression: market.PlainText(n.Compression, maxText),
		Planned: n.Planned, LastByte: n.LastByte.UTC(),
		LastEvent: n.LastEvent.UTC(), UsualGap: time.Duration(n.UsualGap), Retry: time.Duration(n.Retry), Connections: n.Connections, Duplicates: n.Duplicates,
	}, err
}

func newGapJSON(g *Gap) (gapJSON, error) {
	name, err := wordOf(gapWords(), int(g.Kind))
	return gapJSON{
		Kind: name, Lost: g.Lost.UTC(), Length: goDuration(g.Length), From: g.From, Next: g.Next, Reason: g.Reason,
		Replayed: g.Replayed, Missed: g.Missed, Planned: g.Planned,
	}, err
}

func (n gapJSON) gap() (Gap, error) {
	kind, err := indexOfWord(gapWords(), n.Kind)
	return Gap{
		Kind: GapKind(kind), Lost: n.Lost.UTC(), Length: time.Duration(n.Length), From: n.From, Next: n.Next, Reason: market.PlainText(n.Reason, maxText),
		Replayed: n.Replayed, Missed: n.Missed, Planned: n.Planned,
	}, err
}

// MarshalJSON implements [json.Marshaler].
func (s Status) MarshalJSON() ([]byte, error) {
	n, err := newStatusJSON(&s)
	return marshal(n, err)
}

// UnmarshalJSON implements [json.Unmarshaler]. Texts are made safe to show.
func (s *Status) UnmarshalJSON(text []byte) error {
	var n statusJSON
	err := json.Unmarshal(text, &n)
	if err == nil {
		*s, err = n.status()
	}
	return err
}

// MarshalJSON implements [json.Marshaler].
func (g Gap) MarshalJSON() ([]byte, error) {
	n, err := newGapJSON(&g)
	return marshal(n, err)
}

// UnmarshalJSON implements [json.Unmarshaler]. The reason is made safe to show; the ids are as they were.
func (g *Gap) UnmarshalJSON(text []byte) error {
	var n gapJSON
	err := json.Unmarshal(text, &n)
	if err == nil {
		*g, err = n.gap()
	}
	return err
}

// MarshalJSON implements [json.Marshaler]. A stack trace is no concern of those behind a relay.
func (r Report) MarshalJSON() ([]byte, error) {
	r.Status.Stack = ""
	n, err := newStatusJSON(&r.Status)
	return marshal(reportJSON{r.Feed, n, r.Gap}, err)
}

// UnmarshalJSON implements [json.Unmarshaler], as for a Status and a Gap.
func (r *Report) UnmarshalJSON(text []byte) error {
	var n reportJSON
	err := json.Unmarshal(text, &n)
	if err == nil && n.Feed == "" {
		err = errors.New("feed is missing")
	}
	if err == nil {
		r.Feed, r.Gap = market.PlainText(n.Feed, market.MaxName), n.Gap
		r.Status, err = n.status()
	}
	return err
}

func marshal(v any, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return json.Marshal(v)
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
