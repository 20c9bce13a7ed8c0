package mockserver

import (
	"time"

	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
	"livetape/mockserver/market"
)

// tongue is what it takes for a stream to speak as another service; a stream without one speaks as itself. The
// methods that a stream calls in either case do nothing without one.
type tongue struct {
	talk  emulate.Session
	style emulate.Format
	over  bool // the service ends the stream here

	beat  time.Time   // when the next heartbeat is due; zero for never
	timer *time.Timer // what rings then, or when the talk has something to say by itself

}

func newTongue(talk emulate.Session, now time.Time) *tongue {
	t := &tongue{talk: talk, style: talk.Format(), timer: time.NewTimer(0)}
	t.rest(now)
	return t
}

// rest puts the next heartbeat off to a whole interval from now.
func (t *tongue) rest(now time.Time) {
	if t.style.HeartbeatInterval > 0 {
		t.beat = now.Add(t.style.HeartbeatInterval)
	}
}

// said notes that something was sent.
func (t *tongue) said(now time.Time) {
	if t != nil && !t.style.HeartbeatAlways {
		t.rest(now)
	}
}

// due is when there is something to say by itself; zero for never.
func (t *tongue) due() time.Time {
	at := t.talk.WakeAt()
	if at.IsZero() || !t.beat.IsZero() && t.beat.Before(at) {
		return t.beat
	}
	return at
}

func (t *tongue) isDue(now time.Time) bool {
	if t == nil {
		return false
	}
	at := t.due()
	return !at.IsZero() && !at.After(now)
}

// alarm rings when something is due, unless nothing may be sent.
func (t *tongue) alarm(mute bool) <-chan time.Time {
	if t == nil || mute || t.due().IsZero() {
		return nil
	}
	t.timer.Reset(time.Until(t.due()))
	return t.timer.C
}

// speakUp is what is due at now. A heartbeat is told another time, or none: the zero one.
func (t *tongue) speakUp(now, told time.Time) (b []byte) {
	if at := t.talk.WakeAt(); !at.IsZero() && !at.After(now) {
		b, t.over = t.talk.Wake(b, now)
	}
	if !t.over && !t.beat.IsZero() && !t.beat.After(now) {
		t.rest(now)
		if !told.IsZero() {
			b = t.talk.Heartbeat(b, told)
		}
	}
	return b
}

func (t *tongue) append(b []byte, e emulate.Event) []byte {
	if t.over {
		return b
	}
	b, t.over = t.talk.Encode(b, e, time.Now())
	return b
}

// samples are bad events in the style of the service.
func (t *tongue) samples() (s fault.Samples) {
	for _, data := range fault.MalformedData() {
		s.Malformed = append(s.Malformed, string(t.style.AppendEvent(nil, data)))
	}
	for _, data := range fault.HostileData() {
		s.Hostile = append(s.Hostile, string(t.style.AppendEvent(nil, data)))
	}
	return s
}

// applyFault is what a fault that is over at once has sent.
func (t *tongue) applyFault(k *fault.Activation) []byte {
	switch {
	case k.Name == fault.Huge:
		return t.style.AppendEvent(nil, `{"huge":"`+fault.HugeText(int(k.Number())<<20)+`"}`)
	case k.Name == fault.Retry && !t.style.JSONLines:
		return appendRetry(nil, k.Number())
	}
	return nil
}

// event is what an entry says, for a service.
func (st *stream) event(e *entry) emulate.Event {
	told := emulate.Event{Number: st.first + e.number, News: e.news}
	if e.kind == market.KindPrice {
		told.Quote = &e.quote
	}
	return told
}

// beginForeign sends what the service begins with.
func (st *stream) beginForeign() error {
	now := time.Now()
	standing, id := st.server.standing()
	if st.place == "" {
		st.place = id
	}
	b, over := st.tongue.talk.Open(nil, standing, now)
	st.tongue.over = over
	if err := st.send(b); err != nil {
		return err
	}
	return st.ended(false)
}

// ended is an error when the service has ended the stream; caught reports whether there is nothing left to tell now.
func (st *stream) ended(caught bool) error {
	t := st.tongue
	if t == nil {
		return nil
	}
	if finite, ok := t.talk.(emulate.Finisher); ok && caught && !t.over {
		t.over = true
		if err := st.send(finite.Finish(nil)); err != nil {
			return err
		}
	}
	if t.over {
		return errEnded
	}
	return nil
}

// speakUp sends what is due.
func (st *stream) speakUp() error {
	var told time.Time
	if st.faults.On(fault.Heartbeat) == nil {
		told = st.server.payloadTime()
	}
	if err := st.send(st.tongue.speakUp(time.Now(), told)); err != nil {
		return err
	}
	return st.ended(false)
}

// halfForeign is the beginning of what the client would get next, or of what it will never get.
func (st *stream) halfForeign() []byte {
	whole := st.tongue.style.AppendEvent(nil, fault.NeverSent)
	events, _, _ := st.log.read(st.place, make([]*entry, 0, maxBatch))
	for _, e := range events {
		if st.wants(e) {
			if b := st.tongue.append(nil, st.event(e)); len(b) > 0 {
				whole = b
				break
			}
		}
	}
	return whole[:(len(whole)-1)/2]
}
