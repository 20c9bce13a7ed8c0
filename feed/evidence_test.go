package feed

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
)

// numbered are events with ids from first to last.
func numbered(first, last int) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, "id: k-%d\ndata: %d\n\n", n, n)
	}
	return b.String()
}

func TestNothingIsTakenForADuplicateWhereIDsRepeat(t *testing.T) {
	t.Parallel()
	events := func(data ...string) string { return "id: 1\ndata: " + strings.Join(data, "\n\nid: 1\ndata: ") + "\n\n" }
	for what, c := range map[string]struct{ first, second []string }{
		"seen before the reconnect": {[]string{"41", "42", "41"}, []string{"41", "42", "43"}},
		"seen only after it":        {[]string{"41"}, []string{"42", "41", "43", "42"}},
	} {
		s := serve(t, turns(endingWith("retry: 10\n"+events(c.first...)), staying(events(c.second...))))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.wantMessages(c.first...)
		if gap := l.gap(); gap.Kind != Unconfirmed {
			t.Errorf("%s: %+v", what, gap)
		}
		l.wantMessages(c.second...)
	}
}

func TestAReplayOfThousandsIsLeftOutAndIsNoAlarm(t *testing.T) {
	t.Parallel()
	const all = 20_480
	s := serve(t, turns(endingWith("retry: 10\n"+numbered(1, all)), endingWith(numbered(1, all)), endingWith(numbered(1, all)), endingWith(numbered(1, all)), staying(numbered(1, all+1))))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	for n := 1; n <= all; n++ {
		l.wantMessages(fmt.Sprint(n))
	}
	for range 4 {
		if st := l.until(Waiting); !st.Planned || st.Cause != "the server ended the stream" {
			t.Errorf("planned %t, cause %q", st.Planned, st.Cause)
		}
	}
	if st := l.status(Connecting); st.Duplicates != 3*all {
		t.Errorf("%d duplicates", st.Duplicates)
	}
	l.wantMessages(fmt.Sprint(all + 1))
}

func TestAnAnswerMaySayWhereTheStreamBegins(t *testing.T) {
	t.Parallel()
	for begins, want := range map[string]Gap{
		"a-9":      {Kind: Resumed, From: "a-9"},
		"earliest": {Kind: NotResumed, From: "a-9", Missed: Unknown, Reason: "the server does not have that id, and begins at earliest"},
	} {
		s := serve(t, turns(endingWith("retry: 10\nid: a-9\ndata: 1\n\n"), func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Last-Event-ID", begins)
			staying("")(w, r) // it is told without an event
		}))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.until(Waiting)
		gap := l.gap()
		if gap.Kind != want.Kind || gap.From != want.From || gap.Missed != want.Missed || gap.Reason != want.Reason || gap.Replayed != Unknown {
			t.Errorf("%s: %+v", begins, gap)
		}
	}
}

func TestAServerThatRefusesTheIDIsAskedOnceWithout(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 410, 412, 416, 422, 431} {
		ids := make(chan string, 9)
		s := serve(t, asked(ids, turns(endingWith("retry: 10\nid: 7\ndata: 1\n\n"), answering(status, nil, "too old"), staying("data: 2\n\n"))))
		l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
		l.wantMessages("1")
		l.until(Waiting)
		l.status(Connecting)
		if st := l.status(Waiting); !strings.Contains(st.Cause, "too old; asking once without the last event id") {
			t.Errorf("%d: %q", status, st.Cause)
		}
		if gap := l.gap(); gap.Kind != NotResumed || gap.From != "7" || gap.Missed != Unknown || !strings.Contains(gap.Reason, "too old") {
			t.Errorf("%d: %+v", status, gap)
		}
		l.wantMessages("2")
		if first, second, third := <-ids, <-ids, <-ids; first != "-" || second != "7" || third != "-" {
			t.Errorf("%d: asked with %s, %s, %s", status, first, second, third)
		}
	}
}

func TestAServerThatRefusesWithoutTheIDTooIsAskedWithItAgain(t *testing.T) {
	t.Parallel()
	ids := make(chan string, 9)
	s := serve(t, asked(ids, turns(endingWith("retry: 10\nid: 7\ndata: 1\n\n"), answering(400, nil, ""), answering(400, nil, ""), staying("id: 8\ndata: 2\n\n"))))
	l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL})
	l.wantMessages("1", "2")
	if a, b, c, d := <-ids, <-ids, <-ids, <-ids; a != "-" || b != "7" || c != "-" || d != "7" {
		t.Errorf("asked with %s, %s, %s, %s", a, b, c, d)
	}
}

func TestAFeedThatWasLiveIsNotGivenUp(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 402, 403, 404, 409, 410, 412, 418, 451} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			no := answering(status, nil, "no")
			s := serve(t, turns(endingWith("retry: 10\ndata: 1\n\n"), no, no, no, staying("data: 2\n\n")))
			l := quietEnvironment().listen(t, Config{Name: "f", URL: s.URL, RetryMax: minBarrenWait})
			l.wantMessages("1", "2")
		})
	}
}

func TestAFeedWithoutAnEventIsNotSaidToBeUnableToReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bodies := []string{": nothing yet\n\n", "data: 1\n\n", "data: 2\n\n"}
		web := network(func(r *http.Request) (*http.Response, error) {
			body := bodies[0]
			bodies = append(bodies[1:], body)
			return streamOf(r, strings.NewReader(body)), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		for _, want := range []string{"no event came before", ""} {
			gap := l.next().Gap
			for gap == nil {
				gap = l.next().Gap
			}
			if gap.Kind != Unreplayed || gap.Reason != want {
				t.Errorf("kind %d, reason %q, want %q", gap.Kind, gap.Reason, want)
			}
		}
	})
}
