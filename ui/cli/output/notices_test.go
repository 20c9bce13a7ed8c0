package output_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/ui/cli/output"
)

func TestAServerThatReconnectsAHundredTimesASecondFillsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		notices := output.NewNotices(&out, 1, false)
		for range 500 { // 5 s
			notices.Status("desk", feed.Status{State: feed.Connecting})
			notices.Status("desk", feed.Status{State: feed.Live})
			notices.Status("desk", feed.Status{State: feed.Waiting, Planned: true, Cause: "the server ended the stream"})
			time.Sleep(10 * time.Millisecond)
		}
		notices.Summarize()
		lines := strings.Count(out.String(), "\n")
		if lines > 5*21 || strings.Count(out.String(), "… and 280 more changes within a second") != 5 {
			t.Errorf("%d lines:\n%s", lines, out.String())
		}
	})
}

func TestAWaitForUpdatesThatDoNotComeIsSaidOnce(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name      string
		selection output.Selection
		want      string
	}{
		{"no such kind", output.Selection{Kinds: []string{output.Price}, Count: 3}, "livetape: desk: 6 updates in 5 s, and --events or --symbols lets none of them through\n"},
		{"no such symbol", output.Selection{Kinds: output.Kinds, Symbols: []string{"ZZZ"}, Count: 3}, "livetape: desk: 6 updates in 5 s, and --events or --symbols lets none of them through\n"},
		{"all are wanted", output.Selection{Kinds: output.Kinds, Count: 30}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			events := make(chan feed.Event, 10)
			for n := range cap(events) {
				m := &feed.Message{Updates: []market.Update{market.Headline{Title: "Chips rise", Symbols: []string{"QRS"}}}}
				events <- feed.Event{Feed: "desk", At: began.Add(time.Duration(n) * time.Second), Message: m}
			}
			close(events)
			var said strings.Builder
			_ = output.Print(t.Context(), output.Options{
				Events: events, Out: io.Discard, Notices: output.NewNotices(&said, 1, false), Format: output.NewFormat("json", time.UTC, false),
				Select: c.selection, Feeds: []output.Feed{{Name: "desk"}},
			}) // it ends in an error: the count is not reached
			if said.String() != c.want {
				t.Errorf("it says %q, want %q", said.String(), c.want)
			}
		})
	}
}
