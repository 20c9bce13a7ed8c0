package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
)

// playStory lets a feed trade, tell news, be cut off and resume, in steps of ten seconds.
func playStory(s *harness, begin func()) {
	s.openMarket()
	s.waitFor(time.Second / 2)
	for i := range 9 {
		begin()
		s.waitFor(time.Second / 2)
		switch i {
		case 4:
			s.status(feed.Status{State: feed.Waiting, RetryAt: s.now.Add(20 * time.Second), Cause: "connection refused", Attempt: 1})
			s.waitFor(9*time.Second + time.Second/2)
			continue
		case 5:
			s.status(feed.Status{State: feed.Live, Connections: 2})
			s.gap(feed.Gap{Kind: feed.NotResumed, Lost: s.now.Add(-10 * time.Second), Length: 10 * time.Second, Missed: 12})
			s.message("news", "{…}", market.Headline{ID: "2", Title: "Corrected after the cut", Source: "Desk", Symbols: []string{"EURUSD"}, Time: s.now})
		}
		s.trade(9)
		s.message("news", "{…}", market.Headline{ID: fmt.Sprint("n", i), Title: fmt.Sprint("Headline number ", i), Source: "Wire", Time: s.now})
		s.message("status", "{…}", market.Halt{Symbol: "GME", State: []market.Session{market.Halted, market.Open}[i%2], Reason: "volatility", Time: s.now})
		s.waitFor(time.Second / 2)
	}
}

// bodyLines are what a screen says below the header and the badge, with the badge of one line, and above the footer.
func bodyLines(m Model) []string {
	lines := strings.Split(ansi.Strip(m.View()), "\n")
	return lines[2 : len(lines)-1]
}

func TestTheScreenOfThenIsAsItWasThen(t *testing.T) {
	t.Parallel()
	for _, kept := range []int{64 << 20, 400 << 10} {
		for _, keys := range []string{"", "enter", "t", "enter z", "! c", "s s"} {
			t.Run(fmt.Sprint(kept, " bytes ", keys), func(t *testing.T) {
				t.Parallel()
				s := newHarness(func(c *Config) { c.Rewind = kept }).resize(200, 60)
				s.keys(strings.Fields(keys)...)
				type screen struct {
					model Model // of whose layout some grows and never shrinks
					lines []string
				}
				before := map[time.Time]screen{}
				playStory(s, func() { before[s.now] = screen{s.m, bodyLines(s.m)} })
				compared := 0
				for range len(before) {
					s.m, _ = s.m.rewind(-seekStep)
					then, wasSeen := before[s.m.now]
					if !wasSeen {
						continue // the log begins between
					}
					compared++
					m := s.m
					m.rewound, m.quote, m.prices.widths, m.news = nil, then.model.quote, then.model.prices.widths, then.model.news
					if diff := cmp.Diff(then.lines, bodyLines(m.layOut())); diff != "" {
						t.Fatalf("%v (-then +rewound):\n%s", s.m.now, diff)
					}
				}
				if compared < 3 {
					t.Errorf("only %d screens were compared", compared)
				}
			})
		}
	}
}
