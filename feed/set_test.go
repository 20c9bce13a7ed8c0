package feed

import (
	"errors"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// streaming serves a stream that says hello and then stays, and tells when its client has left.
func streaming(t testing.TB, left chan<- string) string {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		if _, err := w.Write([]byte("data: hello from " + r.URL.Path + "\n\n")); err != nil {
			return
		}
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
		left <- r.URL.Path
	})
	return s.URL
}

func TestAFeedIsAddedAndRemovedWhileOthersRun(t *testing.T) {
	left := make(chan string, 10)
	url := streaming(t, left)
	l := quietEnvironment().listen(t, Config{Name: "one", URL: url + "/one"})
	l.wantMessages("hello from /one")

	if err := l.set.Add(Config{Name: "two", URL: url + "/two"}); err != nil {
		t.Fatal(err)
	}
	l.wantMessages("hello from /two")
	if err := l.set.Remove("two"); err != nil {
		t.Fatal(err)
	}
	if gone := <-left; gone != "/two" {
		t.Errorf("%s was left", gone)
	}

	if err := l.set.Add(Config{Name: "two", URL: url + "/two-again"}); err != nil {
		t.Fatal(err)
	}
	l.wantMessages("hello from /two-again")
	l.set.RetryNow("two") // the command is for the new one
	l.wantMessages("hello from /two-again")
	if gone := <-left; gone != "/two-again" {
		t.Errorf("%s was left", gone)
	}
	if err := l.set.Remove("nobody"); err != nil {
		t.Error(err)
	}
}

func TestAFeedThatIsNotValidIsNotAdded(t *testing.T) {
	left := make(chan string, 10)
	url := streaming(t, left)
	l := quietEnvironment().listen(t, Config{Name: "one", URL: url})
	for want, c := range map[string]Config{
		"feed one: name: is used twice":                    {Name: "one", URL: url},
		"url: must be of the form https://host/path":       {Name: "two", URL: "nowhere"},
		"environment variable NOT_SET is not set or empty": {Name: "two", URL: url + "/${NOT_SET}"},
	} {
		if err := l.set.Add(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %s", err, want)
		}
	}
	if err := l.set.Add(Config{Name: "two", URL: url}); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func TestNothingChangesAfterTheEnd(t *testing.T) {
	left := make(chan string, 10)
	url := streaming(t, left)
	l := quietEnvironment().listen(t, Config{Name: "one", URL: url})
	l.end()
	errs := []error{l.set.Add(Config{Name: "two", URL: url}), l.set.Remove("one")}
	if slices.ContainsFunc(errs, func(err error) bool { return !errors.Is(err, errSetEnded) }) {
		t.Errorf("it says %v", errs)
	}
}

func TestAFeedIsRemovedWhileNobodyReads(t *testing.T) {
	flood := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			if _, err := w.Write([]byte(strings.Repeat("data: x\n\n", 1000))); err != nil {
				return
			}
		}
	})
	l := quietEnvironment().listen(t, Config{Name: "one", URL: flood.URL})
	l.wantMessages("x")
	for len(l.set.Events()) < eventBuffer {
		if len(l.set.Events()) == 0 {
			l.wantMessages("x") // let it run on
		}
		runtime.Gosched()
	}
	if err := l.set.Remove("one"); err != nil {
		t.Fatal(err)
	}
}
