package mockserver_test

import (
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

// emulatedServer is a quiet market on a network of pipes, for tests with a clock of their own.
func emulatedServer(t *testing.T) *testServer {
	t.Helper()
	return serve(t, newMock(t, mockserver.Config{Epoch: "e"}), inMemory())
}

// wire reads a stream as it comes.
func (l *streamReader) wire(n int) string {
	l.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(l.lines, b); err != nil {
		l.t.Fatalf("after %q: %v", b, err)
	}
	return string(b)
}

// whole reads a stream to its end.
func (l *streamReader) whole() string {
	l.t.Helper()
	b, err := io.ReadAll(l.lines)
	if err != nil {
		l.t.Fatalf("after %q: %v", b, err)
	}
	return string(b)
}

func TestServicesEndTheirStreamsAsTheyDo(t *testing.T) {
	t.Parallel()
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
				s := emulatedServer(t)
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
	t.Parallel()
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
				s := emulatedServer(t)
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
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := emulatedServer(t)
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

func TestOandaSendsFourPricesASecondAndNeverWithholdsTheLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := emulatedServer(t)
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
		want := serverState(t, s.Server).prices["EUR/USD"]
		last := stream.pieces[len(stream.pieces)-1].text
		if !strings.Contains(last, fmt.Sprintf(`"bids":[{"price":"%s"`, want["bid"])) {
			t.Errorf("the last is %s, want the bid of %v", last, want)
		}
	})
}

func TestTheEmulatedServicesAreListed(t *testing.T) {
	t.Parallel()
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
