package feed

import (
	"context"
	"time"

	"livetape/feed/decode"
	"livetape/feed/stream"
)

// Bounds of the first events that a decoder that learns is shown at once: how many, within how long of the first, and how many
// bytes. So many bytes hold rows enough, and take long enough to read.
const (
	learnEvents = 64
	learnTime   = 25 * time.Millisecond
	learnBytes  = 128 << 10
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
	for gathering := true; gathering && len(first) < learnEvents && totalSize(first) < learnBytes; {
		select {
		case more, open := <-arrivals:
			gathering, first = open, append(first, more...)
		case <-timeout.C:
			gathering = false
		}
	}
	shown := first[:min(len(first), learnEvents)]
	return first, d.runDecoder(ctx, totalSize(shown), func() { learner.Learn(d.samples(shown)) })
}

func totalSize(events []queuedEvent) (size int) {
	for _, e := range events {
		size += e.size
	}
	return size
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
