package loadgen_test

import (
	"bytes"
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"livetape/ui/cli/golden"
	"livetape/ui/cli/loadgen"
)

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx, cancel
}

// teller counts its events, ten a second, and takes a while to send each. Of the third client it withholds what spare
// says.
func teller(spare func(n int) bool) http.HandlerFunc {
	var clients atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		client := clients.Add(1)
		say := tell(w, r)
		wait(r, 50*time.Millisecond)
		say("id: e-0\nevent: snapshot\ndata: {\"prices\":[]}\n\n")
		for n := 1; r.Context().Err() == nil; n++ {
			stamp := now()
			wait(r, time.Duration(n%10+1)*time.Millisecond)
			if client != 3 || !spare(n) {
				say("id: e-%d\nevent: price\ndata: {\"last\":\"1.00\",\"time\":%q}\n\n", n, stamp)
			}
			wait(r, time.Duration(99-n%10)*time.Millisecond)
		}
	}
}

// reports are of servers that stand for all there are.
func reports(t *testing.T) map[string]*loadgen.Report {
	t.Helper()
	secret := plain(2)
	secret.Feed.URL = "http://desk.example/events?token=sesame"
	return map[string]*loadgen.Report{
		"good": loadHandler(t, plain(20), teller(func(int) bool { return false })),
		"bad":  loadHandler(t, plain(4), teller(func(n int) bool { return n%10 == 5 })),
		"refused": loadHandler(t, secret, func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no seats left for sesame", http.StatusServiceUnavailable)
		}),
		"nameless": loadHandler(t, plain(2), func(w http.ResponseWriter, r *http.Request) {
			say := tell(w, r)
			for wait(r, 900*time.Millisecond); say("data: {\"last\":\"1.00\"}\n\n"); {
				wait(r, time.Second)
			}
		}),
	}
}

func TestReportsForPeopleAndForMachines(t *testing.T) {
	for name, report := range reports(t) {
		golden.Require(t, "testdata/"+name+".txt", printed(t, report))
		var b bytes.Buffer
		if err := report.JSON(&b); err != nil {
			t.Fatal(err)
		}
		golden.Require(t, "testdata/"+name+".json", b.String())
	}
}
