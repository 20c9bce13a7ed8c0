package cli_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// epochOf is the first part of a server's ids.
func epochOf(t *testing.T, eventsURL string) string {
	t.Helper()
	resp, err := http.Get(strings.TrimSuffix(eventsURL, "/events") + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var health struct{ Epoch string }
	if err := json.NewDecoder(resp.Body).Decode(&health); err != nil || health.Epoch == "" {
		t.Fatalf("the epoch is %q, %v", health.Epoch, err)
	}
	return health.Epoch
}

// firstBytes are the events of a server's stream from its first on, byte for byte, so many bytes of them.
func firstBytes(t *testing.T, eventsURL string, size int) string {
	t.Helper()
	first := epochOf(t, eventsURL) + "-0"
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, eventsURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", first)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var wire bytes.Buffer
	piece := make([]byte, 64<<10)
	for wire.Len() < size+1000 { // more than how the stream begins: that tells how many were replayed
		n, err := resp.Body.Read(piece)
		wire.Write(piece[:n])
		if err != nil {
			t.Fatalf("the stream ended: %v\n%.500s", err, wire.String())
		}
	}
	_, greeting, resumed := strings.Cut(wire.String(), "event: resume\n")
	_, events, found := strings.Cut(greeting, "\n\n")
	if !resumed || !found {
		t.Fatalf("the stream begins with %.500s", wire.String())
	}
	return events[:size]
}

func TestAScenarioServedTwiceWithOneSeedSendsTheSameBytes(t *testing.T) {
	t.Parallel()
	const size = 400_000 // about 5 s of it
	serve := func(seed string) string {
		return startMock(t, "--scenario", "flash-crash", "--rate", "400", "--seed", seed)
	}
	one, same, other := serve("7"), serve("7"), serve("8")
	once := firstBytes(t, one, size)
	if diff := cmp.Diff(once, firstBytes(t, same, size)); diff != "" {
		t.Error("the second run sent other bytes: ", diff)
	}
	if !strings.Contains(once, "Stocks steady in quiet afternoon trade") || !strings.Contains(once, `"time":"2026-03-02T19:42:04.`) {
		t.Errorf("the stream tells another story: %.3000s", once)
	}
	if once == firstBytes(t, other, size) {
		t.Error("another seed sent the same bytes")
	}
}

func TestStartNowGivesAScenarioTheTimeOfDayAndAnEpochOfItsOwn(t *testing.T) {
	t.Parallel()
	serve := func() string { return startMock(t, "--scenario", "calm", "--start", "now", "--rate", "1000") }
	one, other := serve(), serve()
	if epochOf(t, one) == epochOf(t, other) {
		t.Error("two runs have one epoch")
	}
	if events, today := firstBytes(t, one, 10_000), `"time":"`+time.Now().UTC().Format("2006-01-02T"); !strings.Contains(events, today) {
		t.Errorf("%s is nowhere in %.1000s", today, events)
	}
}

func TestADemoOfYourOwnScenarioShowsItsStoryAndItsFaults(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "my-day.yaml")
	story := `length: 1m
chatter: 0s
steps:
  - at: 1s
    headline: {text: The line breaks soon, importance: high}
    halt: {symbols: [NVDA], reason: News pending}
  - {at: 2s, fault: drop}
  - {at: 4s, headline: It holds again}
`
	if err := os.WriteFile(file, []byte(story), 0o600); err != nil {
		t.Fatal(err)
	}
	term := startScreen(t, 120, 40, "demo", "--scenario", file)
	term.waitForText("DEMO · my-day · simulated prices", "● LIVE", "The line breaks soon", "HALTED")
	term.waitForText("resumed after", "replayed, 0 missed", "It holds again")
	term.press("q")
	term.waitForExit()
}
