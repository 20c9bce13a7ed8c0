package loadgen_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/feed"
	"livetape/mockserver/fault"
	"livetape/ui/cli/loadgen"
)

// figures are what the tests look at of a report.
type figures struct {
	Connected, Refused, Held, Dropped, Reconnected int

	Delivered           uint64
	Lost, Doubled, Late int // -1: not known
	JudgedBy            string
	WithoutID, Unjudged uint64
	Resets              uint64
	OK                  bool
}

func figuresOf(r *loadgen.Report) figures {
	known := func(n *uint64) int {
		if n == nil {
			return -1
		}
		return int(*n)
	}
	c, e := r.Connections, r.Events
	return figures{
		c.Connected, c.Refused, c.Held, c.Dropped, c.Reconnected,
		e.Delivered, known(e.Lost), known(e.Duplicated), known(e.OutOfOrder), e.JudgedBy, e.WithoutID, e.Unjudged, e.Resets, r.OK,
	}
}

func requireFigures(t *testing.T, r *loadgen.Report, want figures) {
	t.Helper()
	if diff := cmp.Diff(want, figuresOf(r)); diff != "" {
		t.Errorf("-want +got:\n%s%+v", diff, r)
	}
}

func requireNote(t *testing.T, r *loadgen.Report, words string) {
	t.Helper()
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, words) }) {
		t.Errorf("no note says %q: %q", words, r.Notes)
	}
}

func TestEveryEventOfASteadyServerIsCounted(t *testing.T) {
	r := loadMarket(t, plain(20), nil)
	requireFigures(t, r, figures{Connected: 20, Held: 20, Delivered: 20 * 1000, JudgedBy: loadgen.BySequence, OK: true})
	if r.Events.PerSecond == nil || *r.Events.PerSecond != 1999 || r.Seconds != aWhile.Seconds() {
		t.Errorf("%v events a second in %v s", *r.Events.PerSecond, r.Seconds)
	}
	if r.Latency == nil || r.Latency.Measured != 20*1000 || r.Latency.Max > 5 {
		t.Errorf("latency: %+v", r.Latency)
	}
	if r.Clients == nil || r.Clients.Events != (loadgen.Range{1000, 1000, 1000}) {
		t.Errorf("per client: %+v", r.Clients)
	}
	if len(r.Notes) > 0 {
		t.Errorf("notes: %q", r.Notes)
	}
}

// isEvent reports whether a frame is an event of the market, and not what the stream begins with.
func isEvent(frame []byte) bool {
	return bytes.HasPrefix(frame, []byte("event: ")) && !bytes.HasPrefix(frame, []byte("event: snapshot"))
}

// everyTenth lets change have every tenth event of the third client.
func everyTenth(change func(frame []byte) [][]byte) func(int, [][]byte) [][]byte {
	seen := 0
	return func(client int, frames [][]byte) (out [][]byte) {
		for _, f := range frames {
			if client == 3 && isEvent(f) {
				if seen++; seen%10 == 5 {
					out = append(out, change(f)...)
					continue
				}
			}
			out = append(out, f)
		}
		return out
	}
}

func TestExactlyWhatAProxyDoesToEventsIsFound(t *testing.T) {
	var held []byte
	for _, test := range []struct {
		name   string
		mangle func(int, [][]byte) [][]byte
		want   figures
	}{
		{"drops", everyTenth(func([]byte) [][]byte { return nil }), figures{Delivered: 4*1000 - 100, Lost: 100}},
		{"doubles", everyTenth(func(f []byte) [][]byte { return [][]byte{f, f} }), figures{Delivered: 4*1000 + 100, Doubled: 100}},
		{"holds one back behind the next", func(client int, frames [][]byte) (out [][]byte) {
			for _, f := range frames {
				switch {
				case client == 2 && bytes.Contains(f, []byte("\nid: e-500\n")):
					held = bytes.Clone(f)
					continue
				case client == 2 && held != nil && isEvent(f):
					out, held = append(out, f, held), nil
					continue
				}
				out = append(out, f)
			}
			return out
		}, figures{Delivered: 4 * 1000, Late: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := test.want
			want.Connected, want.Held, want.JudgedBy = 4, 4, loadgen.BySequence
			requireFigures(t, loadMarket(t, plain(4), test.mangle), want)
		})
	}
}

// opaque takes from ids what shows that the server counts.
func opaque(mangle func(int, [][]byte) [][]byte) func(int, [][]byte) [][]byte {
	return func(client int, frames [][]byte) (out [][]byte) {
		for _, f := range mangle(client, frames) {
			if bytes.HasPrefix(f, []byte("retry: ")) {
				continue // with the snapshot behind it
			}
			f = bytes.Replace(f, []byte("\nid: e-"), []byte("\nid: some/"), 1)
			if !bytes.HasPrefix(f, []byte("event: snapshot")) {
				out = append(out, f)
			}
		}
		return out
	}
}

func TestIDsThatMeanNothingAreJudgedByWhatAllClientsSaw(t *testing.T) {
	same := func(_ int, frames [][]byte) [][]byte { return frames }
	for _, test := range []struct {
		name   string
		mangle func(int, [][]byte) [][]byte
		want   figures
	}{
		{"a good server", same, figures{Delivered: 4 * 1000, OK: true}},
		{"one that drops", everyTenth(func([]byte) [][]byte { return nil }), figures{Delivered: 4*1000 - 100, Lost: 100}},
		{"one that doubles", everyTenth(func(f []byte) [][]byte { return [][]byte{f, f} }), figures{Delivered: 4*1000 + 100, Doubled: 100}},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := test.want
			want.Connected, want.Held, want.JudgedBy = 4, 4, loadgen.ByUnion
			r := loadMarket(t, plain(4), opaque(test.mangle))
			requireFigures(t, r, want)
			requireNote(t, r, "by what all clients saw")
			if text := printed(t, r); r.OK && !strings.Contains(text, "as far as any client saw") {
				t.Errorf("in words:\n%s", text)
			}
		})
	}
	t.Run("one client alone", func(t *testing.T) {
		r := loadMarket(t, plain(1), opaque(everyTenth(nil)))
		requireFigures(t, r, figures{Connected: 1, Held: 1, Delivered: 1000, Lost: -1, Late: -1, JudgedBy: loadgen.ByUnion, OK: true})
		requireNote(t, r, "there was only one")
	})
	t.Run("a filter", func(t *testing.T) {
		p := plain(4)
		p.Feed.URL = "http://desk.example/events?symbols=NVDA,AAPL"
		dropped := 0
		r := loadMarket(t, p, everyTenth(func([]byte) [][]byte { dropped++; return nil }))
		if r.Events.JudgedBy != loadgen.ByUnion || dropped == 0 || int(*r.Events.Lost) != dropped || int(r.Events.Delivered+*r.Events.Lost)%4 != 0 {
			t.Errorf("of %d that were dropped: %+v", dropped, figuresOf(r))
		}
	})
}

func TestOfEventsWithoutIDsNothingIsSaidToBeZero(t *testing.T) {
	r := loadHandler(t, plain(3), func(w http.ResponseWriter, r *http.Request) {
		for say := tell(w, r); say("data: {\"time\":%q}\n\n", now()); {
			wait(r, 100*time.Millisecond)
		}
	})
	if e := r.Events; e.Lost != nil || e.Duplicated != nil || e.OutOfOrder != nil || e.JudgedBy != loadgen.ByNothing || e.WithoutID != e.Delivered || e.Delivered == 0 {
		t.Errorf("%+v", e)
	}
	requireNote(t, r, "cannot be known")
	if text := printed(t, r); !strings.Contains(text, "unknown lost, unknown duplicated") || strings.Contains(text, "all delivered") {
		t.Errorf("in words:\n%s", text)
	}
}

func printed(t *testing.T, r *loadgen.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRefusedAndDroppedClientsAreCountedWithTheirCause(t *testing.T) {
	r := loadMarket(t, loadgen.Plan{Clients: 6}, nil)
	requireFigures(t, r, figures{Connected: 6, Held: 6, Delivered: 6000, JudgedBy: loadgen.BySequence, OK: true})

	var clients atomic.Int64
	var others http.Handler
	inBubble(t, func(w http.ResponseWriter, r *http.Request) {
		switch n := clients.Add(1); {
		case n <= 2:
			http.Error(w, "full", http.StatusServiceUnavailable)
		case n == 3:
			tell(w, r)("id: 1\ndata: only\n\n")
		default:
			others.ServeHTTP(w, r)
		}
	}, func(t *testing.T, n *network) {
		m := newMarket(t, nil)
		others = m
		stop := m.run(t)
		r := n.load(t.Context(), plain(6))
		stop()
		requireFigures(t, r, figures{
			Connected: 4, Refused: 2, Held: 3, Dropped: 1, Delivered: 3001, JudgedBy: loadgen.ByBoth,
		})
		if diff := cmp.Diff([]loadgen.Cause{{Cause: "503 Service Unavailable: full", Times: 2, Advice: loadgen.AdviceServerError}}, r.Connections.Refusals); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]loadgen.Cause{{Cause: "the server ended the stream", Times: 1}}, r.Connections.Drops); diff != "" {
			t.Error(diff)
		}
	})
}

// requireDoubt checks that the report, in its last line, does not claim to know what it cannot.
func requireDoubt(t *testing.T, r *loadgen.Report) {
	t.Helper()
	if text := printed(t, r); !r.OK || strings.Contains(text, "all delivered") || !strings.Contains(text, "not all could be known") {
		t.Errorf("in words:\n%s", text)
	}
}

func TestWhatCannotBeJudgedIsNotSaidToBeDelivered(t *testing.T) {
	withMarket(t, nil, func(t *testing.T, n *network, m *marketServer) {
		time.AfterFunc(3*time.Second, func() { inject(t, m, "garbage:1s") })
		r := n.load(t.Context(), plain(2))
		requireNote(t, r, "without an id of their own")
		requireDoubt(t, r)
	})
}

func TestAServerThatCannotBeReachedRefusesAll(t *testing.T) {
	inBubble(t, http.NotFound, func(t *testing.T, n *network) {
		n.DialErr = syscall.ECONNREFUSED
		r := n.load(t.Context(), plain(5))
		requireFigures(t, r, figures{Refused: 5, Lost: -1, Doubled: -1, Late: -1, JudgedBy: loadgen.ByNothing})
		requireNote(t, r, "no client was connected")
		if r.Seconds != 0 {
			t.Errorf("it was listened to for %v s", r.Seconds)
		}
	})
}

func TestAServerThatDoesNotAnswerRefusesInTime(t *testing.T) {
	r := loadHandler(t, loadgen.Plan{Clients: 2, For: time.Second}, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	})
	requireFigures(t, r, figures{Refused: 2, Lost: -1, Doubled: -1, Late: -1, JudgedBy: loadgen.ByNothing})
	if diff := cmp.Diff([]loadgen.Cause{{Cause: "no answer within 10s", Times: 2, Advice: loadgen.AdviceNoAnswer}}, r.Connections.Refusals); diff != "" {
		t.Error(diff)
	}
}

func TestWhoComesBackResumesAndLosesNothing(t *testing.T) {
	withMarket(t, nil, func(t *testing.T, n *network, m *marketServer) {
		time.AfterFunc(3*time.Second, func() { inject(t, m, "drop") })
		time.AfterFunc(6*time.Second, func() { inject(t, m, "eof") })
		r := n.load(t.Context(), loadgen.Plan{Clients: 5, Reconnect: true})
		requireFigures(t, r, figures{Connected: 5, Held: 5, Dropped: 10, Reconnected: 10, Delivered: 5000, JudgedBy: loadgen.BySequence, OK: true})
		requireNote(t, r, "their latency is not counted")
		if r.Latency.Max > 5 {
			t.Errorf("replayed events count: %+v", r.Latency)
		}
	})
}

func TestAServerThatEndsEveryStreamIsNotBlamedForIt(t *testing.T) {
	counts := func(refuse bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			after, err := strconv.Atoi("0" + r.Header.Get("Last-Event-ID"))
			if err != nil || refuse && after > 0 {
				http.Error(w, "never again", http.StatusForbidden)
				return
			}
			say := tell(w, r)
			say("retry: 300\n\n")
			for n := after + 1; n <= after+5; n++ {
				say("id: %d\ndata: {}\n\n", n)
			}
		}
	}
	p := loadgen.Plan{Clients: 4, For: 3200 * time.Millisecond, Reconnect: true}
	r := loadHandler(t, p, counts(false))
	requireFigures(t, r, figures{Connected: 4, Dropped: 44, Reconnected: 40, Delivered: 4 * 55, JudgedBy: loadgen.ByUnion, OK: true})
	if r.Connections.Between != 4 {
		t.Errorf("%+v", r.Connections)
	}
	r = loadHandler(t, p, counts(true))
	requireFigures(t, r, figures{Connected: 4, Dropped: 4, Delivered: 4 * 5, JudgedBy: loadgen.ByUnion})
	requireNote(t, r, "4 clients had lost their stream and did not get another one")
}

func TestAServerThatHasHadNoTimeToAnswerIsNotBlamedForIt(t *testing.T) {
	answersAfter := func(wait time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
				return
			}
			say := tell(w, r)
			for n := range 5 {
				say("retry: 10\nid: %d\ndata: {}\n\n", n)
			}
		}
	}
	p := loadgen.Plan{Clients: 4, For: 2900 * time.Millisecond, Reconnect: true}
	if r := loadHandler(t, p, answersAfter(500*time.Millisecond)); r.Connections.Between != 4 || slices.ContainsFunc(r.Notes, isAboutLostClients) {
		t.Errorf("%+v %q", r.Connections, r.Notes)
	}
	p.For = 1500 * time.Millisecond
	if r := loadHandler(t, p, answersAfter(2*time.Second)); r.OK || r.Connections.Between != 0 || !slices.ContainsFunc(r.Notes, isAboutLostClients) {
		t.Errorf("%+v %q", r.Connections, r.Notes)
	}
}

func isAboutLostClients(note string) bool { return strings.Contains(note, "did not get another one") }

func inject(t *testing.T, m *marketServer, text string) {
	parsed, err := fault.Parse(text)
	if err == nil {
		err = m.Inject(parsed)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestWhatARestartCostsIsNotMadeUp(t *testing.T) {
	withMarket(t, nil, func(t *testing.T, n *network, m *marketServer) {
		time.AfterFunc(3*time.Second+time.Millisecond, func() { inject(t, m, "restart") })
		r := n.load(t.Context(), loadgen.Plan{Clients: 2, Reconnect: true})
		if r.Events.Resets != 2 || r.Connections.Reconnected != 2 {
			t.Errorf("%+v", figuresOf(r))
		}
		requireNote(t, r, "restarted 1 times")
		requireDoubt(t, r)
	})
}

func TestAtCtrlCTheReportIsOfWhatWasUntilThen(t *testing.T) {
	withMarket(t, nil, func(t *testing.T, n *network, m *marketServer) {
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second+time.Millisecond)
		defer cancel()
		r := n.load(ctx, loadgen.Plan{Clients: 3, For: time.Hour})
		requireFigures(t, r, figures{Connected: 3, Held: 3, Delivered: 3 * 400, JudgedBy: loadgen.BySequence, OK: true})
	})
	t.Run("before all are connected", func(t *testing.T) {
		withMarket(t, nil, func(t *testing.T, n *network, m *marketServer) {
			ctx, cancel := context.WithTimeout(t.Context(), 5500*time.Millisecond)
			defer cancel()
			r := n.load(ctx, loadgen.Plan{Clients: 10, Ramp: 10 * time.Second})
			if r.Connections.Connected != 6 || r.Connections.Refused != 0 || r.Latency != nil || r.Events.PerSecond != nil {
				t.Errorf("%+v", r)
			}
			requireNote(t, r, "4 clients were not connected yet")
			requireNote(t, r, "before all clients were connected")
			requireDoubt(t, r)
		})
	})
}

func TestWhatAServerForgotIsLost(t *testing.T) {
	withMarket(t, nil, func(t *testing.T, n *network, m *marketServer) {
		time.AfterFunc(3*time.Second+time.Millisecond, func() { inject(t, m, "503:2s") })
		r := n.load(t.Context(), loadgen.Plan{Clients: 3, Reconnect: true})
		e := r.Events
		if r.OK || e.Resets != 3 || *e.Lost < 3*180 || *e.Lost > 3*310 || e.Delivered+*e.Lost != 3*1000 || r.Connections.Refused != 0 {
			t.Errorf("%+v, %d lost", figuresOf(r), *e.Lost)
		}
	})
}

func TestProgressIsToldEverySecond(t *testing.T) {
	var told []loadgen.Progress
	withMarket(t, nil, func(t *testing.T, n *network, _ *marketServer) {
		transport := &http.Transport{DialContext: n.Dial}
		defer transport.CloseIdleConnections()
		_, err := loadgen.Run(t.Context(), loadgen.Plan{
			Feed:    feed.Config{Name: "desk", URL: "http://desk.example/events", Client: &http.Client{Transport: transport}},
			Clients: 3, For: 3500 * time.Millisecond,
		}, func(p loadgen.Progress) { told = append(told, p) })
		if err != nil {
			t.Fatal(err)
		}
	})
	if len(told) != 3 || told[2].Connected != 3 || told[2].Answered != 3 || told[2].Elapsed != 3*time.Second || told[2].Events < 3*299 {
		t.Errorf("%+v", told)
	}
}
