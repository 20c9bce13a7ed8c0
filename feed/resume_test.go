package feed

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"livetape/feed/decode"
	"livetape/feed/memory"
)

// asked collects the Last-Event-ID of each request; "-" where there is none.
func asked(ids chan<- string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := "-"
		if values := r.Header.Values("Last-Event-ID"); values != nil {
			id = strings.Join(values, ",")
		}
		ids <- id
		h(w, r)
	}
}

func TestTheNextConnectionAsksForWhatFollowsTheLastEvent(t *testing.T) {
	const last = "data: last\n\n"
	for _, c := range []struct{ what, body, want string }{
		{"the last id", "id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n", "2"},
		{"an id that is no number", "id: abc/é?\ndata: 1\n\n", "abc/é?"},
		{"an id lasts for events without one", "id: 7\ndata: 1\n\ndata: 2\n\n", "7"},
		{"an empty id resets", "id: 7\ndata: 1\n\nid\ndata: 2\n\n", "-"},
		{"the id of a half event does not count", "id: 7\ndata: 1\n\nid: 8\ndata: half", "7"},
		{"no id at all", "data: 1\n\n", "-"},
		{"an id with a control character cannot be sent", "id: a\x01b\ndata: 1\n\n", "-"},
	} {
		t.Run(c.what, func(t *testing.T) {
			ids := make(chan string, 2)
			s := serve(t, asked(ids, turns(endingWith("retry: 10\n"+c.body), staying(last))))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
			for string(l.message().Data) != "last" {
			}
			if first, second := <-ids, <-ids; first != "-" || second != c.want {
				t.Errorf("asked for %q and then %q, want %q", first, second, c.want)
			}
		})
	}
}

func TestTheFirstConnectionCanResume(t *testing.T) {
	ids := make(chan string, 1)
	s := serve(t, asked(ids, staying("data: 1\n\n")))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, LastEventID: "e1-41"})
	want := Gap{Kind: Unconfirmed, From: "e1-41", Replayed: Unknown, Missed: Unknown}
	if diff := cmp.Diff(want, l.gap()); diff != "" {
		t.Error(diff)
	}
	if m := l.message(); m.ID != "e1-41" {
		t.Errorf("an event without an id has the id %q", m.ID)
	}
	if id := <-ids; id != "e1-41" {
		t.Errorf("asked for %q", id)
	}
}

func TestAnIDWithAControlCharacterIsKeptForDisplay(t *testing.T) {
	s := serve(t, staying("id: a\x01b\ndata: 1\n\n"))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	if m := l.message(); m.ID != "a\x01b" {
		t.Errorf("id %q", m.ID)
	}
}

// word is a decoder for which "resume" and "reset" say what their data is a number of.
type word struct{}

func (word) Decode(kind string, data []byte) (decode.Message, error) {
	var n int
	if kind != "resume" && kind != "reset" {
		return decode.Message{}, nil
	}
	if _, err := fmt.Sscan(string(data), &n); err != nil {
		return decode.Message{}, err
	}
	c := &decode.Continuity{From: "whatever", Reset: kind == "reset"}
	if c.Reset {
		c.Missed = n
	} else {
		c.Replayed = n
	}
	return decode.Message{Continuity: c}, nil
}

func TestAGapSaysWhatIsKnown(t *testing.T) {
	for _, c := range []struct {
		what, before, after string
		want                Gap
	}{
		{"the server resumes", "id: 7\ndata: 1\n\n", "event: resume\ndata: 31\n\ndata: x\n\n", Gap{Kind: Resumed, From: "7", Replayed: 31}},
		{"the server cannot resume", "id: 7\ndata: 1\n\n", "event: reset\ndata: 1200\n\ndata: x\n\n", Gap{Kind: NotResumed, From: "7", Missed: 1200}},
		{"the server cannot resume and does not know", "id: 7\ndata: 1\n\n", "event: reset\ndata: -1\n\ndata: x\n\n", Gap{Kind: NotResumed, From: "7", Missed: Unknown}},
		{"a foreign server", "id: 7\ndata: 1\n\n", "id: 8\ndata: 2\n\n", Gap{Kind: Unconfirmed, From: "7", Next: "8", Replayed: Unknown, Missed: Unknown}},
		{"a foreign server whose ids run on by one", "id: 5\ndata: 1\n\nid: 6\ndata: 1\n\nid: 7\ndata: 1\n\n", "id: 8\ndata: 2\n\n", Gap{Kind: Resumed, From: "7", Next: "8", Replayed: Unknown}},
		{"a foreign server whose ids jump", "id: 129\ndata: 1\n\nid: 130\ndata: 1\n\nid: 131\ndata: 1\n\n", "id: 143\ndata: 2\n\n", Gap{Kind: Skipped, From: "131", Next: "143", Replayed: Unknown, Missed: 11}},
		{"a foreign server whose ids begin anew", "id: 500\ndata: 1\n\n", "id: 1\ndata: 2\n\n", Gap{Kind: NotResumed, From: "500", Next: "1", Reason: "ids start again: 1 after 500", Replayed: Unknown, Missed: Unknown}},
		{"a foreign server that sends an event again", "id: 7\ndata: 1\n\n", "id: 7\ndata: 1\n\ndata: x\n\n", Gap{Kind: Resumed, From: "7", Next: "7", Replayed: Unknown}},
		{"a foreign server that sends everything again", "id: a\ndata: 1\n\nid: b\ndata: 1\n\n", "id: a\ndata: 1\n\n", Gap{Kind: NotResumed, From: "b", Next: "a", Reason: "everything comes again", Replayed: Unknown, Missed: Unknown}},
		{"ids that come again with other data", "id: 7\ndata: 1\n\nid: 7\ndata: 2\n\n", "id: 7\ndata: 1\n\n", Gap{Kind: Unconfirmed, From: "7", Reason: "its ids come again with different data, and prove nothing", Replayed: Unknown, Missed: Unknown}},
		{"a foreign server that sends no ids any more", "id: 7\ndata: 1\n\n", "data: 2\n\n", Gap{Kind: Unconfirmed, From: "7", Replayed: Unknown, Missed: Unknown}},
		{"no ids", "data: 1\n\n", "data: 2\n\n", Gap{Kind: Unreplayed, Missed: Unknown}},
		{"no ids, and no event", "data: 1\n\n", ": nothing\n\n", Gap{Kind: Unreplayed, Missed: Unknown}},
		{"an id that cannot be sent", "id: \x02\ndata: 1\n\n", "event: resume\ndata: 31\n\n", Gap{Kind: Unreplayed, Missed: Unknown}},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := serve(t, turns(endingWith("retry: 10\n"+c.before), staying(c.after)))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Decoder: word{}})
			lost := l.until(Waiting)
			got := l.gap()
			if got.Lost.Before(lost.LastByte) || got.Lost.After(lost.Since) || got.Length < minWait || !got.Planned {
				t.Errorf("lost at %s for %s, planned %t", got.Lost, got.Length, got.Planned)
			}
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(Gap{}, "Lost", "Length", "Planned")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheServersWordIsDeliveredAsAMessageToo(t *testing.T) {
	s := serve(t, turns(endingWith("retry: 10\nid: 7\ndata: 1\n\n"), staying("event: resume\ndata: 0\n\n")))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Decoder: word{}})
	l.message()
	l.gap()
	if m := l.message(); m.Type != "resume" || m.ID != "7" {
		t.Errorf("%+v", m)
	}
}

func TestAGapSpansConnectionsThatToldNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		first := <-ends
		write(t, first, "id: 7\ndata: 1\n\n")
		l.message()
		began := time.Now()
		first.CloseWithError(io.ErrUnexpectedEOF)
		second := <-ends
		l.until(Live)
		time.Sleep(20 * time.Second)
		second.CloseWithError(io.ErrUnexpectedEOF)
		write(t, <-ends, "id: 8\ndata: 2\n\n")
		g := l.gap()
		if !g.Lost.Equal(began) || g.Length < 20*time.Second || g.From != "7" || g.Planned {
			t.Errorf("%+v, lost at %s", g, began)
		}
	})
}

func TestAfterASilenceTheLossBeganWithTheLastByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		write(t, <-ends, "data: 1\n\n")
		l.message()
		spoke := time.Now()
		<-ends
		if g := l.gap(); !g.Lost.Equal(spoke) || g.Length < 90*time.Second {
			t.Errorf("lost at %s for %s, want since %s", g.Lost, g.Length, spoke)
		}
	})
}

func TestWhatComesTwiceIsDroppedAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		first := <-ends
		write(t, first, "id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\ndata: c\n\n")
		l.wantMessages("a", "b", "c", "c")
		first.Close()
		write(t, <-ends, "id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 2\ndata: other\n\nevent: x\nid: 2\ndata: b\n\n")
		l.wantMessages("other", "b")
		synctest.Wait()
		if p := l.pulse(); p.Duplicates != 2 {
			t.Errorf("%d duplicates, want 2", p.Duplicates)
		}
	})
}

func TestEqualEventsOfOneConnectionAreAllDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		const trade = "id: 12:00:01\ndata: 100@5\n\n" // an id of a second
		first := <-ends
		write(t, first, trade+trade+"id: 12:00:02\ndata: 1@5\n\n")
		l.wantMessages("100@5", "100@5", "1@5")
		first.Close()
		write(t, <-ends, trade+trade+trade+"id: 12:00:03\ndata: last\n\n")
		l.wantMessages("100@5", "100@5", "last") // the first one is what the connection before gave
		if p := l.pulse(); p.Duplicates != 1 {
			t.Errorf("%d duplicates, want 1", p.Duplicates)
		}
	})
}

// pulse skips to the next pulse.
func (l *listener) pulse() Pulse {
	l.t.Helper()
	for e := range l.set.Events() {
		if e.Pulse != nil {
			return *e.Pulse
		}
	}
	l.t.Fatal("the channel was closed")
	return Pulse{}
}

func TestDuplicatesAreToldWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		first := <-ends
		write(t, first, "id: 1\ndata: a\n\nid: 2\ndata: a\n\nid: 3\ndata: a\n\n")
		l.wantMessages("a", "a", "a")
		first.Close()
		end := <-ends
		for n := uint64(1); n <= 3; n++ {
			write(t, end, fmt.Sprintf("id: %d\ndata: a\n\n", n))
			sent := time.Now()
			for l.pulse().Duplicates != n {
			}
			if late := time.Since(sent); late > time.Second {
				t.Errorf("told %s later", late)
			}
		}
	})
}

func TestTheMemoryOfDuplicatesIsBounded(t *testing.T) {
	t.Parallel()
	d := newDuplicates(memory.NewBudget(0))
	hash := func(n int) eventHash { return d.hash(&Message{ID: fmt.Sprint(n), Data: []byte("x")}, true) }
	for n := range 3 * rememberedEvents {
		d.add(hash(n))
	}
	d.reconnect()
	if len(d.events) != rememberedEvents {
		t.Errorf("%d are kept, want %d", len(d.events), rememberedEvents)
	}
	for n, want := range map[int]bool{2*rememberedEvents - 1: false, 2 * rememberedEvents: true, 3*rememberedEvents - 1: true} {
		if again, _ := d.check(hash(n)); again != want {
			t.Errorf("event %d of %d is remembered: %t", n, 3*rememberedEvents, again)
		}
	}
}

func TestPartsOfAnEventDoNotRunIntoEachOther(t *testing.T) {
	t.Parallel()
	d := newDuplicates(memory.NewBudget(0))
	hash := func(kind, id, data string) eventHash {
		return d.hash(&Message{Type: kind, ID: id, Data: []byte(data)}, true)
	}
	if hash("a", "b", "") == hash("ab", "", "") || hash("", "a", "b") == hash("", "b", "a") {
		t.Error("two different events have the same hash")
	}
}

func TestWhatWasNotDeliveredIsAskedForAgain(t *testing.T) {
	var events []string
	for n := 1; n <= 2*eventBuffer; n++ {
		events = append(events, fmt.Sprintf("id: %d\ndata: %d\n\n", n, n))
	}
	for name, pieces := range map[string][]string{"one by one": events, "at once": {strings.Join(events, "")}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { requireResumeBehindDelivered(t, pieces) })
		})
	}
}

// requireResumeBehindDelivered sends more numbered events than the channel of a set holds, which nobody reads meanwhile.
func requireResumeBehindDelivered(t *testing.T, pieces []string) {
	ids := make(chan string, 4)
	web, ends := pipes()
	net := network(func(r *http.Request) (*http.Response, error) {
		ids <- r.Header.Get("Last-Event-ID")
		return web(r)
	})
	l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
	defer l.end()
	l.status(Connecting)
	l.status(Live)
	<-ids
	end := <-ends
	go func() {
		for _, p := range pieces {
			if _, err := io.WriteString(end, p); err != nil {
				return
			}
		}
	}()
	time.Sleep(20 * time.Second) // such small pieces are read some hundred times a second
	l.set.RetryNow("f")
	synctest.Wait()
	for n := 1; n <= eventBuffer; n++ {
		l.wantMessages(fmt.Sprint(n))
	}
	l.status(Connecting)
	if id := <-ids; id != fmt.Sprint(eventBuffer) {
		t.Errorf("asked for what follows %q, delivered was %d", id, eventBuffer)
	}
	write(t, <-ends, fmt.Sprintf("id: %d\ndata: next\n\n", eventBuffer+1))
	l.wantMessages("next")
}

func TestAFeedResumesAsItIsConfigured(t *testing.T) {
	const first = "retry: 10\nid: 7/é\ndata: 1\n\n"
	for _, c := range []struct {
		what, resume, query, body string
		header, want              string // of the second request
		gap                       Gap
	}{
		{"by the header", "", "a=1&since=0", first, "7/é", "a=1&since=0", Gap{Kind: Unconfirmed, From: "7/é"}},
		{"by the header, spelled out", "header", "", first, "7/é", "", Gap{Kind: Unconfirmed, From: "7/é"}},
		{"never", "none", "since=0", first, "-", "since=0", Gap{Kind: Unreplayed}},
		{"by a parameter", "since={id}", "a=%20&b", first, "-", "a=%20&b&since=7%2F%C3%A9", Gap{Kind: Unconfirmed, From: "7/é"}},
		{"by the first parameter", "since={id}", "", first, "-", "since=7%2F%C3%A9", Gap{Kind: Unconfirmed, From: "7/é"}},
		{"by a parameter that was there", "last_event_id={id}", "last_event_id=x&a=1&last%5Fevent_id", first, "-", "a=1&last_event_id=7%2F%C3%A9", Gap{Kind: Unconfirmed, From: "7/é"}},
		{"a parameter, without an id", "since={id}", "since=all", "retry: 10\ndata: 1\n\n", "-", "since=all", Gap{Kind: Unreplayed}},
		{"a parameter holds any id", "since={id}", "", "retry: 10\nid: \x01&\ndata: 1\n\n", "-", "since=%01%26", Gap{Kind: Unconfirmed, From: "\x01&"}},
		{"an id from the payload", "since={id}", "since=all", "retry: 10\nevent: named\ndata: p1 x\n\ndata: y\n\n", "-", "since=p1", Gap{Kind: Unconfirmed, From: "p1"}},
		{"an id from the payload before one of the stream", "", "", "retry: 10\nid: 7\nevent: named\ndata: p1 x\n\n", "p1", "", Gap{Kind: Unconfirmed, From: "p1"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			ids, queries := make(chan string, 2), make(chan string, 2)
			s := serve(t, asked(ids, func() http.HandlerFunc {
				h := turns(endingWith(c.body), staying("data: last\n\n"))
				return func(w http.ResponseWriter, r *http.Request) { queries <- r.URL.RawQuery; h(w, r) }
			}()))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL + "/?" + c.query, Resume: c.resume, Decoder: scripted{}})
			l.until(Waiting)
			if c.gap.Missed = Unknown; c.gap.Kind == Unconfirmed {
				c.gap.Replayed = Unknown
			}
			if diff := cmp.Diff(c.gap, l.gap(), cmpopts.IgnoreFields(Gap{}, "Lost", "Length", "Planned")); diff != "" {
				t.Error(diff)
			}
			if id, query := <-ids, <-queries; id != "-" || query != c.query {
				t.Errorf("first asked with %q and ?%s", id, query)
			}
			if id, query := <-ids, <-queries; id != c.header || query != c.want {
				t.Errorf("then asked with %q and ?%s, want %q and ?%s", id, query, c.header, c.want)
			}
		})
	}
}

func TestTheFirstConnectionCanResumeByAParameter(t *testing.T) {
	queries := make(chan string, 1)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { queries <- r.URL.RawQuery; staying("data: 1\n\n")(w, r) })
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, Resume: "since={id}", LastEventID: "41"})
	if g := l.gap(); g.Kind != Unconfirmed || g.From != "41" {
		t.Errorf("%+v", g)
	}
	if query := <-queries; query != "since=41" {
		t.Errorf("asked with ?%s", query)
	}
}

func TestWhatComesTwiceIsKnownByTheIDInItsPayload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), Resume: "since={id}", Decoder: scripted{}})
		defer l.end()
		first := <-ends
		write(t, first, "event: named\ndata: p1\n\ndata: beat\n\ndata: beat\n\nevent: named\ndata: p2\n\n")
		l.wantMessages("p1", "beat", "beat", "p2")
		first.Close()
		write(t, <-ends, "event: named\ndata: p1\n\ndata: beat\n\nevent: named\ndata: p2\n\nevent: named\ndata: p3\n\n")
		l.wantMessages("beat", "p3")
		synctest.Wait()
		if p := l.pulse(); p.Duplicates != 2 {
			t.Errorf("%d duplicates, want 2", p.Duplicates)
		}
	})
}
