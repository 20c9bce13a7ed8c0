package mockserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"livetape/mockserver/fault"
)

// maxBatch is how many events are read from the log and written at a time.
const maxBatch = 256

// errEnded ends a stream for a reason that its client was told, or caused.
var errEnded = errors.New("the stream ended")

// stream is one client's connection, and its place in the log. One goroutine runs it. While nothing happens it
// holds no buffers.
type stream struct {
	server *Server
	log    eventLog
	out    *pipe
	seat   *seat     // on the wheel of heartbeats
	sent   time.Time // when something was last sent
	filter filter
	asked  string // Last-Event-ID of the request; empty for none
	begun  bool
	tongue *tongue // what it takes to speak as another service; nil: it speaks as itself
	first  uint64  // number of events before its log

	place   string // id of the last event read from the log
	level   bool   // it had everything when it last looked
	allowed int    // events that it may lag beside the queue: those that came at once

	number uint64 // of all requests for a stream
	faults *fault.Target
	events fault.Events[*entry]
}

func (s *Server) newStream(w http.ResponseWriter, r *http.Request, asked filter, number uint64, faults *fault.Target) *stream {
	st := &stream{
		server: s, log: s.hub.log(), out: newPipe(w, r), filter: asked, asked: lastEventID(r),
		sent: time.Now(), number: number, faults: faults,
	}
	if faults.On(fault.Gzip) != nil {
		st.out.compressed = newCompressor()
	}
	return st
}

// lastEventID is the client's header, or the query of one that cannot set it, like a browser's EventSource.
func lastEventID(r *http.Request) string {
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return shortID(id)
	}
	return shortID(r.URL.Query().Get("lastEventId"))
}

// run returns when the stream has ended, for whatever reason.
func (st *stream) run(ctx context.Context) {
	st.seat = st.server.wheel.take(st.server.config.Heartbeat)
	defer st.server.wheel.leave(st.seat)
	if err := st.out.start(); err != nil {
		st.noteSlow(err)
		return
	}
	defer st.out.end()
	for {
		changed := st.server.hub.changed.next()
		closed := st.server.hub.isClosed() // asked before the log is read: nothing is logged afterwards
		busy, err := st.turn()
		if err == nil && closed && !busy {
			err = st.farewell()
		}
		if err == nil && !busy {
			err = st.wait(ctx, changed)
		}
		if err != nil {
			st.noteSlow(err)
			return
		}
	}
}

// noteSlow counts and logs a client that is gone because it did not take what was written to it.
func (st *stream) noteSlow(err error) {
	if errors.Is(err, errEnded) || errors.Is(err, context.Canceled) || !st.out.isLate() {
		return
	}
	st.server.meters.slow.Inc()
	st.server.config.Logger.Warn("slow client given up", "client", st.number, "took", writeTime)
}

// turn does what there is to do, and reports false when that is nothing.
func (st *stream) turn() (busy bool, err error) {
	c := st.faults.Active()
	if k := st.faults.Next(c); k != nil {
		return true, st.applyFault(k)
	}
	switch {
	case st.log != st.server.hub.log():
		return true, errEnded
	case st.faults.On(fault.Stall) != nil:
		return false, nil
	case !st.begun:
		return true, st.begin()
	case st.tongue.isDue(time.Now()):
		return true, st.speakUp()
	}
	return st.forward(c)
}

// wait returns when there may be something to do, and an error when there never will.
func (st *stream) wait(ctx context.Context, changed <-chan struct{}) error {
	stalled := st.faults.On(fault.Stall)
	var resumed <-chan time.Time
	if stalled != nil {
		timer := time.NewTimer(time.Until(stalled.Until))
		defer timer.Stop()
		resumed = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-resumed:
	case <-st.tongue.alarm(stalled != nil):
	case <-st.seat.called:
		return st.beat(st.tongue != nil || stalled != nil || st.faults.On(fault.Heartbeat) != nil)
	}
	return nil
}

// begin tells the client where the stream begins: behind what it had, or with a snapshot.
func (st *stream) begin() error {
	st.begun, st.level = true, true
	if st.tongue != nil {
		return st.beginForeign()
	}
	b := appendRetry(nil, st.server.config.Retry.Milliseconds())
	if st.asked == "" {
		return st.send(st.appendSnapshot(b))
	}
	missed, replayed, err := tally(st.log, st.asked, st.wants)
	st.server.meters.resume(err)
	if err == nil {
		st.place = st.asked
		data, err := json.Marshal(resumeData{st.asked, replayed})
		if err != nil {
			return fmt.Errorf("encode resume: %w", err)
		}
		return st.send(appendFrame(b, "resume", "", data))
	}
	lost := resetData{From: echo(st.asked)}
	if errors.Is(err, errForgotten) && st.filter.all() {
		lost.Missed = &missed // what a filter would have let through is forgotten, too
	}
	data, err := json.Marshal(lost)
	if err != nil {
		return fmt.Errorf("encode reset: %w", err)
	}
	return st.send(st.appendSnapshot(appendFrame(b, "reset", "", data)))
}

type resumeData struct {
	From     string `json:"from"`
	Replayed int    `json:"replayed"`
}

type resetData struct {
	From   string `json:"from"`
	Missed *int   `json:"missed"`
}

// appendSnapshot appends a snapshot event and places the stream right behind it.
func (st *stream) appendSnapshot(b []byte) []byte {
	data, id := st.server.snapshot(st.filter)
	st.place = id
	if st.faults.On(fault.NoID) != nil {
		id = ""
	}
	return appendFrame(b, "snapshot", id, data)
}

// echo is a text from outside, fit to be sent back: valid, and not too long.
func echo(s string) string {
	const most = 128
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

func (st *stream) wants(e *entry) bool {
	if st.tongue != nil {
		return st.tongue.talk.Wants(st.event(e))
	}
	return st.filter.passes(e.kind, e.symbols)
}

// batch is what a stream needs to forward events, lent to it for as long as it writes.
type batch struct {
	entries []*entry
	bytes   []byte
}

// batches are lent out.
type batches struct{ pool sync.Pool }

func (p *batches) borrow() *batch {
	if b, ok := p.pool.Get().(*batch); ok {
		return b
	}
	return &batch{entries: make([]*entry, 0, maxBatch)}
}

func (p *batches) giveBack(b *batch) {
	clear(b.entries[:cap(b.entries)])
	b.bytes = b.bytes[:0]
	p.pool.Put(b)
}

// forward writes the events that follow, as c says; of a slow stream, one.
func (st *stream) forward(c *fault.Active) (busy bool, err error) {
	b := st.server.batches.borrow()
	defer st.server.batches.giveBack(b)
	var behind int
	events := b.entries
	if st.faults.On(fault.Slow) != nil {
		events, st.level = events[:0:1], true // one at a time, and all the time it takes
	}
	events, behind, err = st.log.read(st.place, events)
	if st.faults.Active() != c {
		return true, nil // what was made after a fault was injected or cleared goes by that: look again
	}
	if err != nil || !st.bears(behind) {
		return true, st.dismiss(behind)
	}
	st.allowed = max(0, st.allowed-len(events))
	if n := len(events); n > 0 {
		st.place = events[n-1].id
	}
	effects := st.faults.Effects(c)
	wanted := st.events.Arrange(st.sift(events), effects)
	b.bytes = st.events.Append(b.bytes, wanted, effects, st)
	st.level = behind == 0
	st.server.meters.deliveries.Add(len(wanted)) // before the client can know of them
	if err = st.send(b.bytes); err != nil {
		return true, err
	}
	return behind > 0, st.ended(behind == 0)
}

// sift leaves the events that the client asked for, in the same place.
func (st *stream) sift(events []*entry) []*entry {
	if st.filter.all() && st.tongue == nil {
		return events
	}
	return slices.DeleteFunc(events, func(e *entry) bool { return !st.wants(e) })
}

// bears reports whether the client keeps up: no more events than the queue holds have come since it
// last had everything, beside those that came at once then.
func (st *stream) bears(behind int) bool {
	if st.level {
		st.allowed = behind
	}
	return behind <= st.server.config.Queue+st.allowed
}

// dismiss tells a slow client to come again.
func (st *stream) dismiss(behind int) error {
	st.server.meters.slow.Inc()
	st.server.config.Logger.Warn("slow client dismissed", "client", st.number, "behind", behind)
	if st.tongue != nil {
		return errors.Join(errEnded, st.send([]byte(st.tongue.style.SlowClient)))
	}
	err := st.send(fmt.Appendf(nil, ": too slow: %d events behind; reconnect to resume from %s\n\n", behind, st.place))
	return errors.Join(errEnded, err)
}

// send writes b, if anything, and puts the heartbeat off.
func (st *stream) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	st.sent = time.Now()
	st.server.meters.bytes.Add(len(b))
	st.tongue.said(st.sent)
	return st.faults.Write(b, st.out.send, st.mustEnd)
}
