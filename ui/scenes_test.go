package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
)

func itoa(n int) string { return strconv.Itoa(n) }

// demoConfig is the configuration of the demo.
func demoConfig(c *Config) {
	c.Maps = fakeMaps{}
	c.Banner = "DEMO · simulated prices"
	for _, f := range [][2]string{{"drop", "cut the connection in mid-event"}, {"eof", "end every stream cleanly"}, {"stall", "send nothing more"}, {"503", "refuse new connections with 503"}, {"204", "tell clients to stop"}, {"garbage", "send what no one can decode"}} {
		c.Faults = append(c.Faults, FaultMenuItem{f[0], f[1], func(context.Context) error { return nil }})
	}
}

// scenes are the states of a feed that a screen must tell apart, each played from the start.
func scenes() map[string]func(*harness) {
	return map[string]func(*harness){
		"alerts": func(s *harness) {
			playAlerts(s)
			s.keys("A")
		},
		"alerted": playAlerts,
		"positions": func(s *harness) {
			playPositions(s)
			s.keys("P")
		},
		"connecting": func(s *harness) { s.status(feed.Status{State: feed.Connecting}) },
		"live":       func(s *harness) { s.openMarket().trade(6) },
		"lull":       func(s *harness) { s.openMarket().trade(3).waitFor(14 * time.Second) },
		"silent": func(s *harness) {
			s.openMarket().trade(3).waitFor(45 * time.Second)
			s.status(feed.Status{State: feed.Silent})
		},
		"quiet": func(s *harness) {
			s.openMarket().trade(3)
			s.message("status", "{…}", market.Halt{State: market.Open})
			s.waitFor(14 * time.Second)
			s.status(feed.Status{State: feed.Quiet, LastEvent: s.now.Add(-14 * time.Second), UsualGap: 100 * time.Millisecond})
		},
		"marketclosed": func(s *harness) {
			s.openMarket().trade(3)
			s.message("status", "{…}", market.Halt{State: market.Closed})
			s.waitFor(time.Hour)
			s.receive(feed.Event{Pulse: &feed.Pulse{LastByte: s.now}})
		},
		"sickfeeds": func(s *harness) { s.openMarket().trade(3); playSickFeeds(s) },
		"feedlist":  func(s *harness) { s.openMarket().trade(3); playSickFeeds(s); s.keys("f", "down") },
		"retrying":  func(s *harness) { s.openMarket().trade(3); playRetrying(s) },
		"nofeedlive": func(s *harness) {
			s.m.config.Origin = "~/.config/livetape/livetape.yaml"
			playRetrying(s)
			playSickFeeds(s)
			s.receive(feed.Event{Feed: "wire", Status: &feed.Status{State: feed.Connecting, Since: s.now}})
		},
		"hopeless": func(s *harness) { s.status(feed.Status{State: feed.Connecting}); playRetrying(s) },
		"closed": func(s *harness) {
			s.openMarket().trade(3)
			s.status(feed.Status{State: feed.Closed, Cause: "by server (204)"})
			s.waitFor(72 * time.Second)
		},
		"failed":  playFailed,
		"resumed": func(s *harness) { s.openMarket().trade(3); s.loseAndResume(feed.Gap{Kind: feed.Resumed, Replayed: 31}) },
		"reset": func(s *harness) {
			s.openMarket().trade(3)
			s.loseAndResume(feed.Gap{Kind: feed.NotResumed, Missed: feed.Unknown})
		},
		"unconfirmed": func(s *harness) {
			s.openMarket().trade(3)
			s.loseAndResume(feed.Gap{Kind: feed.Unconfirmed, From: "1718200000-42", Missed: feed.Unknown})
		},
		"unreplayed": func(s *harness) {
			s.openMarket().trade(3)
			s.loseAndResume(feed.Gap{Kind: feed.Unreplayed, Missed: feed.Unknown})
		},
		"planned": playPlannedEnd,
		"rewound": func(s *harness) {
			s.openMarket().trade(25)
			s.keys("left")
			s.trade(3)
		},
		"rewoundfeeds": func(s *harness) {
			s.openMarket().trade(25)
			playSickFeeds(s)
			s.keys("enter", "left")
		},
		"paused":     func(s *harness) { s.openMarket().trade(2); s.keys("p"); s.trade(3) },
		"help":       func(s *harness) { s.openMarket().trade(3); s.keys("?") },
		"log":        func(s *harness) { s.openMarket().trade(3); playDecodeErrors(s); s.keys("!") },
		"unknown":    playUnmapped,
		"unknownlog": func(s *harness) { playUnmapped(s); s.keys("!") },
		"faults":     func(s *harness) { s.openMarket().trade(3); s.keys("F", "down") },
		"halted": func(s *harness) {
			s.openMarket().trade(3)
			s.message("status", "{…}", market.Halt{Symbol: "NVDA", State: market.Halted, Reason: "volatility pause"})
			s.message("status", "{…}", market.Halt{Symbol: "ASML", State: market.Closed})
		},
		"finished": func(s *harness) {
			s.openMarket().trade(3)
			s.status(feed.Status{State: feed.Finished, Cause: "[DONE]"})
			s.waitFor(8 * time.Second)
		},
		"servererror":   playServerError,
		"folded":        func(s *harness) { playFolded(s) },
		"foldeddetail":  func(s *harness) { playFolded(s); s.keys("down", "down", "enter") },
		"foldedlog":     func(s *harness) { playFolded(s); s.keys("!", "c") },
		"foldedfeeds":   func(s *harness) { playFolded(s); s.keys("f", "down") },
		"readings":      func(s *harness) { playReadings(s, 20) },
		"readingdetail": func(s *harness) { playReadings(s, 20); s.keys("down", "enter") },
		"mixed":         func(s *harness) { s.openMarket().trade(3); playReadings(s, 3) },
		"guessed":       func(s *harness) { playGuessed(s) },
		"guesseddetail": func(s *harness) { playGuessed(s); s.keys("enter") },
		"map":           func(s *harness) { playGuessed(s); s.keys("M") },
		"indistinct":    playIndistinct,
		"rawjson":       playRawJSON,
		"rawasked":      func(s *harness) { s.openMarket().trade(2); s.keys("e", "j") },
		"detail":        func(s *harness) { s.openMarket().trade(6); s.keys("enter") },
		"detailfull":    func(s *harness) { s.openMarket().trade(40); openZoomed(s); focusOn(s, focusChart); s.keys("]") },
		"news":          func(s *harness) { s.openMarket().trade(3); s.keys("n", "down", "N", "N", "down") },
		"palette":       func(s *harness) { s.openMarket().trade(3); s.keys(":", "ne") },
		"columns":       func(s *harness) { s.openMarket().trade(3); s.keys("c", "down", " ", "J") },
		"themes":        func(s *harness) { s.openMarket().trade(3); s.keys("T") },
		"filtered":      func(s *harness) { s.openMarket().trade(3); s.keys("s", "/", "chg% > 0 and last < 500", "enter") },
		"filtererror":   func(s *harness) { s.openMarket().trade(3); s.keys("/", "chg% > and vol") },
		"tabs":          playTabs,
		"filteredlog": func(s *harness) {
			s.openMarket().trade(3)
			playDecodeErrors(s)
			s.keys("!", "&", "kind:state,error", "enter")
		},
		"feedconfig": func(s *harness) {
			s.openMarket().trade(3)
			s.m.feeds[0].definition = "url: https://desk.example/events?token=•••\nheaders:\n  Authorization: •••••• ••••••••\nidle_timeout: 20s\nmap:\n  - symbol: sym\n    last: px\n# retry_min: 10 ms\n"
			s.keys("f", "enter")
		},
		"chart": playChart,
		"tape":  playTape,
		"story": func(s *harness) { s.openMarket().trade(6); s.keys("n", "down", "enter") },
	}
}

// openZoomed gives the details the whole screen, however large that is.
func openZoomed(s *harness) {
	if s.keys("enter"); !s.m.zoomed {
		s.keys("z")
	}
}

// playTabs shows the second of two watchlists, of which a row is pinned.
func playTabs(s *harness) {
	s.m.view.lists = []List{{"tech", []string{"NVDA", "MSFT", "AAPL"}}, {"fx + coins", []string{"EURUSD", "BTC-USD", "NOPE"}}}
	s.m = s.m.redefine()
	s.openMarket().trade(3)
	s.keys(" ", "4")
}

func playRetrying(s *harness) {
	s.waitFor(1300 * time.Millisecond)
	s.status(feed.Status{State: feed.Waiting, Attempt: 3, Cause: "connection refused", RetryAt: s.now.Add(4 * time.Second)})
	s.waitFor(1650 * time.Millisecond)
}

// playSickFeeds adds a feed in each bad state.
func playSickFeeds(s *harness) {
	for _, c := range []struct {
		name string
		feed.Status
	}{
		{"asia", feed.Status{State: feed.Quiet, LastEvent: s.now.Add(-252 * time.Second), UsualGap: 800 * time.Millisecond}},
		{"broker", feed.Status{State: feed.Failed, Cause: "401: the token has expired", Advice: "Renew it at /login."}},
		{"pyth", feed.Status{State: feed.Waiting, Attempt: 3, Cause: "503 Service Unavailable", RetryAt: s.now.Add(4200 * time.Millisecond)}},
		{"wire", feed.Status{State: feed.Live}},
	} {
		s.m = s.m.withFeeds(append(s.m.feeds, newFeedHealth(Source{Name: c.name, URL: "https://" + c.name + ".example/"})))
		c.Since = s.now
		s.receive(feed.Event{Feed: c.name, Status: &c.Status})
	}
	s.receive(feed.Event{Feed: "pyth", Gap: &feed.Gap{Kind: feed.Unreplayed, Lost: s.now.Add(-8 * time.Minute), Length: 8 * time.Minute, Missed: feed.Unknown}})
	s.waitFor(time.Second)
}

func playFailed(s *harness) {
	s.status(feed.Status{State: feed.Failed, Cause: "401: the token in DESK_TOKEN was refused", Advice: "Check that DESK_TOKEN is set to a token that is valid today, then press r."})
}

// loseAndResume loses the stream and gets it back seven seconds later.
func (s *harness) loseAndResume(g feed.Gap) {
	lost := s.now
	s.status(feed.Status{State: feed.Waiting, Attempt: 1, Cause: "connection reset by the server", RetryAt: s.now.Add(7 * time.Second)})
	s.waitFor(7200 * time.Millisecond)
	s.goLive()
	g.Lost, g.Length = lost, s.now.Sub(lost)
	s.gap(g)
	s.quote(fullQuote("AAPL", "", "233.00", "232.99", "233.02", "", ""))
	s.message("news", "{…}", market.Headline{ID: "9", Title: "Apple gains after report on services", Source: "Wire", Symbols: []string{"AAPL"}, Time: s.now})
	s.waitFor(300 * time.Millisecond)
}

// playPlannedEnd is a server that ends every stream after a while.
func playPlannedEnd(s *harness) {
	s.openMarket().trade(3)
	s.status(feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(time.Second)})
	s.waitFor(time.Second)
	s.status(feed.Status{State: feed.Connecting, Planned: true})
	s.waitFor(100 * time.Millisecond)
}

// playUnmapped is a live feed that says nothing livetape knows.
func playUnmapped(s *harness) {
	s.goLive()
	for range 12 {
		s.waitFor(time.Second)
		s.receive(feed.Event{Message: &feed.Message{Type: "message", Data: []byte(`{"value": 42}`), Unmapped: `no rule for event type "message"`}})
	}
}

func playDecodeErrors(s *harness) {
	s.receive(
		feed.Event{Message: &feed.Message{Type: "price", ID: "e1-77", Data: []byte(`{"symbol":"NVDA","last":"1,5"}`), Err: errors.New(`decode price: last: "1,5" is not a number`)}},
		feed.Event{Message: &feed.Message{Type: "weather", Data: []byte("sunny\x1b[31m\nwith \u202e clouds"), Unmapped: `no rule for event type "weather"`}},
	)
}

// playReadings is a feed of numbers that are no prices.
func playReadings(s *harness, seconds int) {
	s.goLive()
	for i := range seconds {
		s.waitFor(time.Second)
		s.message("message", `{"temperature":21.5,"humidity":60}`,
			market.Reading{Name: "temperature", Value: decimal(strconv.Itoa(21+i%4) + ".5")},
			market.Reading{Name: "humidity", Value: decimal(strconv.Itoa(60 - i%7))},
			market.Reading{Name: "load kitchen", Value: decimal("0.0" + strconv.Itoa(31+i*i%50))})
	}
}

const foundYAML = `map:
  - kind: quote
    symbol: s
    last: c
    open: o
    high: h
    low: l
    volume: v
`

// playGuessed is a feed whose map was guessed.
func playGuessed(s *harness) {
	s.goLive()
	found := &decode.FoundMap{YAML: foundYAML, Guess: true, Sample: 12, Mapped: 11, Notes: []string{"last: c lies between h and l in every event; p does not", "P, E and T are left out"}}
	for i := range 5 {
		s.waitFor(time.Second)
		s.receive(feed.Event{Message: &feed.Message{Type: "message", Map: found, Updates: []market.Update{
			fullQuote("QRSEUR", "", "41.0"+strconv.Itoa(i), "", "", "900", "40.10"),
			fullQuote("TUVEUR", "", "7.1"+strconv.Itoa(i*2), "", "", "12000", "7.00"),
		}}})
		found = nil
	}
}

// playIndistinct is a feed with two prices on one row.
func playIndistinct(s *harness) {
	s.goLive()
	found := &decode.FoundMap{YAML: "map:\n  - kind: quote\n    last: price\n", Guess: true, Sample: 3, Mapped: 3, Problem: "rows of this feed cannot be told apart: 41.00 and 96193.28 on one row"}
	for range 3 {
		s.waitFor(time.Second)
		s.receive(feed.Event{Message: &feed.Message{Type: "message", Data: []byte(`{"price":41.00}`), Map: found, Unmapped: "rows of this feed cannot be told apart"}})
		found = nil
	}
}

// playServerError is a server that accepts the connection and then reports an error.
func playServerError(s *harness) {
	s.goLive()
	for i := range 14 {
		s.waitFor(time.Second)
		s.receive(feed.Event{Message: &feed.Message{Type: "error", ID: strconv.Itoa(i), Data: []byte(`{"errors":[{"message":"Subscription limit reached","extensions":{"code":"LIMIT"}}]}`), Notice: "Subscription limit reached"}})
	}
	s.keys("!")
}

// playRawJSON is a live feed whose payloads nothing can be made of.
func playRawJSON(s *harness) {
	s.goLive()
	for i := range 9 {
		s.waitFor(1300 * time.Millisecond)
		s.receive(feed.Event{Message: &feed.Message{Type: "update", ID: strconv.Itoa(100 + i), Unmapped: "no member looks like a price, a headline or a reading",
			Data: []byte(`{"id":"5f0c","user":{"name":"Ann","roles":["admin","editor"],"active":true},"tags":["a","b","c"],"message":null,"flags":{"dry":false,"retries":` + strconv.Itoa(i) + `},"path":"/var/spool/jobs/very/long/path/that/goes/on"}`)}})
	}
}

// playChart is a chart with a hole and its cross-hair, of a feed that is down.
func playChart(s *harness) {
	s.openMarket().trade(30)
	s.status(feed.Status{State: feed.Waiting, LastByte: s.now}).waitFor(6 * time.Second)
	s.goLive().trade(12)
	s.keys("enter")
	if s.m.zoomed { // where the details stand beside the prices
		s.keys("z")
	}
	focusOn(s, focusChart)
	s.keys("c", "left", "left", "left")
	s.status(feed.Status{State: feed.Waiting, Attempt: 1, Cause: "connection refused", LastByte: s.now, RetryAt: s.now.Add(9 * time.Second)}).waitFor(3 * time.Second)
}

// playTape is a tape that is held, with a correction and a cancellation.
func playTape(s *harness) {
	s.openMarket()
	for i := range 25 {
		s.waitFor(137 * time.Millisecond)
		q := market.Quote{Symbol: "NVDA", Last: decimal("181.4" + strconv.Itoa(i*i%10)), Size: decimal(strconv.Itoa(1 + i*i*i%997)), Time: s.now}
		switch i {
		case 22:
			q.Report = market.Correction
		case 23:
			q.Report = market.Cancel
		}
		s.quote(q)
	}
	s.keys("t", "j", "j")
}

// playFolded is five feeds of the same symbols: wire is 40 ms behind desk, coins is 30 bp above both, still stands still after
// a while, and asia is lost.
func playFolded(s *harness) {
	var feeds feedList
	for _, name := range []string{deskFeed, "wire", "coins", "still", "asia"} {
		feeds = append(feeds, newFeedHealth(Source{Name: name, URL: "https://" + name + ".example/"}))
	}
	s.m.config.Fold = true
	s.m = s.m.applyFold().withFeeds(feeds)
	for _, h := range feeds {
		s.receive(feed.Event{Feed: h.name, Status: &feed.Status{State: feed.Live, Since: s.now}})
	}
	symbols := []struct {
		symbol, name string
		cents        int
	}{{"NVDA", "NVIDIA Corporation", 18146}, {"AAPL", "Apple Inc.", 23210}, {"MSFT", "Microsoft Corporation", 41502}, {"ONLY", "Of one feed", 1000}}
	s.waitFor(3 * time.Second)
	for second := range 26 {
		for i, of := range symbols {
			cents := of.cents + (second*7+i*3)%41
			s.foldedQuote(deskFeed, of.symbol, of.name, cents, 1)
			if of.symbol == "ONLY" {
				continue
			}
			if second < 12 || i == 2 {
				s.foldedQuote("still", of.symbol, of.name, cents, 3)
			}
			if second < 20 {
				s.foldedQuote("asia", of.symbol, of.name, cents-1, 2)
			}
			s.waitFor(40 * time.Millisecond)
			s.foldedQuote("wire", of.symbol, of.name, cents, 2)
			off := 0
			if i == 0 {
				off = cents * 30 / 10_000
			}
			s.foldedQuote("coins", of.symbol, of.name, cents+off, 2)
		}
		s.waitFor(time.Second - time.Duration(len(symbols)-1)*40*time.Millisecond)
		if second == 20 {
			s.receive(feed.Event{Feed: "asia", Status: &feed.Status{State: feed.Waiting, Since: s.now, Attempt: 3, Cause: "503 Service Unavailable", RetryAt: s.now.Add(9 * time.Second), LastByte: s.now}})
		}
	}
}

// foldedQuote has a feed give a price in cents, between bid and ask.
func (s *harness) foldedQuote(name, symbol, long string, cents, spread int) {
	price := func(cents int) market.Decimal { return decimal(fmt.Sprintf("%d.%02d", cents/100, cents%100)) }
	q := market.Quote{Symbol: symbol, Name: long, Currency: "USD", Last: price(cents), Bid: price(cents - spread), Ask: price(cents + spread), Size: decimal("100"), BidSize: decimal("900"), AskSize: decimal("1300"), PrevClose: price(cents - cents/100), Time: s.now.Add(-12 * time.Millisecond)}
	s.receive(feed.Event{Feed: name, Message: &feed.Message{Type: "price", Data: []byte("{…}"), Updates: []market.Update{q}}})
}
