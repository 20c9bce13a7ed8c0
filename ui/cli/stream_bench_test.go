package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"livetape/mockserver"
	"livetape/ui/cli"
)

// BenchmarkStream prints a long stream, served as fast as it is read, in each format.
func BenchmarkStream(b *testing.B) {
	const events = 100_000
	url := servedAtOnce(b, events)
	for _, format := range [][]string{
		{"--output", "json"}, {"--output", "csv"}, {"--output", "table"}, {"--template", "{{.Symbol}} {{.Last}}"},
	} {
		b.Run(format[1], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				args := append([]string{"stream", url, "--count", strconv.Itoa(events - 1)}, format...) // the first is before the stream
				if code := cli.Run(b.Context(), args, nil, io.Discard, io.Discard); code != cli.ExitOK {
					b.Fatalf("exit code %d", code)
				}
			}
			b.ReportMetric(float64(b.N)*events/b.Elapsed().Seconds(), "updates/s")
		})
	}
}

// servedAtOnce is the URL of a stream that gives so many events of a mock server at once, and stays open.
func servedAtOnce(b *testing.B, events int) string {
	b.Helper()
	mock, err := mockserver.New(mockserver.Config{Ring: events})
	if err != nil {
		b.Fatal(err)
	}
	body := recorded(b, mock, events)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Write(body)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// recorded is what a client of the mock server reads while it makes so many events.
func recorded(b *testing.B, mock *mockserver.Server, events int) []byte {
	b.Helper()
	server := httptest.NewServer(mock.Handler())
	defer server.Close()
	mock.Step(events)
	first := mock.Newest()[:len(mock.Newest())-len(strconv.Itoa(events))] + "1"
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, server.URL+"/events", nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", first)
	resp, err := server.Client().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	last := []byte("id: " + mock.Newest() + "\n")
	for chunk := make([]byte, 64<<10); !bytes.Contains(body.Bytes()[max(0, body.Len()-1<<16):], last); {
		n, err := resp.Body.Read(chunk)
		body.Write(chunk[:n])
		if err != nil {
			b.Fatal(err)
		}
	}
	return body.Bytes()
}
