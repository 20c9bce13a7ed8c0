package loadgen

import (
	"bytes"
	"math/bits"
	"sync"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/market"
)

type timestampStats struct {
	measured      uint64
	early         uint64 // made before the client asked for its stream, or replayed
	ahead         uint64 // stamped later than they arrived
	missing       uint64 // without a time that can be read
	slowest       time.Duration
	furthestAhead time.Duration
}

func (s *timestampStats) add(other timestampStats) {
	s.measured += other.measured
	s.early += other.early
	s.ahead += other.ahead
	s.missing += other.missing
	s.furthestAhead = max(s.furthestAhead, other.furthestAhead)
}

func (c *client) measureLatency(e *event, at time.Time) {
	if c.current.replayLeft > 0 {
		c.current.replayLeft--
		c.timestamps.early++
		return
	}
	if !c.run.steady.Load() {
		return
	}
	timestamp, ok := timestampOf(e)
	switch took := market.Elapsed(timestamp, at); {
	case !ok:
		c.timestamps.missing++
	case took < 0:
		c.timestamps.ahead++
		c.timestamps.furthestAhead = max(c.timestamps.furthestAhead, -took)
	case timestamp.Before(c.current.requested):
		c.timestamps.early++
	default:
		c.timestamps.measured++
		c.timestamps.slowest = max(c.timestamps.slowest, took)
		c.latencies.add(took)
	}
}

// timestampOf is the payload's member "time", in RFC 3339.
func timestampOf(e *event) (timestamp time.Time, ok bool) {
	if !e.whole {
		return timestamp, false
	}
	value, last := timeAtEnd(e.data)
	if !last {
		found := gjson.GetBytes(e.data, "time")
		if found.Type != gjson.String {
			return timestamp, false
		}
		value = []byte(found.Str)
	}
	return timestamp, timestamp.UnmarshalText(value) == nil
}

// timeAtEnd returns the value of "time" where it is a string without escapes, and the last member of the object.
// Nothing else can end like that: within a string, the quotes would be escaped.
func timeAtEnd(data []byte) (value []byte, ok bool) {
	before, ok := bytes.CutSuffix(data, []byte(`"}`))
	quote := bytes.LastIndexByte(before, '"')
	if !ok || quote < 0 || !bytes.HasSuffix(before[:quote], []byte(`"time":`)) {
		return nil, false
	}
	value = before[quote+1:]
	return value, bytes.IndexByte(value, '\\') < 0
}

// reportLatency adds the latencies to the report, unless the clocks make nonsense of them.
func (r *loadTest) reportLatency(rep *Report) {
	var s timestampStats
	for _, c := range r.clients {
		s.add(c.timestamps)
	}
	switch {
	case s.ahead > 0:
		rep.note("%d events are stamped later than they arrived, by up to %s: the server's clock is ahead of this machine's, and latencies cannot be measured", s.ahead, s.furthestAhead)
		return
	case s.measured == 0 && s.early > 0:
		rep.note("all events are stamped earlier than the client asked for them: the server's clock is behind, or they are history; latencies cannot be measured")
		return
	case s.measured == 0 && s.missing > 0:
		rep.note("the payloads have no member \"time\" in RFC 3339: latencies cannot be measured")
		return
	case s.measured == 0:
		return
	}
	var all histogram
	for i := range r.latencies {
		all.merge(&r.latencies[i])
	}
	rep.Latency = &Latency{
		Measured: s.measured, Min: milliseconds(all.min), Max: milliseconds(all.max),
		P50: milliseconds(all.quantile(0.5)), P99: milliseconds(all.quantile(0.99)), P999: milliseconds(all.quantile(0.999)),
	}
	rep.qualifyLatency(s, all.min)
}

func (rep *Report) qualifyLatency(s timestampStats, shortest time.Duration) {
	const suspicious = time.Second // no network takes as long, nor a server that is not overloaded all the time
	rep.noteCount(s.early, "%d events were replayed, or stamped before their client asked for them: their latency is not counted")
	rep.noteCount(s.missing, "%d events have no time that can be read: their latency is not known")
	if shortest > suspicious {
		rep.note("no event took less than %s: the server's clock may be behind this machine's by as much", shortest.Round(time.Millisecond))
	}
}

// The buckets of a histogram grow with the durations: 32 for each doubling, so that a bucket is at most 3.2 % wide, from
// a microsecond to over an hour.
const (
	bucketBits  = 5
	perDoubling = 1 << bucketBits
	doublings   = 33 // 2^32 µs are 71 minutes
	bucketCount = (doublings - bucketBits + 1) * perDoubling
)

// histogram counts durations in buckets. Many goroutines may add to it.
type histogram struct {
	mu       sync.Mutex
	counts   [bucketCount]uint64
	total    uint64
	min, max time.Duration
}

func (h *histogram) add(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.addExtremes(d, d)
	h.counts[bucketIndex(d)]++
	h.total++
}

// addExtremes takes the shortest and the longest of some durations, before they are counted.
func (h *histogram) addExtremes(shortest, longest time.Duration) {
	if h.total == 0 || shortest < h.min {
		h.min = shortest
	}
	h.max = max(h.max, longest)
}

// merge adds what another one counted, when nothing adds to either.
func (h *histogram) merge(other *histogram) {
	if other.total == 0 {
		return
	}
	h.addExtremes(other.min, other.max)
	for bucket, n := range other.counts {
		h.counts[bucket] += n
	}
	h.total += other.total
}

// bucketIndex is exact below 32 µs; above, the five bits after the first one count.
func bucketIndex(d time.Duration) int {
	us := uint64(max(d, 0)) / uint64(time.Microsecond)
	if us < perDoubling {
		return int(us)
	}
	shift := bits.Len64(us) - bucketBits - 1
	return min((shift+1)*perDoubling+int(us>>shift)-perDoubling, bucketCount-1)
}

// bucketLimit is the longest duration of a bucket.
func bucketLimit(bucket int) time.Duration {
	if bucket < perDoubling {
		return time.Duration(bucket+1)*time.Microsecond - 1
	}
	shift := bucket/perDoubling - 1
	us := uint64(bucket%perDoubling+perDoubling+1) << shift
	return time.Duration(us)*time.Microsecond - 1
}

// quantile is a duration that the share q of all does not exceed. It is never too short, and at most 3.2 % too long.
func (h *histogram) quantile(q float64) time.Duration {
	rank, seen := uint64(q*float64(h.total)), uint64(0)
	for i, n := range h.counts {
		if seen += n; seen > rank || seen == h.total {
			return min(bucketLimit(i), h.max)
		}
	}
	return h.max
}
