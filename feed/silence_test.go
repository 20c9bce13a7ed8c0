package feed

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestASilentStreamIsToldAndThenDropped(t *testing.T) {
	for idle, words := range map[time.Duration][2]string{
		0:                      {"nothing received for 45 s", "nothing received for 90 s"},
		10 * time.Second:       {"nothing received for 5 s", "nothing received for 10 s"},
		500 * time.Millisecond: {"nothing received for 250 ms", "nothing received for 500 ms"},
	} {
		synctest.Test(t, func(t *testing.T) {
			web, ends := pipes()
			l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), IdleTimeout: idle})
			defer l.end()
			full := idle
			if full == 0 {
				full = 90 * time.Second
			}
			end := <-ends
			l.until(Live)
			time.Sleep(time.Hour / 2 % full) // any moment will do
			write(t, end, "data: 1\n\n")
			spoke := time.Now()
			st := l.until(Silent)
			if after := time.Since(spoke); after != full/2 || st.Cause != words[0] || !st.LastByte.Equal(spoke) {
				t.Errorf("silent after %s: %q, last byte %s", after, st.Cause, st.LastByte)
			}
			st = l.status(Waiting)
			if after := time.Since(spoke); after != full || st.Cause != words[1] || st.Attempt != 1 || st.Planned {
				t.Errorf("dropped after %s: %q, attempt %d", after, st.Cause, st.Attempt)
			}
			l.status(Connecting)
			<-ends
		})
	}
}

func TestAnyByteIsLife(t *testing.T) {
	for _, beat := range []string{":\n", "data: part of a long event\n", "\n", "retry: 1000\n", "x"} {
		synctest.Test(t, func(t *testing.T) {
			web, ends := pipes()
			l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
			defer l.end()
			l.status(Connecting)
			l.status(Live)
			end := <-ends
			for range 1000 {
				time.Sleep(44 * time.Second)
				write(t, end, beat)
			}
			l.set.Disconnect("f")
			l.status(Closed)
		})
	}
}

func TestABytePutsASilentStreamBackToLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		end := <-ends
		l.until(Silent)
		time.Sleep(time.Second)
		write(t, end, "data: 1\n\n")
		spoke := time.Now()
		st := l.next().Status
		if st == nil || st.State != Live || !st.LastByte.Equal(spoke) || st.Connections != 1 {
			t.Fatalf("the first event after the silence is %+v", st)
		}
		l.wantMessages("1")
		if l.until(Silent); time.Since(spoke) != 45*time.Second {
			t.Errorf("silent again after %s", time.Since(spoke))
		}
	})
}

func TestNegativeIdleTimeoutWaitsForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), IdleTimeout: -1})
		defer l.end()
		l.status(Connecting)
		l.status(Live)
		time.Sleep(365 * 24 * time.Hour)
		write(t, <-ends, "data: 1\n\n")
		if e := l.next(); e.Message == nil {
			t.Errorf("%+v", e.Status)
		}
	})
}

func TestAServerThatDoesNotAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := network(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: net.client()})
		defer l.end()
		l.status(Connecting)
		began := time.Now()
		if st := l.status(Waiting); time.Since(began) != 90*time.Second || st.Cause != "no answer in 90 s" || !strings.Contains(st.Advice, "not answer before the first event") {
			t.Errorf("after %s: %q, %q", time.Since(began), st.Cause, st.Advice)
		}
	})
}

func TestASlowReaderDoesNotMakeTheServerLookSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		end := <-ends
		const all = 3 * eventBuffer
		go func() {
			for n := range all {
				if _, err := fmt.Fprintf(end, "data: %d\n\n", n); err != nil {
					t.Errorf("event %d: %v", n, err)
				}
			}
			end.Close()
		}()
		time.Sleep(time.Hour)
		l.status(Connecting)
		l.status(Live)
		for n := range all {
			l.wantMessages(fmt.Sprint(n))
		}
		if st := l.status(Waiting); !st.Planned {
			t.Errorf("ended with %q", st.Cause)
		}
	})
}

func TestCommentsAreToldByAPulseAtMostOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		l.status(Connecting)
		l.status(Live)
		end := <-ends
		go func() {
			for range 100 { // ten seconds of comments
				time.Sleep(100 * time.Millisecond)
				if _, err := io.WriteString(end, ":\n\n"); err != nil {
					t.Error(err)
				}
			}
		}()
		time.Sleep(15 * time.Second)
		var pulses []Pulse
		for len(l.set.Events()) > 0 {
			if e := <-l.set.Events(); e.Pulse != nil {
				pulses = append(pulses, *e.Pulse)
			}
		}
		if len(pulses) < 10 || len(pulses) > 11 {
			t.Errorf("%d pulses in 10 s, want about one a second", len(pulses))
		}
		if last := pulses[len(pulses)-1].LastByte; time.Since(last) != 5*time.Second {
			t.Errorf("the last byte was 5 s ago, told is %s", time.Since(last))
		}
	})
}

func TestMessagesMakePulsesNeedless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		end := <-ends
		for range 100 {
			time.Sleep(100 * time.Millisecond)
			write(t, end, ":\n\ndata: 1\n\n")
			synctest.Wait()
			for len(l.set.Events()) > 0 {
				if e := <-l.set.Events(); e.Pulse != nil {
					t.Error("a pulse beside messages")
				}
			}
		}
	})
}

func TestAStreamWithoutEventsOrCommentsIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, ends := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), IdleTimeout: -1})
		defer l.end()
		<-ends
		time.Sleep(24 * time.Hour)
		if n := len(l.set.Events()); n != 2 { // Connecting, Live
			t.Errorf("%d events, want 2", n)
		}
	})
}
