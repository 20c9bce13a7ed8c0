package loadgen

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// A histogram counts durations in buckets that grow with them: 32 for each doubling, so that a bucket's bounds are
// 3.2 % apart at most, from a microsecond to over an hour. Its size does not depend on what it counts.
const (
	fineBits  = 5
	fine      = 1 << fineBits
	doublings = 33 // 2^32 µs are 71 minutes
	buckets   = (doublings - fineBits + 1) * fine
)

// histogram may be added to from many goroutines.
type histogram struct {
	counts [buckets]atomic.Uint64
	most   atomic.Int64 // ns
	least  atomic.Int64 // ns, plus one, so that 0 is none
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(d)].Add(1)
	for most := h.most.Load(); int64(d) > most; most = h.most.Load() {
		if h.most.CompareAndSwap(most, int64(d)) {
			break
		}
	}
	for least := h.least.Load(); least == 0 || int64(d) < least-1; least = h.least.Load() {
		if h.least.CompareAndSwap(least, int64(d)+1) {
			break
		}
	}
}

// bucketOf is exact below 32 µs; above, the five bits behind the first one count.
func bucketOf(d time.Duration) int {
	us := uint64(max(d, 0)) / uint64(time.Microsecond)
	if us < fine {
		return int(us)
	}
	shift := bits.Len64(us) - fineBits - 1
	return min((shift+1)*fine+int(us>>shift)-fine, buckets-1)
}

// topOf is the longest duration of a bucket.
func topOf(bucket int) time.Duration {
	if bucket < fine {
		return time.Duration(bucket+1)*time.Microsecond - 1
	}
	shift := bucket/fine - 1
	us := uint64(bucket%fine+fine+1) << shift
	return time.Duration(us)*time.Microsecond - 1
}

// latencies are the durations of all histograms together.
type latencies struct {
	counts      [buckets]uint64
	total       uint64
	least, most time.Duration
}

func (l *latencies) add(h *histogram) {
	for i := range h.counts {
		n := h.counts[i].Load()
		l.counts[i] += n
		l.total += n
	}
	l.most = max(l.most, time.Duration(h.most.Load()))
	if least := h.least.Load(); least > 0 && (l.least == 0 || time.Duration(least-1) < l.least) {
		l.least = time.Duration(least - 1)
	}
}

// quantile is a duration that the share q of all does not exceed. It is never too short, and at most 3.2 % too long.
func (l *latencies) quantile(q float64) time.Duration {
	rank, seen := uint64(q*float64(l.total)), uint64(0)
	for i, n := range l.counts {
		if seen += n; seen > rank || seen == l.total {
			return min(topOf(i), l.most)
		}
	}
	return l.most
}
