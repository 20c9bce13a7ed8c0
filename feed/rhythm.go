package feed

import (
	"slices"
	"sync/atomic"
	"time"
)

const (
	rhythmGaps   = 63                     // that are remembered
	rhythmKnown  = 4                      // gaps, from which on there is a usual one
	rhythmMoment = 100 * time.Millisecond // what comes within it came at once
)

// eventRhythm is how far apart things come. One goroutine adds, any may ask.
type eventRhythm struct {
	last atomic.Int64 // Unix ns; 0 before the first
	n    atomic.Int64 // gaps so far
	gaps [rhythmGaps]atomic.Int64
}

func (r *eventRhythm) add(at time.Time) {
	now, last := at.UnixNano(), r.last.Load()
	gap := now - last
	if gap >= 0 && gap < int64(rhythmMoment) {
		return
	}
	r.last.Store(now)
	if last != 0 && gap > 0 { // else the clock was set back
		r.gaps[r.n.Load()%rhythmGaps].Store(gap)
		r.n.Add(1)
	}
}

// usualGap is the median of the last gaps; zero as long as it is not known.
func (r *eventRhythm) usualGap() time.Duration {
	n := min(r.n.Load(), rhythmGaps)
	if n < rhythmKnown {
		return 0
	}
	gaps := make([]int64, n)
	for i := range gaps {
		gaps[i] = r.gaps[i].Load()
	}
	slices.Sort(gaps)
	return time.Duration(gaps[n/2])
}

// lastGap is the gap before the last thing; zero before the second.
func (r *eventRhythm) lastGap() time.Duration {
	n := r.n.Load()
	if n == 0 {
		return 0
	}
	return time.Duration(r.gaps[(n-1)%rhythmGaps].Load())
}

// lastTime is when the last thing came, true to rhythmMoment; zero before the first. When the clock was set back, it is now.
func (r *eventRhythm) lastTime(now time.Time) time.Time {
	at := r.last.Load()
	if at == 0 {
		return time.Time{}
	}
	if at > now.UnixNano() {
		r.last.CompareAndSwap(at, now.UnixNano())
		return now
	}
	return time.Unix(0, at).UTC()
}
