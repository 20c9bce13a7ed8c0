package tape

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed"
)

// serving serves a recording as any server of its streams does: it waits for what is due, and writes it.
func serving(t *testing.T, name string, speed float64, from time.Duration) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s, err := OpenStream(req.Context(), name, speed, from, cmp.Or(req.Header.Get("Last-Event-ID"), req.URL.Query().Get("lastEventId")))
		switch {
		case errors.Is(err, ErrStreamOver):
			w.WriteHeader(http.StatusNoContent)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		for !s.Ended() {
			select {
			case <-req.Context().Done():
				return
			case now := <-time.After(time.Until(s.Due(time.Now()))):
				if _, err := w.Write(s.Append(nil, now, 1<<16)); err != nil {
					return
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// ask is the answer to one request, read to its end.
func ask(t *testing.T, server *httptest.Server, query, lastID string) (status int, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, body
}

// received is a stream as a list of messages, without what only the tape knows.
func received(t *testing.T, body []byte) []feed.Event {
	t.Helper()
	got, _ := read(t, write(t, "desk", ":\n"+string(body)))
	for i := range got {
		got[i].At = time.Time{}
	}
	return eventsOf(got)
}

func messagesOnly(events []feed.Event) []feed.Event {
	var all []feed.Event
	for _, e := range events {
		if e.Message != nil && fitsEventStream(e.Message) {
			e.At = time.Time{}
			all = append(all, e)
		}
	}
	return all
}

func TestAServedRecordingGivesEveryClientAllMessages(t *testing.T) {
	all := append(oneOfEach(), ticks(50)...)
	server := serving(t, record(t, "x.tape.gz", RecorderOptions{Feeds: desk}, all...), Unlimited, 0)
	for range 2 {
		code, body := ask(t, server, "/events", "")
		if code != http.StatusOK {
			t.Fatalf("%d", code)
		}
		same(t, received(t, body), messagesOnly(all))
		if !bytes.Contains(body, []byte("which a stream cannot carry")) {
			t.Error("what was left out is not admitted")
		}
	}
}

func TestAServedRecordingResumes(t *testing.T) {
	server := serving(t, record(t, "x.tape", RecorderOptions{Feeds: desk}, ticks(10)...), Unlimited, 2500*time.Millisecond)
	for _, c := range []struct {
		query, lastID string
		want          []feed.Event
	}{
		{"", "", ticks(10)[2:]},
		{"", "e-4", ticks(10)[4:]},
		{"?lastEventId=e-9", "", ticks(10)[9:]},
		{"", "unknown", ticks(10)[2:]},
	} {
		_, body := ask(t, server, c.query, c.lastID)
		same(t, received(t, body), messagesOnly(c.want))
	}
	if code, _ := ask(t, server, "", "e-10"); code != http.StatusNoContent {
		t.Errorf("a client that has everything gets %d", code)
	}
}

func TestASubscriberOfAServedRecordingEndsWithItsLastMessage(t *testing.T) {
	server := serving(t, record(t, "x.tape", RecorderOptions{Feeds: desk}, ticks(10)...), Unlimited, 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	set, err := feed.Start(ctx, feed.Config{Name: "desk", URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	var got []feed.Event
	for e := range set.Events() {
		if e.Message != nil {
			got = append(got, e)
		}
		if e.Status != nil && e.Status.State == feed.Closed {
			cancel()
		}
	}
	same(t, messagesOnly(got), messagesOnly(ticks(10)))
}

func TestAClientThatLeavesEndsItsPlayer(t *testing.T) {
	server := serving(t, record(t, "x.tape", RecorderOptions{Feeds: desk}, ticks(10)...), 1, 0)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(req) // answered at once, though the first event is a second away
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type is %q", got)
	}
	cancel()
	server.Close() // waits for the handler, and the handler for its player
}

func TestOnlyARecordingIsServed(t *testing.T) {
	if _, err := OpenStream(t.Context(), write(t, "x", "hello"), 1, 0, ""); err == nil || !strings.Contains(err.Error(), "is not a recording") {
		t.Errorf("error is %v", err)
	}
}

func TestAStreamKeepsTheRecordedPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		began := time.Now()
		s, err := OpenStream(ctx, tenTicks(t), 2, 4*time.Second, "")
		if err != nil {
			t.Fatal(err)
		}
		for !s.Ended() {
			due := s.Due(time.Now())
			time.Sleep(time.Until(due))
			if got := len(s.Append(nil, due, 1)); got == 0 {
				t.Fatalf("nothing is due %s after the beginning", due.Sub(began))
			}
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("six seconds took %s at twice the pace", took)
		}
	})
}
