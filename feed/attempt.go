package feed

import (
	"context"
	"sync"
	"time"

	"livetape/feed/connection"
	"livetape/feed/stream"
)

// attempt is one connection of a feed: what is read of it is queued for delivery. It implements [connection.Listener].
type attempt struct {
	endpoint *connection.Endpoint
	liveness *liveness
	delivery *delivery
	resumeID string // the last event id to send; empty for none

	opened   chan struct{}      // asks the supervisor to say Live
	proceed  chan struct{}      // lets the reader go on; holds one, so that the supervisor never waits
	arrivals chan []queuedEvent // from the reading goroutine to the decoding one
	missed   bool               // an event that was read is not delivered, since the connection was dropped: nothing follows

	answer connection.Answer // set before opened is sent
}

// decodeAhead is how many times the events that came together may be read before they are decoded, so that a burst is read
// and decoded at the same time.
const decodeAhead = 4

func newAttempt(e *connection.Endpoint, l *liveness, d *delivery, resumeID string) *attempt {
	return &attempt{
		endpoint: e, liveness: l, delivery: d, resumeID: resumeID,
		opened: make(chan struct{}), proceed: make(chan struct{}, 1), arrivals: make(chan []queuedEvent, decodeAhead),
	}
}

// run connects and delivers every event until the stream or ctx ends, and says how it ended. When it
// returns, nothing of it is left running.
func (a *attempt) run(ctx context.Context) connection.Outcome {
	ctx, drop := context.WithCancel(ctx)
	defer drop()
	var delivering sync.WaitGroup
	delivering.Go(func() { a.delivery.deliverAll(ctx, a.arrivals, drop) })
	o := a.endpoint.Subscribe(ctx, a.resumeID, a.delivery.lastID, a)
	close(a.arrivals)
	delivering.Wait()
	if !o.Streamed || a.missed || a.delivery.stopped { // behind what was delivered, never behind what was only read
		o.LastEventID = a.delivery.lastID
	}
	return a.delivery.outcome(o)
}

func (a *attempt) Waiting() { a.liveness.beginWait(wallClock()) }

// Received implements [connection.Listener]. A silent connection is declared live again before any byte passes.
func (a *attempt) Received(ctx context.Context, bytes bool) error {
	if silent := a.liveness.endWait(wallClock(), bytes); silent && bytes {
		return a.awaitLive(ctx)
	}
	return nil
}

func (a *attempt) Opened(ctx context.Context, answer connection.Answer) error {
	a.answer = answer
	if err := a.awaitLive(ctx); err != nil {
		return err
	}
	a.delivery.streamOpened(ctx, answer.Header, wallClock())
	return nil
}

// awaitLive waits until the supervisor has told that the stream is live.
func (a *attempt) awaitLive(ctx context.Context) error {
	select {
	case a.opened <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-a.proceed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *attempt) Retry(d time.Duration) { a.liveness.setRetry(d) }

func (a *attempt) Events(ctx context.Context, events []stream.Event) {
	if !a.missed {
		a.missed = !a.delivery.queue(ctx, a.arrivals, events)
	}
}
