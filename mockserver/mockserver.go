// Package mockserver is a server of simulated prices and news over Server-Sent Events, for demos and
// for testing clients.
//
// A [Server] owns a seeded market, which [Server.Run] moves on, and the memory of its stream, from which
// [Server.Handler] serves any number of clients: each event is encoded once, each client reads at its own
// pace, and one that falls too far behind is disconnected and can resume. [Server.Inject] makes the server
// misbehave; a [Fault] says how.
package mockserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Config says what a Server is like; a zero field takes its default.
type Config struct {
	Seed      uint64           // of the market; default 1. The same seed and rate tell the same story
	Rate      float64          // events a second, all symbols together; default 40, at most 1,000,000
	Symbols   int              // how many symbols the market has; default 24, at most 10,000
	Ring      int              // events kept for clients that resume; default 16,384
	Queue     int              // events that a client may lag behind before it is disconnected; default 8,192
	Heartbeat time.Duration    // silence after which a client is sent a comment; default 15 s
	Retry     time.Duration    // the reconnection time that clients are told; default 1 s
	Epoch     string           // first part of every id; default made from the start time. Changes when the server restarts
	Faults    []Fault          // to begin with; see ParseFault
	Now       func() time.Time // the clock of the market; default time.Now
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Seed = orDefault(c.Seed, 1)
	c.Rate = orDefault(c.Rate, 40)
	c.Symbols = orDefault(c.Symbols, len(listings))
	c.Ring = orDefault(c.Ring, 16<<10)
	c.Queue = orDefault(c.Queue, 8<<10)
	c.Heartbeat = orDefault(c.Heartbeat, 15*time.Second)
	c.Retry = orDefault(c.Retry, time.Second)
	c.Epoch = orDefault(c.Epoch, strconv.FormatInt(c.Now().UnixNano(), 36))
	return c
}

func orDefault[T comparable](v, byDefault T) T {
	var zero T
	if v == zero {
		return byDefault
	}
	return v
}

func (c Config) validate() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(c.Rate > 0 && c.Rate <= 1e6, "rate is %g; it must be over 0 and at most 1,000,000 events a second", c.Rate)
	check(c.Symbols > 0 && c.Symbols <= 10_000, "symbols is %d; it must be 1 to 10,000", c.Symbols)
	check(c.Ring > 0, "ring is %d; it must be at least 1", c.Ring)
	check(c.Queue > 0, "queue is %d; it must be at least 1", c.Queue)
	check(c.Heartbeat > 0, "heartbeat is %s; it must be over 0", c.Heartbeat)
	for _, f := range c.Faults {
		faults = append(faults, f.validate())
	}
	return errors.Join(faults...)
}

// Server is the mock server: a simulated market behind an SSE endpoint.
type Server struct {
	config Config
	log    *log
	faults faultLine

	mu      sync.Mutex // of the market, and of the order of its events in the log
	market  *market
	encoded []event // scratch

	clients atomic.Int64
	streams sync.WaitGroup
	gate    sync.RWMutex // held to write by the end: no stream begins behind it
	ending  chan struct{}
	ended   bool
}

// New returns a server whose market stands still until Run.
func New(c Config) (*Server, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("mock server: %w", err)
	}
	s := &Server{
		config: c,
		log:    newLog(c.Epoch, c.Ring),
		market: newMarket(c, c.Now()),
		ending: make(chan struct{}),
	}
	s.faults.wake = s.log.wake
	return s, nil
}

// Run makes events until ctx ends, then ends every stream after a whole event. It returns when the last
// stream has ended. Run it once.
func (s *Server) Run(ctx context.Context) error {
	var faults sync.WaitGroup
	for _, f := range s.config.Faults {
		faults.Go(func() { s.faults.recur(ctx, f) })
	}
	s.pace(ctx)
	faults.Wait()

	s.gate.Lock()
	s.ended = true
	s.gate.Unlock()
	close(s.ending)
	s.awaitStreams()
	return nil
}

// awaitStreams waits until every stream has ended. One whose client does not read is left to the HTTP server
// to close.
func (s *Server) awaitStreams() {
	deadline := time.NewTimer(time.Second)
	defer deadline.Stop()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.streams.Wait()
	}()
	select {
	case <-ended:
	case <-deadline.C:
	}
}

// pace makes events at the rate, in small batches.
func (s *Server) pace(ctx context.Context) {
	const beat = 5 * time.Millisecond
	ticker := time.NewTicker(max(beat, time.Duration(min(float64(time.Hour), float64(time.Second)/s.config.Rate))))
	defer ticker.Stop()
	began, made := time.Now(), 0.0
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			due := now.Sub(began).Seconds()*s.config.Rate - made
			if due < 1 {
				continue
			}
			s.Step(min(int(due), int(s.config.Rate)+1)) // a process that was stopped does not make up for it
			made += float64(int(due))
		}
	}
}

// Step makes n events at once, beside those of Run: for tests and load.
func (s *Server) Step(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.encoded = s.encoded[:0]
	number := s.log.newest()
	for range n {
		number++
		s.encoded = append(s.encoded, encode(s.market.step(s.config.Now()), s.log.id(number)))
	}
	s.log.append(s.encoded)
}

// Newest is the id of the newest event; empty before the first.
func (s *Server) Newest() string {
	if n := s.log.newest(); n > 0 {
		return s.log.id(n)
	}
	return ""
}

// Snapshot is the truth: the data of the snapshot event that a new client would get now.
func (s *Server) Snapshot() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.market.appendSnapshot(nil, filter{})
}

// snapshot is the snapshot that a filter lets through, and the number of the event after which it holds.
func (s *Server) snapshot(f filter) (data []byte, after uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.market.appendSnapshot(nil, f), s.log.newest()
}

// Inject starts a fault, or with the name "clear" ends those that last. Faults lists the names.
func (s *Server) Inject(f Fault) error { return s.faults.inject(f) }

// Handler serves the event stream at /events and the server's health at /healthz.
func (s *Server) Handler() http.Handler { return newHandler(s) }
