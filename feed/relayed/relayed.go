// Package relayed tells the feeds behind a relay apart: what a relay says of each becomes events of a feed of its own, with
// its state, its gaps and its prices, as if it were watched directly.
package relayed

import (
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

// EventLog is what a relay calls the log that it shares with others, which it reports like a feed: while that is away, nothing of
// any feed comes, and the relay does not know how they are.
const EventLog = "event log"

// Splitter splits the events of relays. It must see all events of all feeds, in order. It is not safe for concurrent use.
type Splitter struct {
	relays map[string]*relay // by name, of all feeds that are watched
	owners map[string]string // of names: the watched feed itself, or the relay that a feed is behind
	one    [1]feed.Event     // what Split returns of an event of no relay
}

// relay is a watched feed, with what it has told of the feeds behind it, if any.
type relay struct {
	state   feed.State
	untold  bool // since it is connected, it has not told how they are
	feeds   []*behind
	log     feed.Status // of EventLog; the zero value where there is none
	vouched time.Time   // when a pulse last said that it lives
}

type behind struct {
	own  string // what the relay calls it
	name string
	told feed.Status
}

// New returns a Splitter that has seen nothing.
func New() *Splitter {
	return &Splitter{relays: map[string]*relay{}, owners: map[string]string{}}
}

// Relay is the relay that a feed is behind, or the feed itself, where it is watched directly.
func (s *Splitter) Relay(name string) string {
	if owner := s.owners[name]; owner != "" {
		return owner
	}
	return name
}

// NameBehind is what a feed behind a relay is called, of which the relay has told.
func (s *Splitter) NameBehind(relay, own string) string {
	r := s.relays[relay]
	if r == nil {
		return own
	}
	return s.behind(r, relay, own).name
}

// Split returns what an event says of the feed itself and of feeds behind it, in order. A feed behind a relay that is not
// connected is as the relay is. Nearly all events are of no relay, and are returned as they are. The slice is good until the next
// call.
func (s *Splitter) Split(ev feed.Event) []feed.Event {
	r := s.relays[ev.Feed]
	if r == nil {
		r = &relay{}
		s.relays[ev.Feed], s.owners[ev.Feed] = r, ev.Feed
	}
	s.one[0] = ev
	switch own := s.one[:]; {
	case ev.Status != nil:
		return append(own, r.changeState(ev)...)
	case ev.Pulse != nil:
		return append(own, r.vouch(ev.At, ev.Pulse)...)
	case ev.Message == nil:
		return own
	}
	m := ev.Message
	isRelayed := len(m.Reports) > 0 || slices.ContainsFunc(m.Updates, func(u market.Update) bool { return market.Origin(u) != "" })
	if !isRelayed {
		return append(s.one[:], r.tellAgain(ev.At)...)
	}
	return s.splitMessage(r, ev)
}

// changeState has the feeds behind a relay follow it, until it says how they are.
func (r *relay) changeState(ev feed.Event) (all []feed.Event) {
	was, now := r.state, ev.Status.State
	r.state = now
	if now == feed.Live {
		r.untold = true
		if was.IsConnected() { // the same stream, of which nothing was missed
			return r.tellAgain(ev.At)
		}
		r.expectLog()
		return nil
	}
	for _, b := range r.feeds {
		status := *ev.Status
		if status.Cause != "" {
			status.Cause = ev.Feed + ": " + status.Cause
		}
		all = append(all, feed.Event{Feed: b.name, At: ev.At, Status: &status})
	}
	return all
}

// tellAgain says of each feed what was told of it before the relay was away: had that changed, the relay would have said so first.
func (r *relay) tellAgain(at time.Time) (all []feed.Event) {
	if !r.untold {
		return nil
	}
	r.untold = false
	for _, b := range r.feeds {
		all = append(all, r.status(b, at))
	}
	return all
}

// status is how a feed is: at best as the log through which it comes.
func (r *relay) status(b *behind, at time.Time) feed.Event {
	told := b.told
	if told.State == feed.Live && b.own != EventLog && r.isLogAway() {
		told = r.log
	}
	return feed.Event{Feed: b.name, At: at, Status: &told}
}

// expectLog has the log of a relay that has just connected be there, until it says otherwise. It may be another relay.
func (r *relay) expectLog() {
	r.log = feed.Status{}
	for _, b := range r.feeds {
		if b.own == EventLog {
			b.told = feed.Status{State: feed.Live}
		}
	}
}

func (r *relay) isLogAway() bool { return r.log.State == feed.Quiet }

// changeLog notes how the log is, and says how the feeds are by that.
func (r *relay) changeLog(now feed.Status, at time.Time) (all []feed.Event) {
	was := r.isLogAway()
	r.log = now
	if r.untold || was == r.isLogAway() {
		return nil
	}
	for _, b := range r.feeds {
		if b.own != EventLog && b.told.State == feed.Live {
			all = append(all, r.status(b, at))
		}
	}
	return all
}

// vouch says that the live feeds behind a relay that lives do so, too: the relay would say otherwise.
func (r *relay) vouch(at time.Time, p *feed.Pulse) (all []feed.Event) {
	for _, b := range r.feeds {
		if b.told.State == feed.Live && !r.isLogAway() {
			all = append(all, feed.Event{Feed: b.name, At: at, Pulse: &feed.Pulse{LastByte: p.LastByte}})
		}
	}
	return all
}

func (s *Splitter) splitMessage(r *relay, ev feed.Event) []feed.Event {
	m := ev.Message
	own := s.ownPart(r, ev)
	for _, report := range m.Reports {
		b := s.behind(r, ev.Feed, report.Feed)
		b.told = report.Status
		if !r.untold {
			own = append(own, r.status(b, ev.At))
		}
		if report.Feed == EventLog {
			own = append(own, r.changeLog(report.Status, ev.At)...)
		}
		if report.Gap != nil {
			own = append(own, feed.Event{Feed: b.name, At: ev.At, Gap: report.Gap})
		}
	}
	own = append(own, r.tellAgain(ev.At)...)
	for _, part := range partsOf(m) {
		b := s.behind(r, ev.Feed, market.Origin(part.Updates[0]))
		own = append(own, feed.Event{Feed: b.name, At: ev.At, Message: part})
	}
	return own
}

// ownPart is what a message says of the relay itself: that it lives, once a second. What concerns several feeds is the relay's
// own event.
func (s *Splitter) ownPart(r *relay, ev feed.Event) []feed.Event {
	if isOfOne(ev.Message) {
		if ev.At.Sub(r.vouched).Abs() < time.Second {
			return nil
		}
		r.vouched = ev.At
		return []feed.Event{{Feed: ev.Feed, At: ev.At, Pulse: &feed.Pulse{LastByte: ev.At}}}
	}
	m := *ev.Message
	m.Updates, m.Reports = nil, nil
	return []feed.Event{{Feed: ev.Feed, At: ev.At, Message: &m}}
}

// isOfOne reports whether a message is nothing but updates of one feed.
func isOfOne(m *feed.Message) bool {
	if len(m.Reports) > 0 || len(m.Updates) == 0 {
		return false
	}
	first := market.Origin(m.Updates[0])
	return !slices.ContainsFunc(m.Updates, func(u market.Update) bool { return market.Origin(u) != first })
}

// partsOf are the updates of each feed as a message.
func partsOf(m *feed.Message) (parts []*feed.Message) {
	if isOfOne(m) {
		return []*feed.Message{m}
	}
	byOrigin := map[string]*feed.Message{}
	for _, u := range m.Updates {
		part := byOrigin[market.Origin(u)]
		if part == nil {
			part = &feed.Message{Type: m.Type, ID: m.ID}
			byOrigin[market.Origin(u)] = part
			parts = append(parts, part)
		}
		part.Updates = append(part.Updates, u)
	}
	return parts
}

// behind is a feed behind a relay by the relay's own name for it. What has no name is the relay's.
func (s *Splitter) behind(r *relay, relayName, own string) *behind {
	for _, b := range r.feeds {
		if b.own == own {
			return b
		}
	}
	b := &behind{own: own, name: own, told: feed.Status{State: feed.Live}}
	if own == "" {
		b.name = relayName
		return b
	}
	if s.owners[own] != "" { // a feed of the same name is watched directly, or behind another relay
		b.name = relayName + "/" + own
	}
	s.owners[b.name] = relayName
	r.feeds = append(r.feeds, b)
	return b
}
