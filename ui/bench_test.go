package ui

import (
	"fmt"
	"testing"
	"time"

	"github.com/muesli/termenv"

	"livetape/feed"
	"livetape/feed/market"
)

// BenchmarkFrame is one frame: the quotes that have come since the one before are applied, and the screen is drawn.
func BenchmarkFrame(b *testing.B) {
	for _, c := range []struct {
		name                  string
		width, height         int
		symbols, quotes, rate int
	}{
		{"of 333 quotes at 120x40", 120, 40, 200, 333, 30},
		{"of 3 quotes at 120x40", 120, 40, 24, 3, 12},
		{"of 3 quotes at 200x60", 200, 60, 24, 3, 12},
	} {
		b.Run(c.name, func(b *testing.B) {
			benchmarkFrame(b, c.width, c.height, c.symbols, c.quotes, time.Second/time.Duration(c.rate))
		})
	}
}

func benchmarkFrame(b *testing.B, width, height, symbols, quotes int, interval time.Duration) {
	s := newHarness(func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).resize(width, height).goLive()
	for i := range symbols {
		s.quote(fullQuote(fmt.Sprintf("SYM%03d", i), fmt.Sprintf("Company number %d", i), "181.46", "181.45", "181.47", "48211900", "180.00"))
	}
	batches := make([][]feed.Event, 8)
	for k := range batches {
		for i := range quotes {
			cents := (i*7 + k*13) % 100
			q := market.Quote{Symbol: fmt.Sprintf("SYM%03d", (i*31+k)%symbols), Last: decimal(fmt.Sprintf("181.%02d", cents)), Volume: decimal("48211900")}
			batches[k] = append(batches[k], feed.Event{Feed: deskFeed, Message: &feed.Message{Type: "price", Data: []byte(`{"symbol":"SYM001","last":"181.46"}`), ID: "e-1", Updates: []market.Update{q}}})
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.now = s.now.Add(interval)
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

// BenchmarkNews is a frame of a screen with 500 headlines, of which none was read in this run and half were in an earlier one.
func BenchmarkNews(b *testing.B) {
	s := newHarness(func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).resize(200, 60).goLive()
	s.quote(fullQuote("NVDA", "NVIDIA", "181.46", "181.45", "181.47", "48211900", "180.00")) // which has the keyboard
	read := newReadHeadlines()
	for i := range 500 {
		h := market.Headline{ID: fmt.Sprint("n-", i), Title: fmt.Sprintf("Headline number %d of a busy day", i), Symbols: []string{"NVDA"}, Source: "wire"}
		if i%2 == 0 {
			read.keys[storyKey(&market.Story{Headline: h, Feed: deskFeed})] = true
		}
		s.message("news", "{}", h)
	}
	s.m.news.readBefore = read
	b.ReportAllocs()
	for b.Loop() {
		if s.m.draw() == "" {
			b.Fatal("nothing drawn")
		}
	}
}
