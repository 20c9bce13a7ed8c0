package ui

import (
	"time"

	"livetape/feed"
)

const (
	slotSeconds  = 10
	historySlots = 3600 / slotSeconds
)

// feedHistory is the last hour of a feed in slots of ten seconds: how it was, and how many events came.
type feedHistory struct {
	slots [historySlots]historySlot
	noted int64 // the last slot whose states are noted; zero before the first status
}

type historySlot struct {
	number int64  // seconds since 1970, divided by slotSeconds
	states uint16 // a bit for each state that the feed had in it
	events uint32
	timed  uint32        // quotes whose delay is known
	late   time.Duration // the delays of these together
}

func (s historySlot) rate() float64 { return float64(s.events) }

// delay is the mean of the delays.
func (s historySlot) delay() float64 { return float64(s.late) / max(float64(s.timed), 1) }

func slotNumber(t time.Time) int64 { return t.Unix() / slotSeconds }

// slot is the slot of a number. The one an hour before makes room for it.
func (f *feedHistory) slot(number int64) *historySlot {
	s := &f.slots[(number%historySlots+historySlots)%historySlots] // a time before 1970 is negative
	if s.number != number {
		*s = historySlot{number: number}
	}
	return s
}

// noteState notes that the feed was in state before until then, and is in state now from then on.
func (f *feedHistory) noteState(before, now feed.State, at time.Time) {
	number := slotNumber(at)
	for n := max(f.noted, number-historySlots+1); f.noted != 0 && n <= number; n++ {
		f.slot(n).states |= 1 << before
	}
	f.slot(number).states |= 1 << now
	f.noted = number
}

// shiftBack moves all slots along with a clock that was set back.
func (f *feedHistory) shiftBack(by time.Duration) {
	old, slots := *f, int64(by/time.Second)/slotSeconds
	*f = feedHistory{noted: old.noted - slots}
	for _, s := range old.slots {
		if s.number != 0 {
			s.number -= slots
			*f.slot(s.number) = s
		}
	}
}

// at is a slot as it was noted, empty where nothing was.
func (f *feedHistory) at(number int64) historySlot {
	if s := f.slots[(number%historySlots+historySlots)%historySlots]; s.number == number {
		return s
	}
	return historySlot{}
}

// rates is a spark line of the events in the last whole slots, blank where there were none.
func (f *feedHistory) rates(now time.Time, width int) string {
	slots := make([]historySlot, width)
	for i := range slots {
		slots[i] = f.at(slotNumber(now) - int64(width-i))
	}
	return historySpark(slots, historySlot.rate)
}

// historySpark draws values from zero on, blank where there are none; empty without any. What is usual stands at half the
// height, and the highest leaves a gap to the line above: neighboring lines would grow together.
func historySpark(slots []historySlot, value func(historySlot) float64) string {
	highest, sum, n := 0.0, 0.0, 0.0
	for _, s := range slots {
		if v := value(s); v > 0 {
			highest, sum, n = max(highest, v), sum+v, n+1
		}
	}
	if n == 0 {
		return ""
	}
	top := max(highest, 2*sum/n)
	out := make([]rune, len(slots))
	for i, s := range slots {
		out[i] = ' '
		if v := value(s); v > 0 {
			out[i] = '▁' + min('▇'-'▁', rune(v*7/top))
		}
	}
	return string(out)
}

// hour is the last hour in so many cells, each all of its slots together. State is the one of now.
func (f *feedHistory) hour(state feed.State, now time.Time, width int) []historySlot {
	last := slotNumber(now)
	first := last - historySlots + 1
	all := make([]historySlot, width)
	for i := range all {
		for n := first + int64(i*historySlots/width); n < first+int64((i+1)*historySlots/width); n++ {
			s := f.at(n)
			if f.noted != 0 && n > f.noted || n == last {
				s.states |= 1 << state
			}
			all[i].states |= s.states
			all[i].events += s.events
			all[i].timed += s.timed
			all[i].late += s.late
		}
	}
	return all
}

// timeLine is how the feed was in the last hour: in each cell the worst, blank where nothing is known.
func (f *feedHistory) timeLine(state feed.State, now time.Time, width int) []span {
	var line []span
	for _, cell := range f.hour(state, now, width) {
		line = append(line, stateSign(cell.states))
	}
	return line
}

// stateSign is the sign of the worst of some states. A feed that connects at once was live.
func stateSign(states uint16) span {
	for _, s := range [...]struct {
		state feed.State
		sign  span
	}{
		{feed.Failed, span{bad, "✕"}}, {feed.Waiting, span{warn, "↻"}}, {feed.Silent, span{warn, "◌"}}, {feed.Quiet, span{warn, "◌"}},
		{feed.Closed, span{muted, "■"}}, {feed.Finished, span{muted, "■"}}, {feed.Live, span{plain, "━"}}, {feed.Connecting, span{warn, "┄"}},
	} {
		if states&(1<<s.state) != 0 {
			return s.sign
		}
	}
	return span{plain, " "}
}
