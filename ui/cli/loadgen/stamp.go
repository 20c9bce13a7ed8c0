package loadgen

import (
	"bytes"
	"time"

	"github.com/tidwall/gjson"
)

// stamps counts what the latency was taken of, and what it could not be taken of.
type stamps struct {
	measured uint64
	early    uint64 // made before the client asked for its stream, or replayed
	ahead    uint64 // stamped later than they arrived
	none     uint64 // without a time that can be read
	slowest  time.Duration
	furthest time.Duration // ahead
}

// measure takes the time from the stamp in the payload to the arrival.
func (c *client) measure(e *event, at time.Time) {
	if c.present.replayed > 0 {
		c.present.replayed--
		c.stamps.early++
		return
	}
	if !c.run.steady.Load() {
		return
	}
	stamp, ok := stampOf(e)
	switch took := at.Sub(stamp); {
	case !ok:
		c.stamps.none++
	case took < 0:
		c.stamps.ahead++
		c.stamps.furthest = max(c.stamps.furthest, -took)
	case stamp.Before(c.present.asked):
		c.stamps.early++
	default:
		c.stamps.measured++
		c.stamps.slowest = max(c.stamps.slowest, took)
		c.times.add(took)
	}
}

// stampOf is the payload's member "time", as RFC 3339 writes it.
func stampOf(e *event) (stamp time.Time, ok bool) {
	if !e.whole {
		return stamp, false
	}
	value, last := lastMember(e.data)
	if !last {
		found := gjson.GetBytes(e.data, "time")
		if found.Type != gjson.String {
			return stamp, false
		}
		value = []byte(found.Str)
	}
	return stamp, stamp.UnmarshalText(value) == nil
}

// lastMember gives the value of "time" where it is a string without escapes, and the last member of the object. Nothing
// else can end so: within a string, the quotes would be escaped.
func lastMember(data []byte) (value []byte, ok bool) {
	before, ok := bytes.CutSuffix(data, []byte(`"}`))
	quote := bytes.LastIndexByte(before, '"')
	if !ok || quote < 0 || !bytes.HasSuffix(before[:quote], []byte(`"time":`)) {
		return nil, false
	}
	value = before[quote+1:]
	return value, bytes.IndexByte(value, '\\') < 0
}
