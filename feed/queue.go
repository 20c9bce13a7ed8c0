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

// queue takes an event from the reading goroutine. It reports false, once and for all, when ctx has ended.
func (d *delivery) queue(ctx context.Context, arrivals chan<- queuedEvent, kind, data, canonicalID []byte) bool {
	size := len(data)
	if !waitUntil(ctx, func() bool { return d.liveness.pending.Load() == 0 || size <= largeEvent && d.memory.Fits(size) }) {
		return false
	}
	id, mark := stream.ParseID(canonicalID)
	e := queuedEvent{&Message{Type: d.types.name(kind), Data: data, ID: id}, mark, d.liveness.lastByte(), size}
	d.liveness.pending.Add(1)
	d.memory.Add(size)
	if !push(ctx, arrivals, e) {
		d.memory.Add(-size)
		return false
	}
	return true
}

// largeEvent is the size in bytes over which an event that was read waits until those before it are decoded, even where
// there is memory for it.
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

// typeNames keeps one string for each event type, so that a message does not allocate its own.
type typeNames map[string]string

// Bounds of typeNames: feeds have few types, hostile ones without end.
const (
	typeNamesKept   = 64
	longestTypeKept = 256 // bytes
)

func (t typeNames) name(b []byte) string {
	if name, ok := t[string(b)]; ok {
		return name
	}
	name := string(b)
	if len(t) < typeNamesKept && len(name) <= longestTypeKept {
		t[name] = name
	}
	return name
}
