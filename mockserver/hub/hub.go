// Package hub brings the events of one source, such as a simulator, to any number of clients.
//
// The source publishes to a [Hub], whose [Log] gives every event its id, keeps the latest, and encodes each once.
// [Hub.Serve] runs one client's stream over HTTP, in the format of an [Encoder]: [Native] is the mock server's own. A
// client that falls too far behind is disconnected with a message that says so; it never delays another. A
// [fault.Target] decides what goes wrong on the way.
package hub

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// Hub is where the one that makes events and the many that wait for them meet. Its methods may be called from any
// goroutine.
type Hub struct {
	config  Config
	log     atomic.Pointer[Log]
	changed *broadcast
	notice  atomic.Pointer[notice] // nil: there was none
	buffers sync.Pool

	started atomic.Bool
	mu      sync.Mutex
	closed  atomic.Bool // set under mu, read by every stream at every turn
	clients int
	drained chan struct{} // closed when the hub is closed and no client is left
}

// Config says how a Hub treats its clients.
type Config struct {
	MaxClients int
	Queue      int // events that a client may fall behind before it is disconnected
	Logger     *slog.Logger
	Metrics    Metrics
}

// Metrics are counted by the streams.
type Metrics struct {
	Events      map[string]*metrics.Counter // published, by type
	Deliveries  *metrics.Counter            // events sent, each once for every client
	Bytes       *metrics.Counter            // sent in streams, before compression
	SlowClients *metrics.Counter            // disconnected
}

// New returns a Hub that publishes to log.
func New(c Config, log Log) *Hub {
	h := &Hub{config: c, drained: make(chan struct{}), changed: newBroadcast()}
	h.buffers.New = newForwardBuffers
	h.log.Store(&log)
	return h
}

// Log is the log of the current epoch.
func (h *Hub) Log() Log { return *h.log.Load() }

// Replace begins another epoch, with an empty log, and ends the streams of the one before.
func (h *Hub) Replace(log Log) {
	h.log.Store(&log)
	h.Wake()
}

// Publish logs drafts, as Log.Append does, and has every stream send them: at once, or, with 250 clients or more, together
// with what else is published within 5 to 50 ms of the events before.
func (h *Hub) Publish(drafts []Draft, data []byte) {
	h.Log().Append(drafts, data)
	for _, d := range drafts {
		if c := h.config.Metrics.Events[d.Type]; c != nil {
			c.Inc()
		}
	}
	h.Forward()
}

// Forward has every stream send what the log has, in the rounds of Publish: for what was logged elsewhere.
func (h *Hub) Forward() { h.changed.sendAtMostEvery(roundInterval(h.Clients())) }

// notice is an event of this server alone: it is in no log and has no id.
type notice struct {
	event *Event
	last  bool // later clients need not know of it
}

// Notify sends an event that is in no log and has no id to all clients that have not left it out; and, unless it is the last
// on its matter, first to every client that comes before the next one.
func (h *Hub) Notify(eventType string, data []byte, last bool) {
	frame := appendFrame(nil, eventType, "", data)
	h.notice.Store(&notice{&Event{Type: eventType, Symbols: []string{""}, Frame: frame}, last})
	h.Wake()
}

// Wake has every stream look for what there is to do.
func (h *Hub) Wake() { h.changed.send() }

// Start makes the hub ready, and reports false if it was started before.
func (h *Hub) Start() bool { return h.started.CompareAndSwap(false, true) }

// Ready reports whether the hub was started and is not closed.
func (h *Hub) Ready() bool { return h.started.Load() && !h.closed.Load() }

// Why a client is not admitted.
var (
	ErrClosed = errors.New("the server ends")
	ErrFull   = errors.New("the server has as many clients as it may have")
)

// Admit counts a client in. The error is ErrClosed or ErrFull; without one, Release must follow.
func (h *Hub) Admit() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed.Load():
		return ErrClosed
	case h.clients >= h.config.MaxClients:
		return ErrFull
	}
	h.clients++
	return nil
}

// Release counts a client out.
func (h *Hub) Release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients--
	h.signalDrained()
}

func (h *Hub) signalDrained() {
	if h.closed.Load() && h.clients == 0 {
		close(h.drained)
	}
}

// Clients is how many are admitted now.
func (h *Hub) Clients() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clients
}

// Close admits no more clients, ends every stream, and waits until all have ended, but no longer than timeout.
func (h *Hub) Close(timeout time.Duration) {
	h.mu.Lock()
	h.closed.Store(true)
	h.signalDrained()
	h.mu.Unlock()
	h.Wake()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-h.drained:
	case <-timer.C:
	}
}
