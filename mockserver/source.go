package mockserver

import (
	"context"
	"io"

	"livetape/mockserver/hub"
	"livetape/mockserver/market"
)

// Source makes the events that a [Server] serves: a simulated market, a recording, the feeds of a relay. All methods but Run
// may be called from any goroutine.
type Source interface {
	// Run makes events and publishes them to h, until ctx ends. An error ends the server.
	Run(ctx context.Context, h *hub.Hub) error

	// Ready reports whether there is something to tell a new client.
	Ready() bool

	// EventTypes are those that clients may choose from; nil: nobody knows them.
	EventTypes() []string

	// NewEncoder returns the encoder of a new client's stream, which lasts until ctx ends at the latest. Asked is what the client asked for; only the snapshot is missing
	// in it. The error is [ErrNothingMore], [ErrNotReady], or says why the source cannot be read.
	NewEncoder(ctx context.Context, asked hub.Native) (hub.Encoder, error)

	// WriteMetrics writes what the source counts, in the text format of Prometheus.
	WriteMetrics(w io.Writer)
}

// The rest of Source, besides Run.

func (*simulator) Ready() bool            { return true }
func (*simulator) EventTypes() []string   { return market.EventTypes() }
func (*simulator) WriteMetrics(io.Writer) {}

func (s *simulator) NewEncoder(_ context.Context, asked hub.Native) (hub.Encoder, error) {
	asked.Snapshot = s.snapshot
	return asked.NewEncoder(), nil
}
