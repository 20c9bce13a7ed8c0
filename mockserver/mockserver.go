// Package mockserver is a server of simulated prices and news over Server-Sent Events, for demos and
// for testing clients.
//
// A [Server] owns a seeded market, which [Server.Run] moves on, and a hub that gives every event to
// every client; [Server.Handler] serves them over HTTP. Every event is encoded once, into a ring from
// which clients that lost their connection resume. A client that is slower than the market is
// disconnected with a comment that says so; it never delays another.
//
// [Server.Inject] makes the server misbehave, towards every connection or some of them; [Faults] lists the ways, and
// [ParseFault] reads them from a command line. POST /faults does the same over HTTP. [Server.Listener] lets the
// server refuse connections for a while.
package mockserver

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Config says what a Server is like; a zero field takes its default.
type Config struct {
	Seed      uint64           // of the market; 0 means 1. The same seed makes the same sequence of events
	Rate      float64          // events a second, all symbols together; default 40, at most a million
	Symbols   int              // how many symbols the market has; default 24, at most 10,000
	Ring      int              // events kept for clients that resume; default 16,384
	Queue     int              // events a client may lag behind before it is disconnected; default 4,096
	Heartbeat time.Duration    // silence after which a stream gets a comment; default 15 s
	Retry     time.Duration    // the reconnection time that clients are told; default 1 s
	Epoch     string           // first part of every id; default made from the start time. Changes when the server restarts
	Faults    []Fault          // to begin with; see ParseFault
	Token     string           // that POST /faults asks for; without one, it is for clients on this machine only
	Now       func() time.Time // for the times in payloads, nothing else; default time.Now
}

// Server is the mock server: a simulated market behind an SSE endpoint. Its methods may be called from
// any goroutine.
type Server struct {
	config  Config
	hub     *hub
	faults  *faults
	batches batches

	making sync.Mutex // held while events are made and logged, so that the market agrees with the log
	market *market
	epochs int     // begun since the first
	drafts []draft // scratch of step, as the next
	data   []byte
}

// New returns a server whose market stands still until Run. The error names every setting that cannot be.
func New(c Config) (*Server, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("mock server: %w", err)
	}
	h := newHub(&generation{c.Epoch, newRing(c.Epoch, c.Ring)})
	s := &Server{
		config: c,
		hub:    h,
		faults: newFaults(c.Seed, h.changed.ring),
		market: newMarket(c.Seed, c.Symbols, c.Epoch, c.Now()),
	}
	s.faults.restart = s.restart
	return s, nil
}

// Run makes events until ctx ends, then ends every stream cleanly. It returns when the last stream has
// ended, or after a second: what is left then is stuck in a write, and ends when the HTTP server closes.
// A server runs once.
func (s *Server) Run(ctx context.Context) error {
	if !s.hub.begin() {
		return errRanBefore
	}
	for _, f := range s.config.Faults {
		if err := s.faults.inject(f); err != nil {
			return fmt.Errorf("mock server: %w", err)
		}
	}
	var repeating sync.WaitGroup
	repeating.Go(func() { s.faults.repeat(ctx) })
	s.pace(ctx)
	repeating.Wait()
	s.hub.close(drainTime)
	return nil
}

// drainTime is how long Run waits for streams to end.
const drainTime = time.Second

// Step makes n events at once, without waiting for the rate: for tests and load. They reach the streams
// in batches.
func (s *Server) Step(n int) {
	const batch = 256
	for n > 0 {
		s.step(min(n, batch))
		n -= batch
	}
}

func (s *Server) step(n int) {
	s.making.Lock()
	defer s.making.Unlock()
	now := s.config.Now().Add(s.faults.skew()).UTC()
	s.drafts, s.data = s.drafts[:0], s.data[:0]
	for range n {
		var d draft
		s.data, d = s.market.draft(s.data, s.market.next(now))
		s.drafts = append(s.drafts, d)
	}
	s.hub.publish(s.drafts, s.data)
}

// Snapshot is the truth: the data of the snapshot event that a new client would get now.
func (s *Server) Snapshot() []byte {
	data, _ := s.snapshot(filter{})
	return data
}

// snapshot is what f lets through of the truth, and the id of the newest event that it contains.
func (s *Server) snapshot(f filter) (data []byte, id string) {
	s.making.Lock()
	id, truth := s.hub.log().newest(), s.market.standing(f)
	s.making.Unlock()
	return truth.encode(), id
}

// Newest is the id of the newest event. A client that has seen it has seen everything.
func (s *Server) Newest() string { return s.hub.log().newest() }

// Clients is the number of open streams.
func (s *Server) Clients() int { return s.hub.clients() }

// Handler serves GET /events, GET /healthz and POST /faults, and lists them at /, where browsers get a page.
func (s *Server) Handler() http.Handler { return s.routes() }

// Inject starts a fault, or ends all of them with "clear"; see Faults. A fault that is already on starts
// anew. One that repeats does so while Run runs.
func (s *Server) Inject(f Fault) error { return s.faults.inject(f) }

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	setDefault(&c.Seed, 1)
	setDefault(&c.Rate, 40)
	setDefault(&c.Symbols, len(named))
	setDefault(&c.Ring, 16384)
	setDefault(&c.Queue, 4096)
	setDefault(&c.Heartbeat, 15*time.Second)
	setDefault(&c.Retry, time.Second)
	setDefault(&c.Epoch, strconv.FormatInt(c.Now().UnixMicro(), 36))
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
