package loadgen_test

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestLatencyIsFromTheStampToTheArrival(t *testing.T) {
	late := func(by time.Duration, skew time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			say := tell(w, r)
			for n := 1; ; n++ {
				stamp := time.Now().Add(skew).UTC().Format(time.RFC3339Nano)
				wait(r, by)
				if !say("id: %d\ndata: {\"time\":%q}\n\n", n, stamp) {
					return
				}
			}
		}
	}
	r := loadHandler(t, plain(2), late(20*time.Millisecond, 0))
	l := r.Latency
	if l == nil || l.Min != 20 || l.Max != 20 || l.P50 != 20 || l.P999 != 20 || l.Measured < 900 {
		t.Errorf("%+v", l)
	}
	r = loadHandler(t, plain(2), late(20*time.Millisecond, time.Minute))
	requireNote(t, r, "the server's clock is ahead")
	if r.Latency != nil || r.Clients.Slowest != nil {
		t.Errorf("%+v", r.Latency)
	}
	r = loadHandler(t, plain(2), late(20*time.Millisecond, -time.Minute))
	requireNote(t, r, "is behind, or they are history")
	if r.Latency != nil {
		t.Errorf("%+v", r.Latency)
	}
	r = loadHandler(t, plain(2), late(2*time.Second, 0))
	requireNote(t, r, "may be behind")
}

func TestAClientThatGetsNothingMoreIsNoticed(t *testing.T) {
	for _, test := range []struct {
		name   string
		from   int // the first event of the market that does not come to the second client
		opaque bool
		words  string
	}{
		{"from the begin", 0, false, "1 clients that were connected received no event at all"},
		{"from the middle on", 500, false, "1 clients received nothing for the last second or longer"},
		{"from the middle on, with ids that mean nothing", 500, true, "1 clients received nothing for the last second or longer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			seen := 0
			mangle := func(client int, frames [][]byte) [][]byte {
				return slices.DeleteFunc(frames, func(f []byte) bool {
					if client != 2 || !isEvent(f) {
						return false
					}
					seen++
					return seen >= test.from
				})
			}
			if test.opaque {
				mangle = opaque(mangle)
			}
			r := loadMarket(t, plain(4), mangle)
			requireNote(t, r, test.words)
			if r.OK || r.Connections.Stalled != 1 || int(*r.Events.OnTheWay) != 1000-max(test.from-1, 0) || *r.Events.Lost != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}
