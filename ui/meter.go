package ui

import (
	"fmt"
	"slices"
	"time"

	"livetape/feed/market"
	"livetape/ui/humanize"
)

const rateSeconds = 5 // whole seconds whose mean is the rate

type rateMeter struct {
	firstSecond int64 // of the first event
	started     bool
	buckets     [rateSeconds + 1]struct {
		second int64
		n      int
	}
}

func (m *rateMeter) add(now time.Time, n int) {
	second := now.Unix()
	if !m.started {
		m.firstSecond, m.started = second, true
	}
	size := int64(len(m.buckets))
	b := &m.buckets[(second%size+size)%size] // a second before 1970 is negative
	if b.second != second {
		b.second, b.n = second, 0
	}
	b.n += n
}

// firstTime is when the first event came; zero before.
func (m *rateMeter) firstTime() (at time.Time) {
	if m.started {
		at = time.Unix(m.firstSecond, 0)
	}
	return at
}

// rate is the events a second over the last whole seconds. It changes only on the whole second.
func (m *rateMeter) rate(now time.Time) float64 {
	second := now.Unix()
	span := min(second-m.firstSecond, rateSeconds)
	if !m.started || span <= 0 {
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
	delaySamples    = 512
	medianSamples   = 63               // the last ones: the median follows a change within seconds
	percentileFrom  = 100              // samples: fewer have no hundredth part
	delayProvenBy   = 3                // samples: one says nothing
	delayShownFor   = 10 * time.Second // without a new sample
	delayedFrom     = time.Minute      // no network takes longer: the feed is delayed on purpose, or a clock is wrong
	delayUsualBelow = 24 * time.Hour   // later than that is never usual: such a quote is old
	delayedShownFor = time.Minute      // without a new sample
	aheadFrom       = 5 * time.Second  // less than this is two clocks that differ a little
	worstSeconds    = 10               // whose longest delay is shown
	caughtUpFrom    = 5 * time.Second  // by which the latest delay is shorter than the longest
	unusualDelay    = 4                // times the median
)

// delayMeter measures the time from the timestamps in payloads to their arrival. What it shows is the median of the last
// samples, because a single late quote says nothing about the connection.
type delayMeter struct {
	ring   [delaySamples]time.Duration
	n      int
	newest time.Time // stamp, but for the future
	at     time.Time // arrival of the last sample
	last   time.Time
	shown  time.Duration

	began  time.Time // arrival of the first: what happened before it was not late
	latest time.Duration
	worst  [worstSeconds]struct {
		second int64
		late   time.Duration
	}
}

// add takes a stamp into account if it is newer than all before: an old quote that is sent again was not so long on its way.
// A stamp in whole seconds does not tell how long that took. When our clock was set back, what was measured by it is void.
// It returns how late the quote was, and whether it counts.
func (d *delayMeter) add(stamp, arrival time.Time) (late time.Duration, counts bool) {
	if d.at.Sub(arrival) > clockSetBack {
		*d = delayMeter{}
	}
	d.at = arrival
	if !stamp.After(d.newest) {
		return 0, false
	}
	if d.newest = stamp; arrival.Before(stamp) {
		d.newest = arrival
	}
	late = market.Elapsed(stamp, arrival)
	d.addWorst(stamp, arrival, late)
	if stamp.Nanosecond() == 0 {
		return 0, false
	}
	d.ring[d.n%delaySamples] = late
	d.n++
	if second := arrival.Truncate(time.Second); second.After(d.last) || d.n < 5 {
		d.shown = d.median()
		d.last = second
	}
	return late, true
}

// addWorst keeps the longest delay of each of the last seconds.
func (d *delayMeter) addWorst(stamp, arrival time.Time, late time.Duration) {
	if d.began.IsZero() {
		d.began = arrival
	}
	d.latest = late
	if late < time.Second || stamp.Before(d.began) { // the latter is history
		return
	}
	second := arrival.Unix()
	w := &d.worst[uint64(second)%worstSeconds]
	if w.second != second {
		w.second, w.late = second, 0
	}
	w.late = max(w.late, late)
}

// worstText is what to say of the longest delay of the last seconds, if it was unusual.
func (d *delayMeter) worstText(now time.Time) string {
	var worst time.Duration
	for _, w := range d.worst {
		if now.Sub(time.Unix(w.second, 0)).Abs() < worstSeconds*time.Second { // the future is a clock that was set back
			worst = max(worst, w.late)
		}
	}
	switch {
	case worst == 0:
		return ""
	case worst-d.latest >= caughtUpFrom:
		text := humanize.Duration(worst)
		if seconds := worst.Round(time.Second) / time.Second; seconds < 120 {
			text = fmt.Sprintf("%d s", seconds)
		}
		return "caught up, " + text + " late"
	case worst >= unusualDelay*d.shown:
		return "worst " + humanize.Tenths(worst)
	}
	return ""
}

// usual is how late quotes of the feed are that are as new as can be; zero when that is not known.
func (d *delayMeter) usual() time.Duration {
	if d.n < delayProvenBy || d.shown >= delayUsualBelow {
		return 0
	}
	return max(d.shown, 0)
}

func (d *delayMeter) median() time.Duration { return d.percentile(50, medianSamples) }

// percentile is the delay that so many of a hundred of the last samples do not exceed.
func (d *delayMeter) percentile(percent, most int) time.Duration {
	n := min(d.n, delaySamples, most)
	samples := make([]time.Duration, n)
	for i := range samples {
		samples[i] = d.ring[(d.n-1-i)%delaySamples]
	}
	slices.Sort(samples)
	return samples[n*percent/100]
}

// percentilesText is the delay of half, and of nearly all quotes; empty when nothing is certain.
func (d *delayMeter) percentilesText(now time.Time) (text string, st style) {
	text, st = d.text(now)
	if text != "" && st == plain {
		text = "p50 " + text
		if d.n >= percentileFrom {
			text += " p99 " + humanize.Delay(d.percentile(99, delaySamples))
		}
	}
	return text, st
}

// text is what to say of the delay, and its style; empty when nothing is certain.
func (d *delayMeter) text(now time.Time) (text string, st style) {
	silent := now.Sub(d.last).Abs() // the future is a clock that was set back
	switch late := d.shown; {
	case d.n < delayProvenBy || silent >= delayedShownFor:
		return "", plain
	case late < -aheadFrom:
		return "clock " + humanize.Coarse(-late) + " ahead", warn
	case late >= delayedFrom:
		return "delayed " + humanize.Coarse(late), warn
	case late < 0 || silent >= delayShownFor:
		return "", plain
	default:
		return humanize.Delay(late), plain
	}
}
