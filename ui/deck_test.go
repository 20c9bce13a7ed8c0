package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/tape"
)

// fakeDeck notes what it is asked.
type fakeDeck struct {
	at    tape.Position
	asked []string
}

func (d *fakeDeck) note(format string, args ...any) {
	d.asked = append(d.asked, fmt.Sprintf(format, args...))
}
func (d *fakeDeck) Pause()                  { d.note("pause") }
func (d *fakeDeck) Resume()                 { d.note("resume") }
func (d *fakeDeck) Step()                   { d.note("step") }
func (d *fakeDeck) SetSpeed(x float64)      { d.note("speed %g", x) }
func (d *fakeDeck) Seek(to time.Duration)   { d.note("seek %s", to) }
func (d *fakeDeck) Position() tape.Position { return d.at }

func withDeck(d Deck) func(*Config) { return func(c *Config) { c.Deck, c.Control = d, nil } }

func TestKeysDriveTheDeck(t *testing.T) {
	t.Parallel()
	deck := &fakeDeck{at: tape.Position{Offset: 25 * time.Second, Speed: 1}}
	m := newHarness(withDeck(deck)).m
	m.deck = deck.at
	for _, k := range []string{"p", ".", "+", "-", "right", "left"} {
		call := m.deckCallFor(keyMsg(k))
		if call == nil {
			t.Fatalf("%s does nothing", k)
		}
		call()
	}
	m.deck.Paused = true
	m.deckCallFor(keyMsg("p"))()
	want := []string{"pause", "step", "speed 2", "speed 0.5", "seek 35s", "seek 15s", "resume"}
	if diff := cmp.Diff(want, deck.asked); diff != "" {
		t.Error(diff)
	}
}

func TestThePaceStopsAtItsEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		now  float64
		by   int
		want float64
	}{
		{1, 1, 2}, {1, -1, 0.5}, {0.1, -1, 0.1}, {1000, 1, tape.Unlimited}, {tape.Unlimited, 1, tape.Unlimited}, {tape.Unlimited, -1, 1000},
		{3, 1, 5}, {3, -1, 2}, // a pace of the command line's
	}
	for _, test := range tests {
		if got := nextSpeed(test.now, test.by); got != test.want {
			t.Errorf("from %g by %d: %g, want %g", test.now, test.by, got, test.want)
		}
	}
}

func TestTheDeckLineSaysWhereTheTapeStands(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		at   tape.Position
		want string
	}{
		{"running", tape.Position{Offset: 83 * time.Second, Total: 2 * time.Hour, Speed: 10}, "▶ 00:01:23 / 02:00:00  10×"},
		{"paused", tape.Position{Paused: true, Speed: 1}, "‖ 00:00:00  1×"},
		{"winding", tape.Position{Seeking: true, Speed: tape.Unlimited}, "» 00:00:00  max"},
		{"at its end", tape.Position{Ended: true, Speed: 1, Note: "the file ends in mid-event"}, "■ end 00:00:00  1×  the file ends in mid-event"},
		{"damaged", tape.Position{Err: errors.New("x.tape: unexpected EOF")}, "✕ x.tape: unexpected EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var text strings.Builder
			for _, s := range deckStatusLine(test.at, 60) {
				text.WriteString(s.text)
			}
			if got := text.String(); !strings.HasPrefix(got, test.want) || cells(got) > 60 {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNoFeedOfATapeThatStandsIsLive(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		at   tape.Position
		want string
	}{
		{tape.Position{Speed: 1}, " ● LIVE 1.0/s"},
		{tape.Position{Speed: 1, Paused: true}, " ‖ PAUSED"},
		{tape.Position{Speed: 1, Ended: true}, " ■ END"},
		{tape.Position{Speed: 1, Ended: true, Paused: true}, " ■ END"},
		{tape.Position{Err: errors.New("unexpected EOF")}, " ■ END"},
	} {
		s := newHarness(withDeck(&fakeDeck{})).resize(100, 30).goLive()
		s.quote(market.Quote{Symbol: "A", Last: decimal("1"), Time: s.now})
		s.now = s.now.Add(time.Second)
		test.at.Clock = s.now
		s.send(deckPositionMsg{Position: test.at, byKey: true})
		if got := strings.Split(s.screen(), "\n")[2]; !strings.HasPrefix(got, test.want) || test.want != " ● LIVE 1.0/s" && got != test.want {
			t.Errorf("%+v: %q, want %q", test.at, got, test.want)
		}
		s.status(feed.Status{State: feed.Failed, Cause: "401"})
		if screen := s.screen(); !strings.Contains(screen, "✕ FAILED 401") {
			t.Errorf("%+v hides how the feed was:\n%s", test.at, screen)
		}
	}
}

func TestACaptureWithoutTimesShowsNoDelay(t *testing.T) {
	t.Parallel()
	for untimed, want := range map[bool]string{true: "● LIVE 4.0/s", false: "● LIVE 4.0/s · delayed 1 h"} {
		s := newHarness(withDeck(&fakeDeck{})).resize(100, 30).goLive()
		s.send(deckPositionMsg{Position: tape.Position{Speed: 1, Clock: s.now, Untimed: untimed}, byKey: true})
		s.ticks(3, time.Hour)
		s.quote(market.Quote{Symbol: "B", Last: decimal("1"), Time: s.now.Add(-9 * time.Hour)})
		s.now = s.now.Add(time.Second)
		s.send(deckPositionMsg{Position: tape.Position{Speed: 1, Clock: s.now, Untimed: untimed}, byKey: true})
		lines := strings.Split(s.screen(), "\n")
		if got := strings.TrimSpace(lines[2]); got != want {
			t.Errorf("untimed %t: %q, want %q", untimed, got, want)
		}
		if old := strings.Contains(lineOf(t, lines, "B"), " 9h"); old == untimed {
			t.Errorf("untimed %t: %q", untimed, lineOf(t, lines, "B"))
		}
	}
}

func TestATapeThatIsWoundBackBeginsWithAnEmptyBoard(t *testing.T) {
	t.Parallel()
	s := newHarness(withDeck(&fakeDeck{})).resize(100, 30).goLive()
	s.quote(market.Quote{Symbol: "OLD", Last: decimal("1")}).gap(feed.Gap{Kind: feed.Unreplayed, Length: time.Hour})
	s.message("news", "{}", market.Headline{ID: "a", Title: "old news"})
	s.receive(feed.Event{}) // the mark of a reset
	s.quote(market.Quote{Symbol: "NEW", Last: decimal("2")})
	screen := s.screen()
	if strings.Contains(screen, "OLD") || strings.Contains(screen, "old news") || strings.Contains(screen, "gap") {
		t.Errorf("what came before the reset is still there:\n%s", screen)
	}
	if !strings.Contains(screen, "NEW") {
		t.Errorf("what came after it is not:\n%s", screen)
	}
}
