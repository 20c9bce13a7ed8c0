package jetstream

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
)

// publishWindow is how many messages are on their way at a time.
const publishWindow = 256

// term is the time for which this process publishes in one epoch. Every message says which sequence must come before it. As a
// term begins with a message of its own, what another process still writes that does not know that it was replaced is refused.
type term struct {
	stream *Stream
	view   *epochLog
	lease  *lease
	ctx    context.Context // ends with the term
	end    context.CancelCauseFunc

	mu      sync.Mutex
	written atomic.Uint64 // the last sequence; changed under mu
	count   uint64        // of messages without an id of their feed
	doubts  int           // how often in a row the stream had less than was written
	unique  string        // no other term has it
}

// errEpochEnded is why a term ends where the lease is kept.
var errEpochEnded = errors.New("another epoch of the log begins")

// publish writes drafts to the stream, and returns when they are in this process's log or the term has ended.
func (t *term) publish(drafts []hub.Draft, data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	messages := t.messages(drafts, data)
	for len(messages) > 0 && t.ctx.Err() == nil {
		written, err := t.send(messages[:min(len(messages), publishWindow)])
		messages = messages[written:]
		if err != nil && !t.settle(err) {
			return
		}
	}
	t.await()
}

// await waits until all that was written has come back.
func (t *term) await() {
	for {
		t.stream.mu.Lock()
		changed := t.stream.changed
		t.stream.mu.Unlock()
		if last := t.view.newest(); last >= t.written.Load() {
			return
		}
		select {
		case <-t.ctx.Done():
			return
		case <-changed:
		}
	}
}

// messages are those of drafts. What belongs to one event of a feed has the same ids in every process that publishes it, so
// that NATS drops what it has already.
func (t *term) messages(drafts []hub.Draft, data []byte) []*nats.Msg {
	all := make([]*nats.Msg, 0, len(drafts))
	part := 0
	for n, d := range drafts {
		same := func(i int) bool {
			return 0 <= i && i < len(drafts) && d.FeedID != "" && drafts[i].Feed == d.Feed && drafts[i].FeedID == d.FeedID
		}
		if part++; !same(n - 1) {
			part = 0
		}
		id := fmt.Sprintf("%s-%d", t.unique, t.count)
		if d.FeedID == "" {
			t.count++
		} else {
			id = fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%q %q %d %s", d.Feed, d.FeedID, part, withoutArrival(data[:d.Size]))))[:32]
		}
		m, err := newMessage(t.stream.subject(), id, d, data[:d.Size], same(n+1))
		data = data[d.Size:]
		if err != nil {
			t.stream.config.Logger.Error("an event is not logged", "error", err)
			continue
		}
		all = append(all, m)
	}
	return all
}

// withoutArrival is data without the time at which the process that publishes received it, which differs from one to another.
func withoutArrival(data []byte) []byte {
	const member = `"received":"`
	before, rest, found := bytes.Cut(data, []byte(member))
	_, after, closed := bytes.Cut(rest, []byte(`"`))
	if !found || !closed {
		return data
	}
	return slices.Concat(before, after)
}

// send writes messages, each behind the one before, and says how many were written. The error is of the next.
func (t *term) send(messages []*nats.Msg) (written int, err error) {
	futures := make([]jetstream.PubAckFuture, 0, len(messages))
	last := t.written.Load()
	for n, m := range messages {
		future, err := t.stream.js.PublishMsgAsync(m, jetstream.WithExpectLastSequence(last+uint64(n)), jetstream.WithRetryAttempts(0))
		if err != nil {
			break // that of the first that was not written tells why
		}
		futures = append(futures, future)
	}
	if len(futures) == 0 {
		return 0, errors.New("NATS takes no messages now")
	}
	for _, f := range futures {
		select { // one of them comes within publishTime; the term may end before
		case ack := <-f.Ok():
			if !ack.Duplicate {
				t.written.Store(ack.Sequence)
			}
			written++
		case err := <-f.Err():
			return written, err
		}
	}
	return written, nil
}

// settle finds out what the stream has after a message was refused or not answered. It reports false if the term has ended.
func (t *term) settle(why error) bool {
	t.stream.config.Logger.Debug("an event was not taken", "error", why)
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		if !wait(t.ctx, pause) {
			return false
		}
		err := t.resume()
		if err == nil {
			return true
		}
		t.stream.config.Logger.Debug("the log cannot be written", "error", err)
	}
}

// resume finds the sequence to go on after, as long as this process has the lease.
func (t *term) resume() error {
	ctx, cancel := context.WithTimeout(t.ctx, 2*requestTime)
	defer cancel()
	if err := t.lease.renew(ctx, false); err != nil {
		return err
	}
	s := t.stream
	stream, err := s.js.Stream(ctx, s.config.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s.followAnew(err)
	}
	if err != nil {
		return fmt.Errorf("open the stream %s: %w", s.config.Stream, err)
	}
	info := stream.CachedInfo()
	sameEpoch := isSameCreation(info.Created, t.view.created) && info.Config.Metadata[metadataKey] == t.view.epoch
	if sameEpoch && info.State.LastSeq >= t.written.Load() {
		t.doubts = 0
		t.written.Store(info.State.LastSeq)
		return nil
	}
	if t.doubts++; sameEpoch && t.doubts < confirmations {
		return fmt.Errorf("of %d events that were written, the stream has %d", t.written.Load(), info.State.LastSeq)
	}
	return t.declareLoss(ctx)
}

// declareLoss begins another epoch, as the stream is not the one that this term wrote to.
func (t *term) declareLoss(ctx context.Context) error {
	s := t.stream
	r, err := s.open(ctx)
	if err != nil {
		return err
	}
	if r.epoch.Epoch == t.view.epoch && r.info.State.LastSeq < t.written.Load() {
		reason := fmt.Sprintf("the last sequence of the stream went back from %d to %d", t.written.Load(), r.info.State.LastSeq)
		if err := s.redeclare(ctx, r, reason); err != nil {
			return err
		}
	}
	t.end(errEpochEnded)
	s.followAnew(errAgain)
	return errEpochEnded
}

// lead runs the source of this process's server whenever it has the lease, until ctx ends or the source fails.
func (s *Stream) lead(ctx context.Context, run func(context.Context) error) error {
	for {
		l := s.acquire(ctx)
		if l == nil {
			return nil
		}
		s.config.Logger.Info("this process publishes now", "stream", s.config.Stream, "before", l.previous.Holder)
		err := s.hold(ctx, l, run)
		s.config.Logger.Info("this process publishes no more", "stream", s.config.Stream)
		if errors.Is(err, errSourceEnded) {
			return nil
		}
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// hold runs the source while the lease is held, anew in every epoch.
func (s *Stream) hold(ctx context.Context, l *lease, run func(context.Context) error) (err error) {
	held, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	l.lost = lose
	var keeping sync.WaitGroup
	keeping.Go(func() { l.keep(held) })
	keeping.Go(func() { s.storeSnapshots(held) })
	takeover := l.previous.Holder != "" && !l.previous.Clean
	for err == nil && s.await(held, func() bool { return true }) {
		if again := s.verify(held, l); again != nil {
			s.config.Logger.Warn("the log is not written yet", "error", again)
			wait(held, retryTime)
			continue
		}
		s.seen.sawPublisher(s.view.Load().epoch)
		err = s.runTerm(held, l, takeover, run)
		takeover = false
	}
	last := s.term.Swap(nil)
	if lost := errors.Is(context.Cause(held), errLeaseLost); !lost && s.written(last) {
		s.storeSnapshot()
		l.release()
	}
	lose(nil)
	keeping.Wait()
	s.seen.forgetLease()
	s.seen.sawPublisherStill()
	return err
}

// written reports whether all that this process wrote in its last term has come back, which it waits for: only then can it say
// how the log ends.
func (s *Stream) written(t *term) bool {
	if t == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	s.await(ctx, func() bool { return t.view != s.view.Load() || t.view.newest() >= t.written.Load() })
	return t.view == s.view.Load() && t.view.newest() == t.written.Load()
}

// verify holds the log against what the publisher before wrote down. It declares another epoch where that is missing, or where
// what was written after that cannot be known.
func (s *Stream) verify(ctx context.Context, l *lease) error {
	view, p := s.view.Load(), l.previous
	if p.Holder == "" || p.Epoch != "" && p.Epoch != view.epoch {
		return nil
	}
	stream, err := s.js.Stream(ctx, s.config.Stream)
	if err != nil {
		return fmt.Errorf("open the stream %s: %w", s.config.Stream, err)
	}
	last, written := stream.CachedInfo().State.LastSeq, max(p.Last, s.seen.newest(view.epoch))
	if l.doubts++; last < written && l.doubts < confirmations || view.newest() < last {
		return fmt.Errorf("of %d events of the log, %d are known here, and its publisher had written %d", last, view.newest(), written)
	}
	reason := ""
	switch {
	case last < written, p.Clean && last > p.Last:
		reason = fmt.Sprintf("the publisher before had written %d events, and %d are there", written, last)
	case !p.Clean && !s.seen.knows(view.epoch):
		reason = "the publisher before ended without a word, and nobody who is left saw it alive"
	}
	s.mu.Lock()
	for feed, id := range p.FeedIDs {
		if s.feedIDs[feed] == "" {
			s.feedIDs[feed] = id
		}
	}
	s.mu.Unlock()
	l.previous = leaseRecord{} // once is enough
	if reason == "" {
		return nil
	}
	r, err := s.open(ctx)
	if err == nil && r.epoch.Epoch == view.epoch {
		err = s.redeclare(ctx, r, reason)
	}
	if err != nil {
		l.previous = p
		return err
	}
	s.followAnew(errAgain)
	if !s.await(ctx, func() bool { return s.view.Load() != view }) {
		return ctx.Err()
	}
	return nil
}

// runTerm runs the source until the lease is lost, the epoch ends, or the source does.
func (s *Stream) runTerm(held context.Context, l *lease, takeover bool, run func(context.Context) error) error {
	ctx, end := context.WithCancelCause(held)
	defer end(nil)
	view := s.view.Load()
	t := &term{stream: s, view: view, lease: l, ctx: ctx, end: end, unique: fmt.Sprintf("%s.%d", s.config.Name, time.Now().UnixNano())}
	last := view.newest()
	t.written.Store(last)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer end(nil)
	watching.Go(func() {
		if s.await(ctx, func() bool { return s.view.Load() != view }) {
			end(errEpochEnded)
		}
	})
	if takeover {
		data := s.config.Takeover(s.config.Name, "the publisher before is gone")
		t.publish([]hub.Draft{{Type: NoticeType, Symbols: []string{""}, Size: len(data)}}, slices.Clone(data))
	}
	if ctx.Err() != nil {
		return nil
	}
	s.term.Store(t)
	err := run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return cmp.Or(err, errSourceEnded)
}

// errSourceEnded is of a source that has nothing more.
var errSourceEnded = errors.New("the source has ended")
