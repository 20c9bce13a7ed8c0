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

// gatherSamples gathers the first events for a decoder that finds out from them how the feed is to be read. The events it returns
// are still to be delivered.
func (d *delivery) gatherSamples(arrivals <-chan queuedEvent) (first []queuedEvent) {
	learner, ok := decode.LearnerOf(d.config.Decoder)
	if !ok || !learner.Learning() {
		return nil
	}
	e, open := <-arrivals
	if !open {
		return nil
	}
	first = append(first, e)
	timeout := time.NewTimer(learnTime)
	defer timeout.Stop()
	for gathering := true; gathering && len(first) < learnEvents; {
		select {
		case e, open := <-arrivals:
			if gathering = open; open {
				first = append(first, e)
			}
		case <-timeout.C:
			gathering = false
		}
	}
	var events []decode.Event
	for _, e := range first {
		if e.mark != stream.Skipped {
			masked := *e.message // what was found is shown, and may quote it
			d.redact(&masked)
			events = append(events, decode.Event{Type: masked.Type, ID: masked.ID, Data: masked.Data, At: e.at})
		}
	}
	learner.Learn(events)
	return first
}
