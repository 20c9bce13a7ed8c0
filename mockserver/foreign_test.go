package mockserver_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"livetape/mockserver"
)

const (
	stellarPair = "base_asset_type=native&counter_asset_type=credit_alphanum4&counter_asset_code=USDC" +
		"&counter_asset_issuer=GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"
	stellarTrades = "/as/stellar-trades/trades?" + stellarPair
	stellarBook   = "/as/stellar-book/order_book?selling_asset_type=native&buying_asset_type=credit_alphanum4" +
		"&buying_asset_code=USDC&buying_asset_issuer=GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN&limit=1"
	pythBTC    = "/as/pyth/v2/updates/price/stream?ids[]=0xE62DF6C8B4A85FE1A67DB44DC12DE5DB330F7AC66B72DC658AFEDF0F4A415B43"
	dexWETH    = "/as/dexpaprika/sse/prices?method=token_price&chain=ethereum&address=0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"
	oandaEUR   = "/as/oanda/v3/accounts/101-001-1234567-001/pricing/stream?instruments=EUR_USD"
	dxAAPL     = "/as/dxfeed/webservice/rest/eventSource.json?events=Quote&symbols=AAPL"
	wikiEdits  = "/as/wikimedia/v2/stream/recentchange"
	mercureHub = "/as/mercure/.well-known/mercure?topic=prices"
	hello      = "retry: 1000\nevent: open\ndata: \"hello\"\n\n"
	byebye     = "retry: 10\nevent: close\ndata: \"byebye\"\n\n"
)

// asks are the header fields that a client of each service sends.
var (
	eventStream = []string{"Accept", "text/event-stream"}
	withBearer  = []string{"Authorization", "Bearer a-token"}
)

// abroad is a quiet market on a network of pipes, for tests with a clock of their own.
func abroad(t *testing.T) *site {
	t.Helper()
	return serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
}

// wire reads a stream as it comes.
func (l *listener) wire(n int) string {
	l.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(l.lines, b); err != nil {
		l.t.Fatalf("after %q: %v", b, err)
	}
	return string(b)
}

// whole reads a stream to its end.
func (l *listener) whole() string {
	l.t.Helper()
	b, err := io.ReadAll(l.lines)
	if err != nil {
		l.t.Fatalf("after %q: %v", b, err)
	}
	return string(b)
}

func TestServicesEndTheirStreamsAsTheyDo(t *testing.T) {
	tests := []struct {
		target string
		header []string
		after  time.Duration
		want   string // a pattern of all that came in silence
	}{
		{stellarTrades + "&cursor=now", eventStream, 55 * time.Second, hello + byebye},
		{stellarBook, eventStream, 55 * time.Second, hello + `data: \{"bids":.*\}\n\n` + byebye},
		{mercureHub, nil, 600 * time.Second, `(:\n){15}`},
		{wikiEdits, nil, 15 * time.Minute, ":ok\n\n"},
		{"/as/firebase/prices/none.json?auth=t", eventStream, time.Hour, `event: put\ndata: \{"path":"/","data":null\}\n\n` +
			`(event: keep-alive\ndata: null\n\n){119}` + `event: auth_revoked\ndata: "credential is no longer valid"\n\n`},
	}
	for _, test := range tests {
		t.Run(test.target, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := abroad(t)
				began := time.Now()
				got := s.listen(test.target, test.header...).whole()
				if took := time.Since(began); took != test.after {
					t.Errorf("it ended after %s", took)
				}
				if !regexp.MustCompile("^" + test.want + "$").MatchString(got) {
					t.Errorf("all that came is %q", got)
				}
			})
		})
	}
}

func TestHeartbeatsComeInTheRhythmOfTheService(t *testing.T) {
	tests := []struct {
		target    string
		header    []string
		want      string // a pattern
		every     time.Duration
		inSilence bool // an event puts it off
	}{
		{pythBTC, withBearer, ":\n\n", 15 * time.Second, true},
		{dexWETH, nil, `event: ping\ndata: \{"time":\d{9,}\}\n\n`, 15 * time.Second, false},
		{oandaEUR, withBearer, `\{"type":"HEARTBEAT","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z"\}\n`, 5 * time.Second, false},
		{"/as/firebase/prices.json", eventStream, "event: keep-alive\ndata: null\n\n", 30 * time.Second, false},
		{mercureHub, nil, ":\n", 40 * time.Second, true},
	}
	for _, test := range tests {
		t.Run(test.target, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := abroad(t)
				began := time.Now()
				stream := &clocked{body: s.listen(test.target, test.header...).lines, began: began}
				go stream.read()
				const busy = 2 * time.Second
				<-time.After(busy)
				s.Step(200)
				<-time.After(10*test.every - busy)
				beat := regexp.MustCompile("^(" + test.want + ")+$")
				var at []time.Duration
				synctest.Wait()
				for _, p := range stream.pieces {
					if beat.MatchString(p.text) && p.at > busy {
						at = append(at, p.at)
					}
				}
				first := test.every
				if test.inSilence {
					first += busy
				}
				if len(at) < 8 || at[0] != first || at[1] != first+test.every {
					t.Errorf("heartbeats came at %v", at)
				}
				if len(stream.pieces) < 10 {
					t.Errorf("nothing else came: %+v", stream.pieces)
				}
			})
		})
	}
}

// clocked reads a stream and notes when every piece came.
type clocked struct {
	body   io.Reader
	began  time.Time
	pieces []piece
}

type piece struct {
	text string
	at   time.Duration
}

func (c *clocked) read() {
	b := make([]byte, 1<<20)
	for {
		n, err := c.body.Read(b)
		if err != nil {
			return
		}
		c.pieces = append(c.pieces, piece{string(b[:n]), time.Since(c.began)})
	}
}

func TestPythEndsAStreamWithTheFirstUpdateAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := abroad(t)
		l := s.listen(pythBTC, withBearer...)
		for range 24*60*4 - 1 {
			if got := l.wire(3); got != ":\n\n" {
				t.Fatalf("got %q", got)
			}
		}
		<-time.After(16 * time.Second)
		s.Step(100)
		if got := strings.TrimLeft(l.whole(), ":\n"); got != "event:error\ndata:Connection timeout reached (24h)\n\n" {
			t.Errorf("it ended with %q", got)
		}
	})
}

func TestHorizonEndsAStreamAfterItsLimitAndIsResumedWithoutALoss(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Now: stillClock}), loopback(t))
	s.Step(3000)
	all := s.listen(stellarTrades+"&limit=200", eventStream...)
	all.expect("open")
	var want []string
	last := ""
	for n := range 60 {
		id := ""
		if n > 0 {
			id = last
		}
		l := s.listen(stellarTrades+"&limit=1&cursor="+id, eventStream...)
		if n%2 == 1 { // the header is as good, and comes before the parameter
			l = s.listen(stellarTrades+"&limit=1&cursor=now", append([]string{"Last-Event-ID", id}, eventStream...)...)
		}
		body := l.whole()
		record := regexp.MustCompile(`^` + hello + `id: (\d+-0)\ndata: (\{.*\})\n\n` + byebye + `$`).FindStringSubmatch(body)
		if record == nil {
			t.Fatalf("the stream was %q", body)
		}
		last = record[1]
		want = append(want, record[1]+" "+record[2])
		if e := all.next(); e.ID+" "+e.Data != want[n] || e.Type != "" {
			t.Errorf("in one stream came %+v where one by one %s did", e, want[n])
		}
	}
}

func TestHorizonGivesAPageToWhoDoesNotAskForAStream(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Now: stillClock}), loopback(t))
	s.Step(2000)
	resp := s.do(http.MethodGet, stellarTrades+"&limit=3")
	var page struct {
		Links    map[string]struct{ Href string } `json:"_links"`
		Embedded struct {
			Records []struct {
				PagingToken string `json:"paging_token"`
			} `json:"records"`
		} `json:"_embedded"`
	}
	if err := json.Unmarshal([]byte(body(t, resp)), &page); err != nil {
		t.Fatal(err)
	}
	if n := len(page.Embedded.Records); n != 3 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/hal+json") {
		t.Fatalf("%d records of %s", n, resp.Header.Get("Content-Type"))
	}
	if next := page.Links["next"].Href; !strings.Contains(next, "cursor="+page.Embedded.Records[2].PagingToken) {
		t.Errorf("the next page is at %s", next)
	}
	end := s.do(http.MethodGet, stellarTrades+"&cursor=999999999999999999-0")
	if got := body(t, end); !strings.Contains(got, `"records":[]`) {
		t.Errorf("behind the last trade is %s", got)
	}
	book := s.do(http.MethodGet, stellarBook, "Accept", "application/json")
	if got := body(t, book); !strings.HasPrefix(got, `{"bids":[{"price_r":{"n":`) {
		t.Errorf("the book is %s", got)
	}
}

func TestMercureResumesAndSaysWhetherItCould(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Ring: 200}), loopback(t))
	live := s.listen(mercureHub)
	if got := live.wire(2); got != ":\n" {
		t.Fatalf("the stream begins with %q", got)
	}
	s.Step(20)
	var ids []string
	for range 10 {
		ids = append(ids, live.next().ID)
	}
	for _, how := range []struct{ target, header, id string }{
		{mercureHub, "Last-Event-ID", ids[3]},
		{mercureHub + "&last_event_id=" + ids[3], "X-None", ""},
		{mercureHub + "&last_event_id=" + ids[8], "Last-Event-ID", ids[3]},
	} {
		l := s.listen(how.target, how.header, how.id)
		if e := l.next(); e.ID != ids[4] || l.header.Get("Last-Event-ID") != ids[3] {
			t.Errorf("%+v begins with %s behind %s", how, e.ID, l.header.Get("Last-Event-ID"))
		}
	}
	if e := s.listen(mercureHub + "&last_event_id=earliest").next(); e.ID != ids[0] {
		t.Errorf("the earliest is %s", e.ID)
	}
	s.Step(400)
	lost := s.listen(mercureHub, "Last-Event-ID", ids[3])
	if at := lost.header.Get("Last-Event-ID"); at == ids[3] || !strings.HasPrefix(at, "urn:uuid:") {
		t.Errorf("what was forgotten is said to begin behind %q", at)
	}
	lost.next()
}

func TestWikimediaResumesFromTheTimesInItsIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := abroad(t)
		begin := time.Now()
		l := s.listen(wikiEdits)
		if got := l.wire(5); got != ":ok\n\n" {
			t.Fatalf("the stream begins with %q", got)
		}
		for range 50 {
			<-time.After(100 * time.Millisecond) // in all, less than a write may take
			s.Step(20)
		}
		first, second := l.expect("message"), l.expect("message")
		l.close()
		want := regexp.MustCompile(`^\[\{"topic":"eqiad\.mediawiki\.recentchange","partition":0,"timestamp":\d{12,13}\},` +
			`\{"topic":"codfw\.mediawiki\.recentchange","partition":0,"offset":-1\}\]$`)
		if !want.MatchString(first.ID) {
			t.Errorf("the id is %s", first.ID)
		}
		offset := regexp.MustCompile(`"offset":(\d+)`).FindStringSubmatch(first.Data)[1]
		byOffset := `[{"topic":"eqiad.mediawiki.recentchange","partition":0,"offset":` + offset + `}]`
		for _, again := range []struct {
			target, id string
			want       event
		}{
			{wikiEdits, first.ID, second},
			{wikiEdits, byOffset, first},
			{wikiEdits + "?since=" + begin.UTC().Format(time.RFC3339), "", first},
			{wikiEdits + "?since=" + fmt.Sprint(begin.UnixMilli()), "", first},
		} {
			synctest.Wait() // until the stream before is known to be closed
			l := s.listen(again.target, "Last-Event-ID", again.id)
			if e := l.next(); e != again.want {
				t.Errorf("%s behind %s begins with %+v", again.target, again.id, e)
			}
			l.close()
		}
		synctest.Wait()
		lines := s.listen(wikiEdits+"?since=2000-01-01", "Accept", "application/json")
		var change struct{ Title string }
		text, err := lines.lines.ReadBytes('\n')
		if err != nil || json.Unmarshal(text, &change) != nil || change.Title == "" {
			t.Errorf("as lines, it is %s, %v", text, err)
		}
	})
}

func TestRefusalsAreThoseOfTheService(t *testing.T) {
	many := "[" + strings.Repeat(`{"chain":"ethereum","address":"0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2","method":"token_price"},`, 26)
	many = strings.TrimSuffix(many, ",") + "]"
	tests := []struct {
		method, target, body string
		header               []string
		status               int
		want                 string // a pattern of the body
	}{
		{"GET", pythBTC, "", nil, 401, "Unauthorized"},
		{"GET", pythBTC + "&ids[]=" + strings.Repeat("ab", 32), "", withBearer, 404, "Price ids not found: (ab){32}"},
		{"GET", pythBTC + "&ids[]=7", "", withBearer, 400, "Failed to deserialize query string: .*"},
		{"GET", "/as/pyth/v2/updates/price/stream", "", withBearer, 400, "Failed to deserialize query string: missing field `ids`"},
		{"GET", oandaEUR, "", nil, 401, `{"errorMessage":"Insufficient authorization to perform request."}`},
		{"GET", oandaEUR, "", []string{"Authorization", "Bearer "}, 401, `{"errorMessage":"Insufficient authorization to perform request."}`},
		{"GET", oandaEUR + ",EURUSD", "", withBearer, 400, `{"errorMessage":"Invalid value specified for 'instruments'"}`},
		{"GET", strings.TrimSuffix(oandaEUR, "EUR_USD"), "", withBearer, 400, `{"errorMessage":"The request was missing required data"}`},
		{"POST", "/as/dexpaprika/sse/prices", many, nil, 400, `{"message":"too many assets, max 25 allowed"}`},
		{"POST", "/as/dexpaprika/sse/prices", strings.Replace(many, "0xc02", "0xq02", 1)[:102] + "]", nil, 400, `{"message":".*"}`},
		{"POST", "/as/dexpaprika/sse/prices", "nonsense", nil, 400, `{"message":".*"}`},
		{"GET", stellarTrades + "&limit=201", "", eventStream, 400, `{"type":"https://stellar.org/horizon-errors/bad_request","title":"Bad Request","status":400,.*"invalid_field":"limit".*}`},
		{"GET", stellarTrades + "&cursor=x", "", eventStream, 400, `{.*"invalid_field":"cursor".*}`},
		{"GET", stellarTrades + "x", "", eventStream, 400, `{.*"invalid_field":"counter_asset_issuer".*}`},
		{"GET", stellarTrades, "", []string{"Accept", "text/plain"}, 406, `{.*"status":406.*}`},
		{"GET", "/as/stellar-trades/traders", "", eventStream, 404, `{.*"status":404.*}`},
		{"GET", "/as/mercure/.well-known/mercure", "", nil, 400, "Missing \"topic\" parameter.\n"},
		{"POST", mercureHub, "topic=x&data=y", nil, 401, "Unauthorized\n"},
		{"GET", "/as/firebase/prices", "", nil, 404, `{"error":"append .json to your request URI to use the REST API."}`},
		{"GET", wikiEdits + ",page-create", "", nil, 404, `{"message":"Topics page-create are not available for consumption.",.*}`},
		{"GET", wikiEdits, "", []string{"Last-Event-ID", "7"}, 400, `{.*"name":"InvalidAssignmentError"}`},
		{"GET", "/as/dxfeed/webservice/rest/eventSource.json?events=Quote", "", nil, 400, "Bad Request.*"},
		{"GET", "/as/nobody/x", "", nil, 404, "there is no service \"nobody\"; GET /as/ lists them\n"},
	}
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	for _, test := range tests {
		resp := s.send(test.method, test.target, test.body, test.header...)
		if got := body(t, resp); resp.StatusCode != test.status || !regexp.MustCompile("^"+test.want+"$").MatchString(got) {
			t.Errorf("%s %s: %d %s", test.method, test.target, resp.StatusCode, got)
		}
		resp.Body.Close()
	}
}

// send makes a request with a body.
func (s *site) send(method, target, text string, header ...string) *http.Response {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://mock"+target, strings.NewReader(text))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp
}

func TestAnAddressCanAskOnlySoMuchOfAService(t *testing.T) {
	for _, test := range []struct {
		target string
		most   int
		want   string
	}{
		{dexWETH, 10, `{"message":"ip stream limit exceeded"}`},
		{wikiEdits, 2, "Too Many Concurrent Connections From Your Client IP"},
	} {
		s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
		var open []*listener
		for range test.most {
			open = append(open, s.listen(test.target))
		}
		if resp := s.do(http.MethodGet, test.target); resp.StatusCode != http.StatusTooManyRequests || body(t, resp) != test.want {
			t.Errorf("one more stream of %s: %s", test.target, resp.Status)
		}
		s.listen("/events").expect("snapshot")
		for _, l := range open {
			l.close()
		}
	}
}

func TestPythLocksOutWhoAsksTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := abroad(t)
		ask := func(after time.Duration, want int) {
			t.Helper()
			<-time.After(after)
			resp := s.do(http.MethodGet, "/as/pyth/v2/price_feeds?query=btc&asset_type=crypto", withBearer...)
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != want {
				t.Errorf("%s, %v; want %d", resp.Status, err, want)
			}
		}
		for range 10 {
			ask(900*time.Millisecond, http.StatusOK)
		}
		ask(0, http.StatusTooManyRequests)
		ask(59*time.Second, http.StatusTooManyRequests)
		ask(time.Second, http.StatusOK)
	})
}

func TestFaultsStrikeForeignStreamsToo(t *testing.T) {
	record := regexp.MustCompile(`^(id: [^\n]*\n)?data: [^\n]*\n\n`)
	tests := []struct {
		fault string
		check func(t *testing.T, s *site, l *listener)
	}{
		{"drop", func(t *testing.T, s *site, l *listener) {
			b, err := io.ReadAll(l.lines)
			if err == nil || record.Match(b) || len(b) == 0 {
				t.Errorf("it ended with %v after %q", err, b)
			}
		}},
		{"eof", func(t *testing.T, s *site, l *listener) {
			if got := l.whole(); got != "" {
				t.Errorf("before the end came %q", got)
			}
		}},
		{"retry=7777", func(t *testing.T, s *site, l *listener) {
			if got := l.wire(13); got != "retry: 7777\n\n" {
				t.Errorf("got %q", got)
			}
		}},
		{"huge=1", func(t *testing.T, s *site, l *listener) {
			if n := len(l.next().Data); n < 1<<20-5 || n > 1<<20+50 {
				t.Errorf("the event has %d bytes", n)
			}
		}},
		{"noid", func(t *testing.T, s *site, l *listener) {
			s.Step(50)
			if e := l.next(); e.hasID || e.Data == "" {
				t.Errorf("got %+v", e)
			}
		}},
		{"dup", func(t *testing.T, s *site, l *listener) {
			s.Step(50)
			for range 3 {
				if a, b := l.next(), l.next(); a != b {
					t.Errorf("%+v is followed by %+v", a, b)
				}
			}
		}},
		{"garbage", func(t *testing.T, s *site, l *listener) {
			s.Step(50)
			bad := 0
			for range 20 {
				if e := l.next(); !e.hasID {
					bad++
				}
			}
			if bad != 11 && bad != 10 {
				t.Errorf("%d of 20 events are bad", bad)
			}
		}},
		{"split", func(t *testing.T, s *site, l *listener) {
			s.Step(20)
			if e := l.next(); !json.Valid([]byte(e.Data)) || !e.hasID {
				t.Errorf("in pieces came %+v", e)
			}
		}},
		{"restart", func(t *testing.T, s *site, l *listener) {
			if got := l.whole(); got != "" {
				t.Errorf("before the end came %q", got)
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
			l := s.listen(mercureHub)
			l.wire(2)
			inject(t, s, test.fault)
			test.check(t, s, l)
		})
	}
}

func TestAFaultyAnswerIsGivenInAnyTongue(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{Epoch: "e"}), loopback(t))
	inject(t, s, "503")
	if resp := s.do(http.MethodGet, mercureHub); resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("got %s", resp.Status)
	}
	inject(t, s, "clear")
	inject(t, s, "redirect=307-same")
	resp := s.do(http.MethodGet, mercureHub)
	if got := resp.Request.URL.Path; got != "/moved/as/mercure/.well-known/mercure" || resp.StatusCode != 200 {
		t.Errorf("led to %s, %s", got, resp.Status)
	}
	inject(t, s, "clear")
	inject(t, s, "gzip")
	compressed := s.do(http.MethodGet, mercureHub, "Accept-Encoding", "identity")
	head := make([]byte, 2)
	if _, err := io.ReadFull(compressed.Body, head); err != nil || !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		t.Errorf("compressed, it begins with %x, %v", head, err)
	}
}

func TestAForeignHeartbeatCanFailAndAStreamCanStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := abroad(t)
		inject(t, s, "heartbeat:8s")
		began := time.Now()
		l := s.listen(strings.Replace(oandaEUR, "EUR_USD", "XAU_USD", 1), withBearer...)
		for _, want := range []time.Duration{10 * time.Second, 15 * time.Second} {
			if _, err := l.lines.ReadString('\n'); err != nil || time.Since(began) != want {
				t.Errorf("a heartbeat after %s, %v", time.Since(began), err)
			}
		}
		inject(t, s, "stall:12s")
		if _, err := l.lines.ReadString('\n'); err != nil || time.Since(began) != 27*time.Second {
			t.Errorf("the stall was over after %s, %v", time.Since(began), err)
		}
	})
}

func TestASlowClientOfAServiceIsTurnedOutInItsWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, newMock(t, mockserver.Config{Epoch: "e", Queue: 10}), inMemory())
		slow := s.listen(pythBTC, withBearer...)
		synctest.Wait()
		for range 300 {
			s.Step(1)
			synctest.Wait()
		}
		if got := slow.whole(); !strings.HasSuffix(got, "\n\nevent:error\ndata:Slow consumer: disconnected\n\n") {
			t.Errorf("it ended with %q", got[max(0, len(got)-200):])
		}
	})
}

func TestOandaSendsFourPricesASecondAndNeverWithholdsTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := abroad(t)
		stream := &clocked{body: s.listen(oandaEUR, withBearer...).lines, began: time.Now()}
		go stream.read()
		for range 200 {
			<-time.After(10 * time.Millisecond)
			s.Step(10)
		}
		<-time.After(time.Second)
		synctest.Wait()
		if n := len(stream.pieces); n != 9 {
			t.Errorf("in 2 s came %d prices", n)
		}
		truth := truth(t, s.Server).prices["EUR/USD"]
		last := stream.pieces[len(stream.pieces)-1].text
		if !strings.Contains(last, fmt.Sprintf(`"bids":[{"price":"%s"`, truth["bid"])) {
			t.Errorf("the last is %s, and the truth %v", last, truth)
		}
	})
}

func TestAListSaysInWhoseWordsTheMarketIsTold(t *testing.T) {
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	list := body(t, s.do(http.MethodGet, "/as/"))
	var got []string
	for line := range strings.Lines(list) {
		if target := strings.TrimSpace(line); strings.HasPrefix(target, "/as/") {
			got = append(got, strings.Split(target, "/")[2])
			l := s.listen(target, "Authorization", "Bearer x", "Accept", "text/event-stream")
			l.close()
		}
	}
	want := strings.Fields("dexpaprika dxfeed firebase mercure oanda pyth stellar-book stellar-trades wikimedia")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if index := body(t, s.do(http.MethodGet, "/")); !strings.Contains(index, "GET /as/") {
		t.Errorf("the index does not name it: %s", index)
	}
}
