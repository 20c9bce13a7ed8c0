package ui

import (
	"fmt"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"livetape/feed"
	"livetape/feed/market"
)

// BenchmarkFrame is one frame at 10,000 events a second: 333 quotes for 200 symbols come in, and the screen of
// 120×40 is drawn.
func BenchmarkFrame(b *testing.B) {
	s := newHarness(func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).resize(120, 40).goLive()
	for i := range 200 {
		s.quote(fullQuote(fmt.Sprintf("SYM%03d", i), fmt.Sprintf("Company number %d", i), "181.46", "181.45", "181.47", "48211900", "180.00"))
	}
	batches := make([][]feed.Event, 8)
	for k := range batches {
		for i := range 333 {
			cents := (i*7 + k*13) % 100
			q := market.Quote{Symbol: fmt.Sprintf("SYM%03d", (i*31+k)%200), Last: decimal(fmt.Sprintf("181.%02d", cents)), Volume: decimal("48211900")}
			batches[k] = append(batches[k], feed.Event{Feed: deskFeed, Message: &feed.Message{Type: "price", Data: []byte(`{"symbol":"SYM001","last":"181.46"}`), ID: "e-1", Updates: []market.Update{q}}})
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.now = s.now.Add(time.Second / 30)
		batch := batches[i%len(batches)]
		for j := range batch {
			batch[j].At = s.now
		}
		s.send(feedBatchMsg{batch, s.now})
		if s.m.View() == "" {
			b.Fatal("nothing drawn")
		}
	}
}

// BenchmarkView is the drawing alone.
func BenchmarkView(b *testing.B) {
	s := newHarness(func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).resize(120, 40).openMarket().trade(3)
	b.ReportAllocs()
	for b.Loop() {
		if s.m.draw() == "" {
			b.Fatal("nothing drawn")
		}
	}
}
