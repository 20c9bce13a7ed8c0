package cli_test

import (
	"testing"
	"time"

	"livetape/feed"
	"livetape/mockserver"
)

// faultsOfConnections are those of sockets, and of how bytes pass them.
func faultsOfConnections() []faultCase {
	reset := waiting(1, "connection reset", shortRetry)
	return []faultCase{
		{
			fault: "drop", held: true, states: []wantStatus{reset, connecting(1)}, away: 7,
			after: []wantStatus{liveAfter(1)}, gap: resumed(7),
		},
		{
			name: "seven times: the counter does not grow, since each connection delivers", fault: "drop",
			states: []wantStatus{reset, connecting(1), liveAfter(1)}, gap: resumed(0), check: dropAgain,
		},
		{
			fault: "eof", held: true, states: []wantStatus{endedCleanly, reconnecting}, away: 7,
			after: []wantStatus{live}, gap: resumedAsPlanned(7),
		},
		stalled(),
		{
			fault: "slow=100:1h", client: feed.Config{IdleTimeout: 2 * time.Second}, during: 1,
			check: func(t *testing.T, p *subscriber) {
				if p.pulses == 0 {
					t.Error("an event took longer than the idle time, and nothing told that bytes came")
				}
			},
		},
		{fault: "split:1h", during: 20},
		{
			fault: "heartbeat:1h", client: feed.Config{IdleTimeout: 3 * time.Second},
			states: []wantStatus{{State: feed.Silent, Cause: "nothing received"}}, behind: 1,
			after: []wantStatus{live},
		},
		{
			fault: "silent-hub:1h", client: feed.Config{QuietAfter: time.Second},
			states: []wantStatus{{State: feed.Quiet, Cause: "no event"}}, away: 7,
			after: []wantStatus{live},
		},
		refused(mockserver.Config{}, 7, resumed(7), 0),
		refused(mockserver.Config{Ring: 32}, 40, &feed.Gap{Kind: feed.NotResumed, Missed: 40}, 40),
	}
}

func dropAgain(t *testing.T, p *subscriber) {
	for n := range 6 {
		p.statuses = nil
		p.inject("drop")
		p.takeUntil("is live again", func() bool { return len(p.statuses) == 3 })
		if attempt := p.status.Attempt; attempt != 1 {
			t.Errorf("drop %d is attempt %d", n+2, attempt)
		}
		p.step(2)
		p.catchUp()
	}
}

// stalled has a connection go silent, and those after it from their first byte on.
func stalled() faultCase {
	const idle = 1500 * time.Millisecond
	const cause = "nothing received for 1.5 s"
	silent := func(attempt int) wantStatus {
		return wantStatus{State: feed.Silent, Attempt: attempt, Cause: "nothing received"}
	}
	return faultCase{
		fault: "stall:1h", client: feed.Config{IdleTimeout: idle},
		states: []wantStatus{
			silent(0), waiting(1, cause, shortRetry), connecting(1), liveAfter(1),
			silent(1), waiting(2, cause, 2*shortRetry), connecting(2), liveAfter(2),
		},
		away: 7, tries: true, gap: resumed(7),
		check: func(t *testing.T, p *subscriber) {
			if length := p.gaps[0].Length; length < 2*idle {
				t.Errorf("the gap is said to be %s long: since the last byte, it is two silences", length)
			}
		},
	}
}

// refused has the listener gone for a while. The least wait gives it the time to go.
func refused(server mockserver.Config, away int, gap *feed.Gap, lost int) faultCase {
	const least = 200 * time.Millisecond
	const cause = "connection refused"
	m := faultCase{
		server: server, client: feed.Config{RetryMin: least}, fault: "refuse:1h",
		states: []wantStatus{
			waiting(1, "connection reset", least), connecting(1),
			waiting(2, cause, 2*least), connecting(2), waiting(3, cause, 4*least),
		},
		away: away, tries: true, gap: gap, lost: lost,
	}
	if lost > 0 {
		m.name = "for longer than the server remembers"
	}
	return m
}

// TestAnotherNodeIsNotTakenForAResume has a balancer lead the feed to a node that knows nothing of its last event id and does
// not say so: neither what comes again nor what never comes is taken for a resume.
func TestAnotherNodeIsNotTakenForAResume(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"other-node:1h", "other-node=everything:1h"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			p := startSubscriber(t, mockserver.Config{}, feed.Config{}, nil)
			p.catchUp()
			p.step(20)
			p.catchUp()
			p.statuses = nil
			p.inject(text)
			p.takeUntil("is live again", func() bool { return len(p.statuses) >= 3 && p.status.State == feed.Live })
			pulses := p.pulses
			p.takeUntil("has heard a heartbeat: then the node knows from where on it sends", func() bool { return p.pulses > pulses })
			p.step(5)
			p.takeUntil("accounts for its absence", func() bool { return len(p.gaps) > 0 })
			if p.gaps[0].Kind == feed.Resumed {
				t.Errorf("it says that it was resumed: %+v", p.gaps[0])
			}
			p.inject("clear")
			p.takeUntil("is told by the node that it left", func() bool { return len(p.gaps) > 1 })
			if last := p.gaps[len(p.gaps)-1]; last.Kind != feed.NotResumed {
				t.Errorf("back at the node that it left: %+v", last)
			}
			p.catchUp()
			p.requireTruth()
		})
	}
}
