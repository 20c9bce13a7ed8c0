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
// A [Scenario] is a story that the market tells instead of its own: moves, headlines, halts and faults at their times,
// the same bytes in every run. [Scenarios] are some that come with the server, and [ParseScenario] reads others.
package mockserver

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"livetape/mockserver/emulate"
	"livetape/mockserver/fault"
	"livetape/mockserver/market"
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
	Faults    []fault.Fault    // to begin with; see fault.Parse
	Token     string           // that POST /faults asks for; without one, it is for clients on this machine only
	Now       func() time.Time // for the times in payloads, nothing else; default time.Now
	Scenario  *Scenario        // that the market tells; nil: a story of its own. It has a Rate and Symbols, and with a Start an Epoch

	MaxClients int          // streams at a time; one more is answered 503 with Retry-After; default 20,000, at most a million
	Logger     *slog.Logger // told of clients at level debug, of faults and of the server's own life at info, of slow clients at warn; default none
}

// Server is the mock server: a simulated market behind an SSE endpoint. Its methods may be called from
// any goroutine.
type Server struct {
	config  Config
	hub     *hub
	faults  *fault.Schedule
	batches batches
	meters  *meters
	wheel   *wheel // of heartbeats

	turnstile emulate.Limiter // of the services that it speaks as

	turns sync.Mutex    // held while a scenario's events and faults take turns
	ahead time.Duration // how far the time of a scenario is behind that of its pace

	making sync.Mutex // held while events are made and logged, so that the market agrees with the log
	market *market.Market
	script *script // that the market follows; nil: none
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
	h := newHub(&generation{c.Epoch, newRing(c.Epoch, c.Ring), firstNumber(c.Now())})
	s := &Server{
		config: c,
		hub:    h,
		meters: newMeters(h),
		wheel:  newWheel(c.Heartbeat),
	}
	s.market, s.script = newMarket(c)
	s.faults = fault.NewSchedule(^c.Seed, fault.Hooks{Changed: h.changed.ring, Restart: s.restart, Started: s.noteFault})
	return s, nil
}

// Run makes events until ctx ends, then ends every stream cleanly, with a reconnection time that is another for every
// client: they shall not all come back at once. It returns when the last stream has
// ended, or after a second: what is left then is stuck in a write, and ends when the HTTP server closes.
// A server runs once.
func (s *Server) Run(ctx context.Context) error {
	if !s.hub.begin() {
		return errRanBefore
	}
	log := s.config.Logger
	log.Info("begin", "epoch", s.config.Epoch, "seed", s.config.Seed, "rate", s.config.Rate, "symbols", s.config.Symbols)
	for _, f := range s.config.Faults {
		if err := s.faults.Inject(f); err != nil {
			return fmt.Errorf("mock server: %w", err)
		}
	}
	var repeating sync.WaitGroup
	repeating.Go(func() { s.faults.Run(ctx) })
	s.pace(ctx)
	repeating.Wait()
	log.Info("drain", "clients", s.hub.clients())
	s.hub.close(drainTime)
	log.Info("end", "clients", s.hub.clients())
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
	from := s.script.now()
	for acted := false; turns < n && !acted; turns++ {
		at := s.script.advance(now, skew)
		e := s.market.Next(at, s.script.now())
		if !e.IsZero() {
			var d draft
			s.data, d = appendDraft(s.data, e)
			s.drafts = append(s.drafts, d)
		}
		acted = s.script.hasActed()
	}
	s.hub.publish(s.drafts, s.data)
	s.meters.made(s.drafts)
	return turns, s.script.now() - from, s.script.takeStruck()
}

// payloadTime is what payloads are told that the time is.
func (s *Server) payloadTime() time.Time {
	s.making.Lock()
	defer s.making.Unlock()
	return s.script.time(s.config.Now().UTC(), s.faults.Skew())
}

// Snapshot is the truth: the data of the snapshot event that a new client would get now.
func (s *Server) Snapshot() []byte {
	data, _ := s.snapshot(filter{})
	return data
}

// snapshot is what f lets through of the truth, and the id of the newest event that it contains.
func (s *Server) snapshot(f filter) (data []byte, id string) {
	s.making.Lock()
	id, all := s.hub.log().newest(), s.market.Snapshot(f.passes)
	s.making.Unlock()
	return all.AppendJSON(nil), id
}

// Newest is the id of the newest event. A client that has seen it has seen everything.
func (s *Server) Newest() string { return s.hub.log().newest() }

// Clients is the number of open streams.
func (s *Server) Clients() int { return s.hub.clients() }

// Handler serves GET /events, /healthz, /readyz and /metrics, and POST /faults, and lists them at /, where browsers get
// a page.
func (s *Server) Handler() http.Handler { return s.routes() }

// Inject starts a fault, or ends all of them with "clear"; see fault.List. A fault that is already on starts
// anew. One that repeats does so while Run runs.
func (s *Server) Inject(f fault.Fault) error { return s.faults.Inject(f) }

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	setDefault(&c.Seed, 1)
	if c.Scenario != nil {
		setDefault(&c.Rate, c.Scenario.Rate)
		setDefault(&c.Symbols, c.Scenario.Symbols)
	}
	setDefault(&c.Rate, usualRate)
	setDefault(&c.Symbols, market.UsualSymbols)
	setDefault(&c.Ring, 16384)
	setDefault(&c.Queue, 4096)
	setDefault(&c.MaxClients, 20000)
	setDefault(&c.Heartbeat, 15*time.Second)
	setDefault(&c.Retry, time.Second)
	if c.Scenario != nil && !c.Scenario.Start.IsZero() {
		setDefault(&c.Epoch, c.Scenario.epoch(c))
	}
	setDefault(&c.Epoch, strconv.FormatInt(c.Now().UnixMicro(), 36))
	return c
}

// usualRate is in events a second.
const usualRate = 40

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
