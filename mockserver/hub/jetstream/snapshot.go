package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
)

// storedSnapshot is what the events up to a sequence add up to. It is in the object store beside the stream, for processes that
// start when the stream has forgotten its first events.
type storedSnapshot struct {
	Epoch   string            `json:"epoch"`
	Last    uint64            `json:"last"`
	FeedIDs map[string]string `json:"feed_ids"`
	Data    json.RawMessage   `json:"data"` // of a snapshot event
}

const (
	snapshotName  = "snapshot"
	snapshotEvery = 10 * time.Second
)

// storeSnapshots stores one at once, and again and again until ctx ends.
func (s *Stream) storeSnapshots(ctx context.Context) {
	stored := ""
	for ctx.Err() == nil {
		if newest := s.view.Load().Newest(); newest != stored {
			if err := s.storeSnapshot(); err == nil {
				stored = newest
			}
		}
		wait(ctx, snapshotEvery)
	}
}

func (s *Stream) storeSnapshot() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*requestTime)
	defer cancel()
	snapshot, last := s.state.Load().snapshot(hub.Filter{})
	epoch, digits, _ := strings.Cut(last, "-")
	sequence, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return nil // there is nothing yet
	}
	data, err := json.Marshal(storedSnapshot{epoch, sequence, s.latestFeedIDs(), snapshot})
	if err != nil {
		return fmt.Errorf("describe a snapshot: %w", err)
	}
	store, err := s.js.ObjectStore(ctx, s.bucketName())
	if err == nil {
		_, err = store.PutBytes(ctx, snapshotName, data)
	}
	if err != nil {
		s.config.Logger.Warn("a snapshot is not stored", "error", err)
		return fmt.Errorf("store a snapshot: %w", err)
	}
	return nil
}

// restore gives the state to begin with, and the sequence up to which it has all events. Without a snapshot of the epoch that can
// be read, that is nothing, and what the stream has is read.
func (s *Stream) restore(ctx context.Context, r *remote) (*state, uint64, error) {
	data, err := r.store.GetBytes(ctx, snapshotName)
	if err != nil && !errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, 0, fmt.Errorf("read the snapshot: %w", err)
	}
	var stored storedSnapshot
	restored := s.newState()
	if err == nil {
		if err = json.Unmarshal(data, &stored); err == nil {
			err = restored.restore(stored.Data)
		}
		if err != nil {
			s.config.Logger.Warn("not all of the stored snapshot can be read", "error", err)
		}
	}
	if !restored.hasContent() {
		return restored, max(r.info.State.FirstSeq, 1) - 1, nil
	}
	s.mu.Lock()
	for feed, id := range stored.FeedIDs {
		s.feedIDs[feed] = id
	}
	s.mu.Unlock()
	if stored.Epoch != r.epoch.Epoch {
		return restored, r.epoch.After, nil
	}
	return restored, stored.Last, nil
}
