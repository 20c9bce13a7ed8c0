package mockserver_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"livetape/mockserver"
)

func TestRefusalsAreThoseOfTheService(t *testing.T) {
	t.Parallel()
	many := "[" + strings.Repeat(`{"chain":"ethereum","address":"0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2","method":"token_price"},`, 26)
	many = strings.TrimSuffix(many, ",") + "]"
	dexAsset := func(chain, address string) string {
		return `[{"chain":"` + chain + `","address":"` + address + `","method":"token_price"}]`
	}
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
		{"POST", "/as/dexpaprika/sse/prices", dexAsset("ethereum", "0x"+strings.Repeat("g", 40)), nil, 400, `{"message":"asset not found"}`},
		{"POST", "/as/dexpaprika/sse/prices", dexAsset("ethereum", strings.Repeat("a", 42)), nil, 400, `{"message":"asset not found"}`},
		{"POST", "/as/dexpaprika/sse/prices", dexAsset("ethereum", "0x"+strings.Repeat("a", 41)), nil, 400, `{"message":"asset not found"}`},
		{"POST", "/as/dexpaprika/sse/prices", dexAsset("solana", strings.Repeat("l", 32)), nil, 400, `{"message":"asset not found"}`},
		{"POST", "/as/dexpaprika/sse/prices", dexAsset("solana", strings.Repeat("1", 31)), nil, 400, `{"message":"asset not found"}`},
		{"POST", "/as/dexpaprika/sse/prices", dexAsset("Base", "0x"+strings.Repeat("a", 40)), nil, 400, `{"message":"unsupported chain"}`},
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
func (s *testServer) send(method, target, text string, header ...string) *http.Response {
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
	t.Parallel()
	for _, test := range []struct {
		target string
		most   int
		want   string
	}{
		{dexWETH, 10, `{"message":"ip stream limit exceeded"}`},
		{wikiEdits, 2, "Too Many Concurrent Connections From Your Client IP"},
	} {
		s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
		var open []*streamReader
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
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := emulatedServer(t)
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

func TestClientsBehindAProxyAreCountedApart(t *testing.T) {
	t.Parallel()
	s := serve(t, newMock(t, mockserver.Config{}), loopback(t))
	ask := func(from string) int {
		t.Helper()
		resp := s.do(http.MethodGet, "/as/pyth/v2/price_feeds?query=btc&asset_type=crypto", append([]string{"X-Forwarded-For", from}, withBearer...)...)
		resp.Body.Close()
		return resp.StatusCode
	}
	for n := 0; ask("192.0.2.1") == http.StatusOK; n++ {
		if n == 100 {
			t.Fatal("no address is ever refused")
		}
	}
	if got := ask("192.0.2.2"); got != http.StatusOK {
		t.Errorf("another client is answered %d", got)
	}
}

// TestAQueryThatIsNoTextIsNoTrouble has bytes in each query that are no UTF-8, and signs that mean something elsewhere.
func TestAQueryThatIsNoTextIsNoTrouble(t *testing.T) {
	t.Parallel()
	s := emulatedServer(t)
	for _, target := range []string{
		"/as/mercure/.well-known/mercure?topic=%ff", "/as/mercure/.well-known/mercure?topic=(%5B%7Ba%7D*%00",
		"/as/pyth/v2/updates/price/stream?ids[]=%ff", "/as/oanda/v3/accounts/1/pricing/stream?instruments=%ff_%00",
		"/as/dxfeed/webservice/rest/eventSource?events=%ff&symbols=%ff", "/as/firebase/%ff.json?auth=%ff",
		"/as/stellar-trades/trades?base_asset_type=%ff", "/as/wikimedia/v2/stream/%ff?since=%ff",
		"/as/dexpaprika/sse/prices?method=%ff&chain=%ff&address=%ff", "/as/%ff/", "/events?symbols=%ff&types=%ff&lastEventId=%ff",
	} {
		s.do(http.MethodGet, target, "Authorization", "Bearer k", "Accept", "text/event-stream").Body.Close()
	}
}
