package doctor

import (
	"fmt"
	"slices"
	"time"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// delays are how long after their own times updates arrived; negative where a clock is wrong.
type delays struct {
	Count            int
	Min, Median, Max time.Duration
	Precision        time.Duration // of the times: a second where they are whole seconds
	Newest           bool          // only the newest of what came at once: the others may be history
}

// measure reckons delays. What came at once with the beginning of the stream is left out if anything else came, for
// a snapshot or a replay is as old as it is.
func measure(updates []arrived, events []event) (delays, bool) {
	var d delays
	var all []time.Duration
	newest, opening := time.Time{}, time.Time{}
	if len(events) > 0 {
		opening = events[0].at.Add(pause)
	}
	d.Precision = time.Second
	for _, u := range updates {
		at := ownTime(u.Update)
		if at.IsZero() {
			continue
		}
		if at.Nanosecond()%int(time.Second) != 0 {
			d.Precision = time.Millisecond
		}
		if u.at.After(opening) {
			all = append(all, u.at.Sub(at))
		}
		if at.After(newest) {
			newest = at
		}
	}
	if len(all) == 0 && !newest.IsZero() {
		all, d.Newest = []time.Duration{updates[len(updates)-1].at.Sub(newest)}, true
	}
	if len(all) == 0 {
		return d, false
	}
	slices.Sort(all)
	d.Count, d.Min, d.Median, d.Max = len(all), all[0], all[len(all)/2], all[len(all)-1]
	return d, true
}

func ownTime(u market.Update) time.Time {
	switch u := u.(type) {
	case market.Quote:
		return u.Time
	case market.Headline:
		return u.Time
	case market.Halt:
		return u.Time
	}
	return time.Time{}
}

// burst is a run of events without a pause.
type burst struct {
	start, end  time.Time
	first, last int // of the events
}

func burstsOf(events []event) []burst {
	var all []burst
	for i, ev := range events {
		if n := len(all); n > 0 && ev.at.Sub(all[n-1].end) < pause {
			all[n-1].end, all[n-1].last = ev.at, i
			continue
		}
		all = append(all, burst{ev.at, ev.at, i, i})
	}
	return all
}

// held is what speaks for something on the way, or the server itself, that gathers events before it lets them pass.
type held struct {
	Bursts int           // that hold events of the whole pause before them
	Span   time.Duration // the longest of their own times
	Events int           // in that one
}

// holding looks for bursts whose events happened all through the pause before, and came in less time than they took to
// happen. One such burst says nothing: clients and servers stop for breath too. Nor does the first of a connection.
func holding(updates []arrived, events []event) held {
	var h held
	all := burstsOf(events)
	for i := 1; i < len(all); i++ {
		waited, took := all[i].start.Sub(all[i-1].end), all[i].end.Sub(all[i].start)
		span, n := freshSpan(updates, all[i])
		if n < 3 || span-took < time.Second || span-took < waited/3 || span > waited+took+time.Second {
			continue
		}
		h.Bursts++
		if span > h.Span {
			h.Span, h.Events = span, all[i].last-all[i].first+1
		}
	}
	if h.Bursts < 2 {
		return held{}
	}
	return h
}

// freshSpan is how far apart the own times of what is new in a burst are, and how many different ones there are. What is
// no newer than all before it is a last known price, told once more.
func freshSpan(updates []arrived, b burst) (time.Duration, int) {
	var before time.Time
	var times []time.Time
	for _, u := range updates {
		at := ownTime(u.Update)
		switch {
		case at.IsZero() || u.event > b.last:
		case u.event >= b.first:
			times = append(times, at)
		case at.After(before):
			before = at
		}
	}
	times = slices.DeleteFunc(times, func(at time.Time) bool { return !at.After(before) })
	slices.SortFunc(times, time.Time.Compare)
	times = slices.CompactFunc(times, time.Time.Equal)
	if len(times) == 0 {
		return 0, 0
	}
	return times[len(times)-1].Sub(times[0]), len(times)
}

// clumps is how events come in crowds behind pauses.
type clumps struct {
	Every  time.Duration // the median pause
	Events int           // the median number in one
}

// crowding looks for events that nearly all come in clumps, with pauses between. The first clump says nothing: it may be
// a snapshot or a replay.
func crowding(events []event) (c clumps, found bool) {
	all := burstsOf(events)
	if len(all) < 3 {
		return c, false
	}
	var sizes []int
	var pauses []time.Duration
	for i, b := range all[1:] {
		sizes = append(sizes, b.last-b.first+1)
		pauses = append(pauses, b.start.Sub(all[i].end))
	}
	slices.Sort(sizes)
	slices.Sort(pauses)
	c = clumps{pauses[len(pauses)/2], sizes[len(sizes)/2]}
	return c, sizes[len(sizes)/4] >= crowd
}

// crowd is how many events make a clump.
const crowd = 5

// buffering judges whether something on the way gathers events before it lets them pass.
func (e *examination) buffering(s *Section) {
	const advice = "a proxy buffers: on nginx set proxy_buffering off, or have the server send X-Accel-Buffering: no and flush after each event"
	h := e.held()
	o := e.first
	switch {
	case h.Bursts > 0:
		s.add(Warning, "buffering", fmt.Sprintf("events are held back: %d came at once that happened over %s", h.Events, humanize.Measured(h.Span)), advice)
	case o.wire.stalls > 0:
		s.add(Warning, "buffering", fmt.Sprintf("the stream paused within an event, %s: parts of events are held back", times(o.wire.stalls)), advice)
	case e.crowded():
		c, _ := crowding(o.tally.kept)
		s.add(Warning, "buffering", fmt.Sprintf("events come in clumps, some %d at once after %s of nothing: the server gathers them, or a proxy does; without times in the payloads nothing tells how late they are", c.Events, humanize.Measured(c.Every)), "if the server does not mean to, "+advice)
	case o.tally.total > 1:
		s.add(Good, "buffering", "no sign of a proxy that holds events back", "")
	}
}

// crowded reports whether events come in clumps, and no times of their own tell whether they are late.
func (e *examination) crowded() bool {
	_, timed := measure(e.read.updates, e.first.tally.kept)
	_, found := crowding(e.first.tally.kept)
	return found && !timed
}

func (e *examination) held() held { return holding(e.read.updates, e.first.tally.kept) }

const (
	skewAllowed = 100 * time.Millisecond // between two clocks that are set well
	late        = time.Minute
)

// delay judges how late prices are by their own times.
func (e *examination) delay(s *Section) {
	d, ok := measure(e.read.updates, e.first.tally.kept)
	if !ok {
		if len(e.read.updates) > 0 {
			s.add(Warning, "latency", "not known: no time was recognised in the payloads", "prices are dated by their arrival")
		}
		return
	}
	text := fmt.Sprintf("%s in the median, %s to %s", humanize.Measured(d.Median), humanize.Measured(d.Min), humanize.Measured(d.Max))
	if d.Newest {
		text = humanize.Measured(d.Median) + " for the newest of what came at once"
	}
	if d.Precision == time.Second {
		text += "; the times are whole seconds"
	}
	switch {
	case d.Min < -d.Precision-skewAllowed:
		s.add(Warning, "latency", fmt.Sprintf("prices come from the future, by up to %s", humanize.Measured(-d.Min)), "the feed's clock is ahead of this machine's, or the unit of its times is wrong")
	case d.Median > late:
		s.add(Warning, "latency", text, "a delayed feed, or quiet symbols, or clocks that differ")
	default:
		s.add(Good, "latency", text, "")
	}
}
