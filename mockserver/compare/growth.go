package main

import (
	"fmt"
	"time"
)

// growthScale says at which points the cost is measured.
type growthScale struct {
	window  time.Duration
	rate    float64 // events a second where that does not vary
	rates   []float64
	symbols []int
	feeds   []int
	columns []int
	clients []int
}

// measureGrowth measures how cost grows with one thing at a time.
func measureGrowth(b *bench) error {
	g := b.growth
	b.window = g.window
	for _, measure := range []func(growthScale) (plot, error){b.growthWithRate, b.growthWithSymbols, b.growthWithFeeds, b.growthWithColumns, b.growthWithClients} {
		p, err := measure(g)
		if err != nil {
			return fmt.Errorf("%s: %w", p.File, err)
		}
		b.results.Plots = append(b.results.Plots, p)
	}
	return nil
}

const coreShare = "processor time, % of a core"

func (b *bench) growthWithRate(g growthScale) (plot, error) {
	p := plot{File: "rate", Title: "livetape watch, 200 symbols, 120×40", X: "events a second", Y: coreShare, Log: true, Lines: []line{{Name: "livetape watch"}, {Name: "r3labs/sse, decoding nothing"}}}
	for _, rate := range g.rates {
		w, err := b.watch(screenSize{120, 40}, rate, 200, 1)
		if err != nil {
			return p, err
		}
		p.add(rate, w.watch, w.raw)
	}
	return p, nil
}

func (b *bench) growthWithSymbols(g growthScale) (plot, error) {
	p := plot{File: "symbols", Title: fmt.Sprintf("livetape watch, %g events/s, 120×40", g.rate), X: "symbols", Y: coreShare, Log: true, Lines: []line{{Name: "livetape watch"}}}
	for _, n := range g.symbols {
		w, err := b.watch(screenSize{120, 40}, g.rate, n, 1)
		if err != nil {
			return p, err
		}
		p.add(float64(n), w.watch)
	}
	return p, nil
}

func (b *bench) growthWithFeeds(g growthScale) (plot, error) {
	p := plot{File: "feeds", Title: fmt.Sprintf("livetape watch, %g events/s of all feeds together, 24 symbols each, 120×40", g.rate), X: "feeds", Y: coreShare, Lines: []line{{Name: "livetape watch"}}}
	for _, n := range g.feeds {
		w, err := b.watch(screenSize{120, 40}, g.rate, 24, n)
		if err != nil {
			return p, err
		}
		p.add(float64(n), w.watch)
	}
	return p, nil
}

func (b *bench) growthWithColumns(g growthScale) (plot, error) {
	p := plot{File: "columns", Title: "livetape watch, 24 symbols, 40 lines", X: "columns of the terminal", Y: coreShare, Lines: []line{{Name: "40 events/s"}, {Name: fmt.Sprintf("%g events/s", g.rate)}}}
	for _, columns := range g.columns {
		few, err := b.watch(screenSize{columns, 40}, 40, 24, 1)
		if err != nil {
			return p, err
		}
		many, err := b.watch(screenSize{columns, 40}, g.rate, 24, 1)
		if err != nil {
			return p, err
		}
		p.add(float64(columns), few.watch, many.watch)
	}
	return p, nil
}

func (b *bench) growthWithClients(g growthScale) (plot, error) {
	p := plot{File: "clients", Title: "the mock server, 100 events/s to each client", X: "clients", Y: "processor time, µs a delivery", Log: true, Lines: []line{{Name: "livetape mock"}, {Name: "a server of r3labs/sse"}}}
	for _, n := range g.clients {
		var cost []float64
		for _, name := range []string{livetapeServer, r3labsServer} {
			r, err := b.loadServer(name, load{clients: n, rate: 100, lasts: g.window, grace: b.grace})
			if err != nil {
				return p, fmt.Errorf("%s: %w", name, err)
			}
			cost = append(cost, float64(r.cpuPerDelivery().Nanoseconds())/1000)
		}
		p.add(float64(n), cost...)
	}
	return p, nil
}
