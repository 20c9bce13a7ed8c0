package mockserver_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// journal keeps what is logged.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

// lines are what was logged, with times and places left out.
func (j *journal) lines(t *testing.T) (all []map[string]any) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	for scanner := bufio.NewScanner(&j.buf); scanner.Scan(); {
		var line map[string]any
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		delete(line, "time")
		delete(line, "from")
		delete(line, "after")
		all = append(all, line)
	}
	return all
}

func (j *journal) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(j, &slog.HandlerOptions{Level: level}))
}

func TestTheServerLogsItsLifeAndNoSecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var j journal
		s := serve(t, newMock(t, mockserver.Config{
			Epoch: "e", Rate: quiet, Queue: 10, Token: "s3cret", Logger: j.logger(slog.LevelDebug),
		}), inMemory())
		stop := s.run()
		synctest.Wait()
		l := s.listen("/events?symbols=NVDA&token=s3cret&types=&s3cret&x=%73", "Authorization", "Bearer s3cret", "Last-Event-ID", "old-7")
		l.expect("reset")
		l.expect("snapshot")
		inject(t, s, "skew=-1h:5s")
		inject(t, s, "restart")
		synctest.Wait()
		inject(t, s, "clear")
		stop()
		client := map[string]any{"level": "DEBUG", "client": 1.0}
		want := []map[string]any{
			{"level": "INFO", "msg": "started", "epoch": "e", "seed": 1.0, "rate": quiet, "symbols": 24.0},
			with(client, "msg", "client connected", "proto", "HTTP/1.1", "path", "/events",
				"query", "symbols=NVDA&token=…&types=&…&x=…", "last_event_id", "old-7"),
			{"level": "INFO", "msg": "fault started", "fault": "skew", "value": "-1h", "share": "all", "for": 5e9},
			{"level": "INFO", "msg": "fault started", "fault": "restart", "value": "", "share": "all", "for": 0.0},
			{"level": "INFO", "msg": "restart", "epoch": "e.2"},
			with(client, "msg", "client disconnected"),
			{"level": "INFO", "msg": "faults cleared"},
			{"level": "INFO", "msg": "draining", "clients": 0.0},
			{"level": "INFO", "msg": "ended", "clients": 0.0},
		}
		if diff := cmp.Diff(want, j.lines(t)); diff != "" {
			t.Error(diff)
		}
	})
}

func with(m map[string]any, pairs ...any) map[string]any {
	all := map[string]any{}
	for k, v := range m {
		all[k] = v
	}
	for n := 0; n < len(pairs); n += 2 {
		all[pairs[n].(string)] = pairs[n+1]
	}
	return all
}

func TestTheDisconnectionOfASlowClientIsLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var j journal
		s := serve(t, newMock(t, mockserver.Config{Queue: 10, Logger: j.logger(slog.LevelInfo)}), inMemory())
		slow := s.listen("/events")
		slow.expect("snapshot")
		for range 300 {
			s.Step(1)
			synctest.Wait()
		}
		if _, err := slow.toEnd(); err == nil {
			t.Error("the stream goes on")
		}
		synctest.Wait()
		lines := j.lines(t)
		if len(lines) != 1 || lines[0]["msg"] != "slow client disconnected" || lines[0]["level"] != "WARN" || lines[0]["client"] != 1.0 {
			t.Errorf("it is logged so: %v", lines)
		}
	})
}

func TestALongQueryIsLoggedInPart(t *testing.T) {
	t.Parallel()
	var j journal
	s := serve(t, newMock(t, mockserver.Config{Logger: j.logger(slog.LevelDebug)}), loopback(t))
	s.listen("/events?symbols=" + strings.Repeat("%C3%9C", 2000)).expect("snapshot")
	if query := fmt.Sprint(j.lines(t)[0]["query"]); len(query) > 260 || !strings.HasSuffix(query, "…") {
		t.Errorf("%d bytes: %s", len(query), query)
	}
}

func TestAServerIsReadyWhileItRunsAndNotWhileItDrains(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Rate: quiet}), inMemory())
		requireReady := func(when string, want int) {
			t.Helper()
			resp := s.do(http.MethodGet, "/readyz")
			if resp.StatusCode != want || (resp.Header.Get("Retry-After") != "") != (want != http.StatusOK) {
				t.Errorf("%s: %s, Retry-After %q", when, resp.Status, resp.Header.Get("Retry-After"))
			}
			if s.do(http.MethodGet, "/healthz").StatusCode != http.StatusOK {
				t.Errorf("%s: not healthy", when)
			}
		}
		requireReady("before", http.StatusServiceUnavailable)
		stop := s.run()
		synctest.Wait()
		requireReady("while it runs", http.StatusOK)
		l := s.listen("/events")
		l.expect("snapshot")
		s.Step(1000) // which nobody reads, so that the stream does not end
		var stopping sync.WaitGroup
		stopping.Go(stop)
		synctest.Wait()
		if s.Clients() != 1 {
			t.Fatal("nothing is left to drain")
		}
		requireReady("while it drains", http.StatusServiceUnavailable)
		if _, err := l.toEnd(); err == nil {
			t.Error("the stream goes on")
		}
		stopping.Wait()
		requireReady("after", http.StatusServiceUnavailable)
	})
}
