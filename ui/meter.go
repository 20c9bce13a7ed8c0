package ui

import (
	"slices"
	"time"

	"livetape/ui/humanize"
)

const meterSeconds = 5 // the rate is the mean of so many whole seconds

// meter counts events by the second.
type meter struct {
	began   int64 // the second of the first event
	buckets [meterSeconds + 1]struct {
		second int64
		n      int
	}
}

// add counts n events.
func (m *meter) add(now time.Time, n int) {
	second := now.Unix()
	if m.began == 0 {
		m.began = second
	}
	b := &m.buckets[second%int64(len(m.buckets))]
	if b.second != second {
		b.second, b.n = second, 0
	}
	b.n += n
}

// rate is the events a second over the last whole seconds; it changes on the whole second only.
func (m *meter) rate(now time.Time) float64 {
	second := now.Unix()
	span := min(second-m.began, meterSeconds)
	if m.began == 0 || span <= 0 {
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
	lagSamples   = 63
	lagLasts     = 10 * time.Second // without a new sample
	delayedFrom  = time.Minute      // so late is no way that bytes come: the feed is delayed on purpose, or its clock is wrong
	delayedBelow = 24 * time.Hour   // later still is an old trade, told again
	delayedLasts = time.Minute      // without a new sample: a delayed feed goes on being one
	aheadFrom    = 5 * time.Second  // so far in the future is a wrong clock, and less is two clocks that differ
)

// lag is the time from the stamps in payloads to their arrival, as a median of late: one late or
// replayed quote says nothing about the way it came.
type lag struct {
	ring  [lagSamples]time.Duration
	n     int
	last  time.Time
	shown time.Duration
}

// add takes the stamp and the arrival of one payload.
func (l *lag) add(stamp, arrival time.Time) {
	l.ring[l.n%lagSamples] = arrival.Sub(stamp)
	l.n++
	if second := arrival.Truncate(time.Second); second.After(l.last) || l.n < 5 {
		l.shown = l.median()
		l.last = second
	}
}

func (l *lag) median() time.Duration {
	samples := slices.Clone(l.ring[:min(l.n, lagSamples)])
	slices.Sort(samples)
	return samples[len(samples)/2]
}

// words are what to say of the delay and how; empty where there is nothing to say for sure.
func (l *lag) words(now time.Time) (text string, k ink) {
	unheard := now.Sub(l.last)
	switch d := l.shown; {
	case l.n == 0 || unheard >= delayedLasts || d >= delayedBelow:
		return "", plain
	case d < -aheadFrom:
		return "clock " + humanize.Coarse(-d) + " ahead", warn
	case d >= delayedFrom:
		return "delayed " + humanize.Coarse(d), warn
	case d < 0 || unheard >= lagLasts:
		return "", plain
	default:
		return humanize.Delay(d), plain
	}
}
