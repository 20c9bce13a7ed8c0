package feed

import (
	"context"
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
// are still to be delivered. It reports false when ctx ended before the decoder had learned.
func (d *delivery) gatherSamples(ctx context.Context, arrivals <-chan []queuedEvent) (first []queuedEvent, ok bool) {
	if d.decoding != nil && !d.awaitDecoder(ctx) {
		return nil, false
	}
	learner, ok := decode.LearnerOf(d.config.Decoder)
	if !ok || !learner.Learning() {
		return nil, true
	}
	first, open := <-arrivals
	if !open {
		return nil, true
	}
	timeout := time.NewTimer(learnTime)
	defer timeout.Stop()
	for gathering := true; gathering && len(first) < learnEvents; {
		select {
		case more, open := <-arrivals:
			gathering, first = open, append(first, more...)
		case <-timeout.C:
			gathering = false
		}
	}
	size, shown := 0, first[:min(len(first), learnEvents)]
	for _, e := range shown {
		size += e.size
	}
	return first, d.runDecoder(ctx, size, func() { learner.Learn(d.samples(shown)) })
}

// samples are events with their credentials masked: what is found in them is shown, and may quote them.
func (d *delivery) samples(of []queuedEvent) (events []decode.Event) {
	for _, e := range of {
		if e.mark != stream.Skipped {
			masked := *e.message
			d.redact(&masked)
			events = append(events, decode.Event{Type: masked.Type, ID: masked.ID, Data: masked.Data, At: e.at})
		}
	}
	return events
}
