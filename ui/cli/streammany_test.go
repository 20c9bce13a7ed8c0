package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/ui/cli"
)

func TestOnceWaitsForTheSnapshotOfEveryFeed(t *testing.T) {
	t.Parallel()
	seen, atOnce := make(chan struct{}), make(chan struct{})
	close(atOnce)
	snapshot := func(symbol string, after <-chan struct{}) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			w.(http.Flusher).Flush()
			select {
			case <-after:
			case <-r.Context().Done():
			}
			fmt.Fprintf(w, "event: snapshot\ndata: {\"prices\":[{\"symbol\":%q,\"last\":1},{\"symbol\":\"BOTH\",\"last\":1}]}\n\n", symbol)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}
	s := startStream(t, serve(t, snapshot("FIRST", atOnce)), serve(t, snapshot("SECOND", seen)), "--once", "-t", "{{.Symbol}}")
	first := s.next()
	close(seen)
	rest, code := s.rest()
	if diff := cmp.Diff([]string{"FIRST", "BOTH", "SECOND", "BOTH"}, append([]string{first}, rest...)); diff != "" || code != cli.ExitOK {
		t.Errorf("exit code %d, lines (-want +got):\n%s", code, diff)
	}
}

func TestAFeedThatFailsEndsNoOtherAndIsTheExitCode(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	failed := make(chan struct{})
	lasts := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) > 1 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		select {
		case <-failed:
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "retry: 10\n\n"+mixed)
	}))
	fails := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	s := startStream(t, fails, lasts, "--output", "csv")
	s.next() // the header
	s.stderr.waitFor(t, "failed 403: access is forbidden")
	close(failed)
	lines, code := s.rest()
	if len(lines) != 7 || code != cli.ExitError {
		t.Errorf("%d lines and exit code %d", len(lines), code)
	}
	said := strings.Split(strings.TrimSpace(s.stderr.String()), "\n")
	if last := said[len(said)-1]; !strings.Contains(last, hostIn(fails)+": failed 403") {
		t.Errorf("the last line is %q", last)
	}
	if !slices.ContainsFunc(said, func(line string) bool { return strings.Contains(line, hostIn(lasts)+": closed by server") }) {
		t.Errorf("standard error says:\n%s", s.stderr.String())
	}
}

// pairs sends prices of OANDA's kind, as JSON lines.
const pairs = `{"type":"PRICE","instrument":"EUR_USD","bids":[{"price":"1.1"}],"asks":[{"price":"1.2"}],"time":"2025-11-24T14:30:00Z"}
{"type":"PRICE","instrument":"USD_JPY","bids":[{"price":"156.1"}],"asks":[{"price":"156.2"}],"time":"2025-11-24T14:30:00Z"}
`

func TestSymbolsThatTheServerWasAskedForArePrintedByWhateverNameTheyCome(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 1)
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Query().Get("instruments")
		w.Header().Set("Content-Type", "application/octet-stream")
		io.WriteString(w, pairs)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	s := startStream(t, "--preset", "oanda", url+"/v3/accounts/1/pricing/stream?instruments={symbols}",
		"--symbols", "EUR_USD,USD_JPY", "--once", "-t", "{{.Symbol}} {{.Bid}}")
	lines, code := s.rest()
	if diff := cmp.Diff([]string{"EUR/USD 1.1", "USD/JPY 156.1"}, lines); diff != "" || code != cli.ExitOK {
		t.Errorf("exit code %d, lines (-want +got):\n%s\n%s", code, diff, s.stderr.String())
	}
	if got := <-asked; got != "EUR_USD,USD_JPY" {
		t.Errorf("the server was asked for %q", got)
	}
}

func TestOnceWithoutAFeedThatFailedLacksItsPricesInWhateverOrder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		code int
	}{{nil, cli.ExitError}, {[]string{"--symbols", "A"}, cli.ExitOK}} {
		failed := make(chan struct{})
		fails := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
		lasts := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-failed:
			case <-r.Context().Done():
			}
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "event: snapshot\ndata: {\"prices\":[{\"symbol\":\"A\",\"last\":1}]}\n\n")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}))
		s := startStream(t, append([]string{fails, lasts, "--once", "-t", "{{.Symbol}}"}, test.args...)...)
		s.stderr.waitFor(t, "failed 403: access is forbidden")
		close(failed)
		if lines, code := s.rest(); len(lines) != 1 || code != test.code {
			t.Errorf("%s: %d lines and exit code %d, want %d", test.args, len(lines), code, test.code)
		}
	}
}
