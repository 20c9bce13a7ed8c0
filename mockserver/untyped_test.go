package mockserver_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

// typed is an untyped event as it would be in a typed stream.
func typed(t *testing.T, e event) event {
	t.Helper()
	if e.Type != "" {
		t.Fatalf("%+v has a type of its own", e)
	}
	rest, ok := strings.CutPrefix(e.Data, `{"type":"`)
	name, members, found := strings.Cut(rest, `",`)
	if !ok || !found {
		t.Fatalf("%s does not begin with its type", e.Data)
	}
	e.Type, e.Data = name, "{"+members
	return e
}

func TestAnUntypedStreamIsTheTypedOneWithTheTypesInTheJSON(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(500)
	for _, query := range []string{"", "types=news,status", "symbols=NVDA", "lastEventId=e-100", "lastEventId=other-1"} {
		plain, untyped := s.listen("/events?"+query), s.listen("/events?untyped&"+query)
		next := func() event {
			want := plain.next()
			if diff := cmp.Diff(want, typed(t, untyped.next()), cmp.AllowUnexported(event{})); diff != "" {
				t.Fatalf("%s: %s", query, diff)
			}
			return want
		}
		next() // the snapshot, or the resume: both are of the same moment, as long as nothing happens
		s.Step(300)
		last := s.Newest()
		s.Step(600) // something that passes the filter follows
		for {
			if e := next(); e.ID != "" && number(t, e.ID) > number(t, last) {
				break
			}
		}
		plain.close()
		untyped.close()
	}
}

func TestAnUntypedStreamResumesByTheHeaderOfABrowser(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(20)
	l := s.listen("/events?untyped", "Last-Event-ID", "e-7")
	defer l.close()
	if first := l.next(); first.hasID || first.Data != `{"type":"resume","from":"e-7","replayed":13}` {
		t.Errorf("%+v", first)
	}
	if next := l.next(); next.ID != "e-8" {
		t.Errorf("%+v does not follow e-7", next)
	}
}

func TestFaultsOfAnUntypedStreamAreUntyped(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	l := s.listen("/events?untyped")
	defer l.close()
	l.next()
	for _, fault := range []string{"garbage:1h", "bytes:1h", "huge=1"} {
		inject(t, s, fault)
	}
	s.Step(60)
	events, malformed, huge := 0, 0, 0
	for events < 60 {
		e := l.next()
		switch {
		case e.Type != "":
			t.Fatalf("%+v has a type of its own", e)
		case e.hasID:
			events++
		case strings.HasPrefix(e.Data, `{"type":"news","id":"huge"`):
			huge++
		case !json.Valid([]byte(e.Data)):
			malformed++
		}
	}
	if malformed < 10 || huge != 1 {
		t.Errorf("%d malformed and %d huge events", malformed, huge)
	}
}

func TestADropCutsAnUntypedStreamInMidEvent(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	for range 12 {
		l := s.listen("/events?untyped", "Last-Event-ID", s.Newest())
		l.next()
		inject(t, s, "drop")
		if _, err := l.toEnd(); err == nil {
			t.Fatal("the stream goes on")
		}
		if strings.HasPrefix(string(l.rest), "event:") || len(l.rest) == 0 {
			t.Errorf("the stream ended with %q", l.rest)
		}
		s.Step(1)
	}
}

func TestOnlyPagesOfAnAllowedOriginReadWithCredentials(t *testing.T) {
	t.Parallel()
	mock := newMock(t, mockserver.Config{AllowOrigins: []string{"https://page.example", "null"}})
	s := serve(t, mock, loopback(t))
	tests := []struct{ origin, allowed, credentials string }{
		{"https://page.example", "https://page.example", "true"},
		{"null", "null", "true"},
		{"https://other.example", "", ""},
		{"", "", ""},
	}
	for _, path := range []string{"/events", "/events?untyped", "/as/mercure/.well-known/mercure?topic=prices"} {
		for _, test := range tests {
			for _, method := range []string{http.MethodGet, http.MethodOptions} {
				h := s.do(method, path, "Origin", test.origin).Header
				got := []string{h.Get("Access-Control-Allow-Origin"), h.Get("Access-Control-Allow-Credentials"), h.Get("Vary")}
				if diff := cmp.Diff([]string{test.allowed, test.credentials, "Origin"}, got); diff != "" {
					t.Errorf("%s %s from %q: %s", method, path, test.origin, diff)
				}
			}
		}
	}
}

func TestWithoutAllowedOriginsNoPageReadsWithCredentials(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	h := s.do(http.MethodOptions, "/events", "Origin", "https://page.example").Header
	if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" || h.Get("Vary") != "" {
		t.Error(h)
	}
}

func TestAnAllowedOriginIsWrittenAsBrowsersSendIt(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "*", "page.example", "https://page.example/", "https://Page.example", "https://page.example/a", "https://u@page.example"} {
		if _, err := mockserver.New(mockserver.Config{AllowOrigins: []string{wrong}}); err == nil || !strings.Contains(err.Error(), "https://page.example") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestTheIndexNamesUntypedStreams(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	lines := bufio.NewScanner(s.do("GET", "/").Body)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "?untyped") {
			return
		}
	}
	t.Error("GET / does not list ?untyped")
}
