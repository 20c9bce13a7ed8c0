// Package loadgen loads a server of Server-Sent Events with many clients, and says what became of every event.
//
// [Run] connects the clients of a [Plan], lets them listen, and returns a [Report]. What is said to be lost, doubled or
// out of order was found by the ids of the events, in one of two ways. A server of livetape's own kind counts its events,
// and begins a stream by saying where it stands: each client is judged by that count alone, and exactly. Ids of
// any other kind are judged against what all clients saw together. Where neither is possible, the report says so
// instead of a number.
package loadgen

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"livetape/feed"
)

// Plan is a load.
type Plan struct {
	Feed      feed.Config   // whom to ask, and how
	Clients   int           // 1 to MostClients
	For       time.Duration // how long to listen once all are connected, or refused
	Ramp      time.Duration // over which the clients come; 0: as fast as the server takes them
	Share     int           // clients that share a connection, where the server speaks HTTP/2; 0 means 1
	Reconnect bool          // clients that lose their stream come back, and resume
}

// MostClients is more than one machine has ports for, towards one address.
const MostClients = 100_000

const (
	atOnce     = 64               // requests that wait for their answer at a time
	answerTime = 10 * time.Second // within which an answer must begin
)

// Progress is how a run stands.
type Progress struct {
	Elapsed   time.Duration
	Settled   int // clients that have their first answer
	Connected int // at this moment
	Events    uint64
}

// run is a plan at work.
type run struct {
	plan     Plan
	began    time.Time
	settled  atomic.Int64
	live     atomic.Int64
	steady   atomic.Bool // all clients are settled: latencies count
	union    *union      // of ids that nobody but their server understands
	filtered bool        // the server leaves events out, as asked
	answers  chan struct{}
	times    [16]histogram
	endings  endings
	clients  []*client
	window   window
}

// window is the time in which all that could be connected was.
type window struct {
	from, to      time.Time
	events, bytes uint64 // before it
}

// Run carries out a plan, and returns when every connection is closed. When ctx ends, it reports on what was until then.
// Every, if not nil, is called each second. The error is one of the plan: nothing was done then.
func Run(ctx context.Context, p Plan, every func(Progress)) (*Report, error) {
	r := &run{plan: p, union: newUnion(), filtered: isFiltered(p.Feed.URL), answers: make(chan struct{}, atOnce)}
	visits, hangUp, err := newVisits(p)
	if err != nil {
		return nil, err
	}
	defer hangUp()
	for i := range p.Clients {
		r.clients = append(r.clients, newClient(r, i, visits[i/max(p.Share, 1)]))
	}
	r.listen(ctx, every)
	return r.report(), nil
}

// newVisits makes as many as there are to be connections. Each has its own, unless the feed has needs that only its own
// transport knows.
func newVisits(p Plan) (visits []*feed.Visit, hangUp func(), err error) {
	var lean []*http.Transport
	hangUp = func() {
		for _, v := range visits {
			v.Close()
		}
		for _, t := range lean {
			t.CloseIdleConnections()
		}
	}
	share := max(p.Share, 1)
	for range (p.Clients + share - 1) / share {
		config := p.Feed
		if config.Proxy == "" && len(config.CAFiles) == 0 && config.Client == nil {
			t := leanTransport()
			lean = append(lean, t)
			config.Client = &http.Client{Transport: t}
		}
		v, err := feed.NewVisit(config)
		if err != nil {
			hangUp()
			return nil, nil, fmt.Errorf("prepare the clients: %w", err)
		}
		visits = append(visits, v)
	}
	return visits, hangUp, nil
}

// leanTransport has small buffers, since there are many.
func leanTransport() *http.Transport {
	return &http.Transport{
		Proxy:              http.ProxyFromEnvironment,
		ForceAttemptHTTP2:  true,
		DisableCompression: true,
		ReadBufferSize:     4 << 10,
		WriteBufferSize:    1 << 10,
		MaxIdleConns:       1,
	}
}

// listen runs the clients until the time is up.
func (r *run) listen(ctx context.Context, every func(Progress)) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r.began = time.Now()
	var clients, others sync.WaitGroup
	settled := make(chan struct{}, r.plan.Clients)
	for _, c := range r.clients {
		clients.Go(func() { c.live(ctx, settled) })
	}
	others.Go(func() { r.watch(ctx, every) })
	r.hold(ctx, settled)
	stop(errTimeUp)
	clients.Wait()
	others.Wait()
}

var errTimeUp = errors.New("the time is up")

// hold waits until all clients are settled, and then for as long as the plan says, if there is anything to listen to.
func (r *run) hold(ctx context.Context, settled <-chan struct{}) {
	for range r.plan.Clients {
		select {
		case <-settled:
		case <-ctx.Done():
			return
		}
	}
	if !r.plan.Reconnect && !r.anyone() {
		return
	}
	r.window.events, r.window.bytes = r.sum()
	r.window.from = time.Now()
	r.steady.Store(true)
	timer := time.NewTimer(r.plan.For)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	r.window.to = time.Now()
	events, bytes := r.sum()
	r.window.events, r.window.bytes = events-r.window.events, bytes-r.window.bytes
}

// anyone reports whether a client was connected. All are settled, and none comes back.
func (r *run) anyone() bool {
	return slices.ContainsFunc(r.clients, func(c *client) bool { return c.connections > 0 })
}

// watch tells every second how it stands.
func (r *run) watch(ctx context.Context, every func(Progress)) {
	if every == nil {
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			events, _ := r.sum()
			every(Progress{time.Since(r.began), int(r.settled.Load()), int(r.live.Load()), events})
		}
	}
}

// sum is what all clients have received so far.
func (r *run) sum() (events, bytes uint64) {
	for _, c := range r.clients {
		events += c.events.Load()
		bytes += c.bytes.Load()
	}
	return events, bytes
}
