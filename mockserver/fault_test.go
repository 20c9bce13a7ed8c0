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

func TestFaultsAreReadFromAFlag(t *testing.T) {
	tests := []struct {
		text string
		want fault.Fault
	}{
		{"drop", fault.Fault{Name: "drop"}},
		{"drop@20s", fault.Fault{Name: "drop", Every: 20 * time.Second}},
		{"stall", fault.Fault{Name: "stall"}},
		{"stall:5s", fault.Fault{Name: "stall", For: 5 * time.Second}},
		{"503:10s@1m30s", fault.Fault{Name: "503", For: 10 * time.Second, Every: 90 * time.Second}},
		{"garbage:250ms@10ms", fault.Fault{Name: "garbage", For: 250 * time.Millisecond, Every: 10 * time.Millisecond}},
		{"clear", fault.Fault{Name: "clear"}},
		{"slow=50/one", fault.Fault{Name: "slow", Value: "50", Share: fault.One}},
		{"status=429/25%:3s@1m", fault.Fault{Name: "status", Value: "429", Share: 25, For: 3 * time.Second, Every: time.Minute}},
		{"drop/all", fault.Fault{Name: "drop"}},
		{"redirect=301-loop:1s", fault.Fault{Name: "redirect", Value: "301-loop", For: time.Second}},
		{"skew=-1h30m", fault.Fault{Name: "skew", Value: "-1h30m"}},
	}
	for _, test := range tests {
		got, err := fault.Parse(test.text)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v", test.text, got, err)
		}
		if again, err := fault.Parse(got.String()); err != nil || again != got {
			t.Errorf("%s became %s: %+v, %v", test.text, got, again, err)
		}
	}
}

func TestTheNameOfAFaultThatIsNoneIsSaidOnce(t *testing.T) {
	_, err := fault.Parse("explode")
	if err == nil || !strings.HasPrefix(err.Error(), `there is no fault "explode"; the faults are drop, `) || strings.Count(err.Error(), "explode") != 1 {
		t.Errorf("%v", err)
	}
}

func TestABadFaultIsExplained(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", `there is no fault ""; the faults are drop, eof, stall, slow, split, heartbeat, 503, 204, status, redirect, type, ` +
			"gzip, garbage, bytes, huge, retry, noid, dup, reorder, gap, burst, skew, restart, refuse, clear"},
		{"fire", `there is no fault "fire"`},
		{"DROP", `there is no fault "DROP" (did you mean "drop"?)`},
		{"stal:5s", `there is no fault "stal" (did you mean "stall"?); the faults are drop, `},
		{"stall:", `how long: "" is not a duration such as 5s or 1m30s`},
		{"stall:5", `how long: "5" is not a duration`},
		{"stall:-5s", `how long: "-5s" is not a duration`},
		{"stall:5s@", `how often: "" is not a duration`},
		{"stall@0s", `how often: "0s" is not a duration`},
		{"drop:20s", `drop is over at once: it cannot last 20s; to repeat it, write drop@20s`},
		{"drop@1ms", `drop cannot come every 1ms, only every 10ms or more`},
		{"clear@1s", `clear does not repeat`},
		{"clear:1s", `clear is over at once`},
		{"drop=3", `drop has no value`},
		{"slow=", `there is no value behind slow=`},
		{"slow=9", `slow=9 is not possible; its value is bytes a second, 10 to 1000000; default 1000`},
		{"slow=1e3", `slow=1e3 is not possible`},
		{"status=200", `status=200 is not possible; its value is HTTP status, 204 or 400 to 599`},
		{"status=600", `is not possible`},
		{"redirect=301", `is not possible`},
		{"redirect=300-same", `is not possible`},
		{"redirect=301-away", `is not possible; its value is same (origin), other or loop`},
		{"skew=soon", `skew=soon is not possible; its value is duration such as 90s or -1h`},
		{"huge=65", `huge=65 is not possible; its value is MiB, 1 to 64`},
		{"503=7", `503 has no value`},
		{"drop/", `whom: "" is not one, all or a share such as 25%`},
		{"drop/0%", `whom: "0%" is not`},
		{"drop/101%", `whom: "101%" is not`},
		{"drop/25", `whom: "25" is not`},
		{"restart/one", `restart strikes the server as a whole, not one of its connections`},
	}
	for _, test := range tests {
		if _, err := fault.Parse(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}

func FuzzAFaultThatIsReadIsWrittenAndInjected(f *testing.F) {
	for _, text := range []string{"drop@20s", "stall:5s@1m", "503", "::@@", "eof@9999999h", "204:1ns", "status=429/25%", "skew=-9h/one", "a=b=c/d/e"} {
		f.Add(text)
	}
	mock := newMock(f, mockserver.Config{})
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := fault.Parse(text)
		if err != nil {
			return
		}
		if again, err := fault.Parse(parsed.String()); err != nil || again != parsed {
			t.Errorf("%q became %s: %+v, %v", text, parsed, again, err)
		}
		if err := mock.Inject(parsed); err != nil {
			t.Error(err)
		}
	})
}

func TestEveryFaultHasHelpAndCanBeInjected(t *testing.T) {
	mock := newMock(t, mockserver.Config{})
	for _, info := range fault.List() {
		if info.Help == "" {
			t.Errorf("%s has no help", info.Name)
		}
		if err := mock.Inject(fault.Fault{Name: info.Name}); err != nil {
			t.Error(err)
		}
	}
	for _, f := range []fault.Fault{{Name: "fire"}, {Name: "stall", For: -1}, {Name: "drop", Every: -1}, {Name: "drop", Share: -2}, {Name: "drop", Share: 100}} {
		if mock.Inject(f) == nil {
			t.Errorf("%+v was taken", f)
		}
	}
}

func inject(t testing.TB, s *site, text string) {
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
			l := &listener{t: t, body: resp.Body, lines: bufio.NewReader(resp.Body)}
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

func TestGarbageComesAmongGoodEventsAndLeavesThemWhole(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	l := s.listen("/events")
	b := newBoard()
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
		} else if newBoard().apply(e) != nil {
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
	if diff := cmp.Diff(truth(t, s.Server).prices, b.prices); diff != "" {
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
