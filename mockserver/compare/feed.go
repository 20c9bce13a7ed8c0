package main

import (
	"fmt"
	"time"
)

// measureFeed has subscribers read the same burst, each in a process of its own. They take turns, and the best turn of each
// counts, so that what else the machine does falls out.
func measureFeed(b *bench) error {
	begin := b.machine.now()
	server, url, err := b.startServer("burst", b.burst)
	if err != nil {
		return err
	}
	defer server.end()
	names := []string{livetapeFeed, rawR3labs, goSSE, launchDarkly}
	best := make(map[string]readReport)
	for range b.turns {
		for _, name := range names {
			r, err := b.readOnce(name, url)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			before, ok := best[name]
			if ok {
				r.Took, r.CPU = min(r.Took, before.Took), min(r.CPU, before.CPU)
			}
			best[name] = r
		}
	}
	for _, name := range names {
		r := row{
			What: name + ": HTTP, parse, encoding/json", Unit: "×", Detail: best[name].text(b.burst),
			Value: float64(best[rawR3labs].Took) / float64(best[name].Took),
		}
		switch name {
		case livetapeFeed:
			r.What, r.Limit = name+": HTTP, parse, decode, board; events/s against r3labs/sse", atLeast(1.3)
		case rawR3labs:
			r.What = name + ": HTTP, parse; nothing is decoded"
		}
		b.add(begin, r)
	}
	return nil
}

func (b *bench) readOnce(name, url string) (r readReport, err error) {
	p, err := b.start(roleCommand("read", name, url, b.burst))
	if err != nil {
		return r, err
	}
	defer p.end()
	return r, p.readReport(&r)
}

func (r readReport) text(events int) string {
	each := func(n uint64) float64 { return float64(n) / float64(events) }
	return fmt.Sprintf("%.0f events/s, %.1f CPU µs, %.1f allocations and %.0f B an event",
		float64(events)/r.Took.Seconds(), r.CPU.Seconds()*float64(time.Second/time.Microsecond)/float64(events), each(r.Mallocs), each(r.Size))
}
