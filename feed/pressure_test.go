package feed

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"livetape/feed/decode"
	"livetape/feed/decode/mapping"
)

// counted counts what is read of a body.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func TestLargeEventsDoNotPileUpBeforeASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, size = 200, 512 << 10
		body := strings.Repeat("data: "+strings.Repeat("x", size)+"\n\n", many)
		var read atomic.Int64
		web := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, counted{strings.NewReader(body), &read}), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		time.Sleep(time.Minute)
		synctest.Wait()
		if most := int64(maxQueued) + 4*(size+8); read.Load() > most {
			t.Errorf("%d bytes were read with nobody to take them, want at most %d", read.Load(), most)
		}
		for n := range many {
			if got := len(l.message().Data); got != size {
				t.Fatalf("event %d has %d bytes, want %d", n, got, size)
			}
		}
	})
}

func TestEventsWaitWhereTheMemoryOfTheFeedIsReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, size, limit = 200, 50 << 10, 1 << 20
		body := strings.Repeat("data: "+strings.Repeat("x", size)+"\n\n", many)
		var read atomic.Int64
		web := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, counted{strings.NewReader(body), &read}), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), Memory: limit})
		defer l.end()
		time.Sleep(time.Minute)
		synctest.Wait()
		if most := int64(limit + 4*size); read.Load() > most {
			t.Errorf("%d bytes were read with nobody to take them, want at most %d", read.Load(), most)
		}
		for range many {
			l.message()
		}
	})
}

func TestMemoryIsGivenBackOnceMessagesAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 400
		body := strings.Repeat(`data: {"s":"QRS","p":1,"x":"`+strings.Repeat("x", 20<<10)+"\"}\n\n", many) // 8 MB
		web := network(func(r *http.Request) (*http.Response, error) { return streamOf(r, strings.NewReader(body)), nil })
		decoder, err := mapping.Compile("f", mapping.Spec{Map: []mapping.Rule{{Merge: "s", Symbol: &mapping.Value{Path: "s"}, Last: &mapping.Value{Path: "p"}}}})
		if err != nil {
			t.Fatal(err)
		}
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), Decoder: decoder, Memory: 1 << 20})
		defer l.end()
		for range many {
			if m := l.message(); m.Err != nil {
				t.Fatal(m.Err)
			}
		}
	})
}

func TestManyRowsDoNotPileUpBeforeASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 400
		row := `{"symbol":"QRS","last":"1"},`
		event := "event: snapshot\ndata: {\"prices\":[" + strings.TrimSuffix(strings.Repeat(row, 1000), ",") + "]}\n\n" // 27 KB, and 600 KB of updates
		var read atomic.Int64
		web := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, counted{strings.NewReader(strings.Repeat(event, many)), &read}), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client(), Decoder: decode.Native{}})
		defer l.end()
		time.Sleep(time.Minute)
		synctest.Wait()
		decoded := 0
		for range len(l.set.events) {
			if e := <-l.set.events; e.Message != nil {
				decoded++
			}
		}
		if decoded == 0 || decoded > maxQueued/600_000+1 {
			t.Errorf("%d events wait for nobody", decoded)
		}
		for range many - decoded {
			if got := len(l.message().Updates); got != 1000 {
				t.Fatalf("%d rows", got)
			}
		}
	})
}

func TestALargeEventIsNotHeldUpForEverByAnotherFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := strings.Repeat("data: 1\n\n", 20*eventBuffer)
		flood := network(func(r *http.Request) (*http.Response, error) { return streamOf(r, strings.NewReader(body)), nil })
		large := network(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second) // the other feed fills the queue
			return streamOf(r, strings.NewReader("data: "+strings.Repeat("x", 2*largeEvent)+"\n\n")), nil
		})
		l := quietEnvironment().listen(t, Config{Name: "flood", URL: "http://flood.example/", Client: flood.client()},
			Config{Name: "large", URL: "http://large.example/", Client: large.client()})
		defer l.end()
		time.Sleep(2 * time.Second)
		for range 4 * eventBuffer {
			time.Sleep(time.Millisecond) // a reader who is slower than the other feed
			if len(l.message().Data) > largeEvent {
				return
			}
		}
		t.Errorf("it did not come before %d others", 4*eventBuffer)
	})
}

func TestLargeEventsDoNotWaitForAQuickReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many = 400
		body := strings.Repeat("data: "+strings.Repeat("x", 2*largeEvent)+"\n\n", many)
		web := network(func(r *http.Request) (*http.Response, error) { return streamOf(r, strings.NewReader(body)), nil })
		l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		began := time.Now()
		for range many {
			l.message()
		}
		if took := time.Since(began); took > 200*time.Millisecond { // of the bubble's time, in which only waits count
			t.Errorf("%d events took %s", many, took)
		}
	})
}
