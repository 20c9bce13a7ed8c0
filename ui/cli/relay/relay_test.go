package relay_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/feed/decode"
	vocabulary "livetape/feed/market"
	"livetape/mockserver"
	"livetape/mockserver/access"
)

// rows are the prices of a snapshot by feed and symbol.
func rows(t *testing.T, e event) map[string]map[string]any {
	t.Helper()
	var s struct{ Prices []map[string]any }
	if err := json.Unmarshal([]byte(e.Data), &s); err != nil || e.Type != "snapshot" {
		t.Fatalf("%s %s: %v", e.Type, e.Data, err)
	}
	all := map[string]map[string]any{}
	for _, row := range s.Prices {
		all[fmt.Sprint(row["feed"], " ", row["symbol"])] = row
	}
	return all
}

func TestANewClientGetsWhatTheFeedsHaveTold(t *testing.T) {
	t.Parallel()
	m := startMarket(t, mockserver.Config{Symbols: 5})
	m.Step(500)
	s := startRelay(t, feedOf("desk", m.url))
	got, want := rows(t, s.listen("/events").next()), struct{ Prices []map[string]any }{}
	if err := json.Unmarshal(m.Snapshot(), &want); err != nil {
		t.Fatal(err)
	}
	for _, row := range want.Prices {
		relayed := got["desk "+row["symbol"].(string)]
		for key, value := range row {
			if relayed[key] != value && key != "time" {
				t.Errorf("%s of %s is %v, want %v", key, row["symbol"], relayed[key], value)
			}
		}
	}
	if len(want.Prices) != 5 || len(got) != 5 {
		t.Errorf("%d prices, want %d", len(got), len(want.Prices))
	}
}

func TestEveryEventReachesEveryClientOnceInOrder(t *testing.T) {
	t.Parallel()
	m := startMarket(t, mockserver.Config{Symbols: 5, Epoch: "m"})
	s := startRelay(t, feedOf("desk", m.url))
	clients := []*client{s.listen("/events"), s.listen("/events"), s.listen("/events")}
	for _, c := range clients {
		rows(t, c.next())
	}
	direct := (&relayServer{t: t, url: strings.TrimSuffix(m.url, "/events"), client: http.DefaultClient}).listen("/events", "Last-Event-ID", "m-0")
	direct.next() // the resume
	m.Step(1000)
	http.DefaultClient.CloseIdleConnections()
	for range 1000 {
		want := direct.next().Data
		for i, c := range clients {
			e := c.next()
			if !saysTheSame(t, want, e.Data) {
				t.Fatalf("client %d: %s, want %s", i, e.Data, want)
			}
			if !strings.Contains(e.Data, `"feed":"desk"`) {
				t.Fatalf("%s does not say whose it is", e.Data)
			}
		}
	}
}

// saysTheSame reports whether an event means the same in both, but for the feed's name.
func saysTheSame(t *testing.T, direct, relayed string) bool {
	t.Helper()
	var a, b map[string]any
	if json.Unmarshal([]byte(direct), &a) != nil || json.Unmarshal([]byte(relayed), &b) != nil {
		t.Fatalf("%s, %s: no JSON", direct, relayed)
	}
	for key, value := range a {
		if text, isText := value.(string); isText && b[key] != value && text != "" && text != "normal" && !sameTime(text, b[key]) {
			return false
		}
	}
	return true
}

func sameTime(a string, b any) bool {
	first, err := time.Parse(time.RFC3339Nano, a)
	text, _ := b.(string)
	second, err2 := time.Parse(time.RFC3339Nano, text)
	return err == nil && err2 == nil && first.Equal(second)
}

func TestAClientResumesWithoutLossAtTheRelay(t *testing.T) {
	t.Parallel()
	m := startMarket(t, mockserver.Config{Symbols: 5})
	s := startRelay(t, feedOf("desk", m.url))
	c := s.listen("/events")
	rows(t, c.next())
	m.Step(10)
	for range 4 {
		c.next()
	}
	c.cancel()
	again := s.listen("/events", "Last-Event-ID", c.lastID)
	if e := again.next(); e.Type != "resume" {
		t.Fatalf("%+v", e)
	}
	for range 6 {
		again.next()
	}
	lost := s.listen("/events", "Last-Event-ID", "other-7")
	if e := lost.next(); e.Type != "reset" {
		t.Errorf("%+v", e)
	}
	rows(t, lost.next())
}

func TestTwoFeedsKeepTheirRowsApart(t *testing.T) {
	t.Parallel()
	desk, hall := startMarket(t, mockserver.Config{Symbols: 3, Seed: 1}), startMarket(t, mockserver.Config{Symbols: 3, Seed: 2})
	s := startRelay(t, feedOf("desk", desk.url), feedOf("hall", hall.url))
	if got := rows(t, s.listen("/events").next()); len(got) != 6 {
		t.Errorf("%d rows, want 6: %v", len(got), got)
	}
	only := s.listen("/events?feeds=hall&types=price")
	for name := range rows(t, only.next()) {
		if !strings.HasPrefix(name, "hall ") {
			t.Errorf("%s was not asked for", name)
		}
	}
	desk.Step(20)
	hall.Step(20)
	only.until(func(e event) bool {
		if strings.Contains(e.Data, `"feed":"desk"`) {
			t.Errorf("%s was not asked for", e.Data)
		}
		return e.Type == "price"
	})
}

func TestHaltsAndNewsAreRelayed(t *testing.T) {
	t.Parallel()
	m := startMarket(t, mockserver.Config{Symbols: 24})
	s := startRelay(t, feedOf("desk", m.url))
	c := s.listen("/events?types=news,status")
	c.next()
	seen := map[string]bool{}
	for !seen["news"] || !seen["status"] {
		m.Step(20_000)
		seen[c.next().Type] = true
	}
	// Who comes once all is through is told of the same stories and halts, each once.
	want := stories(t, m.Snapshot())
	for {
		late := s.listen("/events")
		got, missing := stories(t, []byte(late.next().Data)), 0
		late.cancel()
		for story, n := range got {
			if n != 1 {
				t.Fatalf("%q is told %d times", story, n)
			}
		}
		for story := range want {
			if got[story] == 0 {
				missing++
			}
		}
		if missing == 0 {
			break
		}
	}
}

// stories are the headlines and halts of a snapshot, with how often each is told.
func stories(t *testing.T, snapshot []byte) map[string]int {
	t.Helper()
	m, err := decode.Native{}.Decode("snapshot", snapshot)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int{}
	for _, u := range m.Updates {
		switch u := u.(type) {
		case vocabulary.Headline:
			all[u.ID+" "+u.Title]++
		case vocabulary.Halt:
			all[u.Symbol+" "+string(u.State)]++
		}
	}
	return all
}

func TestClientsAreToldOfACutUpstreamAndOfItsGap(t *testing.T) {
	t.Parallel()
	m := startMarket(t, mockserver.Config{Symbols: 3})
	s := startRelay(t, feedOf("desk", m.url))
	c := s.listen("/events?types=price")
	c.next()
	m.Step(5)
	for range 3 {
		c.next()
	}
	m.refuses.Store(http.StatusServiceUnavailable)
	m.cut()
	if r := c.untilState("desk", feed.Waiting); r.Status.Cause == "" || r.Status.RetryAt.IsZero() {
		t.Errorf("%+v", r.Status)
	}
	m.Step(7)
	m.refuses.Store(0)
	c.untilState("desk", feed.Live)
	gap := c.until(func(e event) bool { return e.Type == "feed" && e.report(t).Gap != nil })
	if g := gap[len(gap)-1].report(t).Gap; g.Kind != feed.Resumed || g.Missed != 0 {
		t.Errorf("%+v", g)
	}
}

func TestAnUpstreamThatRefusesUsIsSaidToHaveFailed(t *testing.T) {
	t.Parallel()
	good, bad := startMarket(t, mockserver.Config{Symbols: 3}), startMarket(t, mockserver.Config{Symbols: 3})
	bad.refuses.Store(http.StatusUnauthorized)
	s := startRelay(t, feedOf("desk", bad.url), feedOf("hall", good.url))
	snapshot := s.listen("/events").next()
	m, err := decode.Native{}.Decode(snapshot.Type, []byte(snapshot.Data))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Reports) != 2 || m.Reports[0].Feed != "desk" {
		t.Fatalf("%+v", m.Reports)
	}
	if r := m.Reports[0]; r.Status.State != feed.Failed || !strings.Contains(r.Status.Cause, "401") {
		t.Errorf("%+v", r.Status)
	}
	resp, err := s.client.Get(s.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(text), `livetape_upstream_state{feed="desk",state="failed"} 1`) || !strings.Contains(string(text), `livetape_upstream_live{feed="hall"} 1`) {
		t.Errorf("%v: %s", err, text)
	}
}

func TestARelayOfARelayNamesBoth(t *testing.T) {
	t.Parallel()
	m := startMarket(t, mockserver.Config{Symbols: 3})
	near := startRelay(t, feedOf("desk", m.url))
	far := startRelay(t, feedOf("floor", near.url+"/events"))
	e := far.listen("/events").next()
	for name := range rows(t, e) {
		if !strings.HasPrefix(name, "floor/desk ") {
			t.Errorf("a row of %s", name)
		}
	}
	if !strings.Contains(e.Data, `{"feed":"floor/desk","state":"live"`) {
		t.Errorf("%s", e.Data)
	}
}

func TestARelayThatStopsEndsItsStreamsCleanly(t *testing.T) {
	t.Parallel()
	m := startMarket(t, mockserver.Config{Symbols: 3})
	s := startRelay(t, feedOf("desk", m.url))
	c := s.listen("/events")
	c.next()
	s.stop()
	if err := c.ended(); err != nil {
		t.Error(err)
	}
}

func TestATokenGivesOnlyWhatItIsGoodFor(t *testing.T) {
	t.Parallel()
	desk, hall := startMarket(t, mockserver.Config{Symbols: 6, Seed: 1}), startMarket(t, mockserver.Config{Symbols: 6, Seed: 2})
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("all: 5b0f3c\nclass: {token: 91ac77, symbols: [NVDA, AAPL], feeds: [desk]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	readers, err := access.Open(file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := startRelayAs(t, mockserver.Config{Readers: readers}, feedOf("desk", desk.url), feedOf("hall", hall.url))
	for _, target := range []string{"/events", "/metrics"} {
		resp, err := s.client.Get(s.url + target)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("without a token, %s is answered %s", target, resp.Status)
		}
	}
	// What is asked for narrows what the token is good for, and never widens it.
	for query, want := range map[string]int{"": 2, "?symbols=NVDA,SPY": 1, "?feeds=hall": 0, "?symbols=SPY": 0} {
		c := s.listen("/events"+query, "Authorization", "Bearer 91ac77")
		snapshot := c.next()
		for name := range rows(t, snapshot) {
			if name != "desk NVDA" && name != "desk AAPL" {
				t.Errorf("%s: told of %s", query, name)
			}
		}
		if got := len(rows(t, snapshot)); got != want || strings.Contains(snapshot.Data, `"hall"`) {
			t.Errorf("%s: %d rows, want %d: %s", query, got, want, snapshot.Data)
		}
	}
	c := s.listen("/events?types=price", "Authorization", "Bearer 91ac77")
	c.next()
	desk.Step(200)
	hall.Step(200)
	for range 10 {
		if e := c.next(); !strings.Contains(e.Data, `"feed":"desk"`) || !strings.Contains(e.Data, `"NVDA"`) && !strings.Contains(e.Data, `"AAPL"`) {
			t.Errorf("told of %s", e.Data)
		}
	}
}
