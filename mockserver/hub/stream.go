package hub

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"livetape/mockserver/fault"
)

// batchSize is how many events are read from the log and written at a time.
const batchSize = 256

// errEnded ends a stream for a reason that its client was told, or caused.
var errEnded = errors.New("the stream ended")

// stream is one client's connection, and its place in the log. One goroutine runs it. While nothing happens it
// holds no buffers.
type stream struct {
	hub     *Hub
	client  uint64
	log     Log
	encoder Encoder
	out     *clientWriter
	timer   *wakeTimer

	opened     bool
	otherNode  bool    // its ids are of another epoch, by a fault
	notice     *notice // that the client knows of, or need not
	after      string  // id of the last event read from the log
	caughtUp   bool    // it had everything when it last looked
	allowedLag int     // events that it may lag besides the queue: those that came at once

	faults  *fault.Target
	mangler fault.Mangler[*Event]
}

// Serve answers a request with a stream, and returns when it has ended, for whatever reason. Client numbers the
// requests; the client was admitted.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, client uint64, faults *fault.Target, encoder Encoder) {
	s := &stream{hub: h, client: client, log: h.Log(), encoder: encoder, out: newClientWriter(w, r), faults: faults}
	if faults.On(fault.Gzip) != nil {
		s.out.compress()
	}
	encoder.SetHeader(w.Header(), s.log)
	s.timer = newWakeTimer(encoder)
	defer s.timer.timer.Stop()
	err := s.out.start()
	if err == nil {
		defer s.out.end()
		err = s.run(r.Context())
	}
	s.noteSlow(err)
}

func (s *stream) run(ctx context.Context) error {
	for {
		changed := s.hub.changed.wait()
		closed := s.hub.closed.Load() // before the log is read: nothing is logged afterwards
		busy, err := s.doNext()
		if err == nil && closed && !busy {
			err = errors.Join(s.send(s.encoder.AppendShutdown(nil)), errEnded)
		}
		if err == nil && !busy {
			err = s.wait(ctx, changed)
		}
		if err != nil {
			return err
		}
	}
}

// noteSlow counts and logs a client that is gone because it did not take what was written to it.
func (s *stream) noteSlow(err error) {
	if errors.Is(err, errEnded) || errors.Is(err, context.Canceled) || !s.out.isLate() {
		return
	}
	s.hub.config.Metrics.SlowClients.Inc()
	s.hub.config.Logger.Warn("slow client timed out", "client", s.client, "took", writeTime)
}

// doNext does what there is to do, and reports false when that is nothing.
func (s *stream) doNext() (busy bool, err error) {
	active := s.faults.Active()
	if a := s.faults.NextInstant(active); a != nil {
		return true, s.applyFault(a)
	}
	switch {
	case s.log != s.hub.Log():
		return true, errEnded
	case s.faults.On(fault.Stall) != nil:
		return false, nil
	case !s.opened:
		return true, s.open()
	case s.otherNode && s.faults.On(fault.OtherNode) == nil:
		return true, errEnded // the client comes back to this one
	case isDue(s.timer.due(), time.Now()):
		return true, s.sendDue(time.Now())
	case s.notice != s.hub.notice.Load():
		return true, s.sendNotice()
	case s.faults.On(fault.SilentHub) != nil:
		s.caughtUp = true // what comes meanwhile is not the client's fault
		return false, nil
	}
	return s.forward(active)
}

func (s *stream) sendNotice() error {
	s.notice = s.hub.notice.Load()
	if !s.encoder.Wants(s.notice.event) {
		return nil
	}
	return s.sendLast(s.encoder.Append(nil, s.notice.event))
}

// wait returns when there may be something to do, and an error when there never will.
func (s *stream) wait(ctx context.Context, changed <-chan struct{}) error {
	due, ends := s.timer.wait(), (<-chan time.Time)(nil)
	if silent := s.faults.On(fault.SilentHub); silent != nil {
		ends = time.After(time.Until(silent.Until))
	} else if other := s.faults.On(fault.OtherNode); s.otherNode && other != nil {
		ends = time.After(time.Until(other.Until))
	}
	if stall := s.faults.On(fault.Stall); stall != nil {
		due, ends = nil, time.After(time.Until(stall.Until))
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-changed:
	case <-ends:
	case <-due:
		s.timer.clearFired()
	}
	return nil
}

func (s *stream) open() error {
	s.opened, s.caughtUp = true, true
	if n := s.hub.notice.Load(); n != nil && n.last {
		s.notice = n
	}
	b, after := s.begin()
	s.after = after
	if s.faults.On(fault.NoID) != nil {
		b = fault.WithoutIDs(b)
	}
	return s.sendLast(b)
}

// begin opens the stream: as the encoder does or, by a fault, as another node would that knows nothing of the client's id and
// does not say so.
func (s *stream) begin() (b []byte, after string) {
	n, isNative := s.encoder.(*nativeEncoder)
	other := s.faults.On(fault.OtherNode)
	if other == nil || !isNative {
		return s.encoder.Open(nil, s.log)
	}
	s.otherNode = true
	if n.LastEventID == "" {
		b, after = n.Open(nil, s.log)
		return fault.WithOtherEpoch(b, s.log.Epoch()), after
	}
	b, after = n.AppendRetry(nil, n.Retry.Milliseconds()), s.log.Newest()
	if other.ReplaysEverything() {
		after = s.log.Oldest()
	}
	return b, after
}

func (s *stream) sendDue(now time.Time) error {
	var b []byte
	if isDue(s.encoder.WakeAt(), now) {
		b = s.encoder.Wake(b, now)
	}
	if !s.encoder.Ended() && s.timer.takeHeartbeat(now) && s.faults.On(fault.Heartbeat) == nil {
		b = s.encoder.AppendHeartbeat(b)
	}
	return s.sendLast(b)
}

// sendLast sends b, and ends the stream if the format does.
func (s *stream) sendLast(b []byte) error {
	if err := s.send(b); err != nil {
		return err
	}
	if s.encoder.Ended() {
		return errEnded
	}
	return nil
}

// forwardBuffers is what a stream needs to forward events. It has one only while it writes.
type forwardBuffers struct {
	events []*Event
	bytes  []byte
}

func newForwardBuffers() any { return &forwardBuffers{events: make([]*Event, 0, batchSize)} }

func (h *Hub) returnBuffers(b *forwardBuffers) {
	clear(b.events[:cap(b.events)])
	b.bytes = b.bytes[:0]
	h.buffers.Put(b)
}

// forward writes the events that follow; of a slow stream, one.
func (s *stream) forward(active *fault.Active) (busy bool, err error) {
	b := s.hub.buffers.Get().(*forwardBuffers)
	defer s.hub.returnBuffers(b)
	events := b.events
	if s.faults.On(fault.Slow) != nil {
		events, s.caughtUp = events[:0:1], true // one at a time, and all the time it takes
	}
	events, behind, err := s.log.Read(s.after, events)
	if s.faults.Active() != active {
		return true, nil // a fault was injected or cleared, and applies to the events after it: look again
	}
	if errors.Is(err, ErrUnavailable) {
		return true, errEnded // the client asks again
	}
	if err != nil || !s.keepsUp(behind) {
		return true, s.disconnectSlow(behind)
	}
	s.allowedLag = max(0, s.allowedLag-len(events))
	if n := len(events); n > 0 {
		s.after = events[n-1].ID
	}
	effects := s.faults.Effects(active)
	wanted := slices.DeleteFunc(events, func(e *Event) bool { return !s.encoder.Wants(e) })
	wanted = s.mangler.Arrange(wanted, effects)
	b.bytes = s.mangler.Append(b.bytes, wanted, effects, s.encoder)
	if s.otherNode {
		b.bytes = fault.WithOtherEpoch(b.bytes, s.log.Epoch())
	}
	s.caughtUp = behind == 0
	if s.caughtUp {
		b.bytes = s.encoder.CaughtUp(b.bytes)
	}
	s.hub.config.Metrics.Deliveries.Add(len(wanted)) // before the client can know of them
	return behind > 0, s.sendLast(b.bytes)
}

// keepsUp reports whether no more events than the queue holds have come since the client last had everything, besides
// those that came at once then.
func (s *stream) keepsUp(behind int) bool {
	if s.caughtUp {
		s.allowedLag = behind
	}
	return behind <= s.hub.config.Queue+s.allowedLag
}

func (s *stream) disconnectSlow(behind int) error {
	s.hub.config.Metrics.SlowClients.Inc()
	s.hub.config.Logger.Warn("slow client disconnected", "client", s.client, "behind", behind)
	return errors.Join(errEnded, s.send(s.encoder.AppendSlowClient(nil, behind, s.after)))
}

// send writes b, if anything, and puts the heartbeat off.
func (s *stream) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	s.hub.config.Metrics.Bytes.Add(len(b))
	err := s.faults.Write(b, s.out.send, s.mustEnd)
	s.timer.sent(time.Now()) // from its end on, or a slow stream would have time for heartbeats only
	return err
}

func (s *stream) mustEnd() bool { return s.hub.closed.Load() || s.log != s.hub.Log() }

// applyFault applies a fault that is over at once.
func (s *stream) applyFault(a *fault.Activation) error {
	switch {
	case a.Name == fault.Drop:
		s.out.sendHalfAndCut(s.halfEvent())
		return errEnded
	case a.Name == fault.EOF:
		return errEnded
	case s.faults.On(fault.Stall) != nil:
		return nil // nothing is sent
	case a.Name == fault.Retry:
		return s.send(s.encoder.AppendRetry(nil, a.Number()))
	case a.Name == fault.Huge:
		return s.send(s.encoder.AppendHuge(nil, int(a.Number())<<20))
	}
	return nil
}

// halfEvent is the beginning of what the client would get next, or of what it will never get.
func (s *stream) halfEvent() []byte {
	events, _, _ := s.log.Read(s.after, make([]*Event, 0, batchSize))
	wanted := slices.DeleteFunc(events, func(e *Event) bool { return !s.encoder.Wants(e) })
	return s.encoder.HalfEvent(wanted, s.after, s.faults.Random)
}
