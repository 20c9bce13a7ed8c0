package cli_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
)

// BenchmarkScreenLatency is the time from an event's stamp at the server until it is on the terminal, at 10,000
// events a second. One row's price is its stamp: milliseconds since the start.
func BenchmarkScreenLatency(b *testing.B) {
	for b.Loop() {
		begin := time.Now()
		server := httptest.NewServer(stampingServer(begin))
		term := startTerminal(b, 120, 40, exec.Command(livetape, "watch", server.URL))
		term.waitForText("● LIVE", "CLOCK")
		var late []float64
		seen := ""
		for deadline := time.Now().Add(2 * measured); time.Now().Before(deadline); {
			term.waitFor("a new stamp", func(screen string) bool {
				stamp := stampOf(screen)
				fresh := stamp != "" && stamp != seen
				if fresh {
					seen = stamp
				}
				return fresh
			})
			sent, err := strconv.ParseFloat(seen, 64)
			if err != nil {
				b.Fatal(err)
			}
			late = append(late, float64(time.Since(begin).Microseconds())/1000-sent)
		}
		slices.Sort(late)
		b.ReportMetric(late[len(late)/2], "p50-ms")
		b.ReportMetric(late[len(late)*99/100], "p99-ms")
		term.press("q")
		term.waitForExit()
		server.Close()
	}
}

var stamp = regexp.MustCompile(`CLOCK .*?(\d+\.\d{3})`)

func stampOf(screen string) string {
	found := stamp.FindStringSubmatch(screen)
	if found == nil {
		return ""
	}
	return found[1]
}

// stampingServer sends ten events a millisecond, and at random moments, some ten times a second, a stamp.
func stampingServer(begin time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		flush := http.NewResponseController(w).Flush
		n := 0
		for tick := time.NewTicker(time.Millisecond); r.Context().Err() == nil; <-tick.C {
			if n == 0 || rand.IntN(100) == 0 {
				ms := float64(time.Since(begin).Microseconds()) / 1000
				fmt.Fprintf(w, "event: price\ndata: {\"symbol\":\"CLOCK\",\"last\":\"%.3f\"}\n\n", ms)
			}
			for range 10 {
				n++
				fmt.Fprintf(w, "event: price\nid: %d\ndata: {\"symbol\":\"SYM%03d\",\"last\":\"%d.46\",\"bid\":\"181.45\",\"ask\":\"181.47\",\"volume\":\"48211900\"}\n\n", n, n%200, 100+n%50)
			}
			if flush() != nil {
				return
			}
		}
	}
}
