package ui

import (
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

func TestTheTapeIsOneLineWithTheWorstFirst(t *testing.T) {
	t.Parallel()
	now := noon()
	line := NewTapeLine([]Source{{Name: "desk", Symbols: []string{"NVDA", "BTC/USD"}}, {Name: "asia"}, {Name: "broker"}})
	event := func(name string, ev feed.Event) feed.Event {
		ev.Feed, ev.At = name, now
		return ev
	}
	status := func(name string, s feed.State) feed.Event {
		return event(name, feed.Event{Status: &feed.Status{State: s, Since: now}})
	}
	quote := func(name, symbol, last, before string) feed.Event {
		return event(name, feed.Event{Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: symbol, Last: decimal(last), PrevClose: decimal(before)}}}})
	}
	line.Apply([]feed.Event{status("desk", feed.Live), status("asia", feed.Live)}, now)
	if line.IsComplete() {
		t.Error("it is complete before the first price")
	}
	line.Apply([]feed.Event{
		quote("desk", "BTC/USD", "96193.28", "97313"), quote("desk", "NVDA", "181.46", "175.44"), quote("desk", "FLAT", "5", "5"), quote("asia", "7203.T", "3012", "2998"),
		event("desk", feed.Event{Message: &feed.Message{Updates: []market.Update{market.Quote{Symbol: "AMZN", Last: decimal("223.95")}, market.Halt{Symbol: "AMZN", State: market.Halted}}}}),
		status("broker", feed.Failed),
	}, now)
	if !line.IsComplete() {
		t.Error("it is not complete when all is known")
	}
	now = now.Add(4 * time.Minute)
	line.Apply([]feed.Event{status("asia", feed.Silent)}, now)
	for width, want := range map[int]string{
		100: "✕1 ◌1 ●1  NVDA 181.46 ▲3.43%  BTC/USD 96,193.28 ▼1.15%  AMZN 223.95 HALTED  FLAT 5  ‼7203.T 4m",
		60:  "✕1 ◌1 ●1  NVDA 181.46 ▲3.43%  BTC/USD 96,193.28 ▼1.15%",
		30:  "✕1 ◌1 ●1  NVDA 181.46 ▲3.43%",
		8:   "✕1 ◌1 ●1",
		7:   "",
	} {
		if got := line.Text(width); got != want {
			t.Errorf("%d cells: %q, want %q", width, got, want)
		}
	}
}
