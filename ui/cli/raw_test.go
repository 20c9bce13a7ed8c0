package cli_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/ui/cli"
)

func TestRawPrintsEveryEventAsItCame(t *testing.T) {
	t.Parallel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte("id: 7\nevent: price\ndata: {\"symbol\":\"A\",\"last\":\"1.50\"}\n\n" +
			"data: new server event 10:17:08 AM\n\n" +
			"event: \x1b[31mred\ndata: first line\ndata: \"second\"\u202e line\n\n"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	s := startStream(t, url, "--name", "desk", "--raw", "--count", "3")
	lines, code := s.rest()
	var got []map[string]string
	for _, line := range lines {
		var event map[string]string
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if _, err := time.Parse(time.RFC3339Nano, event["received"]); err != nil {
			t.Error(err)
		}
		delete(event, "received")
		got = append(got, event)
	}
	want := []map[string]string{
		{"feed": "desk", "type": "price", "id": "7", "data": `{"symbol":"A","last":"1.50"}`},
		{"feed": "desk", "type": "message", "id": "7", "data": "new server event 10:17:08 AM"},
		{"feed": "desk", "type": "\x1b[31mred", "id": "7", "data": "first line\n\"second\"\u202e line"},
	}
	if diff := cmp.Diff(want, got); diff != "" || code != cli.ExitOK {
		t.Errorf("exit code %d, events (-want +got):\n%s", code, diff)
	}
}
