package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"livetape/feed"
	"livetape/ui/cli/loadgen"
)

// load is what a server is put under.
type load struct {
	clients int
	rate    float64 // events a second, each of which goes to every client
	lasts   time.Duration
	grace   time.Duration // in which the server goes on sending after its last event
	stalled bool          // with one more client, which never reads
}

type serverResult struct {
	delivered, lost int64
	latency         loadgen.Latency
	cpu             time.Duration
	resident        int64
}

// measureServers puts the same load on livetape's mock server and on one of r3labs/sse's own Server: every event of a market
// goes to every client, over loopback connections, from a server process to this one.
//
// The events are the same in both, the mock server's own. It makes them during the run, while r3labs/sse is given those of
// an earlier run with the current time. Every event says when it was made: the latency is from then until a client has read
// it; what was not read within the grace is lost. r3labs/sse runs with AutoReplay off: with it, it would keep every event.
func measureServers(b *bench) error {
	for _, rate := range b.rates {
		begin := b.machine.now()
		l := load{clients: b.clients, rate: rate, lasts: b.window, grace: b.grace}
		best, err := b.bestOfServers(l)
		if err != nil {
			return err
		}
		b.addServerRows(begin, l, best[livetapeServer], best[r3labsServer])
	}
	begin := b.machine.now()
	l := load{clients: b.clients, rate: b.rates[0], lasts: b.window, grace: b.grace, stalled: true}
	r, err := b.loadServer(livetapeServer, l)
	if err != nil {
		return err
	}
	b.add(begin, row{What: l.name() + ", and one that never reads: p99", Value: r.latency.P99, Unit: "ms", Limit: atMost(25), Verdict: allDelivered(r), Detail: r.text()})
	return nil
}

// bestOfServers is the run of each server that took the least processor time a delivery. The servers take turns.
func (b *bench) bestOfServers(l load) (map[string]serverResult, error) {
	best := make(map[string]serverResult)
	for range min(b.turns, 2) {
		for _, name := range []string{livetapeServer, r3labsServer} {
			r, err := b.loadServer(name, l)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if before, ok := best[name]; !ok || r.cpuPerDelivery() < before.cpuPerDelivery() {
				best[name] = r
			}
		}
	}
	return best, nil
}

func (b *bench) addServerRows(begin moment, l load, ours, theirs serverResult) {
	b.add(begin, row{What: l.name() + ": CPU a delivery, against a server of r3labs/sse", Value: float64(ours.cpuPerDelivery()) / float64(theirs.cpuPerDelivery()), Unit: "×", Limit: atMost(0.8), Detail: ours.text()})
	p99 := row{What: l.name() + ": p99", Value: ours.latency.P99, Unit: "ms", Limit: atMost(25), Verdict: allDelivered(ours)}
	if l.rate*float64(l.clients) > 100_000 {
		p99.Limit = atMost(100)
	}
	b.add(begin, p99)
	b.add(begin, row{What: l.name() + ": deliveries, against a server of r3labs/sse", Value: float64(ours.delivered) / float64(max(theirs.delivered, 1)), Unit: "×", Detail: "r3labs/sse: " + theirs.text()})
}

// allDelivered is the verdict on a server that has lost events; empty for one that has not.
func allDelivered(r serverResult) string {
	if r.lost > 0 {
		return "missed"
	}
	return ""
}

func (l load) name() string { return fmt.Sprintf("%d clients × %g/s", l.clients, l.rate) }

func (r serverResult) cpuPerDelivery() time.Duration {
	return r.cpu / time.Duration(max(r.delivered, 1))
}

func (r serverResult) text() string {
	return fmt.Sprintf("%d delivered, %d lost, p50 %.1f, p99 %.1f ms, %.2f CPU s, %d MiB", r.delivered, r.lost, r.latency.P50, r.latency.P99, r.cpu.Seconds(), r.resident>>20)
}

// loadServer connects the clients, starts the events, and has the clients read until the server says how it was.
func (b *bench) loadServer(name string, l load) (r serverResult, err error) {
	server, url, err := b.startServer("server", name, l.rate, l.lasts, l.grace, l.stalled)
	if err != nil {
		return r, err
	}
	defer server.end()
	if l.stalled {
		conn, err := connectStalled(url)
		if err != nil {
			return r, err
		}
		defer conn.Close()
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var report serverReport
	serve := sync.OnceFunc(func() {
		_, err = fmt.Fprintln(server.in, "go")
		err = errors.Join(err, server.readReport(&report))
		stop()
	})
	plan := loadgen.Plan{Feed: feed.Config{Name: "compare", URL: url}, Clients: l.clients, For: time.Hour}
	read, runErr := loadgen.Run(ctx, plan, func(p loadgen.Progress) {
		if p.Answered == l.clients {
			serve()
		}
	})
	if err = errors.Join(err, runErr); err != nil {
		return r, err
	}
	if read.Latency == nil {
		return r, fmt.Errorf("no latency was measured: %q", read.Notes)
	}
	r = serverResult{delivered: int64(read.Events.Delivered), latency: *read.Latency, cpu: report.CPU, resident: report.Resident}
	r.lost = int64(report.Due)*int64(l.clients) - r.delivered
	return r, nil
}

// connectStalled requests a stream, waits until it begins, and never reads on.
func connectStalled(url string) (net.Conn, error) {
	addr, path, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\nHost: compare\r\nAccept: text/event-stream\r\n\r\n", path)
	if err == nil {
		_, err = io.ReadFull(conn, make([]byte, len("HTTP/1.1 200")))
	}
	return conn, errors.Join(err, conn.(*net.TCPConn).SetReadBuffer(4<<10))
}
