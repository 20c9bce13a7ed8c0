package feed

import (
	"context"
	"errors"
	"sync/atomic"
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
	sent   *atomic.Int64 // messages put on out, by all feeds of the set
	kinds  kinds         // of the reading goroutine; all else is the decoding one's
	seen   *duplicates

	gap    *Gap   // what the present connection is still to tell
	lastID string // the last event id of what was delivered
	cut    bool   // nothing more of the present connection is delivered

	payloadID  string // the latest id that a payload had to resume from, of any connection
	identified bool   // the last message had one
	count      int    // messages of the present connection that were more than a notice
	notice     string // of the last message
	asked      bool   // the server asked to connect again
	crash      *crash
}

// prepare begins a connection that resumes from lastID.
func (d *delivery) prepare(lastID string, gap *Gap) {
	d.lastID, d.gap, d.cut = lastID, gap, false
	d.count, d.notice, d.asked, d.crash = 0, "", false, nil
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
	if len(data) > bulky && !settle(ctx, func() bool { return d.line.pending.Load() == 0 }) {
		return false
	}
	id, mark := stream.ParseID(canonicalID)
	a := arrival{&Message{Type: d.kinds.name(kind), Data: data, ID: id}, mark, d.line.lastByte()}
	d.line.pending.Add(1)
	return push(ctx, arrivals, a)
}

// bulky is the size in bytes over which an event waits until the queues are nearly empty. They are bounded in number;
// this bounds them in bytes, too, for the large events are at most a few at a time.
const (
	bulky     = 64 << 10
	bulkyLeft = 8 // events in the queue of the set behind which it does not wait
)

// settle waits until the queues are as calm says. It reports false when ctx has ended first. Nobody tells when an
// event is taken from a channel, so it looks again: soon, for that mostly takes less than a millisecond, and then
// less and less often.
func settle(ctx context.Context, calm func() bool) bool {
	if calm() {
		return true
	}
	const soon, seldom = 50 * time.Microsecond, 5 * time.Millisecond
	wait := soon
	look := time.NewTimer(wait)
	defer look.Stop()
	for !calm() {
		select {
		case <-look.C:
			wait = min(2*wait, seldom)
			look.Reset(wait)
		case <-ctx.Done():
			return false
		}
	}
	return true
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

// takeAll delivers until arrivals is closed. When nothing is to follow, it drops the connection.
func (d *delivery) takeAll(ctx context.Context, arrivals <-chan arrival, drop func()) {
	defer func() {
		if p := recover(); p != nil {
			d.crash, d.cut = newCrash(p), true
			drop()
		}
	}()
	deliver := func(a arrival) {
		if !d.cut {
			if d.cut = !d.take(ctx, a) || d.asked || d.crash != nil; d.cut {
				drop()
			}
		}
		d.line.pending.Add(-1)
	}
	for _, a := range d.learn(arrivals) {
		deliver(a)
	}
	for a := range arrivals {
		deliver(a)
	}
}

// take delivers one event, unless an earlier connection gave it. It reports false when ctx ended first.
func (d *delivery) take(ctx context.Context, a arrival) bool {
	own := a.mark == stream.OwnID
	var sum uint64
	if own || d.payloadID != "" && a.mark == stream.InheritedID {
		if sum = d.sum(a.message); d.seen.has(sum) {
			d.seen.add(sum)
			return d.drop(ctx, a)
		}
	}
	if !d.deliver(ctx, a) {
		return false
	}
	switch { // only now: what was not delivered must not count as seen
	case own:
		d.seen.add(sum)
	case d.identified:
		d.seen.add(d.sum(a.message))
	}
	return true
}

func (d *delivery) sum(m *Message) uint64 { return d.seen.sum(m.Type, m.ID, m.Data) }

// drop counts an event that an earlier connection gave. That it came says that the server took the id.
func (d *delivery) drop(ctx context.Context, a arrival) bool {
	d.line.duplicate()
	d.lastID = a.message.ID
	return d.settleGap(ctx, nil, a.at)
}

func (d *delivery) deliver(ctx context.Context, a arrival) bool {
	if len(a.message.Data) > bulky && !settle(ctx, d.turn()) {
		return false
	}
	id := a.message.ID // as it is sent back, even if there is a credential in it
	d.redact(a.message)
	meaning := d.decode(a.message, a.mark)
	if !d.settleGap(ctx, meaning.Continuity, a.at) || !push(ctx, d.out, Event{Feed: d.source.Name, At: a.at, Message: a.message}) {
		return false
	}
	d.sent.Add(1)
	d.line.tell(a.at)
	d.lastID = id
	d.heed(a.message, meaning)
	return true
}

// redact masks the feed's credentials in m: some servers repeat a token to whoever shows it.
func (d *delivery) redact(m *Message) {
	r := d.source.redactor
	m.Data, m.ID, m.Type = r.Payload(m.Data), r.PayloadText(m.ID), r.PayloadText(m.Type)
}

// turn reports whether a bulky event may join the set's queue: when that is short, or when all that was in it has been
// taken since, for other feeds may keep it full as long as the reader is slower than they.
func (d *delivery) turn() func() bool {
	before := d.sent.Load()
	return func() bool {
		waiting := len(d.out)
		return waiting <= bulkyLeft || d.sent.Load()-int64(waiting) >= before
	}
}

// heed takes in what a delivered message says of the stream itself.
func (d *delivery) heed(m *Message, meaning decode.Message) {
	d.notice, d.asked = m.Notice, meaning.End
	if d.identified = meaning.ResumeID != ""; d.identified {
		d.payloadID = meaning.ResumeID
	}
	if m.Notice == "" || len(m.Updates) > 0 {
		d.count++
	}
}

// decode fills in what the decoder makes of m.
func (d *delivery) decode(m *Message, mark stream.Mark) decode.Message {
	if mark == stream.Skipped {
		m.Err, m.Data = errors.New(string(m.Data)), nil
		return decode.Message{}
	}
	if d.source.Decoder == nil {
		return decode.Message{}
	}
	meaning, err := d.interpret(m)
	m.Updates, m.Unmapped, m.Err, m.Map, m.Heartbeat = meaning.Updates, meaning.Unmapped, err, meaning.Map, meaning.Heartbeat
	if meaning.Notice != "" {
		m.Notice = d.source.safe(meaning.Notice)
	}
	return meaning
}

// interpret asks the decoder. One that panics finds fault with the payload, and takes its connection with it.
func (d *delivery) interpret(m *Message) (meaning decode.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			d.crash = newCrash(p)
			meaning, err = decode.Message{}, d.crash
		}
	}()
	return d.source.Decoder.Decode(m.Type, m.Data)
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
	gap.From = d.source.redactor.PayloadText(gap.From)
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
