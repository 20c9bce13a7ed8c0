package ui

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/muesli/termenv"

	"livetape/feed"
	"livetape/feed/market"
)

func badgeText(s *harness) string {
	var out strings.Builder
	for _, x := range s.m.feeds[0].badge(s.now) {
		out.WriteString(x.text)
	}
	return out.String()
}

func TestTheBadgeSaysHowTheFeedIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want   string
		status feed.Status
		after  time.Duration
	}{
		{"◐ CONNECTING", feed.Status{}, 0},
		{"◐ CONNECTING 7 s", feed.Status{}, 7 * time.Second},
		{"◐ CONNECTING 1 min 5 s · attempt 2", feed.Status{Attempt: 2}, 65 * time.Second},
		{"◐ CONNECTING · attempt 2", feed.Status{State: feed.Connecting, Attempt: 2}, 0},
		{"● LIVE", feed.Status{State: feed.Live}, 0},
		{"● LIVE 0/s", feed.Status{State: feed.Live}, time.Hour},
		{"◌ QUIET no event for 3 min 12 s (usual gap 0.1 s); heartbeats come", feed.Status{State: feed.Quiet, LastEvent: noon(), UsualGap: 100 * time.Millisecond}, 192 * time.Second},
		{"◌ QUIET no event; heartbeats come", feed.Status{State: feed.Quiet}, 9 * time.Second},
		{"● LIVE 0/s · last byte 14 s ago", feed.Status{State: feed.Live, LastByte: noon()}, 14 * time.Second},
		{"● LIVE 0/s · last byte 2 min ago", feed.Status{State: feed.Live, LastByte: noon()}, 170 * time.Second},
		{"◌ SILENT", feed.Status{State: feed.Silent}, 23 * time.Second},
		{"◌ SILENT nothing received for 23 s", feed.Status{State: feed.Silent, LastByte: noon(), Cause: "nothing received for 20 s"}, 23 * time.Second},
		{"◌ SILENT nothing received for 2 min 5 s", feed.Status{State: feed.Silent, LastByte: noon(), Cause: "nothing received for 20 s"}, 125 * time.Second},
		{"↻ RETRY in 2.4 s · attempt 3 · connection refused", feed.Status{State: feed.Waiting, Attempt: 3, Cause: "connection refused", RetryAt: noon().Add(2400 * time.Millisecond)}, 0},
		{"↻ RETRY in 1 min 5 s · attempt 1 · 429", feed.Status{State: feed.Waiting, Attempt: 1, Cause: "429", RetryAt: noon().Add(64100 * time.Millisecond)}, 0},
		{"↻ RETRY now · attempt 1", feed.Status{State: feed.Waiting, Attempt: 1, RetryAt: noon()}, time.Second},
		{"■ CLOSED by server (204)", feed.Status{State: feed.Closed, Cause: "by server (204)"}, 0},
		{"■ FINISHED [DONE]", feed.Status{State: feed.Finished, Cause: "[DONE]"}, 0},
		{"✕ FAILED 401: the token was refused", feed.Status{State: feed.Failed, Cause: "401: the token was refused"}, 0},
	} {
		s := newHarness().resize(100, 20)
		s.status(c.status)
		s.waitFor(c.after)
		if got := badgeText(s); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestASilenceGrowsBySeconds(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).goLive()
	s.waitFor(90 * time.Second)
	s.status(feed.Status{State: feed.Silent, Cause: "nothing received for 90 s"})
	if got := badgeText(s); got != "◌ SILENT nothing received for 1 min 30 s" {
		t.Errorf("a stream without a byte: %q", got)
	}
	if next := s.m.feeds.nextChange(s.now); next.Sub(s.now) > time.Second {
		t.Errorf("it is drawn again only in %v", next.Sub(s.now))
	}
}

func TestTheBadgeOfALiveFeedShowsItsRateAndDelay(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).goLive()
	for range 10 {
		for range 41 {
			s.quote(market.Quote{Symbol: "A", Last: decimal("1"), Time: s.now.Add(-12 * time.Millisecond)})
		}
		s.waitFor(time.Second)
	}
	if got := badgeText(s); got != "● LIVE 41/s · 12 ms" {
		t.Errorf("got %q", got)
	}
	s.waitFor(3 * time.Second)
	if got := badgeText(s); got != "● LIVE 16/s · 12 ms" {
		t.Errorf("after a lull of 4 s: %q", got)
	}
	s.waitFor(time.Second)
	if got := badgeText(s); got != "● LIVE 8.2/s · last byte 5 s ago" {
		t.Errorf("after a lull of 5 s: %q", got)
	}
}

func TestAFeedThatIsDelayedOrAheadSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		late  time.Duration
		want  string
		style style
	}{
		{59 * time.Second, "● LIVE · 59 s", plain},
		{65 * time.Second, "● LIVE · delayed 1 min", warn},
		{15*time.Minute + 20*time.Second, "● LIVE · delayed 15 min", warn},
		{23 * time.Hour, "● LIVE · delayed 23 h", warn},
		{50 * time.Hour, "● LIVE · delayed 2 d", warn},
		{-3 * time.Second, "● LIVE", live},
		{-6 * time.Second, "● LIVE · clock 6 s ahead", warn},
		{-time.Hour - time.Second, "● LIVE · clock 1 h ahead", warn},
	} {
		s := newHarness().resize(100, 20).goLive()
		s.ticks(10, c.late)
		badge := s.m.feeds[0].badge(s.now)
		if got := badgeText(s); got != c.want || badge[len(badge)-1].style != c.style {
			t.Errorf("%v late: %q, want %q in style %d, got %v", c.late, got, c.want, c.style, badge)
		}
	}
}

// ticks brings prices with newer and newer stamps, all in the same moment.
func (s *harness) ticks(n int, late time.Duration) {
	for i := range n {
		step := time.Duration(i)
		if late > 0 {
			step -= time.Duration(n)
		}
		s.quote(market.Quote{Symbol: "A", Last: decimal("1"), Time: s.now.Add(step - late)})
	}
}

func TestStandingPricesAreNotDelayed(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).goLive()
	s.quote(market.Quote{Symbol: "A", Last: decimal("1"), Time: s.now.Add(-time.Hour), FromSnapshot: true})
	if got := badgeText(s); got != "● LIVE" {
		t.Errorf("a standing price: %q", got)
	}
	old := market.Quote{Symbol: "A", Last: decimal("1"), Time: s.now.Add(-time.Hour)}
	for range 10 {
		s.quote(old)
	}
	if got := badgeText(s); got != "● LIVE" {
		t.Errorf("ticks that repeat an old time: %q", got)
	}
	s.ticks(1, 12*time.Millisecond)
	if got := badgeText(s); got != "● LIVE" {
		t.Errorf("two samples, one of them an old one: %q", got)
	}
	s.ticks(1, 11*time.Millisecond)
	if got := badgeText(s); got != "● LIVE · 12 ms" {
		t.Errorf("a proven delay: %q", got)
	}
}

func TestStampsInWholeSecondsTellNoDelay(t *testing.T) {
	t.Parallel()
	for _, late := range []time.Duration{300 * time.Millisecond, 15 * time.Minute} {
		s := newHarness().resize(100, 20).goLive()
		for i := range 10 {
			s.quote(market.Quote{Symbol: "A", Last: decimal("1"), Time: s.now.Truncate(time.Second).Add(time.Duration(i-10)*time.Second - late.Truncate(time.Second))})
		}
		if got := badgeText(s); got != "● LIVE" {
			t.Errorf("%s late: %q", late, got)
		}
	}
}

func TestEachCellDimsByItsOwnAge(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Renderer = renderer(termenv.TrueColor, true) }).resize(150, 20).goLive()
	s.quote(market.Quote{Symbol: "A", Last: decimal("5.05"), Bid: decimal("4.1"), Ask: decimal("6.1"), Volume: decimal("777")})
	s.waitFor(40 * time.Second)
	s.quote(market.Quote{Symbol: "A", Ask: decimal("6.1")})
	s.waitFor(time.Second)
	s.headline("one").keys("tab") // the row under the cursor has colors of its own
	line := ""
	for l := range strings.Lines(s.m.View()) {
		if strings.Contains(l, "4.1") {
			line = l
		}
	}
	for text, st := range map[string]style{"5.05": stale, "4.1": stale, "6.1": plain, "777": stale} {
		before, _, _ := strings.Cut(line, text)
		got := before[max(strings.LastIndex(before, "\x1b["), 0):]
		if want := s.m.theme.normal[st]; !strings.HasPrefix(got, want) && !(want == "" && strings.HasPrefix(got, resetSequence)) {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

func TestAStalledMinuteIsSaidWhenItIsFlushed(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).goLive()
	s.ticks(10, time.Hour) // history, before there was anybody to be late for
	s.waitFor(time.Second)
	for range 10 {
		s.ticks(7, 12*time.Millisecond)
		s.waitFor(time.Second)
	}
	if got := badgeText(s); got != "● LIVE 7.0/s · 12 ms" {
		t.Errorf("before: %q", got)
	}
	s.waitFor(time.Minute)
	for late := 60 * time.Second; late > 0; late -= 100 * time.Millisecond {
		s.ticks(1, late)
	}
	s.waitFor(time.Second)
	s.ticks(64, 12*time.Millisecond)
	s.waitFor(time.Second)
	s.ticks(1, 12*time.Millisecond)
	if got := badgeText(s); got != "● LIVE 133/s · 12 ms · caught up, 60 s late" {
		t.Errorf("after: %q", got)
	}
	for range 9 {
		s.waitFor(time.Second)
		s.ticks(7, 12*time.Millisecond)
	}
	if got := badgeText(s); !strings.HasSuffix(got, "/s · 12 ms") {
		t.Errorf("ten seconds later: %q", got)
	}
	s.ticks(1, 1200*time.Millisecond)
	s.ticks(1, 11*time.Millisecond)
	if got := badgeText(s); !strings.HasSuffix(got, " · 12 ms") {
		t.Errorf("a stamp older than the last: %q", got)
	}
	s.waitFor(3 * time.Second)
	s.ticks(1, 1200*time.Millisecond)
	if got := badgeText(s); !strings.HasSuffix(got, " · 12 ms · worst 1.2 s") {
		t.Errorf("a late one: %q", got)
	}
}

func TestTheDaysGapsStayInTheBadge(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	for range 2 {
		s.loseAndResume(feed.Gap{Kind: feed.Resumed, Replayed: 31})
		s.waitFor(4 * time.Minute)
	}
	s.gap(feed.Gap{Kind: feed.Resumed, Planned: true, Length: time.Second})
	if view := s.screen(); !strings.Contains(view, "   2 gaps, 14 s") {
		t.Errorf("no account in\n%s", view)
	}
	s.waitFor(24 * time.Hour)
	if view := s.screen(); strings.Contains(view, "2 gaps, 14 s") {
		t.Errorf("yesterday's account:\n%s", view)
	}
}

func TestAgeIsThatOfThePriceByItsOwnTime(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 20).goLive()
	for i := range 20 {
		s.waitFor(time.Second)
		s.quote(market.Quote{Symbol: "OLD", Last: decimal("41.0"), Time: s.now.Add(-48 * time.Hour)})
		s.quote(market.Quote{Symbol: "NEW", Last: decimal("8125"), Time: s.now.Add(-12 * time.Millisecond)})
		if i == 0 {
			s.quote(market.Quote{Symbol: "HELD", Last: decimal("7"), Bid: decimal("6.9"), Ask: decimal("7.1")})
		}
		s.quote(market.Quote{Symbol: "HELD", Bid: decimal("7.2"), Ask: decimal("7.3")})
		s.quote(market.Quote{Symbol: "BARE", Volume: decimal("1")})
	}
	lines := strings.Split(s.screen(), "\n")
	for symbol, want := range map[string]string{"OLD": " 2d", "NEW": " 0s", "HELD": "19s", "BARE": "  –"} {
		if line := strings.TrimRight(lineOf(t, lines, symbol), " "); !strings.HasSuffix(line, want) {
			t.Errorf("the age is not %s: %q", want, line)
		}
	}
	if line := lineOf(t, lines, "HELD"); !strings.Contains(line, "≠") {
		t.Errorf("it does not say that the price is outside bid and ask: %q", line)
	}
	rowOf := func(symbol string) tableRow {
		return newTableRow(s.m.board.Row(deskFeed, symbol), s.m.feeds.byName(deskFeed), s.now, priceFormat{})
	}
	if old := rowOf("OLD").styles; old.number != stale || old.symbol != stale {
		t.Errorf("the old price is bright: %+v", old)
	}
	if held := rowOf("HELD"); held.styles.quiet != muted || held.styles.symbol != strong {
		t.Errorf("the quote beside an older price: %+v", held.styles)
	}
	if got := badgeText(s); !strings.HasSuffix(got, " · 12 ms") {
		t.Errorf("the delay of the feed: %q", got)
	}
}

func TestWhatWasMeasuredIsVoidOnceTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).goLive()
	for range 10 {
		s.ticks(70, 12*time.Millisecond)
		s.waitFor(time.Second)
	}
	s.waitFor(time.Hour) // the clock is set ahead: so late is all that comes
	for range 60 {
		s.ticks(1, time.Hour)
		s.waitFor(time.Second)
	}
	s.ticks(1, 59*time.Minute)
	if got := badgeText(s); !strings.HasSuffix(got, "delayed 1 h · caught up, 1 h late") {
		t.Fatalf("an hour ahead: %q", got)
	}
	s.waitFor(-time.Hour)
	if got := badgeText(s); strings.Contains(got, "delayed") || strings.Contains(got, "late") {
		t.Errorf("set back, and nothing has come: %q", got)
	}
	for range 10 {
		s.ticks(7, 12*time.Millisecond)
		s.waitFor(time.Second)
	}
	if got := badgeText(s); got != "● LIVE 7.0/s · 12 ms" {
		t.Errorf("ten seconds later: %q", got)
	}
	s.waitFor(14 * time.Second)
	for range 2 {
		if got := badgeText(s); got != "● LIVE 0/s · last byte 15 s ago" {
			t.Errorf("nothing comes: %q", got)
		}
		s.waitFor(-time.Hour)
	}
}

func TestAPriceIsAsOldAsItWasOnceTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).goLive()
	s.quote(market.Quote{Symbol: "A", Last: decimal("5")})
	s.waitFor(40 * time.Second)
	s.waitFor(-time.Hour)
	if line := lineOf(t, strings.Split(s.screen(), "\n"), "A"); !strings.HasSuffix(strings.TrimSpace(line), "40s") {
		t.Errorf("got %q", line)
	}
}

func TestADelayedFeedStaysDelayedBetweenItsTicks(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).goLive()
	s.ticks(3, time.Hour)
	s.waitFor(40 * time.Second)
	s.receive(feed.Event{Pulse: &feed.Pulse{LastByte: s.now}})
	if got := badgeText(s); got != "● LIVE 0/s · delayed 1 h" {
		t.Errorf("after 40 s of comments: %q", got)
	}
	s.waitFor(21 * time.Second)
	s.receive(feed.Event{Pulse: &feed.Pulse{LastByte: s.now}})
	if got := badgeText(s); got != "● LIVE 0/s" {
		t.Errorf("after a minute of comments: %q", got)
	}
}

func TestBytesWithoutMessagesKeepTheFeedFreshAndCountDuplicates(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 20).openMarket()
	s.waitFor(15 * time.Second)
	if got := badgeText(s); got != "● LIVE 0/s · last byte 15 s ago" {
		t.Errorf("got %q", got)
	}
	s.receive(feed.Event{Pulse: &feed.Pulse{LastByte: s.now, Duplicates: 2}})
	if got := badgeText(s); got != "● LIVE 0/s" {
		t.Errorf("after a heartbeat: %q", got)
	}
	if view := s.screen(); !strings.Contains(view, "2 duplicates") {
		t.Errorf("no count of duplicates:\n%s", view)
	}
	if line := lineOf(t, strings.Split(s.screen(), "\n"), "MSFT"); !strings.Contains(line, "15s") {
		t.Errorf("a heartbeat made a price young: %q", line)
	}
}

func TestWhatAReconnectMissedIsSaidForTenSecondsAndStays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want, mark string
		gap        feed.Gap
	}{
		{"resumed after 7 s, 31 replayed, 0 missed", "gap 7 s · 31 replayed, 0 missed", feed.Gap{Kind: feed.Resumed, Replayed: 31}},
		{"reset after 7 s: the server restarted or forgot; 1,200 missed", "gap 7 s · the server could not resume, 1,200 missed", feed.Gap{Kind: feed.NotResumed, Missed: 1200}},
		{"reset after 7 s: the server restarted or forgot; how many were missed is not known", "how many were missed is not known", feed.Gap{Kind: feed.NotResumed, Missed: feed.Unknown}},
		{"asked to resume after 99-1; this server does not say whether it did", "gap 7 s · asked to resume after 99-1, not confirmed", feed.Gap{Kind: feed.Unconfirmed, From: "99-1", Replayed: feed.Unknown, Missed: feed.Unknown}},
		{"resumed after 131, 7.2 s without the stream", "gap 7 s · resumed after 131", feed.Gap{Kind: feed.Resumed, From: "131", Replayed: feed.Unknown}},
		{"not resumed after 131: everything comes again; how many were missed is not known", "the server could not resume", feed.Gap{Kind: feed.NotResumed, From: "131", Reason: "everything comes again", Replayed: feed.Unknown, Missed: feed.Unknown}},
		{"≈11 missed (ids 131 → 143)", "gap 7 s · ≈11 missed, ids 131 → 143", feed.Gap{Kind: feed.Skipped, From: "131", Next: "143", Replayed: feed.Unknown, Missed: 11}},
		{"7.2 s without the stream, no event came before", "12:03:17–12:03:24 · no event came before", feed.Gap{Kind: feed.Unreplayed, Missed: feed.Unknown, Reason: "no event came before"}},
		{"7.2 s without the stream, this feed cannot replay", "12:03:17–12:03:24 · this feed cannot replay", feed.Gap{Kind: feed.Unreplayed, Missed: feed.Unknown}},
	} {
		s := newHarness().resize(120, 40).openMarket()
		s.loseAndResume(c.gap)
		if view := s.screen(); !strings.Contains(view, c.want) || !strings.Contains(view, c.mark) {
			t.Errorf("no %q or no %q in\n%s", c.want, c.mark, view)
		}
		s.waitFor(newsDuration)
		if view := s.screen(); strings.Contains(view, c.want) || !strings.Contains(view, c.mark) {
			t.Errorf("after ten seconds %q stays or %q does not:\n%s", c.want, c.mark, view)
		}
		s.keys("!")
		if !strings.Contains(s.screen(), c.want) {
			t.Errorf("%q is not in the log:\n%s", c.want, s.screen())
		}
	}
}

func TestWhatAServerSaysOfItsStreamIsSaidForTenSecondsAndStaysInTheLog(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	s.receive(feed.Event{Message: &feed.Message{Type: "error", Data: []byte(`{"code":7,"message":"slow\u001b[31m consumer"}`), Notice: "slow\x1b[31m consumer (7)"}})
	const want = "the server says: slow consumer (7)"
	if view := s.screen(); !strings.Contains(view, "● LIVE") || !strings.Contains(view, want) {
		t.Errorf("no %q in\n%s", want, view)
	}
	s.waitFor(newsDuration)
	if view := s.screen(); strings.Contains(view, "the server says") {
		t.Errorf("after ten seconds it stays:\n%s", view)
	}
	s.keys("!")
	if view := s.screen(); !strings.Contains(view, `! error [the server says: slow consumer (7)] {"code":7,"message":"slow`) {
		t.Errorf("it is not in the log:\n%s", view)
	}
}

func TestPricesOfALostStreamStayWithTheirAgeAndWithoutColor(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 40).openMarket()
	playRetrying(s)
	for range 30 {
		s.waitFor(time.Second)
	}
	line := lineOf(t, strings.Split(s.screen(), "\n"), "‼MSFT")
	if !strings.Contains(line, "415.02") || !strings.Contains(line, "33s") {
		t.Errorf("%q", line)
	}
	tone := newTableRow(s.m.board.Row(deskFeed, "MSFT"), s.m.feeds.byName(deskFeed), s.now, priceFormat{}).styles
	if tone.number != stale || tone.up != stale || tone.down != stale || tone.age != warn {
		t.Errorf("%+v", tone)
	}
}

func TestAnEmptyTableSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status feed.Status
		want   []string
	}{
		{feed.Status{State: feed.Connecting}, []string{"Connecting to http://127.0.0.1:8080/events"}},
		{feed.Status{State: feed.Live}, []string{"  Connected.\n"}},
		{feed.Status{State: feed.Silent, Cause: "nothing for 45 s"}, []string{"nothing has arrived.", "r reconnects"}},
		{feed.Status{State: feed.Waiting, Cause: "connection refused", RetryAt: noon().Add(2 * time.Second)}, []string{"connection refused", "Trying again in 2.0 s", "r tries at once"}},
		{feed.Status{State: feed.Closed, Cause: "by you"}, []string{"closed by you", "r connects again"}},
		{feed.Status{State: feed.Finished, Cause: "[DONE]"}, []string{"■ FINISHED [DONE]", "The server has sent all it has: [DONE].", "r connects again", "x connect"}},
		{feed.Status{State: feed.Failed, Cause: "404: no such path", Advice: "Look at the address."}, []string{"404: no such path", "Look at the address.", "r tries again, q quits"}},
	} {
		s := newHarness().resize(100, 24).status(c.status)
		for _, want := range c.want {
			if !strings.Contains(s.screen(), want) {
				t.Errorf("no %q in\n%s", want, s.screen())
			}
		}
	}
}

func TestAFeedThatConnectsAgainKeepsTheCause(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 24)
	s.status(feed.Status{State: feed.Waiting, Attempt: 1, Cause: "no answer in 90 s", Advice: "Wait longer.", RetryAt: s.now.Add(time.Second)})
	s.waitFor(time.Second).status(feed.Status{State: feed.Connecting, Attempt: 1})
	s.waitFor(12 * time.Second)
	for _, want := range []string{"◐ CONNECTING 12 s · attempt 1 · after: no answer in 90 s", "The last try: no answer in 90 s.", "Wait longer."} {
		if !strings.Contains(s.screen(), want) {
			t.Errorf("no %q in\n%s", want, s.screen())
		}
	}
	s.goLive().status(feed.Status{State: feed.Connecting, Attempt: 1})
	if strings.Contains(s.screen(), "no answer") {
		t.Errorf("the cause stays after the feed was live:\n%s", s.screen())
	}
}

func TestAnEventOfARecordingWithoutStatesShowsThatAStreamWasOpen(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 24)
	s.requireText(t, "◐ CONNECTING")
	s.message("message", "{}", market.Quote{Symbol: "NVDA", Last: decimal("1")})
	if screen := s.screen(); !strings.Contains(screen, "● LIVE") || strings.Contains(screen, "CONNECTING") || strings.Contains(screen, "not live") {
		t.Errorf("after an event:\n%s", screen)
	}
	s.status(feed.Status{State: feed.Waiting, Attempt: 1, Cause: "stream cut", RetryAt: s.now.Add(time.Second)})
	s.message("message", "{}", market.Quote{Symbol: "NVDA", Last: decimal("2")})
	s.requireText(t, "stream cut")
}

func TestAConnectedFeedIsNotSaidToBeEmptyBeforeThatIsKnown(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(100, 24).goLive()
	if view := s.screen(); strings.Contains(view, "No event") {
		t.Errorf("at once:\n%s", view)
	}
	s.waitForWake()
	s.waitForWake()
	if view := s.screen(); !strings.Contains(view, "Connected. No event has arrived yet.") || s.now.Sub(noon()) > time.Second {
		t.Errorf("%s later:\n%s", s.now.Sub(noon()), view)
	}
}

func TestAHaltedSymbolSaysSoWithItsReason(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(180, 40).openMarket()
	s.message("status", "{}", market.Halt{Symbol: "NVDA", State: market.Halted, Reason: "volatility"}, market.Halt{State: market.Halted, Reason: "circuit breaker"})
	if view := s.screen(); !strings.Contains(view, "HALTED  ") || strings.Count(view, "alted: volatility") != 2 || !strings.Contains(view, "market HALTED since 12:03:17: circuit breaker") {
		t.Errorf("no halt in\n%s", view)
	}
	s.message("status", "{}", market.Halt{Symbol: "NVDA", State: market.Open}, market.Halt{State: market.Open})
	if strings.Contains(s.screen(), "HALTED") {
		t.Error("the halt stays")
	}
	narrow := newHarness().resize(60, 20).goLive()
	narrow.quote(market.Quote{Symbol: "A", Name: "Alpha", Last: decimal("1"), Open: decimal("1")})
	narrow.message("status", "{}", market.Halt{Symbol: "A", State: market.Halted})
	if narrow.resize(34, 20); !strings.Contains(narrow.screen(), "▌‖A") {
		t.Errorf("no halt on a narrow screen:\n%s", narrow.screen())
	}
}

func TestALongCauseBeginsBesideItsStateAndTheAdviceFollows(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(60, 24)
	s.status(feed.Status{State: feed.Failed, Cause: "401 Unauthorized: the token that DESK_TOKEN holds was refused by the server", Advice: "Check DESK_TOKEN."})
	lines := strings.Split(s.screen(), "\n")
	want := []string{" ✕ FAILED 401 Unauthorized: the token that DESK_TOKEN holds", "   was refused by the server", "   Check DESK_TOKEN."}
	if diff := cmp.Diff(want, lines[1:4]); diff != "" {
		t.Error(diff)
	}
}

func TestAFeedThatFailedAmongOthersHasItsCauseInTheStripAndItsAdviceInTheFeeds(t *testing.T) {
	t.Parallel()
	s := newHarness(func(c *Config) { c.Feeds = append(c.Feeds, Source{Name: "fx"}) }).resize(100, 30).goLive()
	s.receive(feed.Event{Feed: "fx", Status: &feed.Status{State: feed.Failed, Cause: "401: the token was refused", Advice: "Check that FX_TOKEN is set to a token that is valid today."}})
	if got, want := strings.Split(s.screen(), "\n")[1], " ✕ fx 401: the token was refused   ● desk"; !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	s.keys("f")
	if want := "Check that FX_TOKEN is set to a token that is valid today."; !strings.Contains(s.screen(), want) {
		t.Errorf("no %q in\n%s", want, s.screen())
	}
}

func TestTimeGoesBackOnlyWhenTheClockWasSet(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(80, 20).openMarket()
	s.send(clockMsg{s.now.Add(-time.Second)})
	if s.m.now.Before(s.now) {
		t.Error("a late message moved it back")
	}
	s.now = s.now.Add(-time.Hour)
	s.quote(market.Quote{Symbol: "NVDA", Last: decimal("1")})
	if line := lineOf(t, strings.Split(s.screen(), "\n"), "NVDA"); !strings.Contains(line, " 0s") {
		t.Errorf("a new price is old since the clock was set back: %q", line)
	}
}

func TestQuotesWithoutRoomOnTheBoardAreCounted(t *testing.T) {
	t.Parallel()
	s := newHarness().resize(120, 20).goLive()
	for i := range 10_002 {
		s.m.board.Apply(deskFeed, market.Quote{Symbol: itoa(i), Last: decimal("1")}, s.now)
	}
	s.send(clockMsg{s.now})
	if view := s.screen(); !strings.Contains(view, "2 refused") {
		t.Errorf("no count in\n%s", view)
	}
}

// TestTheManualExplainsEveryBadge looks in the pages that a user reads when a badge is not green.
func TestTheManualExplainsEveryBadge(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"../docs/troubleshooting.md", "../docs/reconnecting.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for state := feed.Connecting; state <= feed.Finished; state++ {
			h := &feedHealth{status: feed.Status{State: state}}
			sign, word, _ := strings.Cut(strings.TrimSpace(h.badge(time.Time{})[0].text), " ")
			word, _, _ = strings.Cut(word, " ")
			if !strings.Contains(string(text), "`"+sign+" "+word) {
				t.Errorf("%s says nothing of %s %s", page, sign, word)
			}
		}
	}
}
