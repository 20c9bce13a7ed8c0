package feed

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"livetape/feed/decode"
)

// TestEverythingEndsAtOnceOnCancel has the set in each situation it can be in. In the bubble, time only
// passes when all goroutines wait: an end that took a timer would show.
func TestEverythingEndsAtOnceOnCancel(t *testing.T) {
	web, _ := pipes()
	for what, net := range map[string]network{
		"while connecting":    func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() },
		"while live":          web,
		"while waiting":       refusing,
		"when closed":         func(r *http.Request) (*http.Response, error) { return answer(r, 204, nil), nil },
		"when failed":         func(r *http.Request) (*http.Response, error) { return answer(r, 404, nil), nil },
		"while reading a 503": slowRefusal,
		"with a full channel": func(r *http.Request) (*http.Response, error) { return streamOf(r, endless{}), nil },
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				w := quietEnvironment()
				w.random = func() float64 { return 1 }
				set, err := w.start(ctx, []Config{{Name: "f", URL: "http://desk.example/", Client: net.client()}})
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				cancel()
				began := time.Now()
				for range set.Events() {
				}
				synctest.Wait()
				if took := time.Since(began); took != 0 {
					t.Errorf("took %s", took)
				}
				set.RetryNow("f") // does nothing any more, and does not block
				set.RetryNow("f")
			})
		})
	}
}

// slowRefusal is a 503 whose body never comes.
func slowRefusal(r *http.Request) (*http.Response, error) {
	in, _ := io.Pipe()
	resp := answer(r, 503, nil)
	resp.Body = in
	return resp, nil
}

// endless is a body of events without an end, deaf to any context.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, "data: 1\n\n"), nil }

func TestCancelDuringASilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, _ := pipes()
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		l.until(Silent)
		began := time.Now()
		l.end()
		if took := time.Since(began); took != 0 {
			t.Errorf("took %s", took)
		}
	})
}

func TestABodyOfARefusalIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: network(slowRefusal).client()})
		defer l.end()
		l.status(Connecting)
		began := time.Now()
		if st := l.status(Waiting); time.Since(began) != time.Second || st.Cause != "503 Service Unavailable" {
			t.Errorf("after %s: %q", time.Since(began), st.Cause)
		}
	})
}

func TestNoGoroutineIsLeftOfARealConnection(t *testing.T) {
	hold := make(chan struct{})
	deaf := rawServer(t, func(net.Conn) { <-hold })
	defer close(hold)
	servers := map[string]http.HandlerFunc{
		"live":          staying("data: 1\n\n"),
		"full":          flooding,
		"clean ends":    endingWith("retry: 0\nid: 1\ndata: 1\n\n"),
		"refusing":      answering(503, nil, "no"),
		"gone for good": answering(204, nil, ""),
	}
	var configs []Config
	for name, h := range servers {
		configs = append(configs, Config{Name: name, URL: serve(t, h).URL})
	}
	configs = append(configs, Config{Name: "deaf", URL: deaf})
	before := goleak.IgnoreCurrent()
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		set, err := quietEnvironment().start(ctx, configs)
		if err != nil {
			t.Fatal(err)
		}
		for range eventBuffer {
			<-set.Events()
		}
		cancel()
		for range set.Events() {
		}
	}
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("net/http.(*conn).serve"))
}

func flooding(w http.ResponseWriter, r *http.Request) {
	for n := 0; r.Context().Err() == nil; n++ {
		say(w, fmt.Sprintf("id: %d\ndata: %d\n\n", n, n))
	}
}

// heldDecoder decodes a large event once it is released.
type heldDecoder struct{ release chan struct{} }

func (d heldDecoder) Decode(_ string, data []byte) (decode.Message, error) {
	if len(data) > largeEvent {
		<-d.release
	}
	return decode.Message{}, nil
}

func TestNobodyWaitsForALargeEventToBeDecoded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connections := 0
		web := network(func(r *http.Request) (*http.Response, error) {
			if connections++; connections > 1 {
				return streamOf(r, io.MultiReader(strings.NewReader("data: small\n\n"), endless{})), nil
			}
			return streamOf(r, strings.NewReader("data: "+strings.Repeat("x", 2*largeEvent)+"\n\n")), nil
		})
		d := heldDecoder{make(chan struct{})}
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), Decoder: d})
		synctest.Wait()
		began := time.Now()
		l.set.RetryNow("f")
		synctest.Wait()
		if took := time.Since(began); took != 0 || connections != 2 {
			t.Errorf("connected %d times within %s", connections, took)
		}
		close(d.release)
		if m := l.message(); string(m.Data) != "small" {
			t.Errorf("%d bytes were delivered", len(m.Data))
		}
		l.end()
	})
}

func TestTheEndWaitsForNoLargeEventToBeDecoded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, strings.NewReader("data: "+strings.Repeat("x", 2*largeEvent)+"\n\n")), nil
		})
		d := heldDecoder{make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		set, err := quietEnvironment().start(ctx, []Config{{Name: "f", URL: "http://desk.example/", Client: web.client(), Decoder: d}})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		cancel()
		began := time.Now()
		for range set.Events() {
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("took %s", took)
		}
		close(d.release)
	})
}
