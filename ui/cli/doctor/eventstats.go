package doctor

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"livetape/feed/decode/infer"
)

// Bounds on what is kept of a stream.
const (
	maxKept      = 500     // events
	maxKeptBytes = 4 << 20 // of their data
	maxKinds     = 24      // event types told apart
	maxIDs       = 2000
	maxIDLength  = 4 << 10
	maxBeats     = 1000
)

// tally counts the events of one connection.
type tally struct {
	total    int
	bytes    int
	skipped  int     // over the bound
	kept     []event // the first ones, whole
	keptSize int
	kinds    []*kind // in order of appearance
	others   int     // events of further types

	ids    []string // of events that have one of their own, the first ones
	lastID string
	beats  []time.Time     // heartbeats, of whatever kind
	pings  int             // heartbeats that are events
	quiet  int             // comments
	retry  []time.Duration // what retry: said, without what it said twice, in order
}

func (ev event) size() int { return len(ev.data) + len(ev.kind) + len(ev.id) }

// kind is one event type.
type kind struct {
	name   string
	count  int
	sample []byte
	beats  int // of them heartbeats
}

func (t *tally) take(ev event) {
	t.total++
	t.bytes += len(ev.data)
	if ev.skipped {
		t.skipped++
		return
	}
	beating := heartbeat(ev)
	if beating {
		t.pings++
		t.beat(ev.at)
	}
	t.count(ev, beating)
	t.identify(ev)
	if len(t.kept) < maxKept && t.keptSize+ev.size() <= maxKeptBytes {
		t.keptSize += ev.size()
		t.kept = append(t.kept, ev)
	}
}

func (t *tally) count(ev event, beating bool) {
	i := slices.IndexFunc(t.kinds, func(k *kind) bool { return k.name == ev.kind })
	if i < 0 {
		if len(t.kinds) >= maxKinds {
			t.others++
			return
		}
		i = len(t.kinds)
		t.kinds = append(t.kinds, &kind{name: ev.kind, sample: ev.data[:min(len(ev.data), 4<<10)]})
	}
	t.kinds[i].count++
	if beating {
		t.kinds[i].beats++
	}
}

func (t *tally) identify(ev event) {
	t.lastID = ev.id
	if ev.own && len(ev.id) <= maxIDLength && len(t.ids) < maxIDs {
		t.ids = append(t.ids, ev.id)
	}
}

func (t *tally) comment(at time.Time) {
	t.quiet++
	t.beat(at)
}

// wait notes a reconnection time.
func (t *tally) wait(d time.Duration) {
	if len(t.retry) < 4 && !slices.Contains(t.retry, d) {
		t.retry = append(t.retry, d)
	}
}

func (t *tally) beat(at time.Time) {
	if len(t.beats) < maxBeats {
		t.beats = append(t.beats, at)
	}
}

// samples are the kept events as what infers a mapping wants them.
func (t *tally) samples() []infer.Sample {
	all := make([]infer.Sample, len(t.kept))
	for i, ev := range t.kept {
		all[i] = infer.Sample{Type: ev.kind, ID: ev.id, Data: ev.data, At: ev.at}
	}
	return all
}

var beatNames = []string{"ping", "pong", "heartbeat", "keepalive", "hb", "alive", "noop"}

// heartbeat reports whether an event says nothing but that the stream lives.
func heartbeat(ev event) bool {
	if beatName(ev.kind) {
		return true
	}
	data := bytes.TrimSpace(ev.data)
	switch string(data) {
	case "", "null", "{}", "[]":
		return true
	}
	if len(data) > 512 || data[0] != '{' {
		return false
	}
	if gjson.GetBytes(data, "Heartbeat").Exists() || gjson.GetBytes(data, "heartbeat").Exists() {
		return true
	}
	for _, path := range []string{"type", "event", "e", "kind", "action", "op"} {
		if v := gjson.GetBytes(data, path); v.Type == gjson.String && beatName(v.Str) {
			return true
		}
	}
	return false
}

func beatName(s string) bool {
	if len(s) > 20 {
		return false
	}
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(s))
	return slices.Contains(beatNames, plain)
}

// rhythm is the median time between heartbeats, or 0 when there were fewer than two.
func rhythm(beats []time.Time) time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(beats); i++ {
		if gap := beats[i].Sub(beats[i-1]); gap >= pause {
			gaps = append(gaps, gap)
		}
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// idleTimeout is a good idle timeout for a stream with heartbeats: two may be lost, and a bit more may pass.
func idleTimeout(every time.Duration) time.Duration {
	const step = 5 * time.Second
	return max(3*step, (every*5/2 + step - 1).Truncate(step))
}
