package output_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed"
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
