package jetstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"livetape/mockserver/hub"
)

// epochLog is the hub.Log of one epoch of a stream: a ring, and what the stream has from before.
type epochLog struct {
	stream  *Stream
	epoch   string
	created time.Time // of the stream
	base    uint64    // the number of the event with a sequence is base more
	after   uint64    // the sequence after which the epoch began

	mu   sync.RWMutex
	ring *hub.Ring
	last uint64      // sequence of the newest event in the ring
	at   []time.Time // when NATS stored the events of the ring, each at its sequence modulo their number
	size int         // of the largest event so far, in bytes

	first atomic.Uint64 // sequence of the first message that the stream still has, as far as known
}

// begin forgets all events, and goes on after a sequence.
func (l *epochLog) begin(after uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring = hub.NewRingAfter(l.epoch, l.stream.config.Ring, l.base, after)
	l.at = make([]time.Time, l.stream.config.Ring)
	l.last = after
}

// add adds the message that follows.
func (l *epochLog) add(m message, e *hub.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring.Add(e)
	l.last = m.sequence
	l.at[m.sequence%uint64(len(l.at))] = m.time
	l.size = max(l.size, len(m.data))
}

// newest is the sequence of the newest event.
func (l *epochLog) newest() (last uint64) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.last
}

// remember is what is known of the event with a sequence: not when it was stored, if the ring does not have it.
func (l *epochLog) remember(sequence uint64) memory {
	l.mu.RLock()
	defer l.mu.RUnlock()
	known := memory{last: sequence, size: l.size}
	if events, _ := l.ring.Span(); sequence <= l.last && l.last-sequence < uint64(events) {
		known.time = l.at[sequence%uint64(len(l.at))]
	}
	return known
}

func (l *epochLog) current() *hub.Ring {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.ring
}

func (l *epochLog) Epoch() string           { return l.epoch }
func (l *epochLog) Newest() string          { return l.current().Newest() }
func (l *epochLog) NewestNumber() uint64    { return l.current().NewestNumber() }
func (l *epochLog) ID(number uint64) string { return l.id(number - l.base) }
func (l *epochLog) id(sequence uint64) string {
	return l.epoch + "-" + strconv.FormatUint(sequence, 10)
}

// FeedID is the feed's own id of the newest event of it in the log, from which a source resumes; empty for none.
func (l *epochLog) FeedID(feed string) string { return l.stream.feedID(feed) }

// NewestTime is when the newest event was logged; zero if that is not known, or there is none.
func (l *epochLog) NewestTime() time.Time { return l.remember(l.newest()).time }

func (l *epochLog) Oldest() string {
	last := l.newest()
	return l.id(l.oldest(last))
}

// oldest is the earliest sequence that can be read from, when last is that of the newest event.
func (l *epochLog) oldest(last uint64) uint64 {
	from := l.after
	if first := l.first.Load(); first > 0 {
		from = max(from, first-1)
	}
	if kept := uint64(l.stream.config.Replay); last > kept {
		from = max(from, last-kept)
	}
	return from
}

func (l *epochLog) Span() (events int, age time.Duration) {
	last := l.newest()
	_, age = l.current().Span()
	return int(last - l.oldest(last)), age
}

// Append has the process that publishes write to the stream. Others forget what they would write.
func (l *epochLog) Append(drafts []hub.Draft, data []byte) {
	if t := l.stream.term.Load(); t != nil {
		t.publish(drafts, data)
	}
}

func (l *epochLog) Read(id string, dst []*hub.Event) (events []*hub.Event, following int, err error) {
	events, following, err = l.current().Read(id, dst)
	if errors.Is(err, hub.ErrUnknownID) {
		if err = l.catchUp(id); err == nil {
			events, following, err = l.current().Read(id, dst)
		}
	}
	if !errors.Is(err, hub.ErrForgotten) {
		return events, following, err
	}
	sequence, err := strconv.ParseUint(strings.TrimPrefix(id, l.epoch+"-"), 10, 64)
	if err != nil || sequence < l.oldest(sequence+uint64(following)) {
		return dst, following, hub.ErrForgotten
	}
	if len(dst) == cap(dst) {
		return dst, following, nil
	}
	older, err := l.stream.history.read(l, sequence+1, sequence+uint64(following))
	if err != nil {
		return dst, following, err
	}
	return append(dst, older[:min(len(older), cap(dst)-len(dst))]...), following, nil
}

// catchUp waits until this process has an id that another may have given already. The error is hub.ErrUnknownID if the stream
// does not have it, and hub.ErrUnavailable if that cannot be found out, or takes too long.
func (l *epochLog) catchUp(id string) error {
	digits, ours := strings.CutPrefix(id, l.epoch+"-")
	sequence, err := strconv.ParseUint(digits, 10, 64)
	if !ours || err != nil || l.id(sequence) != id {
		return hub.ErrUnknownID
	}
	if sequence <= l.newest() { // it has come meanwhile
		return nil
	}
	last, err := l.stream.lastSequence(l, sequence)
	if err != nil {
		return hub.ErrUnavailable
	}
	if sequence > last {
		return hub.ErrUnknownID
	}
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	if !l.stream.await(ctx, func() bool { return l.newest() >= sequence || l.stream.view.Load() != l }) {
		return hub.ErrUnavailable
	}
	return nil
}

// lastSequence is that of the stream of a log, at least if it is not less than a wanted one.
func (s *Stream) lastSequence(l *epochLog, wanted uint64) (uint64, error) {
	s.mu.Lock()
	tail := s.tail
	s.mu.Unlock()
	if tail >= wanted && s.view.Load() == l {
		return tail, nil
	}
	h := s.history
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.failed) < failureTime {
		return 0, hub.ErrUnavailable
	}
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	stream, err := s.js.Stream(ctx, s.config.Stream)
	if err != nil {
		h.failed = time.Now()
		return 0, fmt.Errorf("ask for the stream %s: %w", s.config.Stream, err)
	}
	info := stream.CachedInfo()
	if !isSameCreation(info.Created, l.created) || info.Config.Metadata[metadataKey] != l.epoch {
		return 0, nil // no id of this epoch is known any more
	}
	return info.State.LastSeq, nil
}

// encode is the event of a message of this epoch.
func (l *epochLog) encode(m message) *hub.Event {
	return hub.NewEvent(l.id(m.sequence), l.base+m.sequence, m.draft, m.data, m.time)
}

// history reads from the stream what is older than the rings, in blocks that clients who resume at the same time share.
type history struct {
	stream *Stream

	mu     sync.Mutex // held while a block is read: one at a time
	blocks []block    // the latest used last
	failed time.Time  // when a block could not be read
}

const (
	blockSize   = 512
	blocksKept  = 32
	failureTime = time.Second // for which no other read is tried
)

// block is a whole block: events from a multiple of blockSize, plus one, on.
type block struct {
	log    *epochLog
	number uint64
	events []*hub.Event
	from   uint64 // sequence of the first
}

// read gives some of the events from a sequence on, without a gap, up to last. The error is hub.ErrForgotten or
// hub.ErrUnavailable.
func (h *history) read(l *epochLog, from, last uint64) ([]*hub.Event, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	number := (from - 1) / blockSize
	at := slices.IndexFunc(h.blocks, func(b block) bool { return b.log == l && b.number == number && b.from <= from })
	if at < 0 {
		if time.Since(h.failed) < failureTime {
			return nil, hub.ErrUnavailable
		}
		begin, end := max(number*blockSize, l.oldest(last))+1, min((number+1)*blockSize, last)
		b, err := h.fetch(l, min(begin, from), end)
		if err != nil {
			h.failed = time.Now()
			h.stream.config.Logger.Warn("events of the past cannot be read", "from", l.id(from), "error", err)
			return nil, hub.ErrUnavailable
		}
		b.number = number
		if end < (number+1)*blockSize {
			return b.since(from)
		}
		h.blocks = append(h.blocks, b)
		h.blocks = h.blocks[max(0, len(h.blocks)-blocksKept):]
		at = len(h.blocks) - 1
	}
	b := h.blocks[at]
	h.blocks = append(slices.Delete(h.blocks, at, at+1), b)
	return b.since(from)
}

// since are the events from a sequence on, up to the next that the stream does not have.
func (b block) since(from uint64) ([]*hub.Event, error) {
	if from < b.from || from-b.from >= uint64(len(b.events)) || b.events[from-b.from] == nil {
		return nil, hub.ErrForgotten
	}
	rest := b.events[from-b.from:]
	if hole := slices.Index(rest, nil); hole >= 0 {
		rest = rest[:hole]
	}
	return rest, nil
}

// fetch reads the events with sequences from begin to end. Those that the stream does not have are nil.
func (h *history) fetch(l *epochLog, begin, end uint64) (block, error) {
	b := block{log: l, from: begin, events: make([]*hub.Event, end-begin+1)}
	err := h.stream.readRange(begin, end, func(m message) { b.events[m.sequence-begin] = l.encode(m) })
	return b, err
}
