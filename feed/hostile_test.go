package feed

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/connection"
	"livetape/feed/decode"
	"livetape/feed/market"
)

func TestGzipIsNotAskedForButUnderstood(t *testing.T) {
	flushed := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("asked for %q", got)
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Content-Encoding", "gzip")
		_ = http.NewResponseController(w).Flush() // the head alone: Live must not wait for the first byte
		<-flushed
		z := gzip.NewWriter(w)
		for n := range 3 {
			_, _ = fmt.Fprintf(z, "data: %d\n\n", n)
			_ = z.Flush()
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	})
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	l.status(Connecting)
	l.status(Live)
	close(flushed)
	l.wantMessages("0", "1", "2")
}

func TestWhatIsNotGzipIsAFailure(t *testing.T) {
	for what, body := range map[string]string{"its head": "data: 1\n\n and more", "its inside": gzipped("data: 1\n\n")[:12] + "garbage garbage garbage"} {
		s := serve(t, answering(200, http.Header{"Content-Type": {"text/event-stream"}, "Content-Encoding": {"gzip"}}, body))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.status(Connecting)
		l.status(Live)
		if st := l.status(Waiting); st.Cause != "the stream is not gzip, although its header says so" || st.Attempt != 1 {
			t.Errorf("%s: %q", what, st.Cause)
		}
		l.end()
	}
}

func TestGzipOfWhichNoHeaderTellsIsNamedAsSuch(t *testing.T) {
	s := serve(t, answering(200, http.Header{"Content-Type": {"text/event-stream"}}, gzipped("data: 1\n\n")))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	l.status(Connecting)
	l.status(Live)
	if st := l.status(Waiting); st.Cause != "the stream is gzip, and no header says so" || st.Attempt != 1 {
		t.Errorf("%q", st.Cause)
	}
	l.end()
}

func TestAStreamInUTF16IsNamedAsSuch(t *testing.T) {
	for format, body := range map[connection.Format]string{
		SSE:    "\xff\xfed\x00a\x00t\x00a\x00:\x00 \x001\x00\n\x00\n\x00",
		NDJSON: "\x00{\x00\"\x00p\x00\"\x00:\x001\x00}\x00\n",
	} {
		kind := map[connection.Format]string{SSE: "text/event-stream", NDJSON: "application/x-ndjson"}[format]
		s := serve(t, sending(kind, body, true))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Format: format})
		l.status(Connecting)
		l.status(Live)
		if st := l.status(Failed); st.Cause != "the stream is UTF-16 text; an event stream is UTF-8" || st.Advice == "" {
			t.Errorf("%s: %+v", format, st)
		}
		l.end()
	}
}

func gzipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text) // a Buffer does not fail
	_ = z.Close()
	return b.String()
}

func TestARefusalMayBeCompressedAndIsReadWithinABound(t *testing.T) {
	for what, body := range map[string]string{
		"small": gzipped(`{"message":"plan expired"}`),
		"bomb":  gzipped(`plan expired` + "\n" + strings.Repeat("\x00", 8<<20)),
	} {
		s := serve(t, answering(403, http.Header{"Content-Encoding": {"gzip"}}, body))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		if st := l.until(Failed); st.Cause != "403: access is forbidden: plan expired" {
			t.Errorf("%s: %q", what, st.Cause)
		}
		l.end()
	}
}

func TestACauseIsOneSafeLine(t *testing.T) {
	body := `{"message":"\u001b[2Jowned\r\n\u202egnp.exe ` + strings.Repeat("long ", 1000) + `"}`
	s := serve(t, answering(400, nil, body))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	st := l.until(Failed)
	if strings.ContainsAny(st.Cause, "\x1b\r\n\u202e") || len([]rune(st.Cause)) > 200 {
		t.Errorf("%q", st.Cause)
	}
}

func TestAnEventOverTheBoundIsSkippedAndTheStreamGoesOn(t *testing.T) {
	body := "id: 1\ndata: a\n\nid: 2\nevent: big\ndata: " + strings.Repeat("x", 10_000) + "\n\nid: 3\ndata: c\n\n"
	s := serve(t, staying(body))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, MaxEvent: 1000, Decoder: counting{}})
	l.wantMessages("a")
	if m := l.message(); m.Err == nil || m.Data != nil || len(m.Updates) != 0 {
		t.Errorf("%+v", m)
	}
	if m := l.message(); string(m.Data) != "c" || m.ID != "3" || m.Err != nil {
		t.Errorf("%+v", m)
	}
}

// counting makes an update of every event and finds fault with "bad" ones.
type counting struct{}

func (counting) Decode(kind string, _ []byte) (decode.Message, error) {
	m := decode.Message{Updates: []market.Update{market.Halt{Symbol: kind}}}
	if kind == "bad" {
		return m, io.ErrNoProgress
	}
	if kind == "odd" {
		return decode.Message{Unmapped: "no rule for odd"}, nil
	}
	return m, nil
}

func TestAPayloadThatDoesNotDecodeDoesNotEndTheStream(t *testing.T) {
	s := serve(t, staying("event: bad\ndata: 1\n\nevent: odd\ndata: 2\n\nevent: good\ndata: 3\n\n"))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Decoder: counting{}})
	if m := l.message(); m.Err == nil || len(m.Updates) != 1 {
		t.Errorf("bad: %+v", m)
	}
	if m := l.message(); m.Err != nil || m.Unmapped == "" || len(m.Updates) != 0 {
		t.Errorf("odd: %+v", m)
	}
	if m := l.message(); m.Err != nil || m.Type != "good" || len(m.Updates) != 1 {
		t.Errorf("good: %+v", m)
	}
}

func TestRawEventsNeedNoDecoder(t *testing.T) {
	before := wallClock()
	s := serve(t, staying("data: {\"value\": 42}\n\nevent: price\nid: 7\ndata: a\ndata: b\n\nevent: empty\ndata\n\n"))
	l := quietEnvironment().listen(t, Config{Name: "raw", URL: s.URL})
	for _, want := range []Message{
		{Type: "message", Data: []byte(`{"value": 42}`)},
		{Type: "price", Data: []byte("a\nb"), ID: "7"},
		{Type: "empty", ID: "7"},
	} {
		e := l.next()
		for e.Message == nil {
			e = l.next()
		}
		m := *e.Message
		if m.Type != want.Type || !bytes.Equal(m.Data, want.Data) || m.ID != want.ID || m.Updates != nil || m.Err != nil {
			t.Errorf("%+v, want %+v", m, want)
		}
		if e.Feed != "raw" || e.At.Before(before) || e.At.After(wallClock()) || e.At.Location() != time.UTC {
			t.Errorf("feed %s at %s", e.Feed, e.At)
		}
	}
}

func TestDataIsNeverChangedAfterDelivery(t *testing.T) {
	const all = 5000
	var body strings.Builder
	for n := range all {
		fmt.Fprintf(&body, "data: %d\n\n", n)
	}
	s := serve(t, staying(body.String()))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	var kept [][]byte
	for range all {
		kept = append(kept, l.message().Data)
	}
	for n, data := range kept {
		if string(data) != fmt.Sprint(n) {
			t.Fatalf("event %d has become %q", n, data)
		}
	}
}

func TestAFloodOfRetriesAndCommentsIsHarmless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flood := strings.Repeat("retry: 99999999999999999999999\nretry: -5\n:\n\n", 10_000)
		net := network(func(r *http.Request) (*http.Response, error) { return streamOf(r, strings.NewReader(flood)), nil })
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		if st := l.until(Waiting); st.Retry > maxRetry || st.Retry < 0 {
			t.Errorf("retry %s", st.Retry)
		}
	})
}

func TestATrailerThatIsNoneDoesNotEndAFeedThatLives(t *testing.T) {
	for what, trailer := range map[string]string{"no field": "no field, token=abcdefghijkl", "steers a terminal": "X-Sum: \x1b[2Jabc", "endless": strings.Repeat("X: y\r\n", 300_000)} {
		url := rawServer(t, func(conn net.Conn) {
			send(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk("data: 1\n\n")+"0\r\n"+trailer+"\r\n\r\n")
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: url})
		l.until(Live)
		l.wantMessages("1")
		if st := l.until(Waiting); st.Cause != "the server's HTTP cannot be understood" || st.Advice != "" {
			t.Errorf("%s: %q, %q", what, st.Cause, st.Advice)
		}
		l.end()
	}
}
