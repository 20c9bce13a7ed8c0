package mockserver_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
	"livetape/mockserver/fault"
)

// inject injects a fault in the form of fault.Syntax.
func inject(t testing.TB, s *testServer, text string) {
	t.Helper()
	f, err := fault.Parse(text)
	if err == nil {
		err = s.Inject(f)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestDropResetsTheConnectionInMidEvent looks at the wire: half an event, at times half an id or character, and a reset.
func TestDropResetsTheConnectionInMidEvent(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(100)
	last, inID, inData, inCharacter := s.Newest(), 0, 0, 0
	for range 36 {
		l := s.resume(last)
		l.expect("resume")
		inject(t, s, "drop")
		if all, err := l.toEnd(); !errors.Is(err, syscall.ECONNRESET) || len(all) > 0 {
			t.Fatalf("the stream ended with %v, behind %v", err, all)
		}
		half := string(l.rest)
		lines := strings.Split(half, "\n")
		switch {
		case strings.HasSuffix(half, "\n\n") || len(lines) < 2:
			t.Fatalf("%q is not half an event", half)
		case len(lines) == 2 && strings.HasPrefix(lines[1], "id: e-") && lines[1] != "id: "+s.Newest():
			inID++
		case len(lines) == 3 && strings.HasPrefix(lines[2], "data: {") && !utf8.ValidString(lines[2]):
			inCharacter++
		case len(lines) == 3 && strings.HasPrefix(lines[2], "data: {") && !json.Valid([]byte(lines[2][6:])):
			inData++
		default:
			t.Fatalf("%q is cut in an odd place", half)
		}
	}
	if inID == 0 || inData == 0 || inCharacter == 0 {
		t.Errorf("%d cuts in an id, %d in data, %d in a character", inID, inData, inCharacter)
	}
	if l := s.resume(last); l.expect("resume").Data != `{"from":"e-100","replayed":0}` {
		t.Error("nothing was wrong with the id")
	}
}

// TestDropIsAnErrorOverTLSToo covers connections that are wrapped, and streams that share one.
func TestDropIsAnErrorOverTLSToo(t *testing.T) {
	t.Parallel()
	for _, h2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %t", h2), func(t *testing.T) {
			mock := newMock(t, mockserver.Config{Epoch: "e"})
			server := httptest.NewUnstartedServer(mock.Handler())
			server.EnableHTTP2 = h2
			server.StartTLS()
			defer server.Close()
			resp, err := server.Client().Get(server.URL + "/events")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if (resp.ProtoMajor == 2) != h2 {
				t.Fatalf("the stream came over %s", resp.Proto)
			}
			l := &streamReader{t: t, body: resp.Body, lines: bufio.NewReader(resp.Body)}
			l.expect("snapshot")
			if err := mock.Inject(fault.Fault{Name: "drop"}); err != nil {
				t.Fatal(err)
			}
			if all, err := l.toEnd(); err == nil || err == io.EOF || len(all) > 0 {
				t.Errorf("the stream ended with %v, behind %v", err, all)
			}
		})
	}
}

func TestEOFEndsStreamsBehindAWholeEvent(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	l := s.listen("/events")
	l.expect("snapshot")
	inject(t, s, "eof")
	if _, err := l.toEnd(); err != io.EOF || len(l.rest) > 0 {
		t.Errorf("the stream ended with %v and %q", err, l.rest)
	}
	s.resume("e-0").expect("resume")
}

func TestAStallIsSilenceThatEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Heartbeat: time.Second, Queue: 10}), inMemory())
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "stall:20s")
		s.Step(500)
		late := s.resume("e-499") // headers come, and no more
		began := time.Now()
		if e := l.next(); e.ID != "e-1" || time.Since(began) != 20*time.Second {
			t.Errorf("after %s came %+v", time.Since(began), e)
		}
		l.until("e-500")
		late.expect("resume")
	})
}

func TestClearEndsWhatLastsAndWhatRepeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Rate: quiet, Heartbeat: time.Hour}), inMemory())
		s.run()
		l := s.listen("/events")
		l.expect("snapshot")
		inject(t, s, "stall:1h")
		inject(t, s, "garbage:1h")
		inject(t, s, "eof@1m")
		<-time.After(time.Second)
		s.Step(1)
		inject(t, s, "clear")
		if e := l.next(); e.ID != "e-1" {
			t.Errorf("after the clearing came %+v", e)
		}
		<-time.After(2 * time.Minute)
		s.Step(1)
		if e := l.next(); e.ID != "e-2" {
			t.Errorf("two minutes later came %+v", e)
		}
	})
}

func TestAFaultRepeatsOnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := serve(t, newMock(t, mockserver.Config{
			Rate: quiet, Faults: []fault.Fault{{Name: "eof", Every: 20 * time.Second}, {Name: "503", For: time.Second}},
		}), inMemory())
		s.run()
		synctest.Wait()
		if resp := s.do("GET", "/events"); resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("at the start: %s", resp.Status)
		}
		<-time.After(time.Second)
		for n := 1; n <= 5; n++ {
			if _, err := s.listen("/events").toEnd(); err != io.EOF {
				t.Fatal(err)
			}
			if got, want := time.Since(began), time.Duration(n)*20*time.Second; got != want {
				t.Errorf("end %d came after %s", n, got)
			}
		}
	})
}

func TestMalformedEventsComeAmongGoodOnesAndLeaveThemWhole(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	l := s.listen("/events")
	b := newMarketState()
	b.mustApply(t, l.expect("snapshot"))
	inject(t, s, "garbage:1h")
	if e := l.next(); e.hasID { // at once, though the market stands still
		t.Fatalf("%+v is not garbage", e)
	}
	const events = 40
	s.Step(events)
	last, types, notJSON, unread := 0, map[string]int{}, 0, 0
	for last < events {
		e := l.next()
		if e.hasID {
			if last++; e.ID != fmt.Sprintf("e-%d", last) {
				t.Fatalf("%s came where %d should have", e.ID, last)
			}
			b.mustApply(t, e)
			continue
		}
		types[e.Type]++
		if !json.Valid([]byte(e.Data)) {
			notJSON++
		} else if newMarketState().apply(e) != nil {
			unread++
		}
	}
	for _, kind := range []string{"price", "news", "status", "snapshot", "horoscope", ""} {
		if types[kind] == 0 {
			t.Errorf("no garbage of type %q", kind)
		}
	}
	if notJSON < events/8 || unread < events/8 {
		t.Errorf("%d were no JSON, %d had wrong parts", notJSON, unread)
	}
	if diff := cmp.Diff(serverState(t, s.Server).prices, b.prices); diff != "" {
		t.Error(diff)
	}
	inject(t, s, "clear")
	s.Step(1)
	for e := l.next(); e.ID != s.Newest(); e = l.next() {
		if e.hasID {
			t.Fatalf("%+v", e)
		}
	}
}
