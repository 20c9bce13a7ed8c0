package recorded_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"livetape/feed"
	"livetape/feed/tape"
	"livetape/mockserver"
	"livetape/ui/cli/recorded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// startRecording serves a recording of ten prices, a second apart, at a speed.
func startRecording(t *testing.T, speed float64, c mockserver.Config) (url string) {
	t.Helper()
	start := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	name := filepath.Join(t.TempDir(), "desk.tape")
	r, err := tape.Create(name, tape.RecorderOptions{Start: start, Feeds: []tape.Source{{Name: "desk"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		data := fmt.Sprintf(`{"symbol":"NVDA","last":"%d.50"}`, 100+i)
		m := &feed.Message{Type: "price", ID: fmt.Sprintf("e-%d", i+1), Data: []byte(data)}
		if err := r.Write(feed.Event{Feed: "desk", At: start.Add(time.Duration(i+1) * time.Second), Message: m}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if c.Source, err = recorded.NewSource(name, speed, 0, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	server, err := mockserver.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	web := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		web.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return web.URL
}

func get(t *testing.T, url, lastID string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryClientGetsTheWholeRecordingOrWhatFollowsItsID(t *testing.T) {
	url := startRecording(t, tape.Unlimited, mockserver.Config{})
	for range 2 {
		if got := strings.Count(body(t, get(t, url+"/events", "")), "event: price\nid: e-"); got != 10 {
			t.Errorf("%d events", got)
		}
	}
	if text := body(t, get(t, url+"/events", "e-8")); strings.Count(text, "event: ") != 2 || !strings.HasPrefix(text, "event: price\nid: e-9\n") {
		t.Errorf("after e-8 come %q", text)
	}
	if resp := get(t, url+"/events", "e-10"); resp.StatusCode != http.StatusNoContent {
		t.Errorf("who has everything gets %s", resp.Status)
	}
}

func TestARecordingIsServedLikeTheMarket(t *testing.T) {
	url := startRecording(t, tape.MinSpeed, mockserver.Config{MaxClients: 1, NoFaults: true, Heartbeat: 20 * time.Millisecond})
	for path, want := range map[string]int{"/readyz": 200, "/healthz": 200, "/metrics": 200, "/": 200, "/faults": 404, "/as/": 404} {
		if resp := get(t, url+path, ""); resp.StatusCode != want {
			t.Errorf("GET %s: %s, want %d", path, resp.Status, want)
		}
	}
	first := get(t, url+"/events", "")
	if resp := get(t, url+"/events", ""); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("one client too many gets %s", resp.Status)
	}
	for lines := bufio.NewScanner(first.Body); lines.Scan(); {
		if lines.Text() == ": hb" {
			break // the stream is silent between its events, and lives
		}
	}
	post, err := http.Post(url+"/events", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	if post.Body.Close(); post.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a POST gets %s", post.Status)
	}
	first.Body.Close()
}
