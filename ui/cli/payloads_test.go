package cli_test

import (
	"fmt"
	"io"
	"livetape/ui/cli"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// payloadCases are payloads that nobody prepared for, a line each, and what a user must see of them.
var payloadCases = []struct{ name, payloads, want string }{
	{"deep, with thousands apart",
		`{"response":{"result":{"market":{"ticker":{"code":"KRW-BTC","trade_price":"95,123,000.50","timestamp":1714748300123}}}}}
{"response":{"result":{"market":{"ticker":{"code":"KRW-ETH","trade_price":"4,500,100","timestamp":1714748301123}}}}}`,
		"KRW-BTC 95123000.50   2024-05-03T14:58:20.123Z\nKRW-ETH 4500100   2024-05-03T14:58:21.123Z\n"},
	{"rows by place", `{"t":[["NVDA",181.46,200],["AMD","137.20",10]]}`, "NVDA 181.46   \nAMD 137.20   \n"},
	{"places under symbols", `{"NVDA":[181.46,181.45],"AMD":[137.2,137.1]}`, "NVDA 181.46   \nAMD 137.2   \n"},
	{"cents", `{"symbol":"NVDA","price_cents":18146}
{"symbol":"AMD","price_cents":13720}`, "NVDA 181.46   \nAMD 137.20   \n"},
	{"microseconds", `{"sym":"A","px":1.50,"ts":1714748300123456}`, "A 1.50   2024-05-03T14:58:20.123456Z\n"},
	{"nanoseconds in a text", `{"sym":"A","px":1.50,"ts":"1714748300123456789"}`, "A 1.50   2024-05-03T14:58:20.123456789Z\n"},
	{"dates without a zone, capitals", `{"Instrument":"EUR/USD","BidPrice":1.0911,"OfferPrice":1.0913,"UpdateTime":"2024-05-03T14:58:20.250"}`,
		"EUR/USD  1.0911 1.0913 2024-05-03T14:58:20.25Z\n"},
	{"an envelope with a type, and news among prices",
		`{"type":"price","data":{"symbol":"NVDA","price":181.46}}
{"type":"news","data":{"id":"n1","headline":"Plant opens","symbols":["NVDA"]}}
{"type":"heartbeat","data":{"ts":1714748300}}
{"type":"price","data":{"symbol":"AMD","price":137.2}}`, "NVDA 181.46   \nPlant opens\nAMD 137.2   \n"},
	{"kinds of rows by one letter",
		`{"e":"trade","s":"BTCUSDT","p":"61632.60","q":"0.5","T":1714748300123}
{"e":"bookTicker","s":"BTCUSDT","b":"61632.5","B":"3","a":"61632.7","A":"2"}
{"e":"24hrTicker","s":"ETHUSDT","c":"3012.11","o":"2900","h":"3100","l":"2890","v":"1000"}`,
		"BTCUSDT 61632.60   2024-05-03T14:58:20.123Z\nBTCUSDT  61632.5 61632.7 \nETHUSDT 3012.11   \n"},
	{"no symbol", `{"bid":"1.5","ask":"1.6","time":"2024-05-03T14:58:20Z"}`, "desk  1.5 1.6 2024-05-03T14:58:20Z\n"},
	{"groups of maps under symbols", `{"quotes":{"FX":{"EURUSD":{"bid":1.0911,"ask":1.0913}},"METALS":{"XAUUSD":{"bid":2300.1,"ask":2300.9}}}}`,
		"EURUSD  1.0911 1.0913 \nXAUUSD  2300.1 2300.9 \n"},
	{"symbols that no name says", `{"op":"u","d":[{"sid":"AAPL.O","b":181.45,"a":181.47},{"sid":"MSFT.O","b":400.1,"a":400.2}]}`,
		"AAPL.O  181.45 181.47 \nMSFT.O  400.1 400.2 \n"},
	{"a comma for the point", `{"symbol":"SAP","price":"137,20"}
{"symbol":"BMW","price":"81,5"}`, "SAP 137.20   \nBMW 81.5   \n"},
}

func TestWhatCheckWritesIsStreamedAsItIs(t *testing.T) {
	t.Parallel()
	for _, s := range payloadCases {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				for payload := range strings.SplitSeq(s.payloads, "\n") {
					_, _ = io.WriteString(w, "data: "+payload+"\n\n")
				}
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}))
			defer server.Close()
			defer server.CloseClientConnections()
			file := filepath.Join(t.TempDir(), "found.yaml")
			events := fmt.Sprint(strings.Count(s.payloads, "\n") + 1)
			var report, printed strings.Builder
			if code := cli.Run(t.Context(), []string{"check", server.URL, "--name", "desk", "--count", events, "--write", file}, nil, &report, &report); code != cli.ExitOK {
				t.Fatalf("exit code %d\n%s", code, report.String())
			}
			const line = "{{if .Headline}}{{.Headline}}{{else}}{{.Symbol}} {{.Last}} {{.Bid}} {{.Ask}} {{.Time}}{{end}}"
			code := cli.Run(t.Context(), []string{"stream", "--config", file, "desk", "--count", fmt.Sprint(strings.Count(s.want, "\n")), "-t", line}, nil, &printed, &report)
			if diff := cmp.Diff(s.want, printed.String()); diff != "" || code != cli.ExitOK {
				t.Errorf("exit code %d, want (-), got (+):\n%s\n%s", code, diff, report.String())
			}
		})
	}
}

// What cannot be told is not made up: check says so, and exits with 3.
func TestCheckSaysOfWhatItCannotReadThatItCannot(t *testing.T) {
	t.Parallel()
	for name, payload := range map[string]string{
		"lists of two lengths":       `{"symbols":["NVDA","AMD"],"prices":[181.46]}`,
		"a list of different things": `[340,{"c":["5525.1","0.003"]},"ticker","XBT/USD"]`,
		"a ping":                     `{"connect":{"client":"c","ping":25}}`,
	} {
		code, out, _ := runCheck(t, sseHandler("data: "+payload+"\n\n"))
		if code != 3 || !strings.Contains(out, "a price or a headline") {
			t.Errorf("%s: exit code %d\n%s", name, code, out)
		}
	}
}

func TestCheckCallsNumbersThatAreNoPricesReadings(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]string{
		`"181.46 USD"`: "181.46",
		`{"temperature":21.5,"humidity":40,"sensor":"kitchen"}`: "kitchen temperature 21.5 · kitchen humidity 40",
	} {
		code, out, _ := runCheck(t, sseHandler("data: "+payload+"\n\n"))
		if code != 0 || !strings.Contains(out, want) || !strings.Contains(out, "its numbers are readings, not prices") {
			t.Errorf("%s: exit code %d\n%s", payload, code, out)
		}
	}
}
