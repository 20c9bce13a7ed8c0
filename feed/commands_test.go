package feed

import (
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func refusing(*http.Request) (*http.Response, error) { return nil, syscall.ECONNREFUSED }

func TestRetryNowCutsAWaitShortAndKeepsTheCounter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := quietEnvironment()
		w.random = func() float64 { return 1 }
		l := w.listen(t, Config{Name: "f", URL: "http://desk.example/", Client: network(refusing).client()})
		defer l.end()
		for n := 1; n <= 5; n++ {
			l.status(Connecting)
			if st := l.status(Waiting); st.Attempt != n {
				t.Errorf("attempt %d, want %d", st.Attempt, n)
			}
			began := time.Now()
			l.set.RetryNow("f")
			if st := l.status(Connecting); time.Since(began) != 0 || st.Attempt != n {
				t.Errorf("connecting after %s, attempt %d", time.Since(began), st.Attempt)
			}
			l.status(Waiting)
			l.set.RetryNow("f")
			n++
		}
	})
}

func TestRetryNowDropsALiveStreamAndResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		write(t, <-ends, "id: 7\ndata: 1\n\n")
		l.wantMessages("1")
		began := time.Now()
		l.set.RetryNow("f")
		if st := l.status(Connecting); time.Since(began) != 0 || st.Attempt != 0 {
			t.Errorf("after %s, attempt %d", time.Since(began), st.Attempt)
		}
		l.status(Live)
		write(t, <-ends, "id: 8\ndata: 2\n\n")
		if g := l.gap(); g.From != "7" || g.Kind != Unconfirmed || g.Planned {
			t.Errorf("%+v", g)
		}
		l.wantMessages("2")
	})
}

func TestRetryNowWhileConnectingTriesAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() })
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		l.status(Connecting)
		time.Sleep(time.Minute)
		l.set.RetryNow("f")
		began := time.Now()
		l.status(Connecting)
		if st := l.status(Waiting); time.Since(began) != 90*time.Second || st.Attempt != 1 {
			t.Errorf("after %s, attempt %d", time.Since(began), st.Attempt)
		}
	})
}

func TestDisconnectHoldsUntilConnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		write(t, <-ends, "id: 7\ndata: 1\n\n")
		l.wantMessages("1")
		for _, again := range []func(string){l.set.Connect, l.set.RetryNow} {
			l.set.Disconnect("f")
			if st := l.status(Closed); st.Cause != "by you" {
				t.Errorf("cause %q", st.Cause)
			}
			time.Sleep(time.Hour)
			l.set.Disconnect("f") // changes nothing
			synctest.Wait()
			again("f")
			l.status(Connecting)
			l.status(Live)
			write(t, <-ends, "data: 2\n\n")
			if g := l.gap(); g.Length != time.Hour || g.From != "7" {
				t.Errorf("%+v", g)
			}
			l.wantMessages("2")
		}
	})
}

func TestDisconnectEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: network(refusing).client()})
		defer l.end()
		l.until(Waiting)
		l.set.Disconnect("f")
		l.status(Closed)
		time.Sleep(time.Hour)
		l.set.Connect("f")
		l.status(Connecting)
		if st := l.status(Waiting); st.Attempt != 1 {
			t.Errorf("attempt %d, want a count anew", st.Attempt)
		}
	})
}

func TestClosedAndFailedEndOnlyByTheUser(t *testing.T) {
	for status, want := range map[int]State{204: Closed, 404: Failed} {
		synctest.Test(t, func(t *testing.T) {
			net := network(func(r *http.Request) (*http.Response, error) { return answer(r, status, nil), nil })
			l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
			defer l.end()
			l.status(Connecting)
			l.status(want)
			for _, again := range []func(string){l.set.Connect, l.set.RetryNow} {
				time.Sleep(time.Hour)
				if n := len(l.set.Events()); n != 0 {
					t.Errorf("%d events during an end", n)
				}
				again("f")
				l.status(Connecting)
				l.status(want)
			}
		})
	}
}

func TestConnectChangesNothingThatConnectsAnyway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		end := <-ends
		l.until(Live)
		l.set.Connect("f")
		synctest.Wait()
		end.Close()
		l.status(Waiting)
		l.set.Connect("f")
		l.status(Connecting)
	})
}

func TestCommandsNeverBlockAndTheLatestCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		<-ends
		l.until(Live)
		for range 1000 {
			l.set.RetryNow("f")
			l.set.Disconnect("f")
		}
		l.set.RetryNow("nobody")
		var last Status
		for synctest.Wait(); len(l.set.Events()) > 0; synctest.Wait() {
			if status := l.next().Status; status != nil { // a gap may come, too
				last = *status
			}
		}
		if last.State != Closed {
			t.Errorf("the last command was obeyed with %s", stateName(last.State))
		}
	})
	o := newCommandBox()
	for range 3 {
		o.put(retryNow)
		o.put(disconnect)
	}
	if got := <-o; got != disconnect {
		t.Errorf("kept %d, want the latest", got)
	}
}
