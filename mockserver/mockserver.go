// Package mockserver is a server of prices and news over Server-Sent Events: simulated ones, for demos and for testing
// clients, or those of any other [Source].
//
// A [Server] has a source, which [Server.Run] runs, by default a simulated market with a seed, and a hub that sends every
// event to every client; [Server.Handler] serves them over HTTP. Every event is encoded once, into a ring from which clients that lost their
// connection resume. A client that is slower than the market is disconnected with a comment that says so; it never
// delays another.
//
// An idle client takes about 1 KB beside the 25 KB that net/http takes for a connection with HTTP/1.1 (two goroutines and
// a buffer for each direction): it holds no buffer of its own, and what it asked for is bounded, its id by 1 KiB and
// its query by 32 KiB. To write, it borrows one of a few batches of 256 events. All clients share the ring.
//
// Under /as/ the same market is served in the formats of other services, which package emulate knows, for tests of
// their clients.
//
// [Server.Inject] injects faults that hit every connection or some of them; [fault.List] describes them, and
// [fault.Parse] reads one from a command line. POST /faults does the same over HTTP. With [Server.Listener], the server
// can refuse connections for a while.
//
// A [scenario.Scenario] is what happens in the market instead of its own story: moves, headlines, halts and faults at
// their times, the same bytes in every run.
package mockserver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
	"livetape/mockserver/hub"
)

// Server is a source behind an SSE endpoint. Its methods may be called from any goroutine.
type Server struct {
	config    Config
	source    Source
	simulator *simulator // the source, where it is simulated; else nil
	hub       *hub.Hub
	faults    *fault.Schedule
	metrics   *serverMetrics
	limiter   emulate.Limiter // of the emulated services
	requests  atomic.Uint64   // for a stream
}

// New returns a server whose source stands still until Run. The error names every setting that is not possible.
func New(c Config) (*Server, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("mock server: %w", err)
	}
	s := &Server{config: c, source: c.Source}
	if s.source == nil {
		s.simulator = newSimulator(c)
		s.source = s.simulator
	}
	if c.Share != nil {
		s.source = c.Share(s.source)
	}
	s.metrics = newMetrics(s)
	s.hub = hub.New(hub.Config{
		MaxClients: c.MaxClients, Queue: c.Queue, Logger: c.Logger, Metrics: s.metrics.streams,
	}, c.log())
	hooks := fault.Hooks{Changed: s.hub.Wake, Restart: func() {}, Started: s.logFault}
	if s.simulator != nil && c.Share == nil {
		hooks.Restart = s.simulator.restart
	}
	s.faults = fault.NewSchedule(^c.Seed, hooks)
	if s.simulator != nil {
		s.simulator.hub, s.simulator.faults = s.hub, s.faults
	}
	return s, nil
}

// Run runs the source until ctx ends. Then it ends every stream cleanly, with a reconnection time that differs from client
// to client, so that they do not all come back at once. It returns when the last stream has ended, or after a second:
// what is left then is stuck in a write, and ends when the HTTP server closes. A server runs once.
func (s *Server) Run(ctx context.Context) error {
	if !s.hub.Start() {
		return errors.New("mock server: runs only once")
	}
	log := s.config.Logger
	if s.simulator != nil {
		log.Info("started", "epoch", s.config.Epoch, "seed", s.config.Seed, "rate", s.config.Rate, "symbols", s.config.Symbols)
	} else {
		log.Info("started", "epoch", s.hub.Log().Epoch())
	}
	for _, f := range s.config.Faults {
		if err := s.faults.Inject(f); err != nil {
			return fmt.Errorf("mock server: %w", err)
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var repeating sync.WaitGroup
	repeating.Go(func() { s.faults.Run(ctx) })
	if s.config.Readers != nil {
		repeating.Go(func() { s.config.Readers.Watch(ctx) })
	}
	err := s.source.Run(ctx, s.hub)
	stop()
	repeating.Wait()
	log.Info("draining", "clients", s.hub.Clients())
	s.hub.Close(time.Second)
	log.Info("ended", "clients", s.hub.Clients())
	return err
}

// Step makes n events of a simulated market at once, without waiting for the rate: for tests and load. They reach the streams in batches.
// With a scenario it is n turns of the market, in some of which nothing happens; the scenario's faults are injected
// between them.
func (s *Server) Step(n int) { s.simulator.makeEvents(n) }

// Snapshot is the data of the snapshot event that a new client of a simulated market would get now.
func (s *Server) Snapshot() []byte {
	data, _ := s.simulator.snapshot(hub.Filter{})
	return data
}

// Newest is the id of the newest event. A client that has seen it has seen everything.
func (s *Server) Newest() string { return s.hub.Log().Newest() }

// Clients is the number of open streams.
func (s *Server) Clients() int { return s.hub.Clients() }

// Inject starts a fault, or ends all of them with "clear"; see fault.List. A fault that is already on starts
// again. One that repeats does so while Run runs.
func (s *Server) Inject(f fault.Fault) error { return s.faults.Inject(f) }
