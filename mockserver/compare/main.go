// Command compare puts the same load on livetape's mock server and on a server made of r3labs/sse's own Server: every
// event of a market goes to every client, over loopback connections, from a server process to this one.
//
//	go run . -clients 1000 -rate 100 -for 10s
//
// It is a module of its own, so that livetape does not depend on what only this needs.
//
// The events are the same in both, the mock server's own. It makes them during the run, while r3labs/sse is given those
// of an earlier run with the current time. Every event says when it was made: the latency is from then until a client has
// read it; what was not read within two seconds of the end is lost. The second half of the run has one more client,
// which never reads, and is not counted. r3labs/sse runs with AutoReplay off: with it, it would keep every
// event.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"
)

type load struct {
	clients int
	rate    float64 // events a second
	lasts   time.Duration
	stalled bool // with one more client, which never reads
}

func main() {
	var l load
	var serve string
	flag.IntVar(&l.clients, "clients", 1000, "clients")
	flag.Float64Var(&l.rate, "rate", 100, "events a second, each of which goes to every client")
	flag.DurationVar(&l.lasts, "for", 10*time.Second, "how long")
	flag.StringVar(&serve, "serve", "", "be the server: livetape or r3labs (for this program itself)")
	flag.BoolVar(&l.stalled, "stalled", false, "the first client never reads (with -serve)")
	flag.Parse()
	err := error(nil)
	if serve != "" {
		err = serveUntilDone(serve, l)
	} else {
		err = compare(os.Stdout, l)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func compare(w io.Writer, l load) error {
	fmt.Fprintf(w, "%d clients, %g events/s, %s\n\n", l.clients, l.rate, l.lasts)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "server\tstalled\tdelivered\tlost\tp50 ms\tp99 ms\tp999 ms\tCPU s\tRSS MiB\t")
	for _, l.stalled = range []bool{false, true} {
		for _, name := range []string{livetapeServer, r3labsServer} {
			r, err := run(name, l)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintf(table, "%s\t%t\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f\t\n", name, l.stalled, r.delivered, r.lost,
				r.latency.P50, r.latency.P99, r.latency.P999, r.cpu.Seconds(), float64(r.resident)/(1<<20))
		}
	}
	return table.Flush()
}
