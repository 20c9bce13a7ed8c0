// Package mockserver is a server of simulated prices and news over Server-Sent Events, for demos and
// for testing clients.
//
// A [Server] owns a seeded market, which [Server.Run] moves on, and a hub that gives every event to
// every client; [Server.Handler] serves them over HTTP. [Server.Inject] makes it misbehave.
package mockserver

import (
	"context"
	"net/http"
	"time"
)

// Config says what a Server is like; a zero field takes its default.
type Config struct {
	Seed      uint64        // of the market; 0 means 1. The same seed makes the same sequence of events
	Rate      float64       // events a second, all symbols together; default 40
	Symbols   int           // how many symbols the market has; default 24
	Ring      int           // events kept for clients that resume; default 16,384
	Queue     int           // events a client may lag behind before it is disconnected; default 4,096
	Heartbeat time.Duration // default 15 s
	Epoch     string        // first part of every id; default made from the start time. Changes when the server restarts
}

// Server is the mock server: a simulated market behind an SSE endpoint.
type Server struct{}

// New returns a server whose market stands still until Run.
func New(c Config) (*Server, error) { return &Server{}, nil }

// Run makes events until ctx ends, then ends every stream cleanly. It returns when the last stream has ended.
func (s *Server) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Handler serves GET /events and GET /healthz.
func (s *Server) Handler() http.Handler { return http.NotFoundHandler() }

// Step makes n events at once, without waiting for the rate: for tests and load.
func (s *Server) Step(n int) {}

// Snapshot is the truth: the data of the snapshot event that a new client would get now.
func (s *Server) Snapshot() []byte { return nil }

// Inject starts a fault; see Faults.
func (s *Server) Inject(f Fault) error { return nil }

// Fault is one way of misbehaving, by name, for a time.
type Fault struct {
	Name string        // one of Faults
	For  time.Duration // how long, for those that last; 0 means until cleared or a default
}

// FaultInfo describes a fault for help texts and menus.
type FaultInfo struct{ Name, Help string }

// Faults lists the faults that Inject knows.
func Faults() []FaultInfo { return nil }
