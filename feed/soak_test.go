package feed

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// unreliable is a server that numbers its events, resumes generously, and misbehaves on every connection.
type unreliable struct {
	random *rand.Rand
	last   int // the number of its last event
	faults int

	running sync.WaitGroup
}

// RoundTrip is called from one goroutine at a time, as a feed makes one connection at a time.
func (u *unreliable) RoundTrip(r *http.Request) (*http.Response, error) {
	u.faults++
	switch u.random.IntN(8) {
	case 0:
		return nil, syscall.ECONNREFUSED
	case 1:
		return answer(r, 503, http.Header{"Retry-After": {"2"}}), nil
	}
	from, err := strconv.Atoi(r.Header.Get("Last-Event-ID"))
	if err != nil {
		from = 0
	}
	from = max(0, from-u.random.IntN(4)) // what comes twice has to be noticed
	in, out := io.Pipe()
	count, way := u.random.IntN(60), u.random.IntN(5)
	u.running.Go(func() { u.misbehave(out, from, count, way) })
	return streamOf(r, in), nil
}

// misbehave sends some events in pieces of any size, and ends in one of five ways.
func (u *unreliable) misbehave(out *io.PipeWriter, from, count, way int) {
	var text strings.Builder
	for n := from + 1; n <= min(from+count, u.last); n++ {
		fmt.Fprintf(&text, ":\nid: %d\ndata: event %d\n\n", n, n)
	}
	body := text.String()
	if cut := len(body) - 7; way == 0 && cut > 0 {
		body = body[:cut] // in mid-event
	}
	for size := len(body)/7 + 1; len(body) > 0; {
		piece := body[:min(size, len(body))]
		if _, err := io.WriteString(out, piece); err != nil {
			return // the client has gone
		}
		body = body[len(piece):]
		time.Sleep(time.Millisecond)
	}
	switch way {
	case 1:
		out.Close()
	case 2:
		out.CloseWithError(syscall.ECONNRESET)
	case 3: // silence, until the watchdog bites
	default:
		out.CloseWithError(io.ErrUnexpectedEOF)
	}
}

func TestEveryEventArrivesOnceThroughHundredsOfCuts(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const all = 5000
				server := &unreliable{random: rand.New(rand.NewPCG(seed, 1)), last: all}
				impatient := rand.New(rand.NewPCG(seed, 2))
				l := quietEnvironment().listen(t, Config{Name: "f", URL: "http://desk.example/", Client: &http.Client{Transport: server}})
				defer server.running.Wait()
				defer l.end()
				for n := 1; n <= all; n++ {
					l.wantMessages(fmt.Sprint("event ", n))
					if impatient.IntN(200) == 0 {
						l.set.RetryNow("f")
					}
				}
				if server.faults < 100 {
					t.Errorf("only %d faults", server.faults)
				}
			})
		})
	}
}
