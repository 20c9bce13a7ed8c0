package feed

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/decode"
)

func TestACleanEndIsNoFailureAndWaitsExactlyTheReconnectionTime(t *testing.T) {
	for body, want := range map[string]time.Duration{
		"data: 1\n\n":                   time.Second,
		"retry: 5000\n\n":               5 * time.Second,
		"retry: 120000\n\ndata: 1\n\n":  2 * time.Minute,
		": only a comment\n\n":          time.Second,
		"retry: 7200000\ndata: 1\n\n":   time.Hour,
		"retry: 0\ndata: 1\n\n":         minWait,
		"retry: soon\ndata: 1\n\n":      time.Second,
		"retry: 5000\ndata: half event": 5 * time.Second,
	} {
		t.Run(body, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				net := network(func(r *http.Request) (*http.Response, error) { return streamOf(r, strings.NewReader(body)), nil })
				l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
				defer l.end()
				l.status(Connecting)
				l.status(Live)
				st := l.status(Waiting)
				if got := st.RetryAt.Sub(st.Since); got != want || !st.Planned || st.Attempt != 0 {
					t.Errorf("wait %s, planned %t, attempt %d; want %s, planned, 0", got, st.Planned, st.Attempt, want)
				}
				if got := l.elapsed(Connecting); got != want {
					t.Errorf("connected again after %s, want %s", got, want)
				}
				if st := l.status(Live); st.Planned || st.Connections != 2 {
					t.Errorf("live again: planned %t, connection %d", st.Planned, st.Connections)
				}
			})
		})
	}
}

func TestFailuresBackOffAndNeverEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNREFUSED })
		w := quietEnvironment()
		w.random = func() float64 { return 1 }
		l := w.listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		for i, want := range []time.Duration{2, 3, 5, 9, 17, 31, 31} {
			l.status(Connecting)
			st := l.status(Waiting)
			if got := st.RetryAt.Sub(st.Since); got != want*time.Second || st.Attempt != i+1 || st.Planned {
				t.Errorf("failure %d: wait %s, attempt %d", i+1, got, st.Attempt)
			}
		}
		for day := time.Now().Add(24 * time.Hour); time.Now().Before(day); {
			l.until(Waiting)
		}
	})
}

func TestTheServersRetryIsTheBaseOfTheBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, io.MultiReader(strings.NewReader("retry: 40000\n\ndata: 1\n\n"), failingWith(syscall.ECONNRESET))), nil
		})
		w := quietEnvironment()
		w.random = func() float64 { return 1 }
		l := w.listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		st := l.until(Waiting)
		if got := st.RetryAt.Sub(st.Since); got != 70*time.Second || st.Retry != 40*time.Second || st.Cause != "connection reset" {
			t.Errorf("wait %s, retry %s, cause %q", got, st.Retry, st.Cause)
		}
	})
}

// failingWith is a body that fails.
func failingWith(err error) io.Reader { return failing{err} }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestEachAnswerOfAServerLeadsToItsState(t *testing.T) {
	later := http.Header{"Retry-After": {"7"}}
	html := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	for _, c := range []struct {
		status int
		header http.Header
		body   string
		want   State
		wait   time.Duration
		cause  string
	}{
		{200, html, "<html>", Failed, 0, "200, but text/html instead of an event stream"},
		{200, html, "<!doctype html>\n<html><head><title>Maintenance &amp; upgrade</title></head><body>\n<h1>We are <b>down</b></h1>until 14:00", Failed, 0, "200, but text/html instead of an event stream: We are down"},
		{200, html, "<head><title>Maintenance &amp; upgrade</title><style>p{}", Failed, 0, "200, but text/html instead of an event stream: Maintenance & upgrade"},
		{200, html, "<head><style>p{}</style></head><!-- v2 --><body><p>Back at\n14:00</p><script>x()", Failed, 0, "200, but text/html instead of an event stream: Back at 14:00"},
		{200, html, "data: 1\n\n", Failed, 0, "200, but text/html instead of an event stream"},
		{200, http.Header{"Content-Type": {"text/plain"}}, "Closed for maintenance\nuntil 14:00\n", Failed, 0, "200, but text/plain instead of an event stream: Closed for maintenance"},
		{200, http.Header{"Content-Type": {"text/plain"}}, "eyJhbGciOi.AbCd", Failed, 0, "200, but text/plain instead of an event stream"},
		{200, http.Header{"Content-Type": {"application/json"}}, `{"error":{"message":"closed for maintenance"}}`, Failed, 0, "200, but application/json instead of an event stream: closed for maintenance"},
		{200, http.Header{"Content-Type": {"image/png"}}, "\x89PNG", Failed, 0, "200, but image/png instead of an event stream"},
		{200, http.Header{"Content-Type": nil}, "", Failed, 0, "200, but without a content type instead of an event stream"},
		{200, http.Header{"Content-Type": {"application/json"}}, "{}", Failed, 0, "200, but application/json instead of an event stream"},
		{200, http.Header{"Content-Type": {"text/event-stream"}, "Content-Encoding": {"br"}}, "", Failed, 0, "200, but compressed with br, which was not asked for"},
		{204, nil, "", Closed, 0, "by server (204)"},
		{206, http.Header{"Content-Type": {"text/event-stream"}}, "data: 1\n\n", Failed, 0, "206 Partial Content instead of an event stream: data: 1"},
		{301, nil, "", Failed, 0, "301 Moved Permanently, but no Location to go to"},
		{304, nil, "", Failed, 0, "304 Not Modified instead of an event stream"},
		{400, nil, `{"message":"symbol XX is unknown"}`, Failed, 0, "400 Bad Request: symbol XX is unknown"},
		{401, nil, "", Failed, 0, "401: the server wants to know who is asking"},
		{403, nil, `{"error":{"message":"plan expired"}}`, Failed, 0, "403: access is forbidden: plan expired"},
		{404, html, "<h1>Not found</h1>", Failed, 0, "404: there is nothing at this address"},
		{407, nil, "", Failed, 0, "407: the proxy wants a login"},
		{408, nil, "", Waiting, time.Second, "408 Request Timeout"},
		{410, nil, `{"detail":"moved to v2"}`, Failed, 0, "410: the server says that the stream is gone: moved to v2"},
		{418, nil, "short and stout\nmore", Failed, 0, "418 I'm a teapot: short and stout"},
		{425, later, "", Waiting, 7 * time.Second, "425 Too Early"},
		{429, nil, `{"error":"3 connections per token"}`, Waiting, time.Minute, "429 Too Many Requests: 3 connections per token"},
		{429, later, "", Waiting, 7 * time.Second, "429 Too Many Requests"},
		{500, nil, "500 Internal Server Error", Waiting, time.Second, "500 Internal Server Error"},
		{503, later, "Service Unavailable", Waiting, 7 * time.Second, "503 Service Unavailable"},
		{599, nil, "", Waiting, time.Second, "599"},
	} {
		t.Run(c.cause, func(t *testing.T) {
			s := serve(t, answering(c.status, c.header, c.body))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
			l.status(Connecting)
			st := l.status(c.want)
			if st.Cause != c.cause {
				t.Errorf("cause %q, want %q", st.Cause, c.cause)
			}
			if (st.Advice != "") != (c.want == Failed) {
				t.Errorf("%s with advice %q", stateName(c.want), st.Advice)
			}
			if c.want == Waiting && st.RetryAt.Sub(st.Since) != c.wait {
				t.Errorf("wait %s, want %s", st.RetryAt.Sub(st.Since), c.wait)
			}
		})
	}
}

func TestParametersOfTheContentTypeAreAllowed(t *testing.T) {
	for _, kind := range []string{"text/event-stream", "text/event-stream;charset=utf-8", "Text/Event-Stream; charset=UTF-8", "text/event-stream; charset", "text/event-stream;"} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, "data: 1\n\n")
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.status(Connecting)
		l.status(Live)
		l.wantMessages("1")
		l.end()
	}
}

func TestAPageWhereAStreamWasIsWaitedOut(t *testing.T) {
	s := serve(t, turns(
		endingWith("retry: 10\ndata: 1\n\n"),
		answering(200, http.Header{"Content-Type": {"text/html"}}, "<html>log in to the wifi</html>"),
		staying("data: 2\n\n"),
	))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	l.wantMessages("1")
	l.status(Waiting)
	l.status(Connecting)
	if st := l.status(Waiting); st.Cause != "200, but text/html instead of an event stream: log in to the wifi" || st.Attempt != 1 || st.Planned {
		t.Errorf("%+v", st)
	}
	l.wantMessages("2")
}

func TestAnEndByClosingBetweenEventsIsClean(t *testing.T) {
	for _, body := range []string{": hi\n", "retry: 200\n", "data: 1\n\n: bye\n", "data: 1\n\n"} {
		address := rawServer(t, func(conn net.Conn) {
			send(conn, "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"+body)
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: address})
		if st := l.until(Waiting); st.Cause != "the server ended the stream" || !st.Planned || st.Attempt != 0 {
			t.Errorf("%q: cause %q, planned %t, attempt %d", body, st.Cause, st.Planned, st.Attempt)
		}
		l.end()
	}
}

// noticing takes every event for a notice.
type noticing struct{}

func (noticing) Decode(_ string, data []byte) (decode.Message, error) {
	return decode.Message{Notice: string(data)}, nil
}

func TestWhatAServerSaysOfItsEmptyStreamsIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, strings.NewReader("data: over quota\n\n")), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client(), Decoder: noticing{}})
		defer l.end()
		for i := range 4 {
			if st := l.until(Waiting); st.Cause != "the server ended the stream: over quota" || st.Planned != (i < 2) {
				t.Errorf("end %d: cause %q, planned %t", i+1, st.Cause, st.Planned)
			}
		}
	})
}

func TestALostConnectionWaitsAndResumes(t *testing.T) {
	for _, c := range []struct {
		cause string
		lose  func(net.Conn)
	}{
		{"stream cut in mid-event", func(conn net.Conn) { send(conn, streamHead+chunk("data: 1\n\ndata: 2")) }},
		{"stream cut", func(conn net.Conn) { send(conn, streamHead+chunk("data: 1\n\n")) }},
		{"the server ended the stream before sending anything", func(conn net.Conn) { send(conn, streamHead+"0\r\n\r\n") }},
		{"the server hung up without an answer", func(net.Conn) {}},
		{"stream cut in mid-event", func(conn net.Conn) {
			send(conn, "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\ndata: 2")
		}},
		{"the server does not speak HTTP", func(conn net.Conn) { send(conn, "220 ready for SMTP\r\n") }},
	} {
		t.Run(c.cause, func(t *testing.T) {
			l := quietEnvironment().listen(t, Config{Name: "f", URL: rawServer(t, c.lose)})
			for {
				e := l.next()
				if e.Status == nil || e.Status.Cause == "" {
					continue
				}
				if e.Status.Cause != c.cause {
					t.Errorf("cause %q, want %q", e.Status.Cause, c.cause)
				}
				if e.Status.Attempt != 1 || e.Status.Planned {
					t.Errorf("not a failure: %+v", e.Status)
				}
				return
			}
		})
	}
}

func TestAResetIsCalledSo(t *testing.T) {
	heard := make(chan struct{})
	url := rawServer(t, func(conn net.Conn) {
		send(conn, streamHead+chunk("data: 1\n\n"))
		<-heard
		_ = conn.(*net.TCPConn).SetLinger(0) // Close then sends RST
	})
	l := quietEnvironment().listen(t, Config{Name: "f", URL: url})
	l.wantMessages("1")
	close(heard)
	if st := l.status(Waiting); st.Cause != "connection reset" || st.Attempt != 1 || st.Planned {
		t.Errorf("%+v", st)
	}
}

func TestNobodyListens(t *testing.T) {
	heard := quietEnvironment().listen(t, Config{Name: "f", URL: "http://127.0.0.1:1"})
	if st := heard.until(Waiting); st.Cause != "connection refused" || st.Attempt != 1 {
		t.Errorf("%+v", st)
	}
}

func TestTheHostDoesNotExist(t *testing.T) {
	lookup := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "desk.example", IsNotFound: true}}
	}
	client := &http.Client{Transport: &http.Transport{DialContext: lookup}}
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "https://desk.example/prices?token=s3cr3t", Client: client})
	if st := l.until(Waiting); st.Cause != "no such host desk.example" {
		t.Errorf("cause %q", st.Cause)
	}
}

func TestTheThirdConnectionThatDeliversNothingIsNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, strings.NewReader("retry: 0\n\n")), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		for i, want := range []time.Duration{minWait, minWait, minBarrenWait, minBarrenWait} {
			if st := l.until(Waiting); st.RetryAt.Sub(st.Since) != want || st.Planned != (i < 2) || (st.Cause == emptyCause) == st.Planned {
				t.Errorf("connection %d: wait %s, want %s; planned %t, cause %q", i+1, st.RetryAt.Sub(st.Since), want, st.Planned, st.Cause)
			}
			if st := l.status(Connecting); st.Planned != (i < 2) {
				t.Errorf("after connection %d: planned %t", i+1, st.Planned)
			}
		}
	})
}

func TestAConnectionLiveForHalfAMinuteResetsTheBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		web, ends := pipes()
		net := network(func(r *http.Request) (*http.Response, error) {
			if attempts++; attempts <= 3 {
				return nil, syscall.ECONNREFUSED
			}
			return web(r)
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		if st := l.until(Live); st.Attempt != 3 {
			t.Errorf("live after %d failures, want 3", st.Attempt)
		}
		time.Sleep(29 * time.Second)
		(<-ends).CloseWithError(errors.New("cut"))
		if st := l.until(Waiting); st.Attempt != 4 {
			t.Errorf("after 29 s: attempt %d, want 4", st.Attempt)
		}
		l.until(Live)
		time.Sleep(30 * time.Second)
		(<-ends).CloseWithError(errors.New("cut"))
		if st := l.until(Waiting); st.Attempt != 1 {
			t.Errorf("after 30 s: attempt %d, want 1", st.Attempt)
		}
	})
}
