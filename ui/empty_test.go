package ui

import (
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

func TestWhatIsEmptySaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		play func(*harness)
		want []string
	}{
		"no feed":  {func(s *harness) { s.m = s.m.withFeeds(nil) }, []string{"no feed: add one to the configuration, under feeds:"}},
		"no event": {func(s *harness) { s.goLive().waitFor(2 * pulseDue) }, []string{"Connected. No event has arrived yet.", "! shows everything that arrives, r reconnects."}},
		"no event of one of two feeds": {func(s *harness) {
			s.m = s.m.withFeeds(append(s.m.feeds, newFeedHealth(Source{Name: "fx"})))
			s.goLive()
			s.receive(feed.Event{Feed: "fx", Status: &feed.Status{State: feed.Failed, Cause: "401", Advice: "Renew it."}})
		}, []string{"fx: No prices: 401.", "Renew it.", "r tries again"}},
		"no event of two feeds that are down": {func(s *harness) {
			s.m = s.m.withFeeds(append(s.m.feeds, newFeedHealth(Source{Name: "fx"})))
			s.status(feed.Status{State: feed.Waiting, Attempt: 3, Cause: "connection refused", RetryAt: s.now.Add(4 * time.Second)})
			s.receive(feed.Event{Feed: "fx", Status: &feed.Status{State: feed.Failed, Cause: "401", Advice: "Renew it."}})
		}, []string{"No prices yet: none of 2 feeds is live.", "fx: 401", "Renew it.", "desk: retry in 4.0 s, try 3: connection refused", "R retries all, f shows each feed."}},
		"no price among events": {func(s *harness) {
			s.goLive()
			s.message("h", "{}", market.Halt{State: market.Open})
			s.keys("e", "e")
		}, []string{"Connected: 1 event received, no price among them yet.", "! shows everything that arrives"}},
		"no raw event": {func(s *harness) { s.goLive().waitFor(2 * pulseDue).keys("e") }, []string{"Raw events 0", "Connected. No event has arrived yet."}},
		"no log":       {func(s *harness) { s.keys("!") }, []string{"Nothing has happened yet."}},
		"no change":    {func(s *harness) { s.keys("!", "c") }, []string{"No change or error yet. c shows the whole log."}},
		"no chart": {func(s *harness) {
			s.goLive().message("h", "{}", market.Halt{Symbol: "A", State: market.Halted})
			s.keys("enter")
		}, []string{"No price has come yet"}},
		"no trade":       {func(s *harness) { s.goLive().quote(market.Quote{Symbol: "A", Bid: decimal("1")}); s.keys("t") }, []string{"No trade of A is kept. A feed that sends"}},
		"no alerts":      {func(s *harness) { s.keys("A") }, []string{"No alerts: "}},
		"no positions":   {func(s *harness) { s.keys("P") }, []string{"No positions: add them to the configuration, under positions:"}},
		"no map":         {func(s *harness) { s.keys("M") }, []string{"no map was found for desk"}},
		"no news at all": {func(s *harness) { s.openMarket().keys("down", "down", "N") }, []string{"No news of MSFT among 3. N shows all."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newHarness().resize(120, 40)
			c.play(s)
			s.m = s.m.layOut()
			s.requireText(t, c.want...)
		})
	}
}
