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
	seen   *duplicates
	kinds  kinds

	gap    *Gap   // what the present connection is still to tell
	lastID string // the last event id of what was delivered
	count  int    // messages of the present connection
	cut    bool   // the context ended before something could be delivered: nothing follows
}

// prepare begins a connection that resumes from lastID.
func (d *delivery) prepare(lastID string, gap *Gap) {
	d.lastID, d.gap, d.count, d.cut = lastID, gap, 0, false
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

// take delivers one event. Its At is the time at which the bytes it came in were read.
func (d *delivery) take(ctx context.Context, kind, data, canonicalID []byte) {
	if d.cut {
		return
	}
	id, mark := stream.ParseID(canonicalID)
	m := &Message{Type: d.kinds.name(kind), Data: data, ID: id}
	var sum uint64
	if mark == stream.Own {
		sum = d.seen.sum(m.Type, id, data)
		if d.seen.has(sum) {
			d.drop(ctx, id)
			return
		}
	}
	if !d.deliver(ctx, m, mark) {
		d.cut = true
		return
	}
	d.lastID = id
	d.count++
	if mark == stream.Own {
		d.seen.add(sum)
	}
}

// drop counts an event that came twice. That it came says that the server took the id.
func (d *delivery) drop(ctx context.Context, id string) {
	d.line.duplicate()
	d.lastID = id
	d.cut = !d.settleGap(ctx, nil, d.line.lastByte())
}

func (d *delivery) deliver(ctx context.Context, m *Message, mark stream.Mark) bool {
	at := d.line.lastByte()
	continuity := d.decode(m, mark)
	if !d.settleGap(ctx, continuity, at) || !d.send(ctx, Event{Feed: d.source.Name, At: at, Message: m}) {
		return false
	}
	d.line.tell(at)
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
	if !d.send(ctx, Event{Feed: d.source.Name, At: at, Gap: gap}) {
		return false
	}
	d.gap = nil
	return true
}

func (d *delivery) send(ctx context.Context, e Event) bool {
	select {
	case d.out <- e:
		return true
	case <-ctx.Done():
		return false
	}
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
