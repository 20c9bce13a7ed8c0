package market

import (
	"iter"
	"math"
	"sort"
	"time"
)

// Outage is a time without the stream of a feed.
type Outage struct {
	From, To time.Time // arrival clock, UTC; To is zero while it lasts
}

const (
	maxOutages     = 1024 // kept of a feed; the oldest are forgotten first
	shortestOutage = time.Second / 2
)

// StreamLost notes that the stream of a feed ended. It may be called again while there is none.
func (b *Board) StreamLost(feed string, at time.Time) {
	f := b.feed(feed)
	if n := len(f.outages); n > 0 && f.outages[n-1].To.IsZero() {
		return
	}
	if len(f.outages) == maxOutages {
		f.outages = append(f.outages[:0], f.outages[1:]...)
	}
	f.outages = append(f.outages, Outage{From: at})
}

// StreamBack notes that the stream of a feed is there again. An outage too short to show is forgotten. It may be called
// again while there is a stream.
func (b *Board) StreamBack(feed string, at time.Time) {
	f := b.feed(feed)
	n := len(f.outages)
	if n == 0 || !f.outages[n-1].To.IsZero() {
		return
	}
	last := &f.outages[n-1]
	if Elapsed(last.From, at) < shortestOutage {
		f.outages = f.outages[:n-1]
		return
	}
	last.To = at
}

// Outages are the times without the stream of a feed, oldest first. The same promise as Rows.
func (b *Board) Outages(feed string) []Outage {
	if f := b.feeds[feed]; f != nil {
		return f.outages
	}
	return nil
}

// Interval is one second or minute of a time axis. It has a bar, or was quiet, or is a hole.
type Interval struct {
	Bar       // of a quiet one: Count is 0, and all four prices are the last close before it; of a hole: Start alone
	Hole bool // there was no price, and for most of it no stream
}

// Axis walks the seconds or minutes, without a gap, up to the one that contains until: at most limit of them, and none
// before the first bar kept. A bar that the feed's clock puts after until belongs to it.
//
// Bars are placed by the feed's own times, outages by those of arrival. usualDelay is how late the feed usually is by
// its own times: both until and the outages are moved back by it.
func (b *Bars) Axis(until time.Time, limit int, usualDelay time.Duration, outages []Outage) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		if b.Len() == 0 {
			return
		}
		oldest, newest := b.number(0), b.number(b.Len()-1)
		end := max(floorDiv(until.Add(-usualDelay).Unix(), b.length), newest)
		n := max(end-int64(limit)+1, oldest)
		i := sort.Search(b.Len(), func(i int) bool { return b.number(i) >= n }) // the next bar
		holes := holeFinder{outages, usualDelay}
		for ; n <= end; n++ {
			next := Interval{Bar: Bar{Start: b.startOf(n)}}
			switch {
			case i < b.Len() && b.number(i) == n:
				next.Bar = b.At(i)
				i++
			case holes.covers(next.Start, time.Duration(b.length)*time.Second):
				next.Hole = true
			default:
				last := b.At(i - 1).Close // the first interval has a bar, or one before it
				next.Open, next.High, next.Low, next.Close = last, last, last, last
			}
			if !yield(next) {
				return
			}
		}
	}
}

// Sample is the last price of a part of a time axis. A picture needs no exact number.
type Sample struct {
	Price float64 // of a part without a price that of the one before; NaN before the first bar kept, and in a hole
	Hole  bool    // there was no price, and for most of it no stream
}

// Samples are the last prices of equal parts of the time up to until, so many bars long each. The parts begin at round
// times, so that a price stays in its part as time goes on. They are placed as in Axis.
func (b *Bars) Samples(parts []Sample, bars int, until time.Time, usualDelay time.Duration, outages []Outage) {
	length := b.length * int64(bars)
	last := floorDiv(until.Add(-usualDelay).Unix(), length)
	if n := b.Len(); n > 0 {
		last = max(last, floorDiv(b.number(n-1), int64(bars)))
	}
	holes, next, price := holeFinder{outages, usualDelay}, 0, math.NaN()
	for i := range parts {
		part, traded := last-int64(len(parts)-1-i), false
		for ; next < b.Len() && floorDiv(b.number(next), int64(bars)) <= part; next++ {
			s := b.bar(next)
			price, traded = float64(s.coef[closing])/math.Pow10(int(s.scale[closing])), floorDiv(b.number(next), int64(bars)) == part
		}
		parts[i] = Sample{Price: price}
		if !traded && !math.IsNaN(price) && holes.covers(b.startOf(part*int64(bars)), time.Duration(length)*time.Second) {
			parts[i] = Sample{math.NaN(), true}
		}
	}
}

// Merged is Axis with intervals of so many bars each, which begin at round times. The first is left out where some of its
// bars are no longer kept.
func (b *Bars) Merged(bars int, until time.Time, limit int, usualDelay time.Duration, outages []Outage) iter.Seq[Interval] {
	if bars <= 1 {
		return b.Axis(until, limit, usualDelay, outages)
	}
	length := time.Duration(b.length) * time.Second * time.Duration(bars)
	return func(yield func(Interval) bool) {
		var m mergedInterval
		for i := range b.Axis(until, limit*bars, usualDelay, outages) {
			if start := i.Start.Truncate(length); m.parts == 0 || !start.Equal(m.Start) {
				if m.isWhole && !yield(m.interval()) {
					return
				}
				isFirst := m.parts == 0
				m = mergedInterval{isWhole: !isFirst || start.Equal(i.Start) || b.Len() < b.limit && i.Start.Equal(b.startOf(b.number(0)))}
				m.Start = start
			}
			m.add(i)
		}
		if m.isWhole {
			yield(m.interval())
		}
	}
}

// mergedInterval adds up intervals that follow each other.
type mergedInterval struct {
	Interval
	isWhole      bool // all of its bars are known
	parts, holes int
}

func (m *mergedInterval) add(i Interval) {
	m.parts++
	switch {
	case i.Hole:
		m.holes++
	case i.Count == 0 && m.Count == 0:
		m.Open, m.High, m.Low, m.Close = i.Open, i.High, i.Low, i.Close
	case i.Count == 0:
	case m.Count == 0:
		start := m.Start
		m.Bar = i.Bar
		m.Start = start
	default:
		if i.High.Cmp(m.High) > 0 {
			m.High = i.High
		}
		if i.Low.Cmp(m.Low) < 0 {
			m.Low = i.Low
		}
		if !m.Volume.IsSet() {
			m.Volume = i.Volume
		} else if i.Volume.IsSet() {
			m.Volume = m.Volume.Add(i.Volume)
		}
		m.Close = i.Close
		m.Count += i.Count
	}
}

func (m *mergedInterval) interval() Interval {
	if m.Count == 0 && 2*m.holes > m.parts {
		return Interval{Bar: Bar{Start: m.Start}, Hole: true}
	}
	return m.Interval
}

// number is that of the i-th bar since 1970.
func (b *Bars) number(i int) int64 { return b.epoch + int64(b.bar(i).index) }

// startOf is the time at which a bar of that number begins.
func (b *Bars) startOf(number int64) time.Time { return time.Unix(number*b.length, 0).UTC() }

// holeFinder tells of intervals, in their order, whether most of each is within outages.
type holeFinder struct {
	outages []Outage // that may still matter
	delay   time.Duration
}

func (h *holeFinder) covers(start time.Time, length time.Duration) bool {
	start = start.Add(h.delay)
	end := start.Add(length)
	for len(h.outages) > 0 && !h.outages[0].To.IsZero() && !h.outages[0].To.After(start) {
		h.outages = h.outages[1:]
	}
	var missing time.Duration
	for _, o := range h.outages {
		if !o.From.Before(end) {
			break
		}
		from, to := o.From, o.To
		if from.Before(start) {
			from = start
		}
		if to.IsZero() || to.After(end) {
			to = end
		}
		missing += to.Sub(from)
	}
	return missing > length/2
}
