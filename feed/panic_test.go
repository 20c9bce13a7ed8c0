package feed

import (
	"context"
	"io"
	"livetape/feed/connection"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

func TestADecoderThatPanicsFailsItsFeedAlone(t *testing.T) {
	bad := serve(t, turns(
		staying("id: 1\ndata: a\n\nid: 2\nevent: panic\ndata: index out of s3cr3t\n\nid: 3\ndata: c\n\n"),
		func(w http.ResponseWriter, r *http.Request) {
			staying("data: behind "+r.Header.Get("Last-Event-ID")+"\n\n")(w, r)
		},
	))
	good := serve(t, staying("data: fine\n\n"))
	l := quietEnvironment().listen(t,
		Config{Name: "bad", URL: bad.URL + "/?key=s3cr3t", Decoder: scripted{}},
		Config{Name: "good", URL: good.URL, Decoder: scripted{}},
	)
	seen := map[string][]string{}
	var failed Status
	for len(seen["good"]) == 0 || failed.State != Failed {
		switch e := l.next(); {
		case e.Message != nil:
			seen[e.Feed] = append(seen[e.Feed], string(e.Message.Data))
			if e.Message.Type == "panic" && (e.Message.Err == nil || !strings.HasPrefix(e.Message.Err.Error(), "livetape itself failed: ")) {
				t.Errorf("%+v", e.Message)
			}
		case e.Status != nil && e.Status.State == Failed:
			failed = *e.Status
			if e.Feed != "bad" {
				t.Errorf("feed %s failed: %s", e.Feed, failed.Cause)
			}
		}
	}
	if failed.Cause != "livetape itself failed on this payload: index out of •••; please report it" || failed.Advice == "" {
		t.Errorf("cause %q, advice %q", failed.Cause, failed.Advice)
	}
	if !strings.Contains(failed.Stack, "scripted.Decode") {
		t.Errorf("the stack does not show the decoder:\n%s", failed.Stack)
	}
	if got := strings.Join(seen["bad"], "|"); got != "a|index out of s3cr3t" {
		t.Errorf("delivered %q: the payload must show, and nothing behind it", got)
	}

	l.set.Connect("bad")
	if m := l.message(); string(m.Data) != "behind 2" {
		t.Errorf("goes on with %q", m.Data)
	}
}

func TestAReaderThatPanicsFailsItsFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, io.MultiReader(strings.NewReader("id: 1\ndata: a\n\n"), exploding{})), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		l.wantMessages("a")
		st := l.status(Failed)
		if st.Cause != "livetape itself failed on this stream: boom; please report it" || !strings.Contains(st.Stack, "exploding.Read") {
			t.Errorf("cause %q, stack\n%s", st.Cause, st.Stack)
		}
	})
}

type exploding struct{}

func (exploding) Read([]byte) (int, error) { panic("boom") }

func TestATransportThatPanicsFailsItsFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(*http.Request) (*http.Response, error) { panic("boom") })
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		if st := l.until(Failed); st.Cause != "livetape itself failed on this stream: boom; please report it" || st.Stack == "" {
			t.Errorf("cause %q", st.Cause)
		}
	})
}

// TestADeliveryThatPanicsDropsItsConnection has something else than the decoder panic on the delivering goroutine.
func TestADeliveryThatPanicsDropsItsConnection(t *testing.T) {
	d := &delivery{endpoint: &connection.Endpoint{}, liveness: newLiveness(), out: make(chan Event, 1)} // without seen: a nil pointer
	arrivals := make(chan []queuedEvent, 1)
	arrivals <- []queuedEvent{{message: &Message{}, mark: '+'}}
	dropped, drop := context.WithCancel(t.Context())
	d.deliverAll(t.Context(), arrivals, drop)
	if dropped.Err() == nil || d.panicked == nil || !d.stopped {
		t.Errorf("dropped %v, crash %v, cut %t", dropped.Err(), d.panicked, d.stopped)
	}
}
