package connection_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"livetape/feed/connection"
	"livetape/feed/stream"
)

// received keeps the events that a listener is given.
type received struct{ data []string }

func (*received) Waiting()                                        {}
func (*received) Received(context.Context, bool) error            { return nil }
func (*received) Opened(context.Context, connection.Answer) error { return nil }
func (*received) Retry(time.Duration)                             {}
func (r *received) Events(_ context.Context, events []stream.Event) {
	for _, e := range events {
		r.data = append(r.data, string(e.Data))
	}
}

func subscribe(t *testing.T, c connection.Config, handler http.HandlerFunc) ([]string, connection.Outcome) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c.Name, c.URL = "desk", server.URL
	e, err := c.Endpoint(os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer e.CloseConnections()
	var r received
	outcome := e.Subscribe(t.Context(), "", "", &r)
	return r.data, outcome
}

func TestAContentTypeThatNamesJSONLinesIsTakenAsSuch(t *testing.T) {
	t.Parallel()
	const lines = "{\"symbol\":\"A\",\"last\":\"1\"}\n\n{\"symbol\":\"B\",\"last\":\"2\"}\n"
	for kind, format := range map[string]connection.Format{
		"application/x-ndjson": "", "application/jsonl": "", "application/jsonlines; charset=utf-8": "", "Application/X-NDJSON": "", "application/json": connection.NDJSON,
	} {
		data, outcome := subscribe(t, connection.Config{Format: format}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, lines)
		})
		if len(data) != 2 || !strings.Contains(data[1], `"B"`) || outcome.Ending != connection.Ended {
			t.Errorf("%s gives %q, and ends with %+v", kind, data, outcome)
		}
	}
	for kind, format := range map[string]connection.Format{"application/x-ndjson": connection.SSE, "application/json": ""} {
		data, outcome := subscribe(t, connection.Config{Format: format}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, lines)
		})
		if len(data) > 0 || outcome.Ending != connection.NotAStream {
			t.Errorf("%s as %q gives %q, and ends with %+v", kind, format, data, outcome)
		}
	}
}

func TestAServerThatDoesNotAnswerInTimeIsGivenUp(t *testing.T) {
	t.Parallel()
	_, outcome := subscribe(t, connection.Config{AnswerTimeout: 50 * time.Millisecond}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if outcome.Cause != "no answer within 50 ms" && outcome.Cause != "no answer within 50ms" || outcome.Ending != connection.Broken {
		t.Errorf("it ends with %+v", outcome)
	}
}
