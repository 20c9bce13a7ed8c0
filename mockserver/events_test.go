package mockserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

func TestTheStreamIsAnEventStreamThatNobodyBuffers(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	l := s.listen("/events")
	defer l.close()
	for name, want := range map[string]string{
		"Content-Type":                "text/event-stream",
		"Cache-Control":               "no-cache",
		"X-Accel-Buffering":           "no",
		"Access-Control-Allow-Origin": "*",
	} {
		if got := l.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestABrowserOfAnyOriginMayResume(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	resp := s.do(http.MethodOptions, "/events", "Origin", "https://page.example",
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "last-event-id, cache-control")
	if resp.StatusCode != http.StatusNoContent || resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%s %v", resp.Status, resp.Header)
	}
	for _, name := range []string{"Last-Event-ID", "Cache-Control"} {
		if !strings.Contains(resp.Header.Get("Access-Control-Allow-Headers"), name) {
			t.Errorf("%s is not allowed", name)
		}
	}
}

func TestRequestsThatAskForNoStreamGetAnExplanation(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	many := strings.TrimSuffix(strings.Repeat("A,", 1001), ",")
	tests := []struct {
		method, target string
		want           int
		says           string
	}{
		{"GET", "/", 200, "GET /events"},
		{"GET", "/nowhere", 404, ""},
		{"GET", "/events/more", 404, ""},
		{"POST", "/events", 405, "GET"},
		{"HEAD", "/events", 405, ""},
		{"DELETE", "/healthz", 405, ""},
		{"GET", "/events?types=price,weather", 400, `"weather"; there are price, news, status`},
		{"GET", "/events?types=snapshot", 400, "snapshot"},
		{"GET", "/events?symbols=" + many, 400, "1001 are more than 1000"},
	}
	for _, test := range tests {
		name := fmt.Sprintf("%s %.40s", test.method, test.target)
		resp := s.do(test.method, test.target)
		if text := body(t, resp); resp.StatusCode != test.want || !strings.Contains(text, test.says) {
			t.Errorf("%s: %s %s", name, resp.Status, text)
		}
		if allow := resp.Header.Get("Allow"); test.want == 405 && !strings.Contains(allow, "GET") {
			t.Errorf("%s: Allow is %q", name, allow)
		}
	}
}

func TestHealthTellsWhereTheStreamIs(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 4}), loopback(t))
	s.Step(10)
	l := s.listen("/events")
	defer l.close()
	l.expect("snapshot")
	want := `{"status":"ok","epoch":"e","newest":"e-10","oldest":"e-6","clients":1}` + "\n"
	if got := body(t, s.do("GET", "/healthz")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFiltersLetThroughWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(9000)
	everything := s.resume("e-0")
	defer everything.close()
	events := everything.until("e-9000")[1:]

	tests := []struct {
		query  string
		passes func(kind string, symbols []string) bool
	}{
		{"types=price", func(kind string, _ []string) bool { return kind == "price" }},
		{"types=news,status", func(kind string, _ []string) bool { return kind != "price" }},
		{"types=news&types=status", func(kind string, _ []string) bool { return kind != "price" }},
		{"symbols=NVDA,EUR/USD", func(_ string, symbols []string) bool { return mentions(symbols, "NVDA", "EUR/USD") }},
		{"symbols=EUR%2FUSD&types=price", func(kind string, symbols []string) bool {
			return kind == "price" && mentions(symbols, "EUR/USD")
		}},
		{"symbols=&types=", func(string, []string) bool { return true }},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			var want []string
			for _, e := range events {
				if test.passes(e.Type, symbolsOf(t, e.Data)) {
					want = append(want, e.ID)
				}
			}
			if len(want) == 0 {
				t.Fatal("the market made nothing of this kind")
			}
			l := s.listen("/events?"+test.query, "Last-Event-ID", "e-0")
			defer l.close()
			l.expect("resume")
			var got []string
			for range want {
				got = append(got, l.next().ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func mentions(symbols []string, any ...string) bool {
	for _, s := range symbols {
		for _, wanted := range any {
			if s == wanted {
				return true
			}
		}
	}
	return false
}

// symbolsOf are the symbols that the data of an event is about.
func symbolsOf(t *testing.T, data string) []string {
	t.Helper()
	var about struct {
		Symbol  string
		Symbols []string
	}
	if err := json.Unmarshal([]byte(data), &about); err != nil {
		t.Fatal(err)
	}
	return append(about.Symbols, about.Symbol)
}

func TestASnapshotIsFilteredToo(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	s.Step(9000)
	all := serverState(t, s.Server)
	tests := []struct {
		query                string
		prices, news, status int
	}{
		{"types=price", len(all.prices), 0, 0},
		{"types=news", 0, len(all.news), 0},
		{"types=status", 0, 0, len(all.status)},
		{"symbols=NVDA&types=price", 1, 0, 0},
		{"symbols=NONE", 0, 0, 1}, // what is said of the whole market is said of everyone's symbols
	}
	for _, test := range tests {
		l := s.listen("/events?" + test.query)
		b := newMarketState()
		b.mustApply(t, l.expect("snapshot"))
		if len(b.prices) != test.prices || len(b.news) != test.news || len(b.status) != test.status {
			t.Errorf("%s: %d prices, %d headlines, %d states", test.query, len(b.prices), len(b.news), len(b.status))
		}
		l.close()
	}
	l := s.listen("/events?symbols=NVDA")
	defer l.close()
	b := newMarketState()
	b.mustApply(t, l.expect("snapshot"))
	for id, row := range b.news {
		if !strings.Contains(fmt.Sprint(row["symbols"]), "NVDA") {
			t.Errorf("headline %s is about %v", id, row["symbols"])
		}
	}
}

// FuzzAnyRequestIsAnsweredWithoutAPanic sends requests whose clients have gone already.
func FuzzAnyRequestIsAnsweredWithoutAPanic(f *testing.F) {
	f.Add("GET", "symbols=NVDA&types=price", "e-3")
	f.Add("GET", "types=%ff&symbols=,,,&lastEventId=e-99999999999999999999", "")
	f.Add("HEAD", "a=%zz;b", "\xff\"\\")
	mock := newMock(f, mockserver.Config{Epoch: "e", Ring: 5})
	mock.Step(9)
	handler := mock.Handler()
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	f.Fuzz(func(t *testing.T, method, query, id string) {
		r := httptest.NewRequest(http.MethodGet, "/events", nil).WithContext(gone)
		r.Method, r.URL.RawQuery = method, query
		r.Header["Last-Event-Id"] = []string{id}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		for block := range strings.SplitSeq(w.Body.String(), "\n\n") {
			_, data, found := strings.Cut(block, "data: ")
			if found && !json.Valid([]byte(data)) {
				t.Errorf("%q is no JSON", data)
			}
		}
	})
}
