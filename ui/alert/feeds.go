package alert

import (
	"slices"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/humanize"
)

// feedClock is since when a feed says nothing, and since when it is not live.
type feedClock struct {
	state     feed.State
	cause     string
	lastEvent time.Time // or when it became live, if that was later
	notLive   time.Time // zero while it is live, and after an end that is no trouble
}

func (e *Engine) feedClock(name string) *feedClock {
	c := e.feeds[name]
	if c == nil {
		c = &feedClock{}
		e.feeds[name] = c
		at, _ := slices.BinarySearch(e.names, name)
		e.names = slices.Insert(e.names, at, name)
	}
	return c
}

func (c *feedClock) changeState(s *feed.Status, at time.Time) {
	if s.State.IsConnected() && !c.state.IsConnected() {
		c.lastEvent = at
	}
	c.cause = s.Cause
	switch {
	case s.State == feed.Live, s.State == feed.Quiet, s.State == feed.Closed, s.State == feed.Finished:
		c.notLive = time.Time{}
	case c.notLive.IsZero():
		c.notLive = at
	}
	c.state = s.State
}

// since is from when a rule about a feed counts its time; zero when it does not.
func (c *feedClock) since(k Kind) time.Time {
	switch {
	case k == Silent && c.state.IsConnected():
		return c.lastEvent
	case k == NotLive:
		return c.notLive
	}
	return time.Time{}
}

func (e *Engine) checkFeeds(now time.Time) (fired []Firing) {
	for i := range e.rules {
		r := &e.rules[i]
		if r.Kind != Silent && r.Kind != NotLive {
			continue
		}
		for _, name := range e.names {
			if r.Feed != "" && r.Feed != name {
				continue
			}
			c := e.feeds[name]
			since := c.since(r.Kind)
			if told, ok := r.feeds[name]; ok && told.Equal(since) {
				continue // also by an event that came before the time that made it true
			}
			delete(r.feeds, name)
			if !since.IsZero() && market.Elapsed(since, now) >= r.Within {
				r.feeds[name] = since
				fired = append(fired, r.fire(since.Add(r.Within), name, "", market.Decimal{}, c.text(r.Kind, name, r.Within)))
			}
		}
	}
	return fired
}

func (c *feedClock) text(k Kind, name string, waited time.Duration) string {
	if k == Silent {
		return name + " gave no event for " + humanize.Duration(waited)
	}
	text := name + " has not been live for " + humanize.Duration(waited)
	if c.cause != "" {
		text += ": " + market.PlainText(c.cause, market.MaxReason)
	}
	return text
}

func (e *Engine) applyGap(ev feed.Event) (fired []Firing) {
	for i := range e.rules {
		r := &e.rules[i]
		if r.Kind != Gap || ev.Gap.Length < r.Within || r.Feed != "" && r.Feed != ev.Feed {
			continue
		}
		text := ev.Feed + " was lost for " + humanize.Duration(ev.Gap.Length)
		switch {
		case ev.Gap.Missed > 0:
			text += ", " + humanize.Plural(ev.Gap.Missed, "event") + " missed"
		case ev.Gap.Missed == 0:
			text += ", nothing missed"
		}
		fired = append(fired, r.fire(ev.At, ev.Feed, "", market.Decimal{}, text))
	}
	return fired
}

// NextCheck is when time alone can next make a rule true, or zero for never: call Advance then.
func (e *Engine) NextCheck() time.Time {
	var next time.Time
	for i := range e.rules {
		r := &e.rules[i]
		for name, c := range e.feeds {
			since := c.since(r.Kind)
			if told, ok := r.feeds[name]; since.IsZero() || ok && told.Equal(since) || r.Feed != "" && r.Feed != name {
				continue
			}
			if at := since.Add(r.Within); next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	return next
}
