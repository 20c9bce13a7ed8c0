package relayed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/feed/market"
	"livetape/feed/relayed"
)

func at(second int) time.Time { return time.Date(2026, 3, 2, 15, 4, second, 0, time.UTC) }

func status(name string, second int, state feed.State, cause string) feed.Event {
	return feed.Event{Feed: name, At: at(second), Status: &feed.Status{State: state, Cause: cause, Since: at(second)}}
}

func report(name string, state feed.State, cause string, gap *feed.Gap) feed.Report {
	return feed.Report{Feed: name, Status: feed.Status{State: state, Cause: cause}, Gap: gap}
}

func message(second int, m feed.Message) feed.Event {
	return feed.Event{Feed: "relay", At: at(second), Message: &m}
}

func price(name, symbol string) market.Update { return market.Quote{Feed: name, Symbol: symbol} }

// words are what events say, each in short.
func words(all []feed.Event) (short []string) {
	for _, ev := range all {
		switch {
		case ev.Status != nil:
			short = append(short, strings.TrimSpace(fmt.Sprintf("%s %s %s", ev.Feed, ev.Status.State, ev.Status.Cause)))
		case ev.Gap != nil:
			short = append(short, fmt.Sprintf("%s gap %s", ev.Feed, ev.Gap.Length))
		case ev.Pulse != nil:
			short = append(short, ev.Feed+" lives")
		case ev.Message != nil:
			short = append(short, fmt.Sprintf("%s %s %d", ev.Feed, ev.Message.Type, len(ev.Message.Updates)))
		}
	}
	return short
}

func TestFeedsBehindARelayHaveEventsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := relayed.New()
	for _, c := range []struct {
		what string
		ev   feed.Event
		want []string
	}{
		{"the relay connects", status("relay", 0, feed.Connecting, ""), []string{"relay connecting"}},
		{"the relay is live", status("relay", 0, feed.Live, ""), []string{"relay live"}},
		{"it tells of two feeds", message(1, feed.Message{
			Type: "snapshot", Updates: []market.Update{price("desk", "A"), price("hall", "A"), price("desk", "B")},
			Reports: []feed.Report{report("desk", feed.Live, "", nil), report("hall", feed.Failed, "401", nil)},
		}), []string{"relay snapshot 0", "desk live", "hall failed 401", "desk snapshot 2", "hall snapshot 1"}},
		{"a price", message(2, feed.Message{Type: "price", Updates: []market.Update{price("desk", "A")}}), []string{"relay lives", "desk price 1"}},
		{"another price", message(2, feed.Message{Type: "price", Updates: []market.Update{price("desk", "A")}}), []string{"desk price 1"}},
		{"a feed is cut", message(3, feed.Message{Type: "feed", Reports: []feed.Report{report("desk", feed.Waiting, "reset", nil)}}), []string{"relay feed 0", "desk waiting reset"}},
		{"it is back", message(4, feed.Message{Type: "feed", Reports: []feed.Report{report("desk", feed.Live, "", &feed.Gap{Length: time.Second})}}), []string{"relay feed 0", "desk live", "desk gap 1s"}},
		{"the relay lives", feed.Event{Feed: "relay", At: at(5), Pulse: &feed.Pulse{LastByte: at(5)}}, []string{"relay lives", "desk lives"}},
		{"the relay is lost, and so is all behind it", status("relay", 6, feed.Waiting, "reset"), []string{"relay waiting reset", "desk waiting relay: reset", "hall waiting relay: reset"}},
		{"the relay is back, and has not said how they are", status("relay", 7, feed.Live, ""), []string{"relay live"}},
		{"it resumes: they are as before", message(7, feed.Message{Type: "resume"}), []string{"relay resume 0", "desk live", "hall failed 401"}},
		{"the relay is silent", status("relay", 8, feed.Silent, ""), []string{"relay silent", "desk silent", "hall silent"}},
		{"and lives again", status("relay", 9, feed.Live, ""), []string{"relay live", "desk live", "hall failed 401"}},
		{"it cannot reach its log: what comes through that is not live", message(10, feed.Message{Type: "feed", Reports: []feed.Report{report("event log", feed.Quiet, "no server", nil)}}), []string{"relay feed 0", "event log quiet no server", "desk quiet no server"}},
		{"it lives, and does not know how they are", feed.Event{Feed: "relay", At: at(10), Pulse: &feed.Pulse{LastByte: at(10)}}, []string{"relay lives"}},
		{"its log is back", message(10, feed.Message{Type: "feed", Reports: []feed.Report{report("event log", feed.Live, "", nil)}}), []string{"relay feed 0", "event log live", "desk live"}},
		{"its log is away again", message(11, feed.Message{Type: "feed", Reports: []feed.Report{report("event log", feed.Quiet, "no server", nil)}}), []string{"relay feed 0", "event log quiet no server", "desk quiet no server"}},
		{"the relay ends", status("relay", 12, feed.Waiting, "reset"), []string{"relay waiting reset", "desk waiting relay: reset", "hall waiting relay: reset", "event log waiting relay: reset"}},
		{"another relay answers", status("relay", 13, feed.Live, ""), []string{"relay live"}},
		{"it has its log, or it would say so", message(13, feed.Message{Type: "resume"}), []string{"relay resume 0", "desk live", "hall failed 401", "event log live"}},
	} {
		if diff := cmp.Diff(c.want, words(s.Split(c.ev))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
	if s.Relay("desk") != "relay" || s.Relay("relay") != "relay" || s.Relay("other") != "other" {
		t.Errorf("desk is behind %s", s.Relay("desk"))
	}
}

func TestAFeedBehindARelayIsNotTakenForOneOfTheSameName(t *testing.T) {
	t.Parallel()
	s := relayed.New()
	s.Split(status("desk", 0, feed.Connecting, ""))
	got := words(s.Split(message(1, feed.Message{Type: "price", Updates: []market.Update{price("desk", "A")}})))
	if diff := cmp.Diff([]string{"relay lives", "relay/desk price 1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEventsOfNoRelayAreLeftAlone(t *testing.T) {
	t.Parallel()
	s := relayed.New()
	for _, ev := range []feed.Event{
		status("desk", 0, feed.Live, ""),
		{Feed: "desk", At: at(1), Message: &feed.Message{Type: "price", Updates: []market.Update{market.Quote{Symbol: "A"}}}},
		{Feed: "desk", At: at(2), Gap: &feed.Gap{}},
		{Feed: "desk", At: at(3), Pulse: &feed.Pulse{}},
		{At: at(4)},
	} {
		if got := s.Split(ev); len(got) != 1 || got[0] != ev {
			t.Errorf("%+v became %+v", ev, got)
		}
	}
}
