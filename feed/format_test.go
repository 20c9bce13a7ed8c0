package feed

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/feed/connection"
)

// sending answers with a body of any content type, and holds it open if asked to.
func sending(kind, body string, open bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = []string{kind}
		if kind == "" {
			w.Header()["Content-Type"] = nil
		}
		_, _ = io.WriteString(w, body) // a client that has gone is no fault of the server
		_ = http.NewResponseController(w).Flush()
		if open {
			<-r.Context().Done()
		}
	}
}

func TestJSONLinesAreEventsWithoutIDs(t *testing.T) {
	s := serve(t, sending("application/x-ndjson", "\ufeff{\"p\":1}\r\n\r\n{\"p\":2}\nid: 7\n{\"half\"", true))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Format: NDJSON, Decoder: counting{}})
	l.status(Connecting)
	l.status(Live)
	for _, want := range []string{`{"p":1}`, `{"p":2}`, "id: 7"} {
		if m := l.message(); string(m.Data) != want || m.Type != "message" || m.ID != "" || len(m.Updates) != 1 {
			t.Errorf("%+v, want %s", m, want)
		}
	}
}

func TestContentTypesOfJSONLines(t *testing.T) {
	for _, kind := range []string{
		"application/x-ndjson", "application/json", "application/json; charset=utf-8", "application/jsonl", "application/stream+json",
		"application/vnd.tradestation.streams.v2+json", "text/plain; charset=utf-8", "application/octet-stream", "text/x-ndjson", "",
	} {
		s := serve(t, sending(kind, "{}\n", true))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Format: NDJSON})
		l.status(Connecting)
		l.status(Live)
		l.wantMessages("{}")
		l.end()
	}
	for kind, want := range map[string]string{
		"text/html; charset=utf-8": "200, but text/html instead of JSON lines",
		"image/png":                "200, but image/png instead of JSON lines",
		"text/event-stream":        "200, but an event stream instead of JSON lines",
	} {
		s := serve(t, sending(kind, "<html>", false))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Format: NDJSON})
		l.status(Connecting)
		if st := l.status(Failed); st.Cause != want || st.Advice == "" {
			t.Errorf("%s: cause %q, advice %q", kind, st.Cause, st.Advice)
		}
		l.end()
	}
}

func TestJSONWhereAnEventStreamShouldBeIsExplained(t *testing.T) {
	s := serve(t, sending("application/json", "{}\n", false))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	if st := l.until(Failed); st.Cause != "200, but application/json instead of an event stream" || !strings.Contains(st.Advice, "ndjson") {
		t.Errorf("cause %q, advice %q", st.Cause, st.Advice)
	}
}

func TestTheServerIsAskedForTheFormat(t *testing.T) {
	for _, c := range []struct {
		format connection.Format
		header map[string]string
		want   string
	}{
		{"", nil, "text/event-stream"},
		{NDJSON, nil, "application/x-ndjson, application/json;q=0.9, */*;q=0.1"},
		{NDJSON, map[string]string{"accept": "application/json"}, "application/json"},
	} {
		accepts := make(chan string, 1)
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			accepts <- strings.Join(r.Header.Values("Accept"), "|")
			<-r.Context().Done()
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Format: c.format, Header: c.header})
		if got := <-accepts; got != c.want {
			t.Errorf("%q: accepts %q, want %q", c.format, got, c.want)
		}
		l.end()
	}
}

func TestTheEndOfJSONLinesIsPlannedUnlessItCutsOne(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for _, c := range []struct {
		what, answer string
		want         []string
		cause        string
		planned      bool
	}{
		{"a clean end", head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("1\n2\n") + "0\r\n\r\n", []string{"1", "2"}, "the server ended the stream", true},
		{"a clean end without a last line end", head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("1\n{}") + "0\r\n\r\n", []string{"1", "{}"}, "the server ended the stream", true},
		{"only blank lines", head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("\n\n") + "0\r\n\r\n", nil, "the server ended the stream", true},
		{"nothing", head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", nil, "the server ended the stream before sending anything", false},
		{"a cut in a line", head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("1\n{}"), []string{"1"}, "stream cut in mid-event", false},
		{"a cut behind a line", head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("1\n"), []string{"1"}, "stream cut", false},
		{"an end by closing", head + "\r\n1\n2\n", []string{"1", "2"}, "the server ended the stream", true},
		{"an end by closing in a line", head + "\r\n1\n{\"p\":", []string{"1"}, "stream cut in mid-event", false},
	} {
		t.Run(c.what, func(t *testing.T) {
			url := rawServer(t, func(conn net.Conn) { send(conn, c.answer) })
			l := quietEnvironment().listen(t, Config{Name: "f", URL: url, Format: NDJSON})
			l.status(Connecting)
			l.status(Live)
			l.wantMessages(c.want...)
			if st := l.status(Waiting); st.Cause != c.cause || st.Planned != c.planned {
				t.Errorf("%q, planned %t", st.Cause, st.Planned)
			}
		})
	}
}

func TestAJSONLineOverTheBoundIsSkipped(t *testing.T) {
	s := serve(t, sending("text/plain", "1\n"+strings.Repeat("x", 10_000)+"\n2\n", true))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Format: NDJSON, MaxEvent: 1000, Decoder: counting{}})
	l.wantMessages("1")
	if m := l.message(); m.Err == nil || m.Data != nil || len(m.Updates) != 0 {
		t.Errorf("%+v", m)
	}
	l.wantMessages("2")
}

func TestJSONLinesThatCannotResumeSaySo(t *testing.T) {
	s := serve(t, turns(sending("application/json", "1\n", false), sending("application/json", "2\n", true)))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Format: NDJSON, RetryMax: 1e9})
	l.wantMessages("1")
	g := l.gap()
	if diff := cmp.Diff(Gap{Kind: Unreplayed, Missed: Unknown, Planned: true}, Gap{Kind: g.Kind, Missed: g.Missed, From: g.From, Planned: g.Planned}); diff != "" {
		t.Error(diff)
	}
	l.wantMessages("2")
}
