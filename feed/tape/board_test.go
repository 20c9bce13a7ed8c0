package tape

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/market"
)

// market of a server that ends every stream after 50 events, and says 204 after 500.
func shortStreams(random *rand.Rand) http.Handler {
	sent := 0
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if sent >= 500 {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "retry: 10\n\n:ok\n\n")
		if id := req.Header.Get("Last-Event-ID"); id != "" {
			fmt.Fprintf(w, "event: resume\ndata: {\"from\":%q,\"replayed\":0}\n\n", id)
		}
		for range 50 {
			sent++
			kind, data := somePayload(random)
			fmt.Fprintf(w, "event: %s\nid: e-%d\ndata: %s\n\n", kind, sent, data)
		}
	})
}

func somePayload(random *rand.Rand) (kind, data string) {
	symbol := fmt.Sprintf("S%d", random.IntN(20))
	when := startTime().Add(time.Duration(random.IntN(1e9))).Format(time.RFC3339Nano)
	switch random.IntN(12) {
	case 0:
		return "news", fmt.Sprintf(`{"id":"n%d","headline":"%s moves","symbols":[%q],"time":%q}`, random.IntN(9), symbol, symbol, when)
	case 1:
		return "status", fmt.Sprintf(`{"symbol":%q,"state":"halted","reason":"volatility","time":%q}`, symbol, when)
	case 2:
		return "price", `{"symbol":"broken","last":`
	case 3:
		return "odd", "not JSON\ndata:\ndata: at all"
	}
	side := []string{"last", "bid", "ask"}[random.IntN(3)]
	return "price", fmt.Sprintf(`{"symbol":%q,%q:"%d.%02d","size":"%d","time":%q}`, symbol, side, random.IntN(900), random.IntN(100), random.IntN(50), when)
}

// applied is the board that events add up to, and the story of the connection.
type applied struct {
	board   *market.Board
	faults  []string
	others  []feed.Event
	decoded int
}

func newApplied() *applied { return &applied{board: market.NewBoard(market.Limits{})} }

func (a *applied) take(e feed.Event) {
	if IsReset(e) {
		*a = *newApplied()
		return
	}
	if e.Message == nil {
		a.others = append(a.others, e)
		return
	}
	if e.Message.Err != nil {
		a.faults = append(a.faults, e.Message.Err.Error())
	}
	if e.Message.Unmapped != "" {
		a.faults = append(a.faults, e.Message.Unmapped)
	}
	for _, u := range e.Message.Updates {
		a.decoded++
		a.board.Apply(e.Feed, u, e.At)
	}
}

func (a *applied) equals(t *testing.T, b *applied) {
	t.Helper()
	same(t, a.others, b.others)
	if !reflect.DeepEqual(a.faults, b.faults) || a.decoded != b.decoded {
		t.Errorf("%d updates and %d faults, want %d and %d", a.decoded, len(a.faults), b.decoded, len(b.faults))
	}
	if !reflect.DeepEqual(a.board, b.board) {
		t.Errorf("the boards differ: %+v and %+v", a.board.Counts(), b.board.Counts())
	}
}

// watchLive watches the server until it says stop, recording to name.
func watchLive(t *testing.T, name string) *applied {
	t.Helper()
	server := httptest.NewServer(shortStreams(rand.New(rand.NewPCG(1, 2))))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := Create(name, RecorderOptions{Feeds: []Source{{Name: "desk", URL: server.URL}}})
	if err != nil {
		t.Fatal(err)
	}
	set, err := feed.Start(ctx, feed.Config{Name: "desk", URL: server.URL, Decoder: decode.Native{}})
	if err != nil {
		t.Fatal(err)
	}
	live := newApplied()
	for e := range r.Tee(ctx, set.Events(), func(err error) { t.Error(err) }) {
		live.take(e)
		if e.Status != nil && e.Status.State == feed.Closed {
			cancel()
		}
	}
	for range set.Events() {
	}
	return live
}

func native(Source) decode.Decoder { return decode.Native{} }

func TestAReplayAtMaxSpeedEndsInTheBoardOfLiveWatching(t *testing.T) {
	for _, base := range []string{"x.tape", "x.tape.gz"} {
		name := filepath.Join(t.TempDir(), base)
		live := watchLive(t, name)
		if live.decoded < 300 || len(live.faults) == 0 || len(live.others) < 20 {
			t.Fatalf("the live part was poor: %d updates, %d faults, %d other events", live.decoded, len(live.faults), len(live.others))
		}
		p := Play(t.Context(), open(t, name), PlayerOptions{Speed: Unlimited, NewDecoder: native})
		replayed := newApplied()
		for e := range p.Events() {
			replayed.take(e)
		}
		replayed.equals(t, live)
		if position := p.Position(); position.Note != "" || position.Err != nil {
			t.Errorf("position is %+v", position)
		}
	}
}

func TestARecordingThatStartsOverEndsInTheSameBoard(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tape")
	live := watchLive(t, name)
	p := Play(t.Context(), open(t, name), PlayerOptions{Speed: Unlimited, NewDecoder: native})
	replayed, taken := newApplied(), 0
	for e := range p.Events() {
		if replayed.take(e); taken == 150 || taken == 400 {
			p.Seek(time.Duration(taken) * time.Millisecond / 10)
		}
		taken++
	}
	replayed.equals(t, live)
}

// A decoder that merges deltas has state of its own, which a reset must not keep.
func TestStartingOverBeginsWithNewDecoders(t *testing.T) {
	made := 0
	p := Play(t.Context(), open(t, tenTicks(t)), PlayerOptions{Paused: true, WaitAtEnd: true, NewDecoder: func(s Source) decode.Decoder {
		if made++; s.Name != "desk" {
			t.Errorf("a decoder for %q", s.Name)
		}
		return decode.Native{}
	}})
	defer p.Resume()
	p.Seek(time.Hour)
	for range 10 {
		<-p.Events()
	}
	p.Seek(5 * time.Second)
	if e := <-p.Events(); !IsReset(e) || !e.At.Equal(startTime()) {
		t.Errorf("got %+v instead of a reset", e)
	}
	if e := <-p.Events(); e.Message.ID != "e-1" || len(e.Message.Updates) != 1 {
		t.Errorf("got %+v", e)
	}
	if made != 2 {
		t.Errorf("%d decoders were made", made)
	}
}
