package doctor

import (
	"slices"
	"time"

	"livetape/feed/market"
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

// rhythm is the median time between heartbeats, or 0 when there were fewer than two.
func rhythm(beats []time.Time) time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(beats); i++ {
		if gap := beats[i].Sub(beats[i-1]); gap >= pause {
			gaps = append(gaps, gap)
		}
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// idleTimeout is a good idle timeout for a stream with heartbeats: two may be lost, and a bit more may pass.
func idleTimeout(every time.Duration) time.Duration {
	const step = 5 * time.Second
	return max(3*step, (every*5/2 + step - 1).Truncate(step))
}
