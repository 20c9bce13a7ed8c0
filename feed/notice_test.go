package feed

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/decode"
	"livetape/feed/market"
)

// scripted is a decoder for which the type of an event says what its data is.
type scripted struct{}

func (scripted) Decode(kind string, data []byte) (decode.Message, error) {
	text := string(data)
	switch kind {
	case "error":
		return decode.Message{Notice: text}, nil
	case "both":
		return decode.Message{Notice: text, Updates: []market.Update{market.Halt{Symbol: "X"}}}, nil
	case "end":
		return decode.Message{End: true, Notice: text}, nil
	case "panic":
		panic(text)
	case "named":
		id, _, _ := strings.Cut(text, " ")
		return decode.Message{ResumeID: id}, nil
	}
	return decode.Message{}, nil
}

func TestANoticeIsPassedOnAndTheCauseOfAnEndRightBehindIt(t *testing.T) {
	for _, c := range []struct{ what, body, notice, cause string }{
		{"an error and the end", "data: 1\n\nevent: error\ndata: Rate limit exceeded\n\n", "Rate limit exceeded", "the server ended the stream: Rate limit exceeded"},
		{"with a comment between", "event: error\ndata: Slow consumer: disconnected\n\n:\n\n", "Slow consumer: disconnected", "the server ended the stream: Slow consumer: disconnected"},
		{"with an event between", "event: error\ndata: hiccup\n\ndata: 1\n\n", "hiccup", "the server ended the stream"},
		{"hostile", "event: error\ndata: \x1b[2J\u202ebad s3cr3t\ndata: x\n\n", "bad ••• x", "the server ended the stream: bad ••• x"},
		{"beside updates", "event: both\ndata: delayed\n\n", "delayed", "the server ended the stream: delayed"},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := serve(t, turns(endingWith("retry: 10\n"+c.body), endingWith("data: 2\n\n")))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL + "/?token=s3cr3t", Decoder: scripted{}})
			m := l.message()
			for m.Notice == "" {
				m = l.message()
			}
			if m.Notice != c.notice {
				t.Errorf("notice %q, want %q", m.Notice, c.notice)
			}
			if st := l.until(Waiting); st.Cause != c.cause || !st.Planned {
				t.Errorf("cause %q, want %q; planned %t", st.Cause, c.cause, st.Planned)
			}
			if st := l.until(Waiting); st.Cause != "the server ended the stream" {
				t.Errorf("the next end has the cause %q", st.Cause)
			}
		})
	}
}

func TestANoticeExplainsACutToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), Decoder: scripted{}, IdleTimeout: 10 * time.Second})
		defer l.end()
		write(t, <-ends, "event: error\ndata: maintenance\n\n")
		if st := l.until(Waiting); st.Cause != "nothing received for 10 s: maintenance" {
			t.Errorf("%q", st.Cause)
		}
	})
}

func TestAServerThatOnlyComplainsIsNotAskedMoreThanOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, strings.NewReader("retry: 0\nevent: error\ndata: go away\n\n")), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client(), Decoder: scripted{}})
		defer l.end()
		var st Status
		for range 3 {
			st = l.until(Waiting)
		}
		if wait := st.RetryAt.Sub(st.Since); wait != minBarrenWait {
			t.Errorf("the third wait is %s", wait)
		}
	})
}

func TestAnEndMarkerReconnectsAtOnceAndLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ids := make(chan string, 2)
		web, ends := pipes()
		net := network(func(r *http.Request) (*http.Response, error) {
			ids <- r.Header.Get("Last-Event-ID")
			return web(r)
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client(), Decoder: scripted{}})
		defer l.end()
		<-ids
		write(t, <-ends, "retry: 50\nid: 1\ndata: a\n\nid: 2\nevent: end\ndata: bye\n\nid: 3\ndata: b\n\n")
		l.wantMessages("a", "bye")
		if st := l.status(Waiting); st.Cause != "the server asked to connect again: bye" || !st.Planned || st.Attempt != 0 || st.RetryAt.Sub(st.Since) != 50*time.Millisecond {
			t.Errorf("%+v", st)
		}
		if id := <-ids; id != "2" {
			t.Errorf("asked for what follows %q", id)
		}
		write(t, <-ends, "id: 2\nevent: end\ndata: bye\n\nid: 3\ndata: b\n\n") // the marker itself comes again
		l.wantMessages("b")
	})
}

func TestAnEndMarkerOfAServerThatStaysIsObeyed(t *testing.T) {
	s := serve(t, turns(staying("retry: 10\nevent: end\ndata\n\n"), staying("data: 2\n\n")))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Decoder: scripted{}})
	if m := l.message(); m.Type != "end" {
		t.Errorf("%+v", m)
	}
	if st := l.until(Waiting); st.Cause != "the server asked to connect again" {
		t.Errorf("%q", st.Cause)
	}
	if g := l.gap(); !g.Planned {
		t.Errorf("%+v", g)
	}
	l.wantMessages("2")
}
