package mockserver_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// fixture is what one line of the shared fixture says about the wire.
type fixture struct {
	Name, Type, Data string
	Expect           struct {
		Error   string
		Updates []any
	}
}

// sharedFixtures pin the wire between this server and the product's decoder, which never import each other.
func sharedFixtures(t *testing.T) map[string]fixture {
	t.Helper()
	f, err := os.Open("../feed/decode/testdata/native.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string]fixture{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var one fixture
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		all[one.Name] = one
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// keys are the sorted keys of a JSON object.
func keys(t *testing.T, data string) []string {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(data), &object); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return slices.Sorted(maps.Keys(object))
}

func TestEveryEventHasTheFieldsThatTheSharedFixturesGiveIt(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 10000}), loopback(t))
	s.Step(3000)
	fresh, resumed, lost := s.listen("/events"), s.resume("e-0"), s.resume("x")
	snapshot := fresh.expect("snapshot")
	var rows struct{ Prices, News, Status []json.RawMessage }
	if err := json.Unmarshal([]byte(snapshot.Data), &rows); err != nil {
		t.Fatal(err)
	}
	fixtures := sharedFixtures(t)
	whole := func(name string) []string {
		t.Helper()
		if fixtures[name].Data == "" {
			t.Fatalf("there is no fixture %q", name)
		}
		return keys(t, fixtures[name].Data)
	}
	requireKeys := func(data string, fixture string) {
		t.Helper()
		if diff := cmp.Diff(whole(fixture), keys(t, data)); diff != "" {
			t.Errorf("%s: %s", fixture, diff)
		}
	}
	for _, row := range rows.Prices {
		requireKeys(string(row), "a price with every field")
	}
	for _, row := range rows.News {
		requireKeys(string(row), "news")
	}
	for _, row := range rows.Status {
		requireKeys(string(row), "a halt")
	}
	requireKeys(snapshot.Data, "a snapshot")
	requireKeys(resumed.expect("resume").Data, "a resume")
	requireKeys(lost.expect("reset").Data, "a reset that does not know what was missed")
	for _, e := range resumed.until("e-3000") {
		requireKnownKeys(t, e, whole)
	}
}

// requireKnownKeys is for events, of which prices are deltas.
func requireKnownKeys(t *testing.T, e event, whole func(string) []string) {
	t.Helper()
	fixture := map[string]string{"price": "a price with every field", "news": "news", "status": "a halt"}[e.Type]
	got := keys(t, e.Data)
	for _, key := range got {
		if !slices.Contains(whole(fixture), key) {
			t.Errorf("%s: %s is not in the fixture", e.Data, key)
		}
	}
	isDelta := e.Type == "price"
	if !isDelta && len(got) != len(whole(fixture)) {
		t.Errorf("%s lacks a field", e.Data)
	}
	if isDelta && !slices.ContainsFunc(got, func(key string) bool { return key == "last" || key == "bid" || key == "ask" }) {
		t.Errorf("%s has no price", e.Data)
	}
}
