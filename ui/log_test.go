package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"

	"livetape/feed"
)

func (s *harness) unmappedMessage(data string) *harness {
	return s.receive(feed.Event{Message: &feed.Message{Type: "message", Data: []byte(data), Unmapped: "no rule"}})
}

func TestTheLogShowsUnknownPayloadsAsTheyAre(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 30)
	playUnmapped(s)
	if view := s.screen(); !strings.Contains(view, "No price or headline in 12 events.") || !strings.Contains(view, `{"value": 42}`) {
		t.Errorf("the empty table does not explain itself:\n%s", view)
	}
	s.keys("!")
	view := s.screen()
	for _, want := range []string{`{"value": 42}`, "? message", "no rule for event type", "● LIVE", "12 events · 12 unmapped"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
}

func TestTheLogNamesAFaultWithItsEventAndReason(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(140, 30).goLive()
	playDecodeErrors(s)
	s.keys("!")
	for _, want := range []string{"✕ price", "#e1-77", `"1,5" is not a number`, `{"symbol":"NVDA","last":"1,5"}`, "1 decode error"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q in\n%s", want, s.screen())
		}
	}
}

func TestNothingOfAFeedReachesTheTerminalAsASequence(t *testing.T) {
	t.Parallel()
	evil := "\x1b]0;owned\x07\x1b[2J\u202eabc\r\nnext\x9b31m"
	s := newHarness().resize(120, 40)
	s.goLive()
	s.receive(feed.Event{Message: &feed.Message{Type: evil, ID: evil, Data: []byte(evil), Unmapped: evil}})
	s.receive(feed.Event{Message: &feed.Message{Type: evil, Data: []byte(evil), Err: fmt.Errorf("bad: %s", evil)}})
	s.gap(feed.Gap{Kind: feed.Unconfirmed, From: evil, Length: time.Minute})
	for _, keys := range [][]string{nil, {"!"}, {"enter"}} {
		s.keys(keys...)
		s.status(feed.Status{State: feed.Waiting, Cause: evil, RetryAt: s.now.Add(time.Hour)})
		checkHarmless(t, s)
		s.status(feed.Status{State: feed.Failed, Cause: evil, Advice: evil})
		checkHarmless(t, s)
	}
}

func checkHarmless(t *testing.T, s *harness) {
	t.Helper()
	view := s.m.View()
	for _, bad := range []string{"\x1b]", "\x1b[2J", "\u202e", "\x07", "\x9b", "\r"} {
		if strings.Contains(view, bad) {
			t.Errorf("%q is in the screen", bad)
		}
	}
	if strings.Count(view, "\n") != s.m.height-1 {
		t.Error("a line break got through")
	}
}

func TestTheLogIsBounded(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 24).goLive()
	for i := range 3 * maxLog {
		s.message("price", strings.Repeat("x", 10*maxData)+itoa(i))
	}
	if n := len(s.m.log.entries); n < maxLog || n > 2*maxLog {
		t.Errorf("%d entries are kept", n)
	}
	if n := cap(s.m.log.entries); n > 2*maxLog {
		t.Errorf("%d entries are allocated", n)
	}
	for _, e := range s.m.log.entries {
		if cap(e.data) > 2*maxData {
			t.Fatalf("an entry keeps %d bytes alive", cap(e.data))
		}
	}
}

func TestALogEntryKeepsTheHeadsOfLongNamesAlone(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("€", 1<<16)
	s := newHarness().resize(80, 24).goLive()
	s.receive(feed.Event{Message: &feed.Message{Type: long, ID: long, Unmapped: "no rule for " + long}})
	e := s.m.log.entries[len(s.m.log.entries)-1]
	for _, c := range []struct {
		text string
		want int
	}{{e.typ, maxType}, {e.id, maxID}, {e.reason, maxData}} {
		if n := len(c.text); n > c.want || n < c.want-3 || !utf8.ValidString(c.text) {
			t.Errorf("%d bytes are kept of %d", n, c.want)
		}
	}
	if unsafe.StringData(e.typ) == unsafe.StringData(long) {
		t.Error("the entry keeps the whole name alive")
	}
	s.gap(feed.Gap{Kind: feed.Unconfirmed, From: long, Length: time.Minute})
	if n := len(s.m.gapMarks[0].gap.From); n > maxID {
		t.Errorf("a gap keeps %d bytes of the last id", n)
	}
}

func TestTheLogFollowsUntilItIsScrolled(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 30).goLive()
	s.keys("!")
	for i := range 100 {
		s.message("price", fmt.Sprintf("entry-%03d", i))
	}
	if view := s.screen(); !strings.Contains(view, "entry-099") || !strings.Contains(view, "following") {
		t.Errorf("the log does not follow:\n%s", view)
	}
	s.keys("pgup", "pgup", "pgup")
	before := s.m.log.entries[s.m.logPane.cursor].data
	for i := range 2 * maxLog / 3 {
		s.message("price", fmt.Sprintf("later-%03d", i))
	}
	if got := s.m.log.entries[s.m.logPane.cursor].data; string(got) != string(before) {
		t.Errorf("the cursor went from %s to %s", before, got)
	}
	if !strings.Contains(s.screen(), string(before)) {
		t.Error("the selected entry is not on screen")
	}
	s.keys("G")
	if !strings.Contains(s.screen(), fmt.Sprintf("later-%03d", 2*maxLog/3-1)) {
		t.Error("G does not follow again")
	}
}

func TestAScrolledLogKeepsItsLineWhenOldOnesLeave(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 30).goLive()
	s.keys("!")
	for i := range 2*maxLog - 10 {
		s.message("price", fmt.Sprintf("entry-%04d", i))
	}
	s.keys("k", "k", "k")
	before := string(s.m.log.entries[s.m.logPane.cursor].data)
	for i := range 100 { // the history is cut within
		s.message("price", fmt.Sprintf("later-%03d", i))
	}
	if got := string(s.m.log.entries[s.m.logPane.cursor].data); got != before {
		t.Errorf("the cursor went from %s to %s", before, got)
	}
}

func TestGapsAndFaultsOutlastTheOrdinaryMessagesOfTheLog(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).goLive()
	s.gap(feed.Gap{Kind: feed.Unreplayed, Length: time.Minute})
	playDecodeErrors(s)
	for range 5 * maxLog {
		s.message("price", "{}")
	}
	s.keys("!", "g")
	for _, want := range []string{"● live", "1 min without", "is not a number", "no rule for event type"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q in\n%s", want, s.screen())
		}
	}
}

func TestAnImmediateRetryIsSaidAsSuchInTheLog(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	s.status(feed.Status{State: feed.Waiting, Cause: "connection refused", RetryAt: s.now})
	s.keys("!")
	if view := s.screen(); !strings.Contains(view, "connection refused · retry at once") {
		t.Errorf("no word of it in\n%s", view)
	}
}

func TestStatesAndGapsAreLinesOfTheLog(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40)
	playPlannedEnd(s)
	s.goLive()
	s.gap(feed.Gap{Kind: feed.Unreplayed, Planned: true, Length: 1100 * time.Millisecond})
	s.keys("!")
	for _, want := range []string{"the server ended the stream · retry in 1.0 s", "● connecting", "● live", "1.1 s without the stream, this feed cannot replay"} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q in\n%s", want, s.screen())
		}
	}
}

func TestWhatComesToNothingIsCountedForEachReason(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 30).goLive()
	for range 3 {
		s.unmappedMessage("x")
	}
	s.receive(feed.Event{Message: &feed.Message{Type: "message", Data: []byte("y"), Unmapped: "another reason"}})
	for _, want := range []string{"Not mapped, 3 times: no rule.", "Not mapped: another reason."} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q in\n%s", want, s.screen())
		}
	}
	s.keys("!")
	for _, want := range []string{"[no rule · 3 times] x", "[another reason] y", "4 unmapped"} {
		if strings.Count(s.screen(), want) != 1 {
			t.Errorf("not one %q in\n%s", want, s.screen())
		}
	}
	for i := range 2 * maxReasons {
		s.receive(feed.Event{Message: &feed.Message{Type: "message", Unmapped: "reason " + itoa(i)}})
	}
	if n := len(s.m.feeds[0].unmappedReasons); n > maxReasons+1 {
		t.Errorf("%d reasons are kept", n)
	}
}

func TestTheLogCanShowChangesAndErrorsAlone(t *testing.T) {
	t.Parallel()
	s := newHarness(demoConfig).resize(120, 40).openMarket().trade(5)
	playDecodeErrors(s)
	s.loseAndResume(feed.Gap{Kind: feed.Resumed, Replayed: 31})
	s.keys("c")
	if strings.Contains(s.screen(), "Changes and errors") {
		t.Error("the key acts without the log")
	}
	s.keys("!", "c")
	view := s.screen()
	for _, want := range []string{"▸ Changes and errors 5", "● live", "✕ price", "┄ resumed", "connection reset", "c whole log"} {
		if !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
	if strings.Contains(view, "weather") || strings.Contains(view, `"symbol":"AAPL"`) {
		t.Errorf("messages stay:\n%s", view)
	}
	s.keys("p", "c")
	if view := s.screen(); !strings.Contains(view, "▸ Event log") || !strings.Contains(view, `"symbol":"AAPL"`) {
		t.Errorf("the whole log does not come back:\n%s", view)
	}
}
