package feed

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// counted counts what is read of a body.
type counted struct {
	io.Reader
	n *int
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += n
	return n, err
}

func TestLargeEventsDoNotPileUpBeforeASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, size = 200, 512 << 10
		body, read := strings.Repeat("data: "+strings.Repeat("x", size)+"\n\n", many), 0
		web := network(func(r *http.Request) (*http.Response, error) {
			return streamOf(r, counted{strings.NewReader(body), &read}), nil
		})
		l := still().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: web.client()})
		defer l.end()
		time.Sleep(time.Minute)
		synctest.Wait()
		if most := (bulkyLeft + 4) * (size + 8); read > most {
			t.Errorf("%d bytes were read with nobody to take them, want at most %d", read, most)
		}
		for n := range many {
			if got := len(l.message().Data); got != size {
				t.Fatalf("event %d has %d bytes, want %d", n, got, size)
			}
		}
	})
}
