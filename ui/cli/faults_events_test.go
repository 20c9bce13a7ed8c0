package cli_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"livetape/feed"
)

// faultsOfEvents are those of what comes over a stream that is as it should be.
func faultsOfEvents() []faultCase {
	ended := []wantStatus{endedCleanly, reconnecting}
	endedBut := func(wait time.Duration) []wantStatus {
		return []wantStatus{{State: feed.Waiting, Cause: endedCleanly.Cause, Planned: true, Wait: wait}, reconnecting}
	}
	return []faultCase{
		{
			fault: "gzip:1h", held: true, states: ended, away: 7, behind: 10,
			after: []wantStatus{live}, gap: resumedAsPlanned(7),
		},
		{fault: "garbage:1h", during: 15, found: findings{Malformed: 14, Unmapped: 2}},
		{
			fault: "bytes:1h", during: 9, found: findings{Malformed: 1, Unmapped: 1, Extra: 7},
			check: requireCleanNews,
		},
		{fault: "huge=2", during: 3, found: findings{Skipped: 1}},
		{fault: "huge=2", name: "within the bound", client: feed.Config{MaxEvent: 4 << 20}, during: 3, found: findings{Extra: 1}},
		{
			fault: "retry=300", then: "eof", held: true, states: endedBut(300 * time.Millisecond), away: 7,
			after: []wantStatus{live}, gap: resumedAsPlanned(7),
		},
		{
			fault: "retry=0", then: "eof", name: "waits 10 ms all the same", held: true, states: endedBut(10 * time.Millisecond), away: 7,
			after: []wantStatus{live}, gap: resumedAsPlanned(7),
		},
		{
			fault: "retry=3600000", then: "eof", name: "until the user retries", states: endedBut(time.Hour)[:1], away: 7, press: "r",
			after: []wantStatus{reconnecting, live}, gap: resumedAsPlanned(7),
		},
		{
			// What came without its id comes again with it.
			fault: "noid:1h", during: 10, then: "eof", held: true, states: ended, away: 7,
			after: []wantStatus{live}, gap: resumedAsPlanned(17), doubled: 10,
		},
		{
			// Equal events of one connection may be two: only the server's ids could tell, and they are opaque.
			fault: "dup:1h", during: 10, taken: 20, doubled: 10,
		},
		{
			// 2 1 4 3 … 12 11: the last id is that of the last but one, so that the last comes again, and is dropped.
			fault: "reorder:1h", during: 12, then: "eof", held: true, states: ended,
			after: []wantStatus{live}, gap: resumedAsPlanned(1), found: findings{Duplicates: 1},
		},
		{
			// Ids are opaque, and jump for honest reasons, too: nothing can be said of it.
			fault: "gap", during: 14, taken: 11, lost: 3, hasOwnBoard: true,
		},
		{fault: "burst=2000:300ms", check: func(_ *testing.T, p *subscriber) { p.catchUp() }},
		{fault: "skew:1h", during: 10, check: requireOwnClock},
		{
			// By its own time each of these trades is older than the last.
			fault: "skew=-1h:1h", during: 10, hasOwnBoard: true, check: func(t *testing.T, p *subscriber) {
				requireOwnClock(t, p)
				for _, row := range p.board.Rows() {
					if old := row.Trade.Arrival.Sub(row.Trade.Event); old > 50*time.Minute {
						t.Errorf("the last price of %s is %s old, and took the place of a newer one", row.Symbol, old)
					}
				}
			},
		},
		{
			fault: "restart", held: true, states: ended, away: 7,
			after: []wantStatus{live}, gap: &feed.Gap{Kind: feed.NotResumed, Missed: feed.Unknown, Planned: true}, lost: 7,
		},
		{fault: "clear"},
	}
}

// requireCleanNews checks that nothing of a hostile headline could steer a terminal.
func requireCleanNews(t *testing.T, p *subscriber) {
	odd := 0
	for _, story := range p.board.News() {
		if !strings.HasPrefix(story.ID, "odd-") {
			continue
		}
		odd++
		if i := strings.IndexFunc(story.Title, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("headline %s is %q", story.ID, story.Title)
		}
	}
	if odd != 7 {
		t.Errorf("%d odd headlines are on the board", odd)
	}
}

// requireOwnClock checks that the age of a row is by the clock of this machine, and not by the server's.
func requireOwnClock(t *testing.T, p *subscriber) {
	skewed := 0
	for _, row := range p.board.Rows() {
		if since := time.Since(row.Updated); since < 0 || since > time.Minute {
			t.Errorf("%s is said to be %s old", row.Symbol, since)
		}
		if apart := row.Quoted.Sub(row.Updated).Abs(); apart > 50*time.Minute {
			skewed++
		}
	}
	if skewed == 0 {
		t.Error("no row has the server's time")
	}
}
