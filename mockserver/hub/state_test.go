package hub_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"livetape/mockserver/hub"
)

// stateOf is the state after events of a feed, each "type data".
func stateOf(feed string, events ...string) *hub.State {
	s, log := hub.NewState(), hub.NewRing("e", 1000, 0)
	for _, text := range events {
		eventType, data, _ := strings.Cut(text, " ")
		var about struct {
			Symbol  string
			Symbols []string
		}
		_ = json.Unmarshal([]byte(data), &about) // what is no JSON is about nothing
		if about.Symbols == nil {
			about.Symbols = []string{about.Symbol}
		}
		before := log.Newest()
		log.Append([]hub.Draft{{Type: eventType, Feed: feed, Symbols: about.Symbols, Size: len(data)}}, []byte(data))
		got, _, _ := log.Read(before, make([]*hub.Event, 0, 1))
		s.Apply(got[0])
	}
	return s
}

func TestAStateMergesPricesAndKeepsTheLatestOfTheRest(t *testing.T) {
	t.Parallel()
	s := stateOf("desk",
		`price {"symbol":"A","name":"Aa","last":"1.50","bid":1.4,"time":"1"}`,
		`price {"symbol":"B","last":"0.00001234"}`,
		`price {"symbol":"A","last":"1.60","time":"2"}`,
		`reading {"name":"Gwei","value":"7"}`,
		`news {"id":"n1","headline":"First, wrong","summary":"x","symbols":["B"]}`,
		`news {"id":"n2","headline":"Second","symbols":["A"]}`,
		`news {"id":"n1","headline":"First","symbols":["B"]}`,
		`status {"symbol":"A","state":"halted"}`,
		`status {"symbol":"A","state":"open"}`,
		`feed {"feed":"desk","state":"live","gap":{"kind":"reset"}}`,
		`other {"x":1}`, `price no object`,
	)
	all := `{"feeds":[{"feed":"desk","state":"live"}],` +
		`"prices":[{"symbol":"A","name":"Aa","last":"1.60","time":"2"},{"symbol":"A","name":"Aa","bid":1.4,"time":"1"},{"symbol":"B","last":"0.00001234"}],` +
		`"readings":[{"name":"Gwei","value":"7"}],` +
		`"news":[{"id":"n1","headline":"First","symbols":["B"]},{"id":"n2","headline":"Second","symbols":["A"]}],` +
		`"status":[{"symbol":"A","state":"open"}]}`
	if data, id := s.Snapshot(hub.Filter{}); string(data) != all || id != "e-12" {
		t.Errorf("%s at %s, want %s", data, id, all)
	}
	filter, err := hub.ParseFilter(url.Values{"symbols": {"B"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	some := `{"feeds":[{"feed":"desk","state":"live"}],"prices":[{"symbol":"B","last":"0.00001234"}],"readings":[{"name":"Gwei","value":"7"}],` +
		`"news":[{"id":"n1","headline":"First","symbols":["B"]}],"status":[]}`
	if data, _ := s.Snapshot(filter); string(data) != some {
		t.Errorf("of B: %s, want %s", data, some)
	}
	stored, _, err := s.Store()
	if err != nil {
		t.Fatal(err)
	}
	again, err := hub.RestoreState(stored)
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := again.Snapshot(hub.Filter{}); string(data) != all {
		t.Errorf("stored and restored: %s", data)
	}
}

func TestAStateIsBounded(t *testing.T) {
	t.Parallel()
	var events []string
	for n := range 300 {
		events = append(events, fmt.Sprintf(`news {"id":"n%d","headline":"x","symbols":["A"]}`, n))
	}
	data, _ := stateOf("", events...).Snapshot(hub.Filter{})
	var got struct{ News []struct{ ID string } }
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.News) != 200 || got.News[0].ID != "n100" || got.News[199].ID != "n299" {
		t.Errorf("%d headlines are kept", len(got.News))
	}
}

func TestTwoFeedsOfASymbolAreTwoRows(t *testing.T) {
	t.Parallel()
	s := hub.NewState()
	for n, feed := range []string{"one", "two"} {
		s.Apply(hub.NewEvent(fmt.Sprint("e-", n+1), 1, hub.Draft{Type: "price", Feed: feed, Symbols: []string{"A"}}, []byte(`{"symbol":"A","last":"1"}`), time.Time{}))
	}
	if data, _ := s.Snapshot(hub.Filter{}); strings.Count(string(data), `"symbol":"A"`) != 2 {
		t.Errorf("%s", data)
	}
}
