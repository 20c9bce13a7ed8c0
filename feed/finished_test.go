package feed_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"livetape/feed"
	"livetape/feed/decode/infer"
	"livetape/feed/decode/preset"
)

func TestAStreamThatSaysThatItIsDoneIsFinished(t *testing.T) {
	t.Parallel()
	for _, wire := range []string{"data: [DONE]\n\n", "event: done\ndata: {}\n\n", "event: complete\ndata: all sent\n\n"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "data: {\"symbol\":\"Q\",\"price\":41}\n\n"+wire)
		}))
		defer server.Close()
		decoder, err := infer.NewDecoder("desk", preset.Definition{})
		if err != nil {
			t.Fatal(err)
		}
		set, err := feed.Start(t.Context(), feed.Config{Name: "desk", URL: server.URL, Decoder: decoder})
		if err != nil {
			t.Fatal(err)
		}
		var last feed.Status
		for ev := range set.Events() {
			if ev.Status != nil {
				last = *ev.Status
			}
			if last.State > feed.Live {
				break
			}
		}
		if last.State != feed.Finished || last.Cause == "" {
			t.Errorf("%q: the state is %v, for %q", wire, last.State, last.Cause)
		}
	}
}
