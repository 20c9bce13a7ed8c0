package mockserver_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// serveWithFault is a stream with a fault on, after its snapshot.
func serveWithFault(t *testing.T, fault string) (*testServer, *streamReader) {
	t.Helper()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	l := s.listen("/events")
	l.expect("snapshot")
	inject(t, s, fault)
	return s, l
}

func TestIDsComeOutOfOrderTwiceOrNotAtAll(t *testing.T) {
	t.Parallel()
	tests := []struct {
		fault string
		made  int
		want  []string // their ids; the last one made is among them, so that the fault ends behind it
	}{
		{"dup", 12, strings.Fields("1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 10 10 11 11 12 12")},
		{"reorder", 12, strings.Fields("2 1 4 3 6 5 8 7 10 9 12 11")},
		{"gap", 11, strings.Fields("1 2 3 5 6 7 9 10 11")},
		{"eof/one", 12, nil},
	}
	for _, test := range tests {
		for _, portion := range []int{1, test.made} {
			t.Run(fmt.Sprint(test.fault, " by ", portion), func(t *testing.T) {
				s, l := serveWithFault(t, test.fault)
				for range test.made / portion {
					s.Step(portion)
				}
				var got []string
				for range test.want {
					got = append(got, strings.TrimPrefix(l.next().ID, "e-"))
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				if test.want == nil {
					return
				}
				inject(t, s, "clear")
				s.Step(3)
				for n := test.made + 1; n <= test.made+3; n++ {
					if e := l.next(); e.ID != fmt.Sprintf("e-%d", n) {
						t.Errorf("after the fault came %s where %d should have", e.ID, n)
					}
				}
			})
		}
	}
}

func TestWithoutIDsEventsAreTheSame(t *testing.T) {
	t.Parallel()
	s, l := serveWithFault(t, "noid")
	s.Step(30)
	again := s.resume("e-0") // came while the fault was on
	again.expect("resume")
	for n := 1; n <= 30; n++ {
		e, same := l.next(), again.next()
		if e.hasID || same.Data != e.Data || same.Type != e.Type {
			t.Fatalf("event %d is %+v, want it without an id, and as %+v", n, e, same)
		}
	}
	inject(t, s, "clear")
	s.Step(1)
	if e := l.next(); e.ID != "e-31" {
		t.Errorf("after the fault came %+v, want e-31", e)
	}
}

func TestWithoutIDsASnapshotHasNoneEither(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	inject(t, s, "noid:1h")
	l := s.listen("/events")
	if e := l.expect("snapshot"); e.hasID {
		t.Errorf("the snapshot has the id %s", e.ID)
	}
	s.Step(1)
	if e := l.next(); e.hasID {
		t.Errorf("the event behind it has the id %s", e.ID)
	}
}

func TestAHugeEventIsWholeAndTheNextOneToo(t *testing.T) {
	t.Parallel()
	s, l := serveWithFault(t, "huge=3")
	e := l.expect("news")
	if len(l.rest) < 3<<20-5 || len(l.rest) > 3<<20 || e.hasID || !json.Valid([]byte(e.Data)) {
		t.Errorf("%d bytes of %.60s…", len(l.rest), e.Data)
	}
	s.Step(1)
	if e := l.next(); e.ID != "e-1" {
		t.Errorf("behind it came %+v", e)
	}
}

func TestRetryTellsClientsAnotherReconnectionTime(t *testing.T) {
	t.Parallel()
	_, l := serveWithFault(t, "retry=123456")
	if e, err := l.read(); err != nil || e != (event{Retry: "123456"}) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestOddBytesComeAmongGoodEventsAndLeaveThemWhole(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(1)
	resp := s.do("GET", "/events")
	lines := bufio.NewReader(resp.Body)
	(&streamReader{t: t, lines: lines}).expect("snapshot")
	inject(t, s, "bytes:1h")
	s.Step(30)
	text := ""
	for !strings.Contains(text, "\nid: e-31\n") {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		text += line
	}
	inject(t, s, "eof")
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	text += string(rest)
	for what, odd := range map[string]string{
		"invalid UTF-8": "\xff\xc3\x28", "NUL": "\x00", "a byte order mark": "\ufeffdata", "CR LF": "\r\n", "CR": "\r\r",
		"an escape sequence": `\u001b[2J`, "an override": `\u202e`, "a field without colon": "\ndata\n",
	} {
		if !strings.Contains(text, odd) {
			t.Errorf("there is no %s", what)
		}
	}
	next := 2
	for _, id := range regexp.MustCompile(`(?m)^id: e-(\d+)\ndata: \{.*\}\n\n`).FindAllStringSubmatch(text, -1) {
		if id[1] != fmt.Sprint(next) {
			t.Fatalf("event %s came where %d should have", id[1], next)
		}
		next++
	}
	if odd := regexp.MustCompile(`(?m)^id: [^e]`).FindAllString(text, -1); next != 32 || len(odd) == 0 {
		t.Errorf("%d good events came, and %d ids that are none", next-2, len(odd))
	}
}

func TestABurstIsOverWhenItIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Rate: 2}), inMemory())
		stop := s.run()
		<-time.After(10100 * time.Millisecond)
		before := number(t, s.Newest())
		inject(t, s, "burst=3000:5s")
		<-time.After(5 * time.Second)
		during := number(t, s.Newest()) - before
		<-time.After(10 * time.Second)
		after := number(t, s.Newest()) - before - during
		stop()
		if before != 20 || during < 14900 || during > 15100 || after < 19 || after > 40 {
			t.Errorf("%d events before, %d during, %d after the burst", before, during, after)
		}
	})
}

func TestASkewedClockGoesBackToo(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Now: stillClock}), loopback(t))
	for fault, want := range map[string]time.Duration{"skew": time.Hour, "skew=-90s": -90 * time.Second, "clear": 0} {
		l := s.resume(s.Newest())
		l.expect("resume")
		inject(t, s, fault)
		s.Step(1)
		var said struct{ Time time.Time }
		if err := json.Unmarshal([]byte(l.next().Data), &said); err != nil {
			t.Fatal(err)
		}
		if got := said.Time.Sub(stillClock()); got != want {
			t.Errorf("%s: the clock is %s ahead", fault, got)
		}
		l.close()
	}
}

func TestARestartForgetsThePast(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Retry: time.Millisecond}), loopback(t))
	for n, epoch := range []string{"e.2", "e.3"} {
		s.Step(5)
		last := s.Newest()
		l := s.listen("/events")
		before := newMarketState()
		before.mustApply(t, l.expect("snapshot"))
		inject(t, s, "restart")
		if _, err := l.toEnd(); err != io.EOF {
			t.Errorf("the stream ended with %v", err)
		}
		l = s.resume(last)
		if e := l.expect("reset"); e.Data != fmt.Sprintf(`{"from":%q,"missed":null}`, last) {
			t.Errorf("restart %d: %s", n+1, e.Data)
		}
		after := newMarketState()
		snapshot := l.expect("snapshot")
		after.mustApply(t, snapshot)
		if snapshot.ID != epoch+"-0" {
			t.Errorf("restart %d: the snapshot has id %s", n+1, snapshot.ID)
		}
		if diff := cmp.Diff(before.prices, after.prices); diff != "" {
			t.Errorf("prices jumped: %s", diff)
		}
		for id := range after.news {
			if before.news[id] != nil {
				t.Errorf("headline %s is of both epochs", id)
			}
		}
		s.Step(1)
		if e := l.next(); e.ID != epoch+"-1" {
			t.Errorf("the first event is %s", e.ID)
		}
		if text := body(t, s.do("GET", "/healthz")); !strings.Contains(text, `"epoch":"`+epoch+`"`) {
			t.Error(text)
		}
		l.close()
	}
}
