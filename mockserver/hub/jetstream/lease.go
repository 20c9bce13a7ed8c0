package jetstream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// leaseRecord says who publishes, and what is in the log for certain. It is in the bucket under leaseKey.
type leaseRecord struct {
	Holder  string            `json:"holder"` // a Config.Name
	Epoch   string            `json:"epoch"`
	Last    uint64            `json:"last"`     // sequence of the newest event when this was written
	Clean   bool              `json:"clean"`    // the holder has stopped, and Last is the last that it wrote
	FeedIDs map[string]string `json:"feed_ids"` // the id of the newest event of each feed, there
}

const leaseKey = "lease"

// lease is held by the process that publishes. It holds until another process has taken it: that happens when the record has
// not changed for Config.LeaseTime, by the clock of the process that takes it.
type lease struct {
	stream   *Stream
	bucket   jetstream.KeyValue
	previous leaseRecord // of the holder before; without a Holder there was none
	doubts   int         // how often the stream was held against it

	mu       sync.Mutex
	revision uint64
	lost     context.CancelCauseFunc
}

// errLeaseLost is why a process that published does not any more.
var errLeaseLost = errors.New("another process publishes now")

// errAnswerLost is why a renewal was refused: an earlier one was written, and its answer did not arrive.
var errAnswerLost = errors.New("an earlier answer was lost")

// acquire waits until this process may publish. It gives nil when ctx ended first.
func (s *Stream) acquire(ctx context.Context) *lease {
	poll := min(s.config.LeaseTime/4, 250*time.Millisecond)
	for {
		if followed, _ := s.isFollowed(); followed {
			l, err := s.tryAcquire(ctx)
			if l != nil {
				return l
			}
			if err != nil {
				s.seen.forgetLease()
				s.config.Logger.Debug("ask for the lease", "error", err)
			}
		} else {
			s.seen.forgetLease()
		}
		if !wait(ctx, poll) {
			return nil
		}
	}
}

// tryAcquire takes the lease if it is free, was given back, or has not been renewed for the lease time.
func (s *Stream) tryAcquire(ctx context.Context) (*lease, error) {
	l := &lease{stream: s}
	var err error
	if l.bucket, err = s.js.KeyValue(ctx, s.bucketName()); err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", s.bucketName(), err)
	}
	entry, err := l.bucket.Get(ctx, leaseKey)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return l.take(ctx, 0)
	}
	if err != nil {
		return nil, fmt.Errorf("ask for the lease: %w", err)
	}
	if err := json.Unmarshal(entry.Value(), &l.previous); err != nil {
		return l.take(ctx, entry.Revision()) // nothing that says who holds it
	}
	since := s.seen.noteLease(l.previous, entry.Revision())
	patience := s.config.LeaseTime
	if !l.previous.Clean && !s.seen.knows(l.previous.Epoch) {
		patience *= 2 // another process may be left that knows the epoch, and say so
		s.askForSightings(l.previous.Epoch)
	}
	if !l.previous.Clean && time.Since(since) < patience {
		return nil, nil
	}
	return l.take(ctx, entry.Revision())
}

// take writes this process into the record, if it still has a revision; 0 for no record.
func (l *lease) take(ctx context.Context, revision uint64) (*lease, error) {
	record := l.previous // the facts stay until there are others
	record.Holder, record.Clean, record.Epoch = l.stream.config.Name, false, cmp.Or(record.Epoch, l.stream.view.Load().epoch)
	err := l.write(ctx, record, revision)
	if isConflict(err) {
		return nil, nil // another was faster
	}
	if err != nil {
		return nil, fmt.Errorf("take the lease: %w", err)
	}
	return l, nil
}

func (l *lease) write(ctx context.Context, record leaseRecord, revision uint64) error {
	value, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("describe the lease: %w", err)
	}
	var written uint64
	if revision == 0 {
		written, err = l.bucket.Create(ctx, leaseKey, value)
	} else {
		written, err = l.bucket.Update(ctx, leaseKey, value, revision)
	}
	if err == nil {
		l.revision = written
	}
	return err
}

// record is what the lease says now.
func (l *lease) record(clean bool) leaseRecord {
	s := l.stream
	view := s.view.Load()
	last := view.newest()
	if t := s.term.Load(); t != nil && t.view == view {
		last = max(last, t.written.Load())
	}
	return leaseRecord{s.config.Name, view.epoch, last, clean, s.latestFeedIDs()}
}

// renew shows that this process is alive. The error is errLeaseLost when another has the lease; others may pass.
func (l *lease) renew(ctx context.Context, clean bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.write(ctx, l.record(clean), l.revision)
	if err == nil {
		return nil
	}
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) {
		l.stream.followAnew(fmt.Errorf("renew the lease: %w", err)) // the bucket may be gone
	}
	if !isConflict(err) {
		return fmt.Errorf("renew the lease: %w", err)
	}
	entry, err := l.bucket.Get(ctx, leaseKey)
	var now leaseRecord
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return fmt.Errorf("ask for the lease: %w", err)
	case json.Unmarshal(entry.Value(), &now) == nil && now.Holder == l.stream.config.Name:
		l.revision = max(l.revision, entry.Revision()) // an earlier write was not answered, but done
		return fmt.Errorf("renew the lease: %w", errAnswerLost)
	}
	l.lost(errLeaseLost)
	return errLeaseLost
}

// keep renews the lease until ctx ends.
func (l *lease) keep(ctx context.Context) {
	for wait(ctx, l.stream.config.LeaseTime/3) {
		if err := l.renew(ctx, false); err != nil && ctx.Err() == nil {
			l.stream.config.Logger.Warn("the lease of the log is not renewed", "error", err)
		}
	}
}

// release gives the lease back, so that another process need not wait.
func (l *lease) release() {
	ctx, cancel := context.WithTimeout(context.Background(), requestTime)
	defer cancel()
	err := l.renew(ctx, true)
	if errors.Is(err, errAnswerLost) { // of a renewal that was under way when the term ended
		err = l.renew(ctx, true)
	}
	if err != nil {
		l.stream.config.Logger.Warn("the lease of the log was not given back", "error", err)
	}
}
