// Package feed keeps subscriptions to event streams alive and says, truthfully, how they are.
//
// [Start] is given one [Config] per feed and returns a running [Set]. Everything that happens
// arrives, in order, on the one channel of [Set.Events]: an [Event] carries either a [Status] (the
// connection changed its state), a [Gap] (it came back, and this is what was missed), a [Message], or a
// [Pulse] (it lives, though there was no message to show for it).
// Nothing is dropped on the way: a slow reader of the channel slows the sockets.
//
// Of a feed, a Status of Live comes before the first message of a connection, the Gap before the first
// message that tells it, and the Status that ends the connection after the last.
package feed

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"

	"livetape/feed/connection"
)

// Config says what one feed is and how to treat it.
type Config = connection.Config

// Formats of a stream, and ways to resume beside a query parameter.
const (
	SSE            = connection.SSE
	NDJSON         = connection.NDJSON
	ResumeByHeader = connection.ResumeByHeader
	ResumeNever    = connection.ResumeNever
)

// Start begins to watch every feed of configs, until ctx ends. It returns an error, and starts nothing,
// when a config is not valid, when it names a ${NAME} that the environment lacks, or when two have the same name.
// The error never holds a secret.
func Start(ctx context.Context, configs ...Config) (*Set, error) {
	return environment{os.LookupEnv, rand.Float64}.start(ctx, configs)
}

// environment is what the feeds take from outside, besides the network and the clock.
type environment struct {
	lookup func(variable string) (string, bool)
	random func() float64 // in [0, 1); called from many goroutines
}

func (e environment) start(ctx context.Context, configs []Config) (*Set, error) {
	set := newSet(ctx, e)
	feeds := make(map[string]*supervisor)
	var errs []error
	for _, c := range configs {
		f, err := set.newSupervisor(c)
		if err == nil && feeds[c.Name] != nil {
			err = errNameTaken(c.Name)
		}
		errs, feeds[c.Name] = append(errs, err), f
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, c := range configs {
		set.members[c.Name] = set.start(feeds[c.Name])
	}
	go set.closeAfter(ctx)
	return set, nil
}

func errNameTaken(name string) error { return fmt.Errorf("feed %s: name: is used twice", name) }
