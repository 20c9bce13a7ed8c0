package relay_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"livetape/feed"
	vocabulary "livetape/feed/market"
	"livetape/mockserver/hub"
	"livetape/ui/cli/relay"
)

// knowingLog is a log that several relays share, in memory.
type knowingLog struct {
	*hub.Ring
	ids    map[string]string
	newest time.Time
	drafts []hub.Draft
}

func (l *knowingLog) FeedID(feed string) string { return l.ids[feed] }
func (l *knowingLog) NewestTime() time.Time     { return l.newest }
func (l *knowingLog) Append(drafts []hub.Draft, data []byte) {
	l.drafts = append(l.drafts, drafts...)
	l.Ring.Append(drafts, data)
}

// TestARelayThatTakesOverResumesFeedsWhereTheLogEnds has one of two feeds with ids: of the other, what was lost is said.
func TestARelayThatTakesOverResumesFeedsWhereTheLogEnds(t *testing.T) {
	t.Parallel()
	lost := time.Now().Add(-time.Minute)
	log := &knowingLog{Ring: hub.NewRingAfter("e", 100, 0, 0), ids: map[string]string{"desk": "a-12"}, newest: lost}
	h := hub.New(hub.Config{}, log)
	events := make(chan feed.Event, 4)
	for _, m := range []*feed.Message{
		{ID: "a-13", Updates: quoteOf(t, "A", "1")}, {ID: "a-13", Updates: quoteOf(t, "A", "2")}, {ID: "a-14", Updates: append(quoteOf(t, "A", "3"), quoteOf(t, "B", "4")...)},
	} {
		events <- feed.Event{Feed: "desk", At: time.Now(), Message: m}
	}
	close(events)
	var after map[string]string
	stopped := false
	leased := &relay.Leased{Feeds: []string{"desk", "wire"}, Start: func(_ context.Context, ids map[string]string) (relay.Options, func(), error) {
		after = maps.Clone(ids)
		return relay.Options{Feeds: []string{"desk", "wire"}, Events: events}, func() { stopped = true }, nil
	}}
	if err := leased.Run(context.Background(), h); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(after, map[string]string{"desk": "a-12"}) || !stopped {
		t.Errorf("feeds were started after %v, and stopped: %v", after, stopped)
	}
	all, _, err := log.Read("e-0", make([]*hub.Event, 0, 100))
	if err != nil || len(all) != 5 {
		t.Fatalf("%d events, %v", len(all), err)
	}
	var gap feed.Report
	if err := json.Unmarshal(all[0].Data(), &gap); err != nil {
		t.Fatal(err)
	}
	if gap.Feed != "wire" || gap.Gap == nil || gap.Gap.Kind != feed.Unreplayed || !gap.Gap.Lost.Equal(lost) {
		t.Errorf("the first event is %s", all[0].Data())
	}
	var ids []string
	for _, d := range log.drafts[1:] {
		ids = append(ids, d.FeedID)
	}
	if want := []string{"a-13", "", "a-14", "a-14"}; !slices.Equal(ids, want) {
		t.Errorf("events have the ids %q of their feed, want %q", ids, want)
	}
}

// quoteOf is an update with a last price.
func quoteOf(t *testing.T, symbol, last string) []vocabulary.Update {
	t.Helper()
	price, err := vocabulary.ParseDecimal(last)
	if err != nil {
		t.Fatal(err)
	}
	return []vocabulary.Update{vocabulary.Quote{Symbol: symbol, Last: price}}
}
