package feed

import (
	"context"
	"errors"
	"time"

	"livetape/feed/decode"
	"livetape/feed/stream"
)

// delivery turns the events of one feed's connections into messages and puts them on the set's channel. One
// connection at a time uses it; between two, the supervisor does.
type delivery struct {
	source *source
	line   *line
	out    chan<- Event
	kinds  kinds // of the reading goroutine; all else is the decoding one's
	seen   *duplicates

	gap    *Gap   // what the present connection is still to tell
	lastID string // the last event id of what was delivered
	count  int    // messages of the present connection
	cut    bool   // the context ended before something could be delivered: nothing follows
}

// prepare begins a connection that resumes from lastID.
func (d *delivery) prepare(lastID string, gap *Gap) {
	d.lastID, d.gap, d.count, d.cut = lastID, gap, 0, false
	d.seen.reconnect()
}

// begin is called when the stream is live. Without an id, nothing that follows can tell what was missed.
func (d *delivery) begin(ctx context.Context, now time.Time) {
	if d.gap == nil {
		return
	}
	if !d.gap.Lost.IsZero() {
		d.gap.Length = now.Sub(d.gap.Lost)
	}
	if d.gap.From == "" {
		d.gap.Kind, d.gap.Missed = Unreplayed, Unknown
		d.cut = !d.tellGap(ctx, now)
	}
}

// ahead is how many events may be read before they are decoded, so that a burst is read and decoded at
// the same time.
const ahead = 256

// arrival is an event on its way from the reading goroutine to the decoding one.
type arrival struct {
	message *Message
	mark    stream.Mark
	at      time.Time // when the bytes it came in were read
}

// queue takes an event from the reading goroutine. It reports false, once and for all, when ctx has ended.
func (d *delivery) queue(ctx context.Context, arrivals chan<- arrival, kind, data, canonicalID []byte) bool {
	id, mark := stream.ParseID(canonicalID)
	a := arrival{&Message{Type: d.kinds.name(kind), Data: data, ID: id}, mark, d.line.lastByte()}
	d.line.pending.Add(1)
	return push(ctx, arrivals, a)
}

// push sends unless ctx ends first. It tries without ctx at first, which is several times cheaper.
func push[T any](ctx context.Context, to chan<- T, v T) bool {
	select {
	case to <- v:
		return true
	default:
	}
	select {
	case to <- v:
		return true
	case <-ctx.Done():
		return false
	}
}

// takeAll delivers until arrivals is closed.
func (d *delivery) takeAll(ctx context.Context, arrivals <-chan arrival) {
	for a := range arrivals {
		if !d.cut {
			d.cut = !d.take(ctx, a)
		}
		d.line.pending.Add(-1)
	}
}

// take delivers one event, unless an earlier connection gave it. It reports false when ctx ended first.
func (d *delivery) take(ctx context.Context, a arrival) bool {
	m := a.message
	if a.mark != stream.Own {
		return d.deliver(ctx, a)
	}
	sum := d.seen.sum(m.Type, m.ID, m.Data)
	if d.seen.has(sum) {
		d.seen.add(sum)
		return d.drop(ctx, a)
	}
	if !d.deliver(ctx, a) {
		return false
	}
	d.seen.add(sum) // only now: what was not delivered must not count as seen
	return true
}

// drop counts an event that an earlier connection gave. That it came says that the server took the id.
func (d *delivery) drop(ctx context.Context, a arrival) bool {
	d.line.duplicate()
	d.lastID = a.message.ID
	return d.settleGap(ctx, nil, a.at)
}

func (d *delivery) deliver(ctx context.Context, a arrival) bool {
	continuity := d.decode(a.message, a.mark)
	if !d.settleGap(ctx, continuity, a.at) || !push(ctx, d.out, Event{Feed: d.source.Name, At: a.at, Message: a.message}) {
		return false
	}
	d.line.tell(a.at)
	d.lastID = a.message.ID
	d.count++
	return true
}

// decode fills in what the decoder makes of m.
func (d *delivery) decode(m *Message, mark stream.Mark) *decode.Continuity {
	if mark == stream.Skipped {
		m.Fault, m.Data = errors.New(string(m.Data)), nil
		return nil
	}
	if d.source.Decoder == nil {
		return nil
	}
	meaning, err := d.source.Decoder.Decode(m.Type, m.Data)
	m.Updates, m.Unmapped, m.Fault = meaning.Updates, meaning.Unmapped, err
	return meaning.Continuity
}

// settleGap tells the gap, if one is open, by the first event of the connection: the server's own word, or
// that it has none.
func (d *delivery) settleGap(ctx context.Context, word *decode.Continuity, at time.Time) bool {
	if d.gap == nil {
		return true
	}
	switch {
	case word == nil:
		d.gap.Kind, d.gap.Missed = Continued, Unknown
	case word.Reset:
		d.gap.Kind, d.gap.Missed = Reset, word.Missed
	default:
		d.gap.Kind, d.gap.Replayed, d.gap.Missed = Resumed, word.Replayed, word.Missed
	}
	return d.tellGap(ctx, at)
}

func (d *delivery) tellGap(ctx context.Context, at time.Time) bool {
	gap := d.gap
	if !push(ctx, d.out, Event{Feed: d.source.Name, At: at, Gap: gap}) {
		return false
	}
	d.gap = nil
	return true
}

// kinds keeps one string for each event type, so that a message does not allocate its own.
type kinds map[string]string

// kindsKept bounds kinds: feeds have few types, hostile ones without end.
const kindsKept = 64

func (k kinds) name(b []byte) string {
	if name, ok := k[string(b)]; ok {
		return name
	}
	name := string(b)
	if len(k) < kindsKept {
		k[name] = name
	}
	return name
}
