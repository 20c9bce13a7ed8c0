package jetstream

import (
	"sync"

	"livetape/mockserver/hub"
)

// Content is what the events of a log add up to: the data of a snapshot. One goroutine at a time calls its methods.
type Content interface {
	// Apply adds an event, which follows the one before.
	Apply(e *hub.Event)

	// AppendSnapshot appends the data of a snapshot event with what f lets through.
	AppendSnapshot(b []byte, f hub.Filter) []byte

	// Restore begins with what AppendSnapshot appended once, for a filter that lets all through.
	Restore(snapshot []byte) error

	// HasContent reports whether a snapshot would tell a client anything.
	HasContent() bool
}

// state is a Content, and up to which event it goes. Its methods may be called from any goroutine.
type state struct {
	mu      sync.Mutex
	content Content
	last    string // id of the newest event in it
}

func (s *Stream) newState() *state { return &state{content: s.config.Content()} }

func (s *state) apply(e *hub.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = e.ID
	s.content.Apply(e)
}

// setLast says that all up to an id is in it, as when its log begins another epoch.
func (s *state) setLast(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = id
}

// snapshot is the data of a snapshot event, and the id of the newest event in it.
func (s *state) snapshot(f hub.Filter) (data []byte, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.content.AppendSnapshot(nil, f), s.last
}

func (s *state) restore(snapshot []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.content.Restore(snapshot)
}

func (s *state) hasContent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.content.HasContent()
}
