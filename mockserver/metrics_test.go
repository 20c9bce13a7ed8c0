package mockserver_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// metricLine is a sample, or what is said of a family, in Prometheus' text format 0.0.4.
var metricLine = regexp.MustCompile(`^(?:# (?:HELP|TYPE) [a-z_]+ .+|([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[a-z_]+="[^"\\]*"(?:, ?[a-zA-Z_]+="[^"\\]*")*\})?) (\S+))$`)

// counted is what GET /metrics says, by name and labels.
func (s *testServer) counted() map[string]float64 {
	s.t.Helper()
	resp := s.do(http.MethodGet, "/metrics")
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		s.t.Errorf("the metrics come as %s", kind)
	}
	all := map[string]float64{}
	for line := range strings.Lines(body(s.t, resp)) {
		found := metricLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if found == nil {
			s.t.Fatalf("%q is no line of the format", line)
		}
		if found[1] == "" {
			continue
		}
		value, err := strconv.ParseFloat(found[2], 64)
		if _, twice := all[found[1]]; err != nil || twice {
			s.t.Errorf("%s: twice %t, %v", line, twice, err)
		}
		all[found[1]] = value
	}
	return all
}

// requireCounts compares some of the metrics.
func (s *testServer) requireCounts(want map[string]float64) {
	s.t.Helper()
	all, got := s.counted(), map[string]float64{}
	for name := range want {
		if value, ok := all[name]; ok {
			got[name] = value
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Error(diff)
	}
}

func TestWhatHappensIsCounted(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 100, MaxClients: 3}), loopback(t))
	s.Step(150)
	l := s.resume("e-120")
	resumed := l.until("e-150")
	text := 0
	for _, e := range resumed {
		text += len(fmt.Sprintf("event: %s\ndata: %s\n\n", e.Type, e.Data))
		if e.hasID {
			text += len("id: \n") + len(e.ID)
		}
	}
	forgotten, unknown := s.resume("e-3"), s.resume("other-3")
	forgotten.expect("reset")
	unknown.expect("reset")
	s.do(http.MethodGet, "/events") // one too many
	inject(t, s, "noid:1h")
	inject(t, s, "noid:2h")
	inject(t, s, "clear")
	s.Step(1)
	for _, l := range []*streamReader{l, forgotten, unknown} {
		l.until("e-151")
	}
	s.requireCounts(map[string]float64{
		"livetape_clients":                           3,
		"livetape_requests_total":                    4,
		`livetape_refused_total{reason="full"}`:      1,
		`livetape_refused_total{reason="closed"}`:    0,
		`livetape_resumes_total{result="ok"}`:        1,
		`livetape_resumes_total{result="forgotten"}`: 1,
		`livetape_resumes_total{result="unknown"}`:   1,
		"livetape_resets_total":                      2,
		"livetape_deliveries_total":                  30 + 3,
		`livetape_faults_total{fault="noid"}`:        2,
		`livetape_faults_total{fault="clear"}`:       1,
		`livetape_faults_total{fault="drop"}`:        0,
		"livetape_log_events":                        100,
		"livetape_slow_clients_total":                0,
	})
	all := s.counted()
	if made := all[`livetape_events_total{type="price"}`] + all[`livetape_events_total{type="news"}`] + all[`livetape_events_total{type="status"}`]; made != 151 {
		t.Errorf("%v events were made", made)
	}
	if sent := all["livetape_sent_bytes_total"]; sent < float64(text) {
		t.Errorf("%v bytes were sent, where one of the clients got %d", sent, text)
	}
	for _, name := range []string{"go_goroutines", "process_resident_memory_bytes"} {
		if all[name] <= 0 {
			t.Errorf("%s is %v", name, all[name])
		}
	}
}

func TestTwoServersCountForThemselves(t *testing.T) {
	t.Parallel()
	one := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	other := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	inject(t, one, "eof")
	one.requireCounts(map[string]float64{`livetape_faults_total{fault="eof"}`: 1})
	other.requireCounts(map[string]float64{`livetape_faults_total{fault="eof"}`: 0})
}

func TestSlowClientsAndTheAgeOfTheLogAreCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Queue: 10, Ring: 200}), inMemory())
		s.requireCounts(map[string]float64{"livetape_log_events": 0, "livetape_log_oldest_age_seconds": 0})
		slow := s.listen("/events")
		slow.expect("snapshot")
		for range 300 {
			s.Step(1)
			<-time.After(10 * time.Millisecond)
		}
		if _, err := slow.toEnd(); err == nil {
			t.Error("the stream goes on")
		}
		synctest.Wait()
		s.requireCounts(map[string]float64{
			"livetape_slow_clients_total": 1, "livetape_log_events": 200, "livetape_log_oldest_age_seconds": 2, "livetape_clients": 0,
		})
	})
}

// TestAClientThatStopsToReadIsASlowOne has clients that begin well, and then take nothing any more, or leave.
func TestAClientThatStopsToReadIsASlowOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Queue: 10}), inMemory())
		stuck, left := s.listen("/events"), s.listen("/events")
		stuck.expect("snapshot")
		left.expect("snapshot")
		<-time.After(20 * time.Second)
		left.close()
		synctest.Wait()
		s.requireCounts(map[string]float64{"livetape_slow_clients_total": 0, "livetape_clients": 1})
		for range 300 {
			s.Step(1)
			<-time.After(100 * time.Millisecond)
		}
		s.requireCounts(map[string]float64{"livetape_slow_clients_total": 1, "livetape_clients": 0})
	})
}
