package feed

import (
	"time"

	"livetape/feed/decode"
	"livetape/feed/stream"
)

// How many of a feed's first events a decoder that learns is shown at once, and how long after the first one they may come.
const (
	learnEvents = 64
	learnTime   = 25 * time.Millisecond
)

// learn gathers the first events for a decoder that finds out from them how the feed is to be read. The events it returns
// are still to be delivered.
func (d *delivery) learn(arrivals <-chan arrival) (first []arrival) {
	learner, ok := decode.LearnerOf(d.source.Decoder)
	if !ok || !learner.Learning() {
		return nil
	}
	a, open := <-arrivals
	if !open {
		return nil
	}
	first = append(first, a)
	timeout := time.NewTimer(learnTime)
	defer timeout.Stop()
	for gathering := true; gathering && len(first) < learnEvents; {
		select {
		case a, open := <-arrivals:
			if gathering = open; open {
				first = append(first, a)
			}
		case <-timeout.C:
			gathering = false
		}
	}
	var events []decode.Event
	for _, a := range first {
		if a.mark != stream.Skipped {
			events = append(events, decode.Event{Type: a.message.Type, ID: a.message.ID, Data: a.message.Data, At: a.at})
		}
	}
	learner.Learn(events)
	return first
}
