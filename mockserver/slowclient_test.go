package mockserver_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
)

// In memory, a write waits for its reader: a client that does not read is stuck at the first byte.

func TestASlowClientIsToldToComeAgainAndDelaysNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Queue: 10}), inMemory())
		slow, quick := s.listen("/events"), s.listen("/events")
		slow.expect("snapshot")
		quick.expect("snapshot")
		for n := 1; n <= 300; n++ {
			s.Step(1)
			synctest.Wait() // the slow client's stream is stuck; one that slept until now would have seen a burst
			if e := quick.next(); e.ID != fmt.Sprintf("e-%d", n) {
				t.Fatalf("the quick client got %+v where %d should have been", e, n)
			}
		}
		last, why := "e-0", ""
		rest, err := slow.toEnd()
		for _, e := range rest {
			if e.hasID {
				last = e.ID
			} else {
				why = e.Comment
			}
		}
		want := regexp.MustCompile(`^too slow: (\d+) events behind; reconnect to resume from ` + last + `$`)
		if err != io.EOF || !want.MatchString(why) {
			t.Fatalf("the slow client was told %q behind %s, and ended with %v", why, last, err)
		}
		again := s.resume(last)
		again.expect("resume")
		for n := number(t, last) + 1; n <= 300; n++ {
			if e := again.next(); e.ID != fmt.Sprintf("e-%d", n) {
				t.Fatalf("after the resume came %s, not %d", e.ID, n)
			}
		}
	})
}

func TestAClientThatNeverReadsIsDisconnected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Queue: 10}), inMemory())
		quick := s.listen("/events")
		quick.expect("snapshot")
		conn, err := s.net.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET /events HTTP/1.1\r\nHost: mock\r\n\r\n")
		synctest.Wait()
		if s.Clients() != 2 {
			t.Fatalf("%d clients", s.Clients())
		}
		s.Step(30)
		quick.until("e-30")
		<-time.After(11 * time.Second)
		if s.Clients() != 1 {
			t.Errorf("after 11 s, %d clients", s.Clients())
		}
		s.requireCounts(map[string]float64{"livetape_slow_clients_total": 1})
	})
}

// TestASlowReaderGetsALargeSnapshotWhole reads 100 KB a second of a snapshot that takes it longer than one write may.
func TestASlowReaderGetsALargeSnapshotWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mock := newMock(t, mockserver.Config{Epoch: "e", Symbols: 10000})
		s := serve(t, mock, inMemory())
		body, size, began := s.do(http.MethodGet, "/events").Body, len(mock.Snapshot()), time.Now()
		for read := 0; read < size; {
			n, err := io.CopyN(io.Discard, body, 100<<10)
			if read += int(n); err != nil {
				t.Fatalf("after %d bytes of %d: %v", read, size, err)
			}
			<-time.After(time.Second)
		}
		if took := time.Since(began); took < 20*time.Second {
			t.Errorf("all came in %s: nothing had to wait", took)
		}
	})
}

func TestABurstMakesNoClientSlow(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Queue: 10}), loopback(t))
	l := s.listen("/events")
	l.expect("snapshot")
	s.Step(200)
	for n := 1; n <= 200; n++ {
		if e := l.next(); e.ID != fmt.Sprintf("e-%d", n) {
			t.Fatalf("got %+v where %d should have been", e, n)
		}
	}
}

func TestEventsThatWaitForAClientLeaveInFewWrites(t *testing.T) {
	t.Parallel()
	n, writes := inMemory(), new(atomic.Int64)
	n.Listener = countingListener{n.Listener, writes}
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), n)
	l := s.listen("/events")
	l.expect("snapshot")
	before := writes.Load()
	s.Step(200)
	l.until("e-200")
	if wrote := writes.Load() - before; wrote > 10 {
		t.Errorf("200 events left in %d writes", wrote)
	}
}

// countingListener counts what is written to its connections.
type countingListener struct {
	net.Listener
	writes *atomic.Int64
}

func (l countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return countingConn{conn, l.writes}, err
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}

func TestASilentStreamHasHeartbeats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, target string
		event        bool          // whether an event of the market is for this client
		beat         time.Duration // from such an event, 10 s after a heartbeat, to the next heartbeat
	}{
		{"an event puts the heartbeat off", "/events", true, 15 * time.Second},
		{"an event for others does not", "/events?symbols=NONE&types=news", false, 5 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
				l := s.listen(test.target)
				l.expect("snapshot")
				l.requireBeat(15 * time.Second)
				l.requireBeat(15 * time.Second)
				<-time.After(10 * time.Second)
				s.Step(1)
				if test.event {
					l.until("e-1")
				}
				l.requireBeat(test.beat)
			})
		})
	}
}

// requireBeat checks that the next that comes is a heartbeat, so long from now.
func (l *streamReader) requireBeat(after time.Duration) {
	l.t.Helper()
	began := time.Now()
	e, err := l.read()
	took := time.Since(began)
	if err != nil || e != (event{Comment: "hb"}) || took != after {
		l.t.Errorf("after %s came %+v, %v; want a heartbeat after %s", took, e, err, after)
	}
}

func TestEventsComeAtTheRate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rate     float64
		duration time.Duration
	}{{0.5, time.Minute}, {40, time.Minute}, {333, 10 * time.Second}, {10000, 3 * time.Second}, {100000, 300 * time.Millisecond}}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.rate), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mock := newMock(t, mockserver.Config{Epoch: "e", Rate: test.rate})
				ctx, cancel := context.WithTimeout(t.Context(), test.duration+time.Millisecond)
				defer cancel()
				if err := mock.Run(ctx); err != nil {
					t.Fatal(err)
				}
				want := test.duration.Seconds() * test.rate
				if got := float64(number(t, mock.Newest())); got < want-1 || got > want {
					t.Errorf("%.0f events in %s, want %.0f", got, test.duration, want)
				}
			})
		})
	}
}

func TestWhenTheServerEndsEveryStreamEndsWhole(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Rate: 5000}), loopback(t))
	stop := s.run()
	var streams []*streamReader
	var last [5]string // id that each had
	for n := range last {
		l := s.listen("/events")
		last[n] = l.expect("snapshot").ID
		streams = append(streams, l)
	}
	last[0] = streams[0].next().ID
	stop()
	for n, l := range streams {
		rest, err := l.toEnd()
		for _, e := range rest {
			if e.hasID {
				last[n] = e.ID
			}
		}
		if err != io.EOF || len(l.rest) > 0 || last[n] != s.Newest() {
			t.Errorf("stream %d ended at %s of %s with %v and %q", n, last[n], s.Newest(), err, l.rest)
		}
	}
	resp := s.do("GET", "/events")
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a new client got %s", resp.Status)
	}
	if s.Clients() != 0 {
		t.Errorf("%d clients", s.Clients())
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "only once") {
		t.Errorf("a second run: %v", err)
	}
}

// TestAStreamThatEndsIsReadToItsLastEvent has more waiting for a client than fits into one write.
func TestAStreamThatEndsIsReadToItsLastEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Rate: quiet}), inMemory())
		stop := s.run()
		l := s.listen("/events")
		l.expect("snapshot")
		s.Step(2000)
		var stopping sync.WaitGroup
		stopping.Go(stop)
		synctest.Wait()
		l.until("e-2000")
		if all, err := l.toEnd(); err != io.EOF || len(all) != 1 || all[0].Retry == "" {
			t.Errorf("the stream ended with %v, behind %v", err, all)
		}
		stopping.Wait()
	})
}

func TestAStuckClientDoesNotHoldTheServersEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Rate: quiet}), inMemory())
		stop := s.run()
		conn, err := s.net.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET /events HTTP/1.1\r\nHost: mock\r\n\r\n")
		synctest.Wait()
		began := time.Now()
		stop()
		if took := time.Since(began); took != time.Second {
			t.Errorf("the end took %s", took)
		}
	})
}
