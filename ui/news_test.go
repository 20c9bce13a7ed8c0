package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
)

func (s *harness) headline(title string) *harness {
	return s.message("news", "{…}", market.Headline{ID: title, Title: title})
}

func TestGapsStandBetweenTheHeadlinesBeforeAndAfterThem(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	s.gap(feed.Gap{Kind: feed.Unreplayed, Length: time.Hour})
	s.headline("one").headline("two")
	s.gap(feed.Gap{Kind: feed.NotResumed, Missed: 1200, Length: 12 * time.Second})
	s.headline("three")
	s.gap(feed.Gap{Kind: feed.Resumed, Replayed: 31, Length: 7 * time.Second})
	s.headline("four")
	tape := s.m.shownData()
	var got []string
	for _, l := range newsLines(tape.stories, tape.gapMarks, 0, 99) {
		if l.mark != nil {
			got = append(got, gapMarkText(l.mark.gap, s.now))
			continue
		}
		got = append(got, l.story.Title)
	}
	want := []string{"four", "gap 7 s · 31 replayed, 0 missed", "three", "gap 12 s · the server could not resume, 1,200 missed", "two", "one", "gap 1 h · this feed cannot replay"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for from := range want {
		for to := from; to <= len(want); to++ {
			if n := len(newsLines(tape.stories, tape.gapMarks, from, to)); n != to-from {
				t.Errorf("lines %d to %d are %d", from, to, n)
			}
		}
	}
}

func TestAGapStandsAboveTheOldHeadlinesThatASnapshotBringsAgain(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	lost := s.now
	s.message("news", "{}", market.Headline{ID: "a", Title: "before", Time: lost.Add(-time.Minute)})
	s.gap(feed.Gap{Kind: feed.NotResumed, Missed: feed.Unknown, Lost: lost, Length: 12 * time.Second})
	s.message("snapshot", "{}",
		market.Headline{ID: "b", Title: "older", Time: lost.Add(-time.Hour)},
		market.Headline{ID: "c", Title: "old", Time: lost.Add(-time.Second)},
		market.Headline{ID: "d", Title: "meanwhile", Time: lost.Add(time.Second)})
	tape := s.m.shownData()
	var got []string
	for _, l := range newsLines(tape.stories, tape.gapMarks, 0, 99) {
		if l.mark != nil {
			got = append(got, "gap")
			continue
		}
		got = append(got, l.story.Title)
	}
	if diff := cmp.Diff([]string{"meanwhile", "gap", "old", "before", "older"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestHeadlinesNameTheirFeedWhereSeveralGiveSome(t *testing.T) {
	t.Parallel()
	s := foldableFeeds().resize(100, 30)
	for _, name := range []string{deskFeed, "wire"} {
		s.receive(feed.Event{Feed: name, Message: &feed.Message{Updates: []market.Update{market.Headline{ID: "1", Title: "Chips rise", Symbols: []string{"AAPL"}}}}})
		if name == deskFeed && strings.Contains(s.screen(), "desk  AAPL  Chips rise") {
			t.Errorf("one feed gives news, and is named:\n%s", s.screen())
		}
	}
	s.requireShown(t, "side by side", "wire  AAPL  Chips rise", "desk  AAPL  Chips rise")
	s.resize(200, 60)
	s.requireShown(t, "in the details", "wire  Chips rise", "desk  Chips rise")
	if s.resize(50, 30); strings.Contains(s.screen(), "wire  AAPL") {
		t.Errorf("it takes the room of the headline:\n%s", s.screen())
	}
}

func TestTheCursorStaysOnItsLineOfNewsWhenOldNewsComeBelowIt(t *testing.T) {
	t.Parallel()
	s := foldableFeeds().resize(100, 30)
	tell := func(name, title string, ago time.Duration) {
		s.receive(feed.Event{Feed: name, Message: &feed.Message{Updates: []market.Update{market.Headline{ID: title, Title: title, Time: s.now.Add(-ago)}}}})
	}
	tell(deskFeed, "a while ago", time.Minute)
	tell(deskFeed, "just now", time.Second)
	s.keys("n", "j")
	tell("wire", "long ago", time.Hour)
	tell("wire", "between", 30*time.Second)
	if got := s.m.selectedStory().Title; got != "a while ago" {
		t.Errorf("the cursor is on %q", got)
	}
	s.keys("p")
	tell("wire", "later", 0)
	s.receive(feed.Event{Feed: "wire", Gap: &feed.Gap{Kind: feed.Unreplayed, Length: time.Minute}})
	s.keys("p")
	if got := s.m.selectedStory().Title; got != "a while ago" {
		t.Errorf("after a pause, the cursor is on %q", got)
	}
}

func TestMoreHeadlinesAtOnceThanTheBoardKeepsAreNoTrouble(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	s.keys("tab", "j")
	var many []market.Update
	for i := range 2000 {
		many = append(many, market.Headline{Title: fmt.Sprintf("story %d", i)})
	}
	s.message("snapshot", "{}", many...)
	if view := s.screen(); !strings.Contains(view, "story 1999") {
		t.Errorf("the newest is not on top:\n%s", view)
	}
}

func TestTheSelectedHeadlineStaysSelectedWhenNewsComes(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	for i := range 600 {
		s.headline(fmt.Sprintf("story %d", i))
	}
	s.keys("tab", "j", "j")
	selected := func() string {
		tape := s.m.shownData()
		return newsLines(tape.stories, tape.gapMarks, s.m.news.cursor, s.m.news.cursor+1)[0].story.Title
	}
	before := selected()
	for i := range 30 {
		s.headline(fmt.Sprintf("later %d", i))
		s.gap(feed.Gap{Kind: feed.Unreplayed, Length: time.Minute})
	}
	if got := selected(); got != before || !strings.Contains(s.screen(), before) {
		t.Errorf("selected is %q instead of %q", got, before)
	}
}

func TestTheNewestHeadlineShowsWhileTheCursorIsOnTop(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive().headline("old")
	s.keys("tab")
	s.headline("new")
	if s.m.news.cursor != 0 || !strings.Contains(s.screen(), "new") {
		t.Error("the cursor left the top")
	}
}

func TestGapsWithoutAHeadlineBetweenThemAreOneLine(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive().headline("zero")
	for range 17 {
		s.gap(feed.Gap{Kind: feed.Unreplayed, Missed: feed.Unknown, Length: 705 * time.Millisecond})
	}
	for _, want := range []string{"News 1", "17 gaps, 12 s in all"} {
		if view := s.screen(); strings.Count(view, want) != 1 {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
	s.headline("one")
	s.gap(feed.Gap{Kind: feed.NotResumed, Missed: 40, Length: time.Second})
	s.gap(feed.Gap{Kind: feed.NotResumed, Missed: 2, Length: time.Second})
	for _, want := range []string{"News 2", "17 gaps, 12 s in all", "2 gaps, 2 s in all · 42 missed"} {
		if view := s.screen(); !strings.Contains(view, want) {
			t.Errorf("no %q in\n%s", want, view)
		}
	}
}

func TestTheTitleOfTheNewsCountsHeadlines(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	for i := range 100 {
		s.headline(itoa(i)).gap(feed.Gap{Kind: feed.Unreplayed, Length: time.Minute})
	}
	s.keys("tab")
	height := s.m.news.height
	if want := fmt.Sprintf("News 1–%d of 100", height/2); !strings.Contains(s.screen(), want) {
		t.Errorf("no %q in\n%s", want, s.screen())
	}
	s.keys("G")
	if !strings.Contains(s.screen(), "–100 of 100") {
		t.Errorf("the last is not the hundredth:\n%s", s.screen())
	}
}

func TestMarksAreBounded(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).goLive()
	for i := range 3 * maxGapMarks {
		s.headline(itoa(i)).gap(feed.Gap{Kind: feed.Unreplayed, Length: time.Minute})
	}
	if len(s.m.gapMarks) != maxGapMarks {
		t.Errorf("%d marks are kept", len(s.m.gapMarks))
	}
}

func TestAServerThatEndsEveryStreamMakesNoAlarm(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).openMarket().trade(3)
	for range 20 {
		s.status(feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(time.Second)})
		for range 10 {
			s.waitFor(100 * time.Millisecond)
			if view := s.screen(); !strings.Contains(view, "● LIVE") || strings.Contains(view, "RETRY") {
				t.Fatalf("an alarm:\n%s", view)
			}
		}
		s.status(feed.Status{State: feed.Connecting, Planned: true})
		s.waitFor(50 * time.Millisecond)
		if !strings.Contains(s.screen(), "● LIVE") {
			t.Fatalf("a flicker:\n%s", s.screen())
		}
		s.goLive()
		s.gap(feed.Gap{Kind: feed.Unreplayed, Planned: true, Length: 1050 * time.Millisecond, Missed: feed.Unknown})
		if view := s.screen(); strings.Contains(view, "without the stream") {
			t.Fatalf("an alarm over an ordinary end:\n%s", view)
		}
		s.trade(2)
	}
	if view := s.screen(); strings.Count(view, "┄┄ ") != 1 || !strings.Contains(view, "┄┄ 20 gaps, 21 s in all ") {
		t.Errorf("what was not received is not owned up to, once:\n%s", view)
	}
}

func TestAPlannedEndThatLastsIsSaid(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).openMarket().trade(1)
	s.status(feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(5 * time.Second)})
	for s.now.Before(s.m.feeds[0].plannedEnd.Add(plannedGrace)) {
		if !strings.Contains(s.screen(), "● LIVE") {
			t.Fatalf("an alarm after %v", s.now.Sub(s.m.feeds[0].plannedEnd))
		}
		s.waitForWake()
	}
	if !strings.Contains(s.screen(), "↻ RETRY in 3.0 s · the server ended the stream") {
		t.Errorf("no word of it:\n%s", s.screen())
	}
}

func TestAServerThatIsHardlyEverConnectedIsNotLiveForEver(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).openMarket()
	start, shown := s.now, time.Duration(0)
	for range 30 {
		s.status(feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(time.Second)})
		for range 10 {
			s.waitFor(100 * time.Millisecond)
			if strings.Contains(s.screen(), "● LIVE") {
				shown = s.now.Sub(start)
			}
		}
		s.status(feed.Status{State: feed.Connecting, Planned: true})
		s.goLive()
		s.waitFor(time.Millisecond)
	}
	if shown > plannedGrace {
		t.Errorf("still LIVE %v after the last message", shown)
	}
}

func TestAServerThatEndsItsStreamAfterEveryMessageIsSteadilyLive(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).openMarket()
	for range 30 {
		s.status(feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(1900 * time.Millisecond)})
		for range 19 {
			s.waitFor(100 * time.Millisecond)
			if !strings.Contains(s.screen(), "● LIVE") {
				t.Fatalf("a flicker:\n%s", s.screen())
			}
		}
		s.goLive()
		s.waitFor(100 * time.Millisecond)
		s.quote(market.Quote{Symbol: "NVDA", Last: decimal("181.46")})
	}
}

func TestAPlannedEndThatGoesWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 30).openMarket()
	s.status(feed.Status{State: feed.Waiting, Planned: true, RetryAt: s.now.Add(time.Second)})
	s.status(feed.Status{State: feed.Waiting, Cause: "connection refused", Attempt: 1, RetryAt: s.now.Add(time.Second)})
	if !strings.Contains(s.screen(), "↻ RETRY in 1.0 s · attempt 1 · connection refused") {
		t.Errorf("no word of it:\n%s", s.screen())
	}
}

func TestSymbolsThatHaveNoRoomAreCounted(t *testing.T) {
	t.Parallel()
	all := []string{"GOOGL", "NVDA", "TSLA", "AAPL"}
	for width, want := range map[int]string{20: "GOOGL NVDA TSLA AAPL", 19: "GOOGL NVDA TSLA +1", 13: "GOOGL NVDA +2", 12: "GOOGL +3", 7: "GOO… +3"} {
		if got := symbolsText(all, width); got != want {
			t.Errorf("in %d cells they are %q, not %q", width, got, want)
		}
	}
	if got := symbolsText(nil, 5); got != "" {
		t.Errorf("none are %q", got)
	}
}
