package tape

import (
	"math"
	"time"
)

// deck is the transport of a tape: where it stands and how it moves. It is pure; the time is told.
type deck struct {
	speed  float64
	paused bool
	steps  int // events to deliver though paused

	anchor time.Duration // where the tape stood …
	since  time.Time     // … at this time
	next   time.Duration // offset of the event that waits; the tape does not run past it

	origin  time.Duration // where the play began
	seeking bool
	target  time.Duration
	rewind  bool // the consumer has seen what lies at or behind the target

	delivered int
	last      time.Duration // offset of the last event delivered
	ended     bool
}

// verdict says what is to be done with the event that waits.
type verdict int8

const (
	deliver verdict = iota
	sleep           // for a while, or until a control is used
	stay            // until a control is used
	wind            // back to the begin
)

// longestSleep keeps sums of times in range; after it, the deck is simply asked again.
const longestSleep = time.Hour

// maxLag is how far behind its time the tape may be before it gives up to catch up: whoever was
// stopped for an hour goes on where it was, and does not race.
const maxLag = time.Second

// decide says what to do with an event at offset next.
func (d *deck) decide(next time.Duration, now time.Time) (verdict, time.Duration) {
	d.next = next
	if d.rewind {
		return wind, 0
	}
	if d.seeking {
		if next < d.target {
			return deliver, 0
		}
		d.seeking = false
		d.moveTo(d.target, now)
	}
	switch {
	case d.steps > 0, d.speed == Unlimited && !d.paused:
		return deliver, 0
	case d.paused:
		return stay, 0
	}
	wait := d.until(next, now)
	if wait > 0 {
		return sleep, min(wait, longestSleep)
	}
	if wait < -maxLag {
		d.moveTo(next, now)
	}
	return deliver, 0
}

// until is how long it is until the tape comes to offset; negative when that was before.
func (d *deck) until(offset time.Duration, now time.Time) time.Duration {
	wait := float64(offset-d.anchor) / d.speed
	if wait > math.MaxInt64/2 {
		return longestSleep
	}
	return time.Duration(wait) - now.Sub(d.since)
}

// took notes that the event at offset was delivered. One that shows nothing is no step.
func (d *deck) took(offset time.Duration, shows bool, now time.Time) {
	d.delivered++
	d.last = offset
	if d.seeking { // the control may have come while the event was on its way
		d.rewind = d.rewind || offset >= d.target
		return
	}
	if d.steps > 0 && shows {
		d.steps--
	}
	if d.paused || d.speed == Unlimited {
		d.moveTo(offset, now)
	}
}

// position is where the tape stands.
func (d *deck) position(now time.Time) time.Duration {
	switch {
	case d.seeking:
		return d.target
	case d.paused, d.ended, d.speed == Unlimited:
		return d.anchor
	}
	run := float64(now.Sub(d.since)) * d.speed
	if ahead := d.next - d.anchor; run > float64(ahead) {
		return max(d.next, d.anchor)
	}
	return d.anchor + time.Duration(run)
}

func (d *deck) moveTo(offset time.Duration, now time.Time) { d.anchor, d.since = offset, now }

// stand makes the present position the anchor, so that the speed may change.
func (d *deck) stand(now time.Time) { d.moveTo(d.position(now), now) }

func (d *deck) pause(now time.Time) {
	d.stand(now)
	d.paused = true
}

func (d *deck) resume(now time.Time) {
	d.stand(now)
	d.paused, d.steps = false, 0
}

func (d *deck) step(now time.Time) {
	d.pause(now)
	if !d.ended {
		d.steps++
	}
}

func (d *deck) setSpeed(x float64, now time.Time) {
	d.stand(now)
	d.speed = clampSpeed(x)
}

// seek makes for offset: everything before it is to be delivered, and nothing else.
func (d *deck) seek(offset time.Duration, now time.Time) {
	d.seeking, d.target, d.steps = true, max(0, offset), 0
	d.rewind = d.delivered > 0 && d.last >= d.target || d.target < d.origin
	if d.ended && !d.rewind {
		d.seeking = false
		d.moveTo(d.last, now)
	}
}

// rewound notes that the tape is at its begin again, and the consumer knows.
func (d *deck) rewound(now time.Time) {
	d.rewind, d.ended = false, false
	d.delivered, d.last, d.next, d.origin = 0, 0, 0, 0
	if !d.seeking {
		d.moveTo(0, now)
	}
}

// end notes that there is no further event.
func (d *deck) end(now time.Time) {
	d.ended, d.steps = true, 0
	if !d.rewind {
		d.seeking = false
		d.moveTo(d.last, now)
	}
}
