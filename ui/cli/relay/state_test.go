package relay_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"livetape/mockserver/hub"
	"livetape/ui/cli/relay"
)

// stateOf is the state after events of a log, each "type data".
func stateOf(events ...string) *relay.State {
	s := relay.NewState(nil, nil)
	for n, text := range events {
		eventType, data, _ := strings.Cut(text, " ")
		s.Apply(hub.NewEvent("e-1", uint64(n), hub.Draft{Type: eventType, Size: len(data)}, []byte(data), time.Now()))
	}
	return s
}

// TestTheStateOfALogIsWhatItsEventsAddUpTo has an empty side of a book, a trade that is cancelled, and times that only the relay
// knows: what an event says of a price, or leaves as it was, is as on a screen.
func TestTheStateOfALogIsWhatItsEventsAddUpTo(t *testing.T) {
	t.Parallel()
	s := stateOf(
		`feed {"feed":"desk","state":"live"}`,
		`price {"symbol":"A","feed":"desk","name":"Aa","last":"1.50","bid":"1.4","ask":"1.60","received":"2026-03-02T15:00:00Z"}`,
		`price {"symbol":"A","feed":"desk","ask":"1.70","no_bid":true,"received":"2026-03-02T15:00:01Z"}`,
		`price {"symbol":"A","feed":"desk","last":"9.99","report":"cancel","received":"2026-03-02T15:00:02Z"}`,
		`price {"symbol":"A","feed":"hall","bid":"7","received":"2026-03-02T15:00:03Z"}`,
		`price {"symbol":"B","feed":"desk","last":"0.00001234","standing":true,"time":"2026-03-02T15:00:04Z"}`,
		`reading {"name":"Gwei","feed":"desk","value":"7","time":"2026-03-02T15:00:05Z"}`,
		`news {"id":"n1","feed":"desk","headline":"First, wrong","time":"2026-03-02T15:00:06Z"}`,
		`news {"id":"n1","feed":"desk","headline":"First","time":"2026-03-02T15:00:06Z"}`,
		`status {"symbol":"B","feed":"desk","state":"halted","time":"2026-03-02T15:00:07Z"}`,
		`feed {"feed":"desk","state":"live","gap":{"kind":"reset"}}`,
		`other {"x":1}`, `price no object`,
	)
	all := string(s.AppendSnapshot(nil, hub.Filter{}))
	var got struct {
		Feeds, Prices, Readings, News, Status []json.RawMessage
	}
	if err := json.Unmarshal([]byte(all), &got); err != nil {
		t.Fatal(err)
	}
	for _, list := range []struct {
		name      string
		got, want []string
	}{
		{"prices", texts(got.Prices), []string{
			`{"symbol":"A","feed":"desk","name":"Aa","last":"1.50","received":"2026-03-02T15:00:00Z"}`,
			`{"symbol":"A","feed":"desk","ask":"1.70","received":"2026-03-02T15:00:01Z"}`,
			`{"symbol":"A","feed":"hall","bid":"7","received":"2026-03-02T15:00:03Z"}`,
			`{"symbol":"B","feed":"desk","last":"0.00001234","time":"2026-03-02T15:00:04Z"}`,
		}},
		{"readings", texts(got.Readings), []string{`{"name":"Gwei","feed":"desk","value":"7","time":"2026-03-02T15:00:05Z"}`}},
		{"news", texts(got.News), []string{`{"id":"n1","feed":"desk","headline":"First","time":"2026-03-02T15:00:06Z"}`}},
		{"status", texts(got.Status), []string{`{"symbol":"B","feed":"desk","state":"halted","time":"2026-03-02T15:00:07Z"}`}},
	} {
		if strings.Join(list.got, "\n") != strings.Join(list.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", list.name, strings.Join(list.got, "\n"), strings.Join(list.want, "\n"))
		}
	}
	if len(got.Feeds) != 1 || strings.Contains(string(got.Feeds[0]), "gap") {
		t.Errorf("feeds: %s", got.Feeds)
	}
	again := relay.NewState(nil, nil)
	if err := again.Restore([]byte(all)); err != nil {
		t.Fatal(err)
	}
	if restored := string(again.AppendSnapshot(nil, hub.Filter{})); restored != all {
		t.Errorf("restored, it is\n%s\nand was\n%s", restored, all)
	}
}

func texts(rows []json.RawMessage) (all []string) {
	for _, row := range rows {
		all = append(all, string(row))
	}
	return all
}

// TestTheStateOfAMarketIsOfNoFeed is of the events of a mock server.
func TestTheStateOfAMarketIsOfNoFeed(t *testing.T) {
	t.Parallel()
	s := stateOf(`feed {"feed":"desk","state":"nonsense"}`)
	if s.HasContent() {
		t.Error("it has content before the first price")
	}
	s = stateOf(`price {"symbol":"A","last":"1"}`, `status {"symbol":"","state":"open","time":"2026-03-02T15:00:00Z"}`)
	got := string(s.AppendSnapshot(nil, hub.Filter{}))
	if strings.Contains(got, "feed") || !strings.Contains(got, `{"symbol":"","state":"open"`) || !s.HasContent() {
		t.Errorf("it is %s", got)
	}
}
