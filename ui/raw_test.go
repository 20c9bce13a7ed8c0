package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/market"
)

func TestRawEventsAreShownWhileNothingElseCanBe(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive().unmappedMessage(`{"id":7}`)
	if view := s.screen(); !strings.Contains(view, "Raw events 1") || !strings.Contains(view, `{"id":7}`) {
		t.Errorf("no raw events:\n%s", view)
	}
	s.headline("news")
	if view := s.screen(); strings.Contains(view, "Raw events") {
		t.Errorf("raw events beside news:\n%s", view)
	}
	s.keys("e")
	if view := s.screen(); !strings.Contains(view, `{"id":7}`) || !strings.Contains(view, "e prices") {
		t.Errorf("none after e:\n%s", view)
	}
	s.keys("e")
	if strings.Contains(s.screen(), "Raw events") {
		t.Error("e does not close them")
	}
}

func TestTheMapIsOfferedBesideRawEventsOnlyWhereThereIsOne(t *testing.T) {
	t.Parallel()
	for payload, offered := range map[string]bool{"": false, `{"id":7,"level":3}`: true, `{"id":7}`: false, `{"type":"liquidation","symbol":"QRS","price":41}`: false} {
		s := newHarness(func(c *Config) { c.Maps = &fakeMaps{} }).resize(120, 30).goLive()
		if payload == "" {
			s.openMarket() // read by its own format
		} else {
			s.unmappedMessage(payload)
		}
		if said := strings.Contains(s.screen(), "M proposes a map"); said != offered {
			t.Errorf("of %s, a map is proposed: %t\n%s", payload, said, s.screen())
		}
		if s.keys("e"); strings.Contains(s.screen(), "M map") != offered {
			t.Errorf("of %s, a map is offered:\n%s", payload, s.screen())
		}
		if s.keys("M"); payload == `{"id":7}` && !strings.Contains(s.screen(), "no map helps: ") {
			t.Errorf("M says nothing:\n%s", s.screen())
		}
	}
}

func TestTheSelectedRawEventStaysOnTopWhenOthersArrive(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	for i := range 10 {
		s.unmappedMessage(fmt.Sprintf("event-%d", i))
	}
	s.keys("j", "j")
	for i := range 5 {
		s.unmappedMessage(fmt.Sprintf("later-%d", i))
	}
	if view := s.screen(); !strings.Contains(view, "event-7") || strings.Contains(view, "event-8") || !strings.Contains(view, "Raw events 8 of 15") {
		t.Errorf("not on event-7:\n%s", view)
	}
	if s.keys("g"); !strings.Contains(s.screen(), "later-4") {
		t.Errorf("g does not follow again:\n%s", s.screen())
	}
}

func TestRawEventsAreBounded(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	for i := range 3 * maxRaw {
		s.unmappedMessage(strings.Repeat("x", 10*maxRawData) + itoa(i))
	}
	if n := s.m.raw.len(); n != maxRaw {
		t.Errorf("%d events are kept", n)
	}
	for i := range s.m.raw.len() {
		if n := cap(s.m.raw.at(i).Data); n > 2*maxRawData {
			t.Fatalf("an event keeps %d bytes in memory", n)
		}
	}
}

func TestPayloadsAreIndentedWhereALineIsTooShort(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		data  string
		width int
		want  []string
	}{
		{`{"a":1.50,"b":[1,2]}`, 40, []string{`{"a":1.50,"b":[1,2]}`}},
		{`{"a":1.50,"b":[1,2]}`, 15, []string{"{", `  "a": 1.50,`, `  "b": [1, 2]`, "}"}},
		{"two\nlines \x1b[31mred", 40, []string{"two", "lines red"}},
		{"", 40, []string{""}},
		{`{"cut":`, 3, []string{`{"cut":`}},
	} {
		if got := payloadLines([]byte(c.data), c.width); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%q in %d: %q", c.data, c.width, got)
		}
	}
}

func TestReadingsHaveATableOfTheirOwnAndAreNeverPrices(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 40).goLive()
	s.message("message", "{}", market.Reading{Name: "humidity", Value: decimal("60")})
	if view := s.screen(); !strings.Contains(view, "Readings 1") || strings.Contains(view, "Prices") || strings.Contains(view, "%") {
		t.Errorf("a reading as a price:\n%s", view)
	}
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("181.46")})
	requireOrder(t, s.screen(), "Prices 1", "NVDA", "Readings 1", "humidity")
	s.keys("enter")
	if view := s.screen(); !strings.Contains(view, "─ humidity") || strings.Contains(view, "Readings") || !strings.Contains(view, "1 reading from desk") {
		t.Errorf("no details of the reading:\n%s", view)
	}
	s.keys("esc", "esc", "p")
	s.message("message", "{}", market.Reading{Name: "humidity", Value: decimal("123456.789")})
	if strings.Contains(s.screen(), "123,456") {
		t.Error("a paused screen goes on")
	}
	if s.keys("p"); !strings.Contains(s.screen(), "123,456.789") {
		t.Errorf("no room for the reading after the pause:\n%s", s.screen())
	}
}

func TestAnExplanationStaysWithTheRawEventsWhenTheFeedIsLost(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive().unmappedMessage("hello")
	s.status(feed.Status{State: feed.Waiting, Cause: "connection refused", RetryAt: s.now.Add(time.Minute)})
	if view := s.screen(); !strings.Contains(view, "No prices yet: connection refused.") || !strings.Contains(view, "hello") {
		t.Errorf("no reason, or no events:\n%s", view)
	}
}

func TestALongRawEventCanBeReadToItsEnd(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(40, 10).goLive().unmappedMessage(`{"first":1,"list":[` + strings.Repeat(`{"a":1},`, 20) + `{"a":2}],"last":3}`)
	if strings.Contains(s.screen(), `"last": 3`) {
		t.Fatal("it is not long")
	}
	s.keys("enter", "G")
	if view := s.screen(); !strings.Contains(view, "Raw event") || !strings.Contains(view, `"last": 3`) {
		t.Errorf("not its end:\n%s", view)
	}
	if s.keys("esc"); !strings.Contains(s.screen(), "Raw events 1") {
		t.Errorf("esc does not close it:\n%s", s.screen())
	}
}
