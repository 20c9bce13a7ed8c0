// Package loadgen loads a server of Server-Sent Events with many clients, and reports what became of every event.
//
// [Run] connects the clients of a [Plan], lets them listen, and returns a [Report]. Which events were lost, duplicated or
// out of order is found by their ids, in one of two ways. A livetape server numbers its events, and begins a stream by
// saying where it stands: each client is judged by these numbers alone, and exactly. Ids of any other kind are judged
// by what all clients saw together. Where neither is possible, the report says so instead of giving a number.
package loadgen

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"livetape/feed"
	"livetape/feed/connection"
)

// Plan says what load to make.
type Plan struct {
	Feed      feed.Config   // the server, and how to connect to it
	Clients   int           // 1 to MaxClients
	For       time.Duration // how long to listen once every client is connected, or refused
	Ramp      time.Duration // time over which the clients connect; 0: as fast as the server accepts them
	Share     int           // clients that share a connection, where the server speaks HTTP/2; 0 means 1
	Reconnect bool          // clients that lose their stream reconnect, and resume
}

// MaxClients is more than the ports that one machine has towards one address.
const MaxClients = 100_000

const (
	maxPending    = 64               // requests that wait for their response at a time
	answerTimeout = 10 * time.Second // within which a response must begin; a feed may have its own
)

// Progress is how far a run has come.
type Progress struct {
	Elapsed   time.Duration
	Answered  int // clients that have had their first response
	Connected int // at this moment
	Events    uint64
}

type loadTest struct {
	plan       Plan
	started    time.Time
	answered   atomic.Int64
	connected  atomic.Int64
	steady     atomic.Bool // every client has had its first response: latencies count
	comparison *comparison
	filtered   bool          // the server leaves events out, as asked
	pending    chan struct{} // one for each request without a response
	latencies  [16]histogram // several, so that clients do not wait for each other
	refusals   failureCauses
	drops      failureCauses // of streams, before the time was up
	clients    []*client
	period     fullLoadPeriod
}

// fullLoadPeriod is the time in which every client that could be connected was.
type fullLoadPeriod struct {
	from, to      time.Time
	events, bytes uint64 // received in it
}

// Run carries out a plan, and returns when every connection is closed. When ctx ends, it reports on the time until then.
// onProgress, if not nil, is called each second. An error means that the plan is wrong: then nothing was done.
func Run(ctx context.Context, p Plan, onProgress func(Progress)) (*Report, error) {
	p.Share = max(p.Share, 1)
	r := &loadTest{plan: p, comparison: newComparison(), filtered: isFiltered(p.Feed.URL), pending: make(chan struct{}, maxPending)}
	endpoints, closeAll, err := newEndpoints(p)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	for i := range p.Clients {
		r.clients = append(r.clients, newClient(r, i, endpoints[i/p.Share]))
	}
	r.listen(ctx, onProgress)
	return r.report(), nil
}

// newEndpoints prepares as many connections as the plan needs. Each has a transport of its own, unless the feed's
// configuration needs one that only package feed can make.
func newEndpoints(p Plan) (endpoints []*connection.Endpoint, closeAll func(), err error) {
	var transports []*http.Transport
	closeAll = func() {
		for _, e := range endpoints {
			e.CloseConnections()
		}
		for _, t := range transports {
			t.CloseIdleConnections()
		}
	}
	for range (p.Clients + p.Share - 1) / p.Share {
		config := p.Feed
		if config.Proxy == "" && len(config.CAFiles) == 0 && config.CertFile == "" && config.Client == nil {
			t := smallTransport()
			transports = append(transports, t)
			config.Client = &http.Client{Transport: t}
		}
		e, err := config.Endpoint(os.LookupEnv)
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("prepare the clients: %w", err)
		}
		endpoints = append(endpoints, e)
	}
	return endpoints, closeAll, nil
}

// smallTransport has small buffers, since there are many transports.
func smallTransport() *http.Transport {
	return &http.Transport{
		Proxy:              http.ProxyFromEnvironment,
		ForceAttemptHTTP2:  true,
		DisableCompression: true,
		ReadBufferSize:     4 << 10,
		WriteBufferSize:    1 << 10,
		MaxIdleConns:       1,
	}
}

func (r *loadTest) listen(ctx context.Context, onProgress func(Progress)) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r.started = time.Now()
	var running sync.WaitGroup
	answered := make(chan struct{}, r.plan.Clients)
	for _, c := range r.clients {
		running.Go(func() { c.listenUntilDone(ctx, answered) })
	}
	running.Go(func() { r.reportProgress(ctx, onProgress) })
	r.measurePeriod(ctx, answered)
	stop()
	running.Wait()
}

// measurePeriod waits until every client has had its first response, and then for as long as the plan says, if there
// is anything to listen to.
func (r *loadTest) measurePeriod(ctx context.Context, answered <-chan struct{}) {
	for range r.plan.Clients {
		select {
		case <-answered:
		case <-ctx.Done():
			return
		}
	}
	wasConnected := func(c *client) bool { return c.connections > 0 }
	if !r.plan.Reconnect && !slices.ContainsFunc(r.clients, wasConnected) {
		return
	}
	eventsBefore, bytesBefore := r.totals()
	r.period.from = time.Now()
	r.steady.Store(true)
	timer := time.NewTimer(r.plan.For)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	r.period.to = time.Now()
	events, bytes := r.totals()
	r.period.events, r.period.bytes = events-eventsBefore, bytes-bytesBefore
}

func (r *loadTest) reportProgress(ctx context.Context, onProgress func(Progress)) {
	if onProgress == nil {
		return
	}
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			events, _ := r.totals()
			onProgress(Progress{time.Since(r.started), int(r.answered.Load()), int(r.connected.Load()), events})
		}
	}
}

func (r *loadTest) totals() (events, bytes uint64) {
	for _, c := range r.clients {
		events += c.events.Load()
		bytes += c.bytes.Load()
	}
	return events, bytes
}
