package jetstream

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// witness is what this process knows of the one that publishes, by what it saw itself and by what others say that they saw.
type witness struct {
	mu       sync.Mutex
	revision uint64    // of the lease's record, when it was last looked at; 0: what happened since is not known
	since    time.Time // when it was first seen like that
	epoch    string    // in which a publisher was seen alive, this process or another
	alive    time.Time // when that was
	last     uint64    // sequence of the newest event, as others say
}

// witnessTime is how long ago a process may have seen the publisher alive to take over its epoch. Longer ago, events may have
// come and gone that this process never saw.
const witnessTime = 30 * time.Second

// lookAt takes note of the lease, and says since when it has not been renewed.
func (w *witness) lookAt(record leaseRecord, revision uint64) (since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if w.revision != revision {
		if w.revision != 0 && !record.Clean {
			w.see(record.Epoch, now)
		}
		w.revision, w.since = revision, now
	}
	return w.since
}

// lookAway says that what happens to the lease from now on is not known.
func (w *witness) lookAway() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revision = 0
}

// sawLife says that the publisher is alive.
func (w *witness) sawLife(epoch string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.see(epoch, time.Now())
}

// sawLifeStill says that the publisher of before is alive.
func (w *witness) sawLifeStill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alive = time.Now()
}

func (w *witness) see(epoch string, at time.Time) {
	if w.epoch != epoch {
		w.last = 0
	}
	w.epoch, w.alive = epoch, at
}

// knows reports whether a publisher was seen alive in an epoch, lately.
func (w *witness) knows(epoch string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.epoch == epoch && time.Since(w.alive) < witnessTime
}

// newest is the sequence of the newest event of an epoch, as others say; 0 if they do not.
func (w *witness) newest(epoch string) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.epoch != epoch {
		return 0
	}
	return w.last
}

// testimony is what a process says that saw the publisher alive.
type testimony struct {
	Epoch string        `json:"epoch"`
	Ago   time.Duration `json:"ago"`  // when that was
	Last  uint64        `json:"last"` // sequence of the newest event that it has
}

func (w *witness) testify(epoch string, last uint64) (t testimony, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ago := time.Since(w.alive)
	return testimony{epoch, ago, max(last, w.last)}, w.epoch == epoch && ago < witnessTime
}

func (w *witness) believe(t testimony) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if at := time.Now().Add(-t.Ago); w.epoch != t.Epoch || at.After(w.alive) {
		w.see(t.Epoch, at)
	}
	w.last = max(w.last, t.Last)
}

// witnessSubject is where processes ask who saw the publisher alive.
func (s *Stream) witnessSubject() string { return s.subject() + ".witness" }

// answerWitnesses has this process say what it saw, and hear what others did, until stop.
func (s *Stream) answerWitnesses() (stop func()) {
	asked, err := s.conn.Subscribe(s.witnessSubject(), func(m *nats.Msg) {
		view := s.view.Load()
		t, ok := s.seen.testify(string(m.Data), view.newest())
		if data, err := json.Marshal(t); ok && err == nil && t.Epoch == view.epoch {
			_ = m.Respond(data) // whoever asked asks again
		}
	})
	if err != nil {
		s.config.Logger.Warn("others cannot ask whether the publisher was alive", "error", err)
		return func() {}
	}
	heard, err := s.conn.Subscribe(s.inbox, func(m *nats.Msg) {
		var t testimony
		if json.Unmarshal(m.Data, &t) == nil && t.Ago >= 0 && t.Ago < witnessTime {
			s.seen.believe(t)
		}
	})
	if err != nil {
		s.config.Logger.Warn("others cannot be asked whether the publisher was alive", "error", err)
		return func() { _ = asked.Unsubscribe() }
	}
	return func() {
		_ = asked.Unsubscribe() // the connection is about to end
		_ = heard.Unsubscribe()
	}
}

// askWitnesses asks all processes of the log who saw the publisher alive in an epoch.
func (s *Stream) askWitnesses(epoch string) {
	if err := s.conn.PublishRequest(s.witnessSubject(), s.inbox, []byte(epoch)); err != nil {
		s.config.Logger.Debug("ask who saw the publisher alive", "error", err)
	}
}
