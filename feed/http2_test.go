package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
)

// TestAnHTTP2ServerThatClosesIsUnderstood has the words of net/http, which have no types.
func TestAnHTTP2ServerThatClosesIsUnderstood(t *testing.T) {
	t.Parallel()
	const goAway = `http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=%, debug=""`
	for _, c := range []struct {
		sent, err, cause string
		planned          bool
	}{
		{"data: 1\n\n", strings.Replace(goAway, "%", "NO_ERROR", 1), "the server closed the connection", true},
		{"data: 1\n\n", "stream error: stream ID 1; NO_ERROR; received from peer", "the server closed the connection", true},
		{"data: 1\n\ndata: 2", strings.Replace(goAway, "%", "NO_ERROR", 1), "stream cut in mid-event", false},
		{"data: 1\n\n", strings.Replace(goAway, "%", "ENHANCE_YOUR_CALM", 1), "the server ended the stream with the HTTP/2 error ENHANCE_YOUR_CALM", false},
		{"data: 1\n\n", "http2: Transport received GOAWAY from server ErrCode:PROTOCOL_ERROR", "the server ended the stream with the HTTP/2 error PROTOCOL_ERROR", false},
		{"data: 1\n\n", "stream error: stream ID 3; INTERNAL_ERROR; received from peer", "the server ended the stream with the HTTP/2 error INTERNAL_ERROR", false},
		{"data: 1\n\n", "http2: client connection lost", "connection lost", false},
		{"data: 1\n\n", "connection error: PROTOCOL_ERROR", "the server's HTTP/2 cannot be understood", false},
		{"data: 1\n\n", "http2: frame too large", "the server's HTTP/2 cannot be understood", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			net := network(func(r *http.Request) (*http.Response, error) {
				return streamOf(r, io.MultiReader(strings.NewReader(c.sent), failingWith(errors.New(c.err)))), nil
			})
			l := quietEnvironment().listen(t, Config{Name: "f", URL: "https://desk.example/", Client: net.client()})
			defer l.end()
			l.wantMessages("1")
			if st := l.status(Waiting); st.Cause != c.cause || st.Planned != c.planned {
				t.Errorf("%s: cause %q, planned %t", c.err, st.Cause, st.Planned)
			}
		})
	}
}

func TestAStatusNamesTheProtocol(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(staying("data: 1\n\n")))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Client: s.Client()})
	defer l.end()
	l.status(Connecting)
	if st := l.status(Live); st.Protocol != "HTTP/2.0" || st.Compression != "" {
		t.Errorf("the stream is live by %s with the compression %q", st.Protocol, st.Compression)
	}
}

// TestAGzipMemberIsReadWhenItHasCome has a server make a member of each event, and wait before the next.
func TestAGzipMemberIsReadWhenItHasCome(t *testing.T) {
	t.Parallel()
	next := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Content-Encoding", "gzip")
		for _, event := range []string{"data: 1\n\n", "data: 2\n\n", "data: 3\n\n"} {
			var member bytes.Buffer
			z := gzip.NewWriter(&member)
			_, _ = io.WriteString(z, event)
			_ = z.Close()
			_, _ = w.Write(member.Bytes())
			_ = http.NewResponseController(w).Flush()
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
	})
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	l.status(Connecting)
	if st := l.status(Live); st.Protocol != "HTTP/1.1" || st.Compression != "gzip" {
		t.Errorf("the stream is live by %s with the compression %q", st.Protocol, st.Compression)
	}
	for _, want := range []string{"1", "2", "3"} {
		l.wantMessages(want)
		next <- struct{}{}
	}
	if st := l.status(Waiting); st.Cause != "the server ended the stream" {
		t.Errorf("cause %q", st.Cause)
	}
}
