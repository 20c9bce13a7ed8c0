package fault

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Info describes a fault for help texts and menus.
type Info struct {
	Name, Help string
	Example    string        // in the form that Parse reads
	For        time.Duration // how long it lasts by default; 0: it is over at once
	Value      string        // what its value means, with bounds and default; empty: it takes none
	Default    string        // the default value with its unit, such as "1000 bytes a second"; empty: not worth a word
	ServerWide bool          // hits the server as a whole, never a share of its connections
}

// The names of the faults.
const (
	Drop        = "drop"
	EOF         = "eof"
	Stall       = "stall"
	Slow        = "slow"
	Split       = "split"
	Heartbeat   = "heartbeat"
	Unavailable = "503"
	NoContent   = "204"
	HTTPStatus  = "status"
	Redirect    = "redirect"
	ContentType = "type"
	Gzip        = "gzip"
	Malformed   = "garbage"
	Hostile     = "bytes"
	Huge        = "huge"
	Retry       = "retry"
	NoID        = "noid"
	Duplicate   = "dup"
	Reorder     = "reorder"
	Gap         = "gap"
	Burst       = "burst"
	Skew        = "skew"
	Restart     = "restart"
	SilentHub   = "silent-hub"
	OtherNode   = "other-node"
	Refuse      = "refuse"
	Clear       = "clear"
)

type definition struct {
	Info
	defaultValue string                            // the value, if none is given
	parseValue   func(string) (parsedValue, error) // nil: it takes none
	precededBy   string                            // a fault that hits every stream before, so that its client reconnects
}

type parsedValue struct {
	number int64
	word   string
}

// definitions are in the order of help texts: what happens to connections, to answers, to events, to the whole server.
var definitions = []definition{
	{Info: Info{Name: Drop, Example: "drop@20s", Help: "reset connections in mid-event, mid-id or mid-character"}},
	{Info: Info{Name: EOF, Example: "eof/25%@1m", Help: "end streams cleanly"}},
	{Info: Info{Name: Stall, Example: "stall/one:5s@1m", Help: "hold connections open, but send not even heartbeats", For: 30 * time.Second}},
	{Info: Info{Name: Slow, Example: "slow=500:20s", Help: "send slowly", For: 30 * time.Second,
		Value: "bytes a second, 10 to 1000000; default 1000", Default: "1000 bytes a second"}, defaultValue: "1000", parseValue: integerParser(10, 1e6)},
	{Info: Info{Name: Split, Example: "split:5s", Help: "send one byte at a time, each in a packet of its own", For: 10 * time.Second}},
	{Info: Info{Name: Heartbeat, Example: "heartbeat:5m", Help: "send no heartbeats", For: time.Minute}},
	{Info: Info{Name: Unavailable, Example: "503:5s", Help: "end streams and answer 503 Service Unavailable", For: 10 * time.Second},
		defaultValue: Unavailable, parseValue: integerParser(0, 999), precededBy: EOF},
	{Info: Info{Name: NoContent, Example: "204:1m", Help: "end streams and answer 204 No Content: do not come back", For: 10 * time.Second},
		defaultValue: NoContent, parseValue: integerParser(0, 999), precededBy: EOF},
	{Info: Info{Name: HTTPStatus, Example: "status=429/50%:30s", Help: "end streams and answer with a status", For: 10 * time.Second,
		Value: "HTTP status, 204 or 400 to 599; default 500", Default: "500"}, defaultValue: "500", parseValue: httpStatus, precededBy: EOF},
	{Info: Info{Name: Redirect, Example: "redirect=307-other", Help: "end streams and redirect", For: 10 * time.Second,
		Value: "same (origin), other or loop, with a status before it: 301-other; default 302-same", Default: "302, to the same origin"},
		defaultValue: "302-same", parseValue: redirection, precededBy: EOF},
	{Info: Info{Name: ContentType, Example: "type:20s", Help: "end streams and answer 200 with a page of HTML", For: 10 * time.Second}, precededBy: EOF},
	{Info: Info{Name: Gzip, Example: "gzip:1m", Help: "end streams and compress new ones, whether asked to or not", For: 30 * time.Second}, precededBy: EOF},
	{Info: Info{Name: Malformed, Example: "garbage:5s@30s", Help: "mix in malformed payloads", For: 10 * time.Second}},
	{Info: Info{Name: Hostile, Example: "bytes:1m", Help: "mix in invalid UTF-8, NUL, byte order marks, odd line ends, escape sequences", For: 10 * time.Second}},
	{Info: Info{Name: Huge, Example: "huge=8", Help: "send one huge event",
		Value: "MiB, 1 to 64; default 2", Default: "2 MiB"}, defaultValue: "2", parseValue: integerParser(1, 64)},
	{Info: Info{Name: Retry, Example: "retry=250", Help: "change the reconnection time of clients",
		Value: "ms, 0 to 3600000; default 5000", Default: "5000 ms"}, defaultValue: "5000", parseValue: integerParser(0, 3.6e6)},
	{Info: Info{Name: NoID, Example: "noid:1m", Help: "leave out the ids of events", For: 30 * time.Second}},
	{Info: Info{Name: Duplicate, Example: "dup:5s", Help: "send every event twice", For: 10 * time.Second}},
	{Info: Info{Name: Reorder, Example: "reorder:5s", Help: "swap every two events", For: 10 * time.Second}},
	{Info: Info{Name: Gap, Example: "gap:5s@1m", Help: "leave out every fourth event", For: 10 * time.Second}},
	{Info: Info{Name: SilentHub, Example: "silent-hub:20s", Help: "send heartbeats, but no events", For: 30 * time.Second}},
	{Info: Info{Name: OtherNode, Example: "other-node=everything", Help: "end streams and resume none: ids are from another epoch, and clients are not told", For: 30 * time.Second,
		Value: "what is replayed, nothing or everything; default nothing", Default: "nothing is replayed"},
		defaultValue: replayNothing, parseValue: replay, precededBy: EOF},
	{Info: Info{Name: Burst, Example: "burst=50000:2s@30s", Help: "make events at another rate", For: 10 * time.Second,
		Value: "events a second, 1 to 1000000; default 10000", Default: "10000 a second", ServerWide: true}, defaultValue: "10000", parseValue: integerParser(1, 1e6)},
	{Info: Info{Name: Skew, Example: "skew=-90s:1m", Help: "set the clock of payloads forward or back", For: 30 * time.Second,
		Value: "duration such as 90s or -1h; default 1h", Default: "1h", ServerWide: true}, defaultValue: "1h", parseValue: clockOffset},
	{Info: Info{Name: Restart, Example: "restart@5m", Help: "end streams and begin a new epoch, with nothing to resume", ServerWide: true}},
	{Info: Info{Name: Refuse, Example: "refuse:3s@1m", Help: "reset connections and refuse new ones", For: 10 * time.Second, ServerWide: true}, precededBy: Drop},
	{Info: Info{Name: Clear, Example: "clear", Help: "end the faults that last or repeat", ServerWide: true}},
}

// List describes every fault.
func List() []Info {
	var all []Info
	for _, d := range definitions {
		all = append(all, d.Info)
	}
	return all
}

func findDefinition(name string) (definition, error) {
	var names []string
	for _, d := range definitions {
		if d.Name == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return definition{}, fmt.Errorf("there is no fault %.40q%s; the faults are %s", name, Suggestion(name, names), strings.Join(names, ", "))
}

// parse reads the text of a value; an empty one is the default.
func (d definition) parse(value string) (parsedValue, error) {
	switch {
	case value != "" && d.Value == "":
		return parsedValue{}, fmt.Errorf("%s has no value", d.Name)
	case d.parseValue == nil:
		return parsedValue{}, nil
	case value == "":
		value = d.defaultValue
	}
	v, err := d.parseValue(value)
	if err != nil {
		return v, fmt.Errorf("%s=%.40s is not possible; its value is %s", d.Name, value, d.Value)
	}
	return v, nil
}

var errValue = errors.New("not a possible value")

func integerParser(least, most int64) func(string) (parsedValue, error) {
	return func(text string) (parsedValue, error) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < least || n > most {
			return parsedValue{}, errValue
		}
		return parsedValue{number: n}, nil
	}
}

func httpStatus(text string) (parsedValue, error) {
	v, err := integerParser(http.StatusNoContent, 599)(text)
	if err != nil || v.number != http.StatusNoContent && v.number < 400 {
		return parsedValue{}, errValue
	}
	return v, nil
}

// Where a redirect leads.
const (
	redirectToSame   = "same"
	redirectToOther  = "other"
	redirectToItself = "loop"
)

func redirection(text string) (parsedValue, error) {
	codes := []string{"301", "302", "303", "307", "308"}
	code, where, both := strings.Cut(text, "-")
	if !both {
		code, where = "302", text
	}
	if !slices.Contains(codes, code) || !slices.Contains([]string{redirectToSame, redirectToOther, redirectToItself}, where) {
		return parsedValue{}, errValue
	}
	n, err := strconv.ParseInt(code, 10, 64)
	return parsedValue{n, where}, err
}

// What another node replays.
const (
	replayNothing    = "nothing"
	replayEverything = "everything"
)

func replay(text string) (parsedValue, error) {
	if text != replayNothing && text != replayEverything {
		return parsedValue{}, errValue
	}
	return parsedValue{word: text}, nil
}

// clockOffset is up to ten years, forward or back.
func clockOffset(text string) (parsedValue, error) {
	const most = 10 * 365 * 24 * time.Hour
	d, err := time.ParseDuration(text)
	if err != nil || d.Abs() > most {
		return parsedValue{}, errValue
	}
	return parsedValue{number: int64(d)}, nil
}
