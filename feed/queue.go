package feed

import (
	"context"
	"time"

	"livetape/feed/stream"
)

// queuedEvent is an event on its way from the reading goroutine to the decoding one.
type queuedEvent struct {
	message *Message
	mark    stream.Mark
	at      time.Time // when the bytes it came in were read
	size    int       // of the data, in bytes
}

// queue takes events that came together from the reading goroutine. It reports false, once and for all, when ctx has ended.
func (d *delivery) queue(ctx context.Context, arrivals chan<- []queuedEvent, events []stream.Event) bool {
	size := 0
	for _, e := range events {
		size += len(e.Data)
	}
	if !waitUntil(ctx, func() bool { return d.liveness.pending.Load() == 0 || size <= largeEvent && d.memory.Fits(size) }) {
		return false
	}
	at, batch, messages := d.liveness.lastByte(), make([]queuedEvent, len(events)), make([]Message, len(events))
	for i, e := range events {
		messages[i] = Message{Type: e.Type, Data: e.Data, ID: e.ID}
		batch[i] = queuedEvent{&messages[i], e.Mark, at, len(e.Data)}
	}
	d.liveness.pending.Add(int64(len(batch)))
	d.memory.Add(size)
	if !push(ctx, arrivals, batch) {
		d.memory.Add(-size)
		return false
	}
	return true
}

// largeEvent is the size in bytes over which an event that was read, with those that came with it, waits until those before
// are decoded, even where there is memory for it.
const largeEvent = 64 << 10

// maxQueued bounds the messages of a feed in the queue of the set, in bytes. A larger one is alone there.
const maxQueued = 8 << 20

// queueUsage counts the messages of a feed that may wait in the queue of the set.
type queueUsage struct {
	waiting []queuedMessage // oldest first
	size    int             // of all, in bytes
}

type queuedMessage struct {
	number int64 // of the messages that all feeds have sent
	size   int
}

// waitUntil waits for a state of the queues. It reports false when ctx has ended first. Nobody tells when an
// event is taken from a channel, so it looks again: soon, for that mostly takes less than a millisecond, and then
// less and less often.
func waitUntil(ctx context.Context, reached func() bool) bool {
	if reached() {
		return true
	}
	const soon, seldom = 50 * time.Microsecond, 5 * time.Millisecond
	wait := soon
	look := time.NewTimer(wait)
	defer look.Stop()
	for !reached() {
		select {
		case <-look.C:
			wait = min(2*wait, seldom)
			look.Reset(wait)
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// push sends unless ctx ends first. It tries without ctx at first, which is several times cheaper.
func push[T any](ctx context.Context, to chan<- T, v T) bool {
	select {
	case to <- v:
		return true
	default:
	}
	select {
	case to <- v:
		return true
	case <-ctx.Done():
		return false
	}
}

// hasRoom reports whether a message of that size may join the set's queue. What other feeds have there does not matter: they
// may keep it full as long as the reader is slower than they.
func (d *delivery) hasRoom(size int) bool {
	d.releaseTaken()
	q := &d.queued
	return len(q.waiting) == 0 || q.size+size <= maxQueued && d.memory.Fits(size)
}

// releaseTaken gives back the memory of messages that the reader of the set has taken.
func (d *delivery) releaseTaken() {
	taken := d.sent.Load() - int64(len(d.out))
	q := &d.queued
	for len(q.waiting) > 0 && q.waiting[0].number <= taken {
		d.countQueued(-q.waiting[0].size)
		q.waiting = q.waiting[1:]
	}
}

func (d *delivery) countQueued(n int) {
	d.queued.size += n
	d.memory.Add(n)
}
