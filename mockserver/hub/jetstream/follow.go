package jetstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
)

// follow brings the stream into memory until ctx ends.
func (s *Stream) follow(ctx context.Context) {
	for ctx.Err() == nil {
		err := s.followOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		s.config.Logger.Debug("the log is followed anew", "because", err)
		if !errors.Is(err, errAgain) {
			s.setAway(err)
		}
		wait(ctx, retryTime)
	}
}

// wait reports false if ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// followOnce follows the stream until something is wrong with it. What it knows of the stream is checked first.
func (s *Stream) followOnce(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.setRestart(cancel)
	defer s.setRestart(nil)
	r, err := s.open(ctx)
	if err != nil {
		return err
	}
	view, err := s.enter(ctx, r)
	if err != nil {
		return err
	}
	tail := r.info.State.LastSeq
	consumer, err := s.consume(ctx, r.stream, view.newest()+1)
	if err != nil {
		return err
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(2000), jetstream.PullExpiry(10*time.Second),
		jetstream.PullHeartbeat(time.Second), jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return fmt.Errorf("read the stream %s: %w", s.config.Stream, err)
	}
	defer messages.Stop()
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel(nil)
	s.setTail(tail)
	watching.Go(func() { cancel(s.watch(ctx, r, view)) })
	s.advanced(view)
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if err != nil {
			return fmt.Errorf("read the stream %s: %w", s.config.Stream, err)
		}
		if err := s.addToLog(ctx, view, m); err != nil {
			return err
		}
		if view.newest() > tail { // it was not there yet when this began
			s.seen.sawPublisher(view.epoch)
		}
	}
}

func (s *Stream) setRestart(cancel context.CancelCauseFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restart = cancel
}

// consume makes a consumer of all from a sequence on. It lives as long as the stream does, on one server: when either is gone,
// reading fails, and what the stream has then is checked before it is read again. A consumer that healed itself would not see
// that it goes on in another stream.
func (s *Stream) consume(ctx context.Context, stream jetstream.Stream, from uint64) (jetstream.Consumer, error) {
	consumer, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(from, 1), AckPolicy: jetstream.AckNonePolicy,
		MemoryStorage: true, Replicas: 1, InactiveThreshold: 30 * time.Second,
	})
	if err != nil {
		return nil, fmt.Errorf("read the stream %s from %d: %w", s.config.Stream, from, err)
	}
	return consumer, nil
}

// readRange reads what the stream has of the sequences from begin to end, which is not behind its last. The error may be that the
// server that was asked has not all of them yet.
func (s *Stream) readRange(begin, end uint64, read func(message)) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*requestTime)
	defer cancel()
	stream, err := s.js.Stream(ctx, s.config.Stream)
	if err != nil {
		return fmt.Errorf("open the stream %s: %w", s.config.Stream, err)
	}
	consumer, err := s.consume(ctx, stream, begin)
	if err != nil {
		return err
	}
	defer func() { _ = stream.DeleteConsumer(ctx, consumer.CachedInfo().Name) }() // otherwise NATS does so later
	left := min(int(consumer.CachedInfo().NumPending), int(end-begin+1))
	if left == 0 {
		return reached(stream, begin-1, end)
	}
	batch, err := consumer.Fetch(left, jetstream.FetchMaxWait(requestTime))
	if err != nil {
		return fmt.Errorf("read the stream %s from %d: %w", s.config.Stream, begin, err)
	}
	last := begin - 1
	for m := range batch.Messages() {
		one, err := readMessage(m)
		if err != nil {
			return err
		}
		if last = one.sequence; last <= end {
			read(one)
		}
		left--
	}
	if err := batch.Error(); err != nil || left > 0 {
		return fmt.Errorf("read the stream %s from %d: %d events did not come: %w", s.config.Stream, begin, left, errors.Join(err, context.DeadlineExceeded))
	}
	return reached(stream, last, end)
}

// reached is an error if a stream was read up to last only, and has what follows up to end: the server that has the consumer is
// behind the one that leads the stream.
func reached(stream jetstream.Stream, last, end uint64) error {
	info := stream.CachedInfo()
	if last < end && info.State.FirstSeq <= end {
		return fmt.Errorf("read the stream %s: a server has it up to %d only, and not to %d", info.Config.Name, last, end)
	}
	return nil
}

// enter makes the log of the stream's epoch the current one, unless it is, after the stream was held against what is known of it.
func (s *Stream) enter(ctx context.Context, r *remote) (*epochLog, error) {
	view := s.view.Load()
	if view.epoch != r.epoch.Epoch {
		return s.enterEpoch(ctx, r)
	}
	reason, err := s.contradiction(ctx, r, view)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		if err := s.redeclare(ctx, r, reason); err != nil {
			return nil, err
		}
		return s.enterEpoch(ctx, r)
	}
	view.first.Store(r.info.State.FirstSeq)
	if first, last := r.info.State.FirstSeq, view.newest(); first > last+1 {
		s.config.Logger.Warn("events were dropped by the limits of the log before they were read here", "from", last+1, "to", first-1)
		view.begin(first - 1)
	}
	return view, nil
}

// confirmations is how often NATS must say that events are lost: a server that led the stream before the one that leads it now
// may not have all of them.
const confirmations = 4

// contradiction says what of the stream cannot be, after what is known of it; empty for nothing.
func (s *Stream) contradiction(ctx context.Context, r *remote, view *epochLog) (reason string, err error) {
	for range confirmations {
		known, seen, err := s.compare(ctx, r, view)
		if err != nil {
			return "", err
		}
		if reason = known.contradiction(seen); reason == "" {
			return "", nil
		}
		wait(ctx, retryTime)
		if r.info, err = r.stream.Info(ctx); err != nil {
			return "", fmt.Errorf("ask for the stream %s: %w", s.config.Stream, err)
		}
	}
	return reason, nil
}

// compare gives what is known of the stream, and what NATS says of it.
func (s *Stream) compare(ctx context.Context, r *remote, view *epochLog) (memory, evidence, error) {
	last := view.newest()
	known := view.remember(last)
	seen := evidence{state: r.info.State, config: r.info.Config, now: r.info.TimeStamp}
	if last == 0 || known.time.IsZero() || last < r.info.State.FirstSeq || last > r.info.State.LastSeq {
		return known, seen, nil
	}
	m, err := r.stream.GetMsg(ctx, last)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return known, seen, nil // it was deleted by itself: seen.time stays zero
	}
	if err != nil {
		return known, seen, fmt.Errorf("read event %d of the stream %s: %w", last, s.config.Stream, err)
	}
	seen.time = m.Time
	return known, seen, nil
}

// enterEpoch begins the log of another epoch than the one before. What the events of before add up to is kept.
func (s *Stream) enterEpoch(ctx context.Context, r *remote) (*epochLog, error) {
	first, last := r.info.State.FirstSeq, r.info.State.LastSeq
	l := &epochLog{stream: s, epoch: r.epoch.Epoch, created: r.epoch.Created, base: s.config.FirstNumber(r.epoch.Created), after: r.epoch.After}
	l.first.Store(first)
	begin := max(r.epoch.After, max(first, 1)-1)
	if last-min(last, begin) > uint64(s.config.Ring) {
		begin = last - uint64(s.config.Ring)
	}
	folded := s.state.Load()
	if s.view.Load().epoch == "none" {
		restored, from, err := s.restore(ctx, r)
		if err != nil {
			return nil, err
		}
		if err := s.fold(restored, l, from+1, begin); err != nil {
			return nil, err
		}
		folded = restored
	}
	folded.setLast(l.id(begin))
	l.begin(begin)
	s.state.Store(folded)
	s.view.Store(l)
	s.mu.Lock()
	if s.hub != nil {
		s.hub.Replace(l)
	}
	s.announceLocked()
	s.mu.Unlock()
	s.config.Logger.Info("the log is followed", "stream", s.config.Stream, "epoch", l.epoch, "first", first, "last", last)
	return l, nil
}

// fold adds the events with sequences from begin to end to a state.
func (s *Stream) fold(to *state, l *epochLog, begin, end uint64) error {
	for ; begin <= end; begin += blockSize {
		err := s.readRange(begin, min(end, begin+blockSize-1), func(m message) { s.apply(to, l.encode(m), m) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Stream) apply(to *state, e *hub.Event, m message) {
	to.apply(e)
	if m.draft.FeedID != "" && !m.more {
		s.mu.Lock()
		s.feedIDs[m.draft.Feed] = m.draft.FeedID
		s.mu.Unlock()
	}
}

// addToLog adds a message of a stream to the log. Messages that were under way when a connection ended do not come again: where
// one is missing that the stream has, it is to be followed anew.
func (s *Stream) addToLog(ctx context.Context, view *epochLog, from jetstream.Msg) error {
	m, err := readMessage(from)
	if err != nil {
		return err
	}
	last := view.newest()
	if m.sequence <= last {
		return fmt.Errorf("event %d of the stream came after event %d", m.sequence, last)
	}
	if m.sequence > last+1 {
		stream, err := s.js.Stream(ctx, s.config.Stream) // one of its own: NATS' is not for two goroutines, and watch has the other
		if err != nil {
			return fmt.Errorf("open the stream %s: %w", s.config.Stream, err)
		}
		if _, err := stream.GetMsg(ctx, last+1); !errors.Is(err, jetstream.ErrMsgNotFound) {
			return fmt.Errorf("event %d of the stream came after event %d: %w", m.sequence, last, cmp.Or(err, errAgain))
		}
		s.config.Logger.Warn("events are missing in the log", "from", last+1, "to", m.sequence-1)
		view.begin(m.sequence - 1)
	}
	e := view.encode(m)
	view.add(m, e)
	s.apply(s.state.Load(), e, m)
	s.advanced(view)
	return nil
}

// setTail notes the last sequence of a stream that is about to be followed.
func (s *Stream) setTail(sequence uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tail = sequence
}

// advanced tells all that wait for events. The stream counts as followed when all that it had is here.
func (s *Stream) advanced(view *epochLog) {
	last := view.newest()
	s.mu.Lock()
	followed, h := last >= s.tail, s.hub
	s.tail = max(s.tail, last)
	s.announceLocked()
	s.mu.Unlock()
	if h != nil {
		h.Forward()
	}
	if followed {
		s.reachedOnce.Store(true)
		s.setAway(nil)
	}
}

// watch asks for the stream's condition, again and again, and returns why it must be followed anew.
func (s *Stream) watch(ctx context.Context, r *remote, view *epochLog) error {
	updates, err := r.bucket.Watch(ctx, epochKey, jetstream.UpdatesOnly())
	if err != nil {
		return fmt.Errorf("watch the epoch: %w", err)
	}
	defer func() { _ = updates.Stop() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-updates.Updates():
			if !ok {
				return errors.New("the epoch is not watched any more")
			}
			return errAgain
		case <-tick.C:
		}
		if err := s.inspect(ctx, r, view); err != nil {
			return err
		}
	}
}

// inspect holds the stream against what is known of it.
func (s *Stream) inspect(ctx context.Context, r *remote, view *epochLog) error {
	last := view.newest() // before NATS is asked: meanwhile there may be more
	info, err := r.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("ask for the stream %s: %w", s.config.Stream, err)
	}
	s.mu.Lock()
	s.tail = max(s.tail, info.State.LastSeq)
	s.mu.Unlock()
	if !isSameCreation(info.Created, r.epoch.Created) || info.State.LastSeq < last || info.Config.Metadata[metadataKey] != r.epoch.Epoch {
		return errAgain
	}
	if followed, _ := s.isFollowed(); !followed && info.State.Msgs == 0 && last < info.State.LastSeq && last == view.newest() {
		view.begin(info.State.LastSeq) // what was still to be read has expired
		s.advanced(view)
	}
	first := view.first.Swap(info.State.FirstSeq)
	if info.State.FirstSeq <= max(first, 1) {
		return nil
	}
	gone := view.remember(info.State.FirstSeq - 1)
	if gone.time.IsZero() || gone.explains(evidence{state: info.State, config: info.Config, now: info.TimeStamp}) {
		return nil
	}
	r.info = info
	if err := s.redeclare(ctx, r, gone.contradiction(evidence{state: info.State, config: info.Config, now: info.TimeStamp})); err != nil {
		return err
	}
	return errAgain
}

// await waits until the stream is followed and ok says so, which is asked at every change. It reports false if ctx ended first.
func (s *Stream) await(ctx context.Context, ok func() bool) bool {
	for {
		s.mu.Lock()
		changed, away := s.changed, s.away
		s.mu.Unlock()
		if ctx.Err() != nil {
			return false
		}
		if away == nil && ok() {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-changed:
		}
	}
}

// latestFeedIDs are the ids of the newest event of each feed.
func (s *Stream) latestFeedIDs() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.feedIDs)
}
