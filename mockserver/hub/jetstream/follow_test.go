package jetstream

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"livetape/mockserver/hub"
)

// slowAnswer is a stream that has more when its answer arrives than when it was given.
type slowAnswer struct {
	jetstream.Stream
	info    *jetstream.StreamInfo
	arrives func()
}

func (s slowAnswer) Info(context.Context, ...jetstream.StreamInfoOpt) (*jetstream.StreamInfo, error) {
	s.arrives()
	return s.info, nil
}

func TestAnEventThatOvertakesAnAnswerContradictsNothing(t *testing.T) {
	t.Parallel()
	s := &Stream{config: Config{Stream: "FAST"}.withDefaults(), changed: make(chan struct{})}
	view := &epochLog{stream: s, epoch: "e", created: time.Now()}
	view.begin(7)
	info := &jetstream.StreamInfo{Created: view.created, State: jetstream.StreamState{FirstSeq: 1, LastSeq: 7}}
	info.Config.Metadata = map[string]string{metadataKey: "e"}
	m := message{sequence: 8, time: time.Now(), draft: hub.Draft{Type: "price", Size: 2}, data: []byte("{}")}
	r := &remote{epoch: epochRecord{Epoch: "e", Created: view.created}, stream: slowAnswer{info: info, arrives: func() { view.add(m, view.encode(m)) }}}
	if err := s.inspect(t.Context(), r, view); err != nil {
		t.Errorf("the stream is followed anew: %v", err)
	}
	info.State.LastSeq = 6
	if err := s.inspect(t.Context(), r, view); err == nil {
		t.Error("a stream that went back is followed on")
	}
}

// TestALogWhoseLastEventsExpiredUnreadIsFollowed has a node begin while the only event that is left reaches its age.
func TestALogWhoseLastEventsExpiredUnreadIsFollowed(t *testing.T) {
	t.Parallel()
	s := &Stream{config: Config{Stream: "OLD"}.withDefaults(), changed: make(chan struct{}), away: errors.New("not connected yet"), tail: 5}
	view := &epochLog{stream: s, epoch: "e", created: time.Now()}
	view.begin(4)
	info := &jetstream.StreamInfo{Created: view.created, State: jetstream.StreamState{FirstSeq: 6, LastSeq: 5}}
	info.Config.Metadata = map[string]string{metadataKey: "e"}
	r := &remote{epoch: epochRecord{Epoch: "e", Created: view.created}, stream: slowAnswer{info: info, arrives: func() {}}}
	if err := s.inspect(t.Context(), r, view); err != nil {
		t.Fatal(err)
	}
	if followed, why := s.isFollowed(); !followed || view.newest() != 5 {
		t.Errorf("at event %d of 5, it is not followed: %v", view.newest(), why)
	}
}
