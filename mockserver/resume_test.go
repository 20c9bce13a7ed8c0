package mockserver_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

func TestTheFirstEventIsASnapshotAndTheStreamContinuesBehindIt(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(100)
	l := s.listen("/events")
	first, err := l.read()
	if err != nil || first.Retry != "1000" || first.Type != "" {
		t.Fatalf("the stream begins with %+v, %v; want the reconnection time", first, err)
	}
	snapshot := l.expect("snapshot")
	if diff := cmp.Diff(string(s.Snapshot()), snapshot.Data); diff != "" || snapshot.ID != "e-100" {
		t.Fatal(snapshot.ID, diff)
	}
	s.Step(1)
	if e := l.next(); e.ID != "e-101" {
		t.Errorf("behind the snapshot came %+v", e)
	}
}

// TestNothingIsLostOrTwiceWhileTheMarketMoves lets many clients come in at any moment of a busy market.
func TestNothingIsLostOrTwiceWhileTheMarketMoves(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 1 << 15, Queue: 1 << 15}), loopback(t))
	const total, clients = 6000, 5
	final := fmt.Sprintf("e-%d", total)
	var all sync.WaitGroup
	all.Go(func() {
		for range total / 10 {
			s.Step(10)
		}
	})
	boards := make([]*marketState, clients)
	faults := make([]error, clients)
	for i := range clients {
		l := s.listen("/events")
		boards[i] = newMarketState()
		all.Go(func() { faults[i] = follow(l, boards[i], final) })
	}
	all.Wait()
	for i, b := range boards {
		if faults[i] != nil {
			t.Errorf("client %d: %v", i, faults[i])
		} else if diff := cmp.Diff(serverState(t, s.Server).prices, b.prices); diff != "" {
			t.Errorf("client %d differs from the server: %s", i, diff)
		}
	}
}

// follow applies a stream to b up to an id, and checks that ids count up one by one.
func follow(l *streamReader, b *marketState, final string) error {
	previous := -1
	for {
		e, err := l.read()
		switch {
		case err != nil:
			return fmt.Errorf("the stream ended behind event %d: %w", previous, err)
		case e.Type == "":
			continue
		}
		n := 0
		if _, err := fmt.Sscanf(e.ID, "e-%d", &n); err != nil {
			return fmt.Errorf("id %q: %w", e.ID, err)
		}
		if previous >= 0 && n != previous+1 {
			return fmt.Errorf("event %d came behind event %d", n, previous)
		}
		previous = n
		if err := b.apply(e); err != nil {
			return err
		}
		if e.ID == final {
			return nil
		}
	}
}

// TestAResumedStreamContinuesExactly leaves and comes again at random places.
func TestAResumedStreamContinuesExactly(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	chance := rand.New(rand.NewPCG(1, 2))
	b := newMarketState()
	l := s.listen("/events")
	b.mustApply(t, l.expect("snapshot"))
	last := "e-0"
	for range 60 {
		s.Step(1 + chance.IntN(300))
		for range chance.IntN(number(t, s.Newest()) - number(t, last) + 1) {
			last = takeNext(t, l, b, last)
		}
		l.close()
		s.Step(chance.IntN(50))
		l = s.resume(last)
		want := fmt.Sprintf(`{"from":"%s","replayed":%d}`, last, number(t, s.Newest())-number(t, last))
		if e := l.expect("resume"); e.Data != want || e.hasID {
			t.Fatalf("resumed with %+v, want %s", e, want)
		}
	}
	for last != s.Newest() {
		last = takeNext(t, l, b, last)
	}
	if diff := cmp.Diff(serverState(t, s.Server).prices, b.prices); diff != "" {
		t.Error("the client differs from the server: ", diff)
	}
}

// takeNext takes the next event, which must be the one behind last.
func takeNext(t *testing.T, l *streamReader, b *marketState, last string) string {
	t.Helper()
	e := l.next()
	if want := fmt.Sprintf("e-%d", number(t, last)+1); e.ID != want {
		t.Fatalf("event %q came where %s should have", e.ID, want)
	}
	b.mustApply(t, e)
	return e.ID
}

func TestAStreamResumesFromEveryIDThatTheServerStillKnows(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 10}), loopback(t))
	s.Step(25)
	for n := 15; n <= 25; n++ {
		l := s.resume(fmt.Sprintf("e-%d", n))
		if e := l.expect("resume"); e.Data != fmt.Sprintf(`{"from":"e-%d","replayed":%d}`, n, 25-n) {
			t.Errorf("from %d: %+v", n, e)
		}
		for m := n + 1; m <= 25; m++ {
			if e := l.next(); e.ID != fmt.Sprintf("e-%d", m) {
				t.Errorf("from %d: %s came where %d should have", n, e.ID, m)
			}
		}
		l.close()
	}
}

func TestWhatCannotBeResumedIsResetAndAdmitted(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e-x", Ring: 10}), loopback(t))
	s.Step(25)
	long := strings.Repeat("ä", 200)
	tests := []struct{ name, target, id, want string }{
		{"one event too old", "", "e-x-14", `{"from":"e-x-14","missed":11}`},
		{"the very first", "", "e-x-0", `{"from":"e-x-0","missed":25}`},
		{"too old for a client with a filter: nobody can tell how many were for it", "?symbols=NVDA", "e-x-14", `{"from":"e-x-14","missed":null}`},
		{"another epoch", "", "old-7", `{"from":"old-7","missed":null}`},
		{"another epoch that begins alike", "", "e-7", `{"from":"e-7","missed":null}`},
		{"from the future", "", "e-x-26", `{"from":"e-x-26","missed":null}`},
		{"no number", "", "e-x-", `{"from":"e-x-","missed":null}`},
		{"a number with a sign", "", "e-x-+20", `{"from":"e-x-+20","missed":null}`},
		{"a number with a zero in front", "", "e-x-020", `{"from":"e-x-020","missed":null}`},
		{"a number beyond 64 bits", "", "e-x-99999999999999999999", `{"from":"e-x-99999999999999999999","missed":null}`},
		{"quotes and markup", "", `"}<script>\`, `{"from":"\"}\u003cscript\u003e\\","missed":null}`},
		{"no UTF-8", "", "a\xff\xfeb", `{"from":"a` + "\uFFFD" + `b","missed":null}`},
		{"a long one is cut between characters", "", long, `{"from":"` + strings.Repeat("ä", 64) + `","missed":null}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := s.listen("/events"+test.target, "Last-Event-ID", test.id)
			defer l.close()
			reset := l.expect("reset")
			if diff := cmp.Diff(test.want, reset.Data); diff != "" || reset.hasID {
				t.Error(reset, diff)
			}
			if !json.Valid([]byte(reset.Data)) || !utf8.ValidString(reset.Data) {
				t.Errorf("%q is no JSON", reset.Data)
			}
			if e := l.expect("snapshot"); e.ID != "e-x-25" {
				t.Errorf("the snapshot has id %s", e.ID)
			}
		})
	}
}

func TestTheQueryResumesWhereAHeaderCannotBeSet(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(10)
	tests := []struct{ name, target, header, want string }{
		{"the query", "/events?lastEventId=e-4", "", `{"from":"e-4","replayed":6}`},
		{"the header wins", "/events?lastEventId=e-4", "e-7", `{"from":"e-7","replayed":3}`},
	}
	for _, test := range tests {
		l := s.listen(test.target, "Last-Event-ID", test.header)
		if e := l.expect("resume"); e.Data != test.want {
			t.Errorf("%s: %s", test.name, e.Data)
		}
		l.close()
	}
}

func TestAFilteredResumeCountsWhatTheClientGets(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(3000)
	everything := s.resume("e-0")
	defer everything.close()
	var want []string
	for _, e := range everything.until("e-3000")[1:] {
		if e.Type == "news" {
			want = append(want, e.ID)
		}
	}
	l := s.listen("/events?types=news", "Last-Event-ID", "e-0")
	defer l.close()
	if e := l.expect("resume"); e.Data != fmt.Sprintf(`{"from":"e-0","replayed":%d}`, len(want)) {
		t.Errorf("%s, but there are %d headlines", e.Data, len(want))
	}
	var got []string
	for range want {
		got = append(got, l.next().ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAfterAResetAClientKnowsThatAHaltIsOver(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 1 << 15}), loopback(t))
	s.Step(8000)
	l := s.resume("e-0")
	defer l.close()
	client := newMarketState()
	client.mustApply(t, l.until(s.Newest())...)
	if len(client.status) < 2 {
		t.Fatal("nothing was halted")
	}
	told := serverState(t, s.Server).status
	for symbol, row := range client.status {
		if told[symbol]["state"] != row["state"] {
			t.Errorf("%s is %v, the snapshot says %v", symbol, row["state"], told[symbol]["state"])
		}
	}
	if told[""]["state"] != "open" {
		t.Errorf("the whole market is %v", told[""])
	}
}

func TestHeadlinesOfAnotherEpochAreOtherHeadlines(t *testing.T) {
	t.Parallel()
	ids := serverState(t, newMock(t, mockserver.Config{Epoch: "a"})).news
	if len(ids) == 0 {
		t.Fatal("a new server has no headlines")
	}
	for id := range serverState(t, newMock(t, mockserver.Config{Epoch: "b"})).news {
		if ids[id] != nil {
			t.Errorf("after a restart, %s would correct a headline of before", id)
		}
	}
}
