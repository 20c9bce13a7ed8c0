package feed

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"livetape/feed/connection"
	"livetape/feed/decode"
	"livetape/feed/market"
	"livetape/feed/memory"
	"livetape/feed/resume"
	"livetape/feed/stream"
)

// delivery turns the events of one feed's connections into messages and puts them on the set's channel. One
// connection at a time uses it; between two, the supervisor does.
type delivery struct {
	config     Config
	endpoint   *connection.Endpoint
	liveness   *liveness
	out        chan<- Event
	sent       *atomic.Int64  // messages put on out, by all feeds of the set
	outbox     []outgoing     // decoded, and still to be put on out
	outboxSize int            // of all in it, in bytes
	queued     queueUsage     // in out
	memory     *memory.Budget // of all that is kept of the feed
	seen       *duplicates

	judge      resume.Judge
	sentID     string // with which the present connection asks to resume
	gap        *Gap   // what the present connection is still to tell
	untold     int    // events of it that did not tell
	coarseTold bool   // it has been said that ids prove nothing
	bookRisk   bool   // before the next event, changes to order books may have been missed

	lastID   string                   // the last event id of what was delivered
	stopped  bool                     // nothing more of the present connection is delivered
	decoding <-chan *connection.Panic // a large event that an earlier connection left behind; nil: there is none

	payloadID    string // the latest id that a payload had to resume from, of any connection
	hasPayloadID bool   // the last message had one
	count        int    // messages of the present connection that were more than a notice
	notice       string // of the last message
	endAsked     bool   // the server asked to connect again
	finished     string // the words in which the server said that nothing more will come; empty when it did not
	panicked     *connection.Panic
}

// startConnection begins a connection on which the last event id is lastID until it says another.
func (d *delivery) startConnection(lastID, sentID string, gap *Gap) {
	d.lastID, d.sentID, d.gap, d.untold, d.stopped = lastID, sentID, gap, 0, false
	d.count, d.notice, d.endAsked, d.finished, d.panicked = 0, "", false, "", nil
	d.bookRisk = gap != nil
	d.seen.reconnect()
	d.judge.Reconnect()
}

func (d *delivery) outcome(o connection.Outcome) connection.Outcome {
	switch {
	case d.panicked != nil:
		id := o.LastEventID
		o = d.panicked.Outcome(d.endpoint, "this payload")
		o.LastEventID = id
	case o.Stack != "":
	case d.finished != "":
		o.Ending, o.RetryAfter, o.Cause = connection.Finished, connection.NoRetryAfter, d.finished
	case d.endAsked:
		o.Ending, o.RetryAfter, o.Cause = connection.Ended, connection.NoRetryAfter, d.withNotice("the server asked to connect again")
	default:
		o.Cause = d.withNotice(o.Cause)
	}
	return o
}

func (d *delivery) withNotice(cause string) string {
	if d.notice == "" {
		return cause
	}
	return cause + ": " + d.notice
}

// deliverAll delivers until arrivals is closed. When nothing is to follow, it drops the connection.
func (d *delivery) deliverAll(ctx context.Context, arrivals <-chan []queuedEvent, drop func()) {
	defer func() {
		if p := recover(); p != nil {
			d.panicked, d.stopped = connection.NewPanic(p), true
			drop()
		}
	}()
	first, ok := d.gatherSamples(ctx, arrivals)
	if !ok {
		drop()
	}
	deliver := func(batch []queuedEvent) {
		for _, e := range batch {
			d.memory.Add(-e.size)
			d.releaseTaken()
			if ok && !d.stopped {
				d.stopped = !d.deliverOnce(ctx, e) || d.endAsked || d.finished != "" || d.panicked != nil
			}
		}
		if sent := d.sendOutbox(ctx); d.stopped || !sent {
			d.stopped = true
			drop()
		}
		d.liveness.pending.Add(-int64(len(batch)))
	}
	if len(first) > 0 {
		deliver(first)
	}
	for batch := range arrivals {
		deliver(batch)
	}
	d.stopped = d.stopped || !ok // only now: until its first event the reading goroutine may set it, too
}

// deliverOnce delivers one event, unless an earlier connection gave it. It reports false when ctx ended first.
func (d *delivery) deliverOnce(ctx context.Context, e queuedEvent) bool {
	own := e.mark == stream.OwnID
	var hash eventHash
	var found gapEvidence
	if own || d.payloadID != "" && e.mark == stream.InheritedID {
		hash = d.seen.hash(e.message, own && e.message.ID != "")
		found.again, found.used = d.seen.check(hash)
	}
	if own {
		found.id = e.message.ID
	}
	if found.again {
		return d.skipDuplicate(ctx, e, hash, found)
	}
	return d.deliver(ctx, e, found, hash)
}

func (d *delivery) rememberEvent(hash eventHash, id string) {
	d.seen.add(hash)
	if id != "" {
		d.judge.See(id)
	}
}

func (d *delivery) skipDuplicate(ctx context.Context, e queuedEvent, hash eventHash, found gapEvidence) bool {
	d.liveness.countDuplicate()
	d.count++ // it was sent all the same
	d.seen.add(hash)
	isReadAgain := false
	if d.lastID = e.message.ID; found.id == "" {
		if d.config.Decoder != nil && d.gap != nil { // the id is in the payload
			var meaning decode.Message
			var err error
			if !d.runDecoder(ctx, len(e.message.Data), func() { meaning, err = d.interpret(e.message) }) {
				return false
			}
			d.notePanic(err)
			found.id, isReadAgain = meaning.ResumeID, true
		}
	}
	told := d.resolveGap(ctx, found, e.at)
	d.bookRisk = d.bookRisk || isReadAgain
	if found.id != "" {
		d.judge.SeeAgain(found.id)
	}
	return told
}

func (d *delivery) deliver(ctx context.Context, e queuedEvent, found gapEvidence, hash eventHash) bool {
	id := e.message.ID // as it is sent back, even if there is a credential in it
	forget, anew := d.losesBooks(found, e.mark)
	meaning, ok := d.decodeEvent(ctx, e, forget, anew)
	if !ok {
		return false
	}
	d.notePanic(e.message.Err)
	found.word = meaning.Continuity
	found.empty = len(meaning.Updates) == 0 && (meaning.Heartbeat || meaning.Unmapped != "" || meaning.Notice != "")
	if meaning.ResumeID != "" {
		found.id = meaning.ResumeID
	}
	e.message.resumeID = cmp.Or(meaning.ResumeID, d.payloadID, id)
	if !d.resolveGap(ctx, found, e.at) {
		return false
	}
	d.putInOutbox(outgoing{Event{Feed: d.config.Name, At: e.at, Message: e.message}, e.message.Size(), id, e.mark == stream.OwnID, hash})
	if !d.mayWait(meaning) && !d.sendOutbox(ctx) {
		return false
	}
	d.applyDecoded(e.message, meaning)
	if d.hasPayloadID && e.mark != stream.OwnID {
		if hash == (eventHash{}) {
			hash = d.seen.hash(e.message, false)
		}
		d.rememberEvent(hash, d.payloadID)
	}
	return true
}

// outgoing is a message that is not sent yet.
type outgoing struct {
	event    Event
	size     int
	id       string // the last event id after it
	hasOwnID bool
	hash     eventHash // with an id of its own
}

func (d *delivery) putInOutbox(o outgoing) {
	d.outbox = append(d.outbox, o)
	d.outboxSize += o.size
}

// mayWait reports whether what was decoded last may wait for those that came with it: nothing that follows depends on its
// having been sent, and there is not much yet. To send one by one would wake the reader of the set up for each.
func (d *delivery) mayWait(last decode.Message) bool {
	return d.outboxSize < largeEvent && d.gap == nil && d.seen.earlier == nil && last.ResumeID == "" && last.Notice == ""
}

// sendOutbox sends what is in the outbox. Only what was sent counts as delivered. It reports false when ctx ended first.
func (d *delivery) sendOutbox(ctx context.Context) (sent bool) {
	defer func() {
		clear(d.outbox)
		d.outbox, d.outboxSize = d.outbox[:0], 0
	}()
	for i := range d.outbox {
		o := &d.outbox[i]
		if !waitUntil(ctx, func() bool { return d.hasRoom(o.size) }) || !push(ctx, d.out, o.event) {
			return false
		}
		d.queued.waiting = append(d.queued.waiting, queuedMessage{d.sent.Add(1), o.size})
		d.countQueued(o.size)
		d.liveness.report(o.event.At)
		if m := o.event.Message; !m.Heartbeat {
			d.noteEvent(m.Updates, o.event.At)
		}
		if d.lastID = o.id; o.hasOwnID {
			d.rememberEvent(o.hash, o.id)
		}
	}
	return true
}

// noteEvent notes that an event came, and whether the market that it tells of is closed.
func (d *delivery) noteEvent(updates []market.Update, at time.Time) {
	for _, u := range updates {
		if h, ok := u.(market.Halt); ok && h.Symbol == "" {
			d.liveness.isClosed.Store(h.State == market.Closed || h.State == market.Halted)
		}
	}
	d.liveness.noteEvent(at)
}

// noticeLimit bounds a notice in runes; a status line has room for less.
const noticeLimit = 200

// redact masks the feed's credentials in m: some servers repeat a token to whoever shows it.
func (d *delivery) redact(m *Message) {
	r := d.endpoint.Redactor()
	m.Data, m.ID, m.Type = r.Payload(m.Data), r.PayloadText(m.ID), r.PayloadText(m.Type)
}

// maxFinishedWords bounds the words of an end, in characters.
const maxFinishedWords = 60

func (d *delivery) applyDecoded(m *Message, meaning decode.Message) {
	d.notice, d.endAsked = m.Notice, meaning.End
	if meaning.Finished {
		words := strings.TrimSpace(string(m.Data))
		if words == "{}" || words == "null" {
			words = "" // the type says it
		}
		d.finished = d.endpoint.Clean(cmp.Or(words, m.Type), maxFinishedWords)
	}
	if d.hasPayloadID = meaning.ResumeID != ""; d.hasPayloadID {
		d.payloadID = meaning.ResumeID
	}
	if m.Notice == "" || len(m.Updates) > 0 {
		d.count++
	}
}

// decodeEvent decodes an event, after the books are forgotten where that is to be. It reports false when ctx ended first.
func (d *delivery) decodeEvent(ctx context.Context, e queuedEvent, forgetBooks, anew bool) (decode.Message, bool) {
	if !d.decodesAside(e.size) {
		return d.decodeNow(e, forgetBooks, anew), true
	}
	var meaning decode.Message
	if !d.runDecoder(ctx, e.size, func() { meaning = d.decodeNow(e, forgetBooks, anew) }) {
		return decode.Message{}, false
	}
	return meaning, true
}

func (d *delivery) decodeNow(e queuedEvent, forgetBooks, anew bool) decode.Message {
	if forgetBooks {
		decode.ForgetBooks(d.config.Decoder, anew)
	}
	d.redact(e.message)
	return d.decode(e.message, e.mark)
}

func (d *delivery) decode(m *Message, mark stream.Mark) decode.Message {
	if mark == stream.Skipped {
		m.Err, m.Data = errors.New(string(m.Data)), nil
		return decode.Message{}
	}
	if d.config.Decoder == nil {
		return decode.Message{}
	}
	meaning, err := d.interpret(m)
	m.Updates, m.Unmapped, m.Err, m.Map, m.Heartbeat, m.Reports = meaning.Updates, meaning.Unmapped, err, meaning.Map, meaning.Heartbeat, meaning.Reports
	if meaning.Notice != "" {
		m.Notice = d.endpoint.Clean(meaning.Notice, noticeLimit)
	}
	return meaning
}

// interpret asks the decoder. One that panics counts as a decode error, and ends its connection.
func (d *delivery) interpret(m *Message) (meaning decode.Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			meaning, err = decode.Message{}, connection.NewPanic(p)
		}
	}()
	return d.config.Decoder.Decode(m.Type, m.Data)
}

func (d *delivery) notePanic(err error) {
	errors.As(err, &d.panicked)
}

// runDecoder calls f, which uses the decoder on an event of so many bytes. It reports false when ctx ended first. A large
// event takes seconds to decode, for which nobody waits who leaves or reconnects: f goes on by itself then, and the next
// call waits for it.
func (d *delivery) runDecoder(ctx context.Context, size int, f func()) bool {
	if !d.decodesAside(size) {
		f()
		return true
	}
	if d.decoding != nil && !d.awaitDecoder(ctx) {
		return false
	}
	ended := make(chan *connection.Panic, 1)
	d.decoding = ended
	go func() {
		defer close(ended)
		defer func() {
			if p := recover(); p != nil {
				ended <- connection.NewPanic(p)
			}
		}()
		f()
	}()
	return d.awaitDecoder(ctx) && d.panicked == nil
}

// decodesAside reports whether an event is large, or has to wait for one that is still being decoded.
func (d *delivery) decodesAside(size int) bool { return size > largeEvent || d.decoding != nil }

func (d *delivery) awaitDecoder(ctx context.Context) bool {
	select {
	case d.panicked = <-d.decoding:
		d.decoding = nil
		return true
	case <-ctx.Done():
		return false
	}
}
