package tape

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// playback is where a recording stands and how it moves. It is pure: it is told the time.
type playback struct {
	speed  float64
	paused bool
	steps  int // events to send though paused

	anchor   time.Duration // where it stood …
	anchorAt time.Time     // … at this time
	next     time.Duration // offset of the event that waits; the position does not run past it

	start   time.Duration // where it began
	seeking bool
	target  time.Duration
	rewind  bool // the consumer has seen what lies at or after the target

	sent  int
	last  time.Duration // offset of the event sent last
	ended bool
}

type nextAction int8

const (
	send      nextAction = iota
	sleep                // for a time, or until a control is used
	wait                 // until a control is used
	startOver            // at the beginning of the recording
)

// maxSleep keeps sums of times in range; after it, the playback is asked again.
const maxSleep = time.Hour

// maxLag is how far behind its time the playback may be before it stops trying to catch up: after a suspension of
// an hour it goes on where it was.
const maxLag = time.Second

func (p *playback) decide(next time.Duration, now time.Time) (nextAction, time.Duration) {
	p.next = next
	if p.rewind {
		return startOver, 0
	}
	if p.seeking {
		if next < p.target {
			return send, 0
		}
		p.seeking = false
		p.moveTo(p.target, now)
	}
	switch {
	case p.steps > 0, p.speed == Unlimited && !p.paused:
		return send, 0
	case p.paused:
		return wait, 0
	}
	due := p.until(next, now)
	if due > 0 {
		return sleep, min(due, maxSleep)
	}
	if due < -maxLag {
		p.moveTo(next, now)
	}
	return send, 0
}

// until is how long it takes to get to offset; negative when that was before.
func (p *playback) until(offset time.Duration, now time.Time) time.Duration {
	due := float64(offset-p.anchor) / p.speed
	if due > math.MaxInt64/2 {
		return maxSleep
	}
	return time.Duration(due) - now.Sub(p.anchorAt)
}

// noteSent notes that the event at offset was sent. One that is not visible is no step.
func (p *playback) noteSent(offset time.Duration, visible bool, now time.Time) {
	p.sent++
	p.last = offset
	if p.seeking { // the control may have been used while the event was on its way
		p.rewind = p.rewind || offset >= p.target
		return
	}
	if p.steps > 0 && visible {
		p.steps--
	}
	if p.paused || p.speed == Unlimited {
		p.moveTo(offset, now)
	}
}

func (p *playback) position(now time.Time) time.Duration {
	switch {
	case p.seeking:
		return p.target
	case p.paused, p.ended, p.speed == Unlimited:
		return p.anchor
	}
	run := float64(now.Sub(p.anchorAt)) * p.speed
	if ahead := p.next - p.anchor; run > float64(ahead) {
		return max(p.next, p.anchor)
	}
	return p.anchor + time.Duration(run)
}

func (p *playback) moveTo(offset time.Duration, now time.Time) { p.anchor, p.anchorAt = offset, now }

// setAnchor makes the present position the anchor, so that the speed may change.
func (p *playback) setAnchor(now time.Time) { p.moveTo(p.position(now), now) }

func (p *playback) pause(now time.Time) {
	p.setAnchor(now)
	p.paused = true
}

func (p *playback) resume(now time.Time) {
	p.setAnchor(now)
	p.paused, p.steps = false, 0
}

func (p *playback) step(now time.Time) {
	p.pause(now)
	if !p.ended {
		p.steps++
	}
}

func (p *playback) setSpeed(x float64, now time.Time) {
	p.setAnchor(now)
	p.speed = clampSpeed(x)
}

// seek makes for offset: exactly the events before it are to be sent.
func (p *playback) seek(offset time.Duration, now time.Time) {
	p.seeking, p.target, p.steps = true, max(0, offset), 0
	p.rewind = p.sent > 0 && p.last >= p.target || p.target < p.start
	if p.ended && !p.rewind {
		p.seeking = false
		p.moveTo(p.last, now)
	}
}

// noteRewound notes that the recording is at its beginning again, and the consumer knows.
func (p *playback) noteRewound(now time.Time) {
	p.rewind, p.ended = false, false
	p.sent, p.last, p.next, p.start = 0, 0, 0, 0
	if !p.seeking {
		p.moveTo(0, now)
	}
}

func (p *playback) noteEnd(now time.Time) {
	p.ended, p.steps = true, 0
	if !p.rewind {
		p.seeking = false
		p.moveTo(p.last, now)
	}
}

// The bounds of a Player's speed, as a factor of the recorded pace, and Unlimited: as fast as events are taken.
const (
	MinSpeed  = 0.1
	MaxSpeed  = 1000
	Unlimited = math.MaxFloat64
)

// ParseSpeed reads "10x", "0.5" or "max".
func ParseSpeed(s string) (float64, error) {
	if s == "max" {
		return Unlimited, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(s, "x"), 64)
	if err != nil || !(x >= MinSpeed && x <= MaxSpeed) {
		return 0, fmt.Errorf("%q is neither max nor a factor between %gx and %dx", s, MinSpeed, MaxSpeed)
	}
	return x, nil
}

// clampSpeed brings a speed into its bounds; what is no number is 1.
func clampSpeed(x float64) float64 {
	switch {
	case x >= Unlimited:
		return Unlimited
	case math.IsNaN(x):
		return 1
	}
	return min(max(x, MinSpeed), MaxSpeed)
}

// clockTime matches hours:minutes:seconds and minutes:seconds, in which the first may be of any size.
var clockTime = regexp.MustCompile(`^(?:(\d+):([0-5]?\d)|(\d+)):([0-5]?\d(?:\.\d+)?)$`)

// ParseOffset reads an offset in a recording: "00:05:00", "5:00" or "5m".
func ParseOffset(s string) (time.Duration, error) {
	text := s
	if m := clockTime.FindStringSubmatch(s); m != nil {
		text = cmp.Or(m[1], "0") + "h" + m[2] + m[3] + "m" + m[4] + "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a position in a recording; write it like 00:05:00 or 5m", s)
	}
	return d, nil
}
