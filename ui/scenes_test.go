package ui

import (
	"context"
	"errors"
	"strconv"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

func itoa(n int) string { return strconv.Itoa(n) }

// demo is the configuration of the demo.
func demo(c *Config) {
	c.Banner = "DEMO · simulated prices"
	for _, f := range [][2]string{{"drop", "cut the connection in mid-event"}, {"eof", "end every stream cleanly"}, {"stall", "send nothing more"}, {"503", "refuse new connections with 503"}, {"204", "tell clients to stop"}, {"garbage", "send what no one can decode"}} {
		c.Faults = append(c.Faults, FaultMenuItem{f[0], f[1], func(context.Context) error { return nil }})
	}
}

// scenes are the states of a feed that a screen must tell apart, each played from the start.
func scenes() map[string]func(*stage) {
	return map[string]func(*stage){
		"connecting": func(s *stage) { s.status(feed.Status{State: feed.Connecting}) },
		"live":       func(s *stage) { s.morning().ticks(6) },
		"lull":       func(s *stage) { s.morning().ticks(3).pass(14 * time.Second) },
		"silent": func(s *stage) {
			s.morning().ticks(3).pass(45 * time.Second)
			s.status(feed.Status{State: feed.Silent})
		},
		"retrying": func(s *stage) { s.morning().ticks(3); retrying(s) },
		"hopeless": func(s *stage) { s.status(feed.Status{State: feed.Connecting}); retrying(s) },
		"closed": func(s *stage) {
			s.morning().ticks(3)
			s.status(feed.Status{State: feed.Closed, Cause: "by server (204)"})
			s.pass(72 * time.Second)
		},
		"failed":  failed,
		"resumed": func(s *stage) { s.morning().ticks(3); s.resumed(feed.Gap{Kind: feed.Resumed, Replayed: 31}) },
		"reset":   func(s *stage) { s.morning().ticks(3); s.resumed(feed.Gap{Kind: feed.Reset, Missed: feed.Unknown}) },
		"continued": func(s *stage) {
			s.morning().ticks(3)
			s.resumed(feed.Gap{Kind: feed.Continued, From: "1718200000-42", Missed: feed.Unknown})
		},
		"unreplayed": func(s *stage) { s.morning().ticks(3); s.resumed(feed.Gap{Kind: feed.Unreplayed, Missed: feed.Unknown}) },
		"planned":    planned,
		"paused":     func(s *stage) { s.morning().ticks(2); s.keys("p"); s.ticks(3) },
		"help":       func(s *stage) { s.morning().ticks(3); s.keys("?") },
		"log":        func(s *stage) { s.morning().ticks(3); faulty(s); s.keys("!") },
		"unknown":    unknown,
		"unknownlog": func(s *stage) { unknown(s); s.keys("!") },
		"faults":     func(s *stage) { s.morning().ticks(3); s.keys("F", "down") },
		"halted": func(s *stage) {
			s.morning().ticks(3)
			s.message("status", "{…}", market.Halt{Symbol: "NVDA", State: market.Halted, Reason: "volatility pause"})
			s.message("status", "{…}", market.Halt{Symbol: "ASML", State: market.Closed})
		},
		"detail": func(s *stage) { s.morning().ticks(6); s.keys("enter") },
		"story":  func(s *stage) { s.morning().ticks(6); s.keys("tab", "down", "enter") },
	}
}

func retrying(s *stage) {
	s.pass(1300 * time.Millisecond)
	s.status(feed.Status{State: feed.Waiting, Attempt: 3, Cause: "connection refused", RetryAt: s.now.Add(4 * time.Second)})
	s.pass(1650 * time.Millisecond)
}

func failed(s *stage) {
	s.status(feed.Status{State: feed.Failed, Cause: "401: the token in DESK_TOKEN was refused", Advice: "Check that DESK_TOKEN is set to a token that is valid today, then press r."})
}

// resumed loses the stream and gets it back seven seconds later.
func (s *stage) resumed(g feed.Gap) {
	lost := s.now
	s.status(feed.Status{State: feed.Waiting, Attempt: 1, Cause: "connection reset by the server", RetryAt: s.now.Add(7 * time.Second)})
	s.pass(7200 * time.Millisecond)
	s.live()
	g.Lost, g.Length = lost, s.now.Sub(lost)
	s.gap(g)
	s.quote(stock("AAPL", "", "233.00", "232.99", "233.02", "", ""))
	s.message("news", "{…}", market.Headline{ID: "9", Title: "Apple gains after report on services", Source: "Wire", Symbols: []string{"AAPL"}, Time: s.now})
	s.pass(300 * time.Millisecond)
}

// planned is a server that ends every stream after a while.
func planned(s *stage) {
	s.morning().ticks(3)
	s.status(feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(time.Second)})
	s.pass(time.Second)
	s.status(feed.Status{State: feed.Connecting, Planned: true})
	s.pass(100 * time.Millisecond)
}

// unknown is a live feed that says nothing livetape knows.
func unknown(s *stage) {
	s.live()
	for range 12 {
		s.pass(time.Second)
		s.events(feed.Event{Message: &feed.Message{Type: "message", Data: []byte(`{"value": 42}`), Unmapped: `no rule for event type "message"`}})
	}
}

func faulty(s *stage) {
	s.events(
		feed.Event{Message: &feed.Message{Type: "price", ID: "e1-77", Data: []byte(`{"symbol":"NVDA","last":"1,5"}`), Err: errors.New(`decode price: last: "1,5" is not a number`)}},
		feed.Event{Message: &feed.Message{Type: "weather", Data: []byte("sunny\x1b[31m\nwith \u202e clouds"), Unmapped: `no rule for event type "weather"`}},
	)
}
