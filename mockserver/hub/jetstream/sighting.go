package jetstream

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// sighting is what this process knows of the one that publishes, by what it saw itself and by what others say that they saw.
type sighting struct {
	mu       sync.Mutex
	revision uint64    // of the lease's record, when it was last looked at; 0: what happened since is not known
	since    time.Time // when it was first seen like that
	epoch    string    // in which a publisher was seen alive, this process or another
	alive    time.Time // when that was
	last     uint64    // sequence of the newest event, as others say
	asked    string    // the epoch that others were asked about last
}

// sightingTime is how long ago a process may have seen the publisher alive to take over its epoch. Longer ago, events may have
// come and gone that this process never saw.
const sightingTime = 30 * time.Second

// noteLease takes note of the lease, and says since when it has not been renewed.
func (w *sighting) noteLease(record leaseRecord, revision uint64) (since time.Time) {
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

// forgetLease says that what happens to the lease from now on is not known.
func (w *sighting) forgetLease() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revision = 0
}

// sawPublisher says that the publisher is alive.
func (w *sighting) sawPublisher(epoch string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.see(epoch, time.Now())
}

// sawPublisherStill says that the publisher of before is alive.
func (w *sighting) sawPublisherStill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alive = time.Now()
}

func (w *sighting) see(epoch string, at time.Time) {
	if w.epoch != epoch {
		w.last = 0
	}
	w.epoch, w.alive = epoch, at
}

// knows reports whether a publisher was seen alive in an epoch, lately.
func (w *sighting) knows(epoch string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.epoch == epoch && time.Since(w.alive) < sightingTime
}

// newest is the sequence of the newest event of an epoch, as others say; 0 if they do not.
func (w *sighting) newest(epoch string) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.epoch != epoch {
		return 0
	}
	return w.last
}

// sightingReport is what a process says that saw the publisher alive.
type sightingReport struct {
	Epoch string        `json:"epoch"`
	Ago   time.Duration `json:"ago"`  // when that was
	Last  uint64        `json:"last"` // sequence of the newest event that it has
}

func (w *sighting) report(epoch string, last uint64) (t sightingReport, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ago := time.Since(w.alive)
	return sightingReport{epoch, ago, max(last, w.last)}, w.epoch == epoch && ago < sightingTime
}

func (w *sighting) accept(t sightingReport) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t.Epoch != w.asked {
		return // a late answer
	}
	if at := time.Now().Add(-t.Ago); w.epoch != t.Epoch || at.After(w.alive) {
		w.see(t.Epoch, at)
	}
	w.last = max(w.last, t.Last)
}

// ask notes that others are asked about an epoch.
func (w *sighting) ask(epoch string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = epoch
}

// sightingSubject is where processes ask who saw the publisher alive.
func (s *Stream) sightingSubject() string { return s.subject() + ".seen" }

// answerAboutSightings has this process say what it saw, and hear what others did, until stop.
func (s *Stream) answerAboutSightings() (stop func()) {
	asked, err := s.conn.Subscribe(s.sightingSubject(), func(m *nats.Msg) {
		view := s.view.Load()
		t, ok := s.seen.report(string(m.Data), view.newest())
		if data, err := json.Marshal(t); ok && err == nil && t.Epoch == view.epoch {
			_ = m.Respond(data) // whoever asked asks again
		}
	})
	if err != nil {
		s.config.Logger.Warn("others cannot ask whether the publisher was alive", "error", err)
		return func() {}
	}
	heard, err := s.conn.Subscribe(s.inbox, func(m *nats.Msg) {
		var t sightingReport
		if json.Unmarshal(m.Data, &t) == nil && t.Ago >= 0 && t.Ago < sightingTime {
			s.seen.accept(t)
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

// askForSightings asks all processes of the log who saw the publisher alive in an epoch.
func (s *Stream) askForSightings(epoch string) {
	s.seen.ask(epoch)
	if err := s.conn.PublishRequest(s.sightingSubject(), s.inbox, []byte(epoch)); err != nil {
		s.config.Logger.Debug("ask who saw the publisher alive", "error", err)
	}
}
