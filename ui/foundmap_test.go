package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
)

// fakeMaps proposes and writes maps without doing anything.
type fakeMaps struct{}

func (fakeMaps) Propose(feed string, events []decode.Event) (string, error) {
	if len(events) == 0 {
		return "", errors.New("no events")
	}
	return "map:\n  - kind: reading\n    values: value # " + string(events[0].Data) + "\n", nil
}

func (fakeMaps) Write(feed, yaml string) (string, error) { return feed + ".map.yaml", nil }

// mapMessage is a message with a price, read by a map that it brings along.
func mapMessage(found decode.FoundMap, symbol string) feed.Event {
	return feed.Event{Message: &feed.Message{Type: "message", Data: []byte(`{"s":"` + symbol + `"}`), Map: &found, Updates: []market.Update{market.Quote{Symbol: symbol, Last: decimal("41.00")}}}}
}

func TestAGuessIsMarkedUntilTheUserConfirmsIt(t *testing.T) {
	t.Parallel()
	guess := decode.FoundMap{YAML: foundYAML, Guess: true, Sample: 12, Mapped: 11}
	s := newHarness(demoConfig).resize(100, 30).goLive().receive(mapMessage(guess, "QRS"))
	isMarked := func() bool {
		return strings.Contains(s.screen(), "~ guessed map") && strings.Contains(s.screen(), "▌~QRS")
	}
	if !isMarked() {
		t.Fatalf("no mark in\n%s", s.screen())
	}
	s.keys("M")
	if view := s.screen(); !strings.Contains(view, "Map of desk") || !strings.Contains(view, "symbol: s") {
		t.Fatalf("no map in\n%s", view)
	}
	s.keys("esc")
	if !isMarked() {
		t.Error("closing the map confirms it")
	}
	s.keys("M", "enter")
	if strings.Contains(s.screen(), "~") {
		t.Errorf("the mark stays after enter:\n%s", s.screen())
	}
	s.receive(mapMessage(guess, "QRS"))
	if isMarked() {
		t.Error("the same map is a guess again")
	}
	guess.YAML += "    bid: b\n"
	if s.receive(mapMessage(guess, "QRS")); !isMarked() {
		t.Errorf("another map is not a guess:\n%s", s.screen())
	}
}

func TestRowsThatAnotherMapReadAreDropped(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(100, 30).goLive().receive(mapMessage(decode.FoundMap{YAML: "map: [a]"}, "WRONG"), mapMessage(decode.FoundMap{YAML: "map: [b]"}, "RIGHT"))
	if view := s.screen(); strings.Contains(view, "WRONG") || !strings.Contains(view, "RIGHT") {
		t.Errorf("rows of the old map:\n%s", view)
	}
	s.receive(feed.Event{Message: &feed.Message{Data: []byte("{}"), Map: &decode.FoundMap{YAML: "map: [b]", Problem: "rows of this feed cannot be told apart"}, Updates: []market.Update{market.Quote{Symbol: "ONE", Last: decimal("41.00")}}}})
	if view := s.screen(); strings.Contains(view, "41.00") || !strings.Contains(view, "cannot be told apart") || !strings.Contains(view, "M shows the map, w writes it") {
		t.Errorf("a price that may be wrong, or no reason:\n%s", view)
	}
}

func TestAMapIsWrittenOrProposedAndTheOutcomeTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		play       func(*harness)
		keys       []string
	}{
		{"found", "map of desk written to desk.map.yaml", playGuessed, []string{"w"}},
		{"proposed", "This is a map to complete", playUnmapped, []string{"M"}},
		{"proposed where that of the feed reads nothing", "This is a map to complete", playUnreadable, []string{"M"}},
		{"proposed and written", "map of desk written to desk.map.yaml", playUnmapped, []string{"M", "w"}},
		{"nothing to write", "no map was found that could be written", playUnmapped, []string{"w"}},
		{"read otherwise", "desk is not read by a guessed map", func(s *harness) { s.openMarket() }, []string{"M"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newHarness(demoConfig).resize(100, 30)
			c.play(s)
			for _, k := range c.keys {
				for _, msg := range runCmd(s.keys(k)) {
					s.send(msg)
				}
			}
			if !strings.Contains(s.screen(), c.want) {
				t.Errorf("no %q in\n%s", c.want, s.screen())
			}
		})
	}
}

func playUnreadable(s *harness) {
	s.goLive().receive(feed.Event{Message: &feed.Message{Type: "message", Data: []byte(`{"s":"QRS","last":"ten"}`), Err: errors.New("last: not a number")}})
}

func TestWhatTheServerSaysStaysWhileNothingElseIsRead(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	s.receive(feed.Event{Message: &feed.Message{Type: "error", Data: []byte("{}"), Notice: "Subscription limit reached"}})
	s.waitFor(time.Hour)
	if view := s.screen(); !strings.Contains(view, "the server says: Subscription limit reached") {
		t.Errorf("forgotten after an hour:\n%s", view)
	}
}
