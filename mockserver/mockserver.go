// Package mockserver is a server of simulated prices and news over Server-Sent Events, for demos and
// for testing clients.
//
// A [Server] owns a seeded market, which [Server.Run] moves on, and a hub that gives every event to
// every client; [Server.Handler] serves them over HTTP. Every event is encoded once, into a ring from
// which clients that lost their connection resume. A client that is slower than the market is
// disconnected with a comment that says so; it never delays another.
//
// An idle client takes about 1 KB beside the 25 KB that net/http takes for a connection with HTTP/1.1 (two goroutines and
// a buffer for each direction): it holds no buffer of its own, and what it asked for is bounded, its id with 1 KiB and
// its query with 32 KiB. To write, it borrows one of a few batches of 256 events. The ring is one for all.
//
// Under /as/ the same market is told in the words of other services, which package emulate speaks, for tests of their
// clients.
//
// [Server.Inject] makes the server misbehave, towards every connection or some of them; [fault.List] describes the ways, and
// [fault.Parse] reads them from a command line. POST /faults does the same over HTTP. [Server.Listener] lets the
// server refuse connections for a while.
//
// A [scenario.Scenario] is what happens in the market instead of its own story: moves, headlines, halts and faults at
// their times, the same bytes in every run.
package mockserver

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
	"livetape/mockserver/market"
	"livetape/mockserver/scenario"
)

// Server is the mock server: a simulated market behind an SSE endpoint. Its methods may be called from
// any goroutine.
type Server struct {
	config   Config
	hub      *hub.Hub
	faults   *fault.Schedule
	metrics  *serverMetrics
	limiter  emulate.Limiter // of the emulated services
	requests atomic.Uint64   // for a stream

	turns sync.Mutex // held while a scenario's events and faults take turns

	making sync.Mutex // held while events are made and logged, so that the market agrees with the log
	player *scenario.Player
	epochs int         // begun since the first
	drafts []hub.Draft // scratch of step, as the next
	data   []byte
}

// New returns a server whose market stands still until Run. The error names every setting that cannot be.
func New(c Config) (*Server, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("mock server: %w", err)
	}
	s := &Server{config: c}
	s.metrics = newMetrics(s)
	s.hub = hub.New(hub.Config{
		MaxClients: c.MaxClients, Queue: c.Queue, Logger: c.Logger, Metrics: s.metrics.streams,
	}, hub.NewRing(c.Epoch, c.Ring, emulate.FirstNumber(c.Now())))
	s.player = scenario.NewPlayer(c.Scenario, market.Config{Seed: c.Seed, Symbols: c.Symbols, Epoch: c.Epoch, Now: c.Now().UTC()}, c.Rate)
	s.faults = fault.NewSchedule(^c.Seed, fault.Hooks{Changed: s.hub.Wake, Restart: s.restart, Started: s.noteFault})
	return s, nil
}

// Run makes events until ctx ends, then ends every stream cleanly, with a reconnection time that is another for every
// client: they shall not all come back at once. It returns when the last stream has
// ended, or after a second: what is left then is stuck in a write, and ends when the HTTP server closes.
// A server runs once.
func (s *Server) Run(ctx context.Context) error {
	if !s.hub.Start() {
		return errRanBefore
	}
	log := s.config.Logger
	log.Info("started", "epoch", s.config.Epoch, "seed", s.config.Seed, "rate", s.config.Rate, "symbols", s.config.Symbols)
	for _, f := range s.config.Faults {
		if err := s.faults.Inject(f); err != nil {
			return fmt.Errorf("mock server: %w", err)
		}
	}
	var repeating sync.WaitGroup
	repeating.Go(func() { s.faults.Run(ctx) })
	s.pace(ctx)
	repeating.Wait()
	log.Info("draining", "clients", s.hub.Clients())
	s.hub.Close(drainTime)
	log.Info("ended", "clients", s.hub.Clients())
	return nil
}

// drainTime is how long Run waits for streams to end.
const drainTime = time.Second

// Step makes n events at once, without waiting for the rate: for tests and load. They reach the streams
// in batches. With a scenario it goes on by so many turns of the market, in some of which nothing happens, and faults
// strike in between.
func (s *Server) Step(n int) {
	s.turns.Lock()
	defer s.turns.Unlock()
	for n > 0 {
		made, _ := s.advance(min(n, madeAtOnce))
		n -= made
	}
}

// madeAtOnce is how many events are made at a time.
const madeAtOnce = 256

// advance makes up to n events, until a scenario does something, and has its faults strike behind them. It says how
// many turns of the market that were, and how long by the scenario's time.
func (s *Server) advance(n int) (turns int, took time.Duration) {
	turns, took, struck := s.step(n)
	for _, f := range struck {
		_ = s.faults.Inject(f) // it was checked with the scenario
	}
	return turns, took
}

func (s *Server) step(n int) (turns int, took time.Duration, struck []fault.Fault) {
	s.making.Lock()
	defer s.making.Unlock()
	now, skew := s.config.Now().UTC(), s.faults.Skew()
	s.drafts, s.data = s.drafts[:0], s.data[:0]
	quotes := make([]market.Quote, 0, n) // payloads, which live as long as the log keeps them
	from, acted := s.player.Clock(), false
	for ; turns < n && !acted; turns++ {
		var e market.Event
		if e, acted = s.player.Next(now, skew); !e.IsZero() {
			quotes = s.draft(e, quotes)
		}
	}
	s.hub.Publish(s.drafts, s.data)
	s.metrics.published(s.drafts)
	return turns, s.player.Clock() - from, s.player.TakeFaults()
}

// draft adds e to the drafts. A quote, which the market changes again, is copied to the end of quotes.
func (s *Server) draft(e market.Event, quotes []market.Quote) []market.Quote {
	d, size := hub.Draft{Type: e.Type(), Symbols: e.Symbols()}, len(s.data)
	s.data = e.AppendJSON(s.data)
	d.Size = len(s.data) - size
	switch {
	case e.Quote != nil:
		quotes = append(quotes, *e.Quote)
		d.Payload = &quotes[len(quotes)-1]
	case e.News != nil:
		d.Payload = e.News
	}
	s.drafts = append(s.drafts, d)
	return quotes
}

// payloadTime is what payloads are told that the time is.
func (s *Server) payloadTime() time.Time {
	s.making.Lock()
	defer s.making.Unlock()
	return s.player.Time(s.config.Now().UTC(), s.faults.Skew())
}

// Newest is the id of the newest event. A client that has seen it has seen everything.
func (s *Server) Newest() string { return s.hub.Log().Newest() }

// Clients is the number of open streams.
func (s *Server) Clients() int { return s.hub.Clients() }

// Handler serves GET /events, /healthz, /readyz and /metrics, and POST /faults, and lists them at /, where browsers get
// a page.
func (s *Server) Handler() http.Handler { return s.routes() }

// Inject starts a fault, or ends all of them with "clear"; see fault.List. A fault that is already on starts
// anew. One that repeats does so while Run runs.
func (s *Server) Inject(f fault.Fault) error { return s.faults.Inject(f) }
