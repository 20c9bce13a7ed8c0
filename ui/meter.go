package ui

import (
	"slices"
	"time"

	"livetape/ui/humanize"
)

const meterSeconds = 5 // the rate is the mean of so many whole seconds

// rateMeter counts events by the second.
type rateMeter struct {
	firstSecond int64 // the second of the first event
	buckets     [meterSeconds + 1]struct {
		second int64
		n      int
	}
}

// add counts n events.
func (m *rateMeter) add(now time.Time, n int) {
	second := now.Unix()
	if m.firstSecond == 0 {
		m.firstSecond = second
	}
	b := &m.buckets[second%int64(len(m.buckets))]
	if b.second != second {
		b.second, b.n = second, 0
	}
	b.n += n
}

// rate is the events a second over the last whole seconds; it changes on the whole second only.
func (m *rateMeter) rate(now time.Time) float64 {
	second := now.Unix()
	span := min(second-m.firstSecond, meterSeconds)
	if m.firstSecond == 0 || span <= 0 {
		return 0
	}
	sum := 0
	for _, b := range m.buckets {
		if b.second >= second-span && b.second < second {
			sum += b.n
		}
	}
	return float64(sum) / float64(span)
}

const (
	delaySamples    = 63
	delayShownFor   = 10 * time.Second // without a new sample
	delayedFrom     = time.Minute      // so late is no way that bytes come: the feed is delayed on purpose, or its clock is wrong
	delayedBelow    = 24 * time.Hour   // later still is an old trade, told again
	delayedShownFor = time.Minute      // without a new sample: a delayed feed goes on being one
	aheadFrom       = 5 * time.Second  // so far in the future is a wrong clock, and less is two clocks that differ
)

// delayMeter is the time from the stamps in payloads to their arrival, as a median of late: one late or
// replayed quote says nothing about the way it came.
type delayMeter struct {
	ring  [delaySamples]time.Duration
	n     int
	last  time.Time
	shown time.Duration
}

// add takes the stamp and the arrival of one payload.
func (l *delayMeter) add(stamp, arrival time.Time) {
	l.ring[l.n%delaySamples] = arrival.Sub(stamp)
	l.n++
	if second := arrival.Truncate(time.Second); second.After(l.last) || l.n < 5 {
		l.shown = l.median()
		l.last = second
	}
}

func (l *delayMeter) median() time.Duration {
	samples := slices.Clone(l.ring[:min(l.n, delaySamples)])
	slices.Sort(samples)
	return samples[len(samples)/2]
}

// text are what to say of the delay and how; empty where there is nothing to say for sure.
func (l *delayMeter) text(now time.Time) (text string, st style) {
	unheard := now.Sub(l.last)
	switch d := l.shown; {
	case l.n == 0 || unheard >= delayedShownFor || d >= delayedBelow:
		return "", plain
	case d < -aheadFrom:
		return "clock " + humanize.Coarse(-d) + " ahead", warn
	case d >= delayedFrom:
		return "delayed " + humanize.Coarse(d), warn
	case d < 0 || unheard >= delayShownFor:
		return "", plain
	default:
		return humanize.Delay(d), plain
	}
}
