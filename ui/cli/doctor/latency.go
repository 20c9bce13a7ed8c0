package doctor

import (
	"fmt"
	"slices"
	"time"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

// latencyStats are the times from what updates are about to their arrival. They are negative where a clock is wrong.
type latencyStats struct {
	count            int
	min, median, max time.Duration
	precision        time.Duration // of the times in payloads: a second where they are whole seconds
	newestOnly       bool          // only the newest of the updates that came at once: the others may be history
}

// measureLatency leaves out what came at once with the beginning of the stream if anything else came: a snapshot or a
// replay is old.
func measureLatency(updates []timedUpdate, events []event) (latencyStats, bool) {
	var all []time.Duration
	var newest, openingEnd time.Time
	if len(events) > 0 {
		openingEnd = events[0].At.Add(burstGap)
	}
	l := latencyStats{precision: time.Second}
	for _, u := range updates {
		at := payloadTime(u.Update)
		if at.IsZero() {
			continue
		}
		if at.Nanosecond() != 0 {
			l.precision = time.Millisecond
		}
		if u.receivedAt.After(openingEnd) {
			all = append(all, market.Elapsed(at, u.receivedAt))
		}
		if at.After(newest) {
			newest = at
		}
	}
	if len(all) == 0 && !newest.IsZero() {
		all, l.newestOnly = []time.Duration{market.Elapsed(newest, updates[len(updates)-1].receivedAt)}, true
	}
	if len(all) == 0 {
		return l, false
	}
	slices.Sort(all)
	l.count, l.min, l.median, l.max = len(all), all[0], all[len(all)/2], all[len(all)-1]
	return l, true
}

// isKnown reports whether the median says something: one event does not, nor do times in whole seconds, unless the feed is
// delayed on purpose.
func (l latencyStats) isKnown() bool {
	return l.median.Abs() > highLatency || l.count > 1 && l.precision < time.Second
}

func payloadTime(u market.Update) time.Time {
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

const (
	clockError  = 100 * time.Millisecond // between two clocks that are set well
	highLatency = time.Minute
)

func (e *examination) addLatency(s *Section) {
	l, ok := e.latency()
	if !ok {
		if len(e.reading.updates) > 0 {
			s.add(Warning, "latency", "not known: no time was recognised in the payloads", "prices are dated by their arrival")
		}
		return
	}
	text := fmt.Sprintf("%s in the median, %s to %s", humanize.Measured(l.median), humanize.Measured(l.min), humanize.Measured(l.max))
	if l.newestOnly {
		text = humanize.Measured(l.median) + " for the newest of what came at once"
	}
	if l.precision == time.Second {
		text += "; the times are whole seconds"
	}
	switch known := l.isKnown(); {
	case !known && l.count == 1:
		text = "not known from one event"
	case !known:
		text = "not known: the times are whole seconds"
	}
	switch {
	case l.min < -l.precision-clockError:
		s.add(Warning, "latency", "prices come from the future, by up to "+humanize.Measured(-l.min), "the feed's clock is ahead of this machine's, or the unit of its times is wrong")
	case l.median > highLatency:
		s.add(Warning, "latency", text, "the feed is delayed, its symbols are quiet, or the clocks differ")
	default:
		s.add(Good, "latency", text, "")
	}
}

func (e *examination) latency() (latencyStats, bool) {
	return measureLatency(e.reading.updates, e.first.stats.kept)
}

type burst struct {
	start, end  time.Time
	first, last int // indexes of its events
}

func (b burst) size() int { return b.last - b.first + 1 }

func findBursts(events []event) []burst {
	var all []burst
	for i, ev := range events {
		if n := len(all); n > 0 && ev.At.Sub(all[n-1].end) < burstGap {
			all[n-1].end, all[n-1].last = ev.At, i
			continue
		}
		all = append(all, burst{ev.At, ev.At, i, i})
	}
	return all
}

type bufferedBursts struct {
	count  int
	span   time.Duration // the longest time over which the events of one burst happened
	events int           // in that burst
}

// findBufferedBursts looks for bursts whose events happened throughout the pause before, and came in less time than they
// took to happen. A single one proves nothing: clients and servers pause too. Nor does the first of a connection.
func findBufferedBursts(updates []timedUpdate, events []event) bufferedBursts {
	var found bufferedBursts
	all := findBursts(events)
	for i := 1; i < len(all); i++ {
		pause, duration := all[i].start.Sub(all[i-1].end), all[i].end.Sub(all[i].start)
		span, n := newTimesSpan(updates, all[i])
		if n < 3 || span-duration < time.Second || span-duration < pause/3 || span > pause+duration+time.Second {
			continue
		}
		found.count++
		if span > found.span {
			found.span, found.events = span, all[i].size()
		}
	}
	if found.count < 2 {
		return bufferedBursts{}
	}
	return found
}

// newTimesSpan returns the span and the number of the different payload times in a burst that are newer than all before
// it. What is not newer is a last known price, sent again.
func newTimesSpan(updates []timedUpdate, b burst) (time.Duration, int) {
	var before time.Time
	var times []time.Time
	for _, u := range updates {
		at := payloadTime(u.Update)
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

type burstPattern struct {
	pause time.Duration // the median before a burst
	size  int           // the median number of events in one
}

// minBurstSize is the smallest burst that can be the work of a buffer.
const minBurstSize = 5

// findBurstPattern reports whether nearly all events come in bursts. The first burst proves nothing: it may be a snapshot
// or a replay.
func findBurstPattern(events []event) (p burstPattern, found bool) {
	all := findBursts(events)
	if len(all) < 3 {
		return p, false
	}
	var sizes []int
	var pauses []time.Duration
	for i, b := range all[1:] {
		sizes = append(sizes, b.size())
		pauses = append(pauses, b.start.Sub(all[i].end))
	}
	slices.Sort(sizes)
	slices.Sort(pauses)
	p = burstPattern{pauses[len(pauses)/2], sizes[len(sizes)/2]}
	return p, sizes[len(sizes)/4] >= minBurstSize
}

func (e *examination) addBuffering(s *Section) {
	const advice = "a proxy buffers: on nginx set proxy_buffering off, or have the server send X-Accel-Buffering: no and flush after each event"
	o, buffered := e.first, e.bufferedBursts()
	pattern, inBursts := findBurstPattern(o.stats.kept)
	_, timed := e.latency()
	switch {
	case buffered.count > 0:
		s.add(Warning, "buffering", fmt.Sprintf("events are held back: %d came at once that happened over %s", buffered.events, humanize.Measured(buffered.span)), advice)
	case o.body.stalls > 0:
		s.add(Warning, "buffering", fmt.Sprintf("the stream paused within an event, %s: parts of events are held back", timesText(o.body.stalls)), advice)
	case inBursts && !timed:
		s.add(Warning, "buffering", fmt.Sprintf("events come in bursts of about %d, with pauses of %s: the server collects them, or a proxy does; the payloads have no times that tell how late they are", pattern.size, humanize.Measured(pattern.pause)), "if the server does not mean to, "+advice)
	case o.stats.total > 1:
		s.add(Good, "buffering", "no sign of a proxy that holds events back", "")
	}
}

func (e *examination) bufferedBursts() bufferedBursts {
	return findBufferedBursts(e.reading.updates, e.first.stats.kept)
}
