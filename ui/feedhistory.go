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
}

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

// setBack moves all slots along with a clock that was set back.
func (f *feedHistory) setBack(by time.Duration) {
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
	last, highest := slotNumber(now), uint32(0)
	for n := last - int64(width); n < last; n++ {
		highest = max(highest, f.at(n).events)
	}
	if highest == 0 {
		return ""
	}
	out := make([]rune, width)
	for i := range out {
		out[i] = ' '
		if events := f.at(last - int64(width-i)).events; events > 0 {
			out[i] = '▁' + min('█'-'▁', rune(uint64(events)*8/uint64(highest)))
		}
	}
	return string(out)
}

// timeLine is how the feed was in the last hour: in each cell the worst, blank where nothing is known.
func (f *feedHistory) timeLine(state feed.State, now time.Time, width int) []span {
	last := slotNumber(now)
	first := last - historySlots + 1
	line := make([]span, 0, width)
	for i := range int64(width) {
		var states uint16
		for n := first + i*historySlots/int64(width); n < first+(i+1)*historySlots/int64(width); n++ {
			states |= f.at(n).states
			if f.noted != 0 && n > f.noted || n == last {
				states |= 1 << state
			}
		}
		line = append(line, stateSign(states))
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
