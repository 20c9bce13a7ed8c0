package mockserver

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultInfo describes a fault for help texts and menus.
type FaultInfo struct {
	Name, Help string
	Example    string        // as ParseFault reads it
	For        time.Duration // how long it lasts unless said otherwise; 0 for one that is over at once
	Value      string        // what its value means, with bounds and default; empty: it has none
	Usual      string        // the default value with its unit, as in "1000 bytes a second"; empty: none is worth a word
	Whole      bool          // strikes the server as a whole, never a share of its connections
}

// The names of the faults.
const (
	faultDrop      = "drop"
	faultEOF       = "eof"
	faultStall     = "stall"
	faultSlow      = "slow"
	faultSplit     = "split"
	faultHeartbeat = "heartbeat"
	fault503       = "503"
	fault204       = "204"
	faultStatus    = "status"
	faultRedirect  = "redirect"
	faultType      = "type"
	faultGzip      = "gzip"
	faultGarbage   = "garbage"
	faultBytes     = "bytes"
	faultHuge      = "huge"
	faultRetry     = "retry"
	faultNoID      = "noid"
	faultDup       = "dup"
	faultReorder   = "reorder"
	faultGap       = "gap"
	faultBurst     = "burst"
	faultSkew      = "skew"
	faultRestart   = "restart"
	faultRefuse    = "refuse"
	faultClear     = "clear"
)

// species is a fault's description, and what it takes to start one.
type species struct {
	FaultInfo
	usual string                          // value, where none is given
	read  func(string) (magnitude, error) // of a value
	ends  string                          // the fault that every stream suffers first, so that its client comes again
}

// magnitude is a value that was read.
type magnitude struct {
	n    int64
	word string
}

// catalogue is in the order of help texts: what happens to connections, to answers, to events, to the whole.
var catalogue = []species{
	{FaultInfo: FaultInfo{Name: faultDrop, Example: "drop@20s", Help: "reset connections in mid-event, mid-id or mid-character"}},
	{FaultInfo: FaultInfo{Name: faultEOF, Example: "eof/25%@1m", Help: "end streams cleanly"}},
	{FaultInfo: FaultInfo{Name: faultStall, Example: "stall/one:5s@1m", Help: "hold connections open, but send not even heartbeats", For: 30 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultSlow, Example: "slow=500:20s", Help: "send slowly", For: 30 * time.Second,
		Value: "bytes a second, 10 to 1000000; default 1000", Usual: "1000 bytes a second"}, usual: "1000", read: numbers(10, 1e6)},
	{FaultInfo: FaultInfo{Name: faultSplit, Example: "split:5s", Help: "send one byte at a time, each in a packet of its own", For: 10 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultHeartbeat, Example: "heartbeat:5m", Help: "send no heartbeats", For: time.Minute}},
	{FaultInfo: FaultInfo{Name: fault503, Example: "503:5s", Help: "end streams and answer 503 Service Unavailable", For: 10 * time.Second},
		usual: fault503, read: numbers(0, 999), ends: faultEOF},
	{FaultInfo: FaultInfo{Name: fault204, Example: "204:1m", Help: "end streams and answer 204 No Content: do not come back", For: 10 * time.Second},
		usual: fault204, read: numbers(0, 999), ends: faultEOF},
	{FaultInfo: FaultInfo{Name: faultStatus, Example: "status=429/50%:30s", Help: "end streams and answer with a status", For: 10 * time.Second,
		Value: "HTTP status, 204 or 400 to 599; default 500", Usual: "500"}, usual: "500", read: statuses, ends: faultEOF},
	{FaultInfo: FaultInfo{Name: faultRedirect, Example: "redirect=307-other", Help: "end streams and redirect", For: 10 * time.Second,
		Value: "same (origin), other or loop, with a status before it: 301-other; default 302-same", Usual: "302, to the same origin"},
		usual: "302-same", read: redirections, ends: faultEOF},
	{FaultInfo: FaultInfo{Name: faultType, Example: "type:20s", Help: "end streams and answer 200 with a page of HTML", For: 10 * time.Second}, ends: faultEOF},
	{FaultInfo: FaultInfo{Name: faultGzip, Example: "gzip:1m", Help: "end streams and compress those that come, asked or not", For: 30 * time.Second}, ends: faultEOF},
	{FaultInfo: FaultInfo{Name: faultGarbage, Example: "garbage:5s@30s", Help: "mix malformed payloads among the events", For: 10 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultBytes, Example: "bytes:1m", Help: "mix in invalid UTF-8, NUL, byte order marks, odd line ends, escape sequences", For: 10 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultHuge, Example: "huge=8", Help: "send one huge event",
		Value: "MiB, 1 to 64; default 2", Usual: "2 MiB"}, usual: "2", read: numbers(1, 64)},
	{FaultInfo: FaultInfo{Name: faultRetry, Example: "retry=250", Help: "tell clients another reconnection time",
		Value: "ms, 0 to 3600000; default 5000", Usual: "5000 ms"}, usual: "5000", read: numbers(0, 3.6e6)},
	{FaultInfo: FaultInfo{Name: faultNoID, Example: "noid:1m", Help: "leave out the ids of events", For: 30 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultDup, Example: "dup:5s", Help: "send every event twice", For: 10 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultReorder, Example: "reorder:5s", Help: "swap every two events", For: 10 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultGap, Example: "gap:5s@1m", Help: "leave out every fourth event", For: 10 * time.Second}},
	{FaultInfo: FaultInfo{Name: faultBurst, Example: "burst=50000:2s@30s", Help: "make events at another rate", For: 10 * time.Second,
		Value: "events a second, 1 to 1000000; default 10000", Usual: "10000 a second", Whole: true}, usual: "10000", read: numbers(1, maxRate)},
	{FaultInfo: FaultInfo{Name: faultSkew, Example: "skew=-90s:1m", Help: "put the clock of payloads forward, or back", For: 30 * time.Second,
		Value: "duration such as 90s or -1h; default 1h", Usual: "1h", Whole: true}, usual: "1h", read: offsets},
	{FaultInfo: FaultInfo{Name: faultRestart, Example: "restart@5m", Help: "end streams and begin a new epoch, with no past to resume", Whole: true}},
	{FaultInfo: FaultInfo{Name: faultRefuse, Example: "refuse:3s@1m", Help: "reset connections and refuse new ones", For: 10 * time.Second, Whole: true}, ends: faultDrop},
	{FaultInfo: FaultInfo{Name: faultClear, Example: "clear", Help: "end the faults that last or repeat", Whole: true}},
}

// Faults lists the faults that Inject knows.
func Faults() []FaultInfo {
	var all []FaultInfo
	for _, s := range catalogue {
		all = append(all, s.FaultInfo)
	}
	return all
}

// speciesOf finds a fault by its name.
func speciesOf(name string) (species, error) {
	var names []string
	for _, s := range catalogue {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return species{}, &unknownFaultError{name, names}
}

// unknownFaultError is a name that no fault has.
type unknownFaultError struct {
	name  string
	known []string
}

func (e *unknownFaultError) Error() string {
	return fmt.Sprintf("there is no fault %.40q%s; the faults are %s", e.name, meant(e.name, e.known), strings.Join(e.known, ", "))
}

// magnitude is what a value means to s.
func (s species) magnitude(value string) (magnitude, error) {
	switch {
	case value != "" && s.Value == "":
		return magnitude{}, fmt.Errorf("%s has no value", s.Name)
	case s.read == nil:
		return magnitude{}, nil
	case value == "":
		value = s.usual
	}
	m, err := s.read(value)
	if err != nil {
		return m, fmt.Errorf("%s=%.40s is not possible; its value is %s", s.Name, value, s.Value)
	}
	return m, nil
}

var errValue = errors.New("not a possible value")

func numbers(least, most int64) func(string) (magnitude, error) {
	return func(text string) (magnitude, error) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < least || n > most {
			return magnitude{}, errValue
		}
		return magnitude{n: n}, nil
	}
}

func statuses(text string) (magnitude, error) {
	m, err := numbers(http.StatusNoContent, 599)(text)
	if err != nil || m.n != http.StatusNoContent && m.n < 400 {
		return magnitude{}, errValue
	}
	return m, nil
}

// Where a redirection leads.
const (
	toSame  = "same"
	toOther = "other"
	toLoop  = "loop"
)

func redirections(text string) (magnitude, error) {
	codes := []string{"301", "302", "303", "307", "308"}
	code, where, both := strings.Cut(text, "-")
	if !both {
		code, where = "302", text
	}
	if !slices.Contains(codes, code) || !slices.Contains([]string{toSame, toOther, toLoop}, where) {
		return magnitude{}, errValue
	}
	n, err := strconv.ParseInt(code, 10, 64)
	return magnitude{n, where}, err
}

// offsets are of a clock, by up to ten years.
func offsets(text string) (magnitude, error) {
	const most = 10 * 365 * 24 * time.Hour
	d, err := time.ParseDuration(text)
	if err != nil || d.Abs() > most {
		return magnitude{}, errValue
	}
	return magnitude{n: int64(d)}, nil
}
