package tape

import (
	"time"

	"livetape/feed"
)

// place is what is known at a place between two entries.
type place struct {
	offset time.Duration // of the entry before
	at     time.Time     // the same
	events int
	id     string
	feeds  []Source // of the last header
	begun  bool     // an entry other than a carried status has come
}

// carried gives a status from before the file, without moving its time.
func (r *Reader) carried(e feed.Event, s stamp) (Entry, bool) {
	if r.place.begun {
		return Entry{}, false
	}
	before := r.place
	got := r.entry(e, s, true)
	r.place.offset, r.place.at, r.place.begun = before.offset, before.at, false
	got.Offset = before.offset
	return got, true
}

// entry puts e in its place on the tape.
func (r *Reader) entry(e feed.Event, s stamp, stamped bool) Entry {
	p := &r.place
	switch {
	case stamped:
		p.at = s.at
		p.offset = max(p.offset, s.at.Sub(r.info.Start))
	case r.format != recording:
		p.offset = time.Duration(p.events) * CaptureStep
		p.at = r.info.Start.Add(p.offset)
	}
	p.events++
	p.begun = true
	r.tally.Events++
	e.At, e.Feed = p.at, s.feed
	if e.Feed == "" {
		e.Feed = r.feedName()
	}
	return Entry{Event: e, Offset: p.offset}
}

// source is what is known, at this place, of the feed called name.
func (r *Reader) source(name string) Source {
	for _, f := range r.place.feeds {
		if f.Name == name {
			return f
		}
	}
	return Source{Name: name}
}

// feedName is the feed of an event that does not name one.
func (r *Reader) feedName() string {
	if len(r.place.feeds) == 1 {
		return r.place.feeds[0].Name
	}
	return r.info.Feeds[0].Name
}
